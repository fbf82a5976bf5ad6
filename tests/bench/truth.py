"""Offers of which the truth is known, from a generator of rows or from the stand-in's catalogue.

A generator is a module with `generate(rows, dup, seed)` yielding (row, run, course); the truth is `course`. The
listings of the catalogue are taken as they are published, without the way over HTTP.
"""

import importlib.util
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from normalize.model import Listing, ListingInstance, Offer
from normalize.offer import to_offer
from spiders.standin.catalogue import build_catalogue
from spiders.standin.publish import Publication, publish

DUPLICATES = 0.10
SEASON = date(2027, 1, 1)


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
