"""What a night leaves for the stewards to work off: providers that nobody knows, and what each provider should add."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.lines import read_jsonl
from normalize.completeness import by_provider, letter
from normalize.model import Offer
from normalize.providers import unknown

UNKNOWN = "unknown-providers.jsonl"
INCOMPLETE = "completeness.jsonl"


def write_handouts(snapshot: Path) -> None:
    """Write both lists beside the offers of a snapshot, JSON lines.

    `unknown-providers.jsonl`: {key, name, offers, sources, example, title}, those with most offers first.
    `completeness.jsonl`: {key, name, offers, score, missing, letter}; `missing` counts German field names, `letter` is
    the text that can be sent to the provider.
    """
    _write(snapshot / UNKNOWN, (asdict(one) for one in unknown(_active(snapshot))))
    _write(snapshot / INCOMPLETE, ({**asdict(one), "letter": letter(one)} for one in by_provider(_active(snapshot))))


def _active(snapshot: Path) -> Iterator[Offer]:
    for row in read_jsonl(snapshot / "offers.jsonl"):
        if row["status"] == "active":
            yield Offer.model_validate({name: row[name] for name in Offer.model_fields if name in row})


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
