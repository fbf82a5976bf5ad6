"""What a night leaves for the stewards to work off: names that nobody knows, and what each provider should add."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dedupe.snapshot import stream_offers
from normalize.completeness import by_provider, letter
from normalize.model import Offer
from normalize.strangers import Unidentified

UNKNOWN = "unknown-providers.jsonl"
PLACES = "unknown-places.jsonl"
INCOMPLETE = "completeness.jsonl"


def write_handouts(snapshot: Path, settled: Collection[str] = ()) -> None:
    """Write the lists beside the offers of a snapshot, JSON lines.

    `unknown-providers.jsonl`, `unknown-places.jsonl`: {key, name, offers, sources, example, title}, those with most
    offers first; without the providers whose keys are `settled`. `completeness.jsonl`: {key, name, offers, score,
    missing, letter}; `missing` counts German field names, `letter` is the text that can be sent to the provider.
    """
    strangers = Unidentified(settled)
    found = by_provider(_noted(snapshot, strangers))
    _write(snapshot / UNKNOWN, map(asdict, strangers.providers.found()))
    _write(snapshot / PLACES, map(asdict, strangers.places.found()))
    _write(snapshot / INCOMPLETE, ({**asdict(one), "letter": letter(one)} for one in found))


def _noted(snapshot: Path, strangers: Unidentified) -> Iterator[Offer]:
    """The active offers of a snapshot, each shown to the strangers on its way: a file of all offers is read once."""
    for known in stream_offers(snapshot / "offers.jsonl"):
        if known.status == "active":
            strangers.add(known.offer)
            yield known.offer


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
