"""Labelled listings: how well the machine finds the same course, measured on a file."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dedupe.error_report import build_report, write_error_report
from dedupe.evaluate import measure_quality, resolve_labelled
from dedupe.scoring import load_model
from flows.home import WrongUsage, write_atomically
from flows.lines import BadLine, Kinds, opened, read_listings
from flows.settings import Settings
from normalize.model import Listing, Offer
from normalize.offer import to_offer
from normalize.vocabulary import SourceKind

MANY = 6  # names of providers that no single house has


@dataclass(frozen=True)
class Labelled:
    """Offers of which the truth is known. `labels`: offer id -> true course."""

    offers: list[Offer]
    labels: dict[str, str]


def read_labelled(file: Path, today: date | None = None) -> Labelled:
    """Normalise the listings of a file, each with a `label`.

    Raises WrongUsage for a line that is no listing or has no label, and for an offer id that occurs twice.
    """
    listings: list[tuple[int, Listing, str]] = []
    with opened(file) as lines:
        for item in read_listings(lines):
            if isinstance(item, BadLine):
                raise WrongUsage(f"line {item.number} is no listing: {item.reason}")
            published = json.loads(item.raw)
            label = published.pop("label", None)
            if label is None or label == "":
                raise WrongUsage(f"line {item.number} has no label")
            listings.append((item.number, Listing.model_validate(published), str(label)))
    kinds = _kinds(listing for _, listing, _ in listings)
    found = Labelled([], {})
    for number, listing, label in listings:
        offer = to_offer(listing, kind=kinds[listing.source], today=today)
        if offer.offer_id in found.labels:
            raise WrongUsage(f"line {number}: the offer id {offer.offer_id!r} occurs twice")
        found.offers.append(offer)
        found.labels[offer.offer_id] = label
    return found


def _kinds(listings: Iterable[Listing]) -> dict[str, SourceKind]:
    """What kind each source is; one that nothing is known of is a directory if it lists many houses."""
    known = Kinds(Settings().sources)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for listing in listings:
        names[listing.source].add(listing.provider or "")
    return {
        source: "aggregator" if not known.knows(source) and len(houses) >= MANY else known[source]
        for source, houses in names.items()
    }


def evaluate_file(file: Path, today: date | None, clusters: Path | None, report: Path | None = None) -> dict[str, Any]:
    """Let `dedupe` measure itself on the labelled listings of a file, and return its figures.

    `clusters`: a file for offer and course ids; `report`: a folder for report.json and report.html with every mistake.
    Raises WrongUsage as `read_labelled` does.
    """
    labelled = read_labelled(file, today)
    model = load_model()
    found = resolve_labelled(labelled.offers, labelled.labels, model)
    measured = measure_quality(found, labelled.labels)
    if clusters is not None:
        write_atomically(clusters, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in measured.clusters))
    if report is not None:
        write_error_report(build_report(found, labelled.labels, model), report)
    return measured.figures()
