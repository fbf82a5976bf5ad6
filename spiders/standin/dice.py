"""Draws that are the same on every machine and in every process.

The stand-in promises equal bytes for equal arguments. `random` would keep that promise only as long as Python leaves
its sampling alone, and `hash` not even from one process to the next: so draws come from a digest of what they are for.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of draws named by its arguments: equal names give equal streams."""

    def __init__(self, *name: object) -> None:
        self._name = "\x1f".join(map(str, name)).encode()
        self._drawn = 0

    def below(self, limit: int) -> int:
        """An integer from 0 to limit - 1."""
        self._drawn += 1
        digest = blake2b(self._name + self._drawn.to_bytes(4, "big"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % limit

    def between(self, least: int, most: int) -> int:
        """An integer from least to most, both included."""
        return least + self.below(most - least + 1)

    def percent(self, chance: int) -> bool:
        """True in `chance` of 100 draws."""
        return self.below(100) < chance

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.below(len(values))]

    def sample(self, values: Sequence[T], count: int) -> list[T]:
        """Up to `count` different values, in the order of `values`."""
        pool = list(range(len(values)))
        chosen = [pool.pop(self.below(len(pool))) for _ in range(min(count, len(pool)))]
        return [values[index] for index in sorted(chosen)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """All the values in a drawn order."""
        pool = list(values)
        return [pool.pop(self.below(len(pool))) for _ in range(len(pool))]
