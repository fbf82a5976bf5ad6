"""Values as 64 bits, the same in every process: so a night compares what it reads with what an earlier one kept."""

import hashlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

import numpy as np
import numpy.typing as npt

Prints = npt.NDArray[np.uint64]


def print_of(value: object) -> int:
    """The print of a value: equal values of equal kind have equal prints, whatever the order of sets."""
    return int.from_bytes(hashlib.blake2b(_canonical(value).encode(), digest_size=8).digest(), "little")


def prints_of(values: Iterable[object]) -> Prints:
    """The prints of values."""
    return np.array([print_of(value) for value in values], np.uint64)


def mixed(columns: Iterable[Prints]) -> Prints:
    """The prints of rows from those of their columns, whose order counts."""
    found: Prints | None = None
    for column in columns:
        found = column if found is None else _stirred(found) ^ column
    return np.zeros(0, np.uint64) if found is None else found


def _stirred(values: Prints) -> Prints:
    """A bijection that spreads every bit (the finaliser of SplitMix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _canonical(value: object) -> str:
    """A value as text that does not depend on the order of sets."""
    if isinstance(value, str):  # nearly all are
        return repr(value)
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_canonical, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_canonical, value)) + ")"
    if is_dataclass(value) and not isinstance(value, type):
        return _canonical(tuple(getattr(value, one.name) for one in fields(value)))
    return repr(value)
