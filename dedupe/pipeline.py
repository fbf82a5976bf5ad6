"""One night's dedupe, from files to files: the offers known and the journal in, courses and questions out."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dedupe import journal as journal_file
from dedupe.candidates import Asked, candidates
from dedupe.comparing import Comparison, compare
from dedupe.golden import Known, build_course
from dedupe.journal import Decisions, Event
from dedupe.keys import Key, read_key
from dedupe.resolver import Resolution, resolve
from dedupe.scoring import Model, load_model
from normalize.model import Course, Offer


@dataclass(frozen=True, slots=True)
class Summary:
    """What a night's dedupe came to; `pairs` were proposed by blocking, `lost` by its cap; seconds of wall time."""

    offers: int
    courses: int
    candidates: int
    conflicts: int
    pairs: int
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


def dedupe(offers: Path, journal: Path, out: Path, *, model: Path | None = None) -> Summary:
    """Find out which offers are the same course, and write it into the folder `out`.

    `offers`: JSON lines of all offers known, with `first_seen` and `status`. Written, sorted and each in one step:
    `clusters.jsonl` {offer_id, course_id, own_id}, `candidates.jsonl` (Candidate and `changed_since_judged`),
    `conflicts.jsonl` (refused unions), `courses.jsonl` (Course). Equal input gives equal bytes.
    """
    started = time.perf_counter()
    weights = load_model(model)
    known = read_offers(offers)
    decisions = journal_file.decide(journal_file.read(journal))
    found = resolve_offers(known, decisions, weights)
    members: defaultdict[str, list[Known]] = defaultdict(list)
    for one in known:
        members[found.resolution.course_ids[one.offer.offer_id]].append(one)
    overrides = in_force(decisions.overrides, max((one.offer.fetched_at or "" for one in known), default=""))
    courses = [build_course(course, members[course], overrides) for course in sorted(members)]
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "clusters.jsonl", _cluster_rows(found.resolution))
    _write(out / "candidates.jsonl", map(_candidate_row, found.asked))
    _write(out / "conflicts.jsonl", map(asdict, found.resolution.refusals))
    _write(out / "courses.jsonl", (course.model_dump(mode="json") for course in courses))
    return Summary(
        offers=len(known),
        courses=len(courses),
        candidates=len(found.asked),
        conflicts=len(found.resolution.refusals),
        pairs=found.comparison.considered,
        lost=sum(found.comparison.lost.values()),
        seconds=round(time.perf_counter() - started, 2),
        model=weights.version,
    )


def resolve_offers(known: Iterable[Known], decisions: Decisions, model: Model) -> Resolved:
    """Compare and cluster offers; no files, independent of their order."""
    ordered = sorted(known, key=lambda one: one.seniority)
    keys = [read_key(one.offer, one.first_seen) for one in ordered]
    rows = {key.offer_id: row for row, key in enumerate(keys)}
    judged = {
        (min(rows[left], rows[right]), max(rows[left], rows[right]))
        for left, right in decisions.verdicts
        if left in rows and right in rows
    }
    comparison = compare(keys, model, judged)
    resolution = resolve(
        {one.offer.offer_id: one.first_seen for one in ordered},
        decisions,
        comparison.links,
        evidence=comparison.scores,
        kinds=comparison.kinds,
        conflict=comparison.conflict,
        voices=comparison.voices,
        fit=model.fit,
    )
    hashes = {one.offer.offer_id: one.offer.match_hash for one in ordered}
    asked = candidates(keys, model, comparison, resolution, decisions, hashes)
    return Resolved(keys, comparison, resolution, asked)


def read_offers(path: Path) -> list[Known]:
    """The snapshot of the warehouse: an Offer a line, with what the warehouse adds to it."""
    found: list[Known] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            offer = Offer.model_validate({name: row[name] for name in Offer.model_fields if name in row})
            found.append(Known(offer, row["first_seen"], row.get("status", "active")))
    return found


def in_force(overrides: Mapping[str, Mapping[str, Event]], newest_fetch: str) -> dict[str, dict[str, Event]]:
    """Overrides whose `until` (a date) the data have not passed: the newest fetch is the clock of a rerun."""
    return {
        offer: {name: event for name, event in fields.items() if not _is_over(event.get("until"), newest_fetch)}
        for offer, fields in overrides.items()
    }


def _is_over(until: str | None, newest_fetch: str) -> bool:
    return bool(until) and str(until) < newest_fetch[:10]


def _cluster_rows(resolution: Resolution) -> Iterable[dict[str, str]]:
    for offer, course in sorted(resolution.course_ids.items()):
        yield {"offer_id": offer, "course_id": course, "own_id": resolution.own_ids[offer]}


def _candidate_row(asked: Asked) -> dict[str, Any]:
    return {**asked.candidate.model_dump(mode="json"), "changed_since_judged": asked.changed_since_judged}


def _write(path: Path, rows: Iterable[Mapping[str, Any] | Course]) -> None:
    """JSON lines, written beside and renamed."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    part.replace(path)
