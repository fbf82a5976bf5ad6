"""What a night leaves for the next one, so that only what is new or changed is read, compared and merged again.

A folder beside the warehouse with, for every offer, the print of its line, its key and its line of the table; every
pair with its score; and every course as it was written, under a print of all that it was made of. All of it holds
under one stamp: the model and the code that reads, compares and merges. A folder that is lost, damaged or of another
stamp is no memory: everything is done again, with the same result.
"""

import hashlib
import json
import logging
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from dedupe.columns import unpaired
from dedupe.keys import Key
from dedupe.scored import Judged, Opinions
from dedupe.scoring import Model, dump_model
from dedupe.table import PARTS, Table
from dedupe.texts import Texts, TextWriter

NUMBERS, KEYS, RECORDS = "numbers.npz", "keys.jsonl", "records.jsonl"
PRINT = 16  # bytes of the print of a line or of a course

_LOG = logging.getLogger(__name__)
_READ_ERRORS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
_KEY = TypeAdapter(Key)


@dataclass(frozen=True)
class Kept:
    """What the last night left. Rows are those of its register; `lines`: the print of an offer's line -> its row;
    `written`: the print of what a line of the outcome was made of -> its number among the `records`.
    """

    ids: Sequence[str]
    births: Sequence[str]
    hashes: Sequence[str]
    lines: Mapping[bytes, int]
    keys: Texts
    table: Table
    opinions: Opinions
    written: Mapping[bytes, int]
    records: Texts


@dataclass(frozen=True)
class OffersToKeep:
    """What is kept of the offers, by row; see `Kept`."""

    ids: Sequence[str]
    births: Sequence[str]
    hashes: Sequence[str]
    lines: Sequence[bytes]
    keys: Iterable[bytes]
    table: Table


def key_of(text: bytes) -> Key:
    """What is compared of an offer, as it was kept."""
    return _KEY.validate_json(text)


def dump_key(key: Key) -> bytes:
    """A key as it is kept."""
    return _KEY.dump_json(key, exclude_defaults=True)


class Keeper:
    """Writes what the next night can use, beside what an earlier one left; `close` puts it in its place."""

    def __init__(self, folder: Path, stamp: str) -> None:
        self._folder, self._stamp = folder, stamp
        self._part = folder.with_name(folder.name + ".part")
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(parents=True)
        self._records = TextWriter(self._part / RECORDS)
        self._written: list[bytes] = []

    def add(self, made_of: bytes, record: bytes) -> None:
        """Keep a line of the outcome under the print of what it was made of."""
        self._written.append(made_of)
        self._records.add(record)

    def close(self, offers: "OffersToKeep", opinions: Opinions) -> None:
        """Keep the offers and what was thought of them."""
        written = TextWriter(self._part / KEYS)
        for key in offers.keys:
            written.add(key)
        written.close()
        self._records.close()
        np.savez(
            self._part / NUMBERS,
            allow_pickle=False,
            stamp=_as_bytes(self._stamp),
            names=_as_bytes([list(offers.ids), list(offers.births), list(offers.hashes)]),
            lines=np.frombuffer(b"".join(offers.lines), np.uint8),
            written=np.frombuffer(b"".join(self._written), np.uint8),
            **_ends("keys", written),
            **_ends("records", self._records),
            **{f"line {name}": column for name, column in offers.table.lines.items()},
            **{f"part {name} {side}": offers.table.parts[name][side] for name in PARTS for side in (0, 1)},
            **_columns("candidates", opinions.candidates),
            **_columns("further", opinions.further),
        )
        shutil.rmtree(self._folder, ignore_errors=True)
        self._part.rename(self._folder)


@dataclass(frozen=True)
class Records:
    """Lines of the outcome under the prints of what they are made of: those of the last night, and for the next."""

    before: Kept | None = None
    keeper: Keeper | None = None

    def get(self, made_of: bytes) -> bytes | None:
        """The line, if it was written the night before."""
        number = self.before.written.get(made_of) if self.before else None
        return None if self.before is None or number is None else self.before.records[number]

    def put(self, made_of: bytes, record: bytes) -> None:
        """Keep a line of tonight."""
        if self.keeper:
            self.keeper.add(made_of, record)


def recall(folder: Path, stamp: str) -> Kept | None:
    """What an earlier night kept in this folder, None if it is of no use."""
    try:
        with np.load(folder / NUMBERS, allow_pickle=False) as numbers:
            if _value(numbers["stamp"]) != stamp:
                return None
            return _kept(folder, {name: numbers[name] for name in numbers.files})
    except FileNotFoundError:
        return None
    except _READ_ERRORS as error:
        _LOG.warning("%s cannot be used (%s): everything is done again", folder, error)
        return None


def _kept(folder: Path, numbers: Mapping[str, npt.NDArray[Any]]) -> Kept:
    """The arrays of a file as what they were. Raises ValueError or KeyError if they are not what a keeper writes."""
    ids, births, hashes = _value(numbers["names"])
    lines = {name.removeprefix("line "): column for name, column in numbers.items() if name.startswith("line ")}
    parts = {name: (numbers[f"part {name} 0"], numbers[f"part {name} 1"]) for name in PARTS}
    opinions = Opinions(*(_judged(numbers, name, len(ids)) for name in ("candidates", "further")))
    prints = _cut(numbers["lines"])
    if {len(births), len(hashes), len(prints), *map(len, lines.values())} != {len(ids)}:
        raise ValueError("the columns differ in length")
    return Kept(
        ids=ids,
        births=births,
        hashes=hashes,
        lines={one: row for row, one in enumerate(prints)},
        keys=_texts(folder / KEYS, numbers, "keys"),
        table=Table(lines, parts),
        opinions=opinions,
        written={one: number for number, one in enumerate(_cut(numbers["written"]))},
        records=_texts(folder / RECORDS, numbers, "records"),
    )


def _judged(numbers: Mapping[str, npt.NDArray[Any]], name: str, rows: int) -> Judged:
    pairs, scores = numbers[f"{name} pairs"], numbers[f"{name} scores"]
    kinds = str(pairs.dtype), str(scores.dtype)
    if kinds != ("int64", "float64") or pairs.shape != scores.shape or pairs.ndim != 1:
        raise ValueError(f"the {name} are no pairs with scores")
    if len(pairs) and not (min(map(np.min, unpaired(pairs))) >= 0 and max(map(np.max, unpaired(pairs))) < rows):
        raise ValueError(f"the {name} are pairs of other offers")
    return Judged(pairs, scores)


def _columns(name: str, judged: Judged) -> dict[str, npt.NDArray[Any]]:
    return {f"{name} pairs": judged.pairs, f"{name} scores": judged.scores}


def _ends(name: str, written: TextWriter) -> dict[str, npt.NDArray[Any]]:
    return {f"{name} ends": np.array(written.ends, np.int64), f"{name} checksum": np.array(written.checksum)}


def _texts(path: Path, numbers: Mapping[str, npt.NDArray[Any]], name: str) -> Texts:
    return Texts(path, numbers[f"{name} ends"].tolist(), int(numbers[f"{name} checksum"]))


def _cut(prints: npt.NDArray[Any]) -> list[bytes]:
    """Prints that were put together."""
    whole = prints.tobytes()
    return [whole[begin : begin + PRINT] for begin in range(0, len(whole), PRINT)]


def _as_bytes(value: Any) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), np.uint8)


def _value(column: npt.NDArray[Any]) -> Any:
    return json.loads(column.tobytes().decode("utf-8", "surrogatepass"))


def stamp_of(model: Model) -> str:
    """What beside the offers and the journal an outcome depends on: the model, and the code that reads and compares."""
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
