"""The course a visitor sees, merged from its offers: which member's value wins, and why.

Per field, the first rule that decides: the steward's override; a value before none; the provider's own source before
an upload before an aggregator; the newer fetch; the fuller value; the senior offer. Withdrawn members stay members and
give nothing while another is active.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from dedupe.overrides import HIDDEN, ByOffer, corrected, is_hidden, moved
from normalize.completeness import completeness
from normalize.model import Course, CourseInstance, CourseSource, Instance, Member, Offer, Provenance, Scope
from normalize.scope import moved_scope
from normalize.text import fold

FIELDS = (
    "title", "subtitle", "description", "url", "provider", "course_number", "level", "parts", "topics", "format",
    "schedule", "duration", "price", "funding", "funding_evidence", "certificate", "certificate_kind", "requirements",
    "prerequisites", "target_group", "audiences", "languages", "contact", "keywords", "scope",
)  # fmt: skip
# What was read from another field comes from the same member, so that a text and its meaning stay together.
READ_FROM = {
    "funding_evidence": "funding", "certificate_kind": "certificate", "prerequisites": "requirements",
    "audiences": "target_group",
}  # fmt: skip

RUN_FIELDS = (
    "url", "start_time", "end_time", "weekdays", "deadline", "price", "duration", "format", "schedule", "sessions",
)  # fmt: skip
AS_OFFER = ("price", "duration", "format", "schedule")
KIND_RANK = {"provider": 0, "upload": 1, "aggregator": 2}
SLUG_WORDS = 8
SLUG_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Known:
    """An offer as the warehouse knows it."""

    offer: Offer
    first_seen: str
    status: str  # active | withdrawn

    @property
    def seniority(self) -> tuple[str, str]:
        """Sorts the senior first."""
        return self.first_seen, self.offer.offer_id


def build_course(course_id: str, members: Iterable[Known], overrides: ByOffer | None = None) -> Course:
    """Merge the offers of one course under the stewards' `overrides` in force. One that they hide has that status."""
    known = sorted(members, key=lambda member: member.seniority)
    active = [member for member in known if member.status == "active"]
    giving = active or known
    values: dict[str, Any] = {}
    provenance: dict[str, Provenance] = {}
    for name in FIELDS:
        origin = provenance.get(READ_FROM.get(name, ""))
        found = _winner(name, [one for one in giving if origin is None or one.offer.offer_id == origin.offer_id])
        if found:
            values[name], provenance[name] = found
    names, said = [one.offer.offer_id for one in known], overrides or {}
    overridden = corrected(names, said)
    for name, text in READ_FROM.items():
        if text in overridden and name not in overridden:  # read from what the steward replaced
            values.pop(name, None)
            provenance.pop(name, None)
    for name, (value, origin) in overridden.items():
        values[name], provenance[name] = value, origin
    first = giving[0].offer
    instances, placed = moved(merge_instances(giving), names, said)
    if placed:
        provenance["place"] = placed
        values["scope"] = moved_scope(values.get("scope", Scope()), [run.place for run in instances], first.source_kind)
    course = Course(
        course_id=course_id,
        slug=slug(values.get("title") or first.title or "", course_id),
        status=HIDDEN if is_hidden(names, said) else "unknown" if active else "withdrawn",
        instances=instances,
        members=tuple(
            Member(offer_id=one.offer.offer_id, source=one.offer.source, url=one.offer.url, status=one.status)
            for one in known
        ),
        provenance=provenance,
        sources=_sources(giving),
        **values,
    )
    stated = completeness(course)
    return course.model_copy(update={"completeness": stated.score, "missing": stated.missing})


def slug(title: str, course_id: str) -> str:
    """`<folded title words>-<course id>`. The id at the end alone is resolved: a slug with older words stays good."""
    words = "-".join(fold(title).split()[:SLUG_WORDS])[:SLUG_LENGTH].strip("-")
    return f"{words}-{course_id}" if words else course_id


def merge_instances(members: Sequence[Known]) -> tuple[CourseInstance, ...]:
    """All runs of the members (seniors first), by date; the same run listed twice is one.

    Two runs of different offers are the same if dates agree, times do not differ, and both are online or in the same
    town. The senior's id stays, the others are named in `same_as`. Of two values that of the provider's own source
    wins, then of an upload, then the senior's; what it leaves open the other fills, unless its own offer says it of
    all runs.
    """
    merged: list[tuple[CourseInstance, Offer]] = []  # with the offer whose values go first
    by_dates: dict[tuple[str | None, str | None], list[int]] = {}
    for member in members:
        taken: set[int] = set()  # two runs of one offer are two
        for run in member.offer.instances:
            places = by_dates.setdefault((run.start, run.end), [])
            twin = next((place for place in places if place not in taken and _same_run(merged[place][0], run)), None)
            if twin is None:
                places.append(len(merged))
                taken.add(len(merged))
                merged.append((CourseInstance(offer_id=member.offer.offer_id, **dict(run)), member.offer))
            else:
                taken.add(twin)
                merged[twin] = _joined(*merged[twin], run, member.offer)
    runs = (run for run, _ in merged)
    return tuple(sorted(runs, key=lambda run: (run.start or "9999", run.end or "", run.start_time or "")))


def _same_run(one: Instance, other: Instance) -> bool:
    if one.start is None or one.precision != "day" or other.precision != "day":
        return False
    if one.start_time and other.start_time and one.start_time != other.start_time:
        return False
    if one.place.online or other.place.online:
        return one.place.online == other.place.online
    here, there = fold(one.place.city or ""), fold(other.place.city or "")
    return here == there or not here or not there


def _joined(known: CourseInstance, speaker: Offer, run: Instance, offer: Offer) -> tuple[CourseInstance, Offer]:
    """A known run with what another listing says of it, named in `same_as`; beside it the offer that goes first."""
    first: Instance
    second: Instance
    first, second = known, run
    if KIND_RANK[offer.source_kind] < KIND_RANK[speaker.source_kind]:
        first, second, speaker = run, known, offer
    update = {name: _told_of_run(name, first, second, speaker) for name in RUN_FIELDS}
    update["place"] = first.place if first.place.city or first.place.online else second.place
    update["availability"] = second.availability if first.availability.status == "unknown" else first.availability
    if run.instance_id and run.instance_id != known.instance_id:
        update["same_as"] = (*known.same_as, run.instance_id)
    return known.model_copy(update=update), speaker


def _told_of_run(name: str, first: Instance, second: Instance, speaker: Offer) -> Any:
    """A field of a run by the listing that goes first, by the other where the first has none."""
    value = getattr(first, name)
    if value or (name in AS_OFFER and _is_told(getattr(speaker, name))):  # null means: as the offer
        return value
    return getattr(second, name) or value


def _winner(name: str, members: Sequence[Known]) -> tuple[Any, Provenance] | None:
    """The value of a field and the rule by which it won; None if no member has one."""
    having = [(getattr(member.offer, name), member) for member in members]
    having = [(value, member) for value, member in having if _is_told(value)]
    if not having:
        return None
    rule = "only_value"
    if len(having) > 1:
        rule = "agreed"
        if any(value != having[0][0] for value, _ in having):
            having, rule = _decide(having)
    value, member = having[0]
    return value, Provenance(offer_id=member.offer.offer_id, fetched_at=member.offer.fetched_at, rule=rule)


def _decide(having: list[tuple[Any, Known]]) -> tuple[list[tuple[Any, Known]], str]:
    """Narrow down by rank, fetch, fullness, seniority; the rule that left one value."""
    rules: tuple[tuple[str, Callable[[tuple[Any, Known]], Any]], ...] = (
        ("source_kind", lambda one: -KIND_RANK[one[1].offer.source_kind]),
        ("newer", lambda one: one[1].offer.fetched_at or ""),
        ("fuller", lambda one: _fullness(one[0])),
    )
    for rule, rank in rules:
        best = max(map(rank, having))
        having = [one for one in having if rank(one) == best]
        if all(value == having[0][0] for value, _ in having):
            return having, rule
    return having, "senior"


def _is_told(value: Any) -> bool:
    """True unless a value says nothing: none, empty, unknown, or a model in which nothing is set."""
    if isinstance(value, BaseModel):
        return bool(value != _blank(type(value)))
    return bool(value) and value != "unknown"


@cache
def _blank(model: type[BaseModel]) -> BaseModel | None:
    """The model in which nothing is set; None if it must say something."""
    return None if any(field.is_required() for field in model.model_fields.values()) else model()


def _fullness(value: Any) -> int:
    if isinstance(value, (str, tuple)):
        return len(value)
    if isinstance(value, BaseModel):
        return sum(1 for one in value.model_dump().values() if one not in (None, "", "unknown", (), []))
    return 1


def _sources(members: Sequence[Known]) -> tuple[CourseSource, ...]:
    """The sources that give something, each with its newest fetch; whether one is stale the exports know."""
    newest: dict[str, str | None] = {}
    for member in members:
        source, fetched = member.offer.source, member.offer.fetched_at
        newest[source] = max(filter(None, (newest.get(source), fetched)), default=None)
    return tuple(CourseSource(source=source, fetched_at=newest[source]) for source in sorted(newest))
