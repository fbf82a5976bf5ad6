"""What a steward is asked: the pairs the machine could not decide, and those whose sides changed since the verdict."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dedupe.comparing import Comparison
from dedupe.explaining import explain_all
from dedupe.features import batch_of, measure
from dedupe.incremental import PRINT, Records
from dedupe.journal import Decisions, Pair
from dedupe.register import Register
from dedupe.resolver import Resolution
from dedupe.scoring import Model, probability
from normalize.model import Candidate


@dataclass(frozen=True, slots=True)
class Question:
    """A pair for a steward, why it is asked, and whether again because a side changed since it was judged."""

    left: str
    right: str
    probability: float
    reason: str
    changed_since_judged: bool = False
    contexts: tuple[int, ...] = ()  # see `Scored.contexts`


def questions(
    offers: Register,
    model: Model,
    comparison: Comparison,
    resolution: Resolution,
    decisions: Decisions,
    match_hashes: Mapping[str, str],
) -> list[Question]:
    """The review queue, by pair. Of the pairs between two courses only the most probable is asked."""
    reasons = _open_pairs(model, comparison, resolution, decisions)
    changed = {
        pair: "Seit dem Urteil geändert"
        for pair, verdict in decisions.verdicts.items()
        if pair[0] in offers.rows
        and pair[1] in offers.rows
        and verdict.changed(match_hashes[pair[0]], match_hashes[pair[1]])
    }
    reasons |= changed
    return [
        Question(
            *pair,
            probability(comparison.scores.get(pair, model.bias)),
            reasons[pair],
            pair in changed,
            comparison.scores.contexts(pair),
        )
        for pair in sorted(reasons)
    ]


def candidate_records(
    asked: Sequence[Question], offers: Register, prints: Sequence[bytes], model: Model, records: Records
) -> Iterator[bytes]:
    """The line of every question: a Candidate, and whether it is asked again. `prints`: of the offers, by row."""
    rows = offers.rows
    made_of = [_print(one, prints[rows[one.left]], prints[rows[one.right]]) for one in asked]
    known = [records.get(one) for one in made_of]
    new = iter(explained([one for one, line in zip(asked, known, strict=True) if line is None], offers, model))
    for one, made, line in zip(asked, made_of, known, strict=True):
        record = line or _line(next(new), one)
        records.put(made, record)
        yield record


def explained(asked: Sequence[Question], offers: Register, model: Model) -> list[Candidate]:
    """The questions with every reason for and against."""
    pairs = [(offers.rows[one.left], offers.rows[one.right]) for one in asked]
    sides = [(offers.keys[left], offers.keys[right]) for left, right in pairs]
    features = explain_all(sides, measure(batch_of(offers.keys, pairs)), model, [one.contexts for one in asked])
    return [
        Candidate(
            left=one.left,
            right=one.right,
            probability=one.probability,
            band="review",
            reason=one.reason,
            features=reasons,
        )
        for one, reasons in zip(asked, features, strict=True)
    ]


def _print(asked: Question, left: bytes, right: bytes) -> bytes:
    """Of all that the line of a question is made of but the model."""
    rest = f"{asked.probability} {asked.changed_since_judged} {asked.contexts} {asked.reason}"
    return hashlib.sha256(left + right + rest.encode()).digest()[:PRINT]


def _line(candidate: Candidate, asked: Question) -> bytes:
    row = {**candidate.model_dump(mode="json"), "changed_since_judged": asked.changed_since_judged}
    return f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n".encode()


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
