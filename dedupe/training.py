"""Estimating a model's weights from pairs whose truth is known, held close to what experts set by hand.

Logistic regression by maximum a posteriori: a Gaussian prior around the weights of `prior`, and within a feature the
order of its levels, from "speaks for" to "speaks against", is kept. So the result stays explainable, and a level that
the data hardly show keeps its prior weight.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dedupe.features import FEATURES, level_texts, listing, own_words, provider, title
from dedupe.scoring import Model

Floats = npt.NDArray[np.float64]

ROUNDS = 40
# Generated data are too kind to these: their courses differ in more than words, real ones of one house often do not.
TRUSTED = (title, own_words, listing, provider)
TRUST = 100.0
FIXED = 1e7  # what is missing says nothing: its weight stays where it is


def fit(
    levels: npt.NDArray[np.int8],
    same: npt.NDArray[np.bool_],
    prior: Model,
    *,
    version: str,
    origin: str,
    importance: Floats | None = None,
    stiffness: float = 20.0,
) -> Model:
    """A model whose probabilities agree with the data as far as the prior lets it.

    `levels`: see `features.measure`; `same`: the truth of each pair; `importance`: how much each pair counts;
    `stiffness`: the precision of the prior (1 / nats squared), in units of observed pairs.
    """
    sizes = [len(level_texts(feature)) for feature in FEATURES]
    starts = np.cumsum([1, *sizes])
    design = np.zeros((len(levels), int(starts[-1])))
    design[:, 0] = 1.0
    for column, start in enumerate(starts[:-1]):
        design[np.arange(len(levels)), start + levels[:, column]] = 1.0
    counts = importance if importance is not None else np.ones(len(levels))
    centre = np.array(
        [
            prior.bias,
            *(prior.weights[feature.__name__][level] for feature in FEATURES for level in level_texts(feature)),
        ]
    )
    hold = np.full(len(centre), stiffness)
    hold[1:][[feature in TRUSTED for feature in FEATURES for _ in level_texts(feature)]] *= TRUST
    hold[1:][[level == "missing" for feature in FEATURES for level in level_texts(feature)]] = FIXED
    weights = centre.copy()
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counts * (same - chance)) - hold * (weights - centre)
        bend = (design * (counts * chance * (1 - chance))[:, None]).T @ design + np.diag(hold)
        weights = weights + 0.5 * np.linalg.solve(bend, slope)
        mass = (design * counts[:, None]).sum(axis=0) + hold
        for start, size in zip(starts[:-1], sizes, strict=True):
            weights[start : start + size] = _falling(weights[start : start + size], mass[start : start + size])
    found = {
        feature.__name__: dict(
            zip(level_texts(feature), np.round(weights[start : start + size], 2).tolist(), strict=True)
        )
        for feature, start, size in zip(FEATURES, starts[:-1], sizes, strict=True)
    }
    return replace(prior, version=version, origin=origin, bias=round(float(weights[0]), 2), weights=found)


def _falling(values: Floats, mass: Floats) -> Floats:
    """The nearest sequence that never rises (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []  # mean, mass, length
    for value, weight in zip(values.tolist(), mass.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-1][0] > pools[-2][0]:
            (low, one, first), (high, other, second) = pools[-2], pools[-1]
            pools[-2:] = [((low * one + high * other) / (one + other), one + other, first + second)]
    return np.array([mean for mean, _, length in pools for _ in range(length)])
