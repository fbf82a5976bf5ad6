"""The journal as the desk sees it: read once, then only what was appended since, by whomever."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from dedupe.journal import Event, append_if, live, parsed

Subject = tuple[str, ...]  # what an event decides on: ("judge", left, right), ("override", offer id, field), ...

SUBJECT_FIELDS: dict[str, tuple[str, ...]] = {
    "judge": ("left", "right"),
    "recheck": ("left", "right"),
    "override": ("offer_id", "field"),
    "assign": ("what", "raw"),
    "rename": ("old",),
    "release": ("source",),
}
TICK = timedelta(milliseconds=1)


class Ledger:
    """All events of a journal, and of each subject the newest that is in force."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self.version = 0  # grows with every event: what was computed from the ledger is good while it stands still
        self._now = now
        self._lock = threading.RLock()
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._read = 0
        self._events: list[Event] = []
        self._by_id: dict[str, Event] = {}
        self._groups: dict[Subject, list[Event]] = {}
        self._in_force: dict[Subject, Event] = {}
        self._dead: set[str] = set()
        self._batches: dict[str, list[Event]] = {}
        self._judged: dict[str, set[Subject]] = {}  # offer id -> the pairs with it that were ever judged
        self._newest = datetime.min.replace(tzinfo=UTC)

    @property
    def events(self) -> list[Event]:
        """All events, oldest first."""
        return self._events

    def event(self, event_id: str) -> Event | None:
        """One event by its id."""
        return self._by_id.get(event_id)

    def is_live(self, event_id: str) -> bool:
        """Whether no undo in force takes this event back."""
        return event_id in self._by_id and event_id not in self._dead

    def standing(self, *subject: str) -> Event | None:
        """The newest live event on a subject, as in `standing("judge", left, right)`."""
        return self._in_force.get(subject)

    def in_force(self, kind: str) -> list[Event]:
        """The newest live event of every subject of this kind."""
        with self._lock:
            return [event for subject, event in self._in_force.items() if subject[0] == kind]

    def about(self, *subject: str) -> list[Event]:
        """Everything that was ever said on a subject, undos included, in the order of the file."""
        return list(self._groups.get(subject, ()))

    def among(self, offer_ids: Iterable[str]) -> list[Event]:
        """The verdicts in force on pairs of these offers."""
        known = set(offer_ids)
        subjects = {subject for one in known for subject in self._judged.get(one, ()) if known.issuperset(subject[1:])}
        return [event for subject in sorted(subjects) if (event := self._in_force.get(subject))]

    def batch(self, batch: str) -> list[Event]:
        """The events that were one decision."""
        return list(self._batches.get(batch, ()))

    def since(self, start: datetime) -> list[Event]:
        """The events from a moment on, the newest first."""
        return list(takewhile(lambda event: moment(event) >= start, reversed(self._events)))

    def replaced(self, event: Event) -> bool:
        """Whether there is another live event of this kind on the same subject."""
        group = self._groups.get(self._subject(event), ())
        return any(one["kind"] == event["kind"] and one is not event and self.is_live(one["id"]) for one in group)

    def undo_of(self, event_id: str) -> Event | None:
        """The undo that takes this event back, if one is in force."""
        event = self._by_id.get(event_id)
        found = [
            other
            for other in (self._groups.get(self._subject(event), ()) if event else ())
            if other["kind"] == "undo" and other["event_id"] == event_id and self.is_live(other["id"])
        ]
        return found[-1] if found else None

    def append(
        self, events: Iterable[Mapping[str, Any]], user: str, seen: Mapping[Subject, str | None] | None = None
    ) -> list[Event] | None:
        """Write events of one person together, with the time of now; they are on disk when this returns.

        `seen`: per subject the id of the event in force that the person saw (None: there was none). If any is another
        by now, nothing is written and None is returned.
        """
        with self._lock:
            self.refresh()
            at = max(self._now(), self._newest + TICK).isoformat(timespec="milliseconds")
            signed = [{**event, "at": at, "user": user} for event in events]
            written = append_if(self.path, signed, lambda: self._is_seen(seen or {}))
            self.refresh()
            return written

    def _is_seen(self, seen: Mapping[Subject, str | None]) -> bool:
        self.refresh()
        return all((self._in_force.get(subject) or {}).get("id") == event_id for subject, event_id in seen.items())

    def refresh(self) -> None:
        """Take up what was appended since; cheap while the file has not grown."""
        with self._lock:
            size = self.path.stat().st_size if self.path.exists() else 0
            if size == self._read:
                return
            if size < self._read:
                self._forget()
            with self.path.open("rb") as file:
                file.seek(self._read)
                data = file.read(size - self._read)
            whole = data[: data.rfind(b"\n") + 1]  # a line without its end is still being written
            self._read += len(whole)
            if whole:
                self._take([event for line in whole.splitlines() if (event := parsed(line)) is not None])

    def _take(self, events: list[Event]) -> None:
        touched: dict[Subject, None] = {}
        for event in events:
            if event["id"] in self._by_id:
                continue
            self._by_id[event["id"]] = event
            self._events.append(event)
            subject = self._subject(event)
            self._groups.setdefault(subject, []).append(event)
            touched[subject] = None
            if event.get("batch"):
                self._batches.setdefault(event["batch"], []).append(event)
            if event["kind"] == "judge":
                for side in subject[1:]:
                    self._judged.setdefault(side, set()).add(subject)
            self._newest = max(self._newest, moment(event))
        for subject in touched:
            self._decide(subject)
        self.version += 1

    def _decide(self, subject: Subject) -> None:
        group = self._groups[subject]
        alive = live(group)
        ids = {event["id"] for event in alive}
        for event in group:
            (self._dead.discard if event["id"] in ids else self._dead.add)(event["id"])
        deciding = [event for event in alive if event["kind"] == subject[0]]
        if deciding:
            self._in_force[subject] = deciding[-1]
        else:
            self._in_force.pop(subject, None)

    def _subject(self, event: Event) -> Subject:
        """What an event is about; an undo is about what it takes back."""
        seen = set()
        while event["kind"] == "undo" and event["event_id"] in self._by_id and event["id"] not in seen:
            seen.add(event["id"])
            event = self._by_id[event["event_id"]]
        fields = SUBJECT_FIELDS.get(event["kind"], ("id",))
        return (event["kind"], *(str(event.get(field)) for field in fields))


def moment(event: Event) -> datetime:
    """When an event was written; one that does not say so is older than all others."""
    try:
        found = datetime.fromisoformat(str(event.get("at")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
