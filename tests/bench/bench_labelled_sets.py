"""Quality of dedupe on the labelled sets, beside general tools on the same listings in the same run.

    python tests/bench/bench_labelled_sets.py [--peers PYTHON] [FILE ...]

Without FILE, the sets of tests/labelled (of courses.txt the half that was never learned from). Prints one table. PYTHON
is an interpreter with Splink and rapidfuzz (see peers.py); of them the best F1 is shown that any threshold reaches, the
threshold chosen by the truth.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dedupe.evaluate import measure_quality, resolve_labelled
from dedupe.scoring import load_model
from flows.labelled import Labelled, read_labelled
from normalize.model import Offer

FOLDER = Path(__file__).parents[1] / "labelled"
COLUMNS = {
    "offers": "offers", "true_pairs": "true pairs", "precision": "P", "recall": "R", "f1": "F1",
    "review_pairs_per_100_offers": "asked/100", "lost_true_share": "lost", "pair_completeness": "completeness",
    "splink": "Splink, best F1", "rapidfuzz": "rapidfuzz, best F1",
}  # fmt: skip


def main() -> None:
    """Measure every set and print the table."""
    parser = argparse.ArgumentParser(description="Quality of dedupe on labelled listings.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="an interpreter with splink and rapidfuzz")
    asked = parser.parse_args()
    print("| set | " + " | ".join(COLUMNS.values()) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in asked.files or [held(folder), *sorted(FOLDER.glob("*.jsonl.gz"))]:
            truth = read_labelled(file)
            row = measure_quality(resolve_labelled(truth.offers, truth.labels, load_model()), truth.labels).figures()
            if asked.peers:
                row |= peers(asked.peers, truth, folder / "rows.jsonl")
            print(f"| {file.name} | " + " | ".join(str(row.get(column, "")) for column in COLUMNS) + " |", flush=True)


def held(folder: Path) -> Path:
    """The half of courses.txt that was never learned from, as listings."""
    path = folder / "courses (held)"
    lines = subprocess.run([sys.executable, FOLDER / "expand.py", "held"], capture_output=True, check=True).stdout
    path.write_bytes(lines)
    return path


def peers(python: Path, truth: Labelled, path: Path) -> dict[str, float]:
    """The best F1 of the general tools on the same listings, by tool."""
    with path.open("w", encoding="utf-8") as rows:
        for offer in truth.offers:
            rows.write(json.dumps(flat(offer) | {"course": truth.labels[offer.offer_id]}, ensure_ascii=False) + "\n")
    command = [python, Path(__file__).with_name("peers.py"), path]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {line["tool"]: round(line["f1_best"], 3) for line in map(json.loads, told.splitlines())}


def flat(offer: Offer) -> dict[str, Any]:
    """What the general tools compare of an offer: its own fields and its first run."""
    run = offer.instances[0] if offer.instances else None
    length = offer.duration.hours or offer.duration.teaching_units if offer.duration else None
    return {
        "id": offer.offer_id,
        "title": offer.title_raw,
        "provider": offer.provider.name if offer.provider else None,
        "town": run.place.city if run else None,
        "start": run.start if run else None,
        "price": float(offer.price.amount) if offer.price and offer.price.amount else None,
        "hours": length,
        "form": None if offer.format == "unknown" else offer.format,
    }


if __name__ == "__main__":
    main()
