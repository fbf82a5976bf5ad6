"""A DuckDB of its own for what does not fit into memory: little memory, and one thread so that bytes never vary."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

MEMORY = "256MB"


@contextmanager
def engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty in-memory database that spills into `folder` and leaves nothing there."""
    with TemporaryDirectory(prefix=".duckdb", dir=folder) as spilled:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY, "threads": "1", "temp_directory": spilled,
        }  # fmt: skip
        with closing(duckdb.connect(":memory:", config=settings)) as con:
            yield con
