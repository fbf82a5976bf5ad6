"""The published course: the merged course of dedupe and what is derived from it on the day of publication."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from exports.files import Record
from exports.lifecycle import Freshness, Status, course_status, instance_status
from exports.rights import CreditedSource, Rights
from normalize.model import Amount, Course, CourseInstance, IsoDate, Member, Model

# Runs that one may still book or enter; what is full, cancelled or past has no say in next start and best price.
BOOKABLE: tuple[Status, ...] = ("upcoming", "open", "running", "unknown")


class PublishedInstance(CourseInstance):
    """A run with its state on the day of publication."""

    status: Status = "unknown"


class PublishedMember(Member):
    """An offer of the course; a withdrawn one stays named."""

    status: Literal["active", "withdrawn"] = "active"


class PublishedSource(CreditedSource):
    """A source of the course; stale means that its data are older than this version."""

    status: Freshness = "fresh"


class BestPrice(Model):
    """The lowest price the public pays for a run that can still be booked. `instance_id` is null if it is that of the
    course; `kind` "from" means that it may be more."""

    amount: Amount
    currency: str = "EUR"
    kind: Literal["fixed", "from", "free"]
    instance_id: str | None = None


class Change(Model):
    """A price or the dates of a run became another. Amounts are decimal strings, dates an interval of ISO 8601
    ("2026-12-01/2026-12-05", ".." for an open side); null: there was none before, there is none since."""

    at: str  # created_at of the version
    field: Literal["price", "dates"]
    instance_id: str | None = None  # null: of the course itself
    old: str | None = None
    new: str | None = None


class PublishedCourse(Course):
    """One line of courses.jsonl."""

    status: Status
    instances: tuple[PublishedInstance, ...] = ()
    members: tuple[PublishedMember, ...] = ()
    sources: tuple[PublishedSource, ...] = ()
    next_start: IsoDate | None = None  # of the upcoming runs; that of a month is its first day
    best_price: BestPrice | None = None
    changed_at: str | None = None  # created_at of the version in which the content last changed
    history: tuple[Change, ...] = ()  # oldest first


def published(course: Course, today: date, fresh_sources: Collection[str], rights: Rights) -> Record:
    """The course as a line of courses.jsonl tells it (PublishedCourse, still without history): states on that day, next
    start, best price, and each source named and marked fresh or stale."""
    record = course.model_dump(mode="json")
    states = [instance_status(run, today) for run in course.instances]
    for run, state in zip(record["instances"], states, strict=True):
        run["status"] = state
    for source in record["sources"]:
        source |= rights.credit(source["source"])
        source["status"] = "fresh" if source["source"] in fresh_sources else "stale"
    starts = [run.start for run, state in zip(course.instances, states, strict=True) if state == "upcoming"]
    best = best_price(course, states)
    return record | {
        "status": course_status(states),
        "next_start": min(filter(None, starts), default=None),
        "best_price": best and best.model_dump(mode="json"),
        "changed_at": None,
        "history": [],
    }


def best_price(course: Course, states: Sequence[Status]) -> BestPrice | None:
    """The lowest known price of what can be booked, the runs being in these states; None if none is told."""
    offered = list(_prices(course, states))
    return min(offered, key=lambda one: (Decimal(one.amount), one.kind == "from"), default=None)


def _prices(course: Course, states: Sequence[Status]) -> Iterator[BestPrice]:
    bookable = [run for run, state in zip(course.instances, states, strict=True) if state in BOOKABLE]
    found = [(run.price, run.instance_id) for run in bookable if run.price is not None]
    if len(found) < len(bookable) or not bookable:  # some run costs what the course costs
        found.append((course.price, None))
    for one, instance_id in found:
        if one.amount is not None and one.kind in ("fixed", "from", "free") and one.currency == "EUR":
            yield BestPrice(amount=one.amount, currency=one.currency, kind=one.kind, instance_id=instance_id)
