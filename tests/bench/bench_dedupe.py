"""Quality and cost of dedupe on offers of which the truth is known.

    python tests/bench/bench_dedupe.py [GENERATOR [rows] [seed ...]]

GENERATOR is the path of a module with `generate(rows, dup, seed)` yielding (row, run, course); the truth is `course`.
Without one, the listings of the stand-in's catalogue are taken as they are published, without the way over HTTP.
Prints one line of JSON per seed. Peak memory is that of the whole process, offers included.
"""

import importlib.util
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from dedupe.evaluate import evaluate
from normalize.model import Listing, ListingInstance, Offer
from normalize.offer import to_offer
from spiders.standin.catalogue import build_catalogue
from spiders.standin.publish import Publication, publish

DUPLICATES = 0.10
SEASON = date(2027, 1, 1)


def generated(generator: Path, rows: int, seed: int) -> Iterator[tuple[Offer, str]]:
    """Offers with the course they truly are, read like any listing."""
    spec = importlib.util.spec_from_file_location("generator", generator)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{generator} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for row, _, course in module.generate(rows, dup=DUPLICATES, seed=seed):
        yield to_offer(listing(row), kind="aggregator"), str(course)


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


def main() -> None:
    """Measure every seed."""
    generator = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000 if generator else 400
    for seed in map(int, sys.argv[3:] or ["1", "2", "3"]):
        labelled = list(generated(generator, size, seed) if generator else published(size, seed))
        offers = [offer for offer, _ in labelled]
        labels = {offer.offer_id: course for offer, course in labelled}
        started = time.perf_counter()
        figures = evaluate(offers, labels).figures()
        seconds = round(time.perf_counter() - started, 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"size": size, "seed": seed, "seconds": seconds, "peak_mb": peak, **figures}))


if __name__ == "__main__":
    main()
