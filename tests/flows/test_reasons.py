"""The German wording of issue reasons: what normalisation says of hostile, honest and real input is told in German."""

import re
import tomllib
from pathlib import Path

import pytest
from hostile import hostile_listings

from flows.reasons import german, german_field
from normalize.model import Issue, Listing
from normalize.offer import to_offer

DATA = tomllib.loads((Path(__file__).parents[2] / "flows" / "reasons.toml").read_text(encoding="utf-8"))
WORDINGS = {**DATA["normalize"], **DATA["other_rooms"]}
PLACEHOLDER = re.compile(r"\{\w+\}")


def issues_of(rows: list[dict[str, object]]) -> list[Issue]:
    return [issue for row in rows for issue in to_offer(Listing.model_validate(row), kind="provider").issues]


def untold(issues: list[Issue]) -> set[str]:
    """The reasons that stay English."""
    return {issue.reason for issue in issues if german(issue.reason) == issue.reason}


# --- the wordings are complete ---


def test_what_is_said_of_hostile_listings_is_told_in_german() -> None:
    issues = issues_of(list(hostile_listings(3_000, seed=7)))
    assert len({issue.reason for issue in issues}) > 40
    assert not untold(issues)


def test_what_is_said_of_real_strings_is_told_in_german(captures: Path) -> None:
    fields = {"dates": "dates", "prices": "price", "durations": "duration", "status": "availability"}
    rows: list[dict[str, object]] = [
        {"source": "s", "ref": str(number), "title": "Kurs", "instances": [{field: line}]}
        for name, field in fields.items()
        for number, line in enumerate((captures / "strings" / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    ]
    assert not untold(issues_of(rows))


def test_every_field_with_issues_has_a_german_name() -> None:
    issues = issues_of(list(hostile_listings(1_000, seed=8)))
    outside = ("not a field of the listing contract", "a teacher's name, not carried on")
    contract = {re.sub(r"\[\d+\]", "", issue.field) for issue in issues if issue.reason not in outside}
    assert {"title", "instances.dates", "instances.sessions.date"} <= contract
    assert not {field for field in contract if german_field(field) == field}
    assert german_field("raw.surprise") == "raw.surprise"


@pytest.mark.parametrize(("english", "wording"), WORDINGS.items())
def test_a_wording_has_the_same_placeholders_and_reads_as_a_phrase(english: str, wording: str) -> None:
    assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(wording))
    assert not wording[:1].islower()
    assert not wording.endswith(".")
    assert len(wording) <= 90


# --- what a steward reads ---


@pytest.mark.parametrize(
    ("reason", "wording"),
    [
        ("no such date", "Kein gültiges Datum"),
        ("3 days are listed, 5 are counted", "Tage einzeln aufgeführt: 3, laut Text aber 5"),
        ("2.5 weeks, but 90 calendar days", "Dauer (Wochen: 2,5) passt nicht zum Zeitraum (Kalendertage: 90)"),
        ("90 minutes of teaching between 8:00 and 8:45", "Zu kurz für 90 Minuten Unterricht: 8:00 bis 8:45 Uhr"),
        ("several different numbers of teaching_units", "Mehrere verschiedene Zahlen (Unterrichtseinheiten)"),
        ("no single exam fee", "Keine eindeutige Gebühr (Prüfung)"),
        ("the postcode is not one of Haltern am See", "Die Postleitzahl gehört nicht zu Haltern am See"),
        ("a second street beside 'Am Markt 1'", "Zweite Angabe (Straße) neben „Am Markt 1“"),
        ('a second city beside "Marl\'s Mitte"', "Zweite Angabe (Ort) neben „Marl's Mitte“"),
        ("not a language we know: {0}", "Unbekannte Sprache: {0}"),  # published text is no template
        ("not a language we know: a\nb", "Unbekannte Sprache: a\nb"),
    ],
)
def test_numbers_and_names_are_kept(reason: str, wording: str) -> None:
    assert german(reason) == wording


@pytest.mark.parametrize("reason", ["", "something new", "Not read", "the postcode is not one of ", "no title {x}"])
def test_an_unknown_reason_is_returned_unchanged(reason: str) -> None:
    assert german(reason) == reason


def test_long_published_text_costs_no_time() -> None:
    hostile = "not quite a reason: " + " in 1, but 2 between 3 and 4 " * 40
    assert german(hostile) == hostile
