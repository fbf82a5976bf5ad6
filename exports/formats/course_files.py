"""courses/<course_id>.json and courses/<course_id>.jsonld: one course to fetch, without the whole data set.

A file that is the same in the version before is linked to it, not written again: thirty versions of a course that never
changes take the room of one. `courses.sha256` has the checksums, as `sha256sum --check` reads them.
"""

import hashlib
import os
from pathlib import Path

from exports.files import canonical
from exports.formats.edition import Edition, Item
from exports.formats.json_ld import course_ld

FOLDER = "courses"
CHECKSUMS = "courses.sha256"


class CourseFiles:
    """Writes the files of the single courses."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._sums = edition.open(CHECKSUMS)
        (edition.folder / FOLDER).mkdir()
        self._former = edition.previous / FOLDER if edition.previous else None

    def add(self, item: Item) -> None:
        """Both files of a course."""
        course_id = item.record["course_id"]
        self._write(f"{course_id}.json", item.line)
        self._write(f"{course_id}.jsonld", canonical(course_ld(item, self._edition)))

    def finish(self) -> None:
        """The checksums are whole afterwards."""
        self._sums.close()

    def _write(self, name: str, content: bytes) -> None:
        path = self._edition.folder / FOLDER / name
        former = self._former / name if self._former else None
        if former is not None and _holds(former, content):
            os.link(former, path)
        else:
            path.write_bytes(content)
        self._sums.write(f"{hashlib.sha256(content).hexdigest()}  {FOLDER}/{name}\n")


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def damaged_course_files(folder: Path) -> list[str]:
    """The files of single courses that are missing or not what was published, as names within the version."""
    damaged = []
    with (folder / CHECKSUMS).open(encoding="utf-8") as sums:
        for line in sums:
            digest, _, name = line.rstrip("\n").partition("  ")
            try:
                content = (folder / name).read_bytes()
            except FileNotFoundError:
                damaged.append(name)
                continue
            if hashlib.sha256(content).hexdigest() != digest:
                damaged.append(name)
    return damaged
