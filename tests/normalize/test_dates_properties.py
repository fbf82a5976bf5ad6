"""Dates under any text: no crash, no nonsense, and what is rendered in German is read again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from normalize.dates import read_day, read_when
from normalize.reading import Reading

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
ALPHABET = st.sampled_from(
    ["12", "3", "03", "1.", "12.", ".", "2026", "26", "'27", "KW", " ", " ", ", ", "-", "–", "bis", "und", "/", "ab",
     "Mo", "Di.", "dienstags", "Samstag", "Uhr", "h", "8:00", "9.15", "18", "24:00", "März", "Jan.", "Herbst", "x",
     "10 x ", "1 Termin", "laufend", "(", ")", "ausgebucht", "Teilzeit", "Beginn:", "außer an Feiertagen", "T00:00",
     "Z", "1691964000000", "2026-02-30", "31.02.2026", "<br>", "&nbsp;", "٣", "²", "\x00", "oder", "Anmeldeschluss",
     "Pause", "Quartal", "12.03.2026", "18:00 - 20:00 Uhr", "12.03.", "Ende", "abgesagt", "wöchentlich", "jeweils"]
)  # fmt: skip
NOISE = st.one_of(st.text(max_size=80), st.lists(ALPHABET, max_size=25).map("".join))
MONTH_NAMES = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
DASHES = st.sampled_from([" - ", "-", " – ", " bis ", "—"])


@given(NOISE, NOISE, st.one_of(st.none(), st.dates()))
def test_no_text_crashes_or_makes_nonsense(dates: str, times: str, today: date | None) -> None:
    reading = read_when(dates, times, today)
    read_day(dates, today)
    assert reading == read_when(dates, times, today)
    for when in reading.value:
        assert when.start is None or when.end is None or when.start <= when.end
        assert when.precision in ("day", "month", "year", "unknown")
        assert (when.start or when.end) is None or not when.open_start
        days = [session.date for session in when.sessions]
        assert days == sorted(days, key=str)
        assert not days or (days[0] >= str(when.start) and days[-1] <= str(when.end))
    if (dates + times).strip() and not reading.value:
        assert reading.doubts


def spelled(day: date) -> list[str]:
    """One day in the spellings of the trade."""
    return [
        f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.%y}",
        f"{day.day}. {day.month}. {day.year}",
        f"{day.day}. {MONTH_NAMES[day.month - 1]} {day.year}", f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}T00:00:00",
        f"{['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'][day.weekday()]}., {day:%d.%m.%Y}",
    ]  # fmt: skip


@given(DAYS, st.integers(0, 7))
def test_a_rendered_day_is_read_again(day: date, spelling: int) -> None:
    text = spelled(day)[spelling]
    reading = read_when(text, None, None)
    assert [(when.start, when.end, when.precision) for when in reading.value] == [(day, None, "day")]
    assert not reading.doubts
    assert read_day(text, None) == Reading(day)


@given(
    DAYS, st.integers(1, 700), st.integers(0, 7), st.integers(0, 7), st.sampled_from([" - ", "-", " – ", " bis ", "—"])
)
def test_a_rendered_range_is_read_again(start: date, length: int, first: int, last: int, dash: str) -> None:
    end = start + timedelta(days=length)
    text = spelled(start)[first] + dash + spelled(end)[last]
    reading = read_when(text, None, None)
    assert [(when.start, when.end) for when in reading.value] == [(start, end)], text
    assert not reading.doubts


@given(DAYS, st.integers(1, 300), st.sampled_from([" - ", " bis ", "–"]))
def test_a_range_runs_forward_when_its_first_year_is_left_out(start: date, length: int, dash: str) -> None:
    end = start + timedelta(days=length)
    text = f"{start.day}.{start.month}.{dash}{end:%d.%m.%Y}"
    (when,) = read_when(text, None, None).value
    leap = (start.month, start.day) == (2, 29)
    assert when.end == end or leap
    assert when.start == start or leap
