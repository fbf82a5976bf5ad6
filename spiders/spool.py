"""Rows of listings on disk, to be merged by ref: what is held in memory is where each row begins, not the rows."""

import json
import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from spiders.listing import ListingDict
from spiders.merge import merge


class Spool:
    """A file of rows, one JSON a line, as they come. Rows of one ref may lie far apart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._first: dict[str, int] = {}  # ref -> offset of its first row, in bytes
        self._later: dict[str, array[int]] = {}  # ref -> offsets of its other rows

    def __contains__(self, ref: object) -> bool:
        return ref in self._first

    @property
    def has_repeated(self) -> bool:
        """Whether any ref has several rows."""
        return bool(self._later)

    def add(self, record: ListingDict) -> bool:
        """Write a row at once (a killed harvest keeps its rows); False if its ref was written before."""
        offset, ref = self._file.tell(), record["ref"]
        self._file.write(line(record))
        self._file.flush()
        if self._first.setdefault(ref, offset) == offset:
            return True
        self._later.setdefault(ref, array("q")).append(offset)
        return False

    @property
    def end(self) -> int:
        """Where the next row will begin, in bytes."""
        return self._file.tell()

    def cut(self, end: int) -> None:
        """Forget the rows that begin at `end` or later."""
        self._file.seek(end)
        self._file.truncate()
        self._first = {ref: offset for ref, offset in self._first.items() if offset < end}
        kept = {ref: array("q", (each for each in offsets if each < end)) for ref, offsets in self._later.items()}
        self._later = {ref: offsets for ref, offsets in kept.items() if offsets}

    def close(self) -> None:
        """Everything is on the disk; no row can be added any more."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def merged(self) -> Iterator[tuple[ListingDict, list[str]]]:
        """The listings in the order of their first rows, each merged of its rows, and the conflicts between these."""
        with self.path.open("rb") as lines:
            for ref, offset in self._first.items():
                yield merge(_row(lines, place) for place in (offset, *self._later.get(ref, ())))


def line(record: ListingDict) -> bytes:
    """A row as a line of UTF-8; half a character pair, which only JSON can spell, stays the escape it came as."""
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode() + b"\n"


def _row(lines: BinaryIO, offset: int) -> ListingDict:
    lines.seek(offset)
    row: ListingDict = json.loads(lines.readline())
    return row
