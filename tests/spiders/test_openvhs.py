"""What Open-vhs tells beside its listings, and what is refused: status reports, damaged XML, hostile JSON."""

import json
from typing import Any

import pytest
from refusals import read_until_refused

from spiders.listing import ListingDict
from spiders.page import Note, Page
from spiders.parse import parse_pages
from spiders.platforms import openvhs
from spiders.source import bare_source

SOURCE = bare_source("openvhs")


def page(content: str | bytes) -> Page:
    return Page("https://example.org/x", content=content.encode() if isinstance(content, str) else content)


def berlin(*events: Any) -> str:
    return json.dumps({"veranstaltungen": {"@version": "1.1", "veranstaltung": list(events)}})


def listings(content: str | bytes) -> list[ListingDict]:
    return list(parse_pages(SOURCE, [page(content)]))


def refused(content: str | bytes) -> tuple[list[str | None], str]:
    return read_until_refused(openvhs.read(page(content), SOURCE))


COUNTS = (
    "<guid>7</guid><minimale_teilnehmerzahl>6</minimale_teilnehmerzahl>"
    "<aktuelle_teilnehmerzahl>9</aktuelle_teilnehmerzahl>"
)


@pytest.mark.parametrize(
    "content",
    [
        f'<b:belegungsstatus xmlns:b="urn:x"><veranstaltung>{COUNTS}</veranstaltung></b:belegungsstatus>',
        f'<b:veranstaltungen xmlns:b="http://example.org/Open-VHS-Belegungsstatus"><veranstaltung>{COUNTS}'
        "</veranstaltung></b:veranstaltungen>",
        f"<veranstaltungen><veranstaltung>{COUNTS}</veranstaltung></veranstaltungen>",
        berlin({"guid": "7", "aktuelle_teilnehmerzahl": "9", "maximale_teilnehmerzahl": "12"}),
    ],
    ids=["root", "namespace", "members", "json"],
)
def test_a_status_report_is_refused_by_name(content: str) -> None:
    refs, reason = refused(content)
    assert refs == []
    assert "belegungsstatus" in reason


def test_what_nobody_knows_is_told_once() -> None:
    event = {
        "guid": "1",
        "name": "Kurs",
        "neues_feld": {"tiefer": "x"},
        "merkmale": {"merkmal": [{"name": "D(1)", "wert": "true"}, {"name": "vhscloud_kurs", "wert": "true"}]},
        "text": [{"eigenschaft": "Wetter", "text": "Sonne"}, {"eigenschaft": "Beschreibung", "text": "Malen"}],
    }
    found = list(openvhs.read(page(berlin(event, {**event, "guid": "2"})), SOURCE))
    assert [(note.kind, note.message) for note in found if isinstance(note, Note)] == [
        ("unknown_element", "neues_feld"),
        ("unknown_element", "tiefer"),
        ("unknown_feature", "D(1)"),
        ("unknown_text", "wetter"),
    ]
    assert [row["description"] for row in found if isinstance(row, dict)] == ["Sonne\n\nMalen"] * 2


def test_one_event_alone_is_no_list() -> None:
    assert [row["ref"] for row in listings('{"veranstaltungen": {"veranstaltung": {"guid": "1", "name": "K"}}}')] == [
        "1"
    ]
    assert [row["ref"] for row in listings("<veranstaltung><guid>1</guid></veranstaltung>")] == ["1"]


def test_numbers_beside_strings_are_kept_as_text() -> None:
    (row,) = listings(berlin({"guid": 5, "name": "K", "preis": {"betrag": 12.5}, "maximale_teilnehmerzahl": 12}))
    assert (row["ref"], row["price"]) == ("5", "12.5")
    assert row["instances"][0]["availability"] is None  # nothing is said of the booked


def test_events_without_a_guid_and_values_that_are_none() -> None:
    rows = list(openvhs.read(page(berlin({"name": "ohne"}, "nur Text", ["Liste"], {"guid": "9"})), SOURCE))
    assert [row["ref"] for row in rows if isinstance(row, dict)] == [None, None, None, "9"]


def test_no_teacher_is_kept() -> None:
    event = {"guid": "1", "dozent": {"name": "Geheim"}, "text": {"eigenschaft": "Kursleitung", "text": "Frau Geheim"}}
    assert "Geheim" not in str(listings(berlin(event)))


def test_cut_json_is_refused_after_what_could_be_read() -> None:
    whole = berlin(*({"guid": str(number), "name": "Kurs"} for number in range(5000)))
    refs, reason = refused(whole[: whole.index('"guid": "4990"')])
    assert refs == [str(number) for number in range(4990)]
    assert "cut" in reason
    assert len(refused(whole[:-1])[0]) == 5000
    assert len(refused(whole + "x")[0]) == 5000


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"andere": []}',
        '{"veranstaltungen": []}',
        '{"veranstaltungen": {5: 6}}',
        '{"veranstaltungen": {"veranstaltung": [{"guid": "1"} {"guid": "2"}]}}'.replace('{"guid": "1"}', "wahr"),
        '{"veranstaltungen": {"veranstaltung": [' + "[" * 100_000,
        '{"veranstaltungen": {"veranstaltung": [' + '{"a":' * 60 + "1" + "}" * 60 + "]}}",
        '{"veranstaltungen": {"veranstaltung": ["' + "x" * 6_000_000,
        '{"veranstaltungen": {"veranstaltung": [' + "9" * 10_000 + "]}}",
        '{"veranstaltungen": {"veranstaltung": [{"name": "Prüfung"}]}}'.encode("latin-1"),
        "<veranstaltungen><veranstaltung><guid>1</guid>",
        "<kurse/>",
        "",
    ],
)
def test_what_is_no_openvhs_is_refused(content: str | bytes) -> None:
    assert refused(content)[0] == []


def test_a_value_that_ends_with_a_piece_is_read_whole() -> None:
    """The reader holds 64 KiB at a time; a number cut in two would be another number."""
    begin = '{"veranstaltungen": {"veranstaltung": [{"guid": "'
    for shift in range(6):
        filling = "x" * (65_536 - len(begin) - 30 + shift)
        (row,) = listings(f'{begin}1", "name": "{filling}", "maximale_teilnehmerzahl": 1234, "dauer": 15.5}}]}}}}')
        assert (row["raw"]["maximale_teilnehmerzahl"], row["duration"]) == (1234, "15.5 UE")
    (first, second) = listings(
        '{"n": %s, "veranstaltungen": {"veranstaltung": [{"guid": 1}, {"guid": 2}]}}' % ("7" * 70_000 + ".0")
    )
    assert (first["ref"], second["ref"]) == ("1", "2")
