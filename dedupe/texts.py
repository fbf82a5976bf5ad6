"""Many short texts in one file, written one after the other and read one by one by their numbers."""

import mmap
import zlib
from collections.abc import Sequence
from pathlib import Path

BUFFER = 1 << 20  # bytes written at once


class TextWriter:
    """Appends texts to a new file; `ends` says where each of them ends, `checksum` is that of the whole file."""

    def __init__(self, path: Path) -> None:
        self.ends: list[int] = []
        self.checksum = 0
        self._file = path.open("wb", buffering=BUFFER)
        self._end = 0

    def add(self, text: bytes) -> None:
        """Append a text."""
        self._file.write(text)
        self._end += len(text)
        self.ends.append(self._end)
        self.checksum = zlib.crc32(text, self.checksum)

    def close(self) -> None:
        """End the file."""
        self._file.close()


class Texts:
    """The texts of such a file by their numbers. Raises ValueError if the file is not the one that was written."""

    def __init__(self, path: Path, ends: Sequence[int], checksum: int) -> None:
        with path.open("rb") as file:
            size = path.stat().st_size
            self._data: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        if size != (ends[-1] if ends else 0) or zlib.crc32(self._data) != checksum:
            raise ValueError(f"{path} is not as it was written")
        self._bounds = [0, *ends]

    def __getitem__(self, number: int) -> bytes:
        return self._data[self._bounds[number] : self._bounds[number + 1]]
