"""`events.jsonl`, the memory behind the calendars: of every run its UID, its SEQUENCE and when it last changed.

A run that is changed has the next number; one that vanishes before its time is not silently gone but CANCELLED, with
the next number too, until thirty days after its end. One that was found to be another listing of a run is MERGED:
the other stands in the calendar.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from exports.delta import paired
from exports.files import Record
from exports.formats import ics
from exports.formats.edition import Edition

EVENTS = "events.jsonl"
CONFIRMED, CANCELLED, MERGED = "CONFIRMED", "CANCELLED", "MERGED"
SHOWN = timedelta(days=30)  # after its end an event leaves the calendars
# What is left of a run that was taken down: a calendar must learn that it is off, and nothing else.
BLANK = ics.text("Entfällt", "", "", (), "")


def remembered(known: Iterable[Record], noted: Iterable[Record], edition: Edition) -> Iterator[Record]:
    """The events of an edition, from those of the edition before and those of its own runs; all sorted by `uid`."""
    unique = (next(same) for _, same in groupby(noted, key=itemgetter("uid")))
    for was, now in paired(known, unique, "uid"):
        event = _continued(was, now, edition) if now else was and _vanished(was, edition)
        if event is not None:
            yield event


def is_shown(event: Record, edition: Edition) -> bool:
    """Whether an event stands in the calendars; what was merged has no text."""
    return bool(event["text"]) and event["last"] >= _oldest(edition)


def _vanished(was: Record, edition: Edition) -> Record | None:
    """An event whose run is published no more; one of a version that kept no texts cannot be told any more."""
    if was["last"] < _oldest(edition) or "text" not in was:
        return None
    is_over = was["last"] < edition.today.isoformat() or was["status"] == MERGED
    text = BLANK if edition.forget and was["text"] else was["text"]
    return _continued(was, was | {"status": was["status"] if is_over else CANCELLED, "text": text}, edition)


def _continued(was: Record | None, now: Record, edition: Edition) -> Record:
    if was is None:
        return now | {"sequence": 0, "modified": edition.created_at}
    if (was["status"], was["digest"]) == (now["status"], now["digest"]):
        return now | {"sequence": was["sequence"], "modified": was["modified"]}
    return now | {"sequence": was["sequence"] + 1, "modified": edition.created_at}


def _oldest(edition: Edition) -> str:
    return (edition.today - SHOWN).isoformat()
