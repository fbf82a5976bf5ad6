"""What blocking, repeats and vetoes need of offers, as numbers: for them nothing of an unchanged offer is read again.

A table has a line for each offer, with the prints of its values (see `dedupe.prints`), and for each column of sets
(the words of a title, the starts of all runs) the prints of what the sets are made of.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.columns import Columns, Rows
from dedupe.keys import REPEATS, Key
from dedupe.prints import Prints, mixed, print_of, prints_of

Numbers = npt.NDArray[Any]

HOUSE = ("kind.provider", "kind.provider_key")
# What sets are made of: the name of a part -> the column of the sets. The first are those that blocking asks for.
BLOCKED = {
    "said": "title", "town": "towns", "start": "starts", "price": "prices", "length": "lengths",
    "handle": "house", "sound": "house",
}  # fmt: skip
PARTS = BLOCKED | {"told": "text"}
ALL_BITS = (1 << 64) - 1
SOUND = 2  # first letters of a word in a provider's name that survive its spellings


@dataclass(frozen=True)
class Table:
    """`lines`: columns by name, each with a number per offer. `parts`: by name, each distinct print of a set beside
    the print of one of its values, for all of them.
    """

    lines: Mapping[str, Numbers]
    parts: Mapping[str, tuple[Prints, Prints]]

    def __len__(self) -> int:
        return len(self.lines["repeats"])

    def merged(self, below: "Table", order: Rows) -> "Table":
        """The lines of this table and of one below it, in an order that may leave some out; the parts of their sets."""
        lines = {name: np.concatenate((self.lines[name], below.lines[name]))[order] for name in self.lines}
        parts = {name: _united(self.parts[name], below.parts[name], lines[sets]) for name, sets in PARTS.items()}
        return Table(lines, parts)


def tabulate(columns: Columns) -> Table:
    """The table of keys."""
    plain = ("source", "kind", "number", "title", "towns", "starts", "prices", "lengths", "text")
    lines: dict[str, Numbers] = {path: _prints(columns, path) for path in plain}
    lines["repeats"] = mixed(lines[path] if path in lines else _prints(columns, path) for path in REPEATS)
    lines["house"] = mixed(_prints(columns, path) for path in HOUSE)
    lines["owner"] = mixed((lines["source"], lines["house"]))
    lines["sounds"] = _sound_bits(columns)
    lines["digits"] = _measured(columns, "number", lambda number: len(number or ""))
    lines["words"] = _measured(columns, "title", len)
    lines["own_list"] = _measured(columns, "source_kind", lambda kind: kind != "aggregator")
    houses = [columns.keys[row] for row in columns.examples(*HOUSE).tolist()]
    values: dict[str, Iterable[Collection[str]]] = {
        "said": columns.values("title"),
        "town": columns.values("towns"),
        "start": columns.values("starts"),
        "price": ({f"{price:.0f}" for price in found} for found in columns.values("prices")),
        "length": ({f"{number:g}" for _, number in found} for found in columns.values("lengths")),
        "handle": map(_handles, houses),
        "sound": map(_sounds, houses),
        "told": columns.values("text"),
    }
    paths = {name: HOUSE if sets == "house" else (sets,) for name, sets in PARTS.items()}
    sets = {name: lines[PARTS[name]][columns.examples(*path)] for name, path in paths.items()}
    return Table(lines, {name: _parts(sets[name], found) for name, found in values.items()})


def _prints(columns: Columns, path: str) -> Prints:
    """For every key the print of its value."""
    return _spread(prints_of(columns.values(path)), columns.codes(path))


def _measured(columns: Columns, path: str, measure: Callable[[Any], int]) -> npt.NDArray[np.int32]:
    """For every key a number that its value has."""
    return _spread(np.array([measure(value) for value in columns.values(path)], np.int32), columns.codes(path))


def _spread(values: Numbers, codes: Rows) -> Numbers:
    return values[codes] if len(values) else values


def _parts(sets: Prints, values: Iterable[Collection[str]]) -> tuple[Prints, Prints]:
    """The prints of sets, each beside every one of its values."""
    known: dict[str, int] = {}
    owners: list[int] = []
    found: list[int] = []
    for owner, several in zip(sets.tolist(), values, strict=True):
        for value in several:
            if value not in known:
                known[value] = print_of(value)
            owners.append(owner)
            found.append(known[value])
    return np.array(owners, np.uint64), np.array(found, np.uint64)


def _united(one: tuple[Prints, Prints], other: tuple[Prints, Prints], used: Prints) -> tuple[Prints, Prints]:
    """The parts of sets that are in use, each once."""
    new = ~np.isin(other[0], one[0])
    sets, values = (np.concatenate((side, more[new])) for side, more in zip(one, other, strict=True))
    kept = np.isin(sets, used)
    return sets[kept], values[kept]


def _handles(key: Key) -> frozenset[str]:
    """Under what names the provider is found again; an offer without provider has none."""
    if key.kind.provider is None:
        return frozenset()
    return key.kind.provider.handles | {key.kind.provider_key or ""}


def _sounds(key: Key) -> frozenset[str]:
    """How the words of the provider's name begin: what a slip of the pen and most other spellings leave alone."""
    name = key.kind.provider
    if name is None:
        return frozenset()
    return frozenset(word[:SOUND] for word in name.core or name.kinds | name.places)


def _sound_bits(columns: Columns) -> Prints:
    """For every key the sounds and the key of its provider as bits; all bits where it is missing or has a partner."""
    paths = (*HOUSE, "partner")
    bits: list[int] = []
    for key in (columns.keys[row] for row in columns.examples(*paths).tolist()):
        words = _sounds(key) | {key.kind.provider_key or ""}
        is_open = key.kind.provider is None or key.partner is not None
        bits.append(ALL_BITS if is_open else sum({1 << zlib.crc32(word.encode()) % 64 for word in words}))
    return _spread(np.array(bits, np.uint64), columns.codes(*paths))
