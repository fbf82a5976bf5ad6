"""Calendars to subscribe to: calendars/provider/<key>.ics and calendars/topic/<key>.ics.

`events.jsonl` is the memory behind them: of every run its UID, its SEQUENCE and when it last changed. A run that is
changed has the next number; one that vanishes before its time is not silently gone but CANCELLED, with the next number
too, until thirty days after its end. One that was found to be another listing of the same run is MERGED: the other
stands in the calendar. DuckDB joins the memory of the version before with the runs of this one, however many they are.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import duckdb

from exports.files import Record
from exports.formats import ics
from exports.formats.edition import Edition, Item
from exports.formats.engine import engine
from normalize.labels import label
from normalize.text import fold

EVENTS = "events.jsonl"
FOLDER = "calendars"
# What is left of a run that was taken down: a calendar must learn that it is off, and nothing else.
BLANK = {"summary": "Entfällt", "location": "", "description": "", "url": "", "categories": []}
SHOWN = timedelta(days=30)  # after its end an event leaves the calendars

_COLUMNS = (
    "{uid: 'VARCHAR', sequence: 'INTEGER', modified: 'VARCHAR', status: 'VARCHAR', last: 'VARCHAR', "
    "provider: 'VARCHAR', topics: 'VARCHAR[]', digest: 'VARCHAR', run: 'JSON'}"
)
# What is there today and in the memory; what is there no more and not yet over is cancelled.
_JOINED = """
COPY (
    WITH paired AS (
        SELECT uid, was, now, now.uid IS NULL AS gone
        FROM (SELECT * FROM read_json($new, format = 'newline_delimited', columns = {columns})) AS now
        FULL JOIN (SELECT * FROM {memory}) AS was USING (uid)
    ), stated AS (
        SELECT *, CASE WHEN gone THEN was ELSE now END AS one,
            CASE WHEN NOT gone THEN now.status WHEN was.last < $today OR was.status = 'MERGED' THEN was.status
                ELSE 'CANCELLED' END AS state
        FROM paired
    ), compared AS (
        SELECT *, was.uid IS NULL AS fresh, was.status <> state OR was.digest <> one.digest AS changed FROM stated
    )
    SELECT uid,
        CASE WHEN fresh THEN 0 WHEN changed THEN was.sequence + 1 ELSE was.sequence END AS sequence,
        CASE WHEN fresh OR changed THEN $now ELSE was.modified END AS modified,
        state AS status, one.last AS last, one.provider AS provider, one.topics AS topics, one.digest AS digest,
        CASE WHEN gone AND $forget AND was.run IS NOT NULL THEN json_merge_patch(was.run, $blank)
            ELSE coalesce(one.run, was.run) END AS run
    FROM compared WHERE NOT gone OR one.last >= $oldest ORDER BY uid
) TO $to (FORMAT json)
"""
_NO_MEMORY = (
    "(SELECT '' AS uid, 0 AS sequence, '' AS modified, '' AS status, '' AS last, '' AS provider, "
    "[]::VARCHAR[] AS topics, '' AS digest, NULL::JSON AS run WHERE false)"
)
_SHOWN = "status <> 'MERGED' AND last >= $oldest"


class Calendars:
    """Writes the memory and the calendars made from it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._new = edition.open(".events.jsonl")
        self._names: dict[str, str] = {}  # of the providers

    def add(self, item: Item) -> None:
        """Note the runs of a course."""
        if provider := item.record["provider"]:
            self._names.setdefault(provider["key"], provider["name"])
        for run in item.runs:
            if run["instance_id"] and run["start"] and run["precision"] == "day":
                self._note(run["instance_id"], _status(run), _event(run, item, self._edition), item)
                for other in run["same_as"]:
                    self._note(other, "MERGED", None, item)

    def _note(self, instance_id: str, status: str, run: Record | None, item: Item) -> None:
        text = json.dumps([status, run], ensure_ascii=False, sort_keys=True)
        line = {
            "uid": f"{_digest(instance_id)}@bildungsraum",
            "status": status,
            "last": (run["end"] or run["start"]) if run else "9999",
            "provider": item.record["provider"] and item.record["provider"]["key"],
            "topics": item.record["topics"],
            "digest": _digest(text),
            "run": run,
        }
        self._new.write(json.dumps(line, ensure_ascii=False) + "\n")

    def finish(self) -> None:
        """Join with the memory and write the calendars."""
        self._new.close()
        new, memory = self._edition.folder / ".events.jsonl", self._edition.folder / EVENTS
        with engine(self._edition.folder) as con:
            self._join(con, new, memory)
            self._write(con, "provider", "provider", "provider IS NOT NULL")
            self._write(con, "topic", "unnest(topics)", "true")
        new.unlink()

    def _join(self, con: duckdb.DuckDBPyConnection, new: Path, memory: Path) -> None:
        former = self._edition.previous / EVENTS if self._edition.previous else None
        known = former is not None and former.exists()
        old = f"read_json($old, format = 'newline_delimited', columns = {_COLUMNS})" if known else _NO_MEMORY
        values = {
            "new": str(new),
            "to": str(memory),
            "now": self._edition.created_at,
            "today": self._edition.today.isoformat(),
            "oldest": self._oldest(),
            "forget": self._edition.forget,
            "blank": json.dumps(BLANK, ensure_ascii=False),
        }
        con.execute(_JOINED.format(columns=_COLUMNS, memory=old), values | ({"old": str(former)} if known else {}))

    def _oldest(self) -> str:
        return (self._edition.today - SHOWN).isoformat()

    def _write(self, con: duckdb.DuckDBPyConnection, kind: str, key: str, where: str) -> None:
        """One calendar for each value of a column, its events by date."""
        found = con.execute(
            f"SELECT {key} AS key, uid, sequence, modified, status, run "  # noqa: S608 - our own words
            f"FROM read_json($events, format = 'newline_delimited', columns = {_COLUMNS}) "
            f"WHERE {_SHOWN} AND {where} ORDER BY key, run->>'start', uid",
            {"events": str(self._edition.folder / EVENTS), "oldest": self._oldest()},
        )
        for value, events in groupby(_rows(found), key=lambda row: row[0]):
            name = self._names.get(value, value) if kind == "provider" else label("topic", value)
            folder = self._edition.folder / FOLDER / kind
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{file_name(value)}.ics").open("wb") as file:
                _write_calendar(file, f"Kurse: {name}", events)


def _write_calendar(file: IO[bytes], name: str, events: Iterator[Any]) -> None:
    file.write(ics.head(name))
    for _, uid, sequence, modified, status, run in events:
        file.write(ics.event(uid, sequence, modified, status, json.loads(run)))
    file.write(ics.tail())


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    while rows := found.fetchmany(1000):
        yield from rows


def _status(run: Record) -> str:
    return "CANCELLED" if run["status"] == "cancelled" else "CONFIRMED"


def _event(run: Record, item: Item, edition: Edition) -> Record:
    """What a calendar shows of a run."""
    place, provider = run["place"], item.record["provider"]
    house = ", ".join(filter(None, (place["venue"], place["room"], place["street"])))
    town = " ".join(filter(None, (place["postcode"], place["city"])))
    told = [
        provider and provider["name"],
        run["price"]["amount"] and f"Preis: {run['price']['amount'].replace('.', ',')} {run['price']['currency']}",
        run["deadline"] and f"Anmeldeschluss: {'.'.join(reversed(run['deadline'].split('-')))}",
    ]
    return {
        "start": run["start"],
        "end": run["end"],
        "start_time": run["start_time"],
        "end_time": run["end_time"],
        "summary": item.record["title"] or "",
        "location": "online" if place["online"] else ", ".join(filter(None, (house, town))),
        "description": "\n".join(filter(None, told)),
        "url": edition.url(item.record["slug"]),
        "categories": [label("topic", topic) for topic in item.record["topics"]],
    }


def file_name(key: str) -> str:
    """A key as the name of a file; one that has other characters than letters and digits is told apart by a hash."""
    if re.fullmatch(r"[a-z0-9_-]{1,80}", key):
        return key
    return f"{fold(key).replace(' ', '-')[:80]}-{_digest(key)[:8]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
