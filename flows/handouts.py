"""What a night leaves for the stewards to work off: providers that nobody knows, and what each provider should add."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dedupe.snapshot import stream_offers
from normalize.completeness import by_provider, letter
from normalize.model import Offer
from normalize.providers import Strangers

UNKNOWN = "unknown-providers.jsonl"
INCOMPLETE = "completeness.jsonl"


def write_handouts(snapshot: Path) -> None:
    """Write both lists beside the offers of a snapshot, JSON lines.

    `unknown-providers.jsonl`: {key, name, offers, sources, example, title}, those with most offers first.
    `completeness.jsonl`: {key, name, offers, score, missing, letter}; `missing` counts German field names, `letter` is
    the text that can be sent to the provider.
    """
    strangers = Strangers()
    found = by_provider(_noted(snapshot, strangers))
    _write(snapshot / UNKNOWN, map(asdict, strangers.found()))
    _write(snapshot / INCOMPLETE, ({**asdict(one), "letter": letter(one)} for one in found))


def _noted(snapshot: Path, strangers: Strangers) -> Iterator[Offer]:
    """The active offers of a snapshot, each shown to the strangers on its way: a file of all offers is read once."""
    for known in stream_offers(snapshot / "offers.jsonl"):
        if known.status == "active":
            strangers.add(known.offer)
            yield known.offer


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
