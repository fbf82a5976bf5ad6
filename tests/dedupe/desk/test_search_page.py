"""Finding courses and offers, and what the page of a course tells."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dedupe import journal
from dedupe.golden import Known
from tests.dedupe.desk.conftest import token_of
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN, visible, write_night

EVIL = "<script>alert(1)</script> \u202everdreht"


RUN: dict[str, Any] = {"town": "Bottrop", "starts": ("2027-03-01",)}
OFFERS = [
    Known(visible(one), FIRST_SEEN, "active")
    for one in (
        offer("haus:1", "Schweißen MAG", price="480.00", **RUN),
        offer("amt:9", "Schweißen MAG", kind="aggregator", subtitle="nur hier", **RUN),
        offer("haus:2", "Excel Pivot", "Haus Übung e.V."),
        offer("boese:1", EVIL * 300, "<b>Haus</b>", url="javascript:alert(1)", description="<img src=x onerror=x()>"),
    )
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a course of two offers, another course, and one that means harm."""
    same = {"kind": "judge", "at": "2026-11-20", "user": "eva", "left": "amt:9", "right": "haus:1", "verdict": "same"}
    journal.append(tmp_path / "journal.jsonl", same)
    write_night(tmp_path, OFFERS)
    return tmp_path


def test_words_numbers_and_ids_find_a_course_once_with_its_offers(eva: TestClient) -> None:
    page = eva.get("/search", params={"q": "mag SCHWEISSEN"}).text
    assert page.count('<li class="line">') == 1
    assert "amt:9" in page
    assert "haus:1" in page
    assert "Excel Pivot" in eva.get("/search", params={"q": "übung"}).text
    assert "Nichts gefunden." in eva.get("/search", params={"q": "schweissen pivot"}).text
    assert "Nichts gefunden." not in eva.get("/search").text


def test_from_a_course_another_one_is_found_and_held_against_it(eva: TestClient) -> None:
    page = eva.get("/search", params={"q": "pivot", "beside": "haus:1"}).text
    assert "/pair?left=haus%3A1&amp;right=haus%3A2" in page
    assert "/pair?" not in eva.get("/search", params={"q": "schweissen", "beside": "haus:1"}).text  # the same course


def test_a_merge_that_the_machine_did_not_propose_takes_effect(home: Path, eva: TestClient) -> None:
    page = eva.get("/pair", params={"left": "haus:1", "right": "haus:2"})
    hidden = dict(re.findall(r'form="decide" name="(\w+)" value="([^"]*)"', page.text))
    token = {"csrf": token_of(page), "verdict": "same"}
    assert eva.post("/pair", data=hidden | token).status_code == 303
    write_night(home, OFFERS, "20261122T003000Z")
    page = eva.get("/course", params={"offer": "haus:2"})
    assert "Angebote in diesem Kurs (3)" in page.text


def test_a_course_tells_its_values_where_they_come_from_and_its_offers(eva: TestClient) -> None:
    page = eva.get("/course", params={"offer": "amt:9"}).text
    assert "Angebote in diesem Kurs (2)" in page
    assert "nur hier angegeben" in page
    assert "480,00 €" in page
    assert "01.03.2027" in page
    assert eva.get("/course", params={"offer": "nirgends:1"}).status_code == 404
    assert eva.get("/course").status_code == 404


def test_harm_is_shown_as_text(eva: TestClient) -> None:
    for page in (
        eva.get("/course", params={"offer": "boese:1"}).text,
        eva.get("/search", params={"q": "verdreht"}).text,
    ):
        assert "verdreht" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert 'href="javascript' not in page
    assert "&lt;script&gt;" in eva.get("/search", params={"q": "<script>alert(1)</script>"}).text
