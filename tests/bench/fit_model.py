"""Fit the weights of a model file to offers of which the truth is known, and print the new file.

    python tests/bench/fit_model.py PRIOR GENERATOR LABELLED VERSION > dedupe/model.json

PRIOR is a model file with weights set by hand (tests/bench/prior.json); GENERATOR as in bench_dedupe.py (seeds 11 and
12, 6,000 rows); the stand-in's catalogue is taken as published (seeds 21 and 22); LABELLED is the part of the labelled
set that may be learned from (`tests/labelled/expand.py tuning`). Seeds and part are never those that quality is
measured on.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from bench_dedupe import generated, published

from dedupe.evaluate import resolve_labelled
from dedupe.features import batch_of, measure
from dedupe.scoring import dump_model, load_model
from dedupe.training import fit
from flows.labelled import read_labelled
from normalize.model import Offer

# How many observations each kind of data is worth, however many pairs it has.
WORTH = {"generated": 60_000.0, "published": 40_000.0, "labelled": 15_000.0}


def observed(rows: Iterable[tuple[Offer, str]]) -> tuple[np.ndarray, np.ndarray]:
    """The levels of all pairs that are compared, and whether each is true."""
    labelled = list(rows)
    labels = {offer.offer_id: course for offer, course in labelled}
    found = resolve_labelled([offer for offer, _ in labelled], labels, load_model(Path(sys.argv[1])))
    places = {key.offer_id: place for place, key in enumerate(found.keys)}
    pairs = list(found.comparison.scores)
    same = [labels[left] == labels[right] for left, right in pairs]
    return measure(batch_of(found.keys, [(places[left], places[right]) for left, right in pairs])), np.array(same)


def main() -> None:
    """Read, fit, print."""
    prior = load_model(Path(sys.argv[1]))
    tuning = read_labelled(Path(sys.argv[3]))
    kinds = {
        "generated": [observed(generated(Path(sys.argv[2]), 6_000, seed)) for seed in (11, 12)],
        "published": [observed(published(400, seed)) for seed in (21, 22)],
        "labelled": [observed((offer, tuning.labels[offer.offer_id]) for offer in tuning.offers)],
    }
    levels, same, importance = [], [], []
    for kind, data in kinds.items():
        total = sum(len(truths) for _, truths in data)
        for found, truths in data:
            levels.append(found)
            same.append(truths)
            importance.append(np.full(len(truths), WORTH[kind] / total))
    model = fit(
        np.vstack(levels),
        np.concatenate(same),
        prior,
        version=sys.argv[4],
        origin="tests/bench/prior.json, fitted by tests/bench/fit_model.py to generated offers (seeds 11, 12), the "
        "stand-in's catalogue (seeds 21, 22) and the tuning half of tests/labelled",
        importance=np.concatenate(importance),
        stiffness=10.0,
    )
    print(dump_model(model), end="")


if __name__ == "__main__":
    main()
