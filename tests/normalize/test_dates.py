"""Dates: what providers write becomes days, ranges, series and open starts; what is not understood becomes a doubt."""

import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from normalize.calendar_nrw import in_school_holidays, public_holidays, weekday_series
from normalize.dates import When, read_day, read_when
from normalize.reading import Reading

EXPECTATIONS = Path(__file__).parent / "expectations" / "dates.toml"
TODAY = date(2026, 1, 10)  # a Saturday


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("12.01.2027 - 16.01.2027 | 02.03.2027 - 06.03.2027", ["12.01.2027 - 16.01.2027", "02.03.2027 - 06.03.2027"]),
        ("Beginn: 10.02.2027, 19:00 Uhr", ["10.02.2027"]),
        ("Einstieg laufend", ["Einstieg laufend"]),
        ("1., 8. und 15. März 2027", ["1., 8. und 15. März 2027"]),
    ],
)
def test_a_run_knows_where_it_was_read(text: str, spans: list[str]) -> None:
    whens = read_when(text, None, None).value
    assert [text[slice(*when.span)] for when in whens] == spans


def shown(when: When) -> str:
    """A run as the expectations write it."""
    words = []
    if when.start or when.end:
        words.append(f"{when.start or ''}..{when.end or ''}")
    if when.precision in ("month", "year"):
        words.append(f"~{when.precision}")
    if when.open_start:
        words.append("open")
    if when.start_time or when.end_time:
        words.append(f"{when.start_time or ''}-{when.end_time or ''}")
    if when.weekdays:
        words.append(",".join(when.weekdays))
    for name, text in (("hint", when.hint), ("status", when.status_text)):
        if text:
            words.append(f"{name}={text.replace(' ', '_')}")
    if when.sessions:
        words.append("sessions=" + ",".join(str(session.date) for session in when.sessions))
    return " ".join(words)


def summary(reading: Reading[tuple[When, ...]]) -> str:
    """All runs, and "?" if a doubt was raised; "refused" if there is nothing but a doubt."""
    if not reading.value:
        return "refused" if reading.doubts else "nothing"
    return " / ".join(map(shown, reading.value)) + (" ?" if reading.doubts else "")


def read(dates: str | None, times: str | None = None) -> str:
    return summary(read_when(dates, times, TODAY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # One day: with a time span or a count of one it ends that day, otherwise its end is unknown.
        ("Di., 10.02.2026, 19:00 - 20:30 Uhr", "2026-02-10..2026-02-10 19:00-20:30 tu"),
        ("Di., 10.02.2026, 19:00 Uhr", "2026-02-10.. 19:00- tu"),
        ("Donnerstag, 25. Februar 2027", "2027-02-25.. th"),
        ("Sonntag, den 14. März 2027, um 11 Uhr", "2027-03-14.. 11:00- su"),
        ("10.02.2026, 1 Termin", "2026-02-10..2026-02-10"),
        ("Di., 10.02.2026, 19:00 - 20:30 Uhr, 10 Termine", "2026-02-10.. 19:00-20:30 tu"),
        ("Beginn: 10.02.2026, 19:00 - 20:30 Uhr", "2026-02-10.. 19:00-20:30"),
        ("ab 1.3.26", "2026-03-01.."),
        ("09/03/2026", "2026-03-09.."),
        ("9. Mrz. 2026", "2026-03-09.."),
        ("Montag • 08.09.2025 • 16:00 - 17:30 Uhr", "2025-09-08..2025-09-08 16:00-17:30 mo"),
        ('<abbr title="Samstag">Sa.</abbr> 06.09.2025, <br> 9.15 Uhr', "2025-09-06.. 09:15- sa"),
        ("12.01.2027,&nbsp;18&ndash;21 Uhr", "2027-01-12..2027-01-12 18:00-21:00"),
        # Ranges with what they leave out.
        ("12. - 16.01.2026", "2026-01-12..2026-01-16"),
        ("12.1.-16.1.26", "2026-01-12..2026-01-16"),
        ("14.12. bis 22.01.2027", "2026-12-14..2027-01-22"),
        ("28.12.2026 - 08.01.", "2026-12-28..2027-01-08"),
        ("vom 12. Januar bis zum 30. Juni 2027", "2027-01-12..2027-06-30"),
        ("02.03.2026 (Mo) bis 06.03.2026 (Fr)", "2026-03-02..2026-03-06"),
        ("Beginn: 05.04.2027 Ende: 15.01.2028", "2027-04-05..2028-01-15"),
        ("21. August 2026 in Chemnitz bis 10. Juli 2027", "2026-08-21..2027-07-10 ?"),
        ("01.02.2027 von 18:00 Uhr bis 18.12.2027 18:15 Uhr", "2027-02-01..2027-12-18 18:00-18:15"),
        ("15.01.2027 - 10.12.2026", "refused"),
        # Months and longer.
        ("03.2029 - 06.2029", "2029-03-01..2029-06-30 ~month"),
        ("ab September 2027", "2027-09-01.. ~month"),
        ("Jan.-März 2027", "2027-01-01..2027-03-31 ~month"),
        ("September/Oktober 2026", "2026-09-01..2026-10-31 ~month"),
        ("Ende März 2027", "2027-03-01..2027-03-31 ~month"),
        ("2. Quartal 2027", "2027-04-01..2027-06-30 ~month"),
        ("Q1 2027", "2027-01-01..2027-03-31 ~month"),
        ("2. Halbjahr 2027", "2027-07-01..2027-12-31 ~month"),
        ("Herbst 2026", "2026-09-01..2026-11-30 ~month ?"),
        ("Winter 2027/28", "2027-12-01..2028-02-29 ~month ?"),
        ("Winter 2027", "refused"),
        ("KW 12/2026", "2026-03-16..2026-03-22 ?"),
        ("KW 10 - 12/2027", "2027-03-08..2027-03-28 ?"),
        ("2027", "2027-01-01..2027-12-31 ~year"),
        ("Schuljahr 2026/27", "refused"),
        # Lists of days.
        ("12./13.01.2026", "2026-01-12..2026-01-13 sessions=2026-01-12,2026-01-13"),
        (
            "5./6. und 12./13. September 2026",
            "2026-09-05..2026-09-13 sessions=2026-09-05,2026-09-06,2026-09-12,2026-09-13",
        ),
        (
            "Sa./So. 13./14.03.2027, jeweils 10-17 Uhr",
            "2027-03-13..2027-03-14 10:00-17:00 sa,su sessions=2027-03-13,2027-03-14",
        ),
        (
            "Fr., 12.03.2027, 18:00-21:00 Uhr und Sa., 13.03.2027, 9:00-16:00 Uhr",
            "2027-03-12..2027-03-13 fr,sa sessions=2027-03-12,2027-03-13",
        ),
        ("22.12., 05.01. und 12.01.2027", "2026-12-22..2027-01-12 sessions=2026-12-22,2027-01-05,2027-01-12"),
        ("12.01.2027 oder 09.02.2027", "2027-01-12.. / 2027-02-09.."),
        ("Starttermine: <br/>03.07.2026 <br/>31.07.2026", "2026-07-03.. / 2026-07-31.."),
        ("07.09.2026 25.03.2027", "refused"),  # a list, or start and end?
        # Several runs.
        ("30.05. - 16.06.2026 in Vollzeit 12.06. - 30.06.2026 in Teilzeit",
         "2026-05-30..2026-06-16 hint=Vollzeit / 2026-06-12..2026-06-30 hint=Teilzeit"),
        ("12.10.2026 — 11.06.2027 ausgebucht 11.10.2027 — 09.06.2028 Warteliste",
         "2026-10-12..2027-06-11 status=ausgebucht / 2027-10-11..2028-06-09 status=Warteliste"),
        ("Mo-Do 8 - 16.30 Uhr: 31.08.2026 — 23.10.2026, Fr 14 - 19 Uhr: 04.09.2026 — 26.06.2027",
         "2026-08-31..2026-10-23 08:00-16:30 mo,tu,we,th / 2026-09-04..2027-06-26 14:00-19:00 fr"),
        ("Block 1: 12.01. - 16.01.2027, Block 2: 09.02. - 13.02.2027", "2027-01-12..2027-02-13 ?"),
        # Not of the run.
        ("Anmeldeschluss: 01.03.2027, Kursbeginn: 15.03.2027", "2027-03-15.. ?"),
        ("15.03.2027, 18:00-21:00 Uhr, Anmeldung bis 05.03.2027", "2027-03-15..2027-03-15 18:00-21:00 ?"),
        ("Stand: 01.08.2026", "refused"),
        # No such days, and torn ranges.
        ("31.02.2026", "refused"),
        ("32.01.2026 - 15.03.2026", "refused"),
        ("12.13 - 14.03.2026", "refused"),
        ("29.02.2028", "2028-02-29.."),
        ("24.11.2025 Dienstag", "2025-11-24.. tu ?"),
        # Open starts, and dates still to come.
        ("laufender Einstieg", "open"),
        ("Einstieg jederzeit möglich", "open"),
        ("Termine auf Anfrage.", "open"),
        ("nach Vereinbarung", "open"),
        ("monatlicher Einstieg", "open"),
        ("Termine in Planung", "status=Termine_in_Planung"),
        ("01.03.2027, Einstieg jederzeit möglich", "2027-03-01.. ?"),
        # Machine values.
        ("1691964000000 - 1694124000000", "2023-08-14..2023-09-08"),
        ("2026-06-30T22:00:00Z", "2026-07-01.."),
        ("2026-06-13T07:00:00Z - 2026-06-13T14:00:00Z", "2026-06-13..2026-06-13 09:00-16:00"),
        ("2026-02-18+01:00 - 2026-03-18+01:00", "2026-02-18..2026-03-18"),
        ("20260313T180000", "2026-03-13.. 18:00-"),
        ("24-117", "refused"),
        ("", "nothing"),
    ],
)  # fmt: skip
def test_reads_dates(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo., 2.3.", "2026-03-02.. mo"),  # the next second of March is a Monday
        ("Fr, 9.1.", "2026-01-09.. fr"),  # yesterday was that Friday
        ("2.3.", "2026-03-02.. ?"),
        ("9.1.", "2027-01-09.. ?"),
        ("im Oktober", "2026-10-01..2026-10-31 ~month ?"),
        ("29.2.", "2028-02-29.. ?"),
    ],
)
def test_a_date_without_a_year(text: str, expected: str) -> None:
    assert read(text) == expected
    assert summary(read_when(text, None, None)) == "refused"


def test_a_series_is_expanded() -> None:
    reading = read_when("10 x dienstags ab 10.03.2026, 18:00 - 19:30 Uhr", None, TODAY)
    (when,) = reading.value
    assert not reading.doubts
    assert [session.date for session in when.sessions] == [
        "2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31", "2026-04-07",
        "2026-04-14", "2026-04-21", "2026-04-28", "2026-05-05", "2026-05-12",
    ]  # fmt: skip
    assert {(session.start_time, session.end_time) for session in when.sessions} == {("18:00", "19:30")}
    assert (when.start, when.end, when.weekdays) == (date(2026, 3, 10), date(2026, 5, 12), ("tu",))


@pytest.mark.parametrize(
    ("text", "last", "left_out"),
    [
        # Easter Monday 6 April and Whit Monday 25 May are left out only where the text says so.
        ("8x montags ab 30.03.2026", "2026-05-18", []),
        ("8x montags ab 30.03.2026 (außer an Feiertagen)", "2026-06-01", ["2026-04-06", "2026-05-25"]),
        # Easter holidays 30 March to 11 April, the day after Whit Monday 26 May.
        ("3x dienstags ab 24.03.2026, nicht in den Schulferien", "2026-04-21", ["2026-03-31", "2026-04-07"]),
        ("6x montags ab 12.01.2026 (nicht am 26.01. und 02.02.2026)", "2026-03-02", ["2026-01-26", "2026-02-02"]),
        ("14-tägig mittwochs ab 07.01.2026, 5 Termine", "2026-03-04", ["2026-01-14"]),
        ("5 Samstage ab 07.03.2026", "2026-04-04", []),
        ("dienstags, 10.03. - 12.05.2026, 10 Termine", "2026-05-12", []),
    ],
)
def test_a_series_skips_what_the_text_says(text: str, last: str, left_out: list[str]) -> None:
    (when,) = read_when(text, None, TODAY).value
    days = [session.date for session in when.sessions]
    assert days[-1] == str(when.end) == last
    assert not set(days) & set(left_out)


@pytest.mark.parametrize(
    "text",
    [
        "10 x dienstags ab 11.03.2026",  # a Wednesday
        "10 x Mo und Mi ab 02.03.2026",  # ten days or ten weeks?
        "10 x montags ab 01.06.2028, nicht in den Ferien",  # the school holidays after summer 2028 are not known
        "900 x montags ab 01.06.2026",
    ],
)
def test_an_undetermined_series_is_not_expanded(text: str) -> None:
    reading = read_when(text, None, TODAY)
    assert reading.doubts
    assert all(when.end is None and not when.sessions for when in reading.value)


def test_the_session_table_of_a_page() -> None:
    """The run, its hours by weekday, the sessions; a cut-off deadline and the venue remain doubts."""
    text = (
        "28.02.2026 Zeiten 4 Tage, 06.03.2026 - 14.03.2026 Freitag, 16:00 - 19:15 Uhr, 15 Min. Pause Samstag, "
        "11:00 - 14:15 Uhr, 15 Min. Pause Anzahl 4 Termin(e) Fr 06.03.2026 16:00 - 19:15 Uhr Haus A "
        "Sa 07.03.2026 11:00 - 14:15 Uhr Haus A Fr 13.03.2026 16:00 - 19:15 Uhr Haus A "
        "Sa 14.03.2026 11:00 - 14:15 Uhr Haus A"
    )
    reading = read_when(text, None, TODAY)
    (when,) = reading.value
    assert [(session.date, session.start_time) for session in when.sessions] == [
        ("2026-03-06", "16:00"), ("2026-03-07", "11:00"), ("2026-03-13", "16:00"), ("2026-03-14", "11:00"),
    ]  # fmt: skip
    assert {doubt.raw for doubt in reading.doubts} == {"28.02.2026", "Haus A"}


def test_a_cancelled_session_does_not_cancel_the_run() -> None:
    text = "Mo 02.03.2026 18:00 - 20:00 Uhr abgesagt, Mo 09.03.2026 18:00 - 20:00 Uhr, Mo 16.03.2026 18:00 - 20:00 Uhr"
    reading = read_when(text, None, TODAY)
    (when,) = reading.value
    assert [session.date for session in when.sessions] == ["2026-03-09", "2026-03-16"]
    assert when.status_text is None
    assert [doubt.raw for doubt in reading.doubts] == ["Mo 02.03.2026"]
    assert read("12.03.2026 (abgesagt)") == "2026-03-12.. status=abgesagt"


@pytest.mark.parametrize(
    ("dates", "times", "expected"),
    [
        ("10.02.2026", "19:00 - 20:30 Uhr", "2026-02-10..2026-02-10 19:00-20:30"),
        ("Di., 10.02.2026, 19:00 Uhr", "19:00 - 20:30 Uhr", "2026-02-10..2026-02-10 19:00-20:30 tu"),
        ("21.09.2026", "Mo-Do 8:00-16:15 Uhr", "2026-09-21.. 08:00-16:15 mo,tu,we,th"),
        ("12.10.2026 - 11.06.2027", "8-16", "2026-10-12..2027-06-11 08:00-16:00"),
        ("1691964000000 - 1694124000000", "<p>8:30 - 16:30 Uhr</p>", "2023-08-14..2023-09-08 08:30-16:30"),
        ("laufend", "Mo-Fr 8-16 Uhr", "open 08:00-16:00 mo,tu,we,th,fr"),
        ("01.03.2027", "nach Vereinbarung", "2027-03-01.. ?"),
        (
            "02.03. - 16.03.2026",
            "Mo 02.03.2026 18-20 Uhr, Mo 16.03.2026 18-20 Uhr",
            "2026-03-02..2026-03-16 18:00-20:00 mo sessions=2026-03-02,2026-03-16",
        ),
        (None, "Mo-Fr 8-16 Uhr", "08:00-16:00 mo,tu,we,th,fr"),
    ],
)
def test_dates_and_times_in_two_fields(dates: str | None, times: str, expected: str) -> None:
    assert read(dates, times) == expected


def test_a_deadline_is_one_day() -> None:
    assert read_day("Anmeldeschluss: 12.03.2026", TODAY) == Reading(date(2026, 3, 12))
    assert read_day("bis Do., 12.03.2026, 12:00 Uhr", TODAY) == Reading(date(2026, 3, 12))
    assert read_day("1691964000000", None) == Reading(date(2023, 8, 14))
    assert read_day(None, TODAY) == read_day(" ", TODAY) == Reading(None)
    for unclear in ("März 2026", "12.03. - 14.03.2026", "eine Woche vor Beginn", "12.03.2026 oder 19.03.2026"):
        reading = read_day(unclear, TODAY)
        assert reading.value is None
        assert reading.doubts


def test_what_is_not_read_is_a_doubt_with_its_text() -> None:
    assert [doubt.raw for doubt in read_when("12.03.2026 (Bildungszentrum)", None, TODAY).doubts] == ["Bildungszentrum"]
    assert read_when("12.03.2026, inkl. 45 Min. Pause", None, TODAY).doubts == ()
    assert read_when("x" * 5000, None, TODAY).doubts[-1].reason.startswith("only the first")


def test_the_calendar_of_the_land() -> None:
    assert date(2026, 6, 4) in public_holidays(2026)  # Corpus Christi is a holiday here
    assert date(2026, 11, 1) in public_holidays(2026)
    assert date(2026, 11, 18) not in public_holidays(2026)  # the Day of Repentance is none
    assert in_school_holidays(date(2026, 7, 20))
    assert not in_school_holidays(date(2026, 9, 2))
    assert not in_school_holidays(date(2026, 7, 20), ("ostern",))
    assert weekday_series(date(2026, 3, 10), (), 3) == weekday_series(date(2026, 3, 10), (1,), 0) == ()


# --- the real strings ---


def keys(folder: Path, name: str) -> list[str]:
    lines = (folder / "strings" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip()]


def key(line: str) -> str:
    """How the expectations call a line: itself, or its hash if it is long."""
    return line if len(line) <= 60 else hashlib.sha256(line.encode()).hexdigest()[:12]


def test_every_real_string(captures: Path, record_property: Callable[[str, object], None]) -> None:
    """Right, refused and wrong, the human-written strings apart from machine values."""
    expected = tomllib.loads(EXPECTATIONS.read_text(encoding="utf-8"))
    lines = keys(captures, "dates.txt")
    kinds = {name: kind for kind, table in expected.items() for name in table}
    assert {key(line) for line in lines} == set(kinds)
    misread: list[str] = []
    for kind, table in expected.items():
        mine = [line for line in lines if kinds[key(line)] == kind]
        outcomes = {line: (read(line), table[key(line)]) for line in mine}
        right = [line for line, (found, wanted) in outcomes.items() if found == wanted]
        refused = [line for line, (found, wanted) in outcomes.items() if found == "refused" != wanted]
        wrong = [line for line in mine if line not in right and line not in refused]
        record_property(kind, f"{len(right)} right, {len(refused)} refused, {len(wrong)} wrong")
        misread += [f"{line!r}: {outcomes[line][0]!r} instead of {outcomes[line][1]!r}" for line in refused + wrong]
    assert not misread, "\n".join(misread)
