"""An older file is brought to the newest schema without losing a row."""

from pathlib import Path

import duckdb

from warehouse.connection import MIGRATIONS, open_warehouse

OLD = {
    "offer_id": "s:1", "source": "s", "source_kind": "provider", "ref": "1", "parts": "[]", "topics": "[]",
    "format": "unknown", "schedule": "unknown", "duration": "{}", "price": "{}", "funding": "[]", "languages": "[]",
    "keywords": "[]", "instances": "[]", "scope": "{}", "issues": "[]", "content_hash": "x", "match_hash": "y",
    "first_seen": "1", "last_seen": "1", "status": "active", "missed": 0, "changed_in": "1",
}  # fmt: skip


def test_the_offers_of_a_first_night_stay_and_say_nothing_new(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
        con.execute((MIGRATIONS / "001_first_night.sql").read_text(encoding="utf-8"))
        con.execute("INSERT INTO schema_version VALUES (1, '001_first_night')")
        con.execute("INSERT INTO meta VALUES ('profile', 'standin')")
        con.execute(f"INSERT INTO offers ({', '.join(OLD)}) VALUES ({', '.join('?' * len(OLD))})", list(OLD.values()))
    with open_warehouse(file, profile="standin") as warehouse:
        new = "funding_evidence, certificate_kind, prerequisites, audiences, completeness, missing"
        (row,) = warehouse.con.execute(f"SELECT {new}, offer_id FROM offers").fetchall()
        assert row == ("[]", None, "[]", "[]", 0, "[]", "s:1")
