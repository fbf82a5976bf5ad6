"""Why the machine thinks what it thinks of a pair, in German sentences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedupe.explaining import explain
from dedupe.features import batch_of, measure
from dedupe.golden import Known
from dedupe.keys import Key, read_key
from dedupe.scoring import Model, load_model, probability, score
from normalize.model import Feature

STRONG, MIDDLING, FAINT = 2.5, 1.0, 0.1  # nats


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, what it rests on, and how much it counts: 3 much, 2, 1 a little, 0 nothing."""

    text: str
    left: str
    right: str
    strength: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the machine makes of a pair: the probability, and what speaks for, against, and neither."""

    probability: float
    pros: tuple[Reason, ...]
    cons: tuple[Reason, ...]
    neither: tuple[Reason, ...]


def opinion(candidate: Mapping[str, Any] | None, left: Known, right: Known, model: Path | None) -> Opinion:
    """What the night said of a pair; where it was not asked, what it would have said."""
    if candidate is None:
        keys = read_key(left.offer, left.first_seen), read_key(right.offer, right.first_seen)
        chance, found = explain_pair(*keys, load_model(model if model and model.exists() else None))
        features: Sequence[Mapping[str, Any]] = [one.model_dump() for one in found]
    else:
        chance, features = candidate["probability"], candidate["features"]
    strongest = sorted(features, key=lambda one: -abs(one["weight"]))
    return Opinion(
        chance,
        tuple(_reason(one) for one in strongest if one["weight"] >= FAINT),
        tuple(_reason(one) for one in strongest if one["weight"] <= -FAINT),
        tuple(_reason(one) for one in strongest if abs(one["weight"]) < FAINT),
    )


def explain_pair(left: Key, right: Key, model: Model) -> tuple[float, tuple[Feature, ...]]:
    """What the machine makes of two offers, whether or not it ever compared them: the probability and its reasons."""
    levels = measure(batch_of((left, right), [(0, 1)]))
    return probability(float(score(levels, model)[0])), explain(left, right, levels[0], model)


def _reason(feature: Mapping[str, Any]) -> Reason:
    weight = abs(feature["weight"])
    strength = 3 if weight >= STRONG else 2 if weight >= MIDDLING else 1 if weight >= FAINT else 0
    text = feature["text_de"]
    left, right = (_readable(feature["name"], feature[side] or "") for side in ("left", "right"))
    return Reason(text[:1].upper() + text[1:], left, right, strength)


def _readable(name: str, value: str) -> str:
    """What is compared is folded and ISO; a steward reads German dates, prices, towns. The titles stand above."""
    if name in ("title", "own_words", "figures", "subject"):
        return ""
    if name == "price":
        return re.sub(r"\b(\d{1,3})(\d{3}),", r"\1.\2,", value)
    if name == "town":
        return value.title()
    if name == "dates":
        value = re.sub(r"\b(\d{4})-(\d{2})-(\d{2})\b", r"\3.\2.\1", value)
        return re.sub(r"\b(\d{4})-(\d{2})\b", r"\2.\1", value)
    return value
