"""The offers of a snapshot file, read twice: for what is compared of them, and course by course for what is shown.

A million offers do not fit into memory, their keys do. So the first reading keeps of every line the key and where the
line begins, and the members of a course are read again when the course is built. Of a line that an earlier night has
kept (see `dedupe.incremental`) not even the key is read.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, overload

import numpy as np

from dedupe.columns import Columns, Rows
from dedupe.golden import Known
from dedupe.incremental import PRINT, Kept, OffersToKeep, dump_key, key_of
from dedupe.keys import Key, read_key
from dedupe.register import Register, register
from dedupe.table import tabulate
from dedupe.texts import BUFFER
from normalize.model import Offer

# What a night changes of every offer it sees: no print of a line depends on it. Where the last two are not at the end
# of a line, where the warehouse writes them, the offer counts as changed every night.
_FETCHED = b'"fetched_at":'
_OF_THE_NIGHT = re.compile(rb'"(?:last_seen|changed_in)":\s*"[^"\\]*"')
_END = 300  # bytes
_TIME = re.compile(rb'\s*"([\w:.+-]+)"')


@dataclass(frozen=True)
class Snapshot:
    """What is kept of all offers, by their rows in the register: match hashes, when they were fetched, the prints of
    their lines (without times), where these begin, and the rows they had in the night before, -1 for new ones.
    """

    path: Path
    offers: Register
    hashes: Sequence[str]
    fetched: Sequence[str | None]
    prints: Sequence[bytes]
    begins: Sequence[int]
    origins: Rows

    @property
    def newest_fetch(self) -> str:
        """The newest fetch of any offer."""
        return max(filter(None, self.fetched), default="")

    @contextmanager
    def members(self) -> "Iterator[Members]":
        """A reader of single offers."""
        with self.path.open("rb") as file:
            yield Members(file, self.begins)

    def kept(self, before: Kept | None) -> OffersToKeep:
        """What the next night can use of the offers; `before` is what the last one left."""
        offers = self.offers
        keys = (
            before.keys[origin] if before and origin >= 0 else dump_key(offers.keys[row])
            for row, origin in enumerate(self.origins.tolist())
        )
        return OffersToKeep(offers.ids, offers.births, self.hashes, self.prints, keys, offers.table)


@dataclass(frozen=True)
class Members:
    """Reads offers by their rows."""

    _file: BinaryIO
    _begins: Sequence[int]

    def __call__(self, rows: Iterable[int]) -> list[Known]:
        """The offers, in the order of the rows."""
        found: list[Known] = []
        for row in rows:
            self._file.seek(self._begins[row])
            found.append(known_offer(self._file.readline()))
        return found


class _Keys(Sequence[Key]):
    """Keys by row: those that were read, the others as they were kept, each looked up once."""

    def __init__(self, read: dict[int, Key], kept: Kept, origins: Sequence[int]) -> None:
        self._read, self._kept, self._origins = read, kept, origins

    def __len__(self) -> int:
        return len(self._origins)

    @overload
    def __getitem__(self, row: int) -> Key: ...
    @overload
    def __getitem__(self, row: slice) -> list[Key]: ...
    def __getitem__(self, row: int | slice) -> Key | list[Key]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        if row not in self._read:
            self._read[row] = key_of(self._kept.keys[self._origins[row]])
        return self._read[row]


def read_snapshot(path: Path, kept: Kept | None = None) -> Snapshot:
    """Read the file that the warehouse wrote: an Offer a line, with `first_seen` and `status`.

    `kept`: what an earlier night left, so that only new and changed lines are read.
    """
    known = kept.lines if kept else {}
    fetched: list[str | None] = []
    prints: list[bytes] = []
    begins: list[int] = []
    origins: list[int] = []
    new: dict[int, tuple[Key, str]] = {}  # by place in the file, with the match hash
    for begin, line in _lines(path):
        told, time = _without_time(line)
        made_of = hashlib.sha256(told).digest()[:PRINT]
        row = known.get(made_of, -1)
        if row < 0:
            one = known_offer(line)
            new[len(prints)] = read_key(one.offer, one.first_seen), one.offer.match_hash
            time = one.offer.fetched_at
        fetched.append(time)
        prints.append(made_of)
        begins.append(begin)
        origins.append(row)
    named = [
        (kept.births[row], kept.ids[row], kept.hashes[row], place)
        if kept and row >= 0
        else (*new[place][0].seniority, new[place][1], place)
        for place, row in enumerate(origins)
    ]
    births, ids, hashes, order = (list(column) for column in zip(*sorted(named), strict=True)) if named else ([],) * 4
    fetched, prints, begins, origins = (
        [column[place] for place in order] for column in (fetched, prints, begins, origins)
    )
    read = {row: new[place][0] for row, place in enumerate(order) if place in new}
    offers = _register(ids, births, read, kept, origins)
    return Snapshot(path, offers, hashes, fetched, prints, begins, np.array(origins, np.int32))


def _register(
    ids: Sequence[str], births: Sequence[str], read: dict[int, Key], kept: Kept | None, origins: Sequence[int]
) -> Register:
    """The register of the rows of which some were read, and the others are kept."""
    new = list(read.values())
    if kept is None:
        return register(new)
    lines = np.array(origins, np.int32)
    lines[lines < 0] = len(kept.ids) + np.arange(len(new), dtype=np.int32)
    table = kept.table.merged(tabulate(Columns(new)), lines)
    return Register(ids, births, Columns(_Keys(read, kept, origins)), table)


def stream_offers(path: Path) -> Iterator[Known]:
    """The offers of such a file, one after the other."""
    return (known_offer(line) for _, line in _lines(path))


def read_offers(path: Path) -> list[Known]:
    """All offers of such a file at once."""
    return list(stream_offers(path))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    begin = 0
    with path.open("rb", buffering=BUFFER) as file:
        for line in file:
            yield begin, line
            begin += len(line)


def _without_time(line: bytes) -> tuple[bytes, str | None]:
    """A line without what every night changes of it, and when the offer was fetched.

    The names are looked for as they are: inside of a text their quotes would be escaped.
    """
    head, name, rest = line.partition(_FETCHED)
    time, comma, rest = rest.partition(b",")
    found = _TIME.fullmatch(time)
    if found is None:  # nothing that we wrote
        return line, json.loads(line).get("fetched_at")
    return b"".join((head, name, comma, rest[:-_END], _OF_THE_NIGHT.sub(b"", rest[-_END:]))), found[1].decode()


def known_offer(line: bytes) -> Known:
    """The offer of a line that the warehouse wrote."""
    row = json.loads(line)
    offer = Offer.model_validate({name: row[name] for name in Offer.model_fields if name in row})
    return Known(offer, row["first_seen"], row.get("status", "active"))
