"""The stewards' lists of names that nobody knows, and what becomes of a name once they assigned it."""

import pytest

from normalize.assigned import ELSEWHERE, Assigned, read_assignments
from normalize.model import Instance, Listing, Offer
from normalize.offer import to_offer
from normalize.places import read_place
from normalize.providers import identify
from normalize.strangers import Unidentified, Unknown


def offer(offer_id: str, name: str | None, title: str = "Kurs", *venues: str) -> Offer:
    source, ref = offer_id.split(":")
    runs = tuple(Instance(place=read_place(venue).value) for venue in venues)
    provider = identify(name).value
    return Offer(
        offer_id=offer_id, source=source, source_kind="aggregator", ref=ref, provider=provider, title=title,
        instances=runs,
    )  # fmt: skip


def seen(*offers: Offer, settled: frozenset[str] = frozenset()) -> Unidentified:
    strangers = Unidentified(settled)
    for each in offers:
        strangers.add(each)
    return strangers


def test_the_stewards_list_names_unknown_providers_with_most_offers_first() -> None:
    offers = [
        offer("ba:3", "Muster GmbH", "Dritter"),
        offer("ba:1", "Muster gGmbH", "Erster"),
        offer("kursnet:2", "MUSTER"),
        offer("ba:4", "Haus Beispiel e.V.", "Vierter"),
        offer("ba:5", "DEKRA Akademie GmbH"),
        offer("ba:6", None),
    ]
    expected = (
        Unknown("muster", "Muster gGmbH", 3, (("ba", 2), ("kursnet", 1)), "ba:1", "Erster"),
        Unknown("haus-beispiel", "Haus Beispiel e.V.", 1, (("ba", 1),), "ba:4", "Vierter"),
    )
    assert seen(*offers).providers.found() == expected
    assert seen(*reversed(offers)).providers.found() == expected
    assert seen(*offers, settled=frozenset({"muster"})).providers.found() == expected[1:]


def test_the_list_of_places_names_what_no_town_is_known_for_once_per_offer() -> None:
    offers = [
        offer("ba:1", None, "Erster", "Haus am Anger", "Haus am Anger", "Marl"),
        offer("ba:2", None, "Zweiter", "HAUS AM ANGER", "Online", "45699 Herten", "wird noch bekannt gegeben"),
        offer("ba:3", None, "Dritter", "80331 Hinterwald"),
    ]
    found = seen(*offers).places.found()
    assert found == (Unknown("haus am anger", "Haus am Anger", 2, (("ba", 2),), "ba:1", "Erster"),)


def listing(**fields: str) -> Listing:
    run = {name: fields.pop(name) for name in ("venue", "city", "postcode") if name in fields}
    return Listing.model_validate({"source": "s", "ref": "1", "title": "Löten", "instances": [run]} | fields)


def assigned(what: str, raw: str, key: str, **more: str) -> Assigned:
    return read_assignments([{"what": what, "raw": raw, "key": key} | more])


def test_an_assigned_provider_is_known_under_every_spelling_and_without_a_doubt() -> None:
    said = assigned("provider", "Werkschule Musterhof GmbH", "dekra-akademie")
    found = to_offer(listing(provider="WERKSCHULE Musterhof"), kind="provider", assigned=said)
    assert found.provider is not None
    assert (found.provider.key, found.provider.name) == ("dekra-akademie", "DEKRA Akademie")
    assert not [issue for issue in found.issues if issue.field == "provider"]
    own = assigned("provider", "Werkschule Musterhof GmbH", "werkschule", name="Werkschule Musterhof")
    kept = to_offer(listing(provider="Werkschule Musterhof"), kind="provider", assigned=own).provider
    assert kept is not None
    assert (kept.key, kept.name) == ("werkschule", "Werkschule Musterhof")


def test_our_list_of_providers_comes_before_the_stewards_word() -> None:
    said = assigned("provider", "DEKRA Akademie", "musterhof", name="Musterhof")
    found = to_offer(listing(provider="DEKRA Akademie"), kind="provider", assigned=said).provider
    assert found is not None
    assert found.key == "dekra-akademie"


@pytest.mark.parametrize(("field", "venue"), [("venue", "Haus am Anger"), ("city", "Haus am Anger")])
def test_a_run_at_an_assigned_place_is_in_that_town(field: str, venue: str) -> None:
    said = assigned("place", "haus am  ANGER", "Herten")
    found = to_offer(listing(**{field: venue}), kind="aggregator", assigned=said)
    place = found.instances[0].place
    assert (place.city, place.venue, place.in_region) == ("Herten", "Haus am Anger", True)
    assert found.scope.regional == "in"
    assert not [issue for issue in found.issues if issue.field.endswith("place")]


def test_a_place_elsewhere_is_settled_and_a_stated_postcode_or_a_known_town_is_never_overruled() -> None:
    away = to_offer(listing(city="Hinterwald"), kind="provider", assigned=assigned("place", "Hinterwald", ELSEWHERE))
    assert (away.instances[0].place.in_region, away.scope.regional) == (False, "out")
    assert not seen(away).places.found()
    stated = listing(venue="Haus am Anger", postcode="80331", city="München")
    for said in (assigned("place", "Haus am Anger", "Herten"), assigned("place", "München", "Herten")):
        assert to_offer(stated, kind="provider", assigned=said) == to_offer(stated, kind="provider")


def test_of_two_words_on_a_name_the_newer_counts_and_an_unknown_town_is_passed_over() -> None:
    events = [
        {"what": "place", "raw": "Haus am Anger", "key": "Herten"},
        {"what": "place", "raw": "Haus am Anger", "key": "Marl"},
        {"what": "place", "raw": "Haus am Anger", "key": "Atlantis"},
    ]
    assert read_assignments(events).towns["haus am anger"] == next(
        town for town in read_assignments(events[1:2]).towns.values()
    )
