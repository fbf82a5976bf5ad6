"""The only way to the warehouse file: one lock, migrations, and one transaction a night.

DuckDB lets a single process write and shuts all others out, readers too; so every opener takes the same flock first
and gets a clear refusal instead of DuckDB's.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

MIGRATIONS = Path(__file__).parent / "migrations"


class WarehouseError(Exception):
    """The warehouse cannot be used as asked; the message says why and what to do."""


class WarehouseBusy(WarehouseError):  # noqa: N818 - a state, not a fault
    """Another process has the warehouse open."""


class ProfileMismatch(WarehouseError):  # noqa: N818
    """The warehouse belongs to another profile than the one asked for."""


@dataclass(frozen=True)
class Warehouse:
    """An open warehouse. Write only inside `transaction`."""

    path: Path
    profile: str
    con: DuckDBPyConnection

    @contextmanager
    def transaction(self) -> Iterator[DuckDBPyConnection]:
        """Everything done inside takes effect together at the end, or, after any exception or a kill, not at all."""
        self.con.execute("BEGIN TRANSACTION")
        try:
            yield self.con
        except BaseException:
            self.con.execute("ROLLBACK")
            raise
        self.con.execute("COMMIT")


@contextmanager
def open_warehouse(path: Path, *, profile: str) -> Iterator[Warehouse]:
    """Open (or create) the warehouse at `path`, brought to the newest schema, for this process alone.

    Raises WarehouseBusy when another process has it open, ProfileMismatch when it was made for another profile, and
    WarehouseError when the file cannot be read or was written by a newer program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        try:
            con = duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
        except duckdb.Error as error:
            message = f"{path} is no readable warehouse ({error}); `bildungsraum rebuild` makes it anew"
            raise WarehouseError(message) from error
        try:
            warehouse = Warehouse(path, profile, con)
            _migrate(warehouse)
            _claim(warehouse)
            yield warehouse
        finally:
            con.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other process from the warehouse at `path`; raises WarehouseBusy if one has it."""
    lock = path.with_name(path.name + ".lock")
    with lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WarehouseBusy(f"another process has the warehouse open (lock {lock})") from error
        yield


def _migrate(warehouse: Warehouse) -> None:
    """Apply the numbered migrations this file has not seen, each in a transaction of its own."""
    con = warehouse.con
    con.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
    applied = {int(version) for (version,) in con.execute("SELECT version FROM schema_version").fetchall()}
    known = {_number(file): file for file in sorted(MIGRATIONS.glob("*.sql"))}
    if newer := applied - known.keys():
        raise WarehouseError(f"{warehouse.path} has schema {max(newer)}, which this program does not know: update it")
    for number in sorted(known.keys() - applied):
        with warehouse.transaction():
            con.execute(known[number].read_text(encoding="utf-8"))
            con.execute("INSERT INTO schema_version VALUES (?, ?)", [number, known[number].stem])


def _number(file: Path) -> int:
    match = re.fullmatch(r"(\d{3})_\w+\.sql", file.name)
    if match is None:
        raise WarehouseError(f"{file.name} is no migration name like 001_what.sql")
    return int(match[1])


def _claim(warehouse: Warehouse) -> None:
    """Write the profile into a new file, compare it with that of an old one."""
    rows = warehouse.con.execute("SELECT value FROM meta WHERE key = 'profile'").fetchall()
    if not rows:
        warehouse.con.execute("INSERT INTO meta VALUES ('profile', ?)", [warehouse.profile])
    elif rows[0][0] != warehouse.profile:
        raise ProfileMismatch(f"{warehouse.path} belongs to profile {rows[0][0]!r}, not to {warehouse.profile!r}")
