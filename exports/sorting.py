"""Sort any number of lines in little memory: full batches are sorted into nameless files, and merged when read."""

from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOM = 8_000_000  # bytes of lines that are held in memory


class SortedLines:
    """Lines, each with its line feed, in the order of their bytes. The files lie in `folder`; a kill leaves nothing."""

    def __init__(self, folder: Path, room: int = ROOM) -> None:
        self._folder, self._room = folder, room
        self._batch: list[bytes] = []
        self._size = 0
        self._files = ExitStack()
        self._full: list[IO[bytes]] = []

    def add(self, line: bytes) -> None:
        """Take in a line; none may follow once the lines were read."""
        self._batch.append(line)
        self._size += len(line)
        if self._size > self._room:
            file = self._files.enter_context(TemporaryFile(dir=self._folder))  # noqa: SIM115
            file.writelines(sorted(self._batch))
            self._full.append(file)
            self._batch, self._size = [], 0

    def __iter__(self) -> Iterator[bytes]:
        for file in self._full:
            file.seek(0)
        return merge(*self._full, sorted(self._batch))

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()
