"""Calendars to subscribe to: RFC 5545 text, numbers that grow, and nothing that silently vanishes."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats import ics
from exports.formats.calendars import file_name
from exports.formats.edition import Edition
from exports.formats.event_memory import remembered


def events(path: Path) -> list[dict[str, str]]:
    """The events of a calendar by an unfolding of our own: name (with parameters) to value."""
    text = path.read_bytes().decode().replace("\r\n ", "")
    found: list[dict[str, str]] = []
    for line in text.split("\r\n"):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, _, value = line.partition(":")
            found[-1].setdefault(name, value)
    return found


def calendar(portal: Any, name: str = "provider/hbz") -> list[dict[str, str]]:
    return events(portal.config.root / "current" / "calendars" / f"{name}.ics")


@pytest.fixture
def dated(run: Any) -> Any:
    def make(number: int = 1, start: str = "2026-12-01", end: str | None = "2026-12-01", **more: Any) -> Any:
        return run(start, end, instance_id=f"hbz:a#{number}", **more)

    return make


def test_a_day_with_times_is_told_in_utc_and_several_days_as_days(portal: Any, course: Any, dated: Any) -> None:
    runs = (
        dated(1, start_time="18:00", end_time="21:15"),  # winter: UTC+1
        dated(2, "2027-07-05", "2027-07-09", start_time="08:00"),
        dated(3, "2027-07-12", "2027-07-12", start_time="08:00", end_time="12:00"),  # summer: UTC+2
        dated(4, "2027-08-01", None),
    )
    portal.night(0, course("ca", title="Löten, leicht; gemacht", topics=("metal_welding",), instances=runs))
    first, second, third, fourth = calendar(portal)
    assert (first["DTSTART"], first["DTEND"]) == ("20261201T170000Z", "20261201T201500Z")
    assert (second["DTSTART;VALUE=DATE"], second["DTEND;VALUE=DATE"]) == ("20270705", "20270710")
    assert second["TRANSP"] == "TRANSPARENT"
    assert (third["DTSTART"], third["DTEND"]) == ("20270712T060000Z", "20270712T100000Z")
    assert fourth["DTEND;VALUE=DATE"] == "20270802"
    assert first["SUMMARY"] == r"Löten\, leicht\; gemacht"
    assert first["URL"] == "https://qualiguide.invalid/kurs/ca"
    assert (first["SEQUENCE"], first["STATUS"], first["DTSTAMP"]) == ("0", "CONFIRMED", "20261122T013000Z")
    assert calendar(portal, "topic/metal_welding") == calendar(portal)


def test_a_change_counts_up_and_a_quiet_night_does_not(portal: Any, course: Any, dated: Any) -> None:
    portal.night(0, course("ca", instances=(dated(),)))
    (before,) = calendar(portal)
    portal.night(1, course("ca", instances=(dated(),)))
    assert calendar(portal) == [before]
    portal.night(2, course("ca", instances=(dated(start="2026-12-02", end="2026-12-02"),)))
    (after,) = calendar(portal)
    assert after["UID"] == before["UID"]
    assert (after["SEQUENCE"], after["LAST-MODIFIED"]) == ("1", "20261124T013000Z")
    assert after["DTSTART;VALUE=DATE"] == "20261202"


def test_what_vanishes_is_cancelled_and_may_come_back(portal: Any, course: Any, dated: Any) -> None:
    other = dated(2, "2027-01-11")
    portal.night(0, course("ca", instances=(dated(), other)))
    portal.night(1, course("ca", instances=(other,)))
    assert [(one["STATUS"], one["SEQUENCE"]) for one in calendar(portal)] == [("CANCELLED", "1"), ("CONFIRMED", "0")]
    portal.night(2, course("ca", instances=(other,)))
    assert [(one["STATUS"], one["SEQUENCE"]) for one in calendar(portal)] == [("CANCELLED", "1"), ("CONFIRMED", "0")]
    portal.night(3, course("ca", instances=(dated(), other)))
    assert [(one["STATUS"], one["SEQUENCE"]) for one in calendar(portal)] == [("CONFIRMED", "2"), ("CONFIRMED", "0")]


def test_a_whole_course_that_vanishes_is_cancelled_and_one_that_is_over_is_not(
    portal: Any, course: Any, dated: Any
) -> None:
    over = dated(2, "2026-11-20", "2026-11-20")
    portal.night(0, course("ca", instances=(over, dated())), course("cz", provider=None))
    portal.night(1, course("cz", provider=None), min_share=0.0)
    assert [one["STATUS"] for one in calendar(portal)] == ["CONFIRMED", "CANCELLED"]
    portal.night(40, course("cz", provider=None))  # more than thirty days after both
    assert not (portal.config.root / "current" / "calendars" / "provider" / "hbz.ics").exists()


def test_an_event_of_a_version_that_kept_no_texts_is_left_out_when_it_vanishes() -> None:
    edition = SimpleNamespace(today=date(2026, 11, 23), created_at="2026-11-23T01:30:00Z", forget=False)
    told = {"status": "CONFIRMED", "digest": "d", "last": "2027-01-11"}
    older = [{"uid": uid, "sequence": 3, "modified": "2026-11-22T01:30:00Z", **told} for uid in ("a", "b")]
    now = {"uid": "b", "text": "Löten", "dates": "-", "first": "2027-01-11", **told}
    assert list(remembered(older, [now], cast(Edition, edition))) == [older[1] | now]


def test_the_same_run_found_twice_is_not_cancelled(portal: Any, course: Any, dated: Any) -> None:
    portal.night(0, course("ca", instances=(dated(1), dated(2))))
    portal.night(1, course("ca", instances=(dated(1, same_as=("hbz:a#2",)),)))
    assert [one["STATUS"] for one in calendar(portal)] == ["CONFIRMED"]
    portal.night(2, course("ca", instances=(dated(1), dated(2))))
    assert sorted(one["SEQUENCE"] for one in calendar(portal)) == ["0", "2"]


def test_what_was_merged_is_forgotten_thirty_days_after_its_end(portal: Any, course: Any, dated: Any) -> None:
    portal.night(0, course("ca", instances=(dated(1, same_as=("mn:1#1",)),)))
    assert {one["status"] for one in portal.read("events.jsonl")} == {"CONFIRMED", "MERGED"}
    portal.night(1, course("ca"))
    assert {one["status"] for one in portal.read("events.jsonl")} == {"CANCELLED", "MERGED"}
    portal.night(38, course("ca"))  # the run was on the ninth day
    assert len(portal.read("events.jsonl")) == 2
    portal.night(40, course("ca"))
    assert portal.read("events.jsonl") == []


def test_a_cancelled_run_says_so(portal: Any, course: Any, dated: Any) -> None:
    portal.night(0, course("ca", instances=(dated(availability={"status": "cancelled"}),)))
    assert [one["STATUS"] for one in calendar(portal)] == ["CANCELLED"]


def test_what_is_not_known_to_the_day_is_in_no_calendar(portal: Any, course: Any, dated: Any) -> None:
    month = dated(1, "2027-09-01", "2027-09-30").model_copy(update={"precision": "month"})
    portal.night(0, course("ca", instances=(month, dated(2, None, None, open_start=True))))
    assert not (portal.config.root / "current" / "calendars").exists()


def test_a_calendar_is_read_by_a_library(portal: Any, course: Any, dated: Any) -> None:
    title = "Ümläute, Kommas; und \\ ein langer Titel, der ganz sicher über die fünfundsiebzig Oktette hinausgeht"
    portal.night(0, course("ca", title=title, instances=(dated(1, start_time="18:00", end_time="21:15"), dated(2))))
    path = portal.config.root / "current" / "calendars" / "provider" / "hbz.ics"
    read = icalendar.Calendar.from_ical(path.read_bytes())
    first, second = read.walk("VEVENT")
    assert {str(first["SUMMARY"]), str(second["SUMMARY"])} == {title}
    assert not read.errors
    assert not first.errors


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300))
def test_folding_keeps_lines_short_characters_whole_and_the_text(text: str) -> None:
    line = "SUMMARY:" + ics.escaped(text)
    data = ics.folded(line).encode()
    assert data.endswith(b"\r\n")
    for part in data[:-2].split(b"\r\n"):
        assert len(part) <= 75
        part.decode()
    assert data[:-2].decode().replace("\r\n ", "") == line


def test_a_text_cannot_end_its_line() -> None:
    assert ics.escaped("a\r\nEND:VEVENT\rb\nc\\n") == r"a\nEND:VEVENT\nb\nc\\n"
    assert ics.escaped("a\x00\x07b") == "ab"


@pytest.mark.parametrize("key", ["../../etc", "a/b", "Ä b", "", "x" * 300])
def test_a_key_is_no_path(key: str) -> None:
    name = file_name(key)
    assert "/" not in name
    assert "." not in name
    assert len(name) < 100
    assert name != file_name(key + "!")
