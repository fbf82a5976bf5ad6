"""From good harvests to a published version: load and deduplicate in one transaction, then publish.

`bildungsraum publish` takes the same way without a harvest, so that a steward's decisions reach the portal by day.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dedupe import identity
from dedupe.desk.index import write_index
from dedupe.pipeline import dedupe
from exports.model import ExportConfig, PublishError, SourceStatus
from exports.publish import publish
from flows.decided import assigned
from flows.evidence import GoodRun
from flows.gates import REMEMBERED
from flows.handouts import write_handouts
from flows.home import Home, Refused, WrongUsage, switch, write_atomically
from flows.jsonl import read_jsonl
from flows.outcome import PastNight, Published
from flows.partners import PARTNERS
from flows.quarantine import write_quarantine
from flows.settings import Settings
from flows.terms import permission_of, rights_of, taken_down
from warehouse.alive import AliveOffer, alive_offers
from warehouse.clusters import store_dedupe
from warehouse.connection import ProfileMismatch, Warehouse, WarehouseError, open_warehouse
from warehouse.forget import forget
from warehouse.load import Counts, NightLoad, SourceLoad, load_night
from warehouse.runs import good_runs, history, last_good, record_run, record_source_run
from warehouse.snapshot import write_offers

SHOWN_NIGHTS = 14


@dataclass(frozen=True)
class Knowledge:
    """What earlier nights left about one source: its good runs, the newest of them, and the offers it has."""

    good: tuple[GoodRun, ...]
    last_good: str | None
    alive: tuple[AliveOffer, ...] = ()


@dataclass(frozen=True)
class Refreshed:
    """What a load and dedupe brought: movements per source, totals, and the folder of the review snapshot."""

    moved: dict[str, Counts]
    totals: dict[str, int]
    snapshot: Path


@contextmanager
def warehouse_of(home: Home) -> Iterator[Warehouse]:
    """Open the warehouse of a home; raises WrongUsage if it is another profile's, Refused if it cannot be used now."""
    try:
        with open_warehouse(home.warehouse, profile=home.profile) as warehouse:
            yield warehouse
    except ProfileMismatch as error:
        raise WrongUsage(str(error)) from error
    except WarehouseError as error:
        raise Refused(str(error)) from error


def recall(home: Home, keys: Iterable[str], released: Mapping[str, str] | None = None) -> dict[str, Knowledge]:
    """What the gates need to know of earlier nights, per source; `released` names the run a steward released last."""
    with warehouse_of(home) as warehouse:
        con = warehouse.con
        return {
            key: Knowledge(
                tuple(GoodRun.of(run) for run in good_runs(con, key, REMEMBERED, (released or {}).get(key))),
                last_good(con, key),
                alive_offers(con, key),
            )
            for key in keys
        }


def refresh(
    home: Home,
    run_id: str,
    run_at: datetime,
    loads: Sequence[SourceLoad],
    records: Callable[[dict[str, Counts]], Iterable[Mapping[str, Any]]],
) -> Refreshed:
    """Load the good sources, deduplicate everything known, and switch the stewards' snapshot.

    All changes of the warehouse are one transaction: killed anywhere, it is as it was. `records` tells, once the
    movements are known, how each source fared. Births of offers go to the identity file before anything is published.
    """
    part = home.review / f".{run_id}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    births = {key: known.first_seen for key, known in identity.read(home.identity).items()}
    banned = taken_down(home)
    with warehouse_of(home) as warehouse, warehouse.transaction() as con:
        moved = load_night(con, NightLoad(run_id, run_at.isoformat(), tuple(loads), births))
        if banned:
            forget(con, banned.covers)
        write_offers(con, part / "offers.jsonl")
        dedupe(
            part / "offers.jsonl",
            home.journal,
            part,
            model=home.model,
            permission=permission_of(home),
            cache=home.root / "dedupe.cache",
        )
        store_dedupe(con, run_id, part / "clusters.jsonl", part / "candidates.jsonl")
        record_run(con, {"run_id": run_id, "started_at": run_at.isoformat(), "result": "loaded"})
        for record in records(moved):
            record_source_run(con, record)
    totals = _remember(home, part, run_id)
    write_quarantine(home, part, run_id, banned)
    write_handouts(part, {provider.key for provider in assigned(home).providers.values()})
    write_index(part, home.review / "current")
    with suppress(FileNotFoundError):
        shutil.rmtree(home.review / run_id)
    part.rename(home.review / run_id)
    switch(home.review / "current", run_id)
    return Refreshed(moved, totals, home.review / run_id)


def record_only(home: Home, run_id: str, run_at: datetime, records: Iterable[Mapping[str, Any]]) -> None:
    """Keep how the sources fared in a night that loaded nothing."""
    with warehouse_of(home) as warehouse, warehouse.transaction() as con:
        record_run(con, {"run_id": run_id, "started_at": run_at.isoformat(), "result": "held"})
        for record in records:
            record_source_run(con, record)


def _remember(home: Home, snapshot: Path, run_id: str) -> dict[str, int]:
    """Append new offers to the identity file, write the manifest of the snapshot, and count what is in it."""
    births: list[dict[str, str]] = []
    offers = instances = issues = 0
    for offer in read_jsonl(snapshot / "offers.jsonl"):
        births.append({"offer_id": offer["offer_id"], "first_seen": offer["first_seen"]})
        if offer["status"] == "active":
            offers += 1
            instances += len(offer["instances"])
            issues += len(offer["issues"])
    identity.sync(home.identity, births)
    totals = {
        "offers": offers,
        "instances": instances,
        "courses": sum(1 for _ in read_jsonl(snapshot / "courses.jsonl")),
        "candidates": sum(1 for _ in read_jsonl(snapshot / "candidates.jsonl")),
        "issues": issues,
    }
    manifest = {"run_id": run_id, "profile": home.profile, "counts": totals}
    write_atomically(snapshot / "manifest.json", json.dumps(manifest, indent=1) + "\n")
    return totals


def publish_version(
    home: Home,
    run_id: str,
    now: datetime,
    snapshot: Path,
    sources: list[SourceStatus],
    keep: int,
    accept: str | None = None,
) -> Published | str:
    """Publish the courses of a snapshot; a refusal of the checks is returned as a sentence, and nothing goes live.

    `accept` is why a person wants it published beyond the limits on how much may change at once.
    """
    try:
        version = publish(
            export_config(home, keep),
            run_id=run_id,
            now=now,
            courses=snapshot / "courses.jsonl",
            clusters=snapshot / "clusters.jsonl",
            sources=sources,
            apply_scope=home.profile != "captures",  # most of the real samples lie outside the region
            accept=accept,
        )
    except PublishError as error:
        return str(error)
    return Published(
        version=version.version,
        path=str(version.path),
        counts=dict(version.counts),
        delta=dict(version.delta_counts),
        note=None if version.live else version.reason,
    )


def export_config(home: Home, keep: int) -> ExportConfig:
    """Where versions of this home lie, how many are kept, and whose online courses belong on the portal."""
    return ExportConfig(
        root=home.exports,
        profile=home.profile,
        keep=keep,
        online_providers=PARTNERS,
        rights=rights_of(home),
        base_url=Settings().portal,
    )


def past_nights(home: Home, keys: Iterable[str]) -> dict[str, tuple[PastNight, ...]]:
    """The last nights of each source, for the pictures; nights it was skipped in are left out."""
    with warehouse_of(home) as warehouse:
        return {
            key: tuple(
                PastNight(
                    run_id=night["run_id"],
                    listings=night["listings"] or 0,
                    new=night["new"] + night["reappeared"],
                    changed=night["changed"],
                    gone=night["gone"],
                    held=night["held"],
                )
                for night in history(warehouse.con, key, SHOWN_NIGHTS)
                if night["status"] != "skipped"
            )
            for key in keys
        }
