"""What a steward is asked: the pairs the machine could not decide, and those whose sides changed since the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedupe.comparing import Comparison, as_batch
from dedupe.explaining import explain
from dedupe.features import measure
from dedupe.journal import Decisions, Pair
from dedupe.keys import Key
from dedupe.resolver import Resolution
from dedupe.scoring import Model, probability
from normalize.model import Candidate


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate, and whether it is shown again because a side changed since it was judged."""

    candidate: Candidate
    changed_since_judged: bool = False


def candidates(
    keys: Sequence[Key],
    model: Model,
    comparison: Comparison,
    resolution: Resolution,
    decisions: Decisions,
    match_hashes: Mapping[str, str],
) -> list[Asked]:
    """The review queue, by pair. Of the pairs between two courses only the most probable is asked."""
    reasons = _open_pairs(model, comparison, resolution, decisions)
    changed = {
        pair: "Seit dem Urteil geändert"
        for pair, verdict in decisions.verdicts.items()
        if pair[0] in match_hashes
        and pair[1] in match_hashes
        and verdict.changed(match_hashes[pair[0]], match_hashes[pair[1]])
    }
    reasons |= changed
    rows = {key.offer_id: row for row, key in enumerate(keys)}
    pairs = sorted(reasons)
    levels = measure(as_batch(keys, [(rows[left], rows[right]) for left, right in pairs]))
    return [
        Asked(_candidate(keys, rows, pair, reasons[pair], level, model, comparison), pair in changed)
        for pair, level in zip(pairs, levels, strict=True)
    ]


def _candidate(
    keys: Sequence[Key],
    rows: Mapping[str, int],
    pair: Pair,
    reason: str,
    levels: "np.typing.NDArray[np.int8]",
    model: Model,
    comparison: Comparison,
) -> Candidate:
    left, right = pair
    return Candidate(
        left=left,
        right=right,
        probability=probability(comparison.scores.get(pair, model.bias)),
        band="review",
        reason=reason,
        features=explain(keys[rows[left]], keys[rows[right]], levels, model, comparison.scores.contexts(pair)),
    )


def _open_pairs(model: Model, comparison: Comparison, resolution: Resolution, decisions: Decisions) -> dict[Pair, str]:
    """Undecided pairs with the reason to ask, the most probable one for each pair of courses."""
    course = resolution.course_ids
    apart = {
        frozenset((course[left], course[right]))
        for (left, right), verdict in decisions.verdicts.items()
        if verdict.verdict == "different" and left in course and right in course
    }
    scored = comparison.scores
    between = (scored.scores > model.review_from) & (scored.scores < model.merge_from)
    asked = dict.fromkeys(scored.chosen(between), "Wahrscheinlichkeit zwischen den Schwellen")
    asked |= {
        _pair(refusal.left, refusal.right): refusal.reason
        for refusal in resolution.refusals
        if refusal.kind in ("fusion", "misfit") and refusal.by == "machine"
    }
    best: dict[frozenset[str], tuple[float, Pair]] = {}
    for pair in sorted(asked):
        courses = frozenset((course[pair[0]], course[pair[1]]))
        if len(courses) < 2 or pair in decisions.verdicts or courses in apart or _in_conflict(comparison, pair):
            continue
        rank = (-comparison.scores.get(pair, 0.0), pair)
        best[courses] = min(best.get(courses, rank), rank)
    return {pair: asked[pair] for _, pair in best.values()}


def _in_conflict(comparison: Comparison, pair: Pair) -> bool:
    return bool(comparison.conflict(comparison.kinds[pair[0]], comparison.kinds[pair[1]]))


def _pair(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)
