"""The journal: an append-only file of everything people decided, and what of it is in force.

One event a line, as JSON. Nothing is ever rewritten; a later event may take an earlier one back (`undo`). People's
decisions bind offer ids, so they survive crawls, merges and splits (contract 4.3).
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

Event = dict[str, Any]
Pair = tuple[str, str]

VERDICTS = ("same", "different", "unsure")

# What an event of a known kind must say; unknown kinds are kept and ignored.
REQUIRED: dict[str, tuple[str, ...]] = {
    "judge": ("left", "right", "verdict"),
    "recheck": ("left", "right", "verdict", "of"),  # a second opinion on the judgement `of`: it decides nothing
    "rename": ("old", "new"),
    "override": ("offer_id", "field"),
    "assign": ("what", "raw", "key"),
    "release": ("source", "run"),
    "takedown": ("reason",),
    "undo": ("event_id",),
}


class JournalError(ValueError):
    """The journal, or an event for it, is not what it must be; the message says where."""


def append(path: Path, event: Mapping[str, Any]) -> Event:
    """Write one event and return it as written, once it is safely on disk.

    The caller gives `at` (UTC, ISO 8601), `user`, `kind` and what the kind needs; an `id` is minted if absent. Pairs
    are put in order. Writers queue behind one lock. A torn last line of a killed writer is set aside in `<name>.torn`.
    Raises JournalError if the event lacks something.
    """
    written = append_if(path, [event], lambda: True)
    assert written is not None  # noqa: S101 - the condition holds
    return written[0]


def append_if(path: Path, events: Sequence[Mapping[str, Any]], holds: Callable[[], bool]) -> list[Event] | None:
    """Write these events together if `holds` still says so under the lock; None, and nothing written, if it does not.

    So two people who decide at once never overwrite each other: the second finds the journal changed. Raises
    JournalError if an event lacks something.
    """
    checked = [_checked({"id": uuid4().hex, **event}) for event in events]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not holds():
            return None
        _write(path, file, [json.dumps(event, ensure_ascii=False, sort_keys=True) + "\n" for event in checked])
    return checked


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Append whole lines under an exclusive lock and flush them to the disk; a torn tail is repaired first."""
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _write(path, file, lines)


def _write(path: Path, file: BinaryIO, lines: Sequence[str]) -> None:
    _repair_tail(path, file.fileno())
    file.write("".join(lines).encode())
    file.flush()
    os.fsync(file.fileno())


def read(path: Path) -> list[Event]:
    """All events in the order of the file; no file is no events.

    A torn last line is passed over: its writer never got an answer. Raises JournalError if another line is broken.
    """
    return [dict(event) for event in read_lines(path)]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of an append-only file, without a torn last line."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")
    found: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = parsed(line)
        if value is None:
            if number == len(lines):
                break
            raise JournalError(f"{path}, line {number}: not a JSON object")
        found.append(value)
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of a pair, and the state of both sides that was judged."""

    verdict: str
    left_hash: str | None
    right_hash: str | None
    at: str
    event_id: str

    def changed(self, left_hash: str, right_hash: str) -> bool:
        """True if a side is no longer what the person saw; unknown hashes count as unchanged."""
        return (self.left_hash or left_hash, self.right_hash or right_hash) != (left_hash, right_hash)


@dataclass(frozen=True)
class Decisions:
    """What is in force: the newest live event wins, ties by id."""

    verdicts: Mapping[Pair, Verdict] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)  # old offer id -> new offer id
    overrides: Mapping[str, Mapping[str, Event]] = field(default_factory=dict)  # offer id -> field -> event

    @cached_property
    def _older(self) -> dict[str, str]:
        """New name -> old name; of two old names the smaller."""
        return {new: old for old, new in sorted(self.renames.items(), reverse=True)}

    def first_name(self, offer_id: str) -> str:
        """The first name of the rename chain that leads to this offer."""
        seen = {offer_id}
        while (older := self._older.get(offer_id)) is not None and older not in seen:
            offer_id = older
            seen.add(older)
        return offer_id

    def present_name(self, offer_id: str, known: Mapping[str, Any]) -> str | None:
        """The name under which an offer is known now: itself, or the nearest newer name of its chain."""
        seen: set[str] = set()
        current: str | None = offer_id
        while current is not None and current not in known and current not in seen:
            seen.add(current)
            current = self.renames.get(current)
        return current if current in known else None


def decide(events: Iterable[Event]) -> Decisions:
    """Reduce events, in whatever order they come, to the decisions in force."""
    verdicts: dict[Pair, Verdict] = {}
    renames: dict[str, str] = {}
    overrides: dict[str, dict[str, Event]] = {}
    for event in sorted(live(events), key=_newness):
        match event["kind"]:
            case "judge":
                verdicts[event["left"], event["right"]] = Verdict(
                    event["verdict"], event.get("left_hash"), event.get("right_hash"), event.get("at", ""), event["id"]
                )
            case "rename":
                renames[event["old"]] = event["new"]
            case "override":
                overrides.setdefault(event["offer_id"], {})[event["field"]] = event
    return Decisions(verdicts, renames, overrides)


def live(events: Iterable[Event]) -> list[Event]:
    """The events that no live `undo` takes back; an undo can itself be undone."""
    unique = {event["id"]: event for event in sorted(events, key=_newness)}
    undos: dict[str, list[str]] = {}
    for event in unique.values():
        if event["kind"] == "undo":
            undos.setdefault(event["event_id"], []).append(event["id"])

    dead: dict[str, bool] = {}
    for start in unique:
        stack = [start]
        while stack:  # undos of undos first, without recursion
            current = stack[-1]
            waiting = [undo for undo in undos.get(current, ()) if undo not in dead and undo not in stack]
            if waiting:
                stack.extend(waiting)
            else:
                dead[current] = any(not dead.get(undo, True) for undo in undos.get(current, ()))
                stack.pop()
    return [event for event in unique.values() if not dead[event["id"]]]


def _newness(event: Event) -> tuple[str, str]:
    return str(event.get("at", "")), str(event["id"])


def _checked(event: Event) -> Event:
    """The event with its pair in order; raises JournalError if it lacks what its kind needs."""
    for name in ("at", "user", "kind", *REQUIRED.get(str(event.get("kind")), ())):
        if not event.get(name):
            raise JournalError(f"an event needs {name!r}: {event}")
    if event["kind"] == "takedown" and not (event.get("offer_id") or event.get("source")):
        raise JournalError(f"a takedown names an offer or a source: {event}")
    if event["kind"] in ("judge", "recheck"):
        if event["verdict"] not in VERDICTS:
            raise JournalError(f"a verdict is one of {', '.join(VERDICTS)}: {event['verdict']!r}")
        if event["left"] == event["right"]:
            raise JournalError(f"a judgement needs two offers: {event['left']!r}")
        if event["left"] > event["right"]:
            swapped = {"left": event["right"], "right": event["left"]}
            hashes = {"left_hash": event.get("right_hash"), "right_hash": event.get("left_hash")}
            event = {**event, **swapped, **hashes}
    return event


def parsed(line: bytes) -> dict[str, Any] | None:
    """The JSON object of a line, None if it holds none."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _repair_tail(path: Path, descriptor: int) -> None:
    """Give a whole last line its missing newline; set a torn one aside, so that the file stays one object a line."""
    size = os.fstat(descriptor).st_size
    tail = _last_line(descriptor, size)
    if not tail:
        return
    if parsed(tail) is not None:
        os.write(descriptor, b"\n")
        return
    with path.with_name(path.name + ".torn").open("ab") as torn:
        torn.write(tail + b"\n")
        os.fsync(torn.fileno())
    os.ftruncate(descriptor, size - len(tail))


def _last_line(descriptor: int, size: int, block: int = 1 << 16) -> bytes:
    """What stands behind the last newline of a file; only its end is read."""
    data = b""
    while size and b"\n" not in data:
        step = min(block, size)
        size -= step
        data = os.pread(descriptor, step, size) + data
    return data.rpartition(b"\n")[2]
