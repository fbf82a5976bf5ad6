"""Structured data of pages: shapes that the fixtures do not show, and pages that mean harm."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.page import Page, UnreadableError
from spiders.structured.courses import Structured, courses, structured

URL = "https://haus.example.org/kurs/7"
COURSE = {"@context": "https://schema.org", "@type": "Course", "name": "Kurs", "courseCode": "K-7"}


def page(*blocks: Any, kind: Any = None, body: str = "") -> Page:
    scripts = [block if isinstance(block, str) else json.dumps(block) for block in blocks]
    html = "".join(f"<script type='application/ld+json'>{script}</script>" for script in scripts)
    return Page(URL, f"<!DOCTYPE html><html><head>{html}</head><body>{body}</body></html>".encode(), kind=kind)


def read(*blocks: Any, **more: Any) -> Structured:
    return structured(page(*blocks, **more))


def only(*blocks: Any, **more: Any) -> dict[str, Any]:
    (record,) = read(*blocks, **more).listings
    return record


def run(**fields: Any) -> dict[str, Any]:
    return {"@type": "CourseInstance", **fields}


def offer(price: int, **fields: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": price, "priceCurrency": "EUR", **fields}


# --- cheap where there is nothing -----------------------------------------------------------------------------------


def test_a_page_without_data_is_not_even_parsed() -> None:
    assert courses(Page(URL, b"<html><body>this page is cut")) == []


def test_a_cut_page_with_data_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="cut"):
        courses(Page(URL, b"<html><script type='application/ld+json'>{}</script>"))


# --- which node is a listing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["Course", "Event", "EducationEvent", "CourseInstance", "EducationalOccupationalProgram"]
)
@pytest.mark.parametrize("prefix", ["", "https://schema.org/", "http://schema.org/", "schema:"])
def test_each_named_type_is_a_listing_in_every_spelling(kind: str, prefix: str) -> None:
    assert only({"@type": [f"{prefix}{kind}"], f"{prefix}name": "Kurs", f"{prefix}identifier": 7})["ref"] == "7"


def test_other_kinds_of_events_are_reported_and_not_read() -> None:
    found = read({"@type": "MusicEvent", "name": "Konzert"}, {"@type": "Organization", "name": "Haus"})
    assert found.listings == []
    assert [(note.kind, note.message) for note in found.notes] == [("other_event", "not read: MusicEvent")]


def test_a_course_is_found_below_whatever_holds_it() -> None:
    catalogue = {
        "@type": "OfferCatalog",
        "itemListElement": [{"@type": "Offer", "itemOffered": COURSE, "price": "5", "priceCurrency": "EUR"}],
    }
    found = only({"@type": "EducationalOrganization", "hasOfferCatalog": catalogue})
    assert (found["ref"], found["price"]) == ("K-7", "5 EUR")


def test_a_course_told_twice_is_one() -> None:
    found = read(COURSE, {**COURSE, "description": "Mehr."}, {**COURSE, "description": "Anders."})
    assert [(record["ref"], record["description"]) for record in found.listings] == [("K-7", "Mehr.")]
    assert [note.kind for note in found.notes] == ["conflict"]


def test_an_events_own_course_is_the_listing_and_the_event_its_run() -> None:
    found = only({"@type": "CourseInstance", "startDate": "2027-01-04", "instanceOf": COURSE})
    assert (found["ref"], found["instances"][0]["dates"]) == ("K-7", "2027-01-04")


def test_on_a_list_page_an_event_of_the_same_name_stands_alone() -> None:
    blocks = (COURSE, {"@type": "Event", "name": "Kurs", "identifier": "E", "startDate": "2027-01-04"})
    assert [record["ref"] for record in read(*blocks, kind="list").listings] == ["K-7", "E"]
    assert [record["ref"] for record in read(*blocks, kind="detail").listings] == ["K-7"]


def test_a_course_page_whose_data_only_advertises_has_no_course() -> None:
    item = {"@type": "ListItem", "item": {**COURSE, "hasCourseInstance": run(startDate="2027-01-01")}}
    teasers = {"@type": "ItemList", "itemListElement": [item]}
    assert read(teasers, kind="detail").listings == []
    assert len(read(teasers, kind="list").listings) == 1


# --- ids ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "ref", "origin"),
    [
        ({"identifier": "A 1", "courseCode": "B"}, "A 1", "identifier"),
        ({"identifier": {"@type": "PropertyValue", "name": "Nummer", "value": 12}}, "12", "identifier"),
        ({"identifier": "https://x.example/1", "courseCode": "B"}, "B", "courseCode"),
        ({"@id": "urn:kurs:5"}, "urn:kurs:5", "@id"),
        ({"@id": "https://haus.example.org/kurs#kurs-4711"}, "kurs-4711", "@id"),
        ({"@id": "#course", "url": "/kurs/7"}, "https://haus.example.org/kurs/7", "url"),
        ({"@id": "#event-2027-01-04", "url": "/kurs/7"}, "https://haus.example.org/kurs/7", "url"),
        ({"@id": "_:b0"}, URL, "url"),
        ({"@id": "https://haus.example.org/kurse/x"}, "https://haus.example.org/kurse/x", "url"),
        ({}, URL, "url"),
    ],
)
def test_the_ref_is_the_providers_own_id_and_an_address_only_for_want_of_one(
    given_: dict[str, Any], ref: str, origin: str
) -> None:
    found = only({"@type": "Course", "name": "Kurs", **given_})
    assert (found["ref"], found["raw"]["ref_from"]) == (ref, origin)


def test_two_courses_of_a_page_without_ids_are_told_apart_by_name() -> None:
    found = read({"@type": "Course", "name": "Eins"}, {"@type": "Course", "name": "Zwei"}).listings
    assert [record["ref"] for record in found] == ["Eins", "Zwei"]


# --- prices and places ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offers", "price", "note"),
    [
        ({"price": 1390.00, "priceCurrency": "EUR"}, "1390.0 EUR", None),
        ({"price": "1.390,00 €", "priceCurrency": "EUR"}, "1.390,00 €", None),
        ({"price": "1390"}, "1390", None),
        ({"@type": "AggregateOffer", "lowPrice": "90", "highPrice": "90", "priceCurrency": "EUR"}, "90 EUR", None),
        ({"@type": "AggregateOffer", "offers": [offer(70), offer(70)]}, "70 EUR", None),
        ([offer(70), offer(50)], "70 EUR; 50 EUR", None),
        ({"price": 0, "priceCurrency": "EUR", "category": "Free"}, "0 EUR", "kostenfrei"),
        (
            {"priceSpecification": {"price": 99, "priceCurrency": "EUR", "valueAddedTaxIncluded": "false"}},
            "99 EUR",
            "zzgl. MwSt.",
        ),
        ({"priceSpecification": {"minPrice": 99, "priceCurrency": "EUR"}}, "ab 99 EUR", None),
        ({"availability": "https://schema.org/InStock"}, None, None),
        ("Offer", None, None),
    ],
)
def test_a_price_is_as_published_with_its_currency(offers: Any, price: str | None, note: str | None) -> None:
    found = only({**COURSE, "offers": offers})
    assert (found["price"], found["price_note"]) == (price, note)


def test_numbers_keep_their_published_digits() -> None:
    found = only('{"@type": "Course", "name": "K", "courseCode": 007, "x": 1}', COURSE | {"offers": "x"})
    assert found["ref"] == "K-7"  # 007 is no JSON
    assert only('{"@type": "Course", "name": "K", "identifier": 12345678901234567890}')["ref"] == "12345678901234567890"
    assert only('{"@type": "Course", "name": "K", "offers": {"price": 120.50}}')["price"] == "120.50"


RUNS = [run(startDate="2027-01-04"), run(startDate="2027-02-01")]


def prices(offers: list[Any], runs: list[Any] = RUNS) -> tuple[list[str | None], str | None, str | None]:
    found = only({**COURSE, "hasCourseInstance": runs, "offers": offers})
    return [each["price"] for each in found["instances"]], found["price"], found["raw"]["offers_joined_by"]


def test_an_offer_goes_to_the_run_on_whose_day_it_ends() -> None:
    offers = [offer(2, validThrough="2027-02-01T00:00"), offer(1, availabilityEnds="2027-01-04")]
    assert prices(offers) == (["1 EUR", "2 EUR"], None, "date")
    one_is_undated = [offer(2), offer(1, availabilityEnds="2027-01-04")]
    assert prices(one_is_undated) == (["1 EUR", "2 EUR"], None, "date")


def test_an_offer_goes_to_the_run_of_its_address_or_its_item() -> None:
    runs = [
        run(startDate="2027-01-04", url="/a", **{"@id": "#a"}),
        run(startDate="2027-02-01", url="/b", **{"@id": "#b"}),
    ]
    assert prices([offer(2, url="/b"), offer(1, url="/a")], runs) == (["1 EUR", "2 EUR"], None, "address")
    items = [offer(2, itemOffered={"@id": "#b"}), offer(1, itemOffered={"@id": "#a"})]
    assert prices(items, runs) == (["1 EUR", "2 EUR"], None, "item offered")


def test_offers_are_joined_by_position_only_if_nothing_speaks_against_it() -> None:
    assert prices([offer(1), offer(2)]) == (["1 EUR", "2 EUR"], None, "position")
    assert prices([offer(1), offer(2), offer(3)]) == ([None, None], "1 EUR; 2 EUR; 3 EUR", None)
    same_day = [run(startDate="2027-01-04"), run(startDate="2027-02-01"), run(startDate="2027-02-01")]
    contrary = [offer(1, validThrough="2027-02-01"), offer(2, validThrough="2027-02-01"), offer(3)]
    assert prices(contrary, same_day) == ([None] * 3, "1 EUR; 2 EUR; 3 EUR", None)


def test_one_availability_of_a_course_with_several_runs_is_not_said_of_each() -> None:
    found = only({**COURSE, "hasCourseInstance": RUNS, "offers": offer(1, availability="InStock")})
    assert [each["availability"] for each in found["instances"]] == [None, None]
    alone = only({**COURSE, "offers": offer(1, availability="http://schema.org/SoldOut")})
    assert [each["availability"] for each in alone["instances"]] == ["http://schema.org/SoldOut"]


def test_counted_places_get_their_word() -> None:
    event = {"@type": "Event", "name": "E", "startDate": "2027-01-04", "remainingAttendeeCapacity": 3}
    assert only(event)["instances"][0]["availability"] == "3 Plätze frei"
    status = {**event, "eventStatus": "EventCancelled", "maximumAttendeeCapacity": "9"}
    assert only(status)["instances"][0]["availability"] == "EventCancelled; 3 von 9 Plätzen frei"


# --- runs -----------------------------------------------------------------------------------------------------------


def test_parallel_lists_of_dates_are_runs() -> None:
    starts, ends = ["2027-01-04", "2027-02-01"], ["2027-03-01", "2027-03-01"]
    found = only({"@type": "Event", "name": "E", "startDate": starts, "endDate": ends})
    assert [each["dates"] for each in found["instances"]] == ["2027-01-04 - 2027-03-01", "2027-02-01 - 2027-03-01"]


def test_places_of_every_kind() -> None:
    def place(location: Any) -> dict[str, Any]:
        found = only({**COURSE, "hasCourseInstance": run(startDate="2027-01-04", location=location)})["instances"][0]
        names = ("venue", "room", "street", "postcode", "city", "country", "online")
        return {name: found[name] for name in names if found.get(name)}

    address = {"@type": "PostalAddress", "name": "Haus", "streetAddress": "Weg 1", "addressCountry": "DE"}
    assert place("Aula") == {"venue": "Aula"}
    assert place(address) == {"venue": "Haus", "street": "Weg 1", "country": "DE"}
    both = [{"@type": "Place", "name": "Aula"}, {"@type": "VirtualLocation", "url": "https://x.example"}]
    assert place(both) == {"venue": "Aula", "online": "true"}
    assert place([{"@type": "Place", "name": "Aula"}, "Turm"]) == {"venue": "Aula; Turm"}


def test_the_place_of_a_course_is_that_of_runs_without_one() -> None:
    runs = [run(startDate="2027-01-04"), run(startDate="2027-02-01", location="Turm")]
    found = only({**COURSE, "location": "Aula", "hasCourseInstance": runs})
    assert [each["venue"] for each in found["instances"]] == ["Aula", "Turm"]


# --- what must not pass ---------------------------------------------------------------------------------------------


def test_persons_are_nowhere_in_the_record() -> None:
    person = {"@type": "Person", "name": "Jo Geheim"}
    found = only(
        {
            **COURSE,
            "provider": [person, {"@type": "Organization", "name": "Haus", "employee": person}],
            "author": "Jo Geheim",
            "hasCourseInstance": run(startDate="2027-01-04", instructor=person, performer=[person], organizer=person),
            "review": [{"@type": "Review", "author": person}],
        }
    )
    assert found["provider"] == "Haus"
    assert "Geheim" not in json.dumps(found)


def test_a_property_that_nobody_decided_about_is_reported() -> None:
    (note,) = read({**COURSE, "inventedProperty": 1, "image": "x"}).notes
    assert (note.kind, note.message) == ("unknown_property", "inventedProperty")


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "Course",}',
        "{&quot;@type&quot;: 1}",
        "[" * 100_000,
        '{"a":' * 200 + "1" + "}" * 200,
        '{"x": "\n',
        "nichts",
    ],
)
def test_a_broken_block_is_reported_and_the_others_are_read(block: str) -> None:
    found = read(block, COURSE)
    assert [record["ref"] for record in found.listings] == ["K-7"]
    assert [note.kind for note in found.notes] == ["malformed_json_ld"]


def test_a_line_break_inside_of_a_text_does_no_harm() -> None:
    assert only('{"@type": "Course", "name": "Eins\nzwei", "courseCode": "1"}')["title"] == "Eins\nzwei"


def test_half_a_character_can_be_stored() -> None:
    found = only('{"@type": "Course", "name": "Kurs \\ud83d", "courseCode": "1"}')
    json.dumps(found, ensure_ascii=False).encode()
    assert found["title"] == "Kurs �"


def test_references_that_turn_in_a_circle_come_to_an_end() -> None:
    nodes = [
        {"@type": "Course", "@id": "#a", "name": "A", "hasCourseInstance": {"@id": "#b"}, "provider": {"@id": "#a"}},
        {
            "@type": "CourseInstance",
            "@id": "#b",
            "superEvent": {"@id": "#a"},
            "subEvent": {"@id": "#b"},
            "location": {"@id": "#b"},
        },
    ]
    (record,) = read({"@graph": nodes}).listings
    assert record["title"] == "A"


def test_references_cannot_blow_up_a_page() -> None:
    long = {"@type": "Place", "@id": "#p", "name": "x" * 400_000}
    runs = [run(startDate="2027-01-04", location={"@id": "#p"}) for _ in range(200)]
    with pytest.raises(UnreadableError, match="without measure"):
        read({"@graph": [long, {**COURSE, "hasCourseInstance": runs}]})


@pytest.mark.parametrize(
    "body",
    [
        "<div itemscope itemtype='https://schema.org/Course' itemprop=a>" * 3000 + "x",
        "<div itemscope itemtype='https://schema.org/Course'>" + "<b itemprop=name>" * 5000 + "x" * 5000,
        "<div itemscope itemtype='https://schema.org/Course'>" + "<b itemprop=description><i>x</i>" * 5000,
        "<div itemscope itemtype='https://schema.org/Event'><b itemprop=name>x</b></div>" * 5000,
    ],
)
def test_hostile_microdata_takes_no_time(body: str) -> None:
    begin = time.perf_counter()
    read(body=body)
    assert time.perf_counter() - begin < 10


def test_microdata_is_read_only_where_json_ld_gives_no_course() -> None:
    item = "<div itemscope itemtype='http://schema.org/Course'><b itemprop=name>B</b><b itemprop=courseCode>2</b></div>"
    assert only({"@type": "Organization"}, body=item)["ref"] == "2"
    assert only(COURSE, body=item)["ref"] == "K-7"


def test_rdfa_and_item_references_are_reported() -> None:
    body = "<div vocab='https://schema.org/' typeof='Course'></div><div itemscope itemref='x'></div>"
    assert [note.kind for note in read(body=body).notes] == ["rdfa", "microdata_itemref"]


_WORDS = (
    "@type @id @graph @value @list name offers hasCourseInstance startDate price location address identifier url "
    "provider courseSchedule subEvent superEvent itemListElement item itemOffered audience inLanguage keywords x"
)
_NAMES = st.sampled_from(_WORDS.split())
_TEXTS = st.sampled_from(
    ["Course", "Event", "CourseInstance", "ItemList", "ListItem", "Offer", "Person", "#a", "//[", "", "7"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | _TEXTS | st.text(max_size=8),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(_NAMES, children, max_size=6),
    max_leaves=40,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_JSON)
def test_whatever_the_data_is_it_is_read_or_refused(data: Any) -> None:
    document = Page(URL, json.dumps(data).encode(), kind="list")
    try:
        found = structured(document)
    except UnreadableError:
        return
    json.dumps(found.listings, ensure_ascii=False).encode("utf-8")


# --- real samples ---------------------------------------------------------------------------------------------------


def test_the_real_course_page(captures: Path) -> None:
    file = captures / "kufer-vhs-vg" / "fetch-course-details_0.html"
    (record,) = courses(Page(file.as_uri(), path=file))
    (only_run,) = record["instances"]
    assert record["title"] == "telc-Prüfung Deutsch B2 (nur mit persönlicher Anmeldung)"
    assert only_run["dates"] == "2025-11-15T09:00:00+01:00 - 2025-11-15T16:00:00+01:00"
    assert (only_run["venue"], only_run["postcode"], only_run["city"]) == ("VHS in Pasewalk", "17309", "Pasewalk")
    assert only_run["street"] == "Gemeindewiesenweg 8"


def test_the_real_page_without_data_has_none(captures: Path) -> None:
    file = captures / "kufer-vhs-vg" / "fetch-course-details_1.html"
    assert courses(Page(file.as_uri(), path=file)) == []
