"""What the last run thought of which pair, so that only pairs with a new or changed side are scored again.

A score depends on the two keys, the model and the code alone. The file keeps the prints of all keys (all that is
compared of an offer, in 64 bits) and every candidate pair with its score, NaN where a contradiction ruled it out. A
score is taken over where the prints of both sides are still there, under the same model and the same code. A file that
is lost, damaged or from another model or code is no memory: everything is scored again.
"""

import hashlib
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.columns import Columns, Rows, paired, unpaired
from dedupe.keys import Key, Kind
from dedupe.scored import Scores
from dedupe.scoring import Model, dump_model

Prints = npt.NDArray[np.uint64]
Columned = npt.NDArray[np.int64]

_LOG = logging.getLogger(__name__)
_PATHS = (*(one.name for one in fields(Key) if one.name != "kind"), *(f"kind.{one.name}" for one in fields(Kind)))
_READ_ERRORS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass
class Memory:
    """Scores by pair of rows of this run's keys: those recalled from an earlier run, and those to be kept."""

    stamp: str
    prints: Prints
    pairs: Columned = field(default_factory=lambda: np.zeros(0, np.int64))  # (right, left), in order
    scores: Scores = field(default_factory=lambda: np.zeros(0, np.float64))
    reused: int = 0
    _found: list[tuple[Columned, Scores]] = field(default_factory=list)

    def recall(self, left: Rows, right: Rows) -> Scores:
        """The scores of pairs as they were, NaN where contradictions rule them out; infinite where not known."""
        wanted = paired(right, left)
        found = np.full(len(wanted), np.inf)
        if len(self.pairs):
            places = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
            known = self.pairs[places] == wanted
            found[known] = self.scores[places[known]]
            self.reused += int(known.sum())
        return found

    def keep(self, left: Rows, right: Rows, scores: Scores) -> None:
        """Pairs with their scores for the next run; right sides must never fall from call to call."""
        self._found.append((paired(right, left), scores))

    def save(self, path: Path) -> None:
        """Write what was kept, in one step."""
        pairs = np.concatenate([np.zeros(0, np.int64), *(pairs for pairs, _ in self._found)])
        scores = np.concatenate([np.zeros(0, np.float64), *(scores for _, scores in self._found)])
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            np.savez(file, stamp=np.array(self.stamp), prints=self.prints, pairs=pairs, scores=scores)
        part.replace(path)


def remember(path: Path, columns: Columns, model: Model) -> Memory:
    """What is still true of what an earlier run kept in this file; nothing if the file is of no use."""
    memory = Memory(stamp_of(model), prints_of(columns))
    try:
        with np.load(path, allow_pickle=False) as kept:
            stamp, prints, pairs, scores = str(kept["stamp"]), kept["prints"], kept["pairs"], kept["scores"]
    except FileNotFoundError:
        return memory
    except _READ_ERRORS as error:
        _LOG.warning("%s cannot be used (%s): every pair is scored again", path, error)
        return memory
    if stamp == memory.stamp and _is_sound(prints, pairs, scores):
        memory.pairs, memory.scores = _moved(prints, memory.prints, pairs, scores)
    return memory


def _is_sound(prints: npt.NDArray[Any], pairs: npt.NDArray[Any], scores: npt.NDArray[Any]) -> bool:
    """Whether the arrays of a file are what `save` writes."""
    kinds = tuple(str(column.dtype) for column in (prints, pairs, scores))
    if kinds != ("uint64", "int64", "float64") or pairs.shape != scores.shape or prints.ndim * pairs.ndim != 1:
        return False
    left, right = unpaired(pairs)
    return not len(pairs) or bool(min(left.min(), right.min()) >= 0 and max(left.max(), right.max()) < len(prints))


def _moved(old: Prints, new: Prints, pairs: Columned, scores: Scores) -> tuple[Columned, Scores]:
    """Pairs of old rows as pairs of new rows, where both sides are unchanged."""
    if not len(new) or not len(old):
        return pairs[:0], scores[:0]
    order = np.argsort(new)
    places = np.minimum(np.searchsorted(new[order], old), len(new) - 1)
    row = np.where(new[order][places] == old, order[places], -1)
    right, left = (row[side] for side in unpaired(pairs))
    kept = (left >= 0) & (right >= 0)
    moved = paired(right[kept], left[kept])
    order = np.argsort(moved, kind="stable")
    return moved[order], scores[kept][order]


def stamp_of(model: Model) -> str:
    """What beside the keys a score depends on: the model and the code that reads and compares."""
    return hashlib.sha256((_code() + dump_model(model)).encode()).hexdigest()


@cache
def _code() -> str:
    """A hash of the source of this room and of normalize."""
    found = hashlib.sha256()
    for package in ("dedupe", "normalize"):
        for name, content in sorted(_sources(files(package), package)):
            found.update(name.encode() + b"\0" + content + b"\0")
    return found.hexdigest()


def _sources(folder: Any, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, path)
        elif path.endswith((".py", ".toml", ".json", ".csv")):
            yield path, entry.read_bytes()


def prints_of(columns: Columns) -> Prints:
    """All that is compared of every key, in 64 bits: equal keys have equal prints in every process."""
    found = np.zeros(len(columns), np.uint64)
    for path in _PATHS:
        digests = np.array([_digest(value) for value in columns.values(path)], np.uint64)
        found = _stirred(found) ^ digests[columns.codes(path)] if len(found) else found
    return found


def _stirred(values: Prints) -> Prints:
    """A bijection that spreads every bit (the finaliser of SplitMix64), so that the order of fields counts."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _digest(value: object) -> int:
    return int.from_bytes(hashlib.blake2b(_canonical(value).encode(), digest_size=8).digest(), "little")


def _canonical(value: object) -> str:
    """A value as text that does not depend on the order of sets."""
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_canonical, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_canonical, value)) + ")"
    if is_dataclass(value) and not isinstance(value, type):
        return _canonical(tuple(getattr(value, one.name) for one in fields(value)))
    return repr(value)
