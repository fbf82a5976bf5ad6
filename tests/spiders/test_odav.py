"""ODAV: paging by offset, run-scoped course pages, and what the list's cards say beside a mixed page."""

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import html

from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import odav, platform
from spiders.source import bare_source

HOST = "https://www.hwk-x.example"
LIST = f"{HOST}/31,0,courselist.html?limit=2&offset=0"
DETAIL = f"{HOST}/kurse/wort-31,0,coursedetail.html?id=7&search-onr=31"
FRAGMENTS = "hwk-html-fragments"


def read(body: bytes, url: str = DETAIL, **page: Any) -> list[Any]:
    return list(platform("odav").read(Page(url, body, **page), bare_source("odav")))


def course(body: str, **page: Any) -> dict[str, Any]:
    (found,) = [item for item in read(html(body), **page) if isinstance(item, dict)]
    return found


def told(run: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in run.items() if value}


def card(ref: int, dates: str = "01.03.2027 - 05.03.2027", form: str = "Vollzeit") -> str:
    return f"<div class='row'><h3>{dates}: {form} <a href='/31,0,coursedetail.html?id={ref}'>Kurs {ref}</a></h3></div>"


def of(kind: type, found: list[Any]) -> list[Any]:
    return [item for item in found if isinstance(item, kind)]


# --- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_states_its_total_and_is_followed_by_offset() -> None:
    found = read(html(f"<p>1 - 2 von 5; Seite 1 von 3</p>{card(1)}{card(2)}"), LIST, kind="list")
    first, second, following = of(Follow, found)
    assert [(first.ref, first.kind), (second.ref, second.kind)] == [("1", "detail"), ("2", "detail")]
    assert following.url == f"{HOST}/31,0,courselist.html?limit=2&offset=2"
    (total,) = of(Total, found)
    assert (total.of, total.stated, len(total.refs)) == ("/31,0,courselist.html?limit=2", 5, 2)


def test_paging_ends_at_the_total_and_a_saved_list_is_not_paged() -> None:
    body = html(f"<p>3 - 4 von 4; Seite 2 von 2</p>{card(3)}{card(4)}")
    assert {follow.kind for follow in of(Follow, read(body, LIST.replace("=0", "=2"), kind="list"))} == {"detail"}
    more = html(f"<p>1 - 2 von 5; Seite 1 von 3</p>{card(1)}{card(2)}")
    assert {follow.kind for follow in of(Follow, read(more, LIST))} == {"detail"}


def test_a_list_that_shows_the_same_courses_again_is_a_loop_that_spoils() -> None:
    body = html(f"<p>1 - 2 von 5; Seite 1 von 3</p>{card(1)}{card(2)}")
    following = of(Follow, read(body, LIST, kind="list"))[-1]
    again = read(body, following.url, kind="list", context=following.context)
    assert [(note.kind, note.spoils) for note in of(Note, again)] == [("loop", True)]
    assert of(Follow, again) == []


@pytest.mark.parametrize("body", ["<p>von 5; Seite 2 von 3</p>", "<div class='odav'>Wartung</div>"])
def test_an_empty_page_before_the_total_leaves_it_unmet(body: str) -> None:
    first = read(html(f"<p>1 - 2 von 5; Seite 1 von 3</p>{card(1)}{card(2)}"), LIST, kind="list")
    following = of(Follow, first)[-1]
    found = read(html(body), following.url, kind="list", context=following.context)
    assert found == [Total("/31,0,courselist.html?limit=2", 5, ())]


def test_a_foreign_page_is_no_empty_list() -> None:
    with pytest.raises(UnreadableError, match="no list"):
        read(html("<h1>Wartungsarbeiten</h1>"), LIST, kind="list")


def test_further_dates_of_an_id_on_a_later_page_are_runs_of_the_same_listing() -> None:
    first = read(html(f"<p>1 - 1 von 2; Seite 1 von 2</p>{card(1)}"), LIST, kind="list")
    following = of(Follow, first)[-1]
    later = html(f"<p>2 - 2 von 2; Seite 2 von 2</p>{card(1, '06.09.2027 - 08.09.2027', 'Teilzeit')}")
    (row,) = of(dict, read(later, following.url, kind="list", context=following.context))
    assert row["ref"] == "1"
    assert [told(run) for run in row["instances"]] == [{"dates": "06.09.2027 - 08.09.2027", "schedule": "Teilzeit"}]


# --- course pages ---------------------------------------------------------------------------------------------------

MIXED = (
    "<h1>Kurs</h1><p>Teilzeit</p><p>31.08.2026 - 23.10.2026: Vollzeit</p><p>07.09.2026 - 15.07.2027: Teilzeit</p>"
    "<p>Lehrgangsdauer 320 UE</p>"
)


def test_the_card_decides_which_dated_line_is_this_run() -> None:
    run = {"dates": "07.09.2026 - 15.07.2027", "schedule": "Abend", "city": "Musterstadt"}
    found = course(MIXED, kind="detail", context={"card": {"ref": "7", "instances": [run]}})
    assert [told(each) for each in found["instances"]] == [run]
    assert found["duration"] == "320 UE"


def test_the_cards_form_goes_before_the_pages() -> None:
    body = "<h1>K</h1><h3>Unterricht</h3><p>01.03.2027 - 05.03.2027</p><p>Vollzeit</p><p>Mo - Fr 08:00 - 15:00 Uhr</p>"
    card_run = {"dates": "01.03.2027 - 05.03.2027", "schedule": "Teilzeit"}
    found = course(body, kind="detail", context={"card": {"ref": "7", "instances": [card_run]}})
    assert told(found["instances"][0]) == {**card_run, "times": "Mo - Fr 08:00 - 15:00 Uhr"}


def test_dates_that_link_to_the_same_id_are_own_runs_also_among_all_dates() -> None:
    link = "/31,0,coursedetail.html?id="
    body = (
        "<h1>K</h1><h3>Unterricht</h3><p>01.03.2027 - 05.03.2027</p><h2>Alle Termine</h2>"
        f"<p><a href='{link}7'>01.03.2027 - 05.03.2027: Abend</a></p><p><a href='{link}7'>02.08.2027: Vollzeit</a></p>"
        f"<p><a href='{link}8'>03.12.2027: Teilzeit</a></p>"
    )
    assert [told(run) for run in course(body)["instances"]] == [
        {"dates": "01.03.2027 - 05.03.2027", "schedule": "Abend"},
        {"dates": "02.08.2027", "schedule": "Vollzeit"},
    ]


@pytest.mark.parametrize("tag", ["h2", "h3", "h4", "strong", "p", "dt"])
@pytest.mark.parametrize("heading", ["Weitere Termine", "Alle Termine", "Alternative Termine:"])
def test_nothing_below_a_heading_of_siblings_is_the_courses(tag: str, heading: str) -> None:
    body = (
        "<h1>K</h1><h3>Gebühren</h3><p>Kurs: 10,00 €</p><h3>Unterricht</h3><p>01.03.2027</p><h3>Lehrgangsort</h3>"
        f"<p>Gera</p><div><{tag}>{heading}</{tag}><p>02.02.2029: Abend</p><p>99,00 €</p><p>ausgebucht</p>"
        "<p>99999 Anderswo</p></div><h3>Angebotsnummer</h3><p>A-1</p>"
    )
    found = course(body)
    assert [told(run) for run in found["instances"]] == [{"dates": "01.03.2027", "city": "Gera"}]
    assert (found["price"], found.get("price_note"), found["course_number"]) == ("10,00 €", None, "A-1")
    assert found["description"] is None


def test_a_status_beside_several_runs_is_signalled_and_given_to_none() -> None:
    found = read(html(MIXED.replace("<p>Teilzeit</p>", "<p>ausgebucht</p>")))
    assert [note.kind for note in of(Note, found)] == ["unplaced"]
    (listing,) = of(dict, found)
    assert [run.get("availability") for run in listing["instances"]] == [None, None]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("<p>September 2027</p>", {"dates": "September 2027"}),
        ("<p>03.2029 - 06.2029</p>", {"dates": "03.2029 - 06.2029"}),
        ("<p>Termin folgt</p>", {"availability": "Termin folgt"}),
        ("<p>11.01. bis 25.06.2027: Blended Learning</p>",
         {"dates": "11.01. bis 25.06.2027", "format": "Blended Learning"}),
        ("<p>ab 16. August 2027</p><p>Garantierte Durchführung</p>",
         {"dates": "ab 16. August 2027", "availability": "Garantierte Durchführung"}),
    ],
)  # fmt: skip
def test_imprecise_dates_and_states_stay_as_published(words: str, fields: dict[str, str]) -> None:
    assert told(course(f"<h1>K</h1><h3>Unterricht</h3>{words}")["instances"][0]) == fields


@pytest.mark.parametrize(
    "fees",
    [
        "<p>Prüfung 630,00 €<br>Kurs 900,00 €</p>",
        "<p>Kurs: 900,00 €, Prüfung: 630,00 €</p>",
        "<table><tr><td>Prüfung</td><td>630,00 €</td></tr><tr><td>Kurs</td><td>900,00 €</td></tr></table>",
        "<dl><dt>Kurs</dt><dd>900,00 €</dd><dt>Prüfung</dt><dd>630,00 €</dd></dl>",
    ],
)
def test_the_fee_of_the_course_is_told_from_the_others(fees: str) -> None:
    found = course(f"<h1>K</h1><h3>Gebühren</h3>{fees}<h3>Unterricht</h3><p>01.03.2027</p>")
    assert (found["price"], found["price_note"]) == ("900,00 €", "Prüfung: 630,00 €")


def test_amounts_and_addresses_in_running_text_are_not_the_courses() -> None:
    body = (
        "<h1>K</h1><p>Sparen Sie bis zu 300,00 € mit uns.</p><h3>Unterricht</h3><p>01.03.2027</p><h3>Lehrgangsort</h3>"
        "<p>Weg 3<br>45657 Musterstadt</p><div>Kammer Beispiel<br>Gasse 5<br>12345 Anderswo</div>"
    )
    found = course(body)
    assert found.get("price") is None
    assert told(found["instances"][0]) == {
        "dates": "01.03.2027", "street": "Weg 3", "postcode": "45657", "city": "Musterstadt"
    }  # fmt: skip


def test_addresses_are_shortened_and_other_pages_are_refused() -> None:
    assert course(MIXED)["url"] == f"{HOST}/31,0,coursedetail.html?id=7"
    with pytest.raises(UnreadableError, match="no course page"):
        read(html("<main><h1>Wartungsarbeiten</h1><p>Bitte später.</p></main>"), kind="detail")
    with pytest.raises(UnreadableError, match="id"):
        read(html(MIXED), "file:///tmp/x.html")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<h3>", "</h3>", "<p>", "</div>", "<div class='row'>", "<table><tr><td>", "Unterricht", "Alle Termine",
             "01.01.2027 -", "- 31.02.2099: Vollzeit", "9" * 400, " € ", "Gebühren", "Kurs:", "<a href='?id=7'>",
             "<a href='/1,0,coursedetail.html?id=%zz&amp;id='>", "<!--", "-->", "<br>", "\x00", "&#x110000;", "Tel.",
             "von 99999999999999999999; Seite", "<h1>K</h1>", "45657 Ort", "<span class='ampel'>", "<dl><dt>"]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_hostile_pages_give_listings_or_are_unreadable(parts: list[str]) -> None:
    for kind in ("list", "detail", None):
        try:
            for found in read(html("".join(parts)), DETAIL if kind != "list" else LIST, kind=kind):
                assert isinstance(found, dict | Follow | Total | Note)
        except UnreadableError:
            pass


@pytest.mark.parametrize(
    "body",
    [
        "<div><a href='/1,0,coursedetail.html?id=9'>" * 3000,
        "<div><h3>Unterricht</h3><p>01.01.2027</p>" * 500,
        "<a href='/1,0,coursedetail.html?id=9'>x</a>" * 3000,
        f"<p>01.01.2027 {'1-' * 100_000}</p><p>{'Kurs: ' * 20_000}</p>",
    ],
)
def test_deep_wide_and_long_pages_end_soon(body: str) -> None:
    begin = time.process_time()
    for kind, url in (("list", LIST), ("detail", DETAIL)):
        with contextlib.suppress(UnreadableError):
            read(html(f"<h1>K</h1>{body}"), url, kind=kind)
    assert time.process_time() - begin < 10


# --- real fragments -------------------------------------------------------------------------------------------------


def fragment(captures: Path, name: str, url: str = DETAIL) -> list[dict[str, Any]]:
    (file,) = (captures / FRAGMENTS).glob(f"*__{name}_1.html")
    found = list(odav.read(Page(url, path=file), bare_source("odav")))
    rows = [item.fallback if isinstance(item, Follow) else item for item in found]
    return [row for row in rows if isinstance(row, dict)]


def test_owl_shows_one_id_with_three_dates(captures: Path) -> None:
    (found,) = fragment(captures, "owl_article_list_group_item_ignores_sibling_runs", LIST)
    assert found["ref"] == "128641"
    assert [(run["dates"], run["schedule"], run["city"]) for run in found["instances"]] == [
        ("07.09.2026 - 22.04.2027", "Vollzeit", "Bielefeld"),
        ("02.11.2026 - 16.03.2029", "Teilzeit", "Bielefeld"),
        ("10.05.2027 - 22.12.2027", "Vollzeit", "Bielefeld"),
    ]


def test_erfurt_has_four_cards_in_one_row(captures: Path) -> None:
    found = fragment(captures, "erfurt_list_group_card_ignores_sibling_runs_in_overview_row", LIST)
    assert {item["ref"]: item["instances"][0]["schedule"] for item in found} == {
        "1": "Vollzeit",
        "63164": "Vollzeit",
        "63162": "Teilzeit",
        "63166": "Vollzeit",
    }
    assert found[0]["title"] == "Friseur-Handwerk Teil I/II"


def test_a_niederbayern_card_keeps_its_months(captures: Path) -> None:
    (found,) = fragment(captures, "niederbayern_preserves_month_year_date_note_from_listing", LIST)
    assert (found["price"], found["duration"]) == ("5.500,00 €", "480 Std.")
    assert told(found["instances"][0]) == {
        "dates": "03.2029 - 06.2029", "schedule": "Vollzeit", "city": "Regensburg", "availability": "freie Plätze"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("ostbrandenburg_berufsbegleitend_beats_vollzeit_note",
         {"dates": "05.04.2027 - 15.01.2028", "schedule": "Berufsbegleitend", "city": "Frankfurt (Oder)",
          "times": "Mo. und Sa.:08:00 - 15:00 Uhr"}),
        ("odav_enrich_keeps_vollzeit_when_detail_lists_teilzeit_alternatives",
         {"dates": "02.11.2026 - 04.12.2026", "schedule": "Vollzeit",
          "times": "Montag bis Freitag von 08:00 Uhr bis 15:00 Uhr"}),
        ("ostthueringen_parses_unterricht_schedule_without_alle_termine_bleed",
         {"dates": "03.2027 - 04.2027", "times": "Mo. - Fr. 07:30- 14:30 Uhr", "city": "Gera",
          "availability": "genauer Termin steht noch nicht fest"}),
        ("section_uses_known_trade_and_parts",
         {"dates": "31.08.2026 - 31.01.2029", "times": "montags bis donnerstags, mit Online-Anteilen",
          "schedule": "Abend", "duration": "1290 UE", "street": "Hertzstr. 177", "postcode": "76187",
          "city": "Karlsruhe", "availability": "ausgebucht"}),
    ],
)  # fmt: skip
def test_a_course_page_with_one_run(captures: Path, name: str, run: dict[str, str]) -> None:
    (found,) = fragment(captures, name)
    assert [told(each) for each in found["instances"]] == [run]


def test_suhl_has_two_runs_with_values_of_their_own(captures: Path) -> None:
    (found,) = fragment(captures, "suhl_multi_run_detail_preserves_run_specific_fields")
    assert found["duration"] == "1.224 Unterrichtseinheiten à 45 Minuten"
    assert [(run["ref"], run["price"], run["availability"]) for run in found["instances"]] == [
        ("207748", "10.975,00 €", "Keine Plätze mehr frei"),
        ("208401", "11.890,00 €", "Es gibt noch freie Plätze"),
    ]
    assert [run.get("street") for run in found["instances"]] == [None, "Kloster 1"]
