"""What a steward decides becomes events; what somebody else decided meanwhile is never overwritten unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import uuid4

from dedupe.desk.ledger import Ledger, moment
from dedupe.desk.queue import is_of_these
from dedupe.journal import Event, Pair

VERDICTS_DE = {"same": "gleich", "different": "verschieden", "unsure": "unsicher"}
Verdict = Literal["same", "different", "unsure"]
TAKEN_BACK_BY_KEY = timedelta(hours=12)  # older decisions are taken back from the history


@dataclass(frozen=True, slots=True)
class Shown:
    """The pair as it was on the screen: both match hashes, and the id of the verdict in force, if any was."""

    pair: Pair
    hashes: Pair
    seen: str | None = None


def judge(ledger: Ledger, shown: Shown, verdict: Verdict, user: str, note: str, sample: str = "") -> list[Event] | None:
    """Append a verdict on what was shown. None, and nothing written, if somebody decided on the pair meanwhile.

    `sample` names the week whose sample of merges the pair belongs to.

    The same verdict of the same person once more, as from a key pressed twice, is the one that is there.
    """
    standing = ledger.standing("judge", *shown.pair)
    if standing and standing["id"] != shown.seen and is_again(standing, shown, verdict, user):
        return [standing]
    subject = ("judge", *shown.pair)
    event = judgement(shown.pair, shown.hashes, verdict, note) | ({"sample": sample} if sample else {})
    return ledger.append([event], user, {subject: shown.seen})


def is_again(standing: Event, shown: Shown, verdict: str, user: str) -> bool:
    """Whether this is what the person has just decided on the same two offers."""
    mine = (standing["user"], standing["verdict"]) == (user, verdict)
    return mine and is_of_these(standing, shown.hashes)


def judgement(pair: Pair, hashes: Pair, verdict: Verdict, note: str = "") -> Event:
    """The event of a verdict, not yet signed."""
    left, right = pair
    told = {"kind": "judge", "left": left, "right": right, "verdict": verdict}
    return {**told, "left_hash": hashes[0], "right_hash": hashes[1], "note": note.strip() or None}


def together(events: Sequence[Event]) -> list[Event]:
    """Events that were one decision and are taken back as one."""
    batch = uuid4().hex
    return [{**event, "batch": batch} for event in events]


def undo(ledger: Ledger, event_id: str, user: str, note: str = "") -> list[Event]:
    """Take back a decision with all that was decided together with it; what is taken back already stays so.

    Raises KeyError for an unknown event.
    """
    event = ledger.event(event_id)
    if event is None:
        raise KeyError(event_id)
    wanted = [one["id"] for one in batch_of(ledger, event) if ledger.is_live(one["id"])]
    undone: list[Event] = [{"kind": "undo", "event_id": one, "note": note.strip() or None} for one in wanted]
    return (ledger.append(together(undone) if len(undone) > 1 else undone, user) if undone else None) or []


def batch_of(ledger: Ledger, event: Event) -> list[Event]:
    """The events that were decided together with this one, itself included."""
    return ledger.batch(event["batch"]) if event.get("batch") else [event]


def last_of(ledger: Ledger, user: str) -> Event | None:
    """What this person decided last and can take back with a key."""
    newest = ledger.events[-1] if ledger.events else None
    start = moment(newest) - TAKEN_BACK_BY_KEY if newest else None
    for event in ledger.since(start) if start else ():
        if event["user"] == user and event["kind"] in ("judge", "recheck") and ledger.is_live(event["id"]):
            return event
    return None
