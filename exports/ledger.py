"""Every id ever published leads somewhere for ever: to a course, by a redirect to one, or to a tombstone.

The ledger is the chain of versions itself: a version's courses, redirects and tombstones are together all ids ever
published before and with it, so the next version needs only the last one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from exports.delta import Delta
from exports.files import Record
from exports.rights import NAMELESS


@dataclass(frozen=True)
class Ledger:
    """The ids of a version that are no courses of it."""

    redirects: Mapping[str, str] = field(default_factory=dict)  # id -> course id
    tombstones: Mapping[str, Record] = field(default_factory=dict)  # id -> {course_id, since, reason, title}


@dataclass(frozen=True)
class Destinations:
    """Where ids lead today: `course_of` gives the course of an id (published or not; None if unknown), `reason` why a
    course is not published."""

    course_of: Callable[[str], str | None]
    reason: Callable[[str], str]


def next_ledger(previous: Ledger, delta: Delta, destinations: Destinations, since: str) -> Ledger:
    """The ledger of the version that `delta` leads to; new tombstones are dated `since` (ISO 8601)."""
    ids = previous.redirects.keys() | previous.tombstones.keys() | delta.gone.keys()
    redirects: dict[str, str] = {}
    tombstones: dict[str, Record] = {}
    heirs = {offer: course_id for course_id, offers in delta.arrived.items() for offer in offers}
    for course_id in sorted(ids - delta.courses):
        last = delta.gone.get(course_id) or delta.gone.get(previous.redirects.get(course_id, ""))
        heir = next((heirs[offer] for offer in last["offers"] if offer in heirs), None) if last else None
        target = _destination(course_id, previous.redirects, destinations.course_of, heir)
        if target in delta.courses:
            redirects[course_id] = target
        else:
            tombstones[course_id] = _tombstone(course_id, target, previous, delta, destinations, since)
    return Ledger(redirects, tombstones)


def _destination(
    course_id: str, former: Mapping[str, str], course_of: Callable[[str], str | None], heir: str | None
) -> str:
    """The course of an id; one that is known no more follows where it led in the last version, or the offers it had:
    the senior one that it was named for may have been taken down."""
    led = former.get(course_id, course_id)
    return course_of(course_id) or course_of(led) or heir or led


def _tombstone(
    course_id: str, target: str, previous: Ledger, delta: Delta, destinations: Destinations, since: str
) -> Record:
    former = previous.tombstones.get(course_id)
    if former is not None:
        reason = destinations.reason(target)
        stone = {**former, "reason": former["reason"] if reason == "unknown" else reason}
        return stone | {"title": None} if stone["reason"] in NAMELESS else stone
    last = delta.gone.get(course_id) or delta.gone.get(target) or delta.gone.get(previous.redirects.get(course_id, ""))
    reason = destinations.reason(target)
    title = last["title"] if last and reason not in NAMELESS else None
    return {"course_id": course_id, "since": since, "reason": reason, "title": title}


def redirect_lines(ledger: Ledger) -> list[Record]:
    """The lines of redirects.jsonl."""
    return [{"course_id": old, "into": new} for old, new in sorted(ledger.redirects.items())]


def read_ledger(redirects: Iterable[Record], tombstones: Iterable[Record]) -> Ledger:
    """The ledger from its two files."""
    return Ledger(
        {line["course_id"]: line["into"] for line in redirects}, {line["course_id"]: line for line in tombstones}
    )


def unresolved(ever: Collection[str], courses: Collection[str], ledger: Ledger) -> list[str]:
    """What is wrong with the ledger, as German sentences; `ever` are all ids published before."""
    problems = []
    lost = sorted(set(ever) - set(courses) - ledger.redirects.keys() - ledger.tombstones.keys())
    if lost:
        problems.append(f"{len(lost)} früher veröffentlichte Kennungen führen ins Leere ({', '.join(lost[:3])})")
    chained = sorted(old for old, new in ledger.redirects.items() if new not in courses)
    if chained:
        problems.append(f"{len(chained)} Weiterleitungen führen zu keinem Kurs ({', '.join(chained[:3])})")
    double = sorted(
        (set(courses) & (ledger.redirects.keys() | ledger.tombstones.keys()))
        | (ledger.redirects.keys() & ledger.tombstones.keys())
    )
    if double:
        problems.append(f"{len(double)} Kennungen stehen doppelt ({', '.join(double[:3])})")
    return problems
