"""The chambers' stand-in sites, read by their platforms: every run is what was published, and nothing of a sibling."""

from collections import deque
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from standin_client import SEASON

from normalize.model import Listing
from spiders.page import Follow, Note, Page, Total
from spiders.platforms import platform
from spiders.source import Source, bare_source
from spiders.standin.catalogue import build_catalogue
from spiders.standin.publish import Publication, publish
from spiders.standin.sites import odav, woocommerce
from spiders.standin.sites.web import Request, Site, euro

OFFERS = publish(build_catalogue(seed=3, courses=260, season=SEASON))["hbz"]
LATER = publish(build_catalogue(seed=3, courses=260, season=SEASON), night=90)["hbz"]


class Crawl:
    """A whole catalogue read as a harvest would read it, without a network."""

    def __init__(self, name: str, site: Site, start: str) -> None:
        self.listings: dict[str, dict[str, Any]] = {}
        self.extra: list[dict[str, Any]] = []
        self.notes: list[Note] = []
        self.totals: list[Total] = []
        self.pages = 0
        base = f"http://{site.host}"
        source = bare_source(name).model_copy(update={"homepage": base, "start": (start,)})
        queue, asked = deque(platform(name).start(source)), set[str]()
        while queue:
            follow = queue.popleft()
            key = f"ref {follow.ref}" if follow.ref else follow.url
            if key not in asked:
                asked.add(key)
                queue.extend(self._read(name, site, source, follow))

    def _read(self, name: str, site: Site, source: Source, follow: Follow) -> list[Follow]:
        parts = urlsplit(follow.url)
        reply = site.answer(Request(site.host, parts.path, dict(parse_qsl(parts.query))))
        assert reply is not None, follow.url
        self.pages += 1
        page = Page(follow.url, reply.body, kind=follow.kind, context=follow.context, content_type=reply.content_type)
        further = []
        for found in platform(name).read(page, source):
            if isinstance(found, Follow):
                further.append(found)
            elif isinstance(found, Note):
                self.notes.append(found)
            elif isinstance(found, Total):
                self.totals.append(found)
            elif follow.kind == "list":
                self.extra.append(found)
            else:
                Listing.model_validate({"source": name, **found})
                assert found["ref"] not in self.listings
                self.listings[found["ref"]] = found
        return further


@pytest.fixture(scope="module")
def chamber() -> Crawl:
    return Crawl("odav", odav.Odav("odav.localhost", OFFERS), "/31,0,courselist.html?limit=20&offset=0")


@pytest.fixture(scope="module")
def shop() -> Crawl:
    return Crawl("woocommerce", woocommerce.WooCommerce("woocommerce.localhost", OFFERS), "/kurse/")


def runs_of(crawl: Crawl, ref: str) -> list[dict[str, Any]]:
    """The runs of a listing with those that later list pages added."""
    more = [run for row in crawl.extra if row["ref"] == ref for run in row["instances"]]
    return [*crawl.listings[ref]["instances"], *more]


# --- odav -----------------------------------------------------------------------------------------------------------


def test_the_whole_list_is_read_by_offsets_and_its_total_is_met(chamber: Crawl) -> None:
    entries = sum(len(odav.runs_of(offer)) for offer in OFFERS)
    assert len(OFFERS) > 40
    assert set(chamber.listings) == {offer.ref for offer in OFFERS}
    assert {total.stated for total in chamber.totals} == {entries}
    assert len({ref for total in chamber.totals for ref in total.refs}) == entries
    assert chamber.pages == len(OFFERS) + -(-entries // odav.ROWS)
    assert chamber.notes == []


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.ref)
def test_a_listing_has_its_own_runs_and_nothing_of_a_sibling(chamber: Crawl, offer: Publication) -> None:
    listing = chamber.listings[offer.ref]
    assert listing["title"] == " ".join(offer.title.split())
    assert listing["price"] == odav.fee(offer)
    exam = offer.course.exam_price
    assert listing.get("price_note") == (f"Prüfung: {euro(exam)}" if exam else None)
    assert listing["course_number"] == f"{offer.ref}-0"
    assert listing["url"] == f"http://odav.localhost/31,0,coursedetail.html?id={offer.ref}"
    runs = runs_of(chamber, offer.ref)
    own = odav.runs_of(offer)
    told = [(run["dates"], run.get("schedule") or run.get("format")) for run in runs]
    assert sorted(told) == sorted((odav.dates(run), odav.form(offer, run)) for run in own)
    assert {run.get("city") for run in runs} == {run.site.city if run.site else None for run in own}
    first = next(run for run in runs if run["dates"] == odav.dates(own[0]))
    assert first["availability"] == odav.status(offer, own[0])
    if own[0].site:
        assert (first["street"], first["postcode"]) == (own[0].site.street, own[0].site.postcode)
    assert listing["contact"]["phone"] == offer.course.phone
    assert "Hintertupfing" not in str({**listing, "raw": None})


def test_the_site_shows_what_misleads(chamber: Crawl) -> None:
    shared = [offer for offer in OFFERS if len(odav.runs_of(offer)) > 1]
    assert shared
    assert any(chamber.listings[offer.ref]["raw"]["siblings"] for offer in OFFERS)
    assert chamber.extra  # an id whose dates stand on two pages of the list


def test_refs_outlive_changed_addresses() -> None:
    first, later = (odav.Odav("x.localhost", offers) for offers in (OFFERS, LATER))
    moved = {offer.ref: odav.address(offer) for offer in LATER}
    changed = [offer.ref for offer in OFFERS if offer.ref in moved and moved[offer.ref] != odav.address(offer)]
    assert changed
    crawls = [Crawl("odav", site, odav.LIST) for site in (first, later)]
    for ref in changed:
        assert crawls[0].listings[ref]["url"] == crawls[1].listings[ref]["url"]


def test_an_empty_chamber_is_noticed() -> None:
    crawl = Crawl("odav", odav.Odav("x.localhost", ()), odav.LIST)
    assert [note.kind for note in crawl.notes] == ["empty_list"]
    assert crawl.listings == {}


# --- woocommerce ----------------------------------------------------------------------------------------------------


def test_all_pages_of_the_archive_are_read(shop: Crawl) -> None:
    assert set(shop.listings) == {offer.ref for offer in OFFERS}
    assert {total.stated for total in shop.totals} == {len(OFFERS)}
    assert len({url for total in shop.totals for url in total.refs}) == len(OFFERS)
    assert shop.notes == []


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.ref)
def test_a_product_has_the_fee_of_the_course_and_the_state_of_each_variation(shop: Crawl, offer: Publication) -> None:
    listing = shop.listings[offer.ref]
    simple = woocommerce.is_simple(offer)
    price = None if offer.price is None else euro(offer.price)
    others = "; ".join(f"{label}: {euro(cents)}" for label, cents in woocommerce.parts(offer)[1:])
    assert len(listing["instances"]) == len(offer.runs)
    for run, published in zip(listing["instances"], offer.runs, strict=True):
        assert run["dates"] == woocommerce.dates(published)
        assert run.get("venue") == (published.site.venue if published.site else None)
        assert run["availability"] == woocommerce.availability(published)
        if not simple:
            assert (run["ref"], run.get("price")) == (str(woocommerce.variation_id(offer, published)), price)
            assert (run.get("price_note") or "") == others
    if simple or price is None:
        assert listing["price"] == (price.replace(" ", "\u00a0") if price else "auf Anfrage")
    else:
        assert listing.get("price") is None
    assert listing["title"] == " ".join(offer.title.split())
    assert listing["duration"] == f"{offer.course.ue} Unterrichtsstunden"


def test_the_shop_shows_sums_that_are_not_the_fee() -> None:
    assert any(len(woocommerce.parts(offer)) == 3 for offer in OFFERS)
    assert {woocommerce.is_simple(offer) for offer in OFFERS} == {True, False}
