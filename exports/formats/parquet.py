# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""courses.parquet, instances.parquet and providers.parquet: the rows of the CSV files with types, written by DuckDB."""

from pathlib import Path

from exports.formats.engine import engine
from exports.formats.tables import TABLES, Kind, Table

LONGEST_LINE = 8_000_000  # bytes; a description has at most 200,000 characters

_TYPES: dict[Kind, str] = {
    "string": "VARCHAR", "uri": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "decimal": "DECIMAL(12,2)",
    "boolean": "BOOLEAN", "date": "DATE", "list": "VARCHAR[]",
}  # fmt: skip


def write_parquet(folder: Path) -> None:
    """Turn the CSV files of a folder into Parquet files beside them."""
    with engine(folder) as con:
        for table in TABLES:
            con.execute(
                f"COPY ({_rows(table)}) TO $to (FORMAT parquet, COMPRESSION zstd)",
                {"of": str(folder / f"{table.name}.csv"), "to": str(folder / f"{table.name}.parquet")},
            )


def _rows(table: Table) -> str:
    """The statement that reads a CSV file; names and types are our own, values stay text until they are cast."""
    raw = ", ".join(f"'{column.name}': 'VARCHAR'" for column in table.columns)
    typed = ", ".join(f'{_cast(column.name, column.kind)} AS "{column.name}"' for column in table.columns)
    return (
        f"SELECT {typed} FROM read_csv($of, columns = {{{raw}}}, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', nullstr = '', auto_detect = false, parallel = false, max_line_size = {LONGEST_LINE})"
    )


def _cast(name: str, kind: Kind) -> str:
    if kind == "list":
        return f"coalesce(string_split(\"{name}\", '|'), [])"
    return f'CAST("{name}" AS {_TYPES[kind]})'
