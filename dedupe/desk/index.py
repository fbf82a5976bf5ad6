"""The index of a snapshot: a SQLite file beside its lines, so that the desk finds a line without reading the others.

The night writes it; for a snapshot without one the desk does at its start. It holds where each offer, course and
candidate begins in its file, and of every waiting pair what the queue orders and filters by.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dedupe.desk import search
from dedupe.desk.benefit import affected_runs, benefit

NAME = "desk.sqlite"
SCHEMA_VERSION = 2

_SCHEMA = """
create table meta (key text primary key, value text) without rowid;
create table offer (
  offer_id text primary key, begin integer, length integer, course_id text, source text, provider text, title text,
  places text, status text, match_hash text, first_seen text
) without rowid;
create table course (course_id text primary key, begin integer, length integer, title text, runs integer) without rowid;
create table waiting (
  position integer primary key, left text, right text, begin integer, length integer, kind text, probability real,
  reason text, since text, runs integer
);
"""


def write_index(snapshot: Path, previous: Path | None = None) -> Path:
    """Write the index of a snapshot folder, beside and renamed; `previous`: an older snapshot folder, from whose index
    a pair keeps the night since which it waits."""
    part = snapshot / f".{NAME}.{os.getpid()}.part"
    part.unlink(missing_ok=True)
    con = sqlite3.connect(part)
    try:
        con.execute("pragma journal_mode = off")
        con.execute("pragma synchronous = off")
        con.executescript(_SCHEMA + search.SCHEMA)
        run_id = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))["run_id"]
        con.executemany("insert into meta values (?, ?)", {"schema": str(SCHEMA_VERSION), "run_id": run_id}.items())
        courses = {row["offer_id"]: row["course_id"] for _, _, row in _rows(snapshot / "clusters.jsonl")}
        texts: list[search.Text] = []
        con.executemany("insert into offer values (?,?,?,?,?,?,?,?,?,?,?)", _offers(snapshot, courses, texts))
        con.execute("create index members on offer (course_id)")
        con.executemany("insert into course values (?,?,?,?,?)", _courses(snapshot, run_day(run_id), texts))
        search.add_texts(con, texts)
        rows = sorted(_waiting(con, snapshot, run_id, _since(previous)), key=lambda row: row[0])
        con.executemany(
            "insert into waiting values (?,?,?,?,?,?,?,?,?,?)", ((n, *row[1:]) for n, row in enumerate(rows, start=1))
        )
        con.commit()
    finally:
        con.close()
    part.replace(snapshot / NAME)
    return snapshot / NAME


def is_current(path: Path) -> bool:
    """Whether there is an index of the form that this version of the program reads."""
    if not path.exists():
        return False
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True) as con:
        found = con.execute("select value from meta where key = 'schema'").fetchone()
    return bool(found == (str(SCHEMA_VERSION),))


def run_day(run_id: str) -> str:
    """The day of a run, ISO: run ids are moments in UTC."""
    return run_moment(run_id).date().isoformat()


def run_moment(run_id: str) -> datetime:
    """The moment a run id names."""
    return datetime.strptime(run_id, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _rows(path: Path) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Where each line of a file begins, how long it is, and what it says; no file is no lines."""
    if not path.exists():
        return
    begin = 0
    with path.open("rb") as file:
        for line in file:
            yield begin, len(line), json.loads(line)
            begin += len(line)


def _offers(snapshot: Path, courses: dict[str, str], texts: list[search.Text]) -> Iterator[tuple[Any, ...]]:
    for begin, length, row in _rows(snapshot / "offers.jsonl"):
        places = sorted({run["place"]["city"] for run in row["instances"] if run["place"]["city"]})
        provider = (row["provider"] or {}).get("name")
        texts.append(("offer", row["offer_id"], courses.get(row["offer_id"]), search.offer_text(row, places)))
        yield (
            row["offer_id"], begin, length, courses.get(row["offer_id"]), row["source"], provider, row["title"],
            json.dumps(places, ensure_ascii=False), row["status"], row["match_hash"], row["first_seen"],
        )  # fmt: skip


def _courses(snapshot: Path, day: str, texts: list[search.Text]) -> Iterator[tuple[Any, ...]]:
    for begin, length, row in _rows(snapshot / "courses.jsonl"):
        texts.append(("course", row["course_id"], row["course_id"], search.course_text(row)))
        yield row["course_id"], begin, length, row["title"], affected_runs(row, day)


def _since(previous: Path | None) -> dict[tuple[str, str], str]:
    """Since which night the pairs of an older snapshot wait."""
    if previous is None or not is_current(previous / NAME):
        return {}
    with sqlite3.connect(f"{(previous / NAME).resolve().as_uri()}?mode=ro&immutable=1", uri=True) as con:
        return {(left, right): since for left, right, since in con.execute("select left, right, since from waiting")}


def _waiting(
    con: sqlite3.Connection, snapshot: Path, run_id: str, since: dict[tuple[str, str], str]
) -> Iterator[tuple[Any, ...]]:
    """The pairs to decide, each behind the key it is ordered by."""
    refused = {
        (row["left"], row["right"]): row
        for _, _, row in _rows(snapshot / "conflicts.jsonl")
        if not row["made"] and row["kind"] != "typed_conflict"
    }
    for begin, length, row in _rows(snapshot / "candidates.jsonl"):
        pair = (row["left"], row["right"])
        kind = "changed" if row["changed_since_judged"] else _kind(refused.get(pair))
        yield _line(con, pair, begin, length, kind, row["probability"], row["reason"], run_id, since)
    for pair, row in refused.items():
        if row["by"] == "human":
            yield _line(con, pair, None, None, "contradiction", None, row["reason"], run_id, since)


def _kind(refusal: dict[str, Any] | None) -> str:
    return refusal["kind"] if refusal and refusal["kind"] in ("fusion", "misfit") else "doubt"


def _line(
    con: sqlite3.Connection,
    pair: tuple[str, str],
    begin: int | None,
    length: int | None,
    kind: str,
    probability: float | None,
    reason: str,
    run_id: str,
    since: dict[tuple[str, str], str],
) -> tuple[Any, ...]:
    sides = [
        con.execute(
            "select first_seen, coalesce(runs, 0) from offer left join course using (course_id) where offer_id = ?",
            (offer_id,),
        ).fetchone()
        or ("", 0)
        for offer_id in pair
    ]
    runs = sum(side[1] for side in sides)
    born = max(side[0] for side in sides)
    asked = since.get(pair) or (run_id if since else born)
    first = 0 if kind in ("changed", "contradiction") else 1 if kind in ("fusion", "misfit") else 2
    key = (first, -benefit(runs, probability), asked, pair)
    return key, *pair, begin, length, kind, probability, reason, asked, runs
