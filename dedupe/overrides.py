"""What stewards corrected of a course, applied to the merged record.

An override binds one offer. It speaks for the course that the offer is part of today, so it follows the offer through
merges and splits. A value that does not fit its field is passed over: the field then shows its member's value, and the
journal still holds the event.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from dedupe.journal import Event
from normalize.model import Course, CourseInstance, Place, Provenance
from normalize.places import read_place
from normalize.topics import all_topics

HIDDEN = "hidden"  # a field of overrides and the status of such a course
PLACE = "place:"  # and the instance_id: the field that moves one run; its value has the strings of `read_place`
PLACE_PARTS = ("venue", "room", "street", "postcode", "city", "online")

ByOffer = Mapping[str, Mapping[str, Event]]  # offer id -> field -> the event that corrects it


def in_force(overrides: ByOffer, newest_fetch: str) -> dict[str, dict[str, Event]]:
    """Overrides whose `until` (a date) the data have not passed: the newest fetch is the clock of a rerun."""
    return {
        offer: {name: event for name, event in fields.items() if not is_over(event, newest_fetch)}
        for offer, fields in overrides.items()
    }


def is_over(event: Event, moment: str) -> bool:
    """Whether an override ended before a moment (ISO 8601); one without an end never does."""
    until = event.get("until")
    return bool(until) and str(until) < moment[:10]


def corrected(members: Iterable[str], overrides: ByOffer) -> dict[str, tuple[Any, Provenance]]:
    """The stewards' own values by field of the course, the newest of several members'."""
    found: dict[str, tuple[str, Any, Provenance]] = {}
    for offer_id, name, event in _events(members, overrides):
        value, at = _fitting(name, event.get("value")), str(event.get("at", ""))
        if value is not None and (name not in found or found[name][0] < at):
            found[name] = at, value, _provenance(offer_id, event)
    return {name: (value, origin) for name, (_, value, origin) in found.items()}


def is_hidden(members: Iterable[str], overrides: ByOffer) -> bool:
    """Whether somebody wants the course off the portal."""
    return any(name == HIDDEN and event.get("value") is True for _, name, event in _events(members, overrides))


def moved(
    runs: Sequence[CourseInstance], members: Iterable[str], overrides: ByOffer
) -> tuple[tuple[CourseInstance, ...], Provenance | None]:
    """The runs, each at the place a steward says, and where the newest such word comes from (None: nobody's).

    A run is found by its id, also where another member's listing of the same run is the one that is shown.
    """
    places: dict[str, tuple[str, Place, Provenance]] = {}
    for offer_id, name, event in _events(members, overrides):
        place, at = place_of(event.get("value")), str(event.get("at", ""))
        run = name.removeprefix(PLACE)
        if name.startswith(PLACE) and place is not None and (run not in places or places[run][0] < at):
            places[run] = at, place, _provenance(offer_id, event)
    placed, newest = [], None
    for shown in runs:
        said = [places[run] for run in (shown.instance_id, *shown.same_as) if run in places]
        word = max(said, key=lambda one: one[0], default=None)
        placed.append(shown.model_copy(update={"place": word[1]}) if word else shown)
        newest = max(filter(None, (newest, word)), key=lambda one: one[0], default=None)
    return tuple(placed), newest and newest[2]


def place_of(value: Any) -> Place | None:
    """The place that an override names by its strings; None if it is no such value or says nothing."""
    if not isinstance(value, Mapping) or not set(value) <= set(PLACE_PARTS):
        return None
    parts = {name: text for name, text in value.items() if isinstance(text, str) and text.strip()}
    return read_place(**{"venue": None, **parts}).value if parts else None


def _events(members: Iterable[str], overrides: ByOffer) -> Iterable[tuple[str, str, Event]]:
    for offer_id in members:
        for name, event in overrides.get(offer_id, {}).items():
            yield offer_id, name, event


def _provenance(offer_id: str, event: Event) -> Provenance:
    return Provenance(offer_id=offer_id, fetched_at=event.get("at"), rule="override")


def _fitting(name: str, value: Any) -> Any:
    """The value as the field's type, or None if it is no such value."""
    if name not in Course.model_fields or name in _NOT_THEIRS or value is None:
        return None
    if name == "topics" and (not isinstance(value, list | tuple) or not set(value) <= all_topics().keys()):
        return None
    try:
        return getattr(Course.model_validate({"course_id": "", "slug": "", "status": "", name: value}), name)
    except ValidationError:
        return None


# What follows from other fields or from the members, and is nobody's to say.
_NOT_THEIRS = frozenset(
    {"course_id", "slug", "status", "completeness", "missing", "instances", "members", "provenance", "sources"}
)
