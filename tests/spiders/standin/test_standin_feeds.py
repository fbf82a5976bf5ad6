"""The stand-in's exports, read back by their platforms: every listing, every run, and none of the traps."""

import json
import re

import pytest

from spiders.listing import ListingDict
from spiders.page import Note, Page
from spiders.parse import parse_pages
from spiders.platforms import platform
from spiders.source import bare_source
from spiders.standin import StandIn
from spiders.standin.catalogue import Run
from spiders.standin.publish import Publication
from spiders.standin.sites.openqcat import CATALOGUE, OpenQCat, own_run, run_ref
from spiders.standin.sites.openvhs import JSON, XML, OpenVhs, shared_number, shown_run
from spiders.standin.sites.web import Request


@pytest.fixture(scope="module")
def offers(site: StandIn) -> tuple[Publication, ...]:
    return site.listings("mein-now")


@pytest.fixture(scope="module")
def courses(site: StandIn) -> tuple[Publication, ...]:
    return site.listings("vhs-recklinghausen")


def export(site: OpenQCat | OpenVhs, path: str) -> Page:
    reply = site.answer(Request(site.host, path))
    assert reply is not None
    return Page(f"http://{site.host}{path}", content=reply.body, content_type=reply.content_type)


def listings(name: str, page: Page) -> dict[str, ListingDict]:
    rows = list(parse_pages(bare_source(name), [page]))
    found = {row["ref"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def notes(name: str, page: Page) -> list[Note]:
    return [found for found in platform(name).read(page, bare_source(name)) if isinstance(found, Note)]


def test_openqcat_round_trip(offers: tuple[Publication, ...]) -> None:
    page = export(OpenQCat("kursnet.localhost", offers), CATALOGUE)
    assert page.body.startswith(b"<?xml version='1.0' encoding='iso-8859-15'?>")
    found = listings("openqcat", page)
    assert offers
    assert set(found) == {offer.ref for offer in offers}
    assert not notes("openqcat", page)
    for offer in offers:
        row = found[offer.ref]
        assert (row["title"], row["provider"]) == (offer.title, offer.provider)
        assert {run["ref"] for run in row["instances"]} == {run_ref(offer, run) for run in offer.runs}
        shown = {run["ref"]: run for run in row["instances"]}
        assert all(dated(run, shown[run_ref(offer, run)]["dates"]) for run in offer.runs)
        cities = {run_ref(offer, run): run.site.city if run.site else None for run in offer.runs}
        assert {ref: run["city"] for ref, run in shown.items()} == cities


def dated(run: Run, dates: str | None) -> bool:
    """Whether a run's published dates are its own, and not the period of its advertisement."""
    if run.start is None:
        return dates == "individueller Einstieg"
    if run.month_only:
        return dates is not None and dates.endswith(str(run.start.year)) and "-" not in dates
    return dates is not None and dates.startswith(f"{run.start}T00:00:00.000+0") and f"- {run.end}T" in dates


def test_openqcat_shows_its_traps(offers: tuple[Publication, ...]) -> None:
    text = export(OpenQCat("kursnet.localhost", offers), CATALOGUE).body.decode("iso-8859-15")
    services = re.findall(r"<SERVICE .*?</SERVICE>", text, re.DOTALL)
    ids = [re.findall(r"<(?:PRODUCT|COURSE)_ID>(.*?)<", service) for service in services]
    place = {product: index for index, (product, _) in enumerate(ids)}
    runs = [(product, course) for product, course in ids if product != course]
    assert any(place[product] < place[course] for product, course in runs)
    assert any(place[product] > place[course] + 20 for product, course in runs)
    assert any(own_run(offer) is None for offer in offers)
    assert "Lehrgangsgebühr: auf Anfrage" in text
    assert "<PRICE_AMOUNT>0.0<" in text


def test_openvhs_round_trip_in_both_formats(courses: tuple[Publication, ...]) -> None:
    site = OpenVhs("vhs.localhost", courses)
    for path in (XML, JSON):
        page = export(site, path)
        found = listings("openvhs", page)
        assert set(found) == {offer.ref for offer in courses}
        assert not notes("openvhs", page)
        for offer in courses:
            row, run = found[offer.ref], shown_run(offer)
            (shown,) = row["instances"]
            assert (row["title"], row["course_number"]) == (offer.title, shared_number(offer))
            assert row["duration"] == f"{offer.course.ue}.0 UE"
            assert shown["availability"] == f"{run.booked} von {run.capacity}"
            assert [meeting["date"] for meeting in shown["sessions"]] == [str(day) for day in run.meetings()]
            assert shown["city"] == (run.site.city if run.site else None)
            assert row["url"] == f"http://vhs.localhost/kurs/{offer.ref}"
        assert "Erika" not in json.dumps(list(found.values()))


def test_openvhs_shows_its_traps(courses: tuple[Publication, ...]) -> None:
    found = list(listings("openvhs", export(OpenVhs("vhs.localhost", courses), XML)).values())
    numbers = [row["course_number"] for row in found]
    hours = {meeting["times"] for row in found for run in row["instances"] for meeting in run["sessions"]}
    assert len(set(numbers)) < len(numbers)
    assert None in hours
    assert any("+0" in times for times in hours if times)
    spans = [run["dates"].split(" - ") for row in found for run in row["instances"] if " - " in (run["dates"] or "")]
    assert any(end < start for start, end in spans)


def test_other_addresses_are_not_theirs(offers: tuple[Publication, ...]) -> None:
    assert OpenQCat("x.localhost", offers).answer(Request("x.localhost", "/")) is None
    assert OpenVhs("x.localhost", offers).answer(Request("x.localhost", "/")) is None
