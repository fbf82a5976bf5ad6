"""Somebody demands that an offer or a whole source is shown no more: hide it at once, and keep nothing that shows it.

The journal has the last word from then on: no night, replay or rebuild brings it back. To take a takedown back (`undo`)
lets the next harvest show it again, as far as the source still publishes it; what was erased stays erased.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dedupe import identity, journal
from exports.model import PublishError
from exports.publish import unpin
from exports.purge import purge_older
from exports.rights import TAKEN_DOWN
from flows.book import source_status
from flows.erasure import erase, erase_from_reports
from flows.home import Home, Refused, WrongUsage, night_lock
from flows.outcome import NightReport
from flows.refresh import export_config, publish_version, refresh
from flows.report import read_report
from flows.request import new_run_id
from flows.settings import Settings
from flows.terms import rights_of, source_of, taken_down
from warehouse.connection import WarehouseError
from warehouse.forget import compact


@dataclass(frozen=True)
class TakedownDone:
    """What a takedown came to: the decision, the version that hides it (None if nothing was published yet), the
    versions removed, the listings erased, and whether a rollback that was held fast had to be let go."""

    event: dict[str, Any]
    version: str | None
    removed: tuple[str, ...]
    listings: int
    unpinned: bool


def take_down(home: Home, target: str, reason: str, user: str, now: datetime | None = None) -> TakedownDone:
    """Take down a source (its key) or an offer (its id) and erase it; to say it again carries out what was left undone.

    Raises WrongUsage for a target that nobody knows, Refused if it is noted in the journal but could not be carried out
    yet, with the reason.
    """
    event = _decide(home, target, reason, user, now or datetime.now(UTC))
    try:
        with night_lock(home):
            return _carry_out(home, event, now or datetime.now(UTC))
    except (Refused, PublishError, WarehouseError) as error:
        message = "Die Entscheidung steht im Journal, ist aber noch nicht ausgeführt."
        raise Refused(f"{message} {error} Danach denselben Befehl noch einmal geben.") from error


def _decide(home: Home, target: str, reason: str, user: str, now: datetime) -> dict[str, Any]:
    """The event in the journal: one that is in force already, else a new one."""
    what = "offer_id" if ":" in target else "source"
    known = identity.read(home.identity)
    if what == "offer_id" and target not in known:
        raise WrongUsage(f"there is no offer {target!r}")
    if what == "source" and target not in {*rights_of(home).terms, *map(source_of, known)}:
        raise WrongUsage(f"there is no source {target!r}")
    for event in journal.live(journal.read(home.journal)):
        if event["kind"] == "takedown" and event.get(what) == target:
            return event
    at = now.isoformat(timespec="milliseconds")
    event = {"kind": "takedown", "at": at, "user": user, what: target, "reason": reason}
    return journal.append(home.journal, event)


def _carry_out(home: Home, event: dict[str, Any], now: datetime) -> TakedownDone:
    """Hide first, then erase."""
    report = read_report(home.reports)
    version, unpinned = _hide(home, report, now) if report is not None else (None, False)
    banned = taken_down(home)
    listings = erase(home, banned)
    erase_from_reports(home, banned)
    if home.warehouse.exists():
        compact(home.warehouse)
    removed = purge_older(export_config(home, Settings().keep_versions), TAKEN_DOWN)
    return TakedownDone(event, version, removed, listings, unpinned)


def _hide(home: Home, report: NightReport, now: datetime) -> tuple[str | None, bool]:
    """Publish what may still be shown; the version and whether a rollback was let go. Raises Refused if checks fail."""
    run_id = new_run_id(now)
    refreshed = refresh(home, run_id, now, (), lambda _: ())
    for older in home.review.iterdir():
        if older.is_dir() and not older.is_symlink() and older != refreshed.snapshot:
            shutil.rmtree(older)
    config = export_config(home, Settings().keep_versions)
    if not (config.root / "current").is_symlink():
        return None, False
    unpinned = unpin(config)  # what it holds fast may be the very thing to be hidden
    statuses = [source_status(page) for page in report.sources]
    published = publish_version(home, run_id, now, refreshed.snapshot, statuses, config.keep, TAKEN_DOWN)
    if isinstance(published, str):
        raise Refused(f"Es wurde nichts veröffentlicht: {published}")
    return published.version, unpinned


def told(done: TakedownDone) -> Iterable[str]:
    """What was done, in German sentences."""
    what = done.event.get("offer_id") or done.event.get("source")
    yield f"{what} ist gesperrt; {done.listings} gespeicherte Einträge sind gelöscht."
    if done.version:
        yield f"Version {done.version} zeigt es nicht mehr; {len(done.removed)} ältere Versionen sind gelöscht."
    if done.unpinned:
        yield "Ein zurückgenommener Stand war festgehalten: Er wurde losgelassen, und der heutige ist online."
    yield "Dateien, die ein Anbieter selbst abgelegt hat, liegen noch da, wohin er sie gelegt hat."
    yield "Ältere Sicherungen (`bildungsraum backup`) enthalten es noch: Sie sind von Hand zu löschen."
