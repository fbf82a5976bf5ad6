"""One night's dedupe, from files to files: the offers known and the journal in, courses and questions out."""

import gc
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

import numpy as np

from dedupe import journal as journal_file
from dedupe.candidates import Question, candidate_records, questions
from dedupe.comparing import Comparison, compare
from dedupe.courses import EVERYTHING, Permission, course_records
from dedupe.golden import Known
from dedupe.incremental import Keeper, Kept, Records, recall, stamp_of
from dedupe.journal import Decisions
from dedupe.keys import Key, read_key
from dedupe.overrides import in_force
from dedupe.register import Register, register
from dedupe.resolver import Resolution, resolve
from dedupe.scored import Opinions
from dedupe.scoring import Model, load_model
from dedupe.snapshot import Snapshot, read_offers, read_snapshot
from dedupe.texts import BUFFER

__all__ = ["Permission", "Resolved", "Summary", "dedupe", "read_offers", "resolve_keys", "resolve_offers"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a night's dedupe came to; `pairs` were proposed by blocking, of which `reused` had their scores
    from an earlier night; `lost` by its cap; seconds of wall time."""

    offers: int
    courses: int
    candidates: int
    conflicts: int
    pairs: int
    reused: int
    lost: int
    seconds: float
    model: str


@dataclass(frozen=True)
class Resolved:
    """Everything between the offers and the files."""

    keys: Sequence[Key]
    comparison: Comparison
    resolution: Resolution
    asked: Sequence[Question]


def dedupe(
    offers: Path,
    journal: Path,
    out: Path,
    *,
    model: Path | None = None,
    permission: Permission = EVERYTHING,
    cache: Path | None = None,
) -> Summary:
    """Find out which offers are the same course, and write it into the folder `out`.

    `offers`: JSON lines of all offers known, with `first_seen` and `status`. Written, sorted and each in one step:
    `clusters.jsonl` {offer_id, course_id, own_id}, `candidates.jsonl` (Candidate and `changed_since_judged`),
    `conflicts.jsonl` (refused unions), `courses.jsonl` (Course). Equal input gives equal bytes. `permission`: what of
    an offer a course may show; a course of which nothing may be shown is in `clusters.jsonl` alone. `cache`: a folder
    that carries from night to night what did not change; it saves time and changes no byte of the outcome.
    """
    with _no_search_for_cycles():
        return _dedupe(offers, journal, out, load_model(model), permission, cache)


def _dedupe(
    offers: Path, journal: Path, out: Path, model: Model, permission: Permission, cache: Path | None
) -> Summary:
    started = time.perf_counter()
    stamp = stamp_of(model)
    kept = recall(cache, stamp) if cache else None
    snapshot = read_snapshot(offers, kept)
    decisions = journal_file.decide(journal_file.read(journal))
    hashes = dict(zip(snapshot.offers.ids, snapshot.hashes, strict=True))
    known = _known(snapshot, kept) if cache else None
    found = _resolve(snapshot.offers, decisions, model, hashes, known)
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "clusters.jsonl", _cluster_lines(found.resolution))
    _write(out / "conflicts.jsonl", map(_line, map(asdict, found.resolution.refusals)))
    keeper = Keeper(cache, stamp) if cache else None
    records = Records(kept, keeper)
    asked = candidate_records(found.asked, snapshot.offers, snapshot.prints, model, records)
    _write(out / "candidates.jsonl", asked)
    overrides = in_force(decisions.overrides, snapshot.newest_fetch)
    courses = course_records(snapshot, found.resolution.course_ids, overrides, permission, records)
    written = _write(out / "courses.jsonl", courses)
    if keeper and found.comparison.judged:
        keeper.close(snapshot.kept(kept), found.comparison.judged)
    return Summary(
        offers=len(snapshot.offers),
        courses=written,
        candidates=len(found.asked),
        conflicts=len(found.resolution.refusals),
        pairs=found.comparison.considered,
        reused=found.comparison.reused,
        lost=sum(found.comparison.lost.values()),
        seconds=round(time.perf_counter() - started, 2),
        model=model.version,
    )


def _known(snapshot: Snapshot, kept: Kept | None) -> Opinions:
    """What was thought of pairs of which both sides are as they were."""
    if kept is None:
        return Opinions.none()
    rows = np.full(len(kept.ids), -1, np.int32)
    present = np.flatnonzero(snapshot.origins >= 0).astype(np.int32)
    rows[snapshot.origins[present]] = present
    return kept.opinions.moved(rows)


def resolve_offers(known: Iterable[Known], decisions: Decisions, model: Model) -> Resolved:
    """Compare and cluster offers; no files, independent of their order."""
    keys: list[Key] = []
    hashes: dict[str, str] = {}
    for one in known:
        keys.append(read_key(one.offer, one.first_seen))
        hashes[one.offer.offer_id] = one.offer.match_hash
    return resolve_keys(sorted(keys, key=lambda key: key.seniority), decisions, model, hashes)


def resolve_keys(keys: Sequence[Key], decisions: Decisions, model: Model, match_hashes: Mapping[str, str]) -> Resolved:
    """The same for keys in order of seniority; `match_hashes` by offer id."""
    with _no_search_for_cycles():
        return _resolve(register(keys), decisions, model, match_hashes)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Matching makes millions of objects and no cycles: looking for some among them is a quarter of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _resolve(
    offers: Register,
    decisions: Decisions,
    model: Model,
    match_hashes: Mapping[str, str],
    known: Opinions | None = None,
) -> Resolved:
    rows = offers.rows
    present = [
        (decisions.present_name(left, rows), decisions.present_name(right, rows)) for left, right in decisions.verdicts
    ]
    comparison = compare(
        offers,
        model,
        wanted=_row_pairs(decisions.verdicts, rows),
        joined=_row_pairs([*present, *decisions.renames.items()], rows),
        known=known,
    )
    resolution = resolve(
        dict(zip(offers.ids, offers.births, strict=True)),
        decisions,
        comparison.links,
        evidence=comparison.evidence,
        kinds=comparison.kinds,
        conflict=comparison.conflict,
        voices=comparison.voices,
        fit=model.fit,
    )
    asked = questions(offers, model, comparison, resolution, decisions, match_hashes)
    return Resolved(offers.keys, comparison, resolution, asked)


def _row_pairs(pairs: Iterable[tuple[str | None, str | None]], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    """Pairs of known offers as pairs of their rows."""
    return [
        (rows[left], rows[right])
        for left, right in pairs
        if left is not None and right is not None and left in rows and right in rows and left != right
    ]


def _cluster_lines(resolution: Resolution) -> Iterable[bytes]:
    for offer, course in sorted(resolution.course_ids.items()):
        own, name = resolution.own_ids[offer], encode_basestring(offer)
        # as `_line` writes it: a million of them are worth it
        yield f'{{"course_id": "{course}", "offer_id": {name}, "own_id": "{own}"}}\n'.encode()


def _line(row: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n".encode()


def _write(path: Path, lines: Iterable[bytes]) -> int:
    """Lines, written beside and renamed; their number."""
    part = path.with_name(path.name + ".part")
    count = 0
    with part.open("wb", buffering=BUFFER) as file:
        for line in lines:
            count += 1
            file.write(line)
    part.replace(path)
    return count
