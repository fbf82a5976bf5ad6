"""One process, one profile, numbered migrations, and nights that happen wholly or not at all."""

import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from normalize.model import Instance, Offer
from warehouse import columns, connection
from warehouse.connection import ProfileMismatch, WarehouseBusy, WarehouseError, open_warehouse

ROOT = Path(__file__).parents[2]


def count(path: Path, table: str) -> int:
    with open_warehouse(path, profile="test") as warehouse:
        return int(warehouse.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def test_the_tables_hold_exactly_the_fields_of_the_contract(tmp_path: Path) -> None:
    assert list(columns.OFFER) == list(Offer.model_fields)
    assert list(columns.INSTANCE) == list(Instance.model_fields)
    with open_warehouse(tmp_path / "w.duckdb", profile="test") as warehouse:
        for table, fields in (("offers", columns.OFFER), ("instances", columns.INSTANCE)):
            found = warehouse.con.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ?", [table]
            ).fetchall()
            assert fields.items() <= dict(found).items()


def test_a_second_opener_is_refused_clearly_and_the_lock_goes_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\nfrom warehouse.connection import open_warehouse\n"
            "with open_warehouse(pathlib.Path(sys.argv[1]), profile='test'):\n    print('in', flush=True)\n    input()",
            str(path),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "in\n"
    with pytest.raises(WarehouseBusy, match="another process"), open_warehouse(path, profile="test"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert count(path, "offers") == 0


def test_profiles_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path, profile="standin"):
        pass
    with pytest.raises(ProfileMismatch, match="'standin', not to 'live'"), open_warehouse(path, profile="live"):
        pass


def test_a_file_that_is_no_warehouse_says_so(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("Das ist keine Datenbank. " * 1000)
    with pytest.raises(WarehouseError, match="no readable warehouse"), open_warehouse(path, profile="test"):
        pass


def test_a_warehouse_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path, profile="test") as warehouse:
        warehouse.con.execute("INSERT INTO schema_version VALUES (999, '999_future')")
    with pytest.raises(WarehouseError, match="schema 999"), open_warehouse(path, profile="test"):
        pass


def test_only_missing_migrations_run_and_a_broken_one_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, migrations = tmp_path / "w.duckdb", tmp_path / "migrations"
    migrations.mkdir()
    first = next(connection.MIGRATIONS.glob("001_*.sql"))
    (migrations / first.name).write_text(first.read_text())
    monkeypatch.setattr(connection, "MIGRATIONS", migrations)
    assert count(path, "runs") == 0
    second = migrations / "002_more.sql"
    second.write_text("CREATE TABLE more (x INTEGER); CREATE TABLE broken (")
    with pytest.raises(duckdb.Error), open_warehouse(path, profile="test"):
        pass
    second.write_text("CREATE TABLE more (x INTEGER);")
    assert count(path, "more") == 0
    assert count(path, "schema_version") == 2


def write_and_interrupt(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO meta VALUES ('a', 'b')")
    raise KeyboardInterrupt


def test_an_exception_rolls_everything_back(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path, profile="test") as warehouse:
        with pytest.raises(KeyboardInterrupt), warehouse.transaction() as con:
            write_and_interrupt(con)
        with warehouse.transaction() as con:
            con.execute("INSERT INTO meta VALUES ('c', 'd')")
        assert warehouse.con.execute("SELECT key FROM meta ORDER BY key").fetchall() == [("c",), ("profile",)]
