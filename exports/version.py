"""Version directories: which is live, which led to it, and the one atomic step that makes a new one live.

`current` is a relative link; replacing it is the only moment at which consumers see something new. Everything else is
derived from the chain that starts there: each `index.json` names its `previous`. A directory outside the chain was
never live (a kill came first) and is swept away by the next publication.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exports.files import Record, describe, read_lines, read_records, replace_json, sync_folder, write_json, write_lines
from exports.formats.course_files import damaged_course_files
from exports.ledger import Ledger, read_ledger
from exports.model import ExportConfig, ExportsBusy, ProfileMismatch, PublishError, UnknownVersion

COURSES, DELTA, REDIRECTS, TOMBSTONES, SCHEMA, INDEX, INDEX_SUM = (
    "courses.jsonl", "delta.jsonl", "redirects.jsonl", "tombstones.jsonl", "course.schema.json", "index.json",
    "index.json.sha256",
)  # fmt: skip
NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?")


@dataclass(frozen=True)
class Version:
    """A complete version on disk."""

    path: Path
    index: Record

    @property
    def name(self) -> str:
        """The version's name, a UTC time."""
        return self.path.name

    @property
    def previous(self) -> str | None:
        """The version its delta leads from."""
        return self.index["previous"]  # type: ignore[no-any-return]

    @property
    def pinned_from(self) -> str | None:
        """The older version whose content it shows since a rollback."""
        return self.index["pinned_from"]  # type: ignore[no-any-return]

    def lines(self) -> Iterator[bytes]:
        """The lines of its courses, sorted by course_id."""
        return read_lines(self.path / COURSES)

    def courses(self) -> Iterator[Record]:
        """Its course records, sorted by course_id."""
        return read_records(self.path / COURSES)

    def ledger(self) -> Ledger:
        """Its ids that are no courses."""
        return read_ledger(read_records(self.path / REDIRECTS), read_records(self.path / TOMBSTONES))

    def damage(self, every_file: bool = False) -> list[str]:
        """What differs from the index: missing files, other bytes; with `every_file` also those of the single courses,
        which nothing is built upon. German sentences."""
        problems = []
        for listed in [*self.index["files"], *self._sum_of_index()]:
            if not (self.path / listed["name"]).is_file():
                problems.append(f"{self.name}: {listed['name']} fehlt")
            elif describe(self.path, listed["name"]) != listed:
                problems.append(f"{self.name}: {listed['name']} ist nicht mehr das, was veröffentlicht wurde")
        if every_file and not problems and "fill" in self.index:  # versions of before had no such files
            damaged = damaged_course_files(self.path)
            problems += [f"{self.name}: {name} fehlt oder ist beschädigt" for name in damaged]
        return problems

    def _sum_of_index(self) -> Iterator[Record]:
        """The index as its checksum file describes it."""
        if "fill" in self.index:
            sums = self.path / INDEX_SUM
            digest = sums.read_text(encoding="utf-8").split()[0] if sums.exists() else None
            yield describe(self.path, INDEX) | {"sha256": digest}


@contextmanager
def publishing(config: ExportConfig) -> Iterator[None]:
    """Hold the right to publish; raises ExportsBusy if another process has it."""
    config.root.mkdir(parents=True, exist_ok=True)
    with (config.root / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportsBusy("Es läuft schon eine Veröffentlichung.") from error
        yield


def live(config: ExportConfig) -> Version | None:
    """The version that consumers see; None before the first.

    Raises PublishError if there was one and it cannot be found, ProfileMismatch if it belongs to another profile.
    """
    link = config.root / "current"
    if not link.is_symlink() and not _was_published(config):
        return None
    version = _read(config.root / os.readlink(link)) if link.is_symlink() else None
    if version is None:
        raise PublishError(f"{link} führt zu keiner Version; das muss ein Mensch richten, ehe es weitergeht.")
    if version.index["profile"] != config.profile:
        raise ProfileMismatch(f"{config.root} gehört zum Profil {version.index['profile']}, nicht zu {config.profile}.")
    return version


def _was_published(config: ExportConfig) -> bool:
    """Whether there ever was a live version, so that a lost link is not mistaken for a first night."""
    listed = config.root / "versions.json"
    if listed.exists():
        return json.loads(listed.read_bytes())["current"] is not None
    names = [path for path in config.root.glob("*") if NAME.fullmatch(path.name)]
    return any(version is not None and version.previous for version in map(_read, names))


def chain(config: ExportConfig) -> list[Version]:
    """The live version and those before it, newest first, as far as they are kept, and the one a rollback shows."""
    version = live(config)
    found: dict[str, Version] = {}
    while version is not None:
        if version.name in found:
            raise PublishError(f"{version.path / INDEX} nennt sich selbst als Vorgänger, über {len(found)} Versionen.")
        found[version.name] = version
        version = _read(config.root / version.previous) if version.previous else None
    shown = next(iter(found.values())).pinned_from if found else None
    if shown and shown not in found and (version := _read(config.root / shown)):
        found[shown] = version
    return list(found.values())


def find(config: ExportConfig, name: str) -> Version:
    """The version of that name; raises UnknownVersion."""
    versions = {version.name: version for version in chain(config)}
    if name not in versions:
        raise UnknownVersion(f"Es gibt keine Version {name}; vorhanden sind: {', '.join(versions) or 'keine'}.")
    return versions[name]


def _read(path: Path) -> Version | None:
    try:
        return Version(path, json.loads((path / INDEX).read_bytes()))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise PublishError(f"{path / INDEX} ist nicht lesbar: {error}") from error


def new_name(previous: Version | None, now: datetime) -> str:
    """The moment in UTC; if the clock does not stand after the previous version, that one's name with a number.

    So names only grow and none is ever used again, though the version that had it may be gone.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    if previous is None:
        return stamp
    last, _, number = previous.name.partition("-")
    return stamp if stamp > last else f"{last}-{int(number or 1) + 1}"


def write_index(part: Path, index: Record) -> None:
    """Write the index of a version and its checksum, as `sha256sum --check` reads it."""
    write_json(part / INDEX, index)
    digest = describe(part, INDEX)["sha256"]
    write_lines(part / INDEX_SUM, [f"{digest}  {INDEX}\n".encode()])


def make_live(config: ExportConfig, part: Path, name: str) -> None:
    """Turn a finished `.part` directory into the version that consumers see."""
    sync_folder(part)
    os.rename(part, config.root / name)
    sync_folder(config.root)
    link = config.root / ".current.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    os.replace(link, config.root / "current")
    sync_folder(config.root)


def sweep(config: ExportConfig, keep: int | None = None) -> None:
    """Remove what a kill left behind and, if `keep` is given, all but so many versions.

    The live version always stays, and the one it shows since a rollback.
    """
    versions = chain(config)
    keeping = {version.name for version in versions[:keep]} | {versions[0].pinned_from if versions else None}
    for path in config.root.iterdir():
        hidden = path.name.startswith(".") and path.name.endswith((".part", ".old"))
        if (
            path.is_dir()
            and not path.is_symlink()
            and (hidden or (NAME.fullmatch(path.name) and path.name not in keeping))
        ):
            # Renamed first, so that nobody meets half a version.
            doomed = path if hidden else path.rename(config.root / f".{path.name}.old")
            shutil.rmtree(doomed)


def list_versions(config: ExportConfig, attempt: Record | None = None, removed: Sequence[Record] = ()) -> None:
    """Rewrite `versions.json`: all versions kept, newest first, and how the last attempt to publish ended.

    `removed` are versions {version, reason} that were taken away before their time; they stay named.
    """
    versions = chain(config)
    listed = config.root / "versions.json"
    former: Record = json.loads(listed.read_bytes()) if listed.exists() else {}
    if attempt is None:
        attempt = former.get("last_attempt")
    replace_json(
        listed,
        {
            "current": versions[0].name if versions else None,
            "pinned_from": pinned(config, versions[0]) if versions else None,
            "last_attempt": attempt,
            "removed": [*former.get("removed", ()), *removed],
            "versions": [
                {
                    name: version.index[name]
                    for name in (
                        "version",
                        "previous",
                        "created_at",
                        "run_id",
                        "schema_version",
                        "counts",
                        "pinned_from",
                    )
                }
                for version in versions
            ],
        },
    )


def pinned(config: ExportConfig, version: Version) -> str | None:
    """The version whose content the live one holds fast, or None. The pin is part of the version itself, so that it
    comes into force in the same step; `unpinned` names the version whose pin was taken off."""
    marker = config.root / "unpinned"
    lifted = marker.read_text(encoding="utf-8").strip() if marker.exists() else None
    return None if lifted == version.name else version.pinned_from
