"""Measure what is distinct: a feature is asked once for all pairs that are alike in everything it reads.

Which values a feature reads is not declared but found out: it is given views of keys that hold only the values read so
far, and a view asked for more says so. Then the values are widened and the feature is asked again. A judgement that
was made on two views was made on these values alone, so it holds for every pair that shares them.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, NoReturn, cast

import numpy as np
import numpy.typing as npt

from dedupe.columns import Columns, Rows, distinct_pairs
from dedupe.features import FEATURES, Feature, Pairs, level_texts
from dedupe.keys import Key

Places = npt.NDArray[np.int64]

INNER = ("kind", "kind.features")  # of these single values are read


class UnreadError(Exception):
    """A view was asked for a value that it does not hold."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class View:
    """Some values of a key, as attributes. A view without any stands for a value of which single ones are read."""

    def __init__(self, path: str) -> None:
        self.__path = path

    def __getattr__(self, name: str) -> Any:
        """Called for what the view does not hold."""
        path = f"{self.__path}.{name}" if self.__path else name
        if path not in INNER:
            raise UnreadError(path)
        inner = self.__dict__[name] = View(path)
        return inner

    def _whole(self, *_: object) -> NoReturn:
        raise UnreadError(self.__path)

    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = _whole
    __hash__ = _whole


def views(keys: Iterable[Key], paths: tuple[str, ...]) -> list[View]:
    """Views of keys that hold the values of these paths."""
    found = [(key, View("")) for key in keys]
    for path in paths:
        outer, _, name = path.rpartition(".")
        holder, value = attrgetter(outer) if outer else _itself, attrgetter(path)
        for key, whole in found:
            holder(whole).__dict__[name] = value(key)
    return [whole for _, whole in found]


def _itself(whole: Any) -> Any:
    return whole


class Projector:
    """Asks features about pairs of one set of keys, and remembers what each of them reads."""

    def __init__(self, columns: Columns, reads: dict[str, tuple[str, ...]] | None = None) -> None:
        self.columns = columns
        self.reads = {} if reads is None else reads

    def narrowed(self, rows: Rows) -> "Projector":
        """The same for some of the keys, which are then numbered by their place in `rows`."""
        return Projector(Columns([self.columns.keys[row] for row in rows.tolist()]), self.reads)

    def batch(self, left: Rows, right: Rows) -> "Batch":
        """Pairs of rows that are asked about together."""
        return Batch(self, left, right)


class Batch:
    """Pairs of rows; what is alike in the values that a feature reads is asked once."""

    def __init__(self, projector: Projector, left: Rows, right: Rows) -> None:
        self._projector = projector
        self._left, self._right = left, right
        self._alike: dict[tuple[str, ...], tuple[Pairs, Places]] = {}

    def ask(self, feature: Feature) -> tuple[list[str], Places]:
        """The distinct answers, and for every pair the place of its answer among them."""
        reads = self._projector.reads
        while True:
            paths = reads.get(feature.__name__, ())
            if paths not in self._alike:
                self._alike[paths] = self._distinct(paths)
            pairs, places = self._alike[paths]
            try:
                return feature(pairs), places
            except UnreadError as error:
                kept = (path for path in paths if not path.startswith(error.path + "."))
                reads[feature.__name__] = tuple(sorted({*kept, error.path}))

    def measure(self) -> npt.NDArray[np.int8]:
        """The level of every pair (row) for every feature (column): what `features.measure` finds pair by pair."""
        found = np.empty((len(self._left), len(FEATURES)), np.int8)
        for column, feature in enumerate(FEATURES):
            order = {name: place for place, name in enumerate(level_texts(feature))}
            levels, places = self.ask(feature)
            found[:, column] = np.fromiter((order[name] for name in levels), np.int8, len(levels))[places]
        return found

    def _distinct(self, paths: tuple[str, ...]) -> tuple[Pairs, Places]:
        """Views of the pairs that differ in the values of these paths, and which of them stands for which pair."""
        columns = self._projector.columns
        codes, examples = columns.codes(*paths), columns.examples(*paths)
        ones, others, inverse = distinct_pairs(codes[self._left], codes[self._right], len(examples))
        used, places = np.unique(np.concatenate((ones, others)), return_inverse=True)
        seen = views((columns.keys[row] for row in examples[used].tolist()), paths)
        return Pairs(cast(Any, seen), places[: len(ones)], places[len(ones) :]), inverse
