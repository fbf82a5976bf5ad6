# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""What happened in each night: records for the gates, which compare with good nights, and for the report."""

import json
from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

_RUN = ("run_id", "started_at", "finished_at", "result")
_MEASURES = ("pages", "listings", "offers", "instances", "issues", "seconds")
_COUNTS = ("new", "changed", "unchanged", "reappeared", "missed", "withdrawn")
_SOURCE_RUN = ("run_id", "source", "status", "reason", *_MEASURES, *_COUNTS)


def record_run(con: DuckDBPyConnection, record: Mapping[str, Any]) -> None:
    """Keep (or replace) the record of a run: run_id, started_at, finished_at, result; all of it stays in `detail`."""
    values = {name: record.get(name) for name in _RUN}
    _replace(con, "runs", values | {"detail": _json(record)})


def record_source_run(con: DuckDBPyConnection, record: Mapping[str, Any]) -> None:
    """Keep (or replace) how one source fared in one run.

    Needs run_id, source and status ("fresh" = loaded tonight); takes reason, pages, listings, offers, instances,
    issues, seconds and the six counts of the load (absent counts are 0); all of it stays in `detail`.
    """
    values = {name: record.get(name) for name in _SOURCE_RUN}
    values |= {name: record.get(name) or 0 for name in _COUNTS}
    _replace(con, "source_runs", values | {"detail": _json(record)})


def good_runs(con: DuckDBPyConnection, source: str, n: int, released: str | None = None) -> list[dict[str, Any]]:
    """The records of the source's last `n` fresh runs, newest first: a gate's yardstick.

    The run that a steward `released` is one of them although it was held, unless its harvest `failed`: then there is
    nothing to measure by. Each record is all that was told when it was recorded, with run_id, status and listings.
    """
    rows = con.execute(
        """
        SELECT run_id, status, listings, detail FROM source_runs
        WHERE source = $source AND listings IS NOT NULL
          AND (status = 'fresh' OR (run_id = $released AND coalesce(detail ->> 'failed', 'false') <> 'true'))
        ORDER BY run_id DESC LIMIT $n
        """,
        {"source": source, "n": n, "released": released},
    ).fetchall()
    told = ("run_id", "status", "listings")
    return [json.loads(detail) | dict(zip(told, row, strict=True)) for *row, detail in rows]


def last_good(con: DuckDBPyConnection, source: str) -> str | None:
    """The run in which the source was last loaded; None if never."""
    ((run_id,),) = con.execute(
        "SELECT max(run_id) FROM source_runs WHERE source = $source AND status = 'fresh'", {"source": source}
    ).fetchall()
    return None if run_id is None else str(run_id)


def history(con: DuckDBPyConnection, source: str, nights: int) -> list[dict[str, Any]]:
    """The source's last nights, oldest first: run_id, status, reason, measures, counts and whether it was held."""
    rows = con.execute(
        f"SELECT {', '.join(_SOURCE_RUN)} FROM source_runs WHERE source = $source ORDER BY run_id DESC LIMIT $nights",
        {"source": source, "nights": nights},
    ).fetchall()
    nights_told = [dict(zip(_SOURCE_RUN, row, strict=True)) for row in reversed(rows)]
    return [night | {"gone": night["withdrawn"], "held": night["status"] != "fresh"} for night in nights_told]


def _replace(con: DuckDBPyConnection, table: str, values: Mapping[str, Any]) -> None:
    con.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(values)}) VALUES ({', '.join('$' + name for name in values)})",
        dict(values),
    )


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, default=str)
