"""Calendars to subscribe to: calendars/provider/<key>.ics and calendars/topic/<key>.ics, their events by date."""

import hashlib
import re
from collections.abc import Iterator
from itertools import groupby

import orjson

from exports.files import Record, canonical, read_records
from exports.formats import ics
from exports.formats.edition import Edition, Item
from exports.formats.event_memory import CANCELLED, CONFIRMED, EVENTS, MERGED, is_shown, remembered
from normalize.labels import label
from normalize.text import fold

FOLDER = "calendars"


class Calendars:
    """Writes the memory of events and the calendars made from it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._noted = edition.sorted_lines()
        self._names: dict[str, str] = {}  # of the providers

    def add(self, item: Item) -> None:
        """Note the runs of a course."""
        provider = item.record["provider"]
        if provider:
            self._names.setdefault(provider["key"], provider["name"])
        told = {"provider": provider and provider["key"], "topics": item.record["topics"]}
        for run in item.runs:
            if run["instance_id"] and run["start"] and run["precision"] == "day":
                told |= {"first": run["start"], "last": run["end"] or run["start"]}
                status = CANCELLED if run["status"] == "cancelled" else CONFIRMED
                self._note(run["instance_id"], status, told | _event(run, item, self._edition))
                for other in run["same_as"]:
                    self._note(other, MERGED, told | {"dates": None, "text": None})

    def _note(self, instance_id: str, status: str, told: Record) -> None:
        uid, digest = f"{_digest(instance_id)}@bildungsraum", _digest(f"{status}\n{told['dates']}{told['text']}")
        event = told | {"uid": uid, "status": status, "digest": digest}
        self._noted.add(b"%b\t%b" % (uid.encode(), canonical(event)))

    def finish(self) -> None:
        """Join with the memory and write the calendars."""
        former = self._edition.previous / EVENTS if self._edition.previous else None
        known = read_records(former) if former is not None and former.exists() else iter(())
        noted = (orjson.loads(line.partition(b"\t")[2]) for line in self._noted)
        entries = self._edition.sorted_lines()
        with (self._edition.folder / EVENTS).open("wb") as memory:
            for event in remembered(known, noted, self._edition):
                memory.write(canonical(event))
                if is_shown(event, self._edition):
                    for entry in _entries(event):
                        entries.add(entry)
        for (kind, key), lines in groupby(entries, key=lambda line: line.split(b"\t", 2)[:2]):
            self._write(kind.decode(), orjson.loads(key), lines)

    def _write(self, kind: str, key: str, entries: Iterator[bytes]) -> None:
        name = self._names.get(key, key) if kind == "provider" else label("topic", key)
        folder = self._edition.folder / FOLDER / kind
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{file_name(key)}.ics").open("wb") as file:
            file.write(ics.head(f"Kurse: {name}"))
            file.writelines(entry.split(b"\t", 4)[4][:-1].replace(b"\r", b"\r\n") for entry in entries)
            file.write(ics.tail())


def _entries(event: Record) -> Iterator[bytes]:
    """The lines that sort an event into its calendars: kind, key (as JSON), day, UID, and the event itself, which has
    neither tabs nor line feeds."""
    keys = [("provider", event["provider"])] if event["provider"] else []
    keys += [("topic", topic) for topic in event["topics"]]
    told = ics.event(*(event[name] for name in ("uid", "sequence", "modified", "status", "dates", "text")))
    rest = b"\t%b\t%b\t%b\n" % (event["first"].encode(), event["uid"].encode(), told.replace(b"\r\n", b"\r"))
    for kind, key in keys:
        yield b"%b\t%b%b" % (kind.encode(), orjson.dumps(key), rest)


def _event(run: Record, item: Item, edition: Edition) -> Record:
    """What a calendar shows of a run."""
    place, provider, price = run["place"], item.record["provider"], run["price"]
    house = ", ".join(filter(None, (place["venue"], place["room"], place["street"])))
    town = " ".join(filter(None, (place["postcode"], place["city"])))
    told = [
        provider and provider["name"],
        price["amount"] and f"Preis: {price['amount'].replace('.', ',')} {price['currency']}",
        run["deadline"] and f"Anmeldeschluss: {'.'.join(reversed(run['deadline'].split('-')))}",
    ]
    return {
        "dates": ics.dates(run["start"], run["end"], run["start_time"], run["end_time"]),
        "text": ics.text(
            item.record["title"] or "",
            "online" if place["online"] else ", ".join(filter(None, (house, town))),
            "\n".join(filter(None, told)),
            [label("topic", topic) for topic in item.record["topics"]],
            edition.url(item.record["slug"]),
        ),
    }


def file_name(key: str) -> str:
    """A key as the name of a file; one that has other characters than letters and digits is told apart by a hash."""
    if re.fullmatch(r"[a-z0-9_-]{1,80}", key):
        return key
    return f"{fold(key).replace(' ', '-')[:80]}-{_digest(key)[:8]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
