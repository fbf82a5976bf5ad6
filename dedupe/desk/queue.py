"""The queue: which pairs are still open, which of them a filter leaves, and which comes next."""

import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from itertools import chain, islice

from dedupe.desk.ledger import Ledger
from dedupe.desk.snapshot import Snapshot, Waiting
from dedupe.journal import Event, Pair

KINDS_DE = {
    "contradiction": "Urteile widersprechen sich",
    "changed": "seit dem Urteil geändert",
    "fusion": "verbindet zwei Kurse",
    "misfit": "passt nicht zur Gruppe",
    "doubt": "unsicher",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a steward wants to see of the queue; an empty field asks for nothing. With a week for `sample`, that week's
    sample of merges is worked off instead of the queue."""

    source: str = ""
    provider: str = ""
    place: str = ""
    kind: str = ""
    sample: str = ""

    def __call__(self, one: Waiting) -> bool:
        """Whether a pair is wanted: one side is enough."""
        return (
            (not self.kind or one.kind == self.kind)
            and (not self.source or self.source in one.sources)
            and (not self.provider or self.provider in one.providers)
            and (not self.place or self.place in one.places)
        )

    @property
    def query(self) -> dict[str, str]:
        """The fields that ask for something, for an address or a form."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True)
class Queue:
    """The pairs that nobody has decided, in the order in which deciding them helps most."""

    pairs: Sequence[Waiting]
    courses: "Courses"

    @cached_property
    def oldest(self) -> str | None:
        """The night since which the longest waiting pair waits."""
        return min((one.since for one in self.pairs), default=None)

    @cached_property
    def choices(self) -> dict[str, list[tuple[str, int]]]:
        """What can be filtered by, with the number of pairs, the most first."""
        several = {"source": "sources", "provider": "providers", "place": "places"}
        found = {
            name: Counter(value for one in self.pairs for value in getattr(one, values)).most_common()
            for name, values in several.items()
        }
        return {"kind": Counter(one.kind for one in self.pairs).most_common(), **found}

    def next(self, wanted: Filter, after: int = 0, but: Pair | None = None) -> Waiting | None:
        """The first wanted pair behind a position, never the pair `but`; behind the last one the queue begins again."""
        start = bisect_right(self.pairs, after, key=lambda one: one.position)
        around = chain(islice(self.pairs, start, None), islice(self.pairs, start))
        return next((one for one in around if one.pair != but and wanted(one)), None)


class OpenQueue:
    """What is left of the queues of the nights, kept up with the journal.

    A pair is decided by a verdict on itself as it is now, and by what people said since the night of the two courses
    it lies between: that they are one, or that they are two.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._known: tuple[Snapshot, int, int, Queue] | None = None

    def of(self, snapshot: Snapshot) -> Queue:
        """The open pairs of a night."""
        with self._lock:
            version, count = self._ledger.version, len(self._ledger.events)
            if self._known and self._known[0] is snapshot:
                _, known_version, known_count, queue = self._known
                if known_version == version:
                    return queue
                queue = self._after(snapshot, queue, self._ledger.events[known_count:count]) or self._anew(snapshot)
            else:
                queue = self._anew(snapshot)
            self._known = snapshot, version, count, queue
            return queue

    def _anew(self, snapshot: Snapshot) -> Queue:
        since = _since(snapshot)
        verdicts = self._ledger.in_force("judge")
        courses = Courses()
        for event in sorted(verdicts, key=lambda event: event["verdict"] != "same"):
            if event["at"] > since:
                courses.add(snapshot, event)
        decided = _decided(snapshot, verdicts, since)
        left = [one for one in snapshot.waiting if one.position not in decided and not courses.settle(one)]
        return Queue(left, courses)

    def _after(self, snapshot: Snapshot, before: Queue, news: Sequence[Event]) -> Queue | None:
        """The queue after a few more events, None if they are not all verdicts where none was in force: then more
        changes than what they say."""
        since = _since(snapshot)
        verdicts = [event for event in news if event["kind"] in ("judge", "undo")]
        first = all(
            event["kind"] == "judge" and event["at"] > since and not self._ledger.replaced(event) for event in verdicts
        )
        if not first:
            return None
        courses = before.courses.copy()
        for event in verdicts:
            courses.add(snapshot, event)
        sides = {course for event in verdicts for course in _courses_of(snapshot, event)}
        touched = {one for course in sides for one in courses.with_course(course)}
        decided = _decided(snapshot, verdicts, since)
        left = [
            one
            for one in before.pairs
            if one.position not in decided and (touched.isdisjoint(one.courses) or not courses.settle(one))
        ]
        return Queue(left, courses)


def open_queue(snapshot: Snapshot, ledger: Ledger) -> Queue:
    """What is left of the queue of a night under this journal."""
    return _queues(ledger).of(snapshot)


@lru_cache(maxsize=2)
def _queues(ledger: Ledger) -> OpenQueue:
    return OpenQueue(ledger)


def _since(snapshot: Snapshot) -> str:
    return snapshot.made_at.isoformat(timespec="milliseconds")


def _decided(snapshot: Snapshot, verdicts: Iterable[Event], since: str) -> set[int]:
    """The positions of the pairs on which there is such a verdict."""
    found = set()
    for event in verdicts:
        one = snapshot.by_pair.get((event["left"], event["right"]))
        if one is not None and (event["at"] > since if one.kind == "contradiction" else is_of_these(event, one.hashes)):
            found.add(one.position)
    return found


def _courses_of(snapshot: Snapshot, event: Event) -> tuple[str, ...]:
    """The night's courses of the two offers of a verdict that are still known."""
    waiting = snapshot.by_pair.get((event["left"], event["right"]))
    found = waiting.courses if waiting else (snapshot.course_of(event["left"]), snapshot.course_of(event["right"]))
    return tuple(course for course in found if course)


def is_of_these(event: Event, hashes: Pair) -> bool:
    """Whether a verdict was given on both sides as they are now; an unknown hash counts as unchanged."""
    return (event.get("left_hash") or hashes[0], event.get("right_hash") or hashes[1]) == hashes


class Courses:
    """What judgements since the night say of its courses: which are one now, and which are kept apart."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._apart: set[frozenset[str]] = set()
        self._touched: set[str] = set()

    def copy(self) -> "Courses":
        """The same, to be added to."""
        other = Courses()
        other._parent, other._members = dict(self._parent), dict(self._members)
        other._apart, other._touched = set(self._apart), set(self._touched)
        return other

    def add(self, snapshot: Snapshot, event: Event) -> None:
        """Take up a verdict."""
        sides = _courses_of(snapshot, event)
        if event["verdict"] == "unsure" or len(sides) < 2 or sides[0] == sides[1]:
            return
        self._touched.update(sides)
        child, parent = (self._root(side) for side in sides)
        if child == parent:
            return
        if event["verdict"] == "different":
            self._apart.add(frozenset((child, parent)))
            return
        self._parent[child] = parent
        self._members[parent] = [*self._members.get(parent, [parent]), *self._members.pop(child, [child])]
        if self._apart:
            self._apart = {frozenset(parent if one == child else one for one in both) for both in self._apart}

    def with_course(self, course: str) -> list[str]:
        """The courses that are one with this course now, itself first."""
        return [course, *(one for one in self._members.get(self._root(course), ()) if one != course)]

    def settle(self, one: Waiting) -> bool:
        """Whether the question of this pair is answered by what was said of its courses."""
        left, right = one.courses
        if left not in self._touched or right not in self._touched or left == right:
            return False
        if one.kind in ("changed", "contradiction"):
            return False
        left, right = self._root(left), self._root(right)
        return left == right or frozenset((left, right)) in self._apart

    def _root(self, course: str) -> str:
        root = course
        while (parent := self._parent.get(root)) is not None:
            root = parent
        if root != course:
            self._parent[course] = root  # the way is shorter next time
        return root
