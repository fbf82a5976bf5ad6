"""The offers of a snapshot file, read twice: for what is compared of them, and course by course for what is shown.

A million offers do not fit into memory, their keys do. So the first reading keeps of every line the key and where the
line begins, and the members of a course are read again when the course is built.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dedupe.golden import Known
from dedupe.keys import Key, read_key
from normalize.model import Offer


@dataclass(frozen=True)
class Snapshot:
    """What is kept of all offers: keys in order of seniority, match hashes, and where each offer's line begins."""

    path: Path
    keys: tuple[Key, ...]
    hashes: dict[str, str]
    newest_fetch: str
    _begins: dict[str, int]

    @contextmanager
    def members(self) -> "Iterator[Members]":
        """A reader of single offers."""
        with self.path.open("rb") as file:
            yield Members(file, self._begins)


@dataclass(frozen=True)
class Members:
    """Reads offers by their ids."""

    _file: BinaryIO
    _begins: dict[str, int]

    def __call__(self, offer_ids: Iterable[str]) -> list[Known]:
        """The offers, in the order of the ids."""
        found: list[Known] = []
        for offer_id in offer_ids:
            self._file.seek(self._begins[offer_id])
            found.append(known_offer(self._file.readline()))
        return found


def read_snapshot(path: Path) -> Snapshot:
    """Read the file that the warehouse wrote: an Offer a line, with `first_seen` and `status`."""
    keys: list[Key] = []
    hashes: dict[str, str] = {}
    begins: dict[str, int] = {}
    newest = ""
    for begin, line in _lines(path):
        one = known_offer(line)
        keys.append(read_key(one.offer, one.first_seen))
        hashes[one.offer.offer_id] = one.offer.match_hash
        begins[one.offer.offer_id] = begin
        newest = max(newest, one.offer.fetched_at or "")
    return Snapshot(path, tuple(sorted(keys, key=lambda key: key.seniority)), hashes, newest, begins)


def stream_offers(path: Path) -> Iterator[Known]:
    """The offers of such a file, one after the other."""
    return (known_offer(line) for _, line in _lines(path))


def read_offers(path: Path) -> list[Known]:
    """All offers of such a file at once."""
    return list(stream_offers(path))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    begin = 0
    with path.open("rb") as file:
        for line in file:
            yield begin, line
            begin += len(line)


def known_offer(line: bytes) -> Known:
    """The offer of a line that the warehouse wrote."""
    row = json.loads(line)
    offer = Offer.model_validate({name: row[name] for name in Offer.model_fields if name in row})
    return Known(offer, row["first_seen"], row.get("status", "active"))
