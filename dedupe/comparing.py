"""All that the machine thinks of a set of offers: what it would merge, and how sure it is of which pair.

Which pairs are compared and what is thought of them depend on the model and on what was known when the younger of the
two arrived: nothing that arrives later changes what was thought before.

Pairs are columns of row numbers throughout. They are proposed and scored by partitions that do not depend on each
other. Only then are they read in context: `telling.told` house by house, `rivals.rival` by the offer and the source
it is compared with. Only what merging and asking need becomes objects.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.blocking import RULES, RUN_RULES, Blocks, all_pairs, blocks
from dedupe.columns import Rows, distinct, paired, unpaired
from dedupe.features import Feature, Pairs
from dedupe.journal import Pair
from dedupe.keys import Key, Kind
from dedupe.levels import other_provider
from dedupe.projection import Projector
from dedupe.register import Register
from dedupe.resolver import Link
from dedupe.rivals import rival
from dedupe.scored import CONTEXTS, Judged, Opinions, Scored, Scores, connected, named, row_pairs, within_groups
from dedupe.scoring import Model, score, weights_of
from dedupe.telling import UNASKED, told
from dedupe.vetoes import contradictions

RowPair = tuple[int, int]
Mask = npt.NDArray[np.bool_]

LARGEST = 40  # distinct offers of a group of which every pair is compared to see whether the group fits as a whole


class Contradictions:
    """Typed conflicts between kinds of offers, each pair of kinds asked once. Kinds are numbered; `examples` are rows
    that have them, and `agreeing` are pairs of kinds (the smaller first) known to have no conflict.
    """

    def __init__(
        self, keys: Sequence[Key], examples: npt.NDArray[np.intp], agreeing: Iterable[tuple[int, int]] = ()
    ) -> None:
        self._keys, self._examples = keys, examples
        self._found: dict[tuple[int, int], tuple[str, ...]] = dict.fromkeys(agreeing, ())

    def __call__(self, one: object, other: object) -> tuple[str, ...]:
        """Why offers of two kinds (numbers) cannot be one course; empty if they can."""
        if not isinstance(one, int) or not isinstance(other, int):
            return ()
        pair = (one, other) if one <= other else (other, one)
        if pair not in self._found:
            self._found[pair] = contradictions(self._kind(pair[0]), self._kind(pair[1]))
        return self._found[pair]

    def _kind(self, number: int) -> Kind:
        key: Key = self._keys[int(self._examples[number])]
        return key.kind


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
    judged: Opinions | None = None  # what the next run can use again, if it was asked for
    reused: int = 0  # candidate pairs of which an earlier run had the scores


def compare(
    offers: Register,
    model: Model,
    wanted: Iterable[RowPair] = (),
    joined: Iterable[RowPair] = (),
    known: Opinions | None = None,
) -> Comparison:
    """Compare the offers of a register.

    `wanted`: pairs of rows to be scored in any case; `joined`: pairs of rows that a person may have joined; `known`:
    what an earlier run thought of pairs of these rows, so that only the others are looked at.
    """
    voice = offers.voices
    proposal = propose(offers)
    candidates, counts = _candidates(offers, proposal, model, known)
    found, contexts = _in_context(offers, candidates.possible(), model)
    merging = found.scores >= model.merge_from
    right, left = unpaired(found.pairs[merging])
    speakers = np.unique(voice[np.concatenate((left, right))])
    groups = connected(len(offers), voice[left], voice[right])
    whole = np.union1d(within_groups(speakers, groups, LARGEST), row_pairs(wanted))
    further = _further(offers, np.setdiff1d(whole, found.pairs, assume_unique=True), model, known)
    both = Judged.stacked((found, further))
    order = np.argsort(both.pairs, kind="stable")
    unasked = np.full((len(further), CONTEXTS), UNASKED, np.int8)
    scored = Scored(offers, both.at(order), np.concatenate((contexts, unasked))[order])
    repeats = np.flatnonzero(voice != np.arange(len(voice))).astype(np.int32)
    links = [
        Link(*pair, value)
        for pair, value in zip(named(offers.ids, left, right), found.scores[merging].tolist(), strict=True)
    ]
    links += [Link(*pair, 0.0, exact=True) for pair in named(offers.ids, voice[repeats], repeats)]
    _, examples, kinds = np.unique(offers.table.lines["kind"], return_index=True, return_inverse=True)
    ids = offers.ids
    return Comparison(
        links=tuple(links),
        scores=scored,
        evidence=_evidence(scored, offers, model, _askable(scored, voice, (left, right), row_pairs(joined))),
        voices={offer: ids[speaker] for offer, speaker in zip(ids, voice.tolist(), strict=True)},
        kinds=dict(zip(ids, kinds.tolist(), strict=True)),
        conflict=Contradictions(offers.keys, examples, _ordered(kinds[left], kinds[right])),
        considered=counts.considered,
        reused=counts.reused,
        lost=proposal.lost,
        judged=None if known is None else Opinions(candidates, further),
    )


def _ordered(ones: npt.NDArray[np.intp], others: npt.NDArray[np.intp]) -> set[tuple[int, int]]:
    """The pairs of two columns, the smaller number first."""
    return {*zip(np.minimum(ones, others).tolist(), np.maximum(ones, others).tolist(), strict=True)}


@dataclass
class _Counts:
    considered: int = 0
    reused: int = 0


def _candidates(offers: Register, proposal: "Proposal", model: Model, known: Opinions | None) -> tuple[Judged, _Counts]:
    """The candidate pairs with their scores; those that contradictions rule out only if the next run wants them."""
    counts = _Counts()
    whole = Projector(offers.columns)
    found = [Judged.empty()]
    for left, right in proposal.partitions():
        counts.considered += len(left)
        pairs = paired(right, left)
        if known is None:
            found.append(Judged(pairs, judge(whole, left, right, model)).possible())
        elif len(known.candidates):
            found.append(known.candidates.recalled(pairs))
        else:
            found.append(Judged(pairs, judge(whole, left, right, model)))
    candidates = Judged.stacked(found)
    new = candidates.unknown()
    counts.reused = counts.considered - len(new) if known and len(known.candidates) else 0
    candidates.scores[new] = judge(*_narrowed(offers, candidates.pairs[new]), model)
    return candidates, counts


def _in_context(offers: Register, found: Judged, model: Model) -> tuple[Judged, npt.NDArray[np.int8]]:
    """The pairs with what their houses and rivals add to their scores, and the levels of both (columns)."""
    right, left = unpaired(found.pairs)
    _, source = np.unique(offers.table.lines["source"], return_inverse=True)
    telling = told(left, right, found.scores, offers)
    scores = np.round(found.scores + weights_of(told, model)[telling], 9)
    rivals = rival(left, right, scores, source.astype(np.int32), offers.nights, model.review_from)
    scores = np.round(scores + weights_of(rival, model)[rivals], 9)
    return Judged(found.pairs, scores), np.column_stack((telling, rivals))


def _further(offers: Register, pairs: npt.NDArray[np.int64], model: Model, known: Opinions | None) -> Judged:
    """Pairs that blocking did not give, with their scores, whatever contradicts."""
    found = (known.further if known else Judged.empty()).recalled(pairs)
    new = found.unknown()
    projector, left, right = _narrowed(offers, pairs[new])
    found.scores[new] = score(projector.batch(left, right).measure(), model)
    return found


def _narrowed(offers: Register, pairs: npt.NDArray[np.int64]) -> tuple[Projector, Rows, Rows]:
    """A projector that holds only the keys of these pairs, and the pairs as rows of it."""
    rows, places = np.unique(np.concatenate(unpaired(pairs)), return_inverse=True)
    right, left = np.split(places.astype(np.int32), [len(pairs)])
    return Projector(offers.columns).narrowed(rows), left, right


def judge(projector: Projector, left: Rows, right: Rows, model: Model) -> Scores:
    """The scores of one partition of candidate pairs in nats; NaN where contradictions rule a pair out."""
    scores = np.full(len(left), np.nan)
    kept = np.flatnonzero(possible_of(projector, left, right))
    scores[kept] = score(projector.batch(left[kept], right[kept]).measure(), model)
    return scores


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


def propose(offers: Register) -> Proposal:
    """What is worth comparing.

    Of two groups of exact repeats only the most senior pair that shares a run is kept beside that of the voices.
    """
    voice = offers.voices
    found = blocks(offers.table, offers.nights, RULES, np.unique(voice))
    runs = blocks(offers.table, offers.nights, RUN_RULES)
    left, right = all_pairs(runs)
    ones, others = np.minimum(voice[left], voice[right]), np.maximum(voice[left], voice[right])
    apart = ones != others
    pairs = paired(right, left)[apart]  # the most senior first
    _, first = np.unique(paired(ones, others)[apart], return_index=True)
    return Proposal(found, np.sort(pairs[first]), {**found.lost, **runs.lost})


def possible_of(projector: Projector, left: Rows, right: Rows) -> Mask:
    """False for pairs that no evidence could bring together: not worth scoring."""
    possible = ~_is(projector, _strangers, left, right)
    strange = np.flatnonzero(~possible)
    possible[strange] = _is(projector, _shared_run, left[strange], right[strange])
    kept = np.flatnonzero(possible)  # the dearest question comes last, when most pairs are out
    possible[kept] = ~_is(projector, _contradiction, left[kept], right[kept])
    return possible


def _is(projector: Projector, question: Feature, left: Rows, right: Rows) -> Mask:
    """The answer to a question of yes ("yes") and no ("") for every pair."""
    answers, places = projector.batch(left, right).ask(question)
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


def _evidence(scored: Scored, offers: Register, model: Model, askable: Mask) -> dict[Pair, float]:
    """What speaks for or against clusters as wholes, in nats.

    Two offers that one house lists side by side and that are not sure to be one course keep their clusters apart,
    whoever else is near both: its own list tells best what it holds apart.
    """
    right, left = unpaired(scored.pairs)
    source, own_list = offers.table.lines["source"], offers.table.lines["own_list"]
    beside = (own_list[left] == 1) & (source[left] == source[right]) & (scored.scores < model.merge_from)
    return scored.chosen(askable) | dict.fromkeys(scored.chosen(askable & beside), -np.inf)


def _askable(scored: Scored, voice: Rows, linked: tuple[Rows, Rows], joined: npt.NDArray[np.int64]) -> Mask:
    """The pairs of voices that links connect: no other two can ever meet in clusters."""
    by_hand = unpaired(joined)
    ones, others = (np.concatenate((voice[one], voice[other])) for one, other in zip(linked, by_hand, strict=True))
    groups = connected(len(voice), ones, others)
    right, left = unpaired(scored.pairs)
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
    right, left = unpaired(found.scores.pairs)
    true = truth[left] == truth[right]
    ones = np.concatenate((left[true], voice))
    groups = connected(len(truth), ones, np.concatenate((right[true], np.arange(len(truth), dtype=np.int32))))
    wanted = _pairs_of(truth)
    return _pairs_of(paired(truth, groups)) / wanted if wanted else 1.0


def _pairs_of(values: npt.NDArray[Any]) -> int:
    """Unordered pairs of equal values."""
    _, counts = np.unique(values, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())
