"""The lists that a night hands out beside its offers, read once for each snapshot."""

import json
from functools import lru_cache
from typing import Any

from dedupe.desk.snapshot import Snapshot

Row = dict[str, Any]

QUARANTINE = "quarantine.jsonl"
COMPLETENESS = "completeness.jsonl"
PROVIDERS = "unknown-providers.jsonl"
PLACES = "unknown-places.jsonl"


@lru_cache(maxsize=8)
def rows(snapshot: Snapshot, name: str) -> tuple[Row, ...]:
    """The lines of a list; a snapshot of before there was such a list has none."""
    path = snapshot.folder / name
    if not path.exists():
        return ()
    with path.open(encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)
