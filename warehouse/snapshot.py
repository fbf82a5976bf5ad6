# ruff: noqa: S608 - only our own column names are put into SQL, values are parameters
"""All known offers as a file, for what must not open the warehouse itself."""

import os
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.columns import OFFER, names


def write_offers(con: DuckDBPyConnection, path: Path) -> int:
    """Write every offer ever loaded, withdrawn ones too, as JSON lines ordered by offer_id; returns their number.

    A line has the fields of Offer, then first_seen, last_seen, status and changed_in. The file appears complete or not
    at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    ((rows,),) = con.execute(
        f"COPY (SELECT {names(OFFER)}, first_seen, last_seen, status, changed_in FROM offers ORDER BY offer_id) "
        "TO $file (FORMAT json)",
        {"file": str(part)},
    ).fetchall()
    with part.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(part, path)
    return int(rows)
