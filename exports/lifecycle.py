"""What state a course is in on the day of publication: the one place where that is decided.

An instance is past after its end; without an end it counts as running for two weeks after its start (late entry), then
as past. On its very day it is still to come. Where only a month or a year is known, the run is to come until that time
is over. A course shows the state of its most promising instance.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from normalize.model import Course, Instance

BERLIN = ZoneInfo("Europe/Berlin")
LATE_ENTRY = timedelta(days=14)

# Most promising first; "unknown" may still come, what is cancelled or past will not.
STATUSES = ("upcoming", "open", "running", "full", "unknown", "cancelled", "past")
FRESHNESS = ("fresh", "stale")


def berlin_date(now: datetime) -> date:
    """The day in the region at a moment with a time zone."""
    return now.astimezone(BERLIN).date()


def is_withdrawn(course: Course) -> bool:
    """True if no source offers the course any more."""
    return all(member.status == "withdrawn" for member in course.members)


def course_status(course: Course, today: date) -> str:
    """The state of a course that is still offered, one of STATUSES."""
    states = {instance_status(instance, today) for instance in course.instances} or {"unknown"}
    return min(states, key=STATUSES.index)


def instance_status(instance: Instance, today: date) -> str:
    """The state of one dated run, one of STATUSES."""
    if instance.availability.status == "cancelled":
        return "cancelled"
    state = _by_dates(instance, today)
    if state in ("upcoming", "open") and instance.availability.status in ("full", "waitlist"):
        return "full"
    return state


def _by_dates(instance: Instance, today: date) -> str:
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


def as_of(course: Course, today: date, fresh_sources: Collection[str]) -> Course:
    """The course as it is published on a day: with its status, and each source marked fresh or stale."""
    sources = tuple(
        source.model_copy(update={"status": "fresh" if source.source in fresh_sources else "stale"})
        for source in course.sources
    )
    return course.model_copy(update={"status": course_status(course, today), "sources": sources})
