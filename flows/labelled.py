"""Labelled listings: how well the machine finds the same course, measured on a file."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from dedupe.evaluate import evaluate
from flows.home import WrongUsage, write_atomically
from flows.lines import BadLine, Kinds, opened, read_listings
from flows.settings import Settings
from normalize.model import Listing, Offer
from normalize.offer import to_offer


def evaluate_file(file: Path, today: date | None, clusters: Path | None) -> dict[str, Any]:
    """Normalise the listings of a file, let `dedupe` measure itself on their labels, and return its figures.

    Raises WrongUsage for a line that is no listing or has no label, and for an offer id that occurs twice.
    """
    kinds = Kinds(Settings().sources)
    offers: list[Offer] = []
    labels: dict[str, str] = {}
    with opened(file) as lines:
        for item in read_listings(lines):
            if isinstance(item, BadLine):
                raise WrongUsage(f"line {item.number} is no listing: {item.reason}")
            published = json.loads(item.raw)
            label = published.pop("label", None)
            if label is None or label == "":
                raise WrongUsage(f"line {item.number} has no label")
            listing = Listing.model_validate(published)
            offer = to_offer(listing, kind=kinds[listing.source], today=today)
            if offer.offer_id in labels:
                raise WrongUsage(f"line {item.number}: the offer id {offer.offer_id!r} occurs twice")
            offers.append(offer)
            labels[offer.offer_id] = str(label)
    measured = evaluate(offers, labels)
    if clusters is not None:
        write_atomically(clusters, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in measured.clusters))
    return measured.figures()
