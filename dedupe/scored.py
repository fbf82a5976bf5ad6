"""Pairs of offers with their scores, as columns; and which offers links connect."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from dedupe.columns import Rows, paired
from dedupe.journal import Pair
from dedupe.keys import Key
from dedupe.telling import UNASKED

Scores = npt.NDArray[np.float64]

CONTEXTS = 2


class Scored(Mapping[Pair, float]):
    """Scores in nats by pair of offer ids (left < right), kept as sorted columns; each pair given once.

    `contexts`: of the first pairs the levels of what is asked beyond the features (`telling.told`, `rivals.rival`).
    """

    def __init__(
        self, keys: Sequence[Key], left: Rows, right: Rows, scores: Scores, contexts: npt.NDArray[np.int8] | None = None
    ) -> None:
        order = np.argsort(paired(left, right))
        self.left, self.right, self.scores = left[order], right[order], scores[order]
        asked = np.full((len(order), CONTEXTS), UNASKED, np.int8)
        if contexts is not None:
            asked[: len(contexts)] = contexts
        self._contexts = asked[order]
        self._pairs = paired(self.left, self.right)
        self._keys = keys
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(named(self._keys, self.left, self.right))

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
        if not self._rows:
            self._rows.update((key.offer_id, row) for row, key in enumerate(self._keys))
        a, b = sorted((self._rows[pair[0]], self._rows[pair[1]]))
        place = int(np.searchsorted(self._pairs, a << 32 | b))
        if place == len(self._pairs) or self._pairs[place] != a << 32 | b:
            raise KeyError(pair)
        return place

    def chosen(self, mask: npt.NDArray[np.bool_]) -> dict[Pair, float]:
        """Some of the pairs as objects."""
        names = named(self._keys, self.left[mask], self.right[mask])
        return dict(zip(names, self.scores[mask].tolist(), strict=True))


def named(keys: Sequence[Key], left: Rows, right: Rows) -> list[Pair]:
    """Pairs of rows as pairs of offer ids, the smaller id first."""
    names = ((keys[a].offer_id, keys[b].offer_id) for a, b in zip(left.tolist(), right.tolist(), strict=True))
    return [(a, b) if a < b else (b, a) for a, b in names]


def row_pairs(pairs: Iterable[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """Pairs of rows as one column (see `columns.paired`), the smaller row first."""
    ordered = [(min(pair), max(pair)) for pair in pairs]
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
    """All pairs of rows of one group (see `columns.paired`), of groups of at most this many rows; `rows` distinct."""
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
        found.append(paired(rows[:-step][same], rows[step:][same]))
    return np.concatenate(found)


def empty_scored() -> tuple[Rows, Rows, Scores]:
    """No pairs."""
    return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float64)
