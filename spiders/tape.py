"""The tape of a harvest: every answer it used, in order, so that the night can be read again without any network.

`harvest/<run_id>/<source>.tape.jsonl`; the first line says where the source was found, each further line is an answer:
`n` its place, `at` when it came (UTC), `url` what was asked, `final_url` what answered after redirects, `status`,
`headers`, `cookiejar` the session, `body` the name of the kept body or null, `error` why there is no page. The line of
a robots.txt has `robots: true`. A torn last line, left by a killed harvest, is ignored.
"""

import json
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SUFFIX = ".tape.jsonl"


class TapeError(ValueError):
    """A tape that cannot be used."""


@dataclass(frozen=True)
class Entry:
    """One answer. `status` is what came over the wire (304: the kept body serves), None if nothing came."""

    at: str
    url: str
    final_url: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookiejar: str | None = None
    body: str | None = None
    error: str | None = None
    robots: bool = False


@dataclass(frozen=True)
class Header:
    """Where the harvest found its source: at another server than its own (a stand-in), or in these files."""

    source: str
    base_url: str | None = None
    files: tuple[str, ...] | None = None  # file addresses


class TapeWriter:
    """Writes a tape line by line; each line is with the operating system before its page is read."""

    def __init__(self, path: Path, header: Header) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n", buffering=1)
        self._count = 0
        self._write(asdict(header))

    def add(self, entry: Entry) -> None:
        """Append an answer."""
        self._count += 1
        self._write({"n": self._count, **asdict(entry)})

    def _write(self, record: dict[str, Any]) -> None:
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class Tape:
    """A tape to be read again. Raises TapeError for a file that is none."""

    def __init__(self, path: Path) -> None:
        lines = read_lines(path)
        try:
            self.header = Header(**next(lines)[1])
        except (StopIteration, TypeError) as error:
            raise TapeError(f"{path.name} does not begin like a tape") from error
        self.robots: list[Entry] = []
        self._places: dict[tuple[str, str | None], deque[tuple[int, int]]] = defaultdict(deque)
        for offset, record in lines:
            if record["robots"]:
                self.robots.append(_entry(record))
            else:
                self._places[record["url"], record["cookiejar"]].append((record["n"], offset))
        self._file = path.open("rb")

    def place(self, url: str, cookiejar: str | None) -> tuple[int, int] | None:
        """Where the next answer to this request stands, as (n, offset); its last one once all were taken."""
        places = self._places.get((url, cookiejar))
        if not places:
            return None
        return places.popleft() if len(places) > 1 else places[0]

    def entry(self, offset: int) -> Entry:
        """The answer at a place."""
        self._file.seek(offset)
        return _entry(json.loads(self._file.readline()))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a tape with their offsets, without a torn last one. Raises TapeError for a line that is none."""
    offset = 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise TapeError(f"{path.name}: a line is no record")
                yield offset, record
                offset += len(line)
    except (OSError, ValueError) as error:
        raise TapeError(f"{path.name} cannot be read: {error}") from error


def bodies_of(path: Path) -> Iterator[str]:
    """The names of the kept bodies that a tape needs. Raises TapeError."""
    return (record["body"] for _, record in read_lines(path) if record.get("body"))


def _entry(record: dict[str, Any]) -> Entry:
    return Entry(**{name: value for name, value in record.items() if name != "n"})
