"""A night killed anywhere leaves the warehouse as the night before."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from warehouse.connection import open_warehouse

ROOT = Path(__file__).parents[2]
NIGHT = """
import sys, time
from pathlib import Path
from warehouse.clusters import store_dedupe
from warehouse.connection import open_warehouse
from warehouse.load import NightLoad, SourceLoad, load_night
from warehouse.snapshot import write_offers
folder, moment = Path(sys.argv[1]), sys.argv[2]
def reached(name):
    if name == moment:
        print(name, flush=True)
        time.sleep(60)
with open_warehouse(folder / "warehouse.duckdb", profile="test") as warehouse:
    reached("open")
    with warehouse.transaction() as con:
        load_night(con, NightLoad("20261102T013000Z", "2026-11-02T01:30:00Z",
            (SourceLoad("hbz", folder / "2-hbz.jsonl", folder / "2-hbz.offers.jsonl"),)))
        reached("loaded")
        write_offers(con, folder / "snapshot.jsonl")
        store_dedupe(con, "20261102T013000Z", folder / "clusters", folder / "candidates")
        reached("deduped")
    reached("committed")
"""
TABLES = ("offers", "instances", "issues", "raw_listings", "clusters", "redirects", "source_runs")


def state(path: Path) -> dict[str, list[Any]]:
    with open_warehouse(path, profile="test") as warehouse:
        return {table: warehouse.con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def start(folder: Path, moment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", NIGHT, str(folder), moment], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_killed_before_the_commit_nothing_happened_after_it_everything(folder: Path) -> None:
    copy = folder / "copy"
    copy.mkdir()
    before = None
    for moment in ("open", "loaded", "deduped", "committed"):
        night = start(folder, moment)
        assert night.stdout is not None
        assert night.stdout.readline().strip() == moment
        os.kill(night.pid, signal.SIGKILL)
        night.communicate()
        after = state(folder / "warehouse.duckdb")
        before = before or after
        if moment == "committed":
            assert len(after["offers"]) == 3000
            assert after["redirects"] == [("cb", "ca", "20261102T013000Z")]
        else:
            assert after == before
            assert len(after["offers"]) == 300


@pytest.mark.slow
def test_killed_at_any_time_it_is_one_night_or_the_other(folder: Path) -> None:
    before = state(folder / "warehouse.duckdb")
    for delay in (0.3, 0.45, 0.6, 0.75, 0.9, 1.05):
        night = start(folder, "never")
        time.sleep(delay)
        os.kill(night.pid, signal.SIGKILL)
        night.communicate()
        after = state(folder / "warehouse.duckdb")
        assert len(after["offers"]) in (300, 3000)
        if len(after["offers"]) == 300:
            assert after == before
