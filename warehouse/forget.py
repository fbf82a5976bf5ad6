# ruff: noqa: S608 - only our own table names are put into SQL, values are parameters
"""Forget offers for good: out of every table, and out of the bytes of the file."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import WarehouseError, locked

# Where an offer leaves a trace, by the column that names it.
TRACES = (
    ("offers", "offer_id"),
    ("raw_listings", "offer_id"),
    ("instances", "offer_id"),
    ("issues", "offer_id"),
    ("clusters", "offer_id"),
    ("candidates", "left_offer"),
    ("candidates", "right_offer"),
)


def forget(con: DuckDBPyConnection, covered: Callable[[str], bool]) -> int:
    """Delete every row of the offers that are `covered`; returns how many offers were known. Call in a transaction.

    Such an offer is new if it ever comes back; its first sight is known to the identity file.
    """
    known = {offer_id for table, column in TRACES for offer_id in _ids(con, table, column)}
    doomed = sorted(filter(covered, known))
    if not doomed:
        return 0
    offers = len(set(doomed) & _ids(con, "offers", "offer_id"))
    for table, column in TRACES:
        con.execute(f"DELETE FROM {table} WHERE list_contains($doomed, {column})", {"doomed": doomed})
    return offers


def compact(path: Path) -> None:
    """Write the closed warehouse anew, since deleted rows stay in the pages of a file until something needs the room.

    Killed anywhere, the old file is there or the new one. Raises WarehouseBusy while another process has it open,
    WarehouseError if it cannot be copied.
    """
    with locked(path):
        _rewrite(path)


def _rewrite(path: Path) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    try:
        with duckdb.connect(":memory:") as con:
            con.execute(f"ATTACH '{_quoted(path)}' AS old (READ_ONLY)")
            con.execute(f"ATTACH '{_quoted(beside)}' AS new")
            con.execute("COPY FROM DATABASE old TO new")
            con.execute("CHECKPOINT new")
    except duckdb.Error as error:
        beside.unlink(missing_ok=True)
        raise WarehouseError(f"{path} cannot be written anew: {error}") from error
    os.replace(beside, path)
    for left in (path.with_name(path.name + ".wal"), beside.with_name(beside.name + ".wal")):
        left.unlink(missing_ok=True)


def _ids(con: DuckDBPyConnection, table: str, column: str) -> set[str]:
    return {offer_id for (offer_id,) in con.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
