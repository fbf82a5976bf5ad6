"""Quality and cost of dedupe on offers of which the truth is known, as one table.

    python tests/bench/bench_dedupe.py [--generator MODULE] [--rows N ...] [--courses N] [--seed N] [--peers PYTHON]

The offers of the stand-in's catalogue (`--courses`), and those of a generator (see truth.py) in each size of `--rows`.
Every measurement is a process of its own, so that its peak memory is its own. All times are wall time; the processor
time beside them is what a busy machine does not stretch.

Matching is blocking, scoring, resolving and choosing the questions, from keys in memory. A night is `dedupe` as it is
run every night, from files to files. `full`: without anything kept (it writes what the next night can use). `1 %`:
the night after it, in which every offer was fetched again, half a percent is new and half a percent has another price,
title or start. Up to EQUAL offers this night is run once more without what was kept: both must agree to the byte.

`--peers`: an interpreter with Splink and rapidfuzz, which then get the same rows and truth (see peers.py), e.g.
`python3 -m venv peers && peers/bin/pip install splink rapidfuzz numpy`, then `--peers peers/bin/python`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

from truth import generated, generated_rows, published

CHANGED = 0.01
EQUAL = 200_000  # offers
FIRST, SECOND = "20261101T000000Z", "20261102T000000Z"
OUTCOME = ("clusters.jsonl", "candidates.jsonl", "conflicts.jsonl", "courses.jsonl")
COLUMNS = {
    "offers": "offers", "seconds": "matching s", "cpu_seconds": "cpu s", "peak_mb": "MB",
    "pairs_per_offer": "pairs/offer", "lost_per_offer": "lost/offer", "pair_completeness": "completeness",
    "precision": "P", "recall": "R", "f1": "F1", "review_pairs_per_100_offers": "asked/100", "splink": "Splink s",
    "splink_f1": "best F1", "ratio": "times Splink", "full": "full night s", "night": "1 % s", "share": "share",
    "cpu_share": "cpu share", "night_mb": "MB",
}  # fmt: skip


def main() -> None:
    """Measure every set and print the table."""
    parser = argparse.ArgumentParser(description="Quality and cost of dedupe where the truth is known.")
    parser.add_argument("--generator", type=Path)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000])
    parser.add_argument("--courses", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="an interpreter with splink and rapidfuzz")
    parser.add_argument("--child", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        step, folder, *more = asked.child
        print(json.dumps(STEPS[step](Path(folder), *more)))
        return
    print("| set | " + " | ".join(COLUMNS.values()) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|", flush=True)
    sets = [("stand-in", "", asked.courses)] + [("generator", str(asked.generator), rows) for rows in asked.rows]
    for name, generator, size in sets if asked.generator else sets[:1]:
        row = measured(generator, size, asked.seed, asked.peers if generator else None)
        print(f"| {name} | " + " | ".join(str(row.get(column, "")) for column in COLUMNS) + " |", flush=True)


def measured(generator: str, size: int, seed: int, peers: Path | None) -> dict[str, Any]:
    """The figures of one set."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child("write", folder, generator, str(size), str(seed))
        row = child("match", folder)
        if peers:
            command = [peers, Path(__file__).with_name("peers.py"), folder / "rows.jsonl"]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            splink = next(line for line in map(json.loads, told.splitlines()) if line["tool"] == "splink")
            row |= {"splink": round(splink["seconds"], 2), "splink_f1": splink["f1_best"]}
            row["ratio"] = round(row["seconds"] / splink["seconds"], 2)
        full = child("night", folder, "offers.jsonl", "full", "cache")
        child("age", folder, str(seed))
        night = child("night", folder, "aged.jsonl", "quick", "cache")
        if row["offers"] <= EQUAL:
            child("night", folder, "aged.jsonl", "again")
            for file in OUTCOME:
                if (folder / "quick" / file).read_bytes() != (folder / "again" / file).read_bytes():
                    raise SystemExit(f"{file}: a night with what was kept came to another result than a full one")
        shares = {"share": "seconds", "cpu_share": "cpu_seconds"}
        row |= {name: round(night[what] / full[what], 3) for name, what in shares.items()}
        return row | {"full": full["seconds"], "night": night["seconds"], "night_mb": night["peak_mb"]}


def child(step: str, folder: Path, *more: str) -> dict[str, Any]:
    """One step in a process of its own, and what it found."""
    command = [sys.executable, __file__, "--child", step, str(folder), *more]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def write(folder: Path, generator: str, size: str, seed: str) -> dict[str, Any]:
    """The offers as the warehouse hands them out, their truth, and the rows for the peers."""
    rows, dice = int(size), int(seed)
    labelled = generated(Path(generator), rows, dice) if generator else published(rows, dice)
    labels: dict[str, str] = {}
    with (folder / "offers.jsonl").open("w", encoding="utf-8") as file:
        for offer, course in labelled:
            if offer.offer_id in labels:
                raise SystemExit(f"{offer.offer_id} is there twice")
            labels[offer.offer_id] = course
            row = {**offer.model_dump(mode="json"), "first_seen": FIRST, "last_seen": FIRST, "status": "active"}
            file.write(json.dumps({**row, "changed_in": FIRST}, ensure_ascii=False) + "\n")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    if generator:
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
            for row, course in generated_rows(Path(generator), rows, dice):
                named = {"start": row["start_date"], "price": row["price_eur"], "form": row["mode"], "course": course}
                same = {name: row[name] for name in ("id", "title", "provider", "town", "hours")}
                file.write(json.dumps({**same, **named}, ensure_ascii=False) + "\n")
    return {}


def age(folder: Path, seed: str) -> dict[str, Any]:
    """The file of the next night: all fetched again, and one in a hundred is new or another."""
    dice = Random(int(seed))
    lines = (folder / "offers.jsonl").read_bytes().splitlines()
    chosen = set(dice.sample(range(len(lines)), max(4, int(len(lines) * CHANGED))))
    with (folder / "aged.jsonl").open("w", encoding="utf-8") as file:
        for place, line in enumerate(lines):
            row = {**json.loads(line), "fetched_at": "2026-11-23T01:30:00Z", "last_seen": SECOND}
            if place in chosen:
                row |= {"changed_in": SECOND}
                other = json.loads(dice.choice(lines))
                what = dice.choice(("new", "new", "new", "price", "instances", "title"))
                if what == "new":
                    fresh = {"offer_id": f"new:{place}", "source": "new", "ref": str(place), "first_seen": SECOND}
                    file.write(json.dumps({**row, **fresh}, ensure_ascii=False) + "\n")
                else:
                    row |= {what: other[what], "changed_in": SECOND}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return {}


def match(folder: Path) -> dict[str, Any]:
    """Quality and cost of matching alone."""
    from dedupe.evaluate import measure_quality
    from dedupe.journal import Decisions
    from dedupe.pipeline import resolve_keys
    from dedupe.scoring import load_model
    from dedupe.snapshot import read_snapshot

    keys = read_snapshot(folder / "offers.jsonl").offers.keys
    labels = json.loads((folder / "labels.json").read_bytes())
    hashes = dict.fromkeys(labels, "")
    found, times = timed(lambda: resolve_keys(keys, Decisions(), load_model(), hashes))
    offers = max(1, len(keys))
    per_offer = {
        "pairs_per_offer": round(found.comparison.considered / offers, 1),
        "lost_per_offer": round(sum(found.comparison.lost.values()) / offers, 1),
    }
    return {**times, "peak_mb": peak(), **per_offer, **measure_quality(found, labels).figures()}


def night(folder: Path, offers: str, out: str, cache: str = "") -> dict[str, Any]:
    """One night from files to files."""
    from dedupe.pipeline import dedupe

    kept = folder / cache if cache else None
    _, times = timed(lambda: dedupe(folder / offers, folder / "journal.jsonl", folder / out, cache=kept))
    return {**times, "peak_mb": peak()}


def timed(work: Any) -> tuple[Any, dict[str, float]]:
    """What some work gives, and how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def peak() -> int:
    """The most memory this process took, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


STEPS = {"write": write, "age": age, "match": match, "night": night}


if __name__ == "__main__":
    main()
