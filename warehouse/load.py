# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""One night's offers into the warehouse: what is new, what changed, what came back, what is gone.

Everything goes in bulk through temporary tables; the caller holds the transaction (`Warehouse.transaction`), so that
load and dedupe take effect together or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.columns import OFFER, column_map, definitions, names, offer_values
from warehouse.connection import WarehouseError
from warehouse.instances import load_instances

ABSENCES = 2  # complete harvests in a row that an offer must be absent from before it counts as withdrawn


class LoadError(WarehouseError):
    """The night's files cannot be loaded as they are; nothing of them should stay (roll the transaction back)."""


@dataclass(frozen=True)
class Gone:
    """A course page that answered 404 or 410: its address, and the ref by which the list named it, if it did."""

    url: str | None = None
    ref: str | None = None


@dataclass(frozen=True)
class SourceLoad:
    """The files of one source that passed its gates.

    Absence proves something only if the harvest was `complete` and the gates let it `withdraw`; otherwise offers that
    are not in the files stay as they are. What is `gone` and not in the files is withdrawn at once: only a harvest of
    which nothing failed may name any.
    """

    source: str
    listings: Path  # JSON lines of Listing
    offers: Path  # JSON lines of Offer
    complete: bool = True
    withdraw: bool = True
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True)
class NightLoad:
    """One night: `run_id` is a sortable UTC time ("20261122T013000Z"), `run_at` the same as ISO 8601.

    A held source is simply not among `sources`. `first_seen` is what the identity file knows about offers that this
    warehouse may not know (after a rebuild).
    """

    run_id: str
    run_at: str
    sources: tuple[SourceLoad, ...]
    first_seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counts:
    """How a source's offers moved in one night.

    The first four add up to the offers loaded: `new`, `changed` (another content_hash), `unchanged`, `reappeared`
    (withdrawn before). `missed` were absent from a complete harvest and stay for now, `withdrawn` were absent again or
    are gone.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reappeared: int = 0
    missed: int = 0
    withdrawn: int = 0


def load_night(con: DuckDBPyConnection, night: NightLoad) -> dict[str, Counts]:
    """Load the night's good sources and count, per source, what happened to its offers.

    Loading the same run again changes nothing more. Raises LoadError for files that cannot be read, offers that belong
    to another source, ids that repeat, and a run older than the last one loaded.
    """
    _refuse_older(con, night.run_id)
    _stage(con, night.sources)
    _judge(con, night)
    load_instances(con, night.run_id)
    _write(con, night.run_id)
    _load_raw(con, night)
    gone = _miss(con, night)
    counts = _counts(con, night.sources, gone)
    for table in ("tonight", "verdicts", "known_first_seen"):
        con.execute(f"DROP TABLE temp.{table}")
    return counts


def _refuse_older(con: DuckDBPyConnection, run_id: str) -> None:
    ((newest,),) = con.execute("SELECT max(last_seen) FROM offers").fetchall()
    if newest is not None and run_id < newest:
        raise LoadError(f"run {run_id} is older than {newest}, which is loaded already: history only runs forward")


def _stage(con: DuckDBPyConnection, sources: Iterable[SourceLoad]) -> None:
    """Read the offers of all sources into the temporary table `tonight` and refuse what would corrupt the keys."""
    con.execute(f"CREATE TEMP TABLE tonight ({definitions(OFFER)})")
    for load in sources:
        source = f"read_json($file, format = 'newline_delimited', columns = {column_map(OFFER)})"
        _read(con, load.offers, f"INSERT INTO tonight SELECT {offer_values()} FROM {source}")
        strangers = _read(
            con,
            load.offers,
            f"SELECT offer_id FROM {source} WHERE source IS DISTINCT FROM $source OR offer_id IS NULL LIMIT 3",
            source=load.source,
        )
        if strangers:
            raise LoadError(f"{load.offers}: offers that are not of source {load.source}: {strangers}")
    repeated = con.execute("SELECT offer_id FROM tonight GROUP BY offer_id HAVING count(*) > 1 LIMIT 3").fetchall()
    if repeated:
        raise LoadError(f"offer ids that occur more than once: {', '.join(offer_id for (offer_id,) in repeated)}")


def _read(con: DuckDBPyConnection, file: Path, sql: str, **values: str) -> list[tuple[str]]:
    try:
        return con.execute(sql, {"file": str(file), **values}).fetchall()
    except (duckdb.Error, UnicodeDecodeError) as error:  # DuckDB's message itself may cut a character in two
        raise LoadError(f"{file} cannot be loaded: {error}") from error


def _judge(con: DuckDBPyConnection, night: NightLoad) -> None:
    """Compare every offer of tonight with what is known of it."""
    new = con.execute("SELECT offer_id FROM tonight ANTI JOIN offers USING (offer_id)").fetchall()
    known = {offer_id: night.first_seen[offer_id] for (offer_id,) in new if offer_id in night.first_seen}
    con.execute(
        "CREATE TEMP TABLE known_first_seen AS "
        "SELECT unnest($ids::VARCHAR[]) AS offer_id, unnest($runs::VARCHAR[]) AS first_seen",
        {"ids": list(known), "runs": list(known.values())},
    )
    con.execute(
        """
        CREATE TEMP TABLE verdicts AS
        SELECT t.offer_id, t.source,
            CASE WHEN o.offer_id IS NULL THEN 'new'
                 WHEN o.status = 'withdrawn' THEN 'reappeared'
                 WHEN o.content_hash <> t.content_hash THEN 'changed'
                 ELSE 'unchanged' END AS verdict,
            coalesce(o.first_seen, k.first_seen, $run_id) AS first_seen,
            CASE WHEN o.content_hash = t.content_hash THEN o.changed_in ELSE $run_id END AS changed_in
        FROM tonight t
        LEFT JOIN offers o USING (offer_id)
        LEFT JOIN known_first_seen k USING (offer_id)
        """,
        {"run_id": night.run_id},
    )


def _write(con: DuckDBPyConnection, run_id: str) -> None:
    """Replace the offers of tonight, and their issues."""
    con.execute("DELETE FROM offers WHERE offer_id IN (SELECT offer_id FROM tonight)")
    con.execute(
        f"INSERT INTO offers ({names(OFFER)}, first_seen, last_seen, status, missed, missed_in, changed_in) "
        f"SELECT {names(OFFER, 't.')}, v.first_seen, $run_id, 'active', 0, NULL, v.changed_in "
        "FROM tonight t JOIN verdicts v USING (offer_id)",
        {"run_id": run_id},
    )
    con.execute("DELETE FROM issues WHERE offer_id IN (SELECT offer_id FROM tonight)")
    con.execute(
        """
        INSERT INTO issues (run_id, source, offer_id, field, raw, reason)
        SELECT $run_id, source, offer_id, issue.field, issue.raw, issue.reason
        FROM (SELECT source, offer_id,
                     unnest(from_json(issues, '[{"field": "VARCHAR", "raw": "VARCHAR", "reason": "VARCHAR"}]')) AS issue
              FROM tonight)
        """,
        {"run_id": run_id},
    )


def _load_raw(con: DuckDBPyConnection, night: NightLoad) -> None:
    """Keep the last listing of every offer.

    A line that is no JSON became no offer, which normalisation has signalled; it stays in the harvest file alone.
    """
    for load in night.sources:
        con.execute("CREATE TEMP TABLE raw_tonight (offer_id VARCHAR, listing JSON)")
        _read(
            con,
            load.listings,
            """
            INSERT INTO raw_tonight
            SELECT $source || ':' || (json ->> '$.ref') AS offer_id, json
            FROM read_json_objects($file, format = 'newline_delimited', ignore_errors = true)
            WHERE json ->> '$.ref' IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY offer_id) = 1
            """,
            source=load.source,
        )
        con.execute("DELETE FROM raw_listings WHERE offer_id IN (SELECT offer_id FROM raw_tonight)")
        con.execute(
            "INSERT INTO raw_listings (offer_id, source, run_id, loaded_at, listing) "
            "SELECT offer_id, $source, $run_id, $run_at, listing FROM raw_tonight",
            {"source": load.source, "run_id": night.run_id, "run_at": night.run_at},
        )
        con.execute("DROP TABLE temp.raw_tonight")


def _miss(con: DuckDBPyConnection, night: NightLoad) -> dict[tuple[str, str], int]:
    """Count absence where it proves something; withdraw at the second time, or what is gone at the first.

    Returns {(source, what): offers}.
    """
    proving = [load.source for load in night.sources if load.complete and load.withdraw]
    con.execute(
        """
        UPDATE offers SET missed = missed + 1, missed_in = $run_id
        WHERE list_contains($sources, source) AND status = 'active'
          AND last_seen <> $run_id AND missed_in IS DISTINCT FROM $run_id
        """,
        {"run_id": night.run_id, "sources": proving},
    )
    con.execute(
        "UPDATE offers SET status = 'withdrawn' WHERE status = 'active' AND missed >= $absences",
        {"absences": ABSENCES},
    )
    for load in night.sources:
        if load.withdraw and load.gone:
            _withdraw_gone(con, night.run_id, load)
    rows = con.execute(
        "SELECT source, CASE status WHEN 'active' THEN 'missed' ELSE 'withdrawn' END AS what, count(*) "
        "FROM offers WHERE missed_in = $run_id GROUP BY source, what",
        {"run_id": night.run_id},
    ).fetchall()
    return {(source, what): number for source, what, number in rows}


def _withdraw_gone(con: DuckDBPyConnection, run_id: str, load: SourceLoad) -> None:
    """The source itself says that these are no more; what it listed all the same tonight stays."""
    con.execute(
        """
        UPDATE offers SET status = 'withdrawn', missed_in = $run_id
        WHERE source = $source AND status = 'active' AND last_seen <> $run_id
          AND (list_contains($refs::VARCHAR[], ref) OR list_contains($urls::VARCHAR[], url))
        """,
        {
            "run_id": run_id,
            "source": load.source,
            "refs": [gone.ref for gone in load.gone if gone.ref],
            "urls": [gone.url for gone in load.gone if gone.url],
        },
    )


def _counts(
    con: DuckDBPyConnection, sources: Iterable[SourceLoad], gone: Mapping[tuple[str, str], int]
) -> dict[str, Counts]:
    rows = con.execute("SELECT source, verdict, count(*) FROM verdicts GROUP BY source, verdict").fetchall()
    numbers = {(source, verdict): number for source, verdict, number in rows} | dict(gone)
    return {
        load.source: Counts(**{what: numbers.get((load.source, what), 0) for what in Counts.__dataclass_fields__})
        for load in sources
    }
