"""What went wrong on offers of which the truth is known: every mistake with both sides and its reasons.

For engineers, so in English; the reasons are those a steward reads. A wrong course that joins many offers is one
mistake, shown by its strongest pair. False merges come first: they are the worst.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from dedupe.calibration import as_rows, calibrate
from dedupe.evaluate import Evaluation, measure_quality, reviewed
from dedupe.explaining import explain
from dedupe.features import batch_of, measure
from dedupe.journal import Pair
from dedupe.keys import Key
from dedupe.pipeline import Resolved
from dedupe.scoring import Model, probability, score
from dedupe.vetoes import contradictions

SHOWN = 400  # mistakes of a kind that are listed
PLOT = 340  # side of the calibration plot, user units
KINDS = {
    "merged": "Merged, but not the same course",
    "lost": "Missed for good: neither merged nor asked",
    "asked": "Same course, asked of a steward",
    "bothered": "Different courses, asked of a steward",
}


@dataclass(frozen=True)
class Mistake:
    """One mistake: `pairs` offers are wrongly together or apart because of it; `why` says what led to it."""

    kind: str
    pairs: int
    left: dict[str, str | None]
    right: dict[str, str | None]
    score: float
    probability: float
    why: str
    reasons: tuple[dict[str, Any], ...]


def build_report(found: Resolved, labels: Mapping[str, str], model: Model) -> dict[str, Any]:
    """Figures, calibration and mistakes of a resolution, as plain values. `labels`: offer id -> true course."""
    figures: Evaluation = measure_quality(found, labels)
    wrong = mistakes(found, labels, model)
    return {
        "model": {"version": model.version, "origin": model.origin, "bias": model.bias},
        "thresholds": {
            "merge_from": probability(model.merge_from),
            "review_from": probability(model.review_from),
            "wrong_merge_costs": model.wrong_merge,
            "missed_merge_costs": model.missed_merge,
        },
        "figures": figures.figures(),
        "calibration": as_rows(calibrate(found.comparison.scores, labels)),
        "mistakes": {kind: sum(one.kind == kind for one in wrong) for kind in KINDS},
        "errors": [asdict(one) for kind in KINDS for one in [each for each in wrong if each.kind == kind][:SHOWN]],
    }


def write_error_report(report: Mapping[str, Any], folder: Path) -> None:
    """Write `report.json` and the self-contained page `report.html` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render(report), encoding="utf-8")


def render(report: Mapping[str, Any]) -> str:
    """The report as one HTML page without scripts; every value from outside is escaped."""
    return _template().render(report=report, kinds=KINDS, plot=_plot(report["calibration"]["bins"]), side=PLOT)


@cache
def _template() -> Template:
    text = files("dedupe").joinpath("error_report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text)


def _plot(bins: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """The points of the calibration plot: x what was said, y what is true, the area of a point its pairs."""
    most = max((one["pairs"] for one in bins), default=1)
    return [
        {
            "x": round(PLOT * one["said"], 1),
            "y": round(PLOT * (1 - one["true"]), 1),
            "r": round(3 + 9 * math.log1p(one["pairs"]) / math.log1p(most), 1),
            "pairs": one["pairs"],
            "said": one["said"],
            "true": one["true"],
        }
        for one in bins
    ]


def mistakes(found: Resolved, labels: Mapping[str, str], model: Model) -> list[Mistake]:
    """Every mistake once: wrong unions by the two true courses they mix, missed ones by the two courses kept apart."""
    course = found.resolution.course_ids
    asked = [(one.left, one.right) for one in found.asked]
    reached = reviewed(course, asked, labels)
    groups: defaultdict[tuple[str, frozenset[str]], list[Pair]] = defaultdict(list)
    for members in _grouped(course).values():
        for pair in _mixed(members, labels):
            groups["merged", frozenset((labels[pair[0]], labels[pair[1]]))].append(pair)
    for members in _grouped(labels).values():
        for pair in _mixed(members, course):
            is_lost = reached[course[pair[0]]] != reached[course[pair[1]]]
            groups["lost" if is_lost else "asked", frozenset((course[pair[0]], course[pair[1]]))].append(pair)
    for left, right in asked:
        if labels[left] != labels[right]:
            groups["bothered", frozenset((left, right))].append((left, right))
    scores = _scores(found, [pair for pairs in groups.values() for pair in pairs], model)
    keys = {key.offer_id: key for key in found.keys}
    refused = {
        frozenset((refusal.left, refusal.right)): refusal.reason
        for refusal in found.resolution.refusals
        if not refusal.made
    }
    order = list(KINDS)
    made = [
        _mistake(kind, pairs, max(pairs, key=lambda pair: (scores[pair], pair)), scores, keys, refused, found, model)
        for (kind, _), pairs in groups.items()
    ]
    return sorted(made, key=lambda one: (order.index(one.kind), -one.pairs, -one.score, one.left["offer"] or ""))


def _mistake(
    kind: str,
    pairs: Sequence[Pair],
    pair: Pair,
    scores: Mapping[Pair, float],
    keys: Mapping[str, Key],
    refused: Mapping[frozenset[str], str],
    found: Resolved,
    model: Model,
) -> Mistake:
    left, right = keys[pair[0]], keys[pair[1]]
    levels = measure(batch_of([left, right], [(0, 1)]))[0]
    contexts = found.comparison.scores.contexts(pair)
    conflicts = contradictions(left.kind, right.kind)
    band = model.band(scores[pair])
    if conflicts:
        why = "typed conflict: " + "; ".join(conflicts)
    elif frozenset(pair) in refused:
        why = "refused: " + refused[frozenset(pair)]
    elif pair not in found.comparison.scores:
        why = "never compared (through others)" if kind == "merged" else "never compared"
    else:
        why = f"scored {band}" + (", joined through others" if kind == "merged" and band != "merge" else "")
    return Mistake(
        kind=kind,
        pairs=len(pairs),
        left=_side(left),
        right=_side(right),
        score=round(scores[pair], 2),
        probability=probability(scores[pair]),
        why=why,
        reasons=tuple(one.model_dump() for one in explain(left, right, levels, model, contexts)),
    )


def _side(key: Key) -> dict[str, str | None]:
    return {"offer": key.offer_id, "title": key.shown_title, "provider": key.provider_name}


def _grouped(values: Mapping[str, str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for offer in sorted(values):
        found[values[offer]].append(offer)
    return found


def _mixed(members: Sequence[str], values: Mapping[str, str]) -> list[Pair]:
    """The pairs of members that have another value."""
    if len({values[member] for member in members}) == 1:
        return []
    return [(a, b) for a, b in combinations(members, 2) if values[a] != values[b]]


def _scores(found: Resolved, pairs: Sequence[Pair], model: Model) -> dict[Pair, float]:
    """What the machine thought of each pair, or would have thought had it been proposed."""
    compared = found.comparison.scores
    missing = [pair for pair in pairs if pair not in compared]
    rows = {key.offer_id: row for row, key in enumerate(found.keys)}
    batch = batch_of(found.keys, [(rows[left], rows[right]) for left, right in missing])
    scores = dict(zip(missing, score(measure(batch), model).tolist(), strict=True))
    return {pair: compared[pair] if pair in compared else scores[pair] for pair in pairs}
