"""Kept responses of one source: bodies by the SHA-256 of their bytes, and what the site needs to say "not changed".

    http/<source>/<aa>/<sha256>.gz     one body, gzipped; its last change is its last use, so that age means disuse
    http/<source>/index.sqlite         address -> newest body and its validators, for conditional requests

A body is written beside its place and renamed, so a killed harvest leaves a whole one or none. The index only saves
traffic: one that is damaged is made anew, and the pages are fetched in full once more.
"""

import gzip
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

INDEX = "index.sqlite"
_LEVEL = 3  # of compression: a page costs a quarter of the time of level 9 and 10 % more room

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, body TEXT NOT NULL, etag TEXT, modified TEXT, type TEXT)"
    " WITHOUT ROWID"
)


class KeptError(Exception):
    """A kept body is gone, or is not what was kept."""


@dataclass(frozen=True)
class Known:
    """The newest answer of an address: its body's name, its validators, its Content-Type."""

    body: str
    etag: str | None
    modified: str | None
    content_type: str | None


class Bodies:
    """The bodies of one source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where the body of this name lies, or would."""
        return self.folder / name[:2] / f"{name}.gz"

    def keep(self, body: bytes) -> str:
        """Keep a body and return its name, the hexadecimal SHA-256 of its bytes."""
        name = sha256(body).hexdigest()
        if not self.touch(name):
            with self._beside(name) as file:
                file.write(gzip.compress(body, _LEVEL, mtime=0))
        return name

    def keep_file(self, path: Path) -> str:
        """Keep a copy of a file, whatever its size; later changes of the file do not reach it."""
        with path.open("rb") as file:
            name = file_digest(file, "sha256").hexdigest()
            if not self.touch(name):
                file.seek(0)
                with self._beside(name) as target, gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as packed:
                    shutil.copyfileobj(file, packed)
        return name

    def touch(self, name: str) -> bool:
        """Note that a body was used today; False if it is not here."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def drop(self, name: str) -> None:
        """Remove a body that is damaged, so that it can be kept anew."""
        self.path(name).unlink(missing_ok=True)

    def read(self, name: str) -> bytes:
        """A kept body. Raises KeptError if it is gone or damaged."""
        try:
            body = gzip.decompress(self.path(name).read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise KeptError(f"the kept response {name[:12]} cannot be read: {error}") from error
        if sha256(body).hexdigest() != name:
            raise KeptError(f"the kept response {name[:12]} is not what was kept")
        return body

    def unpack(self, name: str, target: Path) -> None:
        """Write a kept file out again. Raises KeptError if it is gone or damaged."""
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with gzip.open(self.path(name), "rb") as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file)
        except (OSError, EOFError, zlib.error) as error:
            raise KeptError(f"the kept file {name[:12]} cannot be read: {error}") from error

    @contextmanager
    def _beside(self, name: str) -> Iterator[BinaryIO]:
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{name}.{os.getpid()}.part")
        with beside.open("wb") as file:
            yield file
        beside.replace(target)


class Index:
    """What each address answered last. Only one process at a time harvests a source, so only one writes here."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / INDEX
        self._con = self._opened()

    def get(self, url: str) -> Known | None:
        """What is known of an address."""
        row = self._con.execute("SELECT body, etag, modified, type FROM pages WHERE url = ?", (url,)).fetchone()
        return Known(*row) if row else None

    def put(self, url: str, known: Known) -> None:
        """Note the newest answer of an address."""
        row = (url, known.body, known.etag, known.modified, known.content_type)
        self._con.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", row)

    def forget(self, url: str) -> None:
        """Let the next request of an address be unconditional."""
        self._con.execute("DELETE FROM pages WHERE url = ?", (url,))

    def prune(self, bodies: Bodies) -> None:
        """Forget the addresses whose bodies are gone."""
        rows = self._con.execute("SELECT url, body FROM pages")
        gone = [(url,) for url, body in rows if not bodies.path(body).exists()]
        self._con.executemany("DELETE FROM pages WHERE url = ?", gone)

    def close(self) -> None:
        """Close the file."""
        self._con.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.DatabaseError:
            for path in self._path.parent.glob(f"{INDEX}*"):
                path.unlink()
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            # a lost process loses nothing; a lost machine may damage the index, which is then made anew
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
            connection.execute(_SCHEMA)
            connection.execute("SELECT count(*) FROM pages").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection
