"""Publish a version: write it beside, check it, make it live in one step. Killed anywhere, the last good one stays."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exports import delta as deltas
from exports.audit import audit
from exports.check import diff, verify
from exports.compose import Courses, own_courses
from exports.delta import Delta, offers_of, paired
from exports.files import Record, canonical, describe, read_records, write_json, write_lines
from exports.ledger import Destinations, Ledger, next_ledger, redirect_lines
from exports.lifecycle import berlin_date
from exports.model import (
    AuditFailed,
    ExportConfig,
    ExportsBusy,
    ProfileMismatch,
    Published,
    PublishError,
    SourceStatus,
    UnknownVersion,
)
from exports.schema import SCHEMA_VERSION, course_schema
from exports.version import (
    COURSES,
    DELTA,
    INDEX,
    REDIRECTS,
    SCHEMA,
    TOMBSTONES,
    Version,
    find,
    list_versions,
    live,
    make_live,
    new_name,
    pinned,
    publishing,
    sweep,
)

__all__ = [
    "AuditFailed", "ExportConfig", "ExportsBusy", "ProfileMismatch", "PublishError", "Published", "SourceStatus",
    "UnknownVersion", "diff", "publish", "rollback", "unpin", "verify",
]  # fmt: skip


def publish(
    config: ExportConfig,
    *,
    run_id: str,
    now: datetime,
    courses: Path,
    clusters: Path,
    sources: Sequence[SourceStatus],
    apply_scope: bool,
) -> Published:
    """Publish the merged courses of a run as a new version.

    `now` (with a time zone) names the version and decides what is past; `courses` and `clusters` are the files of
    dedupe. While a rollback is pinned nothing is written, and the result says so. Raises AuditFailed if the version
    does not pass its checks, PublishError if it cannot be built on the last one; the last good version stays then.
    """
    with publishing(config):
        previous = _sound(config)
        if previous is not None and (shown := pinned(config, previous)):
            reason = f"Die Version {shown} ist festgehalten; erst nach `bildungsraum unpin` wird wieder veröffentlicht."
            return Published(previous.name, previous.path, live=False, reason=reason)
        fresh = frozenset(source.source for source in sources if source.status == "fresh")
        composed = Courses(courses, berlin_date(now), fresh, apply_scope, config.online_providers)
        draft = _Draft(
            run_id=run_id,
            records=composed.records,
            destinations=Destinations(
                own_courses(clusters), lambda course_id: composed.absent.get(course_id, "unknown")
            ),
            sources=[asdict(source) for source in sorted(sources, key=lambda source: source.source)],
            left_out=composed.reasons,
            min_share=config.min_share,
        )
        return _go_live(config, draft, previous, now)


def rollback(config: ExportConfig, version: str, now: datetime) -> Published:
    """Publish the content of an older version as a new one, and hold it fast until `unpin`.

    Ids published since then lead to the course that had their offers, or to a tombstone. Raises UnknownVersion, and
    PublishError if that version is damaged.
    """
    with publishing(config):
        previous = _sound(config)
        target = find(config, version)
        _refuse_damaged(target)
        if previous is None:
            raise UnknownVersion("Es ist noch nichts veröffentlicht.")
        draft = _Draft(
            run_id=target.index["run_id"],
            records=target.courses,
            destinations=Destinations(_courses_then(target, previous), _reasons_then(target)),
            sources=target.index["sources"],
            left_out=lambda: target.index["counts"]["left_out"],
            min_share=0.0,
            pinned_from=version,
        )
        return _go_live(config, draft, previous, now)


def unpin(config: ExportConfig) -> bool:
    """Let the next publication go live again; True if a rollback was pinned."""
    with publishing(config):
        version = live(config)
        if version is None or pinned(config, version) is None:
            return False
        write_lines(config.root / "unpinned", [version.name.encode()])
        list_versions(config)
        return True


@dataclass(frozen=True)
class _Draft:
    """What a version is made of."""

    run_id: str
    records: Callable[[], Iterator[Record]]
    destinations: Destinations
    sources: list[Record]
    left_out: Callable[[], dict[str, int]]  # by reason; asked after the records were read
    min_share: float
    pinned_from: str | None = None


def _sound(config: ExportConfig) -> Version | None:
    """The live version to build on, after sweeping up what kills left; its ids must not be lost to a damaged file."""
    sweep(config)
    previous = live(config)
    if previous is not None:
        _refuse_damaged(previous)
    return previous


def _refuse_damaged(version: Version) -> None:
    if damage := version.damage():
        raise PublishError("Auf einer beschädigten Version wird nicht aufgebaut: " + "; ".join(damage))


def _go_live(config: ExportConfig, draft: _Draft, previous: Version | None, now: datetime) -> Published:
    name = new_name(previous, now)
    part = config.root / f".{name}.part"
    part.mkdir()
    created_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    try:
        index = _write(part, config, draft, previous, {"version": name, "created_at": created_at})
        if problems := audit(part, previous, draft.min_share):
            raise AuditFailed(problems)
    except (PublishError, ValueError) as error:
        shutil.rmtree(part)
        list_versions(config, _attempt(draft.run_id, created_at, str(error)))
        if isinstance(error, PublishError):
            raise
        raise AuditFailed([f"ein Wert lässt sich nicht schreiben ({error})"]) from error
    make_live(config, part, name)
    sweep(config, config.keep)
    list_versions(config, _attempt(draft.run_id, created_at, None))
    counts = index["counts"]
    told = {
        "courses": counts["courses"],
        "instances": counts["instances"],
        "left_out": sum(counts["left_out"].values()),
    }
    return Published(name, config.root / name, told, index["delta"])


def _attempt(run_id: str, at: str, reason: str | None) -> Record:
    return {"run_id": run_id, "at": at, "result": "failure" if reason else "success", "reason": reason}


def _write(part: Path, config: ExportConfig, draft: _Draft, previous: Version | None, head: Record) -> Record:
    """Write all files of the version; returns its index."""
    delta, tally = Delta(), _Tally()
    former = previous.courses() if previous else iter(())
    write_lines(part / COURSES, _course_lines(former, draft.records(), delta, tally))
    before = previous.ledger() if previous else Ledger()
    ledger = next_ledger(before, delta, draft.destinations, head["created_at"])
    write_lines(part / REDIRECTS, map(canonical, redirect_lines(ledger)))
    write_lines(part / TOMBSTONES, (canonical(line) for _, line in sorted(ledger.tombstones.items())))
    write_lines(part / DELTA, map(canonical, delta.lines(ledger.redirects)))
    write_json(part / SCHEMA, course_schema())
    index = head | {
        "result": "success",
        "profile": config.profile,
        "run_id": draft.run_id,
        "previous": previous.name if previous else None,
        "pinned_from": draft.pinned_from,
        "schema_version": SCHEMA_VERSION,
        "files": [describe(part / name) for name in sorted((COURSES, DELTA, REDIRECTS, SCHEMA, TOMBSTONES))],
        "counts": tally.counts() | {"left_out": draft.left_out()},
        "delta": deltas.counts(read_records(part / DELTA)),
        "sources": draft.sources,
    }
    write_json(part / INDEX, index)
    return index


def _course_lines(
    former: Iterable[Record], records: Iterable[Record], delta: Delta, tally: "_Tally"
) -> Iterator[bytes]:
    """The lines to publish. A course whose content did not change keeps its record to the byte, with the times of
    fetching of its last change: how fresh a source is stands in the index."""
    for old, new in paired(former, records):
        same = delta.note(old, new)
        kept = old if same else new
        if kept is not None:
            tally.add(kept)
            yield canonical(kept)


class _Tally:
    """Counts what a version holds."""

    def __init__(self) -> None:
        self._courses = self._instances = 0
        self._statuses: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()

    def add(self, course: Record) -> None:
        """Take in one published course; it counts once for each of its sources."""
        self._courses += 1
        self._instances += len(course["instances"])
        self._statuses[course["status"]] += 1
        self._sources.update({source["source"] for source in course["sources"]})

    def counts(self) -> dict[str, Any]:
        """The counts of the index."""
        return {
            "courses": self._courses,
            "instances": self._instances,
            "by_status": dict(sorted(self._statuses.items())),
            "by_source": dict(sorted(self._sources.items())),
        }


def _courses_then(target: Version, current: Version) -> Callable[[str], str | None]:
    """Where today's ids led in an older version: its own redirects first, then the course that had their offers."""
    then = target.ledger()
    homes = {offer: course["course_id"] for course in target.courses() for offer in offers_of(course)}
    courses = set(homes.values())
    offers = {course["course_id"]: offers_of(course) for course in current.courses()}

    def course_of(course_id: str) -> str | None:
        if course_id in courses:
            return course_id
        if course_id in then.redirects:
            return then.redirects[course_id]
        return next((homes[offer] for offer in offers.get(course_id, ()) if offer in homes), None)

    return course_of


def _reasons_then(target: Version) -> Callable[[str], str]:
    tombstones = target.ledger().tombstones
    return lambda course_id: tombstones[course_id]["reason"] if course_id in tombstones else "rollback"
