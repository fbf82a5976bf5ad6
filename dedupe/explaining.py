"""What a steward reads of a pair: every reason with both sides' values and what it contributes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.features import REASONS, in_context, level_texts
from dedupe.keys import Key
from dedupe.scoring import Model
from dedupe.telling import UNASKED
from dedupe.vetoes import FORMS_DE, SCHEDULES_DE, side
from normalize import model as contract

UNITS_DE = {"teaching_units": "UE", "hours": "Std.", "days": "Tage", "weeks": "Wochen", "months": "Monate"}


def shown(reason: Callable[..., Any], key: Key) -> str | None:
    """What a steward sees of one side; None where nothing is known."""
    match reason.__name__:
        case "title" | "own_words" | "figures" | "subject":
            return key.shown_title or None
        case "provider":
            return key.provider_name
        case "number":
            return key.number
        case "detail":
            names = (name for name in ("level", "stage", "parts", "part_number", "modules", "norms", "processes"))
            return ", ".join(value for name in names if (value := side(key.kind, name))) or None
        case "dates":
            return _some(sorted(key.starts or key.months))
        case "price":
            return _some([f"{value:.2f} €".replace(".", ",") for value in sorted(key.prices)])
        case "length":
            return _some([f"{value:g} {UNITS_DE[unit]}" for unit, value in sorted(key.lengths)])
        case "span":
            return _some([f"{value} Tage" for value in sorted(key.spans)])
        case "town":
            return _some(sorted(key.towns))
        case "form":
            return FORMS_DE.get(key.form)
        case "schedule":
            return SCHEDULES_DE.get(key.schedule)
    return None


def _some(values: Sequence[str], limit: int = 5) -> str | None:
    more = f" und {len(values) - limit} weitere" if len(values) > limit else ""
    return ", ".join(values[:limit]) + more if values else None


def explain(
    left: Key, right: Key, levels: npt.NDArray[np.int8], model: Model, contexts: Sequence[int] = ()
) -> tuple[contract.Feature, ...]:
    """The contributions to one pair's score, strongest first; with the bias they add up to it.

    `levels`: see `features.measure`; `contexts`: the levels of the reasons beyond the features, see `Scored.contexts`.
    """
    return explain_all([(left, right)], levels[np.newaxis], model, [contexts])[0]


def explain_all(
    pairs: Sequence[tuple[Key, Key]],
    levels: npt.NDArray[np.int8],
    model: Model,
    contexts: Sequence[Sequence[int]],
) -> list[tuple[contract.Feature, ...]]:
    """The same for many pairs; a row of `levels` and of `contexts` for each."""
    texts = [list(level_texts(reason).items()) for reason in REASONS]
    return [
        _contributions(pair, (*read, *context), texts, model)
        for pair, read, context in zip(pairs, in_context(levels).tolist(), contexts, strict=True)
    ]


def _contributions(
    pair: tuple[Key, Key], places: Sequence[int], texts: Sequence[Sequence[tuple[str, str]]], model: Model
) -> tuple[contract.Feature, ...]:
    """One pair's, of the place of its level of every reason that was looked into."""
    left, right = pair
    found = []
    for reason, text, place in zip(REASONS, texts, places, strict=False):
        if place != UNASKED:
            level, words = text[place]
            found.append(
                contract.Feature(
                    name=reason.__name__,
                    left=shown(reason, left),
                    right=shown(reason, right),
                    weight=model.weights[reason.__name__][level],
                    text_de=words,
                )
            )
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.name)))
