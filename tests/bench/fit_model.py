"""Fit the weights of a model file to offers of which the truth is known, and print the new file.

    python tests/bench/fit_model.py PRIOR GENERATOR VERSION > dedupe/model.json

PRIOR is a model file with weights set by hand (tests/bench/prior.json); GENERATOR as in truth.py (seed 11, 6,000
rows); the stand-in's catalogue is taken as published (seed 21); the labelled sets are those of tests/labelled, of
courses.txt the tuning half. Seeds and the other half are never those that quality is measured on.

What a pair says beside its rivals depends on the scores, so the fit is repeated with what it found until that settles.
"""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from truth import generated, published

from dedupe.evaluate import resolve_labelled
from dedupe.features import batch_of, measure
from dedupe.scoring import Model, dump_model, load_model
from dedupe.training import fit
from flows.labelled import read_labelled
from normalize.model import Offer

LABELLED = Path(__file__).parents[1] / "labelled"
ROUNDS = 3
STIFFNESS = 20.0
TRUST = 5.0
# How many observations each set is worth, however many pairs it has. Generated ones know no synonyms; in the one of
# unlike titles hardly any duplicate looks like one, which no real catalogue does.
WORTH = {
    "generated": 4_000.0,
    "published": 8_000.0,
    "courses": 15_000.0,
    "services": 30_000.0,
    "trades": 30_000.0,
    "channels": 15_000.0,
    "unlike": 10_000.0,
}

Labelled = tuple[list[Offer], dict[str, str]]


def observed(offers: Labelled, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """The levels of all pairs compared under a model, what is asked beyond features included, and the truth."""
    known, labels = offers
    found = resolve_labelled(known, labels, model)
    places = {key.offer_id: place for place, key in enumerate(found.keys)}
    pairs = list(found.comparison.scores)
    levels = measure(batch_of(found.keys, [(places[left], places[right]) for left, right in pairs]))
    contexts = np.array([found.comparison.scores.contexts(pair) for pair in pairs], np.int8)
    return np.column_stack((levels, contexts)), np.array([labels[left] == labels[right] for left, right in pairs])


def sets(generator: Path) -> dict[str, Labelled]:
    """All sets by name."""
    found = {"generated": rows(generated(generator, 6_000, 11)), "published": rows(published(400, 21))}
    held = {f"{house}/" for house in held_houses()}
    for name in list(WORTH)[2:]:
        file = next(LABELLED.glob(f"{name}.jsonl*"))
        truth = read_labelled(file)
        offers = [one for one in truth.offers if not truth.labels[one.offer_id].startswith(tuple(held))]
        found[name] = offers, truth.labels
    return found


def held_houses() -> list[str]:
    """The houses of courses.txt that are kept for measuring."""
    heads = (line.split("|") for line in (LABELLED / "courses.txt").read_text(encoding="utf-8").splitlines())
    return [head[0].removeprefix("==").strip() for head in heads if len(head) > 2 and head[1].strip() == "held"]


def rows(labelled: Iterable[tuple[Offer, str]]) -> Labelled:
    """Offers and their truth apart."""
    pairs = list(labelled)
    return [offer for offer, _ in pairs], {offer.offer_id: course for offer, course in pairs}


def main() -> None:
    """Read, fit, print."""
    prior = load_model(Path(sys.argv[1]))
    known = sets(Path(sys.argv[2]))
    model = prior
    for _ in range(ROUNDS):
        data = {name: observed(offers, model) for name, offers in known.items()}
        worth = [np.full(len(same), WORTH[name] / len(same)) for name, (_, same) in data.items()]
        model = fit(
            np.vstack([levels for levels, _ in data.values()]),
            np.concatenate([same for _, same in data.values()]),
            prior,
            version=sys.argv[3],
            origin="tests/bench/prior.json, fitted by tests/bench/fit_model.py to the sets named there",
            importance=np.concatenate(worth),
            stiffness=STIFFNESS,
            trust=TRUST,
        )
    print(dump_model(replace(model, fit=prior.fit)), end="")


if __name__ == "__main__":
    main()
