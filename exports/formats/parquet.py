# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""courses.parquet, instances.parquet and providers.parquet: the rows of the CSV files with types, written by DuckDB.

It is handed JSON lines: its reader of CSV holds a whole file in memory where a value may have line feeds. One thread,
so that bytes never vary; small row groups, so that memory does not grow with the rows.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from exports.files import canonical
from exports.formats.edition import Edition
from exports.formats.tables import TABLES, Kind, Table

MEMORY = "256MB"  # more than it takes
ROWS = 2048  # in a row group; those of a whole group wait in memory until it is full
LONGEST_LINE = 4_000_000  # bytes; a description has at most 200,000 characters

_TYPES: dict[Kind, str] = {
    "string": "VARCHAR", "uri": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "decimal": "DECIMAL(12,2)",
    "boolean": "BOOLEAN", "date": "DATE", "list": "VARCHAR[]",
}  # fmt: skip


class ParquetTables:
    """Keeps the rows until all are there, then turns them into Parquet."""

    def __init__(self, edition: Edition) -> None:
        self._folder = edition.folder
        self._names = {table.name: [column.name for column in table.columns] for table in TABLES}
        self._files = {
            table.name: edition.open_files.enter_context(self._lines(table).open("wb")) for table in TABLES
        }  # fmt: skip

    def add(self, table: Table, row: Sequence[Any]) -> None:
        """Take in a row of a table."""
        told = zip(self._names[table.name], row, strict=True)
        self._files[table.name].write(canonical({name: cell for name, cell in told if cell is not None and cell != ""}))

    def finish(self) -> None:
        """Write the files."""
        with TemporaryDirectory(prefix=".duckdb", dir=self._folder) as spilled:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": MEMORY, "threads": "1", "temp_directory": spilled,
            }  # fmt: skip
            with closing(duckdb.connect(":memory:", config=settings)) as con:
                for table in TABLES:
                    self._files[table.name].close()
                    con.execute(
                        f"COPY ({_rows(table)}) TO $to (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})",
                        {"of": str(self._lines(table)), "to": str(self._folder / f"{table.name}.parquet")},
                    )
                    self._lines(table).unlink()

    def _lines(self, table: Table) -> Path:
        return self._folder / f".{table.name}.rows.jsonl"


def _rows(table: Table) -> str:
    """The statement that reads the rows; names and types are our own, values stay text until they are cast."""
    raw = ", ".join(f"'{column.name}': 'VARCHAR'" for column in table.columns)
    typed = ", ".join(f'{_cast(column.name, column.kind)} AS "{column.name}"' for column in table.columns)
    return (
        f"SELECT {typed} FROM read_json($of, format = 'newline_delimited', columns = {{{raw}}}, "
        f"maximum_object_size = {LONGEST_LINE})"
    )


def _cast(name: str, kind: Kind) -> str:
    if kind == "list":
        return f"coalesce(string_split(\"{name}\", '|'), [])"
    return f'CAST("{name}" AS {_TYPES[kind]})'
