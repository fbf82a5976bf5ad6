"""Form, schedule and language, from words and from the federal agency's codes."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.formats import read_format, read_languages, read_schedule
from normalize.vocabulary import Format, Schedule


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["101"], "onsite"), (["105"], "onsite"), (["202"], "online"), (["204"], "self_paced"), (["301"], "hybrid"),
        (["402"], "self_paced"),
        (["Präsenzunterricht"], "onsite"), (["Vor-Ort-Teilzeit"], "onsite"), (["Praxistraining"], "onsite"),
        (["Workshop"], "onsite"),
        (["Onlinekurs"], "online"), (["Virtuelles Klassenzimmer"], "online"), (["per Zoom"], "online"),
        (["Live-Online-Seminar"], "online"),
        (["https://schema.org/OnlineEventAttendanceMode"], "online"),
        (["https://schema.org/OfflineEventAttendanceMode"], "onsite"),
        (["Blended Learning"], "hybrid"), (["Präsenz und Online"], "hybrid"), (["Online & Präsenz, 2. OG"], "hybrid"),
        (["Fernlehrgang"], "self_paced"), (["Selbstlernmodul", "Online"], "self_paced"),
        (["Workshop", "Online-Seminar"], "online"), ([None, "", "Präsenz"], "onsite"),
        (["Teilzeit", "Präsenzunterricht"], "onsite"),
    ],
)  # fmt: skip
def test_format(texts: list[str | None], expected: str) -> None:
    reading = read_format(texts)
    assert reading.value == expected
    assert not reading.doubts


@pytest.mark.parametrize(
    "texts",
    [["Präsenz", "Online"], ["Inhouse-/ Firmenseminar"], ["Online-Marketing"], ["Online-Anmeldung"], ["4"],
     ["E-Learning/ Blended Learning / Virtuelles Klassenzimmer"]],
)  # fmt: skip
def test_contradictory_or_silent_forms_are_refused(texts: list[str | None]) -> None:
    reading = read_format(texts)
    assert reading.value == "unknown"
    assert reading.doubts


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1"], "full_time"), (["2"], "part_time"), (["Vollzeit"], "full_time"), (["Vor-Ort-Vollzeit"], "full_time"),
        (["berufsbegleitend"], "part_time"), (["Abendkurs"], "evening"), (["Teilzeit (abends)"], "evening"),
        (["Wochenendveranstaltung"], "weekend"), (["berufsbegleitend, samstags"], "weekend"),
        (["abends und am Wochenende"], "part_time"),
    ],
)  # fmt: skip
def test_schedule(texts: list[str | None], expected: str) -> None:
    reading = read_schedule(texts)
    assert reading.value == expected
    assert not reading.doubts


@pytest.mark.parametrize(
    "texts", [["Vollzeit/Teilzeit"], ["Voll- und Teilzeit"], ["Vollzeit", "Abendform"], ["2 Abende"], ["7"]]
)
def test_contradictory_or_silent_schedules_are_refused(texts: list[str | None]) -> None:
    reading = read_schedule(texts)
    assert reading.value == "unknown"
    assert reading.doubts


def test_nothing_published_is_unknown_and_words_of_the_other_field_are_no_doubt() -> None:
    for read in (read_format, read_schedule):
        assert read([None, " "]).value == "unknown"
        assert not read([]).doubts
    assert not read_format(["Vollzeit"]).doubts
    assert not read_schedule(["Präsenz"]).doubts


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, ()), ("Deutsch", ("de",)), ("de-DE", ("de",)), ("Unterrichtssprache: Deutsch, Englisch", ("de", "en")),
    ("deu/tur", ("de", "tr")),
     ("Ukrainisch und Russisch", ("uk", "ru"))],
)  # fmt: skip
def test_languages(text: str | None, expected: tuple[str, ...]) -> None:
    reading = read_languages(text)
    assert reading.value == expected
    assert not reading.doubts


def test_an_unknown_language_is_a_doubt() -> None:
    reading = read_languages("Deutsch, Elbisch")
    assert reading.value == ("de",)
    assert len(reading.doubts) == 1


def test_every_official_code_has_the_form_of_its_group(captures: Path) -> None:
    forms = {"1": {"onsite"}, "2": {"online", "self_paced"}, "3": {"hybrid"}, "4": {"self_paced"}}
    for line in (captures / "openqcat" / "wertebereiche" / "unterrichtsform.dat").read_text().splitlines():
        code, _, name = line.partition("|")
        if len(code) == 3:
            assert read_format([code]).value in forms[code[0]]
            assert read_format([name]).value == read_format([code]).value


# The official names that say nothing of form and schedule, or several things at once: refused, with a doubt.
SILENT = {
    "Auf Anfrage", "E-Learning/ Blended Learning / Virtuelles Klassenzimmer", "Blockunterricht",
    "Inhouse-/ Firmenseminar", "Einzelmaßnahme (Einzelbetreuung)", "Gruppenmaßnahme",
}  # fmt: skip
NAMED = {
    "Vor-Ort-Vollzeit": ("onsite", "full_time"), "Vor-Ort-Teilzeit": ("onsite", "part_time"),
    "Wochenendveranstaltung": ("unknown", "weekend"), "Fernunterricht/ Fernstudium": ("self_paced", "unknown"),
    "Vollzeit": ("unknown", "full_time"), "Teilzeit": ("unknown", "part_time"),
    "Präsenzveranstaltung": ("onsite", "unknown"), "Digitale Durchführungsform": ("online", "unknown"),
    "Kombinierte Durchführungsform": ("hybrid", "unknown"),
}  # fmt: skip


def test_every_official_name_is_read_or_refused(captures: Path) -> None:
    seen = set()
    for name in ("unterrichtsform", "unterrichtszeit", "durchfuehrungsform"):
        for line in (captures / "openqcat" / "wertebereiche" / f"{name}.dat").read_text().splitlines():
            code, _, text = line.partition("|")
            if len(code) == 3:
                continue  # its group says the form, see above
            seen.add(text)
            form, schedule = read_format([text]), read_schedule([text])
            assert (form.value, schedule.value) == NAMED.get(text, ("unknown", "unknown")), text
            assert bool(form.doubts and schedule.doubts) == (text in SILENT), text
    assert seen == SILENT | set(NAMED)


@given(st.lists(st.none() | st.sampled_from(["Präsenz", "online", "101", "Vollzeit", "abends"]) | st.text(max_size=6)))
def test_no_input_crashes_or_leaves_the_vocabulary(texts: list[str | None]) -> None:
    assert read_format(texts).value in get_args(Format)
    assert read_schedule(texts).value in get_args(Schedule)
    read_languages(" ".join(text or "" for text in texts))
