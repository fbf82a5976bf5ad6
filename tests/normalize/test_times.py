"""Times of day and weekdays, in all the spellings in which providers write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.dates import read_when
from normalize.times import Hours, clock_text, in_week_order, joined
from normalize.vocabulary import WEEKDAYS

GERMAN_WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def read(times: str, dates: str | None = None) -> str:
    """Start, end and weekdays of the only run, "?" where a doubt was raised, "-" for what is not known."""
    reading = read_when(dates, times, date(2026, 1, 10))
    if not reading.value:
        return "refused" if reading.doubts else "nothing"
    (when,) = reading.value
    words = [f"{when.start_time or ''}-{when.end_time or ''}", ",".join(when.weekdays), "?" if reading.doubts else ""]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # One time, or a span, in every spelling of a minute.
        ("9.15 Uhr", "09:15-"),
        ("um 09:00 Uhr", "09:00-"),
        ("1830 Uhr", "18:30-"),
        ("ab 18 Uhr", "18:00-"),
        ("bis 16 Uhr", "-16:00"),
        ("14 - 19 Uhr", "14:00-19:00"),
        ("8:00 Uhr bis 15:45 Uhr", "08:00-15:45"),
        ("18.30-21 h", "18:30-21:00"),
        ("18h30 - 21h00", "18:30-21:00"),
        ("von 9 bis 16 Uhr", "09:00-16:00"),
        ("9.00–16.30", "09:00-16:30"),
        ("8-16", "08:00-16:00"),
        ("16.00 - 18.10.", "16:00-18:10"),
        ("17:30 bis ca. 20:45 Uhr", "17:30-20:45"),
        ("09:00:00 - 16:15:00", "09:00-16:15"),
        ("10:00 - 24:00 Uhr", "10:00-00:00"),
        ("22:00 - 06:00 Uhr", "22:00-06:00"),
        # A break belongs to the day; alternatives do not become one.
        ("18:00 - 21:15 Uhr, 15 Min. Pause", "18:00-21:15"),
        ("8:00 - 16:00 Uhr (inkl. 45 Minuten Mittagspause)", "08:00-16:00"),
        ("8:00 - 16:00 Uhr, Pause: 12:00 - 12:30 Uhr", "08:00-16:00"),
        ("9:00-12:00 und 13:00-16:00 Uhr", "09:00-16:00"),
        ("9:00-12:00 Uhr oder 13:00-16:00 Uhr", "refused"),
        ("9:00-12:00 und 18:00-20:00 Uhr", "refused"),
        # Weekdays.
        ("Fr. 07:30- 14:30 Uhr", "07:30-14:30 fr"),
        ("Mo-Do 8:00-16:15 Uhr", "08:00-16:15 mo,tu,we,th"),
        ("Mo. bis Fr. 8:00 Uhr - 15:00 Uhr", "08:00-15:00 mo,tu,we,th,fr"),
        ("Mo, Di, Do 17:30 - 20:45", "17:30-20:45 mo,tu,th"),
        ("Di+Do 18:00-21:15 Uhr", "18:00-21:15 tu,th"),
        ("Mo. und Sa.:08:00 - 15:00 Uhr", "08:00-15:00 mo,sa"),
        ("mo-fr 8-16 uhr", "08:00-16:00 mo,tu,we,th,fr"),
        ("montags bis donnerstags, 17.30 - 20.45 Uhr", "17:30-20:45 mo,tu,we,th"),
        ("Sa/So 10-17 Uhr", "10:00-17:00 sa,su"),
        ("Fr - Mo 10-17 Uhr", "10:00-17:00 mo,fr,sa,su"),
        ("Dienstag und Sonnabend 9 - 12 Uhr", "09:00-12:00 tu,sa"),
        # Groups with different hours: only what they share.
        ("Mo-Do 8:00-16:15 Uhr, Fr 8:00-13:00 Uhr", "08:00- mo,tu,we,th,fr ?"),
        ("8:00 - 16:00 Uhr Mo-Do, 8:00 - 13:00 Uhr Fr", "08:00- mo,tu,we,th,fr ?"),
        ("Fr 15:00-20:00 Uhr, Sa 8:00-15:00 Uhr", "- fr,sa ?"),
        # No time of the course.
        ("40 h / Woche", "refused"),
        ("Kernzeit von 09:30 Uhr bis 13:30 Uhr", "refused"),
        ("Raum 2.12, 3. OG", "refused"),
        ("25:00 Uhr", "refused"),
        ("16:00 - 08:00 Uhr", "refused"),
        ("00:00 - 00:00 Uhr", "refused"),
        ("0 - 24 Uhr", "refused"),
        ("Montage von Anlagen", "refused"),
        ("So lernen Sie am besten", "refused"),
    ],
)
def test_reads_times(text: str, expected: str) -> None:
    assert read(text) == expected


def test_bare_numbers_are_times_only_in_a_text_about_times() -> None:
    assert read_when("8-16", None, None).value == ()
    assert read_when("9.15", None, None).value == ()
    assert read("8-16", dates="12.10.2026 - 16.10.2026") == "08:00-16:00"


@given(st.integers(0, 1439), st.integers(1, 720), st.sampled_from(["{0}:{1:02}", "{0:02}:{1:02}", "{0}.{1:02}"]))
def test_a_rendered_span_is_read_again(start: int, length: int, form: str) -> None:
    end = start + length
    if end >= 1440 or start == 0:
        return
    text = f"{form.format(start // 60, start % 60)} - {form.format(end // 60, end % 60)} Uhr"
    assert read(text) == f"{clock_text(start)}-{clock_text(end)}"


@given(st.sets(st.integers(0, 6), min_size=2))
def test_rendered_weekdays_are_read_again(days: set[int]) -> None:
    text = ", ".join(GERMAN_WEEKDAYS[day] for day in sorted(days)) + " 9-12 Uhr"
    assert read(text) == "09:00-12:00 " + ",".join(WEEKDAYS[day] for day in sorted(days))


def test_hours_join_over_a_short_break_only() -> None:
    assert joined(Hours(540, 720), Hours(780, 960)) == Hours(540, 960)
    assert joined(Hours(540, 720), Hours(900, 960)) is None
    assert joined(Hours(540, None), Hours(780, 960)) is None
    assert in_week_order({6, 0}) == ("mo", "su")
