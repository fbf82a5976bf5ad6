"""Where a word can be found in a folder, however it is packed."""

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb

DUCKDB, PARQUET, SQLITE, GZIP = b"DUCK", b"PAR1", b"SQLite format 3", b"\x1f\x8b"


def traces(folder: Path, word: str) -> list[str]:
    """The files below a folder that hold the word: in their bytes, packed, or as a value of a table."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [str(path.relative_to(folder)) for path in files if any(word.encode() in part for part in _parts(path))]


def _parts(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    if path.suffix == ".ics":
        yield data.replace(b"\r\n ", b"")  # as a calendar reads its folded lines
    if data.startswith(GZIP):
        yield gzip.decompress(data)
    elif data.startswith(SQLITE):
        with sqlite3.connect(path) as con:
            yield "\n".join(con.iterdump()).encode()
    elif data.startswith(PARQUET):
        yield _told(f"SELECT * FROM read_parquet('{path}')")
    elif data[8:12] == DUCKDB:
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield repr(con.execute(f"SELECT * FROM {table}").fetchall()).encode()


def _told(query: str) -> bytes:
    with duckdb.connect() as con:
        return repr(con.execute(query).fetchall()).encode()
