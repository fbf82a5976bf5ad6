"""Display titles and the form in which titles are compared."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.text import fold
from normalize.titles import matching_form, read_title


@pytest.mark.parametrize(
    ("raw", "display", "status"),
    [
        ("Einbürgerungstest: Ausgebucht!", "Einbürgerungstest", "full"),
        ("Prüfung  telc  Deutsch A2 / B1 Ausgebucht!", "Prüfung telc Deutsch A2 / B1", "full"),
        ("Yoga - ABGESAGT -", "Yoga", "cancelled"),
        ("Excel Grundkurs (Warteliste)", "Excel Grundkurs", "waitlist"),
        ("AUSGEBUCHT: Spanisch A1.1", "Spanisch A1.1", "full"),
        ("Nur noch wenige Plätze: Excel", "Excel", "few_left"),
        ("Meisterkurs Teil I ausreichend freie Plätze", "Meisterkurs Teil I", "available"),
        ("Ausgebucht", "Ausgebucht", "full"),
        ("Konferenz geplant und durchgeführt", "Konferenz geplant und durchgeführt", None),
    ],
)
def test_status_is_taken_out(raw: str, display: str, status: str | None) -> None:
    title = read_title(raw).value
    assert (title.display, title.status) == (display, status)


@pytest.mark.parametrize(
    ("raw", "display", "dates"),
    [
        ("März 2027 - April 2027: Vollzeit Meister Teil III", "Vollzeit Meister Teil III", "März 2027 - April 2027"),
        ("Metallbauer Teil I vom 11.01. bis 25.06.2027", "Metallbauer Teil I", "vom 11.01. bis 25.06.2027"),
        ("Buchhaltung (ab September 2026)", "Buchhaltung", "ab September 2026"),
        ("Meistervollzeitkurs Teile I - IV 2026/2027", "Meistervollzeitkurs Teile I - IV", "2026/2027"),
        ("Zwangsarbeit in der Stadt 1941 - 1945", "Zwangsarbeit in der Stadt 1941 - 1945", None),
        ("Pogromnacht vom 9. November 1938", "Pogromnacht vom 9. November 1938", None),
        ("Steuerrecht 2026", "Steuerrecht 2026", None),
        ("Windows 11", "Windows 11", None),
    ],
)
def test_dates_are_taken_out(raw: str, display: str, dates: str | None) -> None:
    title = read_title(raw).value
    assert (title.display, title.dates_text) == (display, dates)


@pytest.mark.parametrize(
    ("raw", "display", "number"),
    [
        ("22472 - Meistervorbereitung im Malerhandwerk", "Meistervorbereitung im Malerhandwerk", "22472"),
        ("26B-4901 Berufssprachkurs B2", "Berufssprachkurs B2", "26B-4901"),
        ("Excel Grundlagen (Kurs-Nr. 24-117)", "Excel Grundlagen", "24-117"),
        ("ISO 9001 Auditor", "ISO 9001 Auditor", None),
        ("3D-Modellierung", "3D-Modellierung", None),
    ],
)
def test_course_numbers_are_taken_out(raw: str, display: str, number: str | None) -> None:
    title = read_title(raw).value
    assert (title.display, title.number) == (display, number)


@pytest.mark.parametrize(
    ("raw", "display", "town"),
    [
        ("Schweißen MAG Grundkurs, Gelsenkirchen", "Schweißen MAG Grundkurs", "Gelsenkirchen"),
        ("Gabelstaplerschein - Marl", "Gabelstaplerschein", "Marl"),
        ("Schweißer (Duisburg)", "Schweißer", "Duisburg"),
        ("Meisterkurs Vollzeit in Gelsenkirchen", "Meisterkurs Vollzeit", "Gelsenkirchen"),
        ("Ehrenamt in Marl", "Ehrenamt in Marl", None),  # part of the meaning
        ("Kochen, Essen", "Kochen, Essen", None),
        ("Marl", "Marl", None),
    ],
)
def test_towns_are_taken_out(raw: str, display: str, town: str | None) -> None:
    title = read_title(raw).value
    assert (title.display, title.town) == (display, town)


@pytest.mark.parametrize(
    ("raw", "display"),
    [
        ("MAG-SCHWEISSEN GRUNDKURS FÜR EINSTEIGER", "MAG-Schweißen Grundkurs für Einsteiger"),
        ("VORBEREITUNG AUF DIE AEVO-PRÜFUNG TEIL IV", "Vorbereitung auf die AEVO-Prüfung Teil IV"),
        ("EXCEL", "EXCEL"),
        ("SAP MM", "SAP MM"),
        ("- Teile I und II", "Teile I und II"),
        ("Mit &amp; ohne <b>HTML</b>", "Mit & ohne HTML"),
        ("Manager:in (m/w/d)", "Manager:in (m/w/d)"),
        ("maurer-meisterschule-teile-i-und-ii-vollzeit", "maurer-meisterschule-teile-i-und-ii-vollzeit"),
    ],
)
def test_display(raw: str, display: str) -> None:
    assert read_title(raw).value.display == display


def test_a_missing_title_is_doubted() -> None:
    for raw in (None, "", "  "):
        reading = read_title(raw)
        assert reading.value.display is None
        assert reading.doubts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Schweißer-Lehrgang", "Schweisserlehrgang"),
        ("Schweißen MAG Grundkurs", "Grundkurs MAG-Schweißen"),
        ("AEVO – Ausbildung der Ausbilder", "Ausbildung der Ausbilder (AEVO/AdA)"),
        ("Kauffrau/-mann für Büromanagement", "Kaufmann/frau für Büromanagement"),
        ("Geprüfte/r Bilanzbuchhalter/in (IHK)", "Bilanzbuchhalter (m/w/d)"),
        ("Kfz-Techniker-Meister", "Kraftfahrzeugtechniker-Meister"),
        ("KI-Manager:in", "Manager/in für künstliche Intelligenz"),
        ("Excel Seminar", "Excel-Schulung"),
        ("Staplerschein", "Gabelstaplerfahrer Ausbildung"),
    ],
)
def test_titles_that_mean_the_same_have_the_same_words(one: str, other: str) -> None:
    assert set(matching_form(one).split()) == set(matching_form(other).split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Umschulung Kaufmann Büromanagement", "Kaufmann Büromanagement"),
        ("Programmieren in C", "Programmieren in C++"),
        ("Excel Makros", "Excel Pivot"),
        ("Hausmeister", "Meister"),
    ],
)
def test_titles_that_differ_keep_a_different_word(one: str, other: str) -> None:
    assert set(matching_form(one).split()) != set(matching_form(other).split())


def test_a_title_of_nothing_but_stop_words_keeps_them() -> None:
    assert matching_form("Seminar") == "seminar"
    assert matching_form("Teil I / Teil II") != ""
    assert matching_form("!!!") == ""


_PIECES = st.sampled_from(
    ["Ausgebucht!", "- ABGESAGT -", "(Warteliste)", "12.03.2026", "ab 2027", "22472 -", "Marl", "(Gelsenkirchen)",
     "Excel", ":", "-", "(", ")", "EXCEL", "GRUNDKURS", "/in", "*innen", "(m/w/d)", "Teil II", "und"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, min_size=1, max_size=8).map(" ".join)))
def test_no_title_is_emptied_and_reading_is_repeatable(raw: str) -> None:
    title = read_title(raw).value
    assert (title.display is None) == (not read_title(raw).value.display)
    if fold(raw):
        assert title.display
    assert read_title(raw).value == title


@given(st.text(max_size=80))
def test_the_matching_form_is_empty_only_without_letters_and_digits(title: str) -> None:
    form = matching_form(title)
    assert bool(form) == bool(fold(title))
    assert form == " ".join(form.split())


def test_every_captured_title_survives(captures: Path) -> None:
    for line in (captures / "strings" / "titles.txt").read_text(encoding="utf-8").splitlines():
        display = read_title(line).value.display
        assert display
        assert matching_form(display)
