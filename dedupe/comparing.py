"""All that the machine thinks of a set of offers: what it would merge, and how sure it is of which pair.

Scores of a pair depend on the two offers and the model alone, and so do the pairs of older offers that are compared:
nothing that arrives later changes what was thought before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dedupe.blocking import RULES, RUN_RULES, candidate_pairs
from dedupe.features import Pairs, measure
from dedupe.journal import Pair
from dedupe.keys import Key, Kind
from dedupe.levels import other_provider
from dedupe.resolver import Link
from dedupe.scoring import Model, score
from dedupe.vetoes import contradictions

Rows = npt.NDArray[np.int64]
RowPair = tuple[int, int]

LARGEST = 40  # distinct offers of a group of which every pair is compared to see whether the group fits as a whole


class Contradictions:
    """Typed conflicts between kinds of offers, each pair of kinds asked once. Kinds are numbered."""

    def __init__(self, keys: Sequence[Key]) -> None:
        numbers: dict[Kind, int] = {}
        self.kind_of = [numbers.setdefault(key.kind, len(numbers)) for key in keys]
        self.kinds = list(numbers)
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
    """The machine's view. `scores`: nats by pair of offer ids (left < right); `voices`: who speaks for a repeat."""

    links: tuple[Link, ...]
    scores: Mapping[Pair, float]
    voices: Mapping[str, str]
    kinds: Mapping[str, int]
    conflict: Contradictions
    considered: int  # candidate pairs that blocking gave
    lost: Mapping[str, int]  # by rule, what the block cap lost


def compare(keys: Sequence[Key], model: Model, wanted: Iterable[RowPair] = ()) -> Comparison:
    """Compare offers; `keys` in order of seniority. `wanted`: pairs of rows to be scored in any case."""
    voice = _voices(keys)
    conflict = Contradictions(keys)
    pairs, lost = _proposed(keys, voice)
    considered = len(pairs)
    possible = [pair for pair in pairs if _is_possible(keys, pair, conflict)]
    scores = _scored(keys, possible, model)
    merging = [pair for pair, value in scores.items() if value >= model.merge_from]
    whole = [pair for pair in _within_groups(merging, voice) if pair not in scores]
    further = sorted({*whole, *wanted} - scores.keys())
    links = [_link(keys, pair, scores[pair]) for pair in merging]
    links += [_link(keys, (voice[row], row), 0.0, exact=True) for row in range(len(keys)) if voice[row] != row]
    scores |= _scored(keys, further, model)
    return Comparison(
        links=tuple(links),
        scores={_named(keys, pair): value for pair, value in scores.items()},
        voices={key.offer_id: keys[voice[row]].offer_id for row, key in enumerate(keys)},
        kinds={key.offer_id: conflict.kind_of[row] for row, key in enumerate(keys)},
        conflict=conflict,
        considered=considered,
        lost=lost,
    )


def possible_pairs(keys: Sequence[Key]) -> list[RowPair]:
    """The candidate pairs that no contradiction rules out: what a model is to judge."""
    conflict = Contradictions(keys)
    return [pair for pair in _proposed(keys, _voices(keys))[0] if _is_possible(keys, pair, conflict)]


def _voices(keys: Sequence[Key]) -> list[int]:
    """For every row the most senior row that it repeats exactly, itself if none."""
    first: dict[object, int] = {}
    return [first.setdefault(key.repeats, row) for row, key in enumerate(keys)]


def _proposed(keys: Sequence[Key], voice: Sequence[int]) -> tuple[list[RowPair], dict[str, int]]:
    """Candidate pairs: of voices by what the offers are, and of any two offers by the runs they share.

    Of two groups of exact repeats only the most senior pair that shares a run is kept beside that of the voices.
    """
    speakers = [row for row, speaker in enumerate(voice) if row == speaker]
    blocks = candidate_pairs([keys[row] for row in speakers], RULES)
    found = {(speakers[a], speakers[b]) for a, b in zip(blocks.left.tolist(), blocks.right.tolist(), strict=True)}
    runs = candidate_pairs(keys, RUN_RULES)
    senior: dict[RowPair, RowPair] = {}
    for a, b in sorted(
        zip(runs.left.tolist(), runs.right.tolist(), strict=True), key=lambda pair: (max(pair), min(pair))
    ):
        if voice[a] != voice[b]:
            groups = (voice[a], voice[b]) if voice[a] < voice[b] else (voice[b], voice[a])
            senior.setdefault(groups, (a, b))
    found.update(senior.values())
    return sorted(found), {**blocks.lost, **runs.lost}


def _is_possible(keys: Sequence[Key], pair: RowPair, conflict: Contradictions) -> bool:
    """False for pairs that no evidence could bring together: not worth scoring."""
    a, b = pair
    if conflict(conflict.kind_of[a], conflict.kind_of[b]):
        return False
    left, right = keys[a], keys[b]
    if other_provider(left, right):
        return bool(left.starts & right.starts) or (left.number is not None and left.number == right.number)
    return True


def _scored(keys: Sequence[Key], pairs: Sequence[RowPair], model: Model) -> dict[RowPair, float]:
    if not pairs:
        return {}
    batch = as_batch(keys, pairs)
    return dict(zip(pairs, score(measure(batch), model).tolist(), strict=True))


def as_batch(keys: Sequence[Key], pairs: Sequence[RowPair]) -> Pairs:
    """Pairs of rows as a batch for the features."""
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return Pairs(keys, rows[:, 0], rows[:, 1])


def _within_groups(merging: Iterable[RowPair], voice: Sequence[int]) -> list[RowPair]:
    """All pairs of voices that links connect, directly or not; of large groups none beyond the links themselves."""
    group: dict[int, int] = {}

    def root(row: int) -> int:
        while group.setdefault(row, row) != row:
            group[row] = group[group[row]]
            row = group[row]
        return row

    for a, b in merging:
        group[root(voice[a])] = root(voice[b])
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row in sorted(group):
        members[root(row)].append(row)
    return [pair for rows in members.values() if len(rows) <= LARGEST for pair in combinations(rows, 2)]


def _link(keys: Sequence[Key], pair: RowPair, value: float, *, exact: bool = False) -> Link:
    return Link(*_named(keys, pair), score=value, exact=exact)


def _named(keys: Sequence[Key], pair: RowPair) -> Pair:
    left, right = sorted((keys[pair[0]].offer_id, keys[pair[1]].offer_id))
    return left, right
