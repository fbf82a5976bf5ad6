"""Work with what earlier nights brought: publish it again after decisions, or make a lost warehouse anew from it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dedupe import identity
from flows.book import source_status
from flows.home import Home, Refused, night_lock, write_atomically
from flows.outcome import Published
from flows.refresh import publish_version, refresh, warehouse_of
from flows.report import read_report
from flows.request import new_run_id
from flows.settings import Settings
from warehouse.load import Counts, Gone, NightLoad, SourceLoad, load_night
from warehouse.runs import record_run, record_source_run

MANIFEST = "night.json"  # beside a harvest: which of its sources were good


def publish_again(home: Home, accept: str | None = None) -> Published:
    """Deduplicate what is known under today's journal and publish it. Raises Refused if the checks do.

    `accept` is why a person wants it published beyond the limits on how much may change at once.
    """
    report = read_report(home.reports)
    if report is None:
        raise Refused(f"In {home.root} ist noch keine Nacht zu Ende gegangen.")
    now = datetime.now(UTC)
    run_id = new_run_id(now)
    with night_lock(home):
        refreshed = refresh(home, run_id, now, (), lambda _: ())
        statuses = [source_status(page) for page in report.sources]
        published = publish_version(home, run_id, now, refreshed.snapshot, statuses, Settings().keep_versions, accept)
    if isinstance(published, str):
        raise Refused(f"Es wurde nichts veröffentlicht: {published}")
    return published


def write_manifest(folder: Path, run_at: datetime, records: list[dict[str, Any]]) -> None:
    """Leave beside a loaded harvest what `rebuild_warehouse` needs."""
    write_atomically(folder / MANIFEST, json.dumps({"run_at": run_at.isoformat(), "records": records}) + "\n")


def rebuild_warehouse(home: Home) -> int:
    """Load the kept harvests in their order, with the births the identity file knows; returns the number of nights.

    Offers whose harvests are no longer kept come back with their old birth when a source names them again.
    """
    births = {key: known.first_seen for key, known in identity.read(home.identity).items()}
    manifests = sorted((home.root / "harvest").glob(f"*/{MANIFEST}"))
    if not manifests:
        raise Refused(f"In {home.root} liegen keine Abrufe, aus denen sich das Lager neu aufbauen ließe.")
    with night_lock(home):
        with warehouse_of(home) as warehouse:
            for manifest in manifests:
                night = json.loads(manifest.read_text(encoding="utf-8"))
                folder = manifest.parent
                loads = tuple(
                    SourceLoad(
                        record["source"],
                        folder / f"{record['source']}.jsonl",
                        folder / f"{record['source']}.offers.jsonl",
                        complete=record["complete"],
                        gone=tuple(Gone(**page) for page in record.get("gone", ())),
                    )
                    for record in night["records"]
                    if record["status"] == "fresh"
                )
                with warehouse.transaction() as con:
                    moved = load_night(con, NightLoad(folder.name, night["run_at"], loads, births))
                    record_run(con, {"run_id": folder.name, "started_at": night["run_at"], "result": "rebuilt"})
                    for record in night["records"]:
                        record_source_run(con, record | vars(moved.get(record["source"], Counts())))
        now = datetime.now(UTC)
        refresh(home, new_run_id(now), now, (), lambda _: ())
    return len(manifests)
