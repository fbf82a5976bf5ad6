"""What each platform asks for and notices, beyond the listings that the fixtures show."""

import json
from pathlib import Path
from typing import Any

import pytest
from pages import card, hbz_course, html, labelled_course, mein_now

from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform
from spiders.source import PLATFORMS, Source, bare_source, load_source

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"


def source(key: str) -> Source:
    return load_source(SOURCES / f"{key}.toml")


def read(site: Source, url: str, body: bytes, **page: Any) -> list[Any]:
    return list(platform(site.platform).read(Page(url, body, **{"kind": "list", **page}), site))


def of(kind: type, found: list[Any]) -> list[Any]:
    return [item for item in found if isinstance(item, kind)]


# --- all ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize(
    "body", [b"", b"%PDF-1.7\n\x00\xff", b'{"_embedded": {"bildungsangebotDTOList": [{"id"', b"[[[["]
)
def test_what_is_no_page_of_the_platform_is_unreadable_and_never_an_empty_catalogue(name: str, body: bytes) -> None:
    for kind in ("list", "detail", None):
        with pytest.raises(UnreadableError):
            read(bare_source(name), "https://example.org/kurse", body, kind=kind)


@pytest.mark.parametrize("name", ["hbz", "kufer", "labelled"])
def test_a_page_that_ends_in_the_middle_is_unreadable(name: str) -> None:
    whole = labelled_course("A-1") + b"<p class='kw-ue-box'>"
    with pytest.raises(UnreadableError, match="cut"):
        read(bare_source(name), "https://example.org/kurse", whole.replace(b"</html>", b""))


@pytest.mark.parametrize("name", ["mein_now", "ba", "table"])
def test_json_nested_without_end_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableError):
        read(bare_source(name), "https://example.org/x", b"[" * 200_000)


# --- mein NOW -------------------------------------------------------------------------------------------------------

SEARCH = "https://rest.mein-now.de/now-prod/suche/pc/v1/bildungsangebot"


def test_mein_now_starts_every_query_with_key_and_twenty_a_page() -> None:
    site = source("mein-now").model_copy(update={"options": {"api_key": "k", "queries": [{"ort": "A"}, {"ort": "B"}]}})
    first, second = platform("mein_now").start(site)
    assert first.url == f"{SEARCH}?page=0&ort=A&size=20"
    assert second.url == f"{SEARCH}?page=0&ort=B&size=20"
    assert first.headers == {"X-API-Key": "k"}


def test_mein_now_asks_for_all_pages_from_the_first_and_states_its_total() -> None:
    found = read(source("mein-now"), f"{SEARCH}?page=0&ort=A&size=20", mein_now([1, 2], total=45, pages=3))
    assert [follow.url for follow in of(Follow, found)] == [f"{SEARCH}?page={n}&ort=A&size=20" for n in (1, 2)]
    assert of(Total, found) == [Total("ort=A", 45, ("1", "2"))]
    later = read(source("mein-now"), f"{SEARCH}?page=1&ort=A&size=20", mein_now([3], total=45, pages=3, number=1))
    assert of(Follow, later) == []


def test_mein_now_notices_a_rewritten_query_a_full_window_and_missing_runs() -> None:
    body = json.loads(mein_now([1], total=12_000, removed="Fachfrau"))
    body["_embedded"]["bildungsangebotDTOList"][0]["anzahlTermine"] = 7
    notes = of(Note, read(source("mein-now"), f"{SEARCH}?page=0&sw=x", json.dumps(body).encode()))
    assert {note.kind: note.spoils for note in notes} == {
        "removed_token": True,
        "window": True,
        "runs_not_embedded": False,
    }
    assert "Fachfrau" in notes[0].message


# --- HBZ ------------------------------------------------------------------------------------------------------------

HBZ = "https://www.hbz-bildung.de/de/meister/meisterschulen-von-a-bis-z"


def test_hbz_makes_one_request_of_the_two_links_of_a_course() -> None:
    links = "".join(
        f"<a href='{href}'>x</a>"
        for href in (
            "/de/weiterbildung/maurer-7",
            "/de/weiterbildung/maurer-7#details",
            "/de/weiterbildung/",
            "/de/a-9",
        )
    )
    (follow,) = read(source("hbz"), HBZ, html(links))
    assert (follow.url, follow.kind, follow.ref) == (
        "https://www.hbz-bildung.de/de/weiterbildung/maurer-7",
        "detail",
        "7",
    )


def test_hbz_refuses_another_page_in_place_of_a_course() -> None:
    with pytest.raises(UnreadableError, match="course-detail"):
        read(source("hbz"), "https://www.hbz-bildung.de/de/weiterbildung/x-1", html("<h1>Wartung</h1>"), kind="detail")


def test_hbz_takes_no_amount_from_outside_the_fee_list() -> None:
    body = hbz_course("Kurs", fee="auf Anfrage").replace(b"<h1>", "<p>nur 1,00 € statt 2,00 €</p><h1>".encode())
    (record,) = read(source("hbz"), "https://www.hbz-bildung.de/de/weiterbildung/x-1", body)
    assert (record["price"], record["price_note"]) == ("auf Anfrage", None)


# --- Kufer ----------------------------------------------------------------------------------------------------------

VHS = "https://www.vhs-recklinghausen.de/sprachen/"
FORWARD = "<a href='/sprachen/kw/bereich/kursliste/browse/forward/kathaupt/26/'>weiter</a>"


def test_kufer_gives_each_category_a_session_of_its_own() -> None:
    follows = list(platform("kufer").start(source("vhs-recklinghausen")))
    assert len({follow.cookiejar for follow in follows}) == len(follows) == 7


def test_kufer_pages_within_the_session_and_keeps_what_the_card_says() -> None:
    body = html(f"<h1>Sprachen</h1>{card('26B-1')}{card('26B-2')}{FORWARD}")
    found = read(source("vhs-recklinghausen"), VHS, body, context={"jar": "s"})
    *courses, following = of(Follow, found)
    assert [(course.ref, course.cookiejar, course.kind) for course in courses] == [
        ("26B-1", None, "detail"),
        ("26B-2", None, "detail"),
    ]
    assert courses[0].fallback["title"] == "Englisch"
    assert courses[0].context == {"categories": ["Sprachen"]}
    assert (following.cookiejar, following.repeat, following.kind) == ("s", True, "list")


def test_kufer_stops_a_session_that_runs_in_a_circle() -> None:
    body = html(f"<h1>Sprachen</h1>{card('26B-1')}{FORWARD}")
    following = of(Follow, read(source("vhs-recklinghausen"), VHS, body, context={"jar": "s"}))[-1]
    again = read(source("vhs-recklinghausen"), VHS, body, context=following.context)
    assert [(note.kind, note.spoils) for note in again] == [("loop", True)]


def test_kufer_tells_an_empty_category_from_a_foreign_page() -> None:
    (note,) = read(source("vhs-recklinghausen"), VHS, html("<div class='kw-liste'>Keine Kurse</div>"))
    assert (note.kind, note.spoils) == ("empty_category", False)
    with pytest.raises(UnreadableError, match="generation"):
        read(source("vhs-recklinghausen"), VHS, html("<h1>Wartungsarbeiten</h1>"))


@pytest.mark.parametrize(
    "path",
    [
        "/sprachen/kw/bereich/kursdetails/kurs/26B-4901/kursname/Englisch/kategorie-id/26",
        "/kurse/kurs/Englisch/26B-4901",
    ],
)
def test_kufer_takes_the_number_of_either_generation_from_the_address(path: str) -> None:
    body = html("<h1>Englisch</h1><div class='kw-kurs-info-text'>Sprechen.</div>")
    (found,) = of(dict, read(source("vhs-recklinghausen"), f"https://vhs.example{path}", body))
    assert found["ref"] == "26B-4901"


def test_kufer_reports_a_card_without_number() -> None:
    body = html("<h1>S</h1><div class='kw-ue-box'><h4 class='kw-ue-title'><a href='/x'><b>Chor</b></a></h4></div>")
    (note,) = read(source("vhs-recklinghausen"), VHS, body)
    assert note.kind == "row_without_number"
    assert note.spoils


# --- labelled -------------------------------------------------------------------------------------------------------


def test_labelled_follows_its_links_and_the_next_list() -> None:
    body = html(
        "<nav><a href='/x'>x</a></nav><main><a class='kurs-link' href='/kurse/a-1'>A</a>"
        "<a class='kurs-link' href='/kurse/a-1'>A</a><a rel='next' href='?seite=2'>weiter</a></main>"
    )
    found = read(source("dekra"), "https://www.dekra-akademie.de/kurse", body)
    assert [(follow.url, follow.kind) for follow in found] == [
        ("https://www.dekra-akademie.de/kurse/a-1", "detail"),
        ("https://www.dekra-akademie.de/kurse?seite=2", "list"),
    ]


def test_labelled_refuses_a_page_on_which_no_course_is_stated() -> None:
    with pytest.raises(UnreadableError, match="no course page"):
        read(source("slv"), "https://slv.invalid/kurse/1", html("<main><h1>Impressum</h1></main>"), kind="detail")


def test_labelled_says_for_every_field_where_it_stood() -> None:
    (record,) = read(source("slv"), "https://slv.invalid/kurse/1", labelled_course("A-1"), kind="detail")
    assert record["raw"]["facts"] == [["Kursnummer", "A-1", "dl"]]


def test_labelled_prefers_the_selectors_of_the_source() -> None:
    site = source("slv").model_copy(update={"options": {"select": {"price": ".betrag"}}})
    body = html(
        "<main><h1>K</h1><dl><dt>Nr.</dt><dd>1</dd><dt>Preis</dt><dd>ab 5 €</dd></dl><b class='betrag'>7 €</b></main>"
    )
    (record,) = read(site, "https://slv.invalid/kurse/1", body, kind="detail")
    assert record["price"] == "7 €"


# --- table ----------------------------------------------------------------------------------------------------------


def table(body: bytes, **changes: Any) -> list[Any]:
    return read(bare_source("table").model_copy(update=changes), "file:///upload", body)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_table_reads_any_common_csv(delimiter: str, encoding: str) -> None:
    lines = [["Kurs-Nr.", "Titel", "Gebühr"], ["7", "Nähen für Anfänger", "5 €"]]
    (record,) = table("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    assert (record["ref"], record["title"], record["price"]) == ("7", "Nähen für Anfänger", "5 €")


def test_table_rejects_a_row_with_its_number_and_reason() -> None:
    found = table(b"Kursnummer;Titel\n1;A\n;B\n3;\n")
    assert [note.message for note in of(Note, found)] == [
        "Zeile 3: In der Spalte „Kursnummer“ fehlt der Schlüssel des Kurses.",
        "Zeile 4 (3): Der Titel fehlt.",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Titel;Ort\nA;B\n", "no column is a key"),
        (b"Kursnummer;Ort\n1;B\n", "no column is a title"),
        (b"Kursnummer;Titel;Titel\n1;A;B\n", "twice"),
        (b"Kursnummer;Titel\n1;A;B\n", "more cells"),
        (b"Kursnummer;Titel\n", "no rows"),
        (b"nur ein Satz", "no delimiter"),
        (b"<html></html>", "HTML"),
        (b'{"data": []}', "no column is a key|0 lists"),
        (b'{"id": 1}\n{"id": 2', "line 2"),
        (b"PK\x03\x04 damaged", "workbook"),
    ],
)
def test_table_says_what_is_wrong_with_a_file(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        table(body)


def test_table_signals_a_mapped_column_that_is_gone() -> None:
    with pytest.raises(UnreadableError, match="Preis"):
        table(b"Nr;Titel\n1;A\n", ref="Nr", columns={"title": "Titel", "price": "Preis"})


def test_table_never_lets_an_end_without_start_look_like_a_start() -> None:
    columns = {"title": "t", "instances.dates": "{a} - {b}"}
    (record,) = table(b'[{"n": 1, "t": "A", "a": null, "b": "2027-01-01"}]', ref="n", columns=columns)
    assert record["instances"][0]["dates"] == "- 2027-01-01"


def test_table_reads_a_workbook(tmp_path: Path) -> None:
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Kursnummer", "Titel", "Termin", "Preis"])
    book.active.append(["X1", "Löten", date(2027, 3, 1), 120])
    book.save(tmp_path / "kurse.xlsx")
    (record,) = table((tmp_path / "kurse.xlsx").read_bytes())
    assert (record["ref"], record["title"], record["price"]) == ("X1", "Löten", "120")
    assert record["instances"][0]["dates"] == "2027-03-01"
