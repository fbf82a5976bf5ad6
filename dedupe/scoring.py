"""From reasons to a probability one can rely on, and from costs to what is done about it.

The model file gives every level of every feature a weight in nats (natural log-odds); the score of a pair is the bias
plus the weights of its levels, its probability the logistic of the score. So every score can be taken apart.

Thresholds follow from stated costs, in units of one steward's look at a pair: with probability p of being the same
course, merging costs (1 - p) * wrong_merge in expectation, leaving apart p * missed_merge, asking 1. The cheapest of
the three is done: merge where p >= 1 - 1 / wrong_merge, leave apart where p <= 1 / missed_merge, ask in between.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.features import REASONS, in_context, level_texts
from dedupe.resolver import Fit

Scores = npt.NDArray[np.float64]


class ModelError(ValueError):
    """A model file does not fit the features of this version."""


@dataclass(frozen=True)
class Model:
    """Weights in nats, costs in looks, and when clusters fit as wholes. Version and origin are for reports."""

    version: str
    origin: str
    bias: float
    weights: Mapping[str, Mapping[str, float]]
    wrong_merge: float
    missed_merge: float
    fit: Fit

    @property
    def merge_from(self) -> float:
        """The score in nats from which merging is the cheapest."""
        return logit(1 - 1 / self.wrong_merge)

    @property
    def review_from(self) -> float:
        """The score in nats above which asking is cheaper than leaving apart."""
        return logit(1 / self.missed_merge)

    def band(self, score: float) -> str:
        """merge, review or distinct."""
        return "merge" if score >= self.merge_from else "review" if score > self.review_from else "distinct"


def load_model(path: Path | None = None) -> Model:
    """The model of a file, or the shipped one. Raises ModelError if a level has no weight or a weight no level."""
    if path is None:
        return _shipped()
    return _model(json.loads(path.read_text(encoding="utf-8")), str(path))


@cache
def _shipped() -> Model:
    return _model(json.loads(files("dedupe").joinpath("model.json").read_text(encoding="utf-8")), "model.json")


def _model(data: Mapping[str, Any], name: str) -> Model:
    weights = {feature: dict(levels) for feature, levels in data["weights"].items()}
    expected = {reason.__name__: set(level_texts(reason)) for reason in REASONS}
    if {feature: set(levels) for feature, levels in weights.items()} != expected:
        raise ModelError(f"{name}: the weights do not name the features and levels of this version")
    costs = data["costs"]
    if min(costs["wrong_merge"], costs["missed_merge"]) <= 2:
        raise ModelError(f"{name}: a mistake must cost more than two looks, or nobody would be asked")
    return Model(
        version=data["version"],
        origin=data["origin"],
        bias=data["bias"],
        weights=weights,
        wrong_merge=costs["wrong_merge"],
        missed_merge=costs["missed_merge"],
        fit=Fit(**data["fit"]),
    )


def dump_model(model: Model) -> str:
    """The model as the text of its file."""
    data = {
        "version": model.version,
        "origin": model.origin,
        "costs": {"wrong_merge": model.wrong_merge, "missed_merge": model.missed_merge},
        "fit": {"lowest": model.fit.lowest, "mean": model.fit.mean},
        "bias": model.bias,
        "weights": model.weights,
    }
    return json.dumps(data, indent=2) + "\n"


def score(levels: npt.NDArray[np.int8], model: Model) -> Scores:
    """The score in nats of every pair by itself, from its levels (see `features.measure`)."""
    return evidence(in_context(levels), model)


def evidence(levels: npt.NDArray[np.int8], model: Model) -> Scores:
    """The sum of the weights of levels that `features.in_context` has read; columns as in REASONS, as far as given."""
    total = np.full(len(levels), model.bias)
    for column in range(levels.shape[1]):
        total += weights_of(REASONS[column], model)[levels[:, column]]
    # Equal evidence must give equal scores on every machine and in every batch: no summation noise.
    return np.round(total, 9)


def weights_of(reason: Callable[..., Any], model: Model) -> Scores:
    """The weights of a reason by the places of its levels; behind them, for UNASKED, none."""
    weights = model.weights[reason.__name__]
    return np.array([*(weights[level] for level in level_texts(reason)), 0.0])


def probability(score_nats: float) -> float:
    """The logistic of a score, to six places."""
    return round(1 / (1 + math.exp(-max(-60.0, min(60.0, score_nats)))), 6)


def logit(p: float) -> float:
    """The score in nats of a probability strictly between 0 and 1."""
    return math.log(p / (1 - p))
