"""Availability: words, counts with opposite meanings, icon classes; words that are no status are refused."""

import hashlib
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.availability import read_availability
from normalize.formats import read_format, read_schedule
from normalize.funding import read_funding
from normalize.model import Availability
from normalize.reading import Reading
from normalize.vocabulary import AvailabilityStatus

EXPECTATIONS = Path(__file__).parent / "expectations" / "status.toml"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("ausreichend freie Plätze", "available"),
        ("(Plätze frei)", "available"),
        ("buchbar", "available"),
        ("span ampelicon buchbar", "available"),
        ("icon--course-open", "available"),
        ("https://schema.org/InStock", "available"),
        ("wenige Plätze", "few_left"),
        ("fast ausgebucht", "few_left"),
        ("icon icon--course-almost-full", "few_left"),
        ("Ausgebucht", "full"),
        ("Dieser Kurs ist leider ausgebucht", "full"),
        ("Keine freien Plätze mehr", "full"),
        ("icon--course-fully-booked", "full"),
        ("Warteliste", "waitlist"),
        ("Ausgebucht. Auf Warteliste setzen.", "waitlist"),
        ("nicht buchbar", "closed"),
        ("nichtbuchbar", "closed"),
        ("Anmeldung geschlossen", "closed"),
        ("Anmeldeschluss überschritten", "closed"),
        ("abgesagt", "cancelled"),
        ("Kurs fällt aus", "cancelled"),
        ("Termin folgt", "planned"),
        ("in Planung", "planned"),
        ("Keine Internetanmeldung möglich - Dieser Kurs ist leider ausgebucht", "full"),
        ("Keine Internetanmeldung möglich buchbar", "available"),
        ("Garantierte Durchführung, wenige Plätze", "few_left"),
        ("http://schema.org/InStock", "available"),
        ("https://schema.org/OnlineOnly", "available"),
        ("LimitedAvailability", "few_left"),
        ("https://schema.org/SoldOut", "full"),
        ("https://schema.org/OutOfStock", "full"),
        ("https://schema.org/Reserved", "full"),
        ("https://schema.org/BackOrder", "waitlist"),
        ("https://schema.org/Discontinued", "closed"),
        ("PreOrder", "planned"),
        ("https://schema.org/PreSale", "planned"),
        ("https://schema.org/EventPostponed", "planned"),
        ("auf unbestimmte Zeit verschoben", "planned"),
        ("EventCancelled", "cancelled"),
    ],
)
def test_words_and_icons(text: str, status: str) -> None:
    assert read_availability(text) == Reading(Availability(status=status))


@pytest.mark.parametrize(
    ("text", "status", "free", "booked", "capacity"),
    [
        ("4 von 6", "few_left", 2, 4, 6),
        ("2 von 12", "available", 10, 2, 12),
        ("6 von 6", "full", 0, 6, 6),
        ("12 / 15", "few_left", 3, 12, 15),
        ("5 von 9 Plätzen belegt", "available", 4, 5, 9),
        ("3 von 12 Plätzen frei", "few_left", 3, 9, 12),
        ("3 Plätze verfügbar", "few_left", 3, None, None),
        ("1 Platz verfügbar", "few_left", 1, None, None),
        ("Nur noch ein Platz frei", "few_left", 1, None, None),
        ("5 Plätze frei", "available", 5, None, None),
        ("9 von 12", "few_left", 3, 9, 12),
        ("freie Plätze: 8", "available", 8, None, None),
        ("0 Plätze frei", "full", 0, None, None),
        ("max. 12 Teilnehmer", "unknown", None, None, 12),
    ],
)
def test_counts(text: str, status: str, free: int | None, booked: int | None, capacity: int | None) -> None:
    reading = read_availability(text)
    assert reading.value == Availability(status=status, free=free, booked=booked, capacity=capacity)
    assert not reading.doubts


@pytest.mark.parametrize(
    "text",
    [
        "Präsenzkurs",
        "Bildungsgutschein",
        "auf Anfrage",
        "kostenfrei",
        "05/2026",
        "7 von 6",
        "ausgebucht, 3 Plätze frei",
    ],
)
def test_what_is_no_status_or_contradicts_itself_is_refused(text: str) -> None:
    reading = read_availability(text)
    assert reading.value.status == "unknown"
    assert [doubt.raw for doubt in reading.doubts] == [text]


def test_a_guaranteed_run_says_nothing_on_places_and_no_text_nothing_at_all() -> None:
    silent = [
        "Garantierte Durchführung",
        "Durchführung gesichert",
        "Startgarantie",
        "https://schema.org/EventScheduled",
    ]
    for text in [*silent, "EventRescheduled", "https://schema.org/EventMovedOnline"]:
        assert read_availability(text) == Reading(Availability())
    assert read_availability(None) == read_availability(" ") == Reading(Availability())


@given(st.integers(0, 200), st.integers(0, 200))
def test_counts_written_in_german_are_read_back(first: int, second: int) -> None:
    booked, capacity = min(first, second), max(first, second)
    value = read_availability(f"{booked} von {capacity}").value
    assert (value.booked, value.capacity, value.free) == (booked, capacity, capacity - booked)
    assert read_availability(f"noch {first} Plätze frei").value.free == first


@given(
    st.lists(
        st.sampled_from(["4", "von", "6", "Plätze", "frei", "ausgebucht", "nicht", "/", "keine", "<b>"])
        | st.text(max_size=4)
    )
)
def test_no_input_crashes_or_leaves_the_vocabulary(pieces: list[str]) -> None:
    value = read_availability(" ".join(pieces)).value
    assert value.status in get_args(AvailabilityStatus)
    assert all(count is None or count >= 0 for count in (value.free, value.booked, value.capacity))


def read_as(reader: str, line: str) -> str:
    if reader == "funding":
        return " ".join(read_funding([line]).value) or "unknown"
    if reader == "format":
        return read_format([line]).value
    if reader == "schedule":
        return read_schedule([line]).value
    value = read_availability(line).value
    return value.status + (f" free={value.free}" if value.free is not None else "")


def test_every_real_line(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = tomllib.loads(EXPECTATIONS.read_text())
    lines = (captures / "strings" / "status.txt").read_text().splitlines()
    tally = {"right": 0, "refused": 0, "wrong": 0}
    wrong = []
    for line in lines:
        wanted = expected[line if len(line) <= 60 else hashlib.sha256(line.encode()).hexdigest()[:12]]
        reader, value = wanted.split(" ", 1)
        if " schedule " in value:
            value, schedule = value.split(" schedule ")
            assert read_schedule([line]).value == schedule
        if reader != "availability":
            assert read_availability(line).value.status == "unknown"
            assert read_availability(line).doubts
        got = read_as(reader, line)
        verdict = "right" if got == value else "refused" if got == "unknown" else "wrong"
        tally[verdict] += 1
        if verdict == "wrong":
            wrong.append((line, got, value))
    with capsys.disabled():
        print(f"\nstatus.txt: human {tally}")  # noqa: T201 - the report that the proof asks for
    assert not wrong
    assert len(expected) == len(set(lines))
    assert tally["right"] >= 0.97 * len(lines)
