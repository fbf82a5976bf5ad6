"""Finding courses and offers by words in any order, by numbers and by ids: a full-text table in the snapshot's index.

Texts and questions are folded alike ("Schweißen", "schweissen"), and a word finds what begins with it.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from normalize.text import fold

MOST_WORDS = 12  # of a question
MOST_HITS = 400  # that are looked at for one answer

# Only which word occurs where is kept, not its places: a question is a set of words, never a phrase.
SCHEMA = """
create virtual table words using fts5 (text, content='', detail=none, prefix='2 3');
create table found (n integer primary key, kind text, id text, course_id text);
"""

Kind = Literal["course", "offer"]
Text = tuple[Kind, str, str | None, str]  # kind, id, course id, what can be searched for


@dataclass(frozen=True, slots=True)
class Hit:
    """A course that was found, by itself or by these of its offers, the best first."""

    course_id: str | None
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits; `more` if there are others."""

    hits: tuple[Hit, ...]
    more: bool


def add_texts(con: sqlite3.Connection, texts: Iterable[Text]) -> None:
    """Fill the tables of SCHEMA."""
    numbers = count(1 + (con.execute("select max(n) from found").fetchone()[0] or 0))
    for number, (kind, own_id, course_id, text) in zip(numbers, texts, strict=False):
        con.execute("insert into words (rowid, text) values (?, ?)", (number, fold(text)))
        con.execute("insert into found values (?, ?, ?, ?)", (number, kind, own_id, course_id))


def offer_text(row: dict[str, Any], places: Iterable[str]) -> str:
    """What an offer (as JSON) is found by."""
    provider = row["provider"] or {}
    said = (row["title"], row["subtitle"], provider.get("name"), row["course_number"], row["offer_id"], *places)
    return " ".join(text for text in said if text)


def course_text(row: dict[str, Any]) -> str:
    """What a course (as JSON) is found by, beside its offers."""
    provider = row["provider"] or {}
    said = (row["title"], provider.get("name"), row["course_number"], row["course_id"])
    return " ".join(text for text in said if text)


def find(con: sqlite3.Connection, question: str, most: int) -> Found:
    """The courses and offers in which every word of the question begins a word, offers of one course together."""
    words = _asked(question)
    if not words:
        return Found((), more=False)
    sql = (
        "select kind, id, course_id from words join found on n = words.rowid where words match ?"
        " order by rank, kind, id limit ?"
    )
    rows = con.execute(sql, (words, MOST_HITS)).fetchall()
    groups: dict[str, list[str]] = {}
    for kind, own_id, course_id in rows:
        offers = groups.setdefault(course_id or own_id, [])
        if kind == "offer":
            offers.append(own_id)
    known = {course_id for _, _, course_id in rows if course_id}
    hits = tuple(Hit(key if key in known else None, tuple(offers)) for key, offers in groups.items())
    return Found(hits[:most], more=len(hits) > most or len(rows) == MOST_HITS)


def offers_with(con: sqlite3.Connection, question: str) -> frozenset[str]:
    """All offers in which every word of the question begins a word."""
    words = _asked(question)
    if not words:
        return frozenset()
    sql = "select id from words join found on n = words.rowid where words match ? and kind = 'offer'"
    return frozenset(row[0] for row in con.execute(sql, (words,)))


def _asked(question: str) -> str:
    """A question in the words of the full-text table; empty if there is none."""
    return " AND ".join(f'"{word}" *' for word in fold(question).split()[:MOST_WORDS])
