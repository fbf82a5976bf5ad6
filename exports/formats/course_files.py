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
        self._folder = edition.folder / FOLDER
        self._folder.mkdir()
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
        path, former = f"{self._folder}/{name}", f"{self._former}/{name}"  # a Path costs as much as the file itself
        if self._former is not None and _holds(former, content):
            os.link(former, path)
        else:
            with open(path, "xb", buffering=0) as file:
                file.write(content)
        self._sums.write(f"{hashlib.sha256(content).hexdigest()}  {FOLDER}/{name}\n")


def _holds(path: str, content: bytes) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read() == content
    except FileNotFoundError:
        return False


def has_course_file(folder: Path, course_id: str) -> bool:
    """Whether a version has a course of this id."""
    return (folder / FOLDER / f"{course_id}.json").exists()


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
