"""Completeness: a number that a provider can follow, and German words for what is missing."""

from typing import Any

import pytest

from normalize.completeness import Completeness, by_provider, completeness
from normalize.model import Offer

RUN: dict[str, Any] = {
    "ref": "r1",
    "start": "2027-03-01",
    "end": "2027-03-05",
    "start_time": "09:00",
    "end_time": "16:00",
    "place": {"street": "Ring 1", "postcode": "45964", "city": "Gladbeck"},
    "availability": {"capacity": 12},
}
FULL: dict[str, Any] = {
    "title": "Excel Grundkurs",
    "description": "<p>Tabellen, Formeln und Diagramme.</p>",
    "course_number": "A-1",
    "duration": {"teaching_units": 40},
    "price": {"kind": "fixed", "amount": "120.00"},
    "keywords": ("Excel", "Büro"),
    "provider": {"key": "haus", "name": "Bildungshaus"},
    "instances": (RUN,),
}


def offer(ref: str = "1", **changes: Any) -> Offer:
    fields = {"offer_id": f"s:{ref}", "source": "s", "source_kind": "provider", "ref": ref} | FULL | changes
    return Offer.model_validate(fields)


def run(**changes: Any) -> Offer:
    return offer(instances=(RUN | changes,))


def test_whoever_says_everything_has_a_hundred() -> None:
    assert completeness(offer()) == Completeness(100.0, ())


@pytest.mark.parametrize(
    ("changed", "score", "missing"),
    [
        (offer(course_number=None, instances=(RUN | {"ref": None},)), 98.0, "Kurs- oder Durchführungsnummer"),
        (offer(duration={"days": 5}), 90.0, "Unterrichtsstunden"),
        (run(end=None), 90.0, "Ende"),
        (run(availability={"free": 3}), 90.0, "Teilnehmerzahl"),
        (run(start_time=None), 95.0, "Uhrzeit von"),
        (run(end_time=None), 95.0, "Uhrzeit bis"),
        (run(place={"city": "Marl"}), 97.0, "Straße"),
        (offer(keywords=("Excel",)), 95.0, "Schlagworte (mindestens zwei)"),
        # without the minimum of 4 x 12.5 points nothing else counts
        (offer(description=None), 37.5, "Beschreibung"),
        (offer(description="Excel"), 37.5, "Beschreibung"),
        (run(start=None), 37.5, "Beginn"),
        (run(place={"street": "Ring 1"}), 37.5, "PLZ oder Ort"),
        (offer(price={"kind": "on_request"}), 37.5, "Preis"),
    ],
)
def test_one_missing_field(changed: Offer, score: float, missing: str) -> None:
    assert completeness(changed) == Completeness(score, (missing,))


def test_a_field_counts_only_if_every_run_states_it() -> None:
    assert completeness(offer(instances=(RUN, RUN | {"end": None}))).missing == ("Ende",)


@pytest.mark.parametrize(
    "complete",
    [
        run(start=None, end=None, start_time=None, end_time=None, open_start=True),
        run(place={"online": True}),
        offer(format="self_paced", instances=()),
        offer(price={"kind": "unknown"}, funding=("bildungsgutschein",)),
        run(price={"kind": "unknown"}),
        offer(price={"kind": "unknown"}, instances=(RUN | {"price": {"kind": "free", "amount": "0.00"}},)),
        offer(duration={}, instances=(RUN | {"duration": {"hours": 30}},)),
    ],
)
def test_what_a_course_cannot_have_is_not_asked_for(complete: Offer) -> None:
    assert completeness(complete) == Completeness(100.0, ())


def test_an_empty_offer_lacks_everything() -> None:
    empty = Offer(offer_id="s:2", source="s", source_kind="upload", ref="2")
    found = completeness(empty)
    assert found.score == 0
    assert found.missing[:4] == ("Beschreibung", "Beginn", "PLZ oder Ort", "Preis")
    assert len(found.missing) == 12


def test_providers_worst_first_with_their_most_frequent_gaps() -> None:
    other = {"key": "akademie", "name": "Akademie"}
    stream = iter(
        [
            offer("1"),
            offer("2", keywords=()),
            offer("3", keywords=(), duration={}),
            offer("4", provider=other, description=None),
            offer("5", provider=None),
        ]
    )
    worst, best = by_provider(stream)
    assert (worst.key, worst.offers, worst.score, worst.missing) == ("akademie", 1, 37.5, (("Beschreibung", 1),))
    assert (best.name, best.offers, best.score) == ("Bildungshaus", 3, 93.3)  # (100 + 95 + 85) / 3
    assert best.missing == (("Schlagworte (mindestens zwei)", 2), ("Unterrichtsstunden", 1))


def test_the_weights_add_up_to_a_hundred_and_have_their_rules() -> None:
    from normalize.completeness import _STATED, _fields

    assert sum(each.points for each in _fields()) == 100
    assert sum(each.points for each in _fields() if each.minimum) == 50
    assert {each.key for each in _fields()} == set(_STATED)
