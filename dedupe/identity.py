"""The identity file: when each offer was first seen, for ever. With the journal it recreates every course id.

Append-only JSON lines `{offer_id, first_seen, renamed_from}`; `first_seen` is a run id. The first line of an offer
stands: a later one never makes it younger or older.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dedupe.journal import append_lines, read_lines


@dataclass(frozen=True, slots=True)
class Identity:
    """An offer's birth: its run, and the name it had before its source re-keyed it."""

    offer_id: str
    first_seen: str
    renamed_from: str | None = None


def read(path: Path) -> dict[str, Identity]:
    """Offer id -> identity; no file is an empty mapping. Raises JournalError if a line but the last is broken."""
    found: dict[str, Identity] = {}
    for row in read_lines(path):
        found.setdefault(row["offer_id"], _identity(row))
    return found


def sync(path: Path, rows: Iterable[Identity | Mapping[str, Any]]) -> int:
    """Append the offers that the file does not know yet, in order of their ids; the number appended."""
    known = read(path)
    new: dict[str, Identity] = {}
    for row in rows:
        identity = row if isinstance(row, Identity) else _identity(row)
        if identity.offer_id not in known:
            new.setdefault(identity.offer_id, identity)
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
        append_lines(path, [json.dumps(asdict(new[key]), ensure_ascii=False) + "\n" for key in sorted(new)])
    return len(new)


def _identity(row: Mapping[str, Any]) -> Identity:
    return Identity(row["offer_id"], row["first_seen"], row.get("renamed_from"))
