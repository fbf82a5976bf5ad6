"""Fit the weights of a model file to offers of which the truth is known, and print the new file.

    python tests/bench/fit_model.py PRIOR GENERATOR [SNAPSHOT TRUTH ...] > model.json

PRIOR is a model file with weights set by hand; GENERATOR as in bench_dedupe.py (seeds 11 and 12, 6,000 rows); each
SNAPSHOT is an offers.jsonl of a night over the stand-in and TRUTH the output of `python -m spiders.standin truth`.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from bench_dedupe import generated

from dedupe.comparing import as_batch, possible_pairs
from dedupe.features import measure
from dedupe.keys import Key, read_key
from dedupe.pipeline import read_offers
from dedupe.scoring import dump_model, load_model
from dedupe.training import fit

GENERATED, HARVESTED = 80_000.0, 20_000.0  # how many observations each kind of data is worth


def observed(keys: list[Key], labels: Mapping[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """The levels of all candidate pairs, and whether each is true."""
    pairs = possible_pairs(keys)
    same = [labels[keys[a].offer_id] == labels[keys[b].offer_id] for a, b in pairs]
    return measure(as_batch(keys, pairs)), np.array(same)


def main() -> None:
    """Read, fit, print."""
    prior = load_model(Path(sys.argv[1]))
    kinds: list[tuple[float, list[tuple[np.ndarray, np.ndarray]]]] = [(GENERATED, []), (HARVESTED, [])]
    for seed in (11, 12):
        rows = sorted(generated(Path(sys.argv[2]), 6_000, seed), key=lambda row: row[0].offer_id)
        labels = {offer.offer_id: course for offer, course in rows}
        kinds[0][1].append(observed([read_key(offer, "0") for offer, _ in rows], labels))
    for snapshot, truth in zip(sys.argv[3::2], sys.argv[4::2], strict=True):
        facts = map(json.loads, Path(truth).read_text(encoding="utf-8").splitlines())
        labels = {fact["offer_id"]: fact["course"] for fact in facts}
        keys = [read_key(one.offer, "0") for one in read_offers(Path(snapshot)) if one.offer.offer_id in labels]
        kinds[1][1].append(observed(keys, labels))
    levels, same, importance = [], [], []
    for worth, data in kinds:
        total = sum(len(truths) for _, truths in data)
        for found, truths in data:
            levels.append(found)
            same.append(truths)
            importance.append(np.full(len(truths), worth / total))
    model = fit(
        np.vstack(levels),
        np.concatenate(same),
        prior,
        version=prior.version + "+fit",
        origin="fitted by tests/bench/fit_model.py",
        importance=np.concatenate(importance),
        stiffness=10.0,
    )
    print(dump_model(model), end="")


if __name__ == "__main__":
    main()
