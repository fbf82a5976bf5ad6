"""The shapes of the sites, over real HTTP through the proxy, as the spiders are told they are."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from standin_client import API, Answer, Get

from spiders.standin import StandIn
from spiders.standin.channels import CATEGORIES
from spiders.standin.publish import SOURCES


def records(get: Get) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number in range(100):
        reply = json.loads(get(API.format(page=number), X_API_Key="test").text)
        if number >= reply["page"]["totalPages"]:
            return found
        found += reply["_embedded"]["bildungsangebotDTOList"]
    raise AssertionError("the search never ends")


def category(get: Get, name: str) -> list[Answer]:
    """All pages of a category in a session of its own."""
    page = get(f"http://vhs-recklinghausen.localhost/{name}/")
    cookie = page.headers["set-cookie"].partition(";")[0]
    pages = [page]
    while forward := page.page.css('a[href*="browse/forward"]::attr(href)').get():
        page = get(page.address(forward), Cookie=cookie)
        pages.append(page)
    return pages


def labelled(get: Get, source: str) -> Iterator[Answer]:
    """All detail pages of a house."""
    url: str | None = f"http://{source}.localhost/kurse"
    while url:
        page = get(url)
        for href in page.page.css("a.kurs-link::attr(href)").getall():
            yield get(page.address(href))
        following = page.page.css("a[rel=next]::attr(href)").get()
        url = page.address(following) if following else None


NUMBERS = {
    "dekra": "//p[strong='Kursnummer:']/text()[last()]",
    "slv": "//main//dt[.='Lehrgangs-Nr.']/following-sibling::dd[1]/text()",
    "bz": "//tr[th='Kurs-Nr.']/td/text()",
}


def test_every_served_listing_is_in_the_truth_and_the_other_way_round(site: StandIn, get: Get) -> None:
    served = {f"mein-now:{record['id']}" for record in records(get)}
    for path in ("/de/meister/meisterschulen-von-a-bis-z", "/de/weiterbildung/kurse-von-a-bis-z"):
        hrefs = get(f"http://hbz.localhost{path}").page.css(".course-list a::attr(href)").getall()
        assert all(hrefs.count(href) == 2 for href in hrefs)
        served |= {f"hbz:{href.rpartition('-')[2]}" for href in hrefs}
    for name in CATEGORIES:
        for page in category(get, name):
            links = page.page.css("div.kw-ue-box h4.kw-ue-title > a::attr(href)").getall()
            assert len(links) <= 50
            served |= {f"vhs-recklinghausen:{re.search('/kurs/([^/]+)/', link)[1]}" for link in links}  # type: ignore[index]
    for source, number in NUMBERS.items():
        served |= {f"{source}:{page.page.xpath(number).get('').strip()}" for page in labelled(get, source)}
    sources = {offer_id.partition(":")[0] for offer_id in served}
    assert sources == {"mein-now", "hbz", "vhs-recklinghausen", *NUMBERS}
    assert served == {offer_id for offer_id, _ in site.truth() if offer_id.partition(":")[0] in sources}


def test_the_search_wants_a_key_and_small_pages(get: Get) -> None:
    assert get(API.format(page=0)).status == 403
    assert get(API.format(page=0).replace("size=20", "size=21"), X_API_Key="k").status == 400
    assert get(API.format(page="x"), X_API_Key="k").status == 400
    beyond = json.loads(get(API.format(page=999), X_API_Key="k").text)
    assert "_embedded" not in beyond


def test_a_record_has_the_published_fields_and_at_most_five_runs(site: StandIn, get: Get) -> None:
    found = {str(record["id"]): record for record in records(get)}
    assert all(len(ref) == 11 for ref in found)
    capped = 0
    for offer in site.listings("mein-now"):
        record = found[offer.ref]
        assert record["titel"] == offer.title
        assert record["anzahlTermine"] == len(offer.runs)
        runs = record["termine"]
        assert isinstance(runs, list)
        assert len(runs) == min(5, len(offer.runs))
        capped += len(offer.runs) > 5
        for run, shown in zip(offer.runs, runs, strict=False):
            beginning = shown["beginn"]
            if run.start is None:
                assert beginning is None
            else:
                day = datetime.fromtimestamp(beginning / 1000, ZoneInfo("Europe/Berlin"))
                assert (day.date(), day.hour) == (run.start, 0)
            assert shown["kostenWert"] is None or re.fullmatch(r"\d+\.\d+", shown["kostenWert"])
    assert capped
    prices = {run["kostenWert"] for record in found.values() for run in record["termine"]}  # type: ignore[attr-defined]
    assert {None, "0.0"} < prices


def test_one_provider_has_several_agency_ids_and_one_course_several_record_ids(site: StandIn, get: Get) -> None:
    agencies: dict[str, set[int]] = {}
    for record, offer in zip(records(get), site.listings("mein-now"), strict=True):
        agencies.setdefault(offer.course.provider.key, set()).add(record["bildungsanbieter"]["id"])  # type: ignore[index]
    assert len(agencies["dekra"]) > 1
    assert len(agencies["hbz"]) == 1
    courses = [offer.course.key for offer in site.listings("mein-now")]
    assert len(set(courses)) < len(courses)


def test_hbz_pages_tell_states_by_icons_and_dates_with_two_digits(site: StandIn, get: Get) -> None:
    icons = set()
    for href in (
        get("http://hbz.localhost/de/meister/meisterschulen-von-a-bis-z")
        .page.css(".course-list__title a::attr(href)")
        .getall()
    ):
        page = get(f"http://hbz.localhost{href}").page
        offer = next(offer for offer in site.listings("hbz") if offer.ref == href.rpartition("-")[2])
        assert page.css("h1::text").get() == offer.title
        dates = page.css("li.course-detail__dates-list-item span.date::text").getall()
        assert len(dates) == len(offer.runs)
        assert all(re.fullmatch(r"\d\d\.\d\d\.\d\d - \d\d\.\d\d\.\d\d", dates_) for dates_ in dates)
        icons |= set(
            re.findall(
                r"icon--course-(open|almost-full|fully-booked)", " ".join(page.css("li svg::attr(class)").getall())
            )
        )
        assert page.css(".course-detail__fee-label::text").get() == "Kursgebühr"
        assert (
            page.xpath("//dl/dt[.='Dauer']/following-sibling::dd[1]/text()").get()
            == f"{offer.course.ue} Unterrichtsstunden"
        )
    assert icons == {"open", "almost-full", "fully-booked"}


def test_kufer_rows_and_details(site: StandIn, get: Get) -> None:
    page = category(get, "sprachen")[0]
    box = page.page.css("div.kw-ue-box")[0]
    labels = box.css("div.row > div.col-4::text").getall()
    assert labels == ["Beginn", "Kursort", "Dauer", "Gebühr", "Kursnr."]
    values = box.css("div.row > div.col-8::text").getall()
    assert re.fullmatch(r"(Mo|Di|Mi|Do|Fr|Sa|So)\., \d\d\.\d\d\.\d{4}, \d\d:\d\d - \d\d:\d\d Uhr", values[0])
    href = box.css("h4.kw-ue-title > a::attr(href)").get("")
    assert " " in "".join(page.page.css("h4.kw-ue-title > a::attr(href)").getall())  # blanks are not escaped
    detail = get(page.address(href)).page
    assert detail.css("dl dd::text").get() == values[4]
    offer = next(offer for offer in site.listings("vhs-recklinghausen") if offer.ref == values[4])
    assert len(detail.css("table#kw-kurstage tbody tr")) == len(offer.runs[0].meetings())


def test_kufer_paging_lives_in_the_session(site: StandIn, get: Get) -> None:
    first = get("http://vhs-recklinghausen.localhost/sprachen/")
    cookie = first.headers["set-cookie"].partition(";")[0]
    forward = first.address(first.page.css('a[href*="browse/forward"]::attr(href)').get(""))

    def titles(answer: Answer) -> list[str]:
        return answer.page.css("h4.kw-ue-title a::attr(href)").getall()

    assert set(titles(get(forward, Cookie=cookie))).isdisjoint(titles(first))
    assert titles(get(forward)) == titles(first)  # without a session it begins again
    get("http://vhs-recklinghausen.localhost/gesundheit/", Cookie=cookie)
    mixed = titles(get(forward, Cookie=cookie))
    assert all(link.startswith("/gesundheit/") for link in mixed)


def test_labelled_pages_show_every_run_and_no_two_houses_speak_alike(site: StandIn, get: Get) -> None:
    for source in NUMBERS:
        shown = {page.page.xpath(NUMBERS[source]).get("").strip(): page.page for page in labelled(get, source)}
        for offer in site.listings(source):
            rows = shown[offer.ref].css("table.termine tbody tr")
            single = shown[offer.ref].xpath("//strong[.='Termin:'] | //dt[.='Beginn'] | //th[.='Termine']")
            assert len(rows) + len(single) == len(offer.runs)
    assert get("http://slv.localhost/kurse").headers["content-type"] == "text/html; charset=windows-1252"


def test_pages_carry_what_misleads_a_careless_reader(get: Get) -> None:
    for source in NUMBERS:
        page = next(labelled(get, source)).page
        assert "Ausgebucht" in " ".join(page.css("footer *::text").getall())
        assert page.css(".cookie-banner")
        assert page.css(".teaser-preis")


def test_robots_conditional_requests_and_unknown_pages(get: Get) -> None:
    for source in SOURCES:
        robots = get(f"http://{source}.localhost/robots.txt")
        assert robots.text == "User-agent: *\nDisallow: /intern/\n"
        assert get(f"http://{source}.localhost/{quote('gibt es nicht')}").status == 404
    page = get("http://hbz.localhost/de/weiterbildung/kurse-von-a-bis-z")
    assert int(page.headers["content-length"]) == len(page.body)
    again = get(page.url, If_None_Match=page.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert get("http://elsewhere.example.org/").status == 502


def test_a_browser_reaches_sites_by_host_header_and_the_index_lists_them(site: StandIn, get: Get) -> None:
    port = site.url.rpartition(":")[2]
    page = get("/kurse", Host=f"bz.localhost:{port}")
    assert page.page.css("a.kurs-link")
    index = get("/", Host=f"127.0.0.1:{port}")
    assert len(index.page.css("td a")) == len(SOURCES)
