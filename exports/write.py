"""Write all files of a version but its index: one pass over the courses fills every format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from exports.advice import advice_files
from exports.delta import Delta, counts, paired
from exports.files import Record, canonical, describe, read_records, sync_all, write_json, write_lines
from exports.formats.course_files import FOLDER, has_course_file
from exports.formats.data_package import data_package
from exports.formats.edition import Edition, Item
from exports.formats.every import writing
from exports.history import continued
from exports.ledger import Destinations, Ledger, next_ledger, redirect_lines
from exports.model import ExportConfig
from exports.schema import SCHEMA_VERSION, course_schema
from exports.version import COURSES, DELTA, REDIRECTS, SCHEMA, TOMBSTONES, Version

DATA_PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class Draft:
    """What a version is made of. `limits` is None where any change is meant; `restored` records are published as they
    are, with the history that they have."""

    run_id: str
    records: Callable[[], Iterator[Record]]
    destinations: Destinations
    sources: list[Record]
    left_out: Callable[[], dict[str, int]]  # by reason; asked after the records were read
    limits: ExportConfig | None = None
    accepted: str | None = None  # why a person wants it published beyond the limits
    pinned_from: str | None = None
    restored: bool = False


def write_files(edition: Edition, draft: Draft, previous: Version | None) -> Record:
    """Write the files of a version; returns what its index tells of them: `counts`, those of the `delta`, `files`."""
    folder, delta, tally = edition.folder, Delta(first=previous is None), _Tally()
    former = previous.courses() if previous else iter(())
    with writing(edition) as add:
        kept = _kept(former, draft, delta, edition.created_at)
        write_lines(folder / COURSES, _told(kept, tally, add))
    before = previous.ledger() if previous else Ledger()
    ledger = next_ledger(before, delta, draft.destinations, partial(has_course_file, folder), edition.created_at)
    write_lines(folder / REDIRECTS, map(canonical, redirect_lines(ledger)))
    write_lines(folder / TOMBSTONES, (canonical(line) for _, line in sorted(ledger.tombstones.items())))
    write_lines(folder / DELTA, map(canonical, delta.lines(ledger.redirects)))
    write_json(folder / SCHEMA, course_schema())
    for name, document in advice_files().items():
        write_json(folder / name, document)
    files = _listed(folder)
    write_json(folder / DATA_PACKAGE, data_package(files, SCHEMA_VERSION))
    files = sorted([*files, describe(folder, DATA_PACKAGE)], key=itemgetter("name"))
    sync_all()  # thousands of small files: once for all is faster than each by itself
    return {
        "counts": tally.counts() | {"left_out": draft.left_out()},
        "delta": counts(read_records(folder / DELTA)),
        "files": files,
    }


def _listed(folder: Path) -> list[Record]:
    """The files of a version as its index lists them; those of the single courses have a list of their own."""
    found = [one for top in folder.iterdir() if top.name != FOLDER for one in (top, *top.rglob("*")) if one.is_file()]
    return [describe(folder, name) for name in sorted(path.relative_to(folder).as_posix() for path in found)]


def _kept(former: Iterable[Record], draft: Draft, delta: Delta, created_at: str) -> Iterator[Record]:
    """The records to publish. One whose content did not change is kept to the byte, with the times of fetching of its
    last change: how fresh a source is stands in the index."""
    for old, new in paired(former, draft.records()):
        if new is not None and not draft.restored:
            new |= {"history": continued(old, new, created_at) if old else [], "changed_at": created_at}
        same = delta.note(old, new)
        kept = old if same else new
        if kept is not None:
            yield kept


def _told(records: Iterable[Record], tally: "_Tally", add: Callable[[Item], None]) -> Iterator[bytes]:
    for record in records:
        line = canonical(record)
        tally.add(record)
        add(Item(record, line))
        yield line


class _Tally:
    """Counts what a version holds."""

    def __init__(self) -> None:
        self._courses = self._instances = 0
        self._statuses: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()

    def add(self, course: Record) -> None:
        """Take in one published course; it counts once for each of its sources."""
        self._courses += 1
        self._instances += len(course["instances"])
        self._statuses[course["status"]] += 1
        self._sources.update({source["source"] for source in course["sources"]})

    def counts(self) -> dict[str, Any]:
        """The counts of the index."""
        return {
            "courses": self._courses,
            "instances": self._instances,
            "by_status": dict(sorted(self._statuses.items())),
            "by_source": dict(sorted(self._sources.items())),
        }
