"""Publish a version: write it beside, check it, make it live in one step. Killed anywhere, the last good one stays."""

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from exports.audit import Findings, audit
from exports.check import diff, verify
from exports.compose import Courses, courses_of
from exports.delta import offers_of
from exports.files import Record, read_records, write_lines
from exports.formats.edition import Edition
from exports.ledger import Destinations
from exports.lifecycle import berlin_date
from exports.limits import excesses
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
from exports.privacy import impersonal
from exports.record import PublishedCourse
from exports.rights import TAKEN_DOWN
from exports.schema import SCHEMA_VERSION
from exports.version import (
    Version,
    find,
    list_versions,
    live,
    make_live,
    new_name,
    pinned,
    publishing,
    sweep,
    write_index,
)
from exports.write import Draft, write_files

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
    accept: str | None = None,
) -> Published:
    """Publish the merged courses of a run as a new version.

    `now` (with a time zone) names the version and decides what is past; `courses` and `clusters` are the files of
    dedupe. `accept` is a person's reason to publish a step beyond the limits of the configuration; with
    TAKEN_DOWN for it, what vanished is not even named in the calendars. While a rollback is
    pinned nothing is written, and the result says so. Raises AuditFailed if the version does not pass its checks,
    PublishError if it cannot be built on the last one; the last good version stays then.
    """
    with publishing(config):
        previous = _sound(config)
        if previous is not None and (shown := pinned(config, previous)):
            reason = f"Die Version {shown} ist festgehalten; erst nach `bildungsraum unpin` wird wieder veröffentlicht."
            return Published(previous.name, previous.path, live=False, reason=reason)
        fresh = frozenset(source.source for source in sources if source.status == "fresh")
        composed = Courses(
            courses,
            berlin_date(now),
            fresh,
            apply_scope,
            config.online_providers,
            config.rights,
            config.rights.withheld(partial(read_records, clusters)),
        )
        draft = Draft(
            run_id=run_id,
            records=composed.records,
            destinations=Destinations(
                partial(courses_of, clusters), lambda course_id: composed.absent.get(course_id, "unknown")
            ),
            sources=[asdict(source) for source in sorted(sources, key=lambda source: source.source)],
            left_out=composed.reasons,
            limits=config,
            accepted=accept,
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
        draft = Draft(
            run_id=target.index["run_id"],
            records=lambda: _restored(target),
            destinations=Destinations(partial(_courses_then, target, previous), _reasons_then(target)),
            sources=target.index["sources"],
            left_out=lambda: target.index["counts"]["left_out"],
            pinned_from=version,
            restored=True,
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


def _go_live(config: ExportConfig, draft: Draft, previous: Version | None, now: datetime) -> Published:
    name = new_name(previous, now)
    part = config.root / f".{name}.part"
    part.mkdir()
    created_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    edition = Edition(
        part,
        previous.path if previous else None,
        config.base_url,
        created_at,
        berlin_date(now),
        forget=draft.accepted == TAKEN_DOWN or (previous is not None and _silences(config, previous)),
    )
    try:
        index = _index(edition, config, draft, previous) | write_files(edition, draft, previous)
        findings = audit(part, previous)
        index |= _judged(findings, draft, previous)
    except (PublishError, ValueError) as error:
        shutil.rmtree(part)
        list_versions(config, _attempt(draft.run_id, created_at, str(error)))
        if isinstance(error, PublishError):
            raise
        raise AuditFailed([f"ein Wert lässt sich nicht schreiben ({error})"]) from error
    write_index(part, index)
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


def _silences(config: ExportConfig, previous: Version) -> bool:
    return config.rights.silences(previous.index["counts"]["by_source"])


def _judged(findings: Findings, draft: Draft, previous: Version | None) -> Record:
    """What the audit adds to the index. Raises AuditFailed for problems, and for a step beyond the limits unless a
    person accepted it; then the index says what was accepted, and why."""
    beyond = list(excesses(findings.step, draft.limits)) if draft.limits else []
    if findings.problems or (beyond and draft.accepted is None):
        raise AuditFailed([*findings.problems, *beyond])
    return {
        "fill": findings.step.now.rates(),
        "step": findings.step.statistics(previous.name) if previous else None,
        "accepted": {"reason": draft.accepted, "findings": beyond} if beyond else None,
    }


def _attempt(run_id: str, at: str, reason: str | None) -> Record:
    return {"run_id": run_id, "at": at, "result": "failure" if reason else "success", "reason": reason}


def _index(edition: Edition, config: ExportConfig, draft: Draft, previous: Version | None) -> Record:
    """What the index tells before the audit."""
    return {
        "version": edition.folder.name.removeprefix(".").removesuffix(".part"),
        "created_at": edition.created_at,
        "result": "success",
        "profile": config.profile,
        "base_url": config.base_url,
        "run_id": draft.run_id,
        "previous": previous.name if previous else None,
        "pinned_from": draft.pinned_from,
        "schema_version": SCHEMA_VERSION,
        "sources": draft.sources,
    }


def _restored(version: Version) -> Iterator[Record]:
    """The records of a version, those of an older schema with the fields that came since."""
    for record in version.courses():
        if version.index["schema_version"] == SCHEMA_VERSION:
            yield record
        else:
            yield impersonal(PublishedCourse.model_validate(record).model_dump(mode="json"))


def _courses_then(target: Version, current: Version, ids: Collection[str]) -> dict[str, str]:
    """Where ids led in an older version: they were courses, or redirects, or the course that had their offers."""
    then = target.ledger().redirects
    lost = {one["course_id"]: offers_of(one) for one in current.courses() if one["course_id"] in ids}
    wanted = {offer for offers in lost.values() for offer in offers}
    found: dict[str, str] = {}
    homes: dict[str, str] = {}
    for course in target.courses():
        course_id = course["course_id"]
        if course_id in ids:
            found[course_id] = course_id
        homes.update((offer, course_id) for offer in offers_of(course) if offer in wanted)
    for course_id, offers in lost.items():
        if home := next((homes[offer] for offer in offers if offer in homes), None):
            found.setdefault(course_id, then.get(course_id, home))
    return {course_id: then[course_id] for course_id in ids if course_id in then} | found


def _reasons_then(target: Version) -> Callable[[str], str]:
    tombstones = target.ledger().tombstones
    return lambda course_id: tombstones[course_id]["reason"] if course_id in tombstones else "rollback"
