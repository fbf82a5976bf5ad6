"""What the night left for the stewards, read line by line through its index; and taking up the next night's."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dedupe.desk.index import NAME, is_current, run_moment, write_index
from dedupe.golden import Known
from dedupe.journal import Pair
from dedupe.snapshot import known_offer


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer as the index knows it."""

    offer_id: str
    course_id: str | None
    source: str
    provider: str | None
    title: str | None
    places: tuple[str, ...]
    status: str
    match_hash: str
    first_seen: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair that waits for a decision; `position` is its place in the queue of its night, `since` a run id."""

    position: int
    pair: Pair
    kind: str
    probability: float | None
    reason: str
    since: str
    runs: int
    sources: frozenset[str]
    providers: frozenset[str]
    places: frozenset[str]
    hashes: Pair
    courses: Pair


class NoSnapshotError(Exception):
    """No night has ended yet."""


class Snapshot:
    """One night's snapshot. Safe for threads: files are read by position, each thread has its own connection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not is_current(folder / NAME):
            write_index(folder)
        self.run_id = str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["run_id"])
        self._address = f"{(folder / NAME).resolve().as_uri()}?mode=ro&immutable=1"
        self._threads = threading.local()
        self._files = {
            name: (folder / name).open("rb") for name in ("offers.jsonl", "courses.jsonl", "candidates.jsonl")
        }
        self.con.execute("select 1")  # opens the file now: it may be tidied away while we still use it

    @property
    def made_at(self) -> datetime:
        """When the night began, UTC."""
        return run_moment(self.run_id)

    @property
    def con(self) -> sqlite3.Connection:
        """This thread's read-only connection to the index."""
        found: sqlite3.Connection | None = getattr(self._threads, "con", None)
        if found is None:
            found = self._threads.con = sqlite3.connect(self._address, uri=True)
        return found

    def offer(self, offer_id: str) -> Known | None:
        """An offer as the warehouse knew it."""
        line = self._line("offers.jsonl", "select begin, length from offer where offer_id = ?", offer_id)
        return known_offer(line) if line else None

    def course(self, course_id: str) -> dict[str, Any] | None:
        """A course as the night built it."""
        line = self._line("courses.jsonl", "select begin, length from course where course_id = ?", course_id)
        return json.loads(line) if line else None

    def candidate(self, pair: Pair) -> dict[str, Any] | None:
        """What the machine said of a waiting pair; None where it was not asked."""
        sql = "select begin, length from waiting where left = ? and right = ? and begin is not null"
        line = self._line("candidates.jsonl", sql, *pair)
        return json.loads(line) if line else None

    def course_of(self, offer_id: str) -> str | None:
        """The course that the night put an offer into."""
        found = self.con.execute("select course_id from offer where offer_id = ?", (offer_id,)).fetchone()
        return found[0] if found else None

    def card(self, offer_id: str) -> OfferCard | None:
        """What the index knows of an offer."""
        return next(iter(self.cards([offer_id])), None)

    def cards(self, offer_ids: Iterable[str]) -> list[OfferCard]:
        """The same for several, in their order; unknown ones are left out."""
        found = (self.con.execute(f"{_CARD} where offer_id = ?", (one,)).fetchone() for one in offer_ids)
        return [_card(row) for row in found if row]

    def members(self, course_id: str, most: int = 500) -> list[OfferCard]:
        """The offers of a course, the senior first."""
        sql = f"{_CARD} where course_id = ? order by first_seen, offer_id limit ?"
        return [_card(row) for row in self.con.execute(sql, (course_id, most))]

    def clustered(self) -> Iterator[tuple[str, str]]:
        """All offers that are in a course, with its id, course by course, the senior first."""
        sql = (
            "select offer_id, course_id from offer where course_id is not null order by course_id, first_seen, offer_id"
        )
        yield from self.con.execute(sql)

    @cached_property
    def waiting(self) -> Sequence[Waiting]:
        """All pairs that waited after the night, in the order in which deciding them helps most."""
        cards: dict[str, tuple[Any, ...]] = {}
        sets: dict[frozenset[str], frozenset[str]] = {}  # equal sets once: a queue is long, its sources are few

        def shared(*values: str | None) -> frozenset[str]:
            found = frozenset(value for value in values if value)
            return sets.setdefault(found, found)

        for row in self.con.execute(_ASKED):
            cards[row[0]] = row
        gone = (None, None, None, "[]", "", "")
        found = []
        sql = "select position, left, right, kind, probability, reason, since, runs from waiting order by position"
        for position, left, right, kind, probability, reason, since, runs in self.con.execute(sql):
            one, other = cards.get(left, gone), cards.get(right, gone)
            found.append(
                Waiting(
                    position, (left, right), kind, probability, reason, since, runs,
                    shared(one[1], other[1]), shared(one[2], other[2]),
                    shared(*json.loads(one[3]), *json.loads(other[3])), (one[4], other[4]), (one[5], other[5]),
                )
            )  # fmt: skip
        return tuple(found)

    @cached_property
    def by_pair(self) -> dict[Pair, Waiting]:
        """The waiting pairs by their ids."""
        return {one.pair: one for one in self.waiting}

    def _line(self, name: str, sql: str, *key: str) -> bytes | None:
        place = self.con.execute(sql, key).fetchone()
        return os.pread(self._files[name].fileno(), place[1], place[0]) if place else None


class Snapshots:
    """The newest snapshot: `current` is a link that a night switches, looked at with every request."""

    def __init__(self, current: Path) -> None:
        self._current = current
        self._lock = threading.Lock()
        self._open: Snapshot | None = None

    def newest(self) -> Snapshot:
        """The snapshot of the last night. Raises NoSnapshotError before the first."""
        folder = self._current.resolve()
        opened = self._open
        if opened is not None and opened.folder == folder:
            return opened
        with self._lock:
            if self._open is None or self._open.folder != folder:
                if not (folder / "manifest.json").exists():
                    if self._open is not None:
                        return self._open
                    raise NoSnapshotError(str(self._current))
                opened = Snapshot(folder)
                opened.by_pair  # noqa: B018 - the queue is read before anybody waits for it
                self._open = opened
            return self._open


_ASKED = """
select offer_id, source, provider, places, match_hash, course_id from offer
where offer_id in (select left from waiting union select right from waiting)"""
_CARD = "select offer_id, course_id, source, provider, title, places, status, match_hash, first_seen from offer"


def _card(row: tuple[Any, ...]) -> OfferCard:
    offer_id, course_id, source, provider, title, places, status, match_hash, first_seen = row
    found = tuple(json.loads(places))
    return OfferCard(offer_id, course_id, source, provider, title, found, status, match_hash, first_seen)
