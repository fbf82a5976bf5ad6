"""Durations: numbers with their units, and nothing from a bound, a class or a bare number."""

import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.dates import When, read_when
from normalize.durations import duration_doubts, read_duration
from normalize.model import Duration

EXPECTATIONS = Path(__file__).parent / "expectations" / "durations.toml"
FIELDS = ("teaching_units", "hours", "days", "weeks", "months", "sessions")


def read(text: str) -> str:
    """The fields with a number; "?" where a doubt was raised, "refused" if there is nothing but a doubt."""
    reading = read_duration(text)
    words = [f"{name}={value:g}" for name in FIELDS if (value := getattr(reading.value, name)) is not None]
    if not words:
        return "refused" if reading.doubts else "nothing"
    return " ".join([*words, *(["?"] if reading.doubts else [])])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The teaching unit has many names; plain hours are hours.
        ("320 U-Std.", "teaching_units=320"),
        ("12 UStd.", "teaching_units=12"),
        ("24 U.E.", "teaching_units=24"),
        ("320 Unterrichts-Std.", "teaching_units=320"),
        ("1.200 Unterrichtsstunden", "teaching_units=1200"),
        ("8 Unterrichtseinheiten zu je 45 Minuten", "teaching_units=8"),
        ("1.200 UE (1 UE = 45 Minuten)", "teaching_units=1200"),
        ("24 Stunden à 45 Minuten", "teaching_units=24"),
        ("8 UE à 60 Minuten", "hours=8"),
        ("Unterrichtsstunden: 320", "teaching_units=320"),
        ("15.0 UE", "teaching_units=15"),
        ("480 Std.", "hours=480"),
        ("32 Zeitstunden", "hours=32"),
        ("2,5 h", "hours=2.5"),
        ("90 Minuten", "hours=1.5"),
        ("PT22H", "hours=22"),
        ("P1Y6M", "months=18"),
        ("PT40H", "hours=40"),
        ("P3M", "months=3"),
        ("P5D", "days=5"),
        ("PT2.5H", "hours=2.5"),
        ("P1,5D", "days=1.5"),
        ("PT5400S", "hours=1.5"),
        ("P0Y0M3DT0H0M0S", "days=3"),
        ("P6M0D", "months=6"),
        ("PT0S", "refused"),
        # Days to years, in figures and words.
        ("eintägig", "days=1"),
        ("3-tägig", "days=3"),
        ("zweitägiges Seminar", "days=2"),
        ("½ Tag", "days=0.5"),
        ("zwei Wochen", "weeks=2"),
        ("6-monatig", "months=6"),
        ("ein halbes Jahr", "months=6"),
        ("1 ½ Jahre", "months=18"),
        ("2 Jahre und 6 Monate", "months=30"),
        ("ca. 10 Wochen", "weeks=10"),
        ("5 Termin(e)", "sessions=5"),
        ("1-mal", "sessions=1"),
        ("18 Präsenztermine", "sessions=18"),
        ("Anzahl Termine: 10", "sessions=10"),
        # Several at once.
        ("3 Tage / 24 UE", "teaching_units=24 days=3"),
        ("24 UE (18 Stunden)", "teaching_units=24 hours=18"),
        ("4 Abende (12 UStd.)", "teaching_units=12 sessions=4"),
        ("2 Tage, 9:00 - 16:30 Uhr", "days=2"),
        ("12.01. - 16.01.2026 (5 Tage)", "days=5"),
        ("10 Termine à 90 Minuten", "hours=15 sessions=10"),
        ("4 x 3 Std.", "hours=12 sessions=4"),
        ("5 Tage, 8 UE pro Tag", "teaching_units=40 days=5"),
        # A rate, a part or an alternative is no total.
        ("6 Monate, 20 Std./Woche", "months=6 ?"),
        ("40 h / Woche", "refused"),
        ("960 UE inkl. 160 Std. Praktikum", "teaching_units=960 ?"),
        ("120 UE + 80 UE Praktikum", "refused"),
        ("Vollzeit 8 Wochen, Teilzeit 16 Wochen", "refused"),
        ("10 Termine (90 Min.)", "sessions=10 ?"),
        ("am 3. Tag", "refused"),
        # Bounds, classes, units the contract does not know, bare and ambiguous numbers.
        ("bis zu 3 Monate", "refused"),
        ("bis 3 Tage", "refused"),
        ("2-3 Tage", "refused"),
        ("3 Monate - 1 Jahr", "refused"),
        ("mindestens 100 Stunden", "refused"),
        ("zwischen 40 und 60 UE", "refused"),
        ("4 Semester", "refused"),
        ("120 Teilnehmerstunden", "refused"),
        ("30.0", "refused"),
        ("1,200 Stunden", "refused"),
        ("0 UE", "refused"),
        ("99999 UE", "refused"),
        ("nach Absprache", "refused"),
    ],
)
def test_reads_durations(text: str, expected: str) -> None:
    assert read(text) == expected


def test_the_text_is_kept_clean() -> None:
    assert read_duration("<p>ca.  24 UE&nbsp;</p>").value.text == "ca. 24 UE"
    assert read_duration("mehr als 3 Jahre").value == Duration(text="mehr als 3 Jahre")
    assert read_duration(None).value == read_duration(" ").value == Duration()


@pytest.mark.parametrize(
    ("duration", "dates", "contradicts"),
    [
        ("5 Termine", "10.02.2026, 19:00 - 20:30 Uhr", True),
        ("1 Termin", "10.02.2026, 19:00 - 20:30 Uhr", False),
        ("10 Termine", "10 x dienstags ab 10.03.2026", False),
        ("9 Termine", "10 x dienstags ab 10.03.2026", True),
        ("5 Tage", "12.01. - 16.01.2026", False),
        ("6 Tage", "12.01. - 16.01.2026", True),
        ("2 Wochen", "12.01. - 23.01.2026", False),
        ("2 Wochen", "12.01. - 23.10.2026", True),
        ("2 Jahre", "01.09.2026 - 31.08.2028", False),
        ("6 Monate", "01.09.2026 - 31.08.2028", True),
        ("800 UE", "12.01. - 16.01.2026", True),
        ("4 UE", "12.01.2026, 18:00 - 21:15 Uhr", False),
        ("8 UE", "12.01.2026, 18:00 - 21:15 Uhr", True),
        ("800 UE", "September 2026", False),  # too imprecise to contradict
    ],
)
def test_a_duration_may_contradict_the_dates(duration: str, dates: str, contradicts: bool) -> None:
    (when,) = read_when(dates, None, date(2026, 1, 10)).value
    assert bool(duration_doubts(read_duration(duration).value, when)) is contradicts


def test_every_official_class_of_durations_is_refused_and_its_text_kept(captures: Path) -> None:
    for line in (captures / "openqcat" / "wertebereiche" / "dauerklassen.dat").read_text().splitlines():
        text = line.partition("|")[2]
        reading = read_duration(text)
        assert reading.value == Duration(text=text)
        assert reading.doubts


@given(st.text(alphabet="0123456789.,-–/ xhUETage StdàMinbiszumWochenJr½()½:²٣", max_size=40))
def test_no_text_crashes(text: str) -> None:
    reading = read_duration(text)
    for name in FIELDS:
        value = getattr(reading.value, name)
        assert value is None or value > 0
    assert duration_doubts(reading.value, When()) == ()


@given(st.integers(1, 5999), st.sampled_from(["UE", "Unterrichtsstunden", "U-Std.", "Ustd."]), st.booleans())
def test_a_rendered_number_is_read_again(number: int, unit: str, grouped: bool) -> None:
    digits = f"{number:,}".replace(",", ".") if grouped else str(number)
    assert read(f"{digits} {unit}") == f"teaching_units={float(number):g}"


def test_every_real_string(captures: Path, record_property: Callable[[str, object], None]) -> None:
    """Right, refused and wrong, the human-written strings apart from machine values."""
    expected = tomllib.loads(EXPECTATIONS.read_text(encoding="utf-8"))
    lines = [line for line in (captures / "strings" / "durations.txt").read_text(encoding="utf-8").splitlines() if line]
    keys = {line: line if len(line) <= 60 else hashlib.sha256(line.encode()).hexdigest()[:12] for line in lines}
    assert set(keys.values()) == {name for table in expected.values() for name in table}
    misread: list[str] = []
    for kind, table in expected.items():
        outcomes = {line: (read(line), table[keys[line]]) for line in lines if keys[line] in table}
        right = [line for line, (found, wanted) in outcomes.items() if found == wanted]
        refused = [line for line, (found, wanted) in outcomes.items() if found == "refused" != wanted]
        wrong = len(outcomes) - len(right) - len(refused)
        record_property(kind, f"{len(right)} right, {len(refused)} refused, {wrong} wrong")
        misread += [
            f"{line!r}: {found!r}, not {wanted!r}" for line, (found, wanted) in outcomes.items() if found != wanted
        ]
    assert not misread, "\n".join(misread)
