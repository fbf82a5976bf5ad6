# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""courses.parquet, instances.parquet and providers.parquet: the rows of the CSV files with types, written by DuckDB.

One thread, so that bytes never vary; small row groups and little memory, so that it does not grow with the rows.
"""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.formats.tables import TABLES, Kind, Table

MEMORY = "128MB"
ROWS = 8192  # in a row group; those of a whole group wait in memory until it is full
LONGEST_LINE = 8_000_000  # bytes; a description has at most 200,000 characters

_TYPES: dict[Kind, str] = {
    "string": "VARCHAR", "uri": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "decimal": "DECIMAL(12,2)",
    "boolean": "BOOLEAN", "date": "DATE", "list": "VARCHAR[]",
}  # fmt: skip


def write_parquet(folder: Path) -> None:
    """Turn the CSV files of a folder into Parquet files beside them."""
    with TemporaryDirectory(prefix=".duckdb", dir=folder) as spilled:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY, "threads": "1", "temp_directory": spilled,
        }  # fmt: skip
        with closing(duckdb.connect(":memory:", config=settings)) as con:
            for table in TABLES:
                con.execute(
                    f"COPY ({_rows(table)}) TO $to (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})",
                    {"of": str(folder / f"{table.name}.csv"), "to": str(folder / f"{table.name}.parquet")},
                )


def _rows(table: Table) -> str:
    """The statement that reads a CSV file; names and types are our own, values stay text until they are cast."""
    raw = ", ".join(f"'{column.name}': 'VARCHAR'" for column in table.columns)
    typed = ", ".join(f'{_cast(column.name, column.kind)} AS "{column.name}"' for column in table.columns)
    return (
        f"SELECT {typed} FROM read_csv($of, columns = {{{raw}}}, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = '', auto_detect = false, parallel = false, max_line_size = {LONGEST_LINE}, "
        f"buffer_size = {LONGEST_LINE})"
    )


def _cast(name: str, kind: Kind) -> str:
    if kind == "list":
        return f"coalesce(string_split(\"{name}\", '|'), [])"
    return f'CAST("{name}" AS {_TYPES[kind]})'
