"""The generations of Kufer as stand-in sites: what is published comes back through the reader, traps and all."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from parsel import Selector

from spiders.page import Follow, Note, Page, Total
from spiders.platforms import platform
from spiders.source import bare_source
from spiders.standin.catalogue import build_catalogue
from spiders.standin.channels import CATEGORIES
from spiders.standin.publish import Publication, publish
from spiders.standin.sites.kufer import Kufer
from spiders.standin.sites.kufer_rows import KuferRows
from spiders.standin.sites.kufer_table import KuferTable
from spiders.standin.sites.kufer_webbasys import KuferWebbasys
from spiders.standin.sites.web import Reply, Request, Site, euro

HOST = "vhs.localhost"
Maker = Callable[[str, tuple[Publication, ...]], Site]
GENERATIONS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "cards": (Kufer, tuple(f"/{category}/" for category in CATEGORIES)),
    "table": (KuferTable, ("/kurssuche/liste",)),
    "webbasys": (KuferWebbasys, ("/webbasys/index.php?kathaupt=11",)),
    "rows": (KuferRows, ("/kurse",)),
}


@cache
def published(source: str = "vhs-recklinghausen") -> tuple[Publication, ...]:
    return publish(build_catalogue(courses=300, season=date(2026, 7, 1)), 1)[source]


def ask(site: Site, url: str, session: str = "") -> Reply:
    parts = urlsplit(url)
    reply = site.answer(Request(HOST, unquote(parts.path), dict(parse_qsl(parts.query)), session=session))
    assert reply is not None, url
    return reply


@dataclass
class Harvest:
    """What a walk through a site found; `keep_session` False loses every cookie."""

    site: Site
    keep_session: bool = True
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    lists: int = 0

    def walk(self, *starts: str) -> "Harvest":
        jars: dict[str, str] = {}
        asked: set[str] = set()
        urls = [f"http://{HOST}{start}" for start in starts]
        queue = [Follow(url, cookiejar=url, context={"jar": url}) for url in urls]
        while queue:
            follow = queue.pop(0)
            if (follow.ref or follow.url) in asked and not follow.repeat:
                continue
            asked.add(follow.ref or follow.url)
            jar = follow.cookiejar or ""
            reply = ask(self.site, follow.url, jars.get(jar, ""))
            if jar and self.keep_session:
                jars[jar] = reply.session
            self.lists += follow.kind == "list"
            page = Page(follow.url, reply.body, None, follow.kind, follow.context, reply.content_type)
            for found in platform("kufer").read(page, bare_source("kufer")):
                if isinstance(found, Follow):
                    self.listed[found.ref or ""] += 1
                    queue.append(found)
                elif isinstance(found, Note):
                    self.notes.append(found)
                elif isinstance(found, Total):
                    self.totals.append(found)
                else:
                    self.records[found["ref"]] = found
        return self


@cache
def harvest(generation: str) -> Harvest:
    make, starts = GENERATIONS[generation]
    return Harvest(make(HOST, published())).walk(*starts)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_course_comes_back_once_over_all_pages(generation: str) -> None:
    found = harvest(generation)
    assert set(found.records) == {offer.ref for offer in published()}
    assert [note for note in found.notes if note.kind != "empty_category"] == []
    assert found.lists > 5


@pytest.mark.parametrize("generation", GENERATIONS)
def test_number_title_dates_times_place_price_and_category_are_as_published(generation: str) -> None:
    for offer in published():
        record, run = harvest(generation).records[offer.ref], offer.runs[0]
        (told,) = record["instances"]
        assert (record["course_number"], record["title"]) == (offer.ref, " ".join(offer.title.split()))
        begins = f"{run.start:%d.%m.%Y}" if run.start else "nach Vereinbarung"
        assert begins in told["dates"] or run.month_only
        shown = [(day["date"].rpartition(" ")[2], day["times"]) for day in told["sessions"]]
        times = f"{run.start_time} - {run.end_time} Uhr"
        assert shown == [(f"{day:%d.%m.%Y}", times) for day in run.meetings()]
        assert (run.site.venue if run.site else "online") in told["venue"].replace("Online", "online")
        price = euro(offer.price) if offer.price else "kostenfrei"
        assert record["price"].startswith(price)
        assert CATEGORIES[offer.category][2] in record["categories"] or generation == "cards"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_state_is_that_of_the_course(generation: str) -> None:
    full = {
        "cards": ("ausgebucht", "Warteliste", "Dieser Kurs ist leider ausgebucht"),
        "rows": ("ausgebucht", "Warteliste", "Dieser Kurs ist leider ausgebucht"),
        "webbasys": ("- Dieser Kurs ist leider ausgebucht", "- Warteliste", "- Anmeldung geschlossen"),
    }
    for offer in published():
        run = offer.runs[0]
        told = harvest(generation).records[offer.ref]["instances"][0]["availability"]
        if generation == "table":
            states = {True: "Dieser Kurs ist nicht buchbar und kann nicht in den Warenkorb gelegt werden"}
            assert told == f"{run.booked} von {run.capacity}; {states.get(run.full, 'Dieser Kurs ist buchbar')}"
        else:
            assert (told in full[generation]) is run.full


@pytest.mark.parametrize("generation", ["table", "webbasys", "rows"])
def test_the_contact_is_read_and_the_instructor_is_not(generation: str) -> None:
    for offer in published():
        record = harvest(generation).records[offer.ref]
        assert (record["contact"]["name"], record["contact"]["phone"]) == (offer.course.contact, offer.course.phone)
        assert "Erika Beispiel" not in str(record)


@pytest.mark.parametrize("generation", ["table", "webbasys"])
def test_the_stated_number_of_courses_is_met(generation: str) -> None:
    totals = harvest(generation).totals
    assert {total.stated for total in totals} == {len(published())}
    assert len({ref for total in totals for ref in total.refs}) == len(published())


@pytest.mark.parametrize("generation", ["table", "webbasys", "rows"])
def test_without_its_session_a_list_begins_again_and_the_reader_notices(generation: str) -> None:
    make, starts = GENERATIONS[generation]
    lost = Harvest(make(HOST, published()), keep_session=False).walk(*starts)
    assert [(note.kind, note.spoils) for note in lost.notes] == [("loop", True)]
    assert lost.lists == 2


@pytest.mark.parametrize("generation", ["table", "rows"])
def test_a_link_without_its_check_sum_shows_page_one(generation: str) -> None:
    make, (start,) = GENERATIONS[generation]
    site = make(HOST, published())
    first = ask(site, start)
    href = Selector(first.body.decode()).css(".kw-paginationleiste a::attr(href)").get("")
    assert ask(site, href, first.session).body != first.body
    for forged in (href.partition("&cHash")[0], href[:-1]):
        assert ask(site, forged, first.session).body == first.body
    assert ask(site, href, "").body == first.body


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_course_in_two_categories_is_listed_twice(generation: str) -> None:
    for offer in published():
        assert harvest(generation).listed[offer.ref] == (2 if offer.second_category else 1)


def test_the_light_of_the_old_pages_speaks_alike_in_every_colour() -> None:
    site = KuferWebbasys(HOST, published())
    pages = [ask(site, f"/webbasys/index.php?kathaupt=11&knr={offer.ref}") for offer in published()[:20]]
    lights = [Selector(page.body.decode("cp1252")).css("img[src*=kursampeln]::attr(alt)").getall() for page in pages]
    assert {text for each in lights for text in each} == {"Keine Internetanmeldung möglich"}
    assert all(len(each) > 1 for each in lights)  # the course's own, and the legend


@pytest.mark.parametrize("source", ["slv", "dekra"])
@pytest.mark.parametrize("generation", ["table", "webbasys", "rows"])
def test_the_sites_serve_the_publications_of_any_house(generation: str, source: str) -> None:
    make, starts = GENERATIONS[generation]
    found = Harvest(make(HOST, published(source))).walk(*starts)
    assert set(found.records) == {offer.ref for offer in published(source)}
    assert found.notes == []


@pytest.mark.parametrize("generation", ["table", "webbasys", "rows"])
def test_an_empty_catalogue_is_an_empty_list(generation: str) -> None:
    make, starts = GENERATIONS[generation]
    found = Harvest(make(HOST, ())).walk(*starts)
    assert found.records == {}
    assert {note.kind for note in found.notes} <= {"empty_category"}
