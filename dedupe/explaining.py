"""What a steward reads of a pair: every reason with both sides' values and what it contributes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedupe.features import FEATURES, Feature, in_context, level_texts
from dedupe.keys import Key
from dedupe.scoring import Model, evidence, score
from dedupe.vetoes import FORMS_DE, SCHEDULES_DE, side
from normalize import model as contract

CAUTION_DE = "Titel zu verschieden, um ungefragt zusammenzuführen"
UNITS_DE = {"teaching_units": "UE", "hours": "Std.", "days": "Tage", "weeks": "Wochen", "months": "Monate"}


def shown(feature: Feature, key: Key) -> str | None:
    """What a steward sees of one side; None where nothing is known."""
    match feature.__name__:
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


def explain(left: Key, right: Key, levels: npt.NDArray[np.int8], model: Model) -> tuple[contract.Feature, ...]:
    """The contributions to one pair's score, strongest first; with the bias they add up to it."""
    found = []
    read = in_context(levels[np.newaxis])
    for place, feature in zip(read[0].tolist(), FEATURES, strict=True):
        level, text = list(level_texts(feature).items())[place]
        found.append(
            contract.Feature(
                name=feature.__name__,
                left=shown(feature, left),
                right=shown(feature, right),
                weight=model.weights[feature.__name__][level],
                text_de=text,
            )
        )
    held = float((score(levels[np.newaxis], model) - evidence(read, model))[0])
    if held < 0:
        found.append(contract.Feature(name="caution", weight=round(held, 9), text_de=CAUTION_DE))
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.name)))
