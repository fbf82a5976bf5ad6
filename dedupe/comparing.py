"""All that the machine thinks of a set of offers: what it would merge, and how sure it is of which pair.

Scores of a pair depend on the two offers and the model alone, and so do the pairs of older offers that are compared:
nothing that arrives later changes what was thought before.

Pairs are columns of row numbers throughout, scored by partitions that do not depend on each other; only what merging
and asking need becomes objects.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.blocking import RULES, RUN_RULES, Blocks, all_pairs, blocks
from dedupe.columns import Columns, Rows, distinct, paired, unpaired
from dedupe.features import Feature, Pairs
from dedupe.incremental import Memory
from dedupe.journal import Pair
from dedupe.keys import REPEATS, Key, Kind
from dedupe.levels import other_provider
from dedupe.projection import Batch, Projector
from dedupe.resolver import Link
from dedupe.rivals import rival
from dedupe.scored import Scored, Scores, connected, empty_scored, named, row_pairs, within_groups
from dedupe.scoring import Model, score, weights_of
from dedupe.telling import told
from dedupe.vetoes import contradictions

RowPair = tuple[int, int]
Mask = npt.NDArray[np.bool_]

FEW = 32  # with fewer than one in so many rows a batch is looked at by itself
LARGEST = 40  # distinct offers of a group of which every pair is compared to see whether the group fits as a whole


class Contradictions:
    """Typed conflicts between kinds of offers, each pair of kinds asked once. Kinds are numbered."""

    def __init__(self, columns: Columns) -> None:
        self.kinds: list[Kind] = columns.values("kind")
        self._found: dict[tuple[int, int], tuple[str, ...]] = {}

    def __call__(self, one: object, other: object) -> tuple[str, ...]:
        """Why offers of two kinds (numbers) cannot be one course; empty if they can."""
        if not isinstance(one, int) or not isinstance(other, int):
            return ()
        pair = (one, other) if one <= other else (other, one)
        if pair not in self._found:
            self._found[pair] = contradictions(self.kinds[pair[0]], self.kinds[pair[1]])
        return self._found[pair]


@dataclass(frozen=True)
class Comparison:
    """The machine's view. `scores`: of all pairs compared, in nats; `evidence`: of those that clusters may be asked
    about, because links connect the two offers; `voices`: who speaks for a repeat.
    """

    links: tuple[Link, ...]
    scores: Scored
    evidence: Mapping[tuple[str, str], float]
    voices: Mapping[str, str]
    kinds: Mapping[str, Hashable]
    conflict: Contradictions
    considered: int  # candidate pairs that blocking gave
    lost: Mapping[str, int]  # by rule, what the block cap lost
    memory: Memory | None = None  # what the next run can reuse


def compare(
    keys: Sequence[Key],
    model: Model,
    wanted: Iterable[RowPair] = (),
    joined: Iterable[RowPair] = (),
    memory: Callable[[Columns, Model], Memory] | None = None,
) -> Comparison:
    """Compare offers; `keys` in order of seniority.

    `wanted`: pairs of rows to be scored in any case; `joined`: pairs of rows that a person may have joined; `memory`:
    how to come by what an earlier run thought (see `dedupe.incremental`).
    """
    columns = Columns(keys)
    projector = Projector(columns)
    recalled = memory(columns, model) if memory else None
    voice = voices(columns)
    proposal = propose(columns, voice)
    considered = 0
    found = [empty_scored()]
    for left, right in proposal.partitions():
        considered += len(left)
        scores = judge(projector, left, right, model, recalled)
        possible = ~np.isnan(scores)
        found.append((left[possible], right[possible], scores[possible]))
    left, right, scores = _stacked(found)
    telling = told(left, right, scores, columns)
    scores = np.round(scores + weights_of(told, model)[telling], 9)
    rivals = rival(left, right, scores, columns.codes("source"), _births(columns), model.review_from)
    scores = np.round(scores + weights_of(rival, model)[rivals], 9)
    merging = scores >= model.merge_from
    linked = left[merging], right[merging]
    links = [Link(*pair, value) for pair, value in zip(named(keys, *linked), scores[merging].tolist(), strict=True)]
    speakers = np.unique(voice[np.concatenate(linked)])
    groups = connected(len(keys), voice[linked[0]], voice[linked[1]])
    whole = np.union1d(within_groups(speakers, groups, LARGEST), row_pairs(wanted))
    ones, others = unpaired(np.setdiff1d(whole, paired(left, right)))
    further = ones, others, score(_batch(projector, ones, others).measure(), model)
    repeats = np.flatnonzero(voice != np.arange(len(keys))).astype(np.int32)
    links += [Link(*pair, 0.0, exact=True) for pair in named(keys, voice[repeats], repeats)]
    scored = Scored(keys, *_stacked([(left, right, scores), further]), np.column_stack((telling, rivals)))
    ids = [key.offer_id for key in keys]
    return Comparison(
        links=tuple(links),
        scores=scored,
        evidence=_evidence(scored, columns, model, _askable(scored, voice, linked, row_pairs(joined))),
        voices={offer: ids[speaker] for offer, speaker in zip(ids, voice.tolist(), strict=True)},
        kinds=dict(zip(ids, columns.codes("kind").tolist(), strict=True)),
        conflict=Contradictions(columns),
        considered=considered,
        lost=proposal.lost,
        memory=recalled,
    )


def judge(projector: Projector, left: Rows, right: Rows, model: Model, memory: Memory | None = None) -> Scores:
    """The scores of one partition of candidate pairs in nats; NaN where contradictions rule a pair out."""
    scores = memory.recall(left, right) if memory else np.full(len(left), np.inf)
    fresh = np.flatnonzero(np.isinf(scores))
    possible = possible_of(projector, left[fresh], right[fresh])
    scores[fresh[~possible]] = np.nan
    fresh = fresh[possible]
    scores[fresh] = score(_batch(projector, left[fresh], right[fresh]).measure(), model)
    if memory:
        memory.keep(left, right, scores)
    return scores


def _births(columns: Columns) -> Rows:
    """For every row its first_seen, numbered in order."""
    known = columns.values("first_seen")
    order = {run: place for place, run in enumerate(sorted(known))}
    return np.array([order[run] for run in known], np.int32)[columns.codes("first_seen")]


def _stacked(parts: Sequence[tuple[Rows, Rows, Scores]]) -> tuple[Rows, Rows, Scores]:
    left, right, scores = zip(*parts, strict=True)
    return np.concatenate(left), np.concatenate(right), np.concatenate(scores)


def _batch(projector: Projector, left: Rows, right: Rows) -> Batch:
    """The pairs as a batch; of few rows only these are looked at."""
    rows, places = np.unique(np.concatenate((left, right)), return_inverse=True)
    if len(rows) * FEW > len(projector.columns):
        return projector.batch(left, right)
    ones, others = np.split(places.astype(np.int32), [len(left)])
    return projector.narrowed(rows).batch(ones, others)


def possible_pairs(keys: Sequence[Key]) -> list[RowPair]:
    """The candidate pairs that no contradiction rules out: what a model is to judge."""
    columns = Columns(keys)
    projector = Projector(columns)
    found: list[RowPair] = []
    for left, right in propose(columns, voices(columns)).partitions():
        possible = possible_of(projector, left, right)
        found += zip(left[possible].tolist(), right[possible].tolist(), strict=True)
    return sorted(found)


def voices(columns: Columns) -> Rows:
    """For every row the most senior row that it repeats exactly, itself if none."""
    return columns.examples(*REPEATS)[columns.codes(*REPEATS)]


@dataclass(frozen=True)
class Proposal:
    """Candidate pairs: of voices by what the offers are, and of any two offers by the runs they share."""

    blocks: Blocks
    runs: npt.NDArray[np.int64]  # (right, left) as one number, in order
    lost: Mapping[str, int]

    def partitions(self) -> Iterator[tuple[Rows, Rows]]:
        """The distinct pairs of rows, left < right, by ranges of their right sides."""
        start = 0
        for left, right in self.blocks.partitions():
            end = int(np.searchsorted(self.runs, paired(right[-1:] + 1, right[:1] * 0)[0])) if len(right) else start
            yield _united(paired(right, left), self.runs[start:end])
            start = end
        if start < len(self.runs):
            yield _united(self.runs[start:])


def _united(*pairs: npt.NDArray[np.int64]) -> tuple[Rows, Rows]:
    right, left = unpaired(distinct(np.concatenate(pairs)))
    return left, right


def propose(columns: Columns, voice: Rows) -> Proposal:
    """What is worth comparing.

    Of two groups of exact repeats only the most senior pair that shares a run is kept beside that of the voices.
    """
    found = blocks(columns, RULES, np.unique(voice))
    runs = blocks(columns, RUN_RULES)
    left, right = all_pairs(runs)
    ones, others = np.minimum(voice[left], voice[right]), np.maximum(voice[left], voice[right])
    apart = ones != others
    pairs = paired(right, left)[apart]  # the most senior first
    _, first = np.unique(paired(ones, others)[apart], return_index=True)
    return Proposal(found, np.sort(pairs[first]), {**found.lost, **runs.lost})


def possible_of(projector: Projector, left: Rows, right: Rows) -> Mask:
    """False for pairs that no evidence could bring together: not worth scoring."""
    possible = ~_is(projector, _contradiction, left, right)
    kept = np.flatnonzero(possible)
    strange = kept[_is(projector, _strangers, left[kept], right[kept])]
    possible[strange] = _is(projector, _shared_run, left[strange], right[strange])
    return possible


def _is(projector: Projector, question: Feature, left: Rows, right: Rows) -> Mask:
    """The answer to a question of yes ("yes") and no ("") for every pair."""
    answers, places = _batch(projector, left, right).ask(question)
    return np.array([bool(answer) for answer in answers], np.bool_)[places]


def _contradiction(pairs: Pairs) -> list[str]:
    return pairs.each(lambda a, b: "yes" if contradictions(a.kind, b.kind) else "")


def _strangers(pairs: Pairs) -> list[str]:
    return pairs.each(lambda a, b: "yes" if other_provider(a, b) else "")


def _shared_run(pairs: Pairs) -> list[str]:
    """A start or the number in common: what may make one course of the offers of two providers."""
    return pairs.each(
        lambda a, b: "yes" if a.starts & b.starts or (a.number is not None and a.number == b.number) else ""
    )


def _evidence(scored: Scored, columns: Columns, model: Model, askable: Mask) -> dict[Pair, float]:
    """What speaks for or against clusters as wholes, in nats.

    Two offers that one house lists side by side and that are not sure to be one course keep their clusters apart,
    whoever else is near both: its own list tells best what it holds apart.
    """
    house = columns.codes("source_kind") != _code_of(columns, "source_kind", "aggregator")
    source = columns.codes("source")
    beside = house[scored.left] & (source[scored.left] == source[scored.right]) & (scored.scores < model.merge_from)
    found = scored.chosen(askable)
    return found | dict.fromkeys(scored.chosen(askable & beside), -np.inf)


def _code_of(columns: Columns, path: str, value: object) -> int:
    """The number of a value of a column; -1 if no key has it."""
    values = columns.values(path)
    return values.index(value) if value in values else -1


def _askable(scored: Scored, voice: Rows, linked: tuple[Rows, Rows], joined: npt.NDArray[np.int64]) -> Mask:
    """The pairs of voices that links connect: no other two can ever meet in clusters."""
    by_hand = unpaired(joined)
    ones, others = (np.concatenate((voice[one], voice[other])) for one, other in zip(linked, by_hand, strict=True))
    groups = connected(len(voice), ones, others)
    left, right = scored.left, scored.right
    askable: Mask = (voice[left] == left) & (voice[right] == right) & (groups[left] == groups[right])
    return askable


def pair_completeness(found: Comparison, labels: Mapping[str, str]) -> float:
    """The share of true pairs that compared true pairs and exact repeats connect, directly or not: what is missing no
    score can bring back. `labels`: offer id -> true course. A share of nothing is 1.
    """
    numbers: dict[str, int] = {}
    truth = np.array([numbers.setdefault(labels[offer], len(numbers)) for offer in found.voices], np.int32)
    rows = {offer: row for row, offer in enumerate(found.voices)}
    voice = np.array([rows[speaker] for speaker in found.voices.values()], np.int32)
    left, right = found.scores.left, found.scores.right
    true = truth[left] == truth[right]
    ones = np.concatenate((left[true], voice))
    groups = connected(len(truth), ones, np.concatenate((right[true], np.arange(len(truth), dtype=np.int32))))
    wanted = _pairs_of(truth)
    return _pairs_of(paired(truth, groups)) / wanted if wanted else 1.0


def _pairs_of(values: npt.NDArray[Any]) -> int:
    """Unordered pairs of equal values."""
    _, counts = np.unique(values, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def as_batch(keys: Sequence[Key], pairs: Sequence[RowPair]) -> Pairs:
    """Pairs of rows as a batch for the features."""
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return Pairs(keys, rows[:, 0], rows[:, 1])
