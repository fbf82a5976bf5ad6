"""Pairs of offers with their scores, as columns; and which offers links connect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedupe.columns import Rows, paired, unpaired
from dedupe.journal import Pair
from dedupe.register import Register
from dedupe.telling import UNASKED

PairColumn = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

CONTEXTS = 2


@dataclass(frozen=True)
class Judged:
    """Distinct pairs of rows, (right, left) as one number (see `columns.paired`), in order, and their scores in nats:
    NaN where contradictions rule a pair out, infinite while nobody has looked at it.
    """

    pairs: PairColumn
    scores: Scores

    def __len__(self) -> int:
        return len(self.pairs)

    @classmethod
    def empty(cls) -> "Judged":
        """No pairs."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.float64))

    @classmethod
    def stacked(cls, parts: Sequence["Judged"]) -> "Judged":
        """The pairs of several, which follow each other in order."""
        return cls(np.concatenate([one.pairs for one in parts]), np.concatenate([one.scores for one in parts]))

    def at(self, places: npt.NDArray[np.intp]) -> "Judged":
        """The pairs at these places."""
        return Judged(self.pairs[places], self.scores[places])

    def possible(self) -> "Judged":
        """Those that nothing rules out."""
        kept = ~np.isnan(self.scores)
        return Judged(self.pairs[kept], self.scores[kept])

    def unknown(self) -> npt.NDArray[np.int64]:
        """The places of those nobody has looked at."""
        return np.flatnonzero(np.isinf(self.scores))

    def recalled(self, pairs: PairColumn) -> "Judged":
        """Other pairs, in order, with the scores that are known."""
        found = np.full(len(pairs), np.inf)
        if len(self) and len(pairs):
            places = np.minimum(np.searchsorted(self.pairs, pairs), len(self) - 1)
            known = self.pairs[places] == pairs
            found[known] = self.scores[places[known]]
        return Judged(pairs, found)

    def moved(self, rows: Rows) -> "Judged":
        """The same for rows that have other numbers now, -1 for those that are no more; order must be kept."""
        right, left = (rows[side] for side in unpaired(self.pairs))
        kept = (left >= 0) & (right >= 0)
        return Judged(paired(right[kept], left[kept]), self.scores[kept])


@dataclass(frozen=True)
class Opinions:
    """What was thought of candidate pairs, and of further pairs that belong to one group."""

    candidates: Judged
    further: Judged

    @classmethod
    def none(cls) -> "Opinions":
        """Nothing was thought yet."""
        return cls(Judged.empty(), Judged.empty())

    def moved(self, rows: Rows) -> "Opinions":
        """The same for rows that have other numbers now, see `Judged.moved`."""
        return Opinions(self.candidates.moved(rows), self.further.moved(rows))


class Scored(Mapping[Pair, float]):
    """Scores in nats by pair of offer ids (left < right).

    `contexts`: of every pair the levels of what is asked beyond the features (`telling.told`, `rivals.rival`).
    """

    def __init__(self, offers: Register, judged: Judged, contexts: npt.NDArray[np.int8] | None = None) -> None:
        self.pairs, self.scores = judged.pairs, judged.scores
        self._contexts = np.full((len(judged), CONTEXTS), UNASKED, np.int8) if contexts is None else contexts
        self._offers = offers

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(named(self._offers.ids, *unpaired(self.pairs)))

    def __getitem__(self, pair: Pair) -> float:
        return float(self.scores[self._place(pair)])

    def contexts(self, pair: Pair) -> tuple[int, ...]:
        """The levels of a pair beyond its features; all UNASKED for one that was not proposed."""
        try:
            return tuple(self._contexts[self._place(pair)].tolist())
        except KeyError:
            return (UNASKED,) * CONTEXTS

    def _place(self, pair: Pair) -> int:
        """Where a pair stands; raises KeyError if it was not compared."""
        left, right = sorted(self._offers.rows[offer_id] for offer_id in pair)
        place = int(np.searchsorted(self.pairs, right << 32 | left))
        if place == len(self.pairs) or self.pairs[place] != right << 32 | left:
            raise KeyError(pair)
        return place

    def chosen(self, mask: npt.NDArray[np.bool_]) -> dict[Pair, float]:
        """Some of the pairs as objects."""
        names = named(self._offers.ids, *unpaired(self.pairs[mask]))
        return dict(zip(names, self.scores[mask].tolist(), strict=True))


def named(ids: Sequence[str], one: Rows, other: Rows) -> list[Pair]:
    """Pairs of rows as pairs of offer ids, the smaller id first."""
    names = ((ids[a], ids[b]) for a, b in zip(one.tolist(), other.tolist(), strict=True))
    return [(a, b) if a < b else (b, a) for a, b in names]


def row_pairs(pairs: Iterable[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Pairs of rows as one column, (larger, smaller) row as one number."""
    ordered = [(max(pair), min(pair)) for pair in pairs]
    rows = np.array(ordered, np.int64).reshape(-1, 2)
    return paired(rows[:, 0], rows[:, 1])


def connected(count: int, left: Rows, right: Rows) -> Rows:
    """For each of `count` rows the smallest row that these pairs connect it with, directly or not."""
    group = np.arange(count, dtype=np.int32)
    while True:
        ones, others = group[left], group[right]
        apart = ones != others
        if not apart.any():
            return group
        left, right = left[apart], right[apart]
        low, high = np.minimum(ones[apart], others[apart]), np.maximum(ones[apart], others[apart])
        np.minimum.at(group, high, low)
        while not np.array_equal(group, further := group[group]):
            group = further


def within_groups(rows: Rows, group: Rows, largest: int) -> npt.NDArray[np.int64]:
    """All pairs of distinct rows of one group, (larger, smaller) as one number, of groups of at most this many."""
    rows = rows[np.lexsort((rows, group[rows]))]
    own = group[rows]
    _, counts = np.unique(own, return_counts=True)
    rows = rows[np.repeat(counts <= largest, counts)]
    own = group[rows]
    found = [np.zeros(0, np.int64)]
    for step in range(1, largest):
        same = own[step:] == own[:-step]
        if not same.any():
            break
        found.append(paired(rows[step:][same], rows[:-step][same]))
    return np.concatenate(found)
