"""What deciding a pair is worth: how much of the portal it touches, times how little the machine knows."""

import math
from collections.abc import Mapping
from typing import Any

from dedupe.overrides import HIDDEN


def benefit(runs: int, probability: float | None) -> float:
    """Bits of doubt that a decision takes away, weighted by the runs on the portal that it touches (their logarithm,
    so that one course with a hundred dates does not outweigh ten others). Without a probability the doubt is full."""
    return math.log2(2 + runs) * (1.0 if probability is None else entropy(probability))


def entropy(probability: float) -> float:
    """The uncertainty of a yes-or-no question, 0 to 1 bit."""
    if not 0 < probability < 1:
        return 0.0
    other = 1 - probability
    return -(probability * math.log2(probability) + other * math.log2(other))


def affected_runs(course: Mapping[str, Any], day: str) -> int:
    """The runs of a course (as JSON) that a visitor can still attend on this ISO day; none if it is not shown."""
    scope = course["scope"]
    if course["status"] in ("withdrawn", HIDDEN) or scope["vocational"] == "no" or scope["regional"] == "out":
        return 0
    return sum(1 for run in course["instances"] if run["open_start"] or (run["end"] or run["start"] or "9999") >= day)
