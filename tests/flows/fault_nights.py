"""Nights in which every source has a fault of its own, and what may come of each: right data, or a held source.

Night i of the matrix gives source j the fault i + j, so that as many nights as there are faults try every pair, and no
broken source can hide behind a good one.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spiders.standin.faults import KINDS
from spiders.standin.publish import SOURCES

Finish = Callable[..., tuple[int, str, str]]

COURSES = "60"
# What a held source must say, per fault, in words a steward understands.
REASONS = {
    "500": "HTTP 500",
    "429": "HTTP 429",
    "redirect": "redirect",
    "truncated": "DataLoss",
    "cut": "cut|Einträge",
    "half": "Einträge",
    "empty": "leer|Einträge|links to no course",
    "empty_page": "leer|Einträge|links to no course",
    "not_html": "no HTML|no JSON|no XML|no table",
    "charset": "Zeichensatz|encod",
    "template": "Aufbau|missing|no course|generation|lacks|links to no|Feld",
    "row": "row|record|Einträge",
    "huge": "größer",
    "deep": "deep",
    "entities": "entit",
    "slow": "Timeout",
    "robots": "robots",
}
MUST_HOLD = {"500", "redirect", "truncated", "empty", "not_html", "huge", "slow", "robots"}


@dataclass(frozen=True)
class Outcome:
    """What came of one source under one fault."""

    source: str
    fault: str
    state: str  # fresh | held
    note: str  # the reasons, or what is wrong with the data
    wrong: str | None = None  # why this outcome may not be


def clean_nights(finish: Finish, home: Path, nights: int) -> dict[str, dict[str, dict[str, Any]]]:
    """So many good nights of the same catalogue, and its listings by source and ref."""
    for number in range(nights):
        status, _, said = finish("nightly", "--standin", "--courses", COURSES, "--home", str(home))
        if status != 0:
            raise AssertionError(f"clean night {number + 1}: {said}")
    return {source: listings(home, source) for source in SOURCES}


def faulty_night(finish: Finish, home: Path, shift: int, kinds: tuple[str, ...] = KINDS) -> list[Outcome]:
    """One night on a copy of a good home, with the faults dealt out from `shift` on; `home` stays as it is."""
    clean = {source: listings(home, source) for source in SOURCES}
    faults = {source: kinds[(shift + place) % len(kinds)] for place, source in enumerate(SOURCES)}
    broken = home.with_name(f"{home.name}-{shift}")
    shutil.copytree(home, broken, symlinks=True)
    options = [option for source, fault in faults.items() for option in ("--fault", f"{source}={fault}")]
    status, _, said = finish("nightly", "--standin", "--courses", COURSES, "--home", str(broken), *options)
    if status != 1 or "Traceback" in said:
        raise AssertionError(f"the night did not end as one with held sources: {status} {said}")
    pages = {page["source"]: page for page in latest(broken)["sources"]}
    outcomes = [_outcome(broken, source, fault, pages[source], clean[source]) for source, fault in faults.items()]
    shutil.rmtree(broken)
    return outcomes


def latest(home: Path) -> dict[str, Any]:
    """The report of the newest night."""
    found: dict[str, Any] = json.loads((home / "reports" / "latest.json").read_text(encoding="utf-8"))
    return found


def listings(home: Path, source: str) -> dict[str, dict[str, Any]]:
    """What the newest night harvested, by ref, without what may differ between two readings of the same page."""
    lines = (home / "harvest" / latest(home)["run_id"] / f"{source}.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return {row["ref"]: {name: row[name] for name in row if name not in ("fetched_at", "raw")} for row in found}


def _outcome(home: Path, source: str, fault: str, page: dict[str, Any], clean: dict[str, dict[str, Any]]) -> Outcome:
    if page["state"] == "held":
        reasons = " ".join(page["reasons"])
        wrong = None if re.search(REASONS[fault], reasons) else "held for another reason than the fault"
        return Outcome(source, fault, "held", reasons, wrong)
    found = listings(home, source)
    differing = [ref for ref, listing in found.items() if listing != clean.get(ref)]
    missing = len(clean.keys() - found.keys())
    note = "right data" if not missing else f"right data, {missing} of {len(clean)} missing"
    wrong = None
    if differing:
        wrong = f"wrong data: {_difference(found[differing[0]], clean.get(differing[0]))}"
    elif fault in MUST_HOLD:
        wrong = "must be held"
    elif missing and page["withdrawn"]:
        wrong = "offers were withdrawn"
    return Outcome(source, fault, "fresh", note, wrong)


def _difference(found: dict[str, Any], clean: dict[str, Any] | None) -> str:
    if clean is None:
        return f"{found['ref']} does not exist"
    fields = [
        f"{name}: {found[name]!r} instead of {clean.get(name)!r}" for name in found if found[name] != clean.get(name)
    ]
    return f"{found['ref']}: {fields[0][:300]}"


def matrix(outcomes: list[Outcome]) -> str:
    """The outcomes as a table: R right data, r right but some missing, H held; an exclamation mark if it is wrong."""
    cells = {(outcome.source, outcome.fault): outcome for outcome in outcomes}
    faults = [kind for kind in KINDS if any(outcome.fault == kind for outcome in outcomes)]
    width = max(len(source) for source in SOURCES)
    lines = [" " * width + " " + " ".join(faults)]
    for source in SOURCES:
        marks = (_mark(cells.get((source, fault))).ljust(len(fault)) for fault in faults)
        lines.append(f"{source.ljust(width)} {' '.join(marks)}")
    return "\n".join(lines)


def told(outcomes: list[Outcome]) -> str:
    """The outcomes in words, a line each."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.fault, outcome.source))
    return "\n".join(f"{o.fault:10} {o.source:22} {o.state:5} {o.wrong or ''} {o.note[:200]}" for o in ordered)


def _mark(outcome: Outcome | None) -> str:
    if outcome is None:
        return "."
    mark = "H" if outcome.state == "held" else "r" if "missing" in outcome.note else "R"
    return f"{mark}!" if outcome.wrong else mark
