"""The queue: which pairs are still open, which of them a filter leaves, and which comes next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

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
        first: Waiting | None = None
        for one in self.pairs:
            if one.pair == but or not wanted(one):
                continue
            if one.position > after:
                return one
            first = first or one
        return first


def open_queue(snapshot: Snapshot, ledger: Ledger) -> Queue:
    """What is left of the queue of a night.

    A pair is decided by a verdict on itself as it is now, and by what people said since the night of the two courses
    it lies between: that they are one, or that they are two.
    """
    return _open_queue(snapshot, ledger, ledger.version)


@lru_cache(maxsize=2)
def _open_queue(snapshot: Snapshot, ledger: Ledger, _version: int) -> Queue:
    since = snapshot.made_at.isoformat(timespec="milliseconds")
    news = [event for event in ledger.in_force("judge") if event["at"] > since and event["verdict"] != "unsure"]
    courses = Courses(snapshot, news)
    left = [one for one in snapshot.waiting if not _is_decided(one, ledger, since) and not courses.settle(one)]
    return Queue(left, courses)


def _is_decided(one: Waiting, ledger: Ledger, since: str) -> bool:
    event = ledger.standing("judge", *one.pair)
    if event is None:
        return False
    if one.kind == "contradiction":
        return bool(event["at"] > since)
    return is_of_these(event, one.hashes)


def is_of_these(event: Event, hashes: Pair) -> bool:
    """Whether a verdict was given on both sides as they are now; an unknown hash counts as unchanged."""
    return (event.get("left_hash") or hashes[0], event.get("right_hash") or hashes[1]) == hashes


class Courses:
    """What judgements since the night say of its courses: which are one now, and which are kept apart."""

    def __init__(self, snapshot: Snapshot, judgements: Iterable[Event]) -> None:
        self._parent: dict[str, str] = {}
        between = {}
        for event in judgements:
            one, other = snapshot.course_of(event["left"]), snapshot.course_of(event["right"])
            if one and other and one != other:
                between[event["id"]] = (one, other, event["verdict"])
        for one, other, verdict in between.values():
            if verdict == "same" and (child := self._root(one)) != (parent := self._root(other)):
                self._parent[child] = parent
        self._members: dict[str, list[str]] = {}
        for course in self._parent.keys() | set(self._parent.values()):
            self._members.setdefault(self._root(course), []).append(course)
        self._apart = {
            frozenset((self._root(one), self._root(other)))
            for one, other, verdict in between.values()
            if verdict == "different"
        }

    def with_course(self, course: str) -> list[str]:
        """The courses that are one with this course now, itself first."""
        root = self._root(course)
        return [course, *(one for one in self._members.get(root, ()) if one != course)]

    def settle(self, one: Waiting) -> bool:
        """Whether the question of this pair is answered by what was said of its courses."""
        left, right = one.courses
        if left == right or one.kind in ("changed", "contradiction"):
            return False
        left, right = self._root(left), self._root(right)
        return left == right or frozenset((left, right)) in self._apart

    def _root(self, course: str) -> str:
        while (parent := self._parent.get(course)) is not None:
            course = parent
        return course
