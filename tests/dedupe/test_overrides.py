"""What stewards corrected: it wins, it ends, it follows its offer, and nonsense changes nothing."""

from typing import Any

import pytest

from dedupe.golden import Known, build_course
from dedupe.overrides import ByOffer, in_force
from normalize.model import Course, Instance, Place
from tests.dedupe.offers import offer

FIRST, SECOND = "20261101T000000Z", "20261102T000000Z"


def event(value: Any, at: str = "2026-11-03", **more: Any) -> dict[str, Any]:
    return {"id": at, "at": at, "value": value} | more


def course(overrides: ByOffer, **more: Any) -> Course:
    """Two listings of one run in Marl; the senior's is shown."""

    def run(instance_id: str) -> Instance:
        return Instance(instance_id=instance_id, start="2027-01-04", precision="day", place=Place(city="Marl"))

    house = offer("house:1", "Excel", instances=(run("house:1#a"),), **more)
    agency = offer("agency:1", "EXCEL", kind="aggregator", instances=(run("agency:1#x"),))
    return build_course("c1", [Known(house, FIRST, "active"), Known(agency, SECOND, "active")], overrides)


def test_the_stewards_word_wins_until_it_is_over() -> None:
    said = event("Excel kompakt", until="2026-12-31")
    found = course({"agency:1": {"title": said}})
    assert (found.title, found.provenance["title"].rule) == ("Excel kompakt", "override")
    assert found.provenance["title"].offer_id == "agency:1"
    assert in_force({"a:1": {"title": said}}, "2026-12-31T23:00:00Z") == {"a:1": {"title": said}}
    assert in_force({"a:1": {"title": said}}, "2027-01-01T01:00:00Z") == {"a:1": {}}


def test_of_two_words_on_one_course_the_newer_wins() -> None:
    older, newer = event("alt", "2026-11-03"), event("neu", "2026-11-04")
    assert course({"house:1": {"title": newer}, "agency:1": {"title": older}}).title == "neu"
    assert course({"house:1": {"title": older}, "agency:1": {"title": newer}}).title == "neu"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "sehr schwer"),
        ("topics", ["kein_thema"]),
        ("topics", "it"),
        ("course_id", "c2"),
        ("status", "past"),
        ("members", []),
        ("nichts", "x"),
        ("place:house:1#a", "Herten"),
        ("place:house:1#a", {"lat": 51.6}),
        ("place:house:1#a", {}),
        ("place:niemand", {"city": "Herten"}),
        ("hidden", "ja"),
    ],
)
def test_a_value_that_does_not_fit_changes_nothing(field: str, value: Any) -> None:
    assert course({"house:1": {field: event(value)}}) == course({})


def test_a_hidden_course_says_so_and_follows_the_offer_that_was_hidden() -> None:
    said: ByOffer = {"agency:1": {"hidden": event(True)}}
    assert course(said).status == "hidden"
    alone = build_course("c2", [Known(offer("house:1", "Excel"), FIRST, "active")], said)
    assert alone.status == "unknown"  # split off, it is another course
    assert course({"agency:1": {"hidden": event(None)}}).status == "unknown"


@pytest.mark.parametrize("run", ["house:1#a", "agency:1#x"])
def test_a_run_is_moved_by_the_id_of_any_of_its_listings(run: str) -> None:
    said = event({"venue": "Bürgerhaus", "street": "Musterstr. 1", "postcode": "45699", "city": "Herten"})
    found = course({"house:1": {f"place:{run}": said}})
    (shown,) = found.instances
    assert (shown.place.venue, shown.place.city, shown.place.in_region) == ("Bürgerhaus", "Herten", True)
    assert found.provenance["place"].rule == "override"
    assert (found.scope.regional, found.scope.reason) == ("in", "in der Region (Herten).")


def test_a_moved_run_moves_the_course_into_the_region_and_out_of_it() -> None:
    far = course({"house:1": {"place:house:1#a": event({"postcode": "80331", "city": "München"})}})
    assert far.scope.regional == "out"
    online = course({"house:1": {"place:house:1#a": event({"online": "ja"})}})
    assert (online.scope.regional, online.instances[0].place.online) == ("online", True)
