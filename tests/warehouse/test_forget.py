"""What is forgotten is in no table and in no byte of the file; all the rest is as it was."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.connection import WarehouseBusy, WarehouseError, open_warehouse
from warehouse.forget import TRACES, compact, forget


def test_forgotten_offers_leave_every_table(nights: Any, offer: Any, run: Any) -> None:
    runs = (run("2027-01-01"),)
    nights.night(1, offer("a", instances=runs), offer("b", instances=runs))
    con = nights.warehouse.con
    con.execute("INSERT INTO clusters VALUES ('hbz:a', 'cb', 'ca', 'r'), ('hbz:b', 'cb', 'cb', 'r')")
    con.execute("INSERT INTO candidates VALUES ('r', 'hbz:a', 'hbz:b', 0.5, 'review', '', '[]', false)")
    con.execute("INSERT INTO issues VALUES ('r', 'hbz', 'hbz:a', 'price', 'x', 'y')")
    with nights.warehouse.transaction() as inside:
        assert forget(inside, lambda offer_id: offer_id == "hbz:a") == 1
        assert forget(inside, lambda offer_id: offer_id == "hbz:a") == 0
    for table, column in TRACES:
        assert "hbz:a" not in nights.rows(f"SELECT {column} FROM {table}")
    assert nights.rows("SELECT offer_id FROM offers") == ["hbz:b"]
    assert nights.rows("SELECT offer_id FROM instances") == ["hbz:b"]
    assert nights.night(2, offer("a", instances=runs), offer("b", instances=runs)).new == 1  # if it ever comes back


def test_a_file_written_anew_holds_no_byte_of_what_was_deleted(tmp_path: Path, offer: Any) -> None:
    path = tmp_path / "warehouse.duckdb"
    word = "Kanarienvogelgesang" * 40
    with open_warehouse(path, profile="test") as warehouse:
        with warehouse.transaction() as con:
            con.execute("INSERT INTO raw_listings VALUES ('hbz:a', 'hbz', 'r', 't', ?)", [f'"{word}"'])
        warehouse.con.execute("CHECKPOINT")
        assert b"Kanarienvogel" in path.read_bytes()  # or the test would prove nothing
        with warehouse.transaction() as con:
            forget(con, lambda offer_id: True)
        with pytest.raises(WarehouseBusy):
            compact(path)
    compact(path)
    assert b"Kanarienvogel" not in path.read_bytes()
    assert sorted(found.name for found in tmp_path.iterdir()) == ["warehouse.duckdb", "warehouse.duckdb.lock"]
    row = "INSERT INTO raw_listings VALUES ('hbz:a', 'hbz', 'r', 't', '{}')"
    with open_warehouse(path, profile="test") as warehouse:  # the same profile and schema, and its keys still hold
        warehouse.con.execute(row)
        with pytest.raises(duckdb.ConstraintException):
            warehouse.con.execute(row)


def test_a_file_that_is_no_warehouse_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"no database, but long enough to be taken for one" * 100)
    before = path.read_bytes()
    with pytest.raises(WarehouseError, match="cannot be written anew"):
        compact(path)
    assert path.read_bytes() == before
