"""Completeness: a number that a provider can follow, and German words for what is missing."""

from typing import Any, get_args

import pytest

from normalize.completeness import Completeness, by_provider, completeness, german, letter, request
from normalize.model import Course, Listing, Offer
from normalize.offer import to_offer
from normalize.vocabulary import Gap

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
EMPTY: dict[str, Any] = {
    "description": "Tabellen und Formeln", "course_number": None, "duration": {}, "price": {}, "keywords": (),
    "instances": (),
}  # fmt: skip


def offer(ref: str = "1", **changes: Any) -> Offer:
    fields = {"offer_id": f"s:{ref}", "source": "s", "source_kind": "provider", "ref": ref} | FULL | changes
    return Offer.model_validate(fields)


def run(**changes: Any) -> Offer:
    return offer(instances=(RUN | changes,))


def test_whoever_says_everything_has_a_hundred() -> None:
    assert completeness(offer()) == Completeness(100, ())


@pytest.mark.parametrize(
    ("changed", "score", "missing"),
    [
        (offer(course_number=None, instances=(RUN | {"ref": None},)), 98, "number"),
        (offer(duration={"days": 5}), 90, "teaching_time"),
        (run(end=None), 90, "end"),
        (run(availability={"free": 3}), 90, "participants"),
        (run(start_time=None), 95, "start_time"),
        (run(end_time=None), 95, "end_time"),
        (run(place={"city": "Marl"}), 97, "street"),
        (offer(keywords=("Excel",)), 95, "keywords"),
        # without the minimum of 4 x 12.5 points nothing else counts: 37.5, rounded down
        (offer(description=None), 37, "description"),
        (offer(description="Excel"), 37, "description"),
        (run(start=None), 37, "start"),
        (run(place={"street": "Ring 1"}), 37, "town"),
        (offer(price={"kind": "on_request"}), 37, "price"),
    ],
)
def test_one_missing_field(changed: Offer, score: int, missing: Gap) -> None:
    assert completeness(changed) == Completeness(score, (missing,))


def test_a_field_counts_only_if_every_run_states_it() -> None:
    assert completeness(offer(instances=(RUN, RUN | {"end": None}))).missing == ("end",)


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
    assert completeness(complete) == Completeness(100, ())


def test_an_empty_offer_lacks_everything() -> None:
    empty = Offer(offer_id="s:2", source="s", source_kind="upload", ref="2")
    found = completeness(empty)
    assert found.score == 0
    assert found.missing[:4] == ("description", "start", "town", "price")
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
    assert (worst.key, worst.offers, worst.score, worst.missing) == ("akademie", 1, 37.0, (("Beschreibung", 1),))
    assert (best.name, best.offers, best.score) == ("Bildungshaus", 3, 93.3)  # (100 + 95 + 85) / 3
    assert best.missing == (("Schlagworte (mindestens zwei)", 2), ("Unterrichtsstunden", 1))


def test_a_course_is_measured_as_an_offer_is() -> None:
    course = Course(course_id="c1", slug="c1", status="upcoming", title="Excel", description="Tabellen und Formeln")
    assert completeness(course).missing == completeness(offer(title="Excel", **EMPTY)).missing
    assert "description" not in completeness(course).missing


def test_an_offer_carries_its_score_and_its_gaps() -> None:
    listing = Listing(source="s", ref="1", title="Excel", description="Tabellen und Formeln", price="120,00 €")
    read = to_offer(listing, kind="provider")
    assert (read.completeness, read.missing) == (25, completeness(read).missing)
    assert read.missing[:2] == ("start", "town")


def test_a_provider_is_asked_in_german() -> None:
    assert german(("price", "end")) == ("Preis", "Ende")
    assert request(("price", "end")) == "Bitte ergänzen Sie: Preis, Ende."
    assert request(()) is None
    worst, best = by_provider([offer("1", keywords=()), offer("2"), offer("3", provider={"key": "a", "name": "A"})])
    assert letter(worst) == (
        "Ihre 2 Angebote sind im Mittel zu 97,5 % vollständig beschrieben. "
        "Bitte ergänzen Sie: Schlagworte (mindestens zwei) (fehlt bei 1)."
    )
    assert letter(best) == "Ihr Angebot ist zu 100 % vollständig beschrieben."


def test_the_weights_add_up_to_a_hundred_and_have_their_rules() -> None:
    from normalize.completeness import _STATED, _fields

    assert sum(each.points for each in _fields()) == 100
    assert sum(each.points for each in _fields() if each.minimum) == 50
    assert {each.key for each in _fields()} == set(_STATED) == set(get_args(Gap))
