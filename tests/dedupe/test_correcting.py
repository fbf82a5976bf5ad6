"""Corrections: what a field cannot be is refused in German, and a correction tells when it needs a look."""

from datetime import date
from typing import Any

import pytest

from dedupe.desk.correcting import (
    Standing,
    UnfitError,
    bearer,
    look_at,
    read_reason,
    read_until,
    read_value,
    source_value,
)
from dedupe.golden import Known, build_course
from normalize.model import Instance, Offer, Place
from tests.dedupe.offers import offer

TODAY = date(2026, 11, 30)
RUN = Instance(instance_id="a:1#r", start="2027-01-04", precision="day", place=Place(venue="Haus", city="Marl"))
OFFER = offer("a:1", "Excel", instances=(RUN,), topics=("office_software",))


@pytest.mark.parametrize(
    ("field", "given", "value"),
    [
        ("title", {"value": ["  Excel   kompakt "]}, "Excel kompakt"),
        ("url", {"value": ["https://haus.example/kurs?id=1"]}, "https://haus.example/kurs?id=1"),
        ("topics", {"value": ["care", "care", ""]}, ["care"]),
        ("level", {"value": ["A1.2"]}, "A1.2"),
        ("hidden", {}, True),
        ("place:a:1#r", {"postcode": ["45699"], "city": ["Herten "]}, {"postcode": "45699", "city": "Herten"}),
        ("place:a:1#r", {"online": ["ja"]}, {"online": "ja"}),
    ],
)
def test_what_fits_is_taken_as_it_is_meant(field: str, given: dict[str, list[str]], value: Any) -> None:
    assert read_value(field, given) == value


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("title", {"value": [" "]}, "einen Text"),
        ("title", {}, "einen Text"),
        ("title", {"value": ["<b>Excel</b>"]}, "ohne Auszeichnungen"),
        ("title", {"value": ["Excel \u202edetrevni"]}, "Steuerzeichen"),
        ("title", {"value": ["x" * 301]}, "300 Zeichen"),
        ("url", {"value": ["javascript:alert(1)"]}, "https://"),
        ("topics", {"value": []}, "mindestens ein Thema"),
        ("topics", {"value": ["kein_thema"]}, "aus der Liste"),
        ("topics", {"value": ["care", "vehicles", "construction", "security"]}, "Höchstens 3"),
        ("level", {"value": ["Z9"]}, "aus der Liste"),
        ("place:a:1#r", {"venue": ["Haus"]}, "Postleitzahl und Ort angeben"),
        ("place:a:1#r", {"city": ["Hinterwald"]}, "kennen wir nicht"),
        ("place:a:1#r", {"postcode": ["80331"], "city": ["Herten"]}, "passen nicht zusammen"),
        ("place:a:1#r", {"postcode": ["45699"], "venue": ["<i>Haus</i>"]}, "ohne Auszeichnungen"),
        ("description", {"value": ["<p>Neu</p>"]}, "nicht korrigieren"),
        ("course_id", {"value": ["c1"]}, "nicht korrigieren"),
    ],
)
def test_what_does_not_fit_is_refused_in_german(field: str, given: dict[str, list[str]], says: str) -> None:
    with pytest.raises(UnfitError, match=says):
        read_value(field, given)


def test_a_correction_ends_and_has_a_reason() -> None:
    assert read_until("2026-11-30", TODAY) == "2026-11-30"
    assert read_reason(" Tippfehler\n der Quelle ") == "Tippfehler der Quelle"
    for text, says in (
        ("", "bis wann"),
        ("31.12.2026", "bis wann"),
        ("2026-11-29", "Vergangenheit"),
        ("2030-01-01", "3"),
    ):
        with pytest.raises(UnfitError, match=says):
            read_until(text, TODAY)
    with pytest.raises(UnfitError, match="begründen"):
        read_reason(" ")


def test_a_correction_binds_the_offer_whose_value_is_shown() -> None:
    agency = offer("b:1", "EXCEL", kind="aggregator", subtitle="nur hier")
    course = build_course("c1", [Known(OFFER, "1", "active"), Known(agency, "2", "active")])
    assert (bearer(course, "title"), bearer(course, "subtitle"), bearer(course, "level")) == ("a:1", "b:1", "a:1")
    assert (bearer(course, "hidden"), bearer(course, "place:a:1#r")) == ("a:1", "a:1")
    with pytest.raises(UnfitError, match="Termin"):
        bearer(course, "place:a:1#weg")


def event(field: str, seen: Any, until: str | None = "2027-06-30") -> dict[str, Any]:
    return {"id": "e", "offer_id": "a:1", "field": field, "value": "x", "until": until, "seen": seen}


@pytest.mark.parametrize("field", ["title", "subtitle", "topics", "level", "hidden", "place:a:1#r"])
def test_a_correction_is_looked_at_again_when_its_source_says_something_else(field: str) -> None:
    said = event(field, source_value(OFFER, field))
    assert look_at(said, OFFER, TODAY).standing == Standing.HOLDS
    other: Offer = offer(
        "a:1", "Excel!", instances=(RUN.model_copy(update={"place": Place(city="Herten")}),), level="A1",
        subtitle="neu", topics=("care",),
    )  # fmt: skip
    assert look_at(said, other, TODAY).standing == Standing.CHANGED
    assert look_at(said, None, TODAY).standing == Standing.GONE
    assert look_at(event(field, None, "2026-11-29"), OFFER, TODAY).standing == Standing.OVER


def test_a_correction_of_before_the_desk_is_not_said_to_have_changed() -> None:
    said = {key: value for key, value in event("title", None).items() if key != "seen"}
    assert look_at(said, OFFER, TODAY).standing == Standing.HOLDS
