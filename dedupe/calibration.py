"""Do the probabilities mean what they say? Of the pairs given 80 %, four in five should be the same course."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dedupe.journal import Pair

# Fine at both ends, where the machine acts by itself.
EDGES = (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 1 / 3, 0.5, 2 / 3, 0.8, 0.9, 0.967, 0.99, 0.999, 1.0)
CLIP = 1e-6  # one pair the model was certain of must not decide the whole loss


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs with a probability in `low`..`high`: how many, what the model said of them on average, what is true."""

    low: float
    high: float
    pairs: int
    said: float
    true: float


@dataclass(frozen=True)
class Calibration:
    """`log_loss` in nats per pair (a proper score: lower is better); `error`: mean of |said - true|, by pairs."""

    pairs: int
    log_loss: float
    error: float
    bins: tuple[Bin, ...]


def calibrate(scores: Mapping[Pair, float], labels: Mapping[str, str]) -> Calibration:
    """Compare what the model says of every pair it was asked about with the truth.

    `scores`: nats by pair of offer ids; `labels`: offer id -> true course.
    """
    said = [1 / (1 + math.exp(-max(-60.0, min(60.0, value)))) for value in scores.values()]
    return calibration_of(said, [labels[left] == labels[right] for left, right in scores])


def calibration_of(said: Sequence[float], same: Sequence[bool]) -> Calibration:
    """The calibration of probabilities under the truth; of no pairs it is perfect."""
    if not said:
        return Calibration(0, 0.0, 0.0, ())
    held = [min(max(p, CLIP), 1 - CLIP) for p in said]
    loss = -sum(math.log(p if truth else 1 - p) for p, truth in zip(held, same, strict=True)) / len(said)
    bins: list[Bin] = []
    for low, high in pairwise(EDGES):
        inside = [
            (p, truth) for p, truth in zip(said, same, strict=True) if low <= p < high or (high == 1.0 and p == 1.0)
        ]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            true = sum(truth for _, truth in inside) / len(inside)
            bins.append(Bin(low, high, len(inside), round(mean, 4), round(true, 4)))
    error = sum(one.pairs * abs(one.said - one.true) for one in bins) / len(said)
    return Calibration(len(said), round(loss, 5), round(error, 5), tuple(bins))


def as_rows(calibration: Calibration) -> dict[str, Any]:
    """The calibration as plain values, for JSON."""
    rows = [
        {"low": one.low, "high": one.high, "pairs": one.pairs, "said": one.said, "true": one.true}
        for one in calibration.bins
    ]
    return {"pairs": calibration.pairs, "log_loss": calibration.log_loss, "error": calibration.error, "bins": rows}
