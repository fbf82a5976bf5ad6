"""The published course: the merged course of dedupe and what is derived from it on the day of publication."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from exports.lifecycle import Freshness, Status, course_status, instance_status
from exports.rights import CreditedSource
from normalize.model import Amount, Course, CourseInstance, IsoDate, Member, Model, Price

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


def published(course: Course, today: date, fresh_sources: Collection[str]) -> PublishedCourse:
    """The course as it is on a day: states, next start, best price, and each source marked fresh or stale."""
    runs = tuple(
        PublishedInstance.model_construct(**dict(run) | {"status": instance_status(run, today)})
        for run in course.instances
    )
    sources = tuple(
        PublishedSource.model_construct(
            **dict(source) | {"status": "fresh" if source.source in fresh_sources else "stale"}
        )
        for source in course.sources
    )
    derived = {
        "status": course_status(course, today),
        "instances": runs,
        "members": tuple(PublishedMember.model_construct(**dict(member)) for member in course.members),
        "sources": sources,
        "next_start": min((run.start for run in runs if run.status == "upcoming" and run.start), default=None),
        "best_price": best_price(course.price, runs),
    }
    return PublishedCourse.model_construct(**dict(course) | derived)


def best_price(price: Price, runs: Collection[PublishedInstance]) -> BestPrice | None:
    """The lowest known price of what can be booked; None if none is told."""
    offered = list(_prices(price, runs))
    return min(offered, key=lambda one: (Decimal(one.amount), one.kind == "from"), default=None)


def _prices(price: Price, runs: Collection[PublishedInstance]) -> Iterator[BestPrice]:
    bookable = [run for run in runs if run.status in BOOKABLE]
    found = [(run.price, run.instance_id) for run in bookable if run.price is not None]
    if len(found) < len(bookable) or not bookable:  # some run costs what the course costs
        found.append((price, None))
    for one, instance_id in found:
        if one.amount is not None and one.kind in ("fixed", "from", "free") and one.currency == "EUR":
            yield BestPrice(amount=one.amount, currency=one.currency, kind=one.kind, instance_id=instance_id)
