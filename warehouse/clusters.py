"""What dedupe found, kept beside the offers it was found in."""

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import WarehouseError


def store_dedupe(con: DuckDBPyConnection, run_id: str, clusters: Path, candidates: Path) -> None:
    """Replace clusters, candidates and redirects by those of this run.

    `clusters` has lines {offer_id, course_id, own_id}; an own_id that differs from its course_id is a redirect, and
    keeps the run since which it leads there. `candidates` has lines as the model Candidate, plus
    changed_since_judged. Raises WarehouseError for files that cannot be read or contradict themselves.
    """
    try:
        _store_clusters(con, run_id, clusters)
        _store_candidates(con, run_id, candidates)
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise WarehouseError(f"the result of dedupe cannot be stored: {error}") from error


def _store_clusters(con: DuckDBPyConnection, run_id: str, clusters: Path) -> None:
    con.execute("DELETE FROM clusters")
    con.execute(
        """
        INSERT INTO clusters (offer_id, course_id, own_id, run_id)
        SELECT offer_id, course_id, own_id, $run_id
        FROM read_json($file, format = 'newline_delimited',
                       columns = {offer_id: 'VARCHAR', course_id: 'VARCHAR', own_id: 'VARCHAR'})
        """,
        {"file": str(clusters), "run_id": run_id},
    )
    con.execute("CREATE TEMP TABLE before AS SELECT * FROM redirects")
    con.execute("DELETE FROM redirects")
    con.execute(
        """
        INSERT INTO redirects (course_id, into_id, since)
        SELECT DISTINCT c.own_id, c.course_id, coalesce(b.since, $run_id)
        FROM clusters c LEFT JOIN before b ON b.course_id = c.own_id AND b.into_id = c.course_id
        WHERE c.own_id <> c.course_id
        """,
        {"run_id": run_id},
    )
    con.execute("DROP TABLE temp.before")


def _store_candidates(con: DuckDBPyConnection, run_id: str, candidates: Path) -> None:
    con.execute("DELETE FROM candidates")
    con.execute(
        """
        INSERT INTO candidates
            (run_id, left_offer, right_offer, probability, band, reason, features, changed_since_judged)
        SELECT $run_id, "left", "right", probability, band, reason, coalesce(features, '[]'),
               coalesce(changed_since_judged, false)
        FROM read_json($file, format = 'newline_delimited',
                       columns = {"left": 'VARCHAR', "right": 'VARCHAR', probability: 'DOUBLE', band: 'VARCHAR',
                                  reason: 'VARCHAR', features: 'JSON', changed_since_judged: 'BOOLEAN'})
        """,
        {"file": str(candidates), "run_id": run_id},
    )
