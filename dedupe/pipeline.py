"""One night's dedupe, from files to files: the offers known and the journal in, courses and questions out."""

import gc
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from dedupe import journal as journal_file
from dedupe.candidates import Asked, candidates
from dedupe.comparing import Comparison, compare
from dedupe.golden import Known, build_course
from dedupe.incremental import remember
from dedupe.journal import Decisions
from dedupe.keys import Key, read_key
from dedupe.overrides import in_force
from dedupe.resolver import Resolution, resolve
from dedupe.scoring import Model, load_model
from dedupe.snapshot import read_offers, read_snapshot
from normalize.model import Course, Offer

__all__ = ["Resolved", "Summary", "dedupe", "read_offers", "resolve_keys", "resolve_offers"]


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
    asked: Sequence[Asked]


def dedupe(
    offers: Path,
    journal: Path,
    out: Path,
    *,
    model: Path | None = None,
    permitted: Callable[[Offer], Offer | None] | None = None,
    cache: Path | None = None,
) -> Summary:
    """Find out which offers are the same course, and write it into the folder `out`.

    `offers`: JSON lines of all offers known, with `first_seen` and `status`. Written, sorted and each in one step:
    `clusters.jsonl` {offer_id, course_id, own_id}, `candidates.jsonl` (Candidate and `changed_since_judged`),
    `conflicts.jsonl` (refused unions), `courses.jsonl` (Course). Equal input gives equal bytes. `permitted` says what
    of an offer a course may show, None if nothing; a course of which nothing may be shown is in `clusters.jsonl` alone.
    `cache`: a file that carries scores from night to night; it saves time and changes no byte of the outcome.
    """
    started = time.perf_counter()
    weights = load_model(model)
    snapshot = read_snapshot(offers)
    decisions = journal_file.decide(journal_file.read(journal))
    found = resolve_keys(snapshot.keys, decisions, weights, snapshot.hashes, cache)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for offer_id, course_id in found.resolution.course_ids.items():
        members[course_id].append(offer_id)
    overrides = in_force(decisions.overrides, snapshot.newest_fetch)
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "clusters.jsonl", _cluster_rows(found.resolution))
    _write(out / "candidates.jsonl", map(_candidate_row, found.asked))
    _write(out / "conflicts.jsonl", map(asdict, found.resolution.refusals))
    with snapshot.members() as read:
        shown = ((course, [*shown_members(read(members[course]), permitted)]) for course in sorted(members))
        courses = (build_course(course, those, overrides) for course, those in shown if those)
        written = _write(out / "courses.jsonl", (course.model_dump(mode="json") for course in courses))
    if cache and found.comparison.memory:
        found.comparison.memory.save(cache)
    return Summary(
        offers=len(snapshot.keys),
        courses=written,
        candidates=len(found.asked),
        conflicts=len(found.resolution.refusals),
        pairs=found.comparison.considered,
        reused=found.comparison.memory.reused if found.comparison.memory else 0,
        lost=sum(found.comparison.lost.values()),
        seconds=round(time.perf_counter() - started, 2),
        model=weights.version,
    )


def resolve_offers(known: Iterable[Known], decisions: Decisions, model: Model) -> Resolved:
    """Compare and cluster offers; no files, independent of their order."""
    keys: list[Key] = []
    hashes: dict[str, str] = {}
    for one in known:
        keys.append(read_key(one.offer, one.first_seen))
        hashes[one.offer.offer_id] = one.offer.match_hash
    return resolve_keys(sorted(keys, key=lambda key: key.seniority), decisions, model, hashes)


def resolve_keys(
    keys: Sequence[Key],
    decisions: Decisions,
    model: Model,
    match_hashes: Mapping[str, str],
    cache: Path | None = None,
) -> Resolved:
    """The same for keys in order of seniority; `match_hashes` by offer id."""
    with _no_search_for_cycles():
        return _resolve_keys(keys, decisions, model, match_hashes, cache)


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


def _resolve_keys(
    keys: Sequence[Key], decisions: Decisions, model: Model, match_hashes: Mapping[str, str], cache: Path | None
) -> Resolved:
    rows = {key.offer_id: row for row, key in enumerate(keys)}
    present = [
        (decisions.present_name(left, rows), decisions.present_name(right, rows)) for left, right in decisions.verdicts
    ]
    comparison = compare(
        keys,
        model,
        wanted=_row_pairs(decisions.verdicts, rows),
        joined=_row_pairs([*present, *decisions.renames.items()], rows),
        memory=partial(remember, cache) if cache else None,
    )
    resolution = resolve(
        {key.offer_id: key.first_seen for key in keys},
        decisions,
        comparison.links,
        evidence=comparison.evidence,
        kinds=comparison.kinds,
        conflict=comparison.conflict,
        voices=comparison.voices,
        fit=model.fit,
    )
    asked = candidates(keys, model, comparison, resolution, decisions, match_hashes)
    return Resolved(keys, comparison, resolution, asked)


def _row_pairs(pairs: Iterable[tuple[str | None, str | None]], rows: Mapping[str, int]) -> list[tuple[int, int]]:
    """Pairs of known offers as pairs of their rows."""
    return [
        (rows[left], rows[right])
        for left, right in pairs
        if left is not None and right is not None and left in rows and right in rows and left != right
    ]


def shown_members(members: Iterable[Known], permitted: Callable[[Offer], Offer | None] | None) -> Iterator[Known]:
    """The members of a course with what may be shown of them; without a rule that is everything."""
    for member in members:
        offer = member.offer if permitted is None else permitted(member.offer)
        if offer is not None:
            yield replace(member, offer=offer)


def _cluster_rows(resolution: Resolution) -> Iterable[dict[str, str]]:
    for offer, course in sorted(resolution.course_ids.items()):
        yield {"offer_id": offer, "course_id": course, "own_id": resolution.own_ids[offer]}


def _candidate_row(asked: Asked) -> dict[str, Any]:
    return {**asked.candidate.model_dump(mode="json"), "changed_since_judged": asked.changed_since_judged}


def _write(path: Path, rows: Iterable[Mapping[str, Any] | Course]) -> int:
    """JSON lines, written beside and renamed; their number."""
    part = path.with_name(path.name + ".part")
    count = 0
    with part.open("w", encoding="utf-8") as file:
        for row in rows:
            count += 1
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    part.replace(path)
    return count
