"""Kufer beyond its saved pages: sessions and paging, what a list and a course page add up to, hostile pages."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from pages import html

from normalize.model import Listing
from spiders.kufer.lists import MAX_PAGES, number_of
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.parse import parse_files, parse_pages
from spiders.platforms import platform
from spiders.source import Source, SourceError, bare_source

HOME = "https://vhs.example.org"
LIST = f"{HOME}/kurssuche/liste"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "kufer"


def read(body: bytes, url: str = LIST, **page: Any) -> list[Any]:
    return list(platform("kufer").read(Page(url, body, **{"kind": "list", **page}), bare_source("kufer")))


def of(kind: type, found: list[Any]) -> list[Any]:
    return [item for item in found if isinstance(item, kind)]


def source(**changes: Any) -> Source:
    return bare_source("kufer").model_copy(update={"homepage": HOME, "start": ("/liste?a=1", "/mehr"), **changes})


def row(number: str, cells: str = "", title: str = "Kurs") -> str:
    link = f"/kurssuche/kurs/x/{number}"
    return f"<tr class='kw-table-row' data-href='{link}'><td><a href='{link}'>{title}</a></td>{cells}</tr>"


def table(*rows: str, bar: str = "") -> bytes:
    return html(f"<div class='kw-kursuebersicht'><table>{''.join(rows)}</table></div>{bar}")


def bar(number: int, last: int) -> str:
    links = {page: f"?browse=forward&amp;knr=K{page}&amp;cHash=c%2B{page}" for page in range(1, last + 1)}
    items = "".join(
        f"<li class='active'>{page}</li>"
        if page == number
        else f"<li><a class='blaetternindex' href='{href}'>{page}</a></li>"
        for page, href in links.items()
    )
    return (
        f"<div class='kw-paginationleiste'><span class='anzahl'>Seite {number} von {last}</span><ul>{items}</ul></div>"
    )


# --- where a harvest begins -----------------------------------------------------------------------------------------


def test_every_start_and_every_filter_has_a_session_of_its_own() -> None:
    filters = [{"kfs_aussenst": "Süd Ost"}, {"katortfilter[]": "Marl"}]
    follows = list(platform("kufer").start(source(options={"filters": filters})))
    assert [follow.url for follow in follows] == [
        f"{HOME}/liste?a=1&kfs_aussenst=S%C3%BCd+Ost",
        f"{HOME}/liste?a=1&katortfilter%5B%5D=Marl&katortfilter%5B%5D=__reset__",
        f"{HOME}/mehr?kfs_aussenst=S%C3%BCd+Ost",
        f"{HOME}/mehr?katortfilter%5B%5D=Marl&katortfilter%5B%5D=__reset__",
    ]
    assert len({follow.cookiejar for follow in follows}) == 4
    assert all(follow.context["jar"] == follow.cookiejar for follow in follows)


@pytest.mark.parametrize("filters", ["Marl", {"ort": "Marl"}, ["Marl"], [{"ort": ["Marl"]}]])
def test_filters_that_are_no_tables_of_plain_values_are_refused(filters: Any) -> None:
    with pytest.raises(SourceError, match="filters"):
        list(platform("kufer").start(source(options={"filters": filters})))


# --- the key --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/a/kw/bereich/kursdetails/kurs/26B-4901/kursname/Kurs B2/kategorie-id/26", "26B-4901"),
        ("/kurssuche/kurs/Titel-2027/26%20A%2F7", "26 A/7"),
        ("/kurse/kurs/Titel/26/A7", "26/A7"),
        ("/kurse/kurs/Titel/26A7/", "26A7"),
        ("/webbasys/index.php?id=3&kathaupt=11&knr=26+A%2F7&katid=1", "26 A/7"),
        ("/webbasys/index.php?kathaupt=11&browse=forward&knr=26A7", None),
        ("/kurse?browse=forward&kathaupt=1&knr=26A7&cHash=0", None),
        ("/kurse/kurs/", None),
        ("/kurssuche/liste", None),
    ],
)
def test_the_number_stands_in_the_address_of_a_course_page(path: str, number: str | None) -> None:
    assert number_of(HOME + path) == number


def test_a_row_without_a_number_spoils_the_harvest_and_one_without_a_link_is_kept() -> None:
    bare = (
        "<tr class='kw-table-row'><td headers='columnheader-titel'>Chor</td><td headers='columnheader-nr'>C1</td></tr>"
    )
    lost = "<tr class='kw-table-row'><td><a href='/kontakt'>Chor</a></td></tr>"
    found = read(table(bare, lost))
    assert [(record["ref"], record["title"]) for record in of(dict, found)] == [("C1", "Chor")]
    assert [(note.kind, note.spoils) for note in of(Note, found)] == [("row_without_number", True)]


# --- from page to page ----------------------------------------------------------------------------------------------


def test_the_next_page_is_asked_for_exactly_as_given_in_the_same_session() -> None:
    found = read(table(row("K1"), bar=bar(1, 3)), context={"jar": "j"})
    following = of(Follow, found)[-1]
    assert following.url == f"{LIST}?browse=forward&knr=K2&cHash=c%2B2"
    assert (following.cookiejar, following.repeat, following.kind) == ("j", True, "list")
    assert of(Note, found) == []


def test_the_last_page_leads_nowhere_though_its_bar_links_back() -> None:
    found = read(table(row("K9"), bar=bar(3, 3)), context={"jar": "j", "number": 3, "trail": frozenset({"K1"})})
    assert [follow.kind for follow in of(Follow, found)] == ["detail"]
    assert of(Note, found) == []


@pytest.mark.parametrize(
    ("body", "context"),
    [
        (table(row("K1")), {"number": 2, "trail": frozenset({"K1"})}),
        # a new course at the top of page one, so that not every course was seen; but the page says which it is
        (table(row("K0"), row("K1"), bar=bar(1, 3)), {"number": 2, "trail": frozenset({"K1"})}),
    ],
)
def test_a_list_that_begins_again_ends_the_walk(body: bytes, context: dict[str, Any]) -> None:
    assert [(note.kind, note.spoils) for note in read(body, context={"jar": "j", **context})] == [("loop", True)]


def test_a_list_without_end_is_left_after_so_many_pages() -> None:
    forward = "<a href='/x/browse/forward/kathaupt/1/'>weiter</a>"
    found = read(table(row("K1"), bar=forward), context={"number": MAX_PAGES})
    assert [(note.kind, note.spoils) for note in of(Note, found)] == [("loop", True)]
    assert [follow.kind for follow in of(Follow, found)] == ["detail"]


def test_missing_rows_and_missing_links_spoil_the_harvest() -> None:
    (empty, _) = of(Note, read(table(bar=bar(1, 2))))
    assert (empty.kind, empty.spoils) == ("paging", True)
    says = "<div class='kw-paginationleiste'>Seite 1 von 2</div>"
    (cut,) = of(Note, read(table(row("K1"), bar=says)))
    assert (cut.kind, cut.spoils) == ("paging", True)


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("<p><b>1 von 61</b> Kursen</p>", 61),
        ("<p>Es wurden <strong>61 Kurse</strong> gefunden.</p>", 61),
        ("<p>Kurse 1 bis 1 von 61 Veranstaltungen</p>", 61),
        ("<p>Über 2000 Kurse im Jahr</p>", None),
        ("<p>Seite 1 von 3</p>", None),
    ],
)
def test_the_number_of_courses_a_list_states_is_a_total(said: str, stated: int | None) -> None:
    totals = of(Total, read(html(said + table(row("K1")).decode()), context={"jar": "j"}))
    assert totals == ([Total("j", stated, ("K1",))] if stated else [])


# --- list and course page together ----------------------------------------------------------------------------------

COURSE = """<h1>Kurs</h1><div class='kw-kurs-info-text'>Text</div><dl><dt>Plätze</dt><dd>4 von 9</dd>
<dt>Gebühr</dt><dd>9,00 €</dd></dl>"""


def test_what_only_the_list_says_is_added_to_the_course_page() -> None:
    cells = (
        "<td><span class='ampelicon nichtbuchbar' title='Nicht buchbar'></span></td><td>Di. 05.01.2027, 9.15 Uhr</td>"
    )
    (follow,) = of(Follow, read(table(row("K1", cells + "<td>Haus Süd</td>"))))
    (record,) = read(html(COURSE), follow.url, kind="detail", context=follow.context)
    (run,) = record["instances"]
    assert (record["ref"], record["price"]) == ("K1", "9,00 €")
    assert (run["dates"], run["venue"]) == ("Di. 05.01.2027, 9.15 Uhr", "Haus Süd")
    assert run["availability"] == "4 von 9; Nicht buchbar"


def test_the_category_of_the_course_page_goes_before_that_of_the_list() -> None:
    crumbs = "<nav class='breadcrumb'><a href='/'>Start</a><a href='/m'>Musik</a></nav>"
    context = {"categories": ["Politik"]}
    url = f"{HOME}/kurse/kurs/x/K1"
    assert read(html(crumbs + COURSE), url, context=context)[0]["categories"] == ["Musik"]
    assert read(html(COURSE), url, context=context)[0]["categories"] == ["Politik"]


def test_another_page_behind_the_link_to_a_course_is_no_course() -> None:
    for body in ("<h1>Wartung</h1>", "<div class='kw-kursuebersicht'>Kurs nicht mehr da</div>"):
        with pytest.raises(UnreadableError, match="no course page"):
            read(html(body), f"{HOME}/kurse/kurs/x/K1", kind="detail")


def test_a_label_that_nobody_knows_is_signalled_once_and_a_person_is_left_out() -> None:
    moon = "<dt>Mondphase</dt><dd>voll</dd><dt>Mondphase</dt><dd>neu</dd>"
    extra = f"<dl>{moon}<dt>Kursleiterin:</dt><dd>Ida Irgend</dd></dl>"
    found = read(html(COURSE + extra), f"{HOME}/kurse/kurs/x/K1", kind="detail")
    (record,), (note,) = of(dict, found), of(Note, found)
    assert note.kind == "unknown_label"
    assert "Mondphase" in note.message
    assert not note.spoils
    assert ["Mondphase", "voll"] in record["raw"]["facts"]
    assert "Irgend" not in str(found)


@pytest.mark.parametrize(
    ("light", "state"),
    [
        ("{}", None),
        ("{} - Dieser Kurs ist leider ausgebucht<br>Rest", "- Dieser Kurs ist leider ausgebucht"),
        ("<a href='#'>{}</a> 5 Plätze frei", "5 Plätze frei"),
        ("{}<span>Warteliste</span>", "Warteliste"),
    ],
)
def test_the_state_is_the_text_after_the_image_never_its_alternative(light: str, state: str | None) -> None:
    image = "<img src='/k/kursampeln/trans.png' alt='Keine Internetanmeldung möglich'>"
    body = f"<h1>K</h1><p>{light.format(image)}</p><table><tr><td>Beginn:</td><td>01.02.2027</td></tr></table>"
    (record,) = read(html(body), f"{HOME}/webbasys/index.php?knr=1", kind="detail")
    assert record["instances"][0]["availability"] == state


def test_json_ld_gives_dates_only_where_no_label_and_no_meeting_does() -> None:
    run = {"startDate": "2027-01-05T09:15:00+01:00", "endDate": "2027-01-05T11:00:00+01:00", "location": "Haus Süd"}
    data = {"@type": ["Course"], "name": "Kurs", "offers": {"price": 12.5}, "hasCourseInstance": [run]}
    block = f"<script type='application/ld+json'>{json.dumps({'@graph': [data]})}</script>"
    url = f"{HOME}/kurse/kurs/x/K1"
    (alone,) = read(html(block + "<h1>Kurs</h1><div class='kw-kurs-info-text'>x</div>"), url)
    assert alone["instances"][0]["dates"] == "2027-01-05T09:15:00+01:00 - 2027-01-05T11:00:00+01:00"
    assert (alone["instances"][0]["venue"], alone["price"]) == ("Haus Süd", "12.5")
    days = "<table id='kw-kurstage'><tr><td>05.01.2027</td><td>9.30 Uhr</td></tr></table>"
    (told,) = read(html(block + COURSE + days), url)
    assert told["instances"][0]["dates"] is None
    assert told["instances"][0]["sessions"][0]["times"] == "9.30 Uhr"
    assert told["price"] == "9,00 €"


# --- real fragments -------------------------------------------------------------------------------------------------


def saved(captures: Path, name: str, url: str) -> list[Listing]:
    return list(parse_files(bare_source("kufer"), [captures / "kufer-vhs-vg" / f"{name}.html"], url))


def test_real_rows(captures: Path) -> None:
    italian, yoga = saved(captures, "parse-course-results_0", "https://www.vhs-vg.de/kurse")
    assert (italian.ref, yoga.ref) == ("252A40901", "252A30106")
    assert italian.title == "Italienisch für Anfänger A1/A2 (geringe Vorkenntnisse), Modul 3"
    assert italian.instances[0].dates == "Sa. 06.09.2025, 9.15 Uhr"
    assert italian.instances[0].venue == "Raum 1 - VHS Anklam, Markt 7"
    assert (italian.instances[0].availability or "").startswith("4 von 6; Dieser Kurs ist nicht buchbar")
    assert yoga.instances[0].availability == "11 von 14; Dieser Kurs ist buchbar"
    assert yoga.url == "https://www.vhs-vg.de/kurse/kurs/Hatha-Yoga-Ruhe-Kraft-und-Zentriertheit-finden/252A30106"


def test_real_course_pages(captures: Path) -> None:
    (exam,) = saved(captures, "fetch-course-details_0", "https://www.vhs-vg.de/kurse/kurs/telc/252P1")
    (run,) = exam.instances
    assert (exam.ref, exam.duration) == ("252P1", "1 Termin")
    assert (run.dates, run.venue, run.room) == ("Sa., 15.11.2025, um 09:00 Uhr", "VHS in Pasewalk", "Raum 302")
    assert (run.street, run.postcode, run.city) == ("Gemeindewiesenweg 8", "17309", "Pasewalk")
    assert [(day.date, day.times) for day in run.sessions] == [("15.11.2025", "09:00 - 16:00 Uhr")]
    (excel,) = saved(captures, "fetch-course-details_1", "https://www.vhs-vg.de/kurse/kurs/252E1")
    assert (excel.ref, excel.title) == ("252E1", "Excel Grundlagen")
    assert [day.date for day in excel.instances[0].sessions] == ["10.11.2025", "12.11.2025"]
    assert "Sie lernen Formeln" in (excel.description or "")


def test_real_paging_leads_to_the_second_page(captures: Path) -> None:
    real = (captures / "kufer-vhs-vg" / "extract-pagination-links_0.html").read_text(encoding="utf-8")
    following = of(Follow, read(table(row("K1"), bar=real), "https://www.vhs-vg.de/kurse"))[-1]
    assert following.url == (
        "https://www.vhs-vg.de/kurse?browse=forward&kathaupt=1&knr=252A41701&cHash=0c473c3584462fc8e5bf55c866de6af8"
    )


@pytest.mark.parametrize(
    "name",
    [
        "get-courses_0",
        "extract-search-form-url_0",
        "extract-location-details_0",
        "extract-locations-from-search-form_0",
        "extract-locations-from-search-form_1",
    ],
)
def test_real_pages_without_courses_are_empty_not_foreign(captures: Path, name: str) -> None:
    assert saved(captures, name, "https://www.vhs-vg.de/kurse") == []


# --- hostile pages --------------------------------------------------------------------------------------------------

HOSTILE = (
    b"<td headers='kue-columnheader3'>", b"<table id='kw-kurstage'>", b"<tr class='kw-table-row'>", b"</td></tr>",
    b"<div class='kw-ue'><h4 class='kw-ue-title'>", b"<a href='/kurs/x/1'>", b"<a href='http://[::1'>", b"<dl>",
    b"<dt>", b"<a href='?knr=%ff&knr'>", b"<img src='kursampeln'>", b"\xe2\x80\xa2", b"01.02.2027", b"\x00", b"\xff",
    b"<script type='application/ld+json'>[{\"@type\":\"Course\",", b"<!--", b"]]>", b"Kurse gefunden", b"<svg><dd>",
    b"<script type='application/ld+json'>{\"@type\":\"Course\",\"hasCourseInstance\":[1,{\"location\":[[]]}]}</script>",
    b"<div class='row'><div>Beginn</div><div>", b"Seite 9999999999 von 1", b"<li class='active'>", b"<template>",
    b"<div class='kw-paginationleiste'>", b"<?php ?>",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_broken_pages_are_read_or_unreadable(seed: int) -> None:
    dice = random.Random(seed)
    whole = b"".join(sorted((case / "page.html").read_bytes() for case in FIXTURES.iterdir())[seed % 3 :: 3])
    body = b"<div class='kw-x'>"
    for _ in range(40):
        at = dice.randrange(len(whole))
        body += dice.choice([whole[at : at + dice.randrange(400)], dice.choice(HOSTILE) * dice.choice((1, 1, 30))])
    for kind in ("list", "detail", None):
        url = f"{HOME}/kurse/kurs/x/K1" if kind == "detail" else LIST
        try:
            for found in read(body, url, kind=kind, context={"number": 1}):
                assert not isinstance(found, dict) or Listing.model_validate({**found, "source": "k", "ref": "r"})
        except UnreadableError:
            pass


@pytest.mark.parametrize("tag", ["div class='kw-table-row'", "td", "dl", "table id='kw-kurstage'", "div class='row'"])
def test_deep_nesting_ends_soon(tag: str) -> None:
    body = b"<h1>K</h1><div class='kw-kurs-info-text'>x</div>" + f"<{tag}>".encode() * 20_000
    for kind in ("detail", None):
        assert of(dict, read(body, f"{HOME}/kurse/kurs/x/K1", kind=kind))[0]["ref"] == "K1"


def test_json_nested_without_end_is_passed_over() -> None:
    block = b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script>"
    (record,) = of(dict, read(block + html(COURSE), f"{HOME}/kurse/kurs/x/K1"))
    assert record["title"] == "Kurs"


def test_a_saved_list_and_course_page_are_one_listing() -> None:
    pages = [
        Page(f"{HOME}/kurse/kurs/x/K1", html(COURSE)),
        Page(LIST, table(row("K1", title="Kurs"), row("K2", title="Zwei"))),
    ]
    found = list(parse_pages(bare_source("kufer"), pages))
    assert [(record["ref"], record["title"]) for record in found] == [("K1", "Kurs"), ("K2", "Zwei")]
