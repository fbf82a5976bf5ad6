"""Estimating a model's weights from pairs whose truth is known, held close to what experts set by hand.

Logistic regression by maximum a posteriori: a Gaussian prior around the weights of `prior`, and within a feature the
order of its levels, from "speaks for" to "speaks against", is kept. So the result stays explainable, and a level that
the data hardly show keeps its prior weight.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dedupe.features import (
    REASONS,
    detail,
    in_context,
    level_texts,
    listing,
    number,
    own_words,
    provider,
    title,
)
from dedupe.scoring import Model
from dedupe.telling import UNASKED

Floats = npt.NDArray[np.float64]

ROUNDS = 40
LARGE = 30.0  # nats beyond which a probability is 0 or 1
# Generated data are too kind to these: their courses differ in more than words, real ones of one house often do not,
# and their numbers are never reused by another house or for another course.
TRUSTED = (title, own_words, listing, provider, number, detail)
TRUST = 100.0
FIXED = 1e7
# What is missing says nothing, nor does a level that only points to another reason: their weights stay where they are.
SILENT = ("missing", "silent", "inside", "run")


def fit(
    levels: npt.NDArray[np.int8],
    same: npt.NDArray[np.bool_],
    prior: Model,
    *,
    version: str,
    origin: str,
    importance: Floats | None = None,
    stiffness: float = 20.0,
    trust: float = TRUST,
    firm_bias: float = 1.0,
) -> Model:
    """A model whose probabilities agree with the data as far as the prior lets it.

    `levels`: columns as in `REASONS`, those of the features alone will do; `same`: the truth of each pair;
    `importance`: how much each pair counts; `stiffness`: the precision of the prior (1 / nats squared), in units of
    observed pairs; `trust` and `firm_bias`: how many times as firmly the weights of `TRUSTED` features and the bias
    are held.
    """
    levels = in_context(levels)
    sizes = [len(level_texts(reason)) for reason in REASONS]
    starts = np.cumsum([1, *sizes])
    design = np.zeros((len(levels), int(starts[-1])))
    design[:, 0] = 1.0
    for column, start in zip(range(levels.shape[1]), starts, strict=False):
        asked = np.flatnonzero(levels[:, column] != UNASKED)
        design[asked, start + levels[asked, column]] = 1.0
    counts = importance if importance is not None else np.ones(len(levels))
    centre = np.array(
        [
            prior.bias,
            *(prior.weights[reason.__name__][level] for reason in REASONS for level in level_texts(reason)),
        ]
    )
    hold = np.full(len(centre), stiffness)
    hold[0] *= firm_bias
    hold[1:][[reason in TRUSTED for reason in REASONS for _ in level_texts(reason)]] *= trust
    hold[1:][[level in SILENT for reason in REASONS for level in level_texts(reason)]] = FIXED
    weights = _ordered(design, same, counts, centre, hold, [*zip(starts[:-1].tolist(), sizes, strict=True)])
    found = {
        reason.__name__: dict(
            zip(level_texts(reason), (np.round(weights[start : start + size], 2) + 0.0).tolist(), strict=True)
        )
        for reason, start, size in zip(REASONS, starts[:-1], sizes, strict=True)
    }
    return replace(prior, version=version, origin=origin, bias=round(float(weights[0]), 2), weights=found)


def _ordered(
    design: Floats,
    same: npt.NDArray[np.bool_],
    counts: Floats,
    centre: Floats,
    hold: Floats,
    blocks: list[tuple[int, int]],
) -> Floats:
    """The best weights that never rise within a block (start, size) of columns.

    Levels out of order are pooled: they share one weight, and all weights are found anew, until none is out of order.
    """
    pool = np.arange(len(centre))  # column -> the column whose weight it has
    while True:
        heads, members = np.unique(pool, return_inverse=True)
        mass = np.bincount(members, hold).astype(np.float64)
        pooled = np.zeros((len(design), len(heads)))
        np.add.at(pooled.T, members, design.T)
        middle = np.bincount(members, hold * centre).astype(np.float64) / mass
        weights = _newton(pooled, same, counts, middle, mass)[members]
        rising = [
            column
            for start, size in blocks
            for column in range(start + 1, start + size)
            if weights[column] > weights[column - 1] + 1e-9
        ]
        if not rising:
            return weights
        for column in rising:
            pool[pool == pool[column]] = pool[column - 1]


def _newton(design: Floats, same: npt.NDArray[np.bool_], counts: Floats, centre: Floats, hold: Floats) -> Floats:
    """The unconstrained maximum a posteriori; the problem is convex, steps are halved while they do not help."""
    weights = centre.copy()
    best = _cost(design, same, counts, centre, hold, weights)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -LARGE, LARGE)))
        slope = design.T @ (counts * (same - chance)) - hold * (weights - centre)
        bend = (design * (counts * chance * (1 - chance))[:, None]).T @ design + np.diag(hold)
        step = np.linalg.solve(bend, slope)
        for _ in range(ROUNDS):
            cost = _cost(design, same, counts, centre, hold, weights + step)
            if cost <= best:
                break
            step = step / 2
        if best - cost < 1e-6 * max(1.0, abs(best)):
            break
        weights, best = weights + step, cost
    return weights


def _cost(
    design: Floats, same: npt.NDArray[np.bool_], counts: Floats, centre: Floats, hold: Floats, weights: Floats
) -> float:
    """Minus the log posterior, up to a constant."""
    scores = design @ weights
    loss = np.logaddexp(0, np.where(same, -scores, scores))
    return float(counts @ loss + (hold * (weights - centre) ** 2).sum() / 2)
