"""Quality and cost of dedupe on offers of which the truth is known.

    python tests/bench/bench_dedupe.py [GENERATOR [rows] [seed ...]] [--night] [--peers PYTHON]

GENERATOR is the path of a module with `generate(rows, dup, seed)` yielding (row, run, course); the truth is `course`.
Without one, the listings of the stand-in's catalogue are taken as they are published, without the way over HTTP; then
`rows` is the number of courses. Prints one line of JSON per seed.

`seconds` is matching alone: blocking, scoring, resolving and the questions, from keys in memory. What comes before is
stated beside it: `normalise_seconds` and `keys_seconds`. All are wall time; the processor time of matching, which a
busy machine does not stretch, is `cpu_seconds`. Peak memory is that of the whole process; offers are not kept.

`--night`: the same once more with 1 % of the offers new or changed and the scores of the first run at hand, beside a
full run of the same night; both must agree.

`--peers`: an interpreter with Splink and rapidfuzz, which then get the same rows and truth (see peers.py), e.g.
`python3 -m venv peers && peers/bin/pip install splink rapidfuzz numpy`, then `--peers peers/bin/python`.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from dedupe.evaluate import measure_quality
from dedupe.journal import Decisions
from dedupe.keys import Key, read_key
from dedupe.pipeline import Resolved, resolve_keys
from dedupe.scoring import load_model
from normalize.model import Listing, ListingInstance, Offer
from normalize.offer import to_offer
from spiders.standin.catalogue import build_catalogue
from spiders.standin.publish import Publication, publish

DUPLICATES = 0.10
CHANGED = 0.01
SEASON = date(2027, 1, 1)
FIRST, SECOND = "20261101T000000Z", "20261102T000000Z"


def generated(generator: Path, rows: int, seed: int) -> Iterator[tuple[Offer, str]]:
    """Offers with the course they truly are, read like any listing."""
    for row, course in generated_rows(generator, rows, seed):
        yield to_offer(listing(row), kind="aggregator"), course


def generated_rows(generator: Path, rows: int, seed: int) -> Iterator[tuple[dict[str, Any], str]]:
    """The rows of a generator with the course they truly are."""
    spec = importlib.util.spec_from_file_location("generator", generator)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{generator} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for row, _, course in module.generate(rows, dup=DUPLICATES, seed=seed):
        yield row, str(course)


def listing(row: dict[str, Any]) -> Listing:
    """A generated row as a source would publish it."""
    dates = " - ".join(day for day in (row["start_date"], row["end_date"]) if day)
    run = ListingInstance(dates=dates or None, city=row["town"], postcode=row["postcode"])
    return Listing(
        source=row["source"],
        ref=row["id"],
        title=row["title"],
        provider=row["provider"],
        description=row["description"],
        price=None if row["price_eur"] is None else f"{row['price_eur']:.2f} €",
        duration=None if row["hours"] is None else f"{row['hours']} Stunden",
        format=row["mode"],
        fetched_at="2026-11-22T01:30:00Z",
        instances=(run,),
    )


def published(courses: int, seed: int) -> Iterator[tuple[Offer, str]]:
    """Offers of the stand-in's catalogue with the course they truly are."""
    for source, publications in publish(build_catalogue(seed, courses, season=SEASON)).items():
        kind = "aggregator" if source == "mein-now" else "provider"
        for one in publications:
            yield to_offer(published_listing(one), kind=kind), one.course.key


def published_listing(one: Publication) -> Listing:
    """A publication of the stand-in as a spider would read it from its page."""
    runs = [
        ListingInstance(
            dates=" - ".join(f"{day:%d.%m.%Y}" for day in (run.start, run.end) if day) or "laufend",
            times=f"{run.start_time} - {run.end_time} Uhr" if run.start_time else None,
            city=run.site.city if run.site else None,
            online=None if run.site else "online",
        )
        for run in one.runs
    ]
    return Listing(
        source=one.source,
        ref=one.ref,
        title=one.title,
        provider=one.provider,
        course_number=one.number or None,
        description="".join(f"<p>{text}</p>" for text in (*one.paragraphs, *one.bullets)),
        price=None if one.price is None else f"{one.price / 100:.2f} €",
        duration=None if one.source == "mein-now" else f"{one.course.ue} UE",
        fetched_at="2026-11-22T01:30:00Z",
        instances=tuple(runs),
    )


def read(labelled: Iterator[tuple[Offer, str]]) -> tuple[list[Key], dict[str, str], dict[str, float]]:
    """Keys in order of seniority, the truth by offer id, and how long it took; the offers are let go."""
    keys: list[Key] = []
    labels: dict[str, str] = {}
    reading = 0.0
    started = time.perf_counter()
    for offer, course in labelled:
        before = time.perf_counter()
        keys.append(read_key(offer, FIRST))
        reading += time.perf_counter() - before
        labels[offer.offer_id] = course
    if len(labels) < len(keys):
        raise SystemExit("repeated offer ids")
    normalising = time.perf_counter() - started - reading
    keys.sort(key=lambda key: key.seniority)
    return keys, labels, {"normalise_seconds": round(normalising, 1), "keys_seconds": round(reading, 1)}


def matched(keys: Sequence[Key], cache: Path | None = None) -> tuple[Resolved, dict[str, float]]:
    """Match keys with the shipped model, and how long it took."""
    hashes: Mapping[str, str] = dict.fromkeys((key.offer_id for key in keys), "")
    wall, cpu = time.perf_counter(), time.process_time()
    found = resolve_keys(keys, Decisions(), load_model(), hashes, cache)
    times = {"seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}
    if cache and found.comparison.memory:
        found.comparison.memory.save(cache)
    return found, times


def next_night(keys: Sequence[Key], seed: int) -> list[Key]:
    """The keys with one in a hundred changed: half of these are new, of the others price, start or title is another."""
    dice = Random(seed)
    found = list(keys)
    for place in dice.sample(range(len(keys)), max(4, int(len(keys) * CHANGED))):
        one, other = keys[place], dice.choice(keys)
        what = dice.choice(("new", "new", "new", "prices", "starts", "title"))
        if what == "new":
            found.append(replace(one, offer_id=f"new:{place}", source="new", first_seen=SECOND))
        else:
            months = {"months": other.months} if what == "starts" else {}
            found[place] = replace(one, **{what: getattr(other, what)}, **months)
    return sorted(found, key=lambda key: key.seniority)


def compare_nights(keys: Sequence[Key], seed: int) -> dict[str, Any]:
    """What carrying the scores saves in a night in which little changed."""
    later = next_night(keys, seed)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache.npz"
        matched(keys, cache)
        quick, times = matched(later, cache)
        size = cache.stat().st_size
    full, whole = matched(later)
    if (quick.resolution, quick.asked) != (full.resolution, full.asked):
        raise SystemExit("a night with carried scores came to another result than a full one")
    reused = quick.comparison.memory.reused if quick.comparison.memory else 0
    return {
        "night": times,
        "full": whole,
        "cpu_share": round(times["cpu_seconds"] / whole["cpu_seconds"], 2),
        "scored_again": quick.comparison.considered - reused,
        "of_pairs": quick.comparison.considered,
        "cache_mb": size >> 20,
    }


def measure_peers(python: Path, rows: Iterator[tuple[dict[str, Any], str]]) -> None:
    """Let the general tools have the same rows; their lines go to stdout."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for row, course in rows:
                named = {"start": row["start_date"], "price": row["price_eur"], "form": row["mode"], "course": course}
                same = {name: row[name] for name in ("id", "title", "provider", "town", "hours")}
                file.write(json.dumps({**same, **named}, ensure_ascii=False) + "\n")
        subprocess.run([python, Path(__file__).with_name("peers.py"), path], check=True)


def main() -> None:
    """Measure every seed."""
    parser = argparse.ArgumentParser(description="Quality and cost of dedupe where the truth is known.")
    parser.add_argument("generator", nargs="?", type=Path)
    parser.add_argument("rows", nargs="?", type=int)
    parser.add_argument("seeds", nargs="*", type=int)
    parser.add_argument("--night", action="store_true", help="also a night in which 1 %% of the offers changed")
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="an interpreter with splink and rapidfuzz")
    asked = parser.parse_args()
    size = asked.rows or (10_000 if asked.generator else 400)
    for seed in asked.seeds or (1, 2, 3):
        source = generated(asked.generator, size, seed) if asked.generator else published(size, seed)
        keys, labels, before = read(source)
        found, times = matched(keys)
        offers = max(1, len(keys))
        shares = {"pairs_per_offer": round(found.comparison.considered / offers, 1)}
        quality = measure_quality(found, labels).figures()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        line = {"size": size, "seed": seed, **times, **before, "peak_mb": peak, **shares, **quality}
        print(json.dumps(line), flush=True)
        del found
        if asked.night:
            print(json.dumps({"size": size, "seed": seed, **compare_nights(keys, seed)}), flush=True)
        if asked.peers and asked.generator:
            del keys, labels
            measure_peers(asked.peers, generated_rows(asked.generator, size, seed))


if __name__ == "__main__":
    main()
