"""Every id ever published leads somewhere for ever: to a course, by a redirect to one, or to a tombstone.

The ledger is the chain of versions itself: a version's courses, redirects and tombstones are together all ids ever
published before and with it, so the next version needs only the last one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Set
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
    """Where ids lead today: `courses_of` gives the course of each of some ids (published or not), as far as known;
    `reason` why a course is not published."""

    courses_of: Callable[[Collection[str]], Mapping[str, str]]
    reason: Callable[[str], str]


def next_ledger(
    previous: Ledger, delta: Delta, destinations: Destinations, is_course: Callable[[str], bool], since: str
) -> Ledger:
    """The ledger of the version that `delta` leads to, whose courses `is_course` knows; new tombstones are dated
    `since` (ISO 8601)."""
    ids = previous.redirects.keys() | previous.tombstones.keys() | delta.gone.keys()
    led = {course_id: previous.redirects.get(course_id, course_id) for course_id in ids}
    known = destinations.courses_of(ids | set(led.values())) if ids else {}
    redirects: dict[str, str] = {}
    tombstones: dict[str, Record] = {}
    for course_id in sorted(one for one in ids if not is_course(one)):
        last = delta.gone.get(course_id) or delta.gone.get(led[course_id])
        # One that is known no more follows where it led in the last version, or the offers it had: the senior one
        # that it was named for may have been taken down.
        heir = next((delta.arrived[offer] for offer in (last or {}).get("offers", ()) if offer in delta.arrived), None)
        target = known.get(course_id) or known.get(led[course_id]) or heir or led[course_id]
        if is_course(target):
            redirects[course_id] = target
        else:
            reason = destinations.reason(target)
            tombstones[course_id] = _tombstone(course_id, last or delta.gone.get(target), reason, previous, since)
    return Ledger(redirects, tombstones)


def _tombstone(course_id: str, last: Record | None, reason: str, previous: Ledger, since: str) -> Record:
    former = previous.tombstones.get(course_id)
    if former is None:
        stone = {"course_id": course_id, "since": since, "reason": reason, "title": last["title"] if last else None}
    else:
        stone = former if reason == "unknown" else former | {"reason": reason}
    return stone | {"title": None} if stone["reason"] in NAMELESS else stone


def redirect_lines(ledger: Ledger) -> list[Record]:
    """The lines of redirects.jsonl."""
    return [{"course_id": old, "into": new} for old, new in sorted(ledger.redirects.items())]


def read_ledger(redirects: Iterable[Record], tombstones: Iterable[Record]) -> Ledger:
    """The ledger from its two files."""
    return Ledger(
        {line["course_id"]: line["into"] for line in redirects}, {line["course_id"]: line for line in tombstones}
    )


def unresolved(former: Ledger, gone: Iterable[str], ledger: Ledger, courses: Set[str]) -> list[str]:
    """What is wrong with a ledger, as German sentences. `former` is that of the version before, `gone` are its courses
    that are none any more, `courses` those ids of `concerned` that are courses now."""
    ever = {*former.redirects, *former.tombstones, *gone}
    moved, buried = ledger.redirects.keys(), ledger.tombstones.keys()
    resolved = courses | moved | buried
    chained = {old for old, new in ledger.redirects.items() if new not in courses}
    double = (moved | buried) & courses | (moved & buried)
    return [
        f"{len(ids)} {problem} ({', '.join(sorted(ids)[:3])})"
        for ids, problem in (
            (ever - resolved, "früher veröffentlichte Kennungen führen ins Leere"),
            (chained, "Weiterleitungen führen zu keinem Kurs"),
            (double, "Kennungen stehen doppelt"),
        )
        if ids
    ]


def concerned(former: Ledger, ledger: Ledger) -> set[str]:
    """The ids of which `unresolved` must know whether they are courses."""
    return {*former.redirects, *former.tombstones, *ledger.redirects, *ledger.tombstones, *ledger.redirects.values()}
