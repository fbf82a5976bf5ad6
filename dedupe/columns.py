"""The values of many keys as numbers: what a million offers share is kept, compared and judged once.

Of every path into a key ("title", "kind.provider") the distinct values are numbered in order of their first row, so a
column of small integers stands for the values of all rows.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.keys import Key

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int32]

DENSE = 1 << 22  # pairs of codes up to which a table of all of them is cheaper than sorting


class Columns:
    """Keys with their values numbered; every column is made when it is first asked for."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys
        self._columns: dict[tuple[str, ...], tuple[Codes, Rows]] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def codes(self, *paths: str) -> Codes:
        """For every row the number of its values under these paths."""
        return self._column(paths)[0]

    def examples(self, *paths: str) -> Rows:
        """For every number the first row that has it."""
        return self._column(paths)[1]

    def values(self, path: str) -> list[Any]:
        """For every number the value it stands for."""
        get = attrgetter(path)
        return [get(self.keys[row]) for row in self.examples(path).tolist()]

    def _column(self, paths: tuple[str, ...]) -> tuple[Codes, Rows]:
        if paths not in self._columns:
            self._columns[paths] = self._single(paths[0]) if len(paths) == 1 else self._joint(paths)
        return self._columns[paths]

    def _single(self, path: str) -> tuple[Codes, Rows]:
        outer, _, name = path.rpartition(".")
        if outer:  # distinct values have distinct owners
            owners, rows = self._column((outer,))
            codes, firsts = _numbered(map(attrgetter(name), self.values(outer)), len(rows))
            return codes[owners], rows[firsts]
        return _numbered(map(attrgetter(name), self.keys), len(self.keys))

    def _joint(self, paths: tuple[str, ...]) -> tuple[Codes, Rows]:
        if not paths:
            return np.zeros(len(self.keys), np.int32), np.zeros(min(1, len(self.keys)), np.int32)
        ones, others = self.codes(*paths[:-1]), self.codes(paths[-1])
        _, rows, codes = np.unique(paired(ones, others), return_index=True, return_inverse=True)
        order = np.argsort(rows)
        numbers = np.empty(len(order), np.int32)
        numbers[order] = np.arange(len(order), dtype=np.int32)
        return numbers[codes], rows[order].astype(np.int32)


def paired(ones: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Two columns of numbers below 2**31 as one."""
    return ones.astype(np.int64) << 32 | others.astype(np.int64)


def unpaired(pairs: npt.NDArray[np.int64]) -> tuple[Rows, Rows]:
    """What `paired` put together."""
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)


def distinct_pairs(ones: Codes, others: Codes, size: int) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
    """The distinct pairs of two columns with numbers below `size`, and for every row the place of its pair."""
    if size * size > DENSE:
        found, places = np.unique(paired(ones, others), return_inverse=True)
        return *unpaired(found), places
    flat = ones.astype(np.int64) * size + others
    present = np.zeros(size * size, np.bool_)
    present[flat] = True
    found = np.flatnonzero(present)
    place_of = np.empty(size * size, np.int64)
    place_of[found] = np.arange(len(found))
    return (found // size).astype(np.int32), (found % size).astype(np.int32), place_of[flat]


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The values in order, each once. (Sorting beats the hash table of `np.unique` by far.)"""
    ordered = np.sort(values)
    changes: npt.NDArray[np.bool_] = np.diff(ordered, prepend=ordered[:1] - 1) != 0
    return ordered[changes]


def _numbered(values: Iterable[Hashable], count: int) -> tuple[Codes, Rows]:
    """The values as numbers in order of their first place, and for every number this place."""
    numbers: defaultdict[Hashable, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    codes = np.fromiter(map(numbers.__getitem__, values), np.int32, count)
    highest = np.maximum.accumulate(codes) if count else codes
    return codes, np.flatnonzero(np.diff(highest, prepend=np.int32(-1))).astype(np.int32)
