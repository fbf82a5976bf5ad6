"""What state a course is in on the day of publication: the one place where that is decided.

An instance is past after its end; without an end it counts as running for two weeks after its start (late entry), then
as past. On its very day it is still to come. Where only a month or a year is known, the run is to come until that time
is over. A course shows the state of its most promising instance.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from normalize.model import Instance, Member

BERLIN = ZoneInfo("Europe/Berlin")
LATE_ENTRY = timedelta(days=14)

# Most promising first; "unknown" may still come, what is cancelled or past will not.
Status = Literal["upcoming", "open", "running", "full", "unknown", "cancelled", "past"]
STATUSES: tuple[Status, ...] = get_args(Status)
Freshness = Literal["fresh", "stale"]


def berlin_date(now: datetime) -> date:
    """The day in the region at a moment with a time zone."""
    return now.astimezone(BERLIN).date()


def is_withdrawn(members: Iterable[Member]) -> bool:
    """True if no source offers the course of these members any more."""
    return all(member.status == "withdrawn" for member in members)


def course_status(states: Iterable[Status]) -> Status:
    """The state of a course that is still offered, from those of its runs."""
    return min(states, key=STATUSES.index, default="unknown")


def instance_status(instance: Instance, today: date) -> Status:
    """The state of one dated run, one of STATUSES."""
    if instance.availability.status == "cancelled":
        return "cancelled"
    state = _by_dates(instance, today)
    if state in ("upcoming", "open") and instance.availability.status in ("full", "waitlist"):
        return "full"
    return state


def _by_dates(instance: Instance, today: date) -> Status:
    start = date.fromisoformat(instance.start) if instance.start else None
    end = date.fromisoformat(instance.end) if instance.end else None
    if instance.open_start:
        return "past" if end is not None and end < today else "open"
    if end is not None and end < today:
        return "past"
    if start is None:
        return "unknown"
    if start >= today or instance.precision in ("month", "year"):
        return "upcoming"
    if end is None and start + LATE_ENTRY < today:
        return "past"
    return "running"
