"""What every format is given: the version it is written for, and one course after the other in the order of the ids."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import IO, Protocol

from exports.files import Record
from exports.sorting import SortedLines
from normalize.text import html_to_text


@dataclass(frozen=True)
class Edition:
    """The version to be written into `folder`. `created_at` is its moment in UTC, `today` its day in Berlin;
    `previous` is the folder of the version before, or None; with `forget` what
    vanished since then is named no more. Files opened in `open_files` are closed in any case."""

    folder: Path
    previous: Path | None
    base_url: str
    created_at: str
    today: date
    forget: bool = False
    open_files: ExitStack = field(default_factory=ExitStack)

    def open(self, name: str, encoding: str = "utf-8", newline: str = "") -> IO[str]:
        """A new text file of the version; its folder is made where it is missing."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return self.open_files.enter_context(path.open("w", encoding=encoding, newline=newline))

    def sorted_lines(self) -> SortedLines:
        """An empty store of lines that is read in order of their bytes."""
        return self.open_files.enter_context(closing(SortedLines(self.folder)))

    def url(self, slug: str) -> str:
        """Where the portal shows a course."""
        return f"{self.base_url}/kurs/{slug}"


@dataclass(frozen=True)
class Item:
    """One course: its record and the line that courses.jsonl has of it."""

    record: Record
    line: bytes

    @cached_property
    def description(self) -> str | None:
        """The description as plain text, a line for each block."""
        html = self.record["description"]
        return html_to_text(html) or None if html else None

    @cached_property
    def runs(self) -> tuple[Record, ...]:
        """Its runs, each with what it has from the course: format, schedule, duration and price."""
        ours = [(name, self.record[name]) for name in ("format", "schedule", "duration", "price")]
        return tuple(
            run | {name: value for name, value in ours if run[name] is None} for run in self.record["instances"]
        )


class Writer(Protocol):
    """Writes one format: `add` each course, then `finish` once."""

    def add(self, item: Item) -> None:
        """Take in a course."""
        ...

    def finish(self) -> None:
        """Write what is known only at the end; nothing is added after."""
        ...
