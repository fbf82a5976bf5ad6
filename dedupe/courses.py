"""The record of every course, written as it was the night before where nothing of it changed.

A record is made of its members, the order of their fetches, the stewards' corrections, and what may be shown. Under a
print of all that it is kept with marks in the place of the times of fetching, which are new every night.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dedupe.golden import Known, build_course
from dedupe.incremental import PRINT, Records
from dedupe.overrides import ByOffer
from dedupe.snapshot import Members, Snapshot
from normalize.model import Offer


@dataclass(frozen=True)
class Permission:
    """What of an offer a course may show, None if nothing; and a text that is another one whenever the rule is."""

    rule: Callable[[Offer], Offer | None]
    text: str


EVERYTHING = Permission(lambda offer: offer, "everything")


def course_records(
    snapshot: Snapshot,
    course_ids: Mapping[str, str],
    overrides: ByOffer,
    permission: Permission,
    records: Records,
) -> Iterator[bytes]:
    """The lines of all courses of which something may be shown, by course id.

    `course_ids`: offer id -> course id.
    """
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, offer_id in enumerate(snapshot.offers.ids):
        rows[course_ids[offer_id]].append(row)
    with snapshot.members() as read:
        for course_id in sorted(rows):
            members = rows[course_id]
            times = sorted({time for row in members if (time := snapshot.fetched[row]) is not None})
            made_of = _print(snapshot, course_id, members, times, overrides, permission)
            record = records.get(made_of)
            if record is None:
                marks = {time: f"{made_of.hex()}:{place:06d}" for place, time in enumerate(times)}
                record = _record(course_id, _marked(read, members, marks), overrides, permission)
            records.put(made_of, record)
            if record:
                yield _timed(record, made_of, times)


def _print(
    snapshot: Snapshot,
    course_id: str,
    members: Sequence[int],
    times: Sequence[str],
    overrides: ByOffer,
    permission: Permission,
) -> bytes:
    """Of all that a record is made of but the times themselves; a page cannot hold it, as it depends on the page."""
    ids = [snapshot.offers.ids[row] for row in members] if overrides else []
    corrected = {offer_id: overrides[offer_id] for offer_id in ids if offer_id in overrides}
    order = [-1 if (time := snapshot.fetched[row]) is None else times.index(time) for row in members]
    rest = f"{course_id} {order} {json.dumps(corrected, sort_keys=True) if corrected else ''} {permission.text}"
    prints = b"".join([snapshot.prints[row] for row in members])
    return hashlib.sha256(prints + rest.encode()).digest()[:PRINT]


def _marked(read: Members, members: Sequence[int], marks: Mapping[str, str]) -> Iterator[Known]:
    """Members whose times are marks, which sort as the times do."""
    for one in read(members):
        time = one.offer.fetched_at
        mark = None if time is None else marks[time]
        yield replace(one, offer=one.offer.model_copy(update={"fetched_at": mark}))


def _record(course_id: str, members: Iterable[Known], overrides: ByOffer, permission: Permission) -> bytes:
    """The line of a course, empty if nothing of it may be shown."""
    shown = [*_shown(members, permission)]
    if not shown:
        return b""
    course = build_course(course_id, shown, overrides).model_dump(mode="json")
    return f"{json.dumps(course, ensure_ascii=False, sort_keys=True)}\n".encode()


def _shown(members: Iterable[Known], permission: Permission) -> Iterator[Known]:
    for member in members:
        offer = permission.rule(member.offer)
        if offer is not None:
            yield replace(member, offer=offer)


def _timed(record: bytes, made_of: bytes, times: Sequence[str]) -> bytes:
    """A record with times in the place of their marks."""
    for place, time in enumerate(times):
        mark = f'"{made_of.hex()}:{place:06d}"'
        record = record.replace(mark.encode(), _quoted(time))
    return record


@lru_cache(maxsize=1 << 10)
def _quoted(time: str) -> bytes:
    return json.dumps(time, ensure_ascii=False).encode()
