"""Upcoming, open, running, full, cancelled, past, unknown: one rule, dated."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from exports.lifecycle import STATUSES, berlin_date, course_status, instance_status, is_withdrawn
from normalize.model import Availability

TODAY = date(2026, 11, 22)


def available(status: str) -> dict[str, Any]:
    return {"availability": Availability(status=status)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "fields", "expected"),
    [
        ("2026-11-23", "2026-12-23", {}, "upcoming"),
        ("2026-11-23", None, {}, "upcoming"),
        ("2026-11-22", "2026-11-22", {}, "upcoming"),  # this evening
        ("2026-11-21", "2026-11-22", {}, "running"),
        ("2026-11-20", "2026-11-21", {}, "past"),
        ("2026-11-08", None, {}, "running"),  # 14 days ago: late entry
        ("2026-11-07", None, {}, "past"),
        (None, None, {}, "unknown"),
        (None, "2026-11-21", {}, "past"),
        (None, None, {"open_start": True}, "open"),
        (None, None, {"open_start": True} | available("full"), "full"),
        ("2026-01-01", None, {"open_start": True}, "open"),
        ("2026-01-01", "2026-11-21", {"open_start": True}, "past"),
        ("2026-11-01", "2026-11-30", {"precision": "month"}, "upcoming"),
        ("2026-10-01", "2026-10-31", {"precision": "month"}, "past"),
        ("2026-12-01", None, available("full"), "full"),
        ("2026-12-01", None, available("waitlist"), "full"),
        ("2026-12-01", None, available("few_left"), "upcoming"),
        ("2026-11-01", "2026-12-01", available("full"), "running"),
        ("2026-01-01", "2026-02-01", available("full"), "past"),
        ("2026-12-01", None, available("cancelled"), "cancelled"),
    ],
)
def test_instance(run: Any, start: str | None, end: str | None, fields: dict[str, Any], expected: str) -> None:
    instance = run(start, end).model_copy(update=fields)
    assert instance_status(instance, TODAY) == expected


def test_a_course_shows_its_most_promising_run(run: Any) -> None:
    past, running = run("2026-01-01", "2026-02-01"), run("2026-11-01", "2026-12-01")
    coming, full = run("2026-12-01"), run("2026-12-01", **available("full"))
    cancelled = run("2026-12-01", **available("cancelled"))
    for runs, expected in (
        ((), "unknown"),
        ((past,), "past"),
        ((past, cancelled), "cancelled"),
        ((past, run(None)), "unknown"),
        ((past, full), "full"),
        ((full, running), "running"),
        ((past, running, full, cancelled, coming), "upcoming"),
    ):
        assert course_status([instance_status(one, TODAY) for one in runs]) == expected
        assert expected in STATUSES


def test_withdrawn_is_what_no_source_offers_any_more(course: Any) -> None:
    assert is_withdrawn(course("ca", "hbz:a", "mn:x", gone=("hbz:a", "mn:x")).members)
    assert not is_withdrawn(course("ca", "hbz:a", "mn:x", gone=("mn:x",)).members)


def test_the_day_is_that_of_berlin() -> None:
    assert berlin_date(datetime(2026, 11, 22, 22, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert berlin_date(datetime(2026, 11, 22, 23, 1, tzinfo=UTC)) == date(2026, 11, 23)
    assert berlin_date(datetime(2026, 7, 1, 22, 1, tzinfo=UTC)) == date(2026, 7, 2)  # summer time
