"""Listings and offers as JSON lines: read one at a time, so that a file of any size passes through."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

from pydantic import ValidationError

from flows.home import Refused
from normalize.model import Listing
from normalize.offer import to_offer
from normalize.vocabulary import SourceKind
from spiders.source import SourceError, load_source, source_files

AGGREGATORS = {"ba", "mein_now", "openqcat"}  # platforms whose listings are not the provider's own
UPLOADS = {"table"}


@dataclass(frozen=True)
class BadLine:
    """A line that is no listing: its number from 1, the line itself (cut), and why."""

    number: int
    raw: str
    reason: str


@dataclass(frozen=True)
class GoodLine:
    """A line that is a listing."""

    number: int
    raw: bytes
    listing: Listing


@contextmanager
def opened(file: Path | None) -> Iterator[BinaryIO]:
    """The file, unpacked if its name ends in `.gz`, or standard input if it is None or "-"."""
    if file is None or str(file) == "-":
        yield sys.stdin.buffer
    elif file.suffix == ".gz":
        with gzip.open(file) as packed:
            yield cast(BinaryIO, packed)
    else:
        with file.open("rb") as handle:
            yield handle


def read_listings(lines: BinaryIO) -> Iterator[GoodLine | BadLine]:
    """Each line as a listing, or why it is none; blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield GoodLine(number, line, Listing.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            reason = f"{where}: {first['msg']}" if where else first["msg"]
            yield BadLine(number, line.decode("utf-8", "replace").strip()[:500], reason)


class Kinds:
    """What kind a source is: its TOML says so by key, else the platform of that name, else it is a provider."""

    def __init__(self, folder: Path) -> None:
        self._files = source_files(folder, "standin", "captures")
        self._known: dict[str, SourceKind] = {}

    def __getitem__(self, source: str) -> SourceKind:
        if source not in self._known:
            self._known[source] = self._look_up(source)
        return self._known[source]

    def _look_up(self, source: str) -> SourceKind:
        if source in self._files:
            try:
                return load_source(self._files[source]).kind
            except SourceError as error:
                raise Refused(str(error)) from error
        if source in AGGREGATORS:
            return "aggregator"
        return "upload" if source in UPLOADS else "provider"

    def knows(self, source: str) -> bool:
        """Whether a file or a platform of that name says what kind it is."""
        return source in self._files or source in AGGREGATORS or source in UPLOADS


def print_offers(file: Path | None, today: date | None) -> bool:
    """Print the offers that listings give; a line that is no listing is named on stderr, and the result is False."""
    from flows.settings import Settings

    kinds = Kinds(Settings().sources)
    all_good = True
    with opened(file) as lines:
        for item in read_listings(lines):
            if isinstance(item, BadLine):
                sys.stderr.write(f"Zeile {item.number} ist kein Eintrag: {item.reason}\n")
                all_good = False
                continue
            offer = to_offer(item.listing, kind=kinds[item.listing.source], today=today)
            sys.stdout.write(offer.model_dump_json() + "\n")
    return all_good
