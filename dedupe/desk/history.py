"""What was decided, by whom, when and why: the journal in words, filtered."""

from dataclasses import dataclass, fields
from datetime import date

from dedupe.desk.assigning import meaning
from dedupe.desk.correcting import field_de, value_de
from dedupe.desk.deciding import VERDICTS_DE
from dedupe.desk.german import BERLIN
from dedupe.desk.ledger import Ledger, moment
from dedupe.desk.search import offers_with
from dedupe.desk.snapshot import Snapshot
from dedupe.journal import Event

KINDS_DE = {
    "judge": "Urteil",
    "recheck": "Zweiturteil",
    "undo": "Rücknahme",
    "override": "Korrektur",
    "assign": "Zuordnung",
    "release": "Freigabe",
    "takedown": "Sperrung",
    "rename": "Umbenennung",
}
_SAID = ("note", "reason", "left", "right", "offer_id", "source", "field", "value", "raw", "key")
UNDOABLE = ("judge", "recheck", "undo", "override", "assign", "release")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the history somebody wants to see; days are ISO and inclusive, in Berlin."""

    user: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""
    text: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The fields that ask for something."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: the event, how many were made with it, and the undo that took it back, if any."""

    event: Event
    together: int
    undone_by: Event | None


def entries(ledger: Ledger, snapshot: Snapshot, wanted: Wanted) -> list[Event]:
    """The events that are wanted, the newest first."""
    titled = offers_with(snapshot.con, wanted.text) if wanted.text else frozenset()
    return [event for event in reversed(ledger.events) if _is_wanted(event, wanted, titled)]


def as_decisions(events: list[Event]) -> list[Event]:
    """The same with one event for all that were decided together."""
    seen: set[str] = set()
    found = []
    for event in events:
        batch = event.get("batch")
        if batch not in seen:
            found.append(event)
        if batch:
            seen.add(batch)
    return found


def entry(ledger: Ledger, event: Event) -> Entry:
    """An event with what belongs to it."""
    together = len(ledger.batch(event["batch"])) if event.get("batch") else 1
    return Entry(event, together, ledger.undo_of(event["id"]))


def offers_of(event: Event, ledger: Ledger) -> tuple[str, ...]:
    """The offers an event speaks of; an undo speaks of those of what it takes back."""
    if event["kind"] == "undo":
        undone = ledger.event(event["event_id"])
        return offers_of(undone, ledger) if undone and undone is not event else ()
    return tuple(str(event[name]) for name in ("left", "right", "offer_id", "old", "new") if event.get(name))


def in_words(event: Event, ledger: Ledger) -> str:
    """What an event says, in a few German words."""
    match event["kind"]:
        case "judge" | "recheck":
            return str(VERDICTS_DE.get(event["verdict"], event["verdict"]))
        case "undo":
            undone = ledger.event(event["event_id"])
            return f"nimmt zurück: {KINDS_DE.get(undone['kind'], undone['kind'])}" if undone else "nimmt zurück"
        case "override":
            return f"{field_de(event['field'])}: {value_de(event['field'], event.get('value'))}"
        case "assign":
            return f"{event['raw']} → {meaning(event)}"
        case "release":
            return f"Quelle {event['source']}"
        case "takedown":
            return str(event.get("offer_id") or event.get("source"))
        case "rename":
            return f"{event['old']} → {event['new']}"
    return ""


def why(event: Event) -> str:
    """The note or the reason that was given."""
    return str(event.get("note") or event.get("reason") or "")


def day_of(event: Event) -> date:
    """The day in Berlin."""
    return moment(event).astimezone(BERLIN).date()


def _is_wanted(event: Event, wanted: Wanted, titled: frozenset[str]) -> bool:
    if wanted.user and event["user"] != wanted.user:
        return False
    if wanted.kind and event["kind"] != wanted.kind:
        return False
    if (wanted.first or wanted.last) and not _between(day_of(event).isoformat(), wanted):
        return False
    if not wanted.text:
        return True
    text = wanted.text.casefold()
    return any(text in value.casefold() or value in titled for value in map(event.get, _SAID) if isinstance(value, str))


def _between(day: str, wanted: Wanted) -> bool:
    return wanted.first <= day and (not wanted.last or day <= wanted.last)
