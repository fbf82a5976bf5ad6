"""Search: words in any order and however written, numbers, ids, providers; offers of one course together."""

import sqlite3
from collections.abc import Iterator

import pytest

from dedupe.desk.search import SCHEMA, Hit, add_texts, course_text, find, offer_text
from tests.dedupe.offers import offer

OFFERS = [
    ("c1", offer("house:W-7", "Schweißer-Prüfung MAG", "Lernhaus Ruhr gGmbH", course_number="SW/2026-7"), ["Buer"]),
    ("c1", offer("agency:4711", "MAG Schweisserpruefung", "Lernhaus Ruhr gGmbH"), ["Gelsenkirchen"]),
    ("c2", offer("house:W-8", "Schweißen für Anfänger", "Haus Übung e.V.", subtitle="Abendkurs"), ["Marl"]),
    ("c3", offer("house:X-1", 'Excel "Pivot" OR NEAR(x) *', "Lernhaus Ruhr gGmbH"), ["Herten"]),
]  # fmt: skip


@pytest.fixture
def con() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as con:
        con.executescript(SCHEMA)
        rows = [(course, one.model_dump(mode="json"), places) for course, one, places in OFFERS]
        add_texts(con, [("offer", row["offer_id"], course, offer_text(row, places)) for course, row, places in rows])
        course = {"title": "Schweißen lernen", "provider": None, "course_number": None, "course_id": "c2"}
        add_texts(con, [("course", "c2", "c2", course_text(course))])
        yield con
    con.close()


@pytest.mark.parametrize(
    ("question", "courses"),
    [
        ("schweißerprüfung", {"c1"}),
        ("SCHWEISS", {"c1", "c2"}),
        ("mag schweisserpruefung", {"c1"}),
        ("prüfung schweißer", {"c1"}),
        ("ruhr pivot", {"c3"}),
        ("herten lernhaus", {"c3"}),
        ("SW/2026-7", {"c1"}),
        ("agency:4711", {"c1"}),
        ("c2", {"c2"}),
        ("übung abend", {"c2"}),
        ("lernen", {"c2"}),  # only the course is called so
        ("schweissen excel", set()),
        ("", set()),
        (' "*) -', set()),
        ("near OR pivot", {"c3"}),  # words, not operators
    ],
)
def test_a_question_finds_what_has_all_its_words(con: sqlite3.Connection, question: str, courses: set[str]) -> None:
    assert {hit.course_id for hit in find(con, question, 10).hits} == courses


def test_offers_of_one_course_are_one_hit(con: sqlite3.Connection) -> None:
    (both,) = find(con, "mag", 10).hits
    assert set(both.offers) == {"agency:4711", "house:W-7"}


def test_what_is_left_out_is_said(con: sqlite3.Connection) -> None:
    assert find(con, "lernhaus", 1).more
    assert not find(con, "lernhaus", 2).more


def test_an_offer_without_a_course_is_a_hit_of_its_own(con: sqlite3.Connection) -> None:
    add_texts(con, [("offer", "x:1", None, "Einzelstück")])
    assert find(con, "einzelstueck", 10).hits == (Hit(None, ("x:1",)),)
