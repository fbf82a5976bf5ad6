"""Every source of the stand-in under every fault: right data, or held with a reason that names the fault.

A pair is harvested as a night does it, in a process of its own, and judged by the gates of a night, with three good
runs of the healthy source behind it.
"""

import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from flows.book import Book
from flows.evidence import GoodRun, Harvest
from flows.refresh import Knowledge
from flows.stages import told
from spiders.harvest import harvest
from spiders.source import Source, load_source, source_files
from spiders.standin import StandIn
from spiders.standin.faults import Fault, FaultKind
from spiders.standin.publish import SOURCES

FOLDER = Path(__file__).parents[2] / "spiders" / "sources"
SEASON = date(2026, 7, 1)
COURSES = 60
AT_A_TIME = 3
PATIENCE = 2.0  # seconds for a response
Pair = tuple[str, FaultKind]

# What the reasons of a held source must say, per fault.
REASONS: dict[str, str] = {
    "500": "HTTP 500",
    "429": "HTTP 429",
    "redirect": "leitet im Kreis",
    "truncated": "brach unvollständig ab",
    "cut": "abgeschnitten|beschädigt|Nur .* Eint",
    "half": "Nur .* Eint",
    "empty": "leer|auf keine|keine Zeilen|steht kein Kurs|Nur .* Eint",
    "empty_page": "leer|auf keine|steht kein Kurs|nennt .* Eint|Nur .* Eint",
    "not_html": "[Kk]ein|beschädigt",
    "charset": "Zeichenkodierung|utf-8|UTF-8|beschädigt",
    "template": "Aufbau|aufgebaut|fehlt|[Kk]ein|Feld",
    "row": "Zeile|Eintr",
    "huge": "größer",
    "deep": "verschachtelt|[Kk]ein bekannter Aufbau|auf keine|leer",  # a parser cuts a page that is too deep
    "entities": "Entitäten",
    "slow": "nicht in der erlaubten Zeit",
    "robots": "robots",
}
MUST_HOLD = {"500", "redirect", "truncated", "half", "empty", "not_html", "template", "huge", "slow", "robots"}
WITHOUT_EFFECT = {  # where a fault cannot be told from health, the data must be right
    ("half", 1),  # half of one listing is one listing
}


@dataclass(frozen=True)
class Outcome:
    """What came of one source under one fault; `wrong` says why that may not be."""

    source: str
    fault: str
    held: bool
    note: str
    wrong: str | None = None


@dataclass(frozen=True)
class Healthy:
    """A source without a fault: what it lists by ref, and the run that a gate compares with."""

    source: Source
    listings: dict[str, dict[str, Any]]
    run: GoodRun


def try_all(pairs: Iterable[Pair], folder: Path) -> list[Outcome]:
    """The outcomes of all pairs, in their order. A source is harvested under one fault at a time."""
    wanted: dict[str, list[FaultKind]] = {}
    for source, fault in pairs:
        wanted.setdefault(source, []).append(fault)
    with StandIn(season=SEASON, courses=COURSES) as site, ThreadPoolExecutor(AT_A_TIME) as pool:
        of_sources = pool.map(lambda item: _try_source(site, item[0], item[1], folder), wanted.items())
        return [outcome for outcomes in of_sources for outcome in outcomes]


def _try_source(site: StandIn, key: str, faults: list[FaultKind], folder: Path) -> list[Outcome]:
    file = source_files(FOLDER, "standin")[key]
    source = load_source(file)
    source = source.model_copy(update={"expect": source.expect.model_copy(update={"min_listings": 1})})
    found, listings = _harvest(site, file, folder / key / "healthy")
    page, reasons = _judged(source, found, ())
    if page != "fresh" or not listings:
        raise AssertionError(f"{key} is not healthy without a fault: {reasons}")
    healthy = Healthy(source, listings, _good_run(found))
    outcomes = []
    for fault in faults:
        site.set_fault(key, Fault(fault))
        found, listings = _harvest(site, file, folder / key / fault)
        site.set_fault(key, None)
        outcomes.append(_outcome(healthy, fault, found, listings))
    return outcomes


def _harvest(site: StandIn, file: Path, out: Path) -> tuple[Harvest, dict[str, dict[str, Any]]]:
    result = harvest(
        file,
        out=out,
        http=out / "http",
        seconds=120,
        base_url=f"http://{file.stem}.localhost",
        proxy=site.proxy_url,
        timeout=PATIENCE,
    )
    rows: list[dict[str, Any]] = []
    if result.ok and result.listings:
        rows = [json.loads(line) for line in result.listings.read_text(encoding="utf-8").splitlines()]
    return told(result), {row["ref"]: _lasting(row) for row in rows}


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("fetched_at", "raw")}


def _good_run(found: Harvest) -> GoodRun:
    return GoodRun(
        "1", found.listings, found.fill, found.robots, found.charset, found.marks, found.unmet, found.repeated
    )


def _judged(source: Source, found: Harvest, good: tuple[GoodRun, ...]) -> tuple[str, str]:
    book = Book()
    book.harvested(source, found, Knowledge(good, None), None)
    (page,) = book.pages
    return page.state, " ".join(page.reasons)


def _outcome(healthy: Healthy, fault: str, found: Harvest, listings: dict[str, dict[str, Any]]) -> Outcome:
    key = healthy.source.key
    good = tuple(replace(healthy.run, run_id=str(number)) for number in range(3))
    state, reasons = _judged(healthy.source, found, good)
    if state == "held":
        named = re.search(REASONS[fault], reasons)
        return Outcome(key, fault, True, reasons, None if named else "held for another reason than the fault")
    wrong = None
    if differing := [ref for ref, listing in listings.items() if listing != healthy.listings.get(ref)]:
        wrong = f"wrong data: {_difference(listings[differing[0]], healthy.listings.get(differing[0]))}"
    missing = len(healthy.listings.keys() - listings.keys())
    if wrong is None and missing and found.complete:
        wrong = f"{missing} of {len(healthy.listings)} are missing, and the harvest calls itself complete"
    elif wrong is None and fault in MUST_HOLD and (fault, len(healthy.listings)) not in WITHOUT_EFFECT:
        wrong = "must be held"
    note = f"right data, {missing} of {len(healthy.listings)} missing" if missing else "right data"
    return Outcome(key, fault, False, note, wrong)


def _difference(found: dict[str, Any], clean: dict[str, Any] | None) -> str:
    if clean is None:
        return f"{found['ref']} does not exist"
    parts = [f"{name}: {found[name]!r} instead of {clean.get(name)!r}" for name in found if found[name] != clean[name]]
    return f"{found['ref']}: {parts[0][:300]}"


def table(outcomes: list[Outcome]) -> str:
    """A row per source, a column per fault: R right data, r right but incomplete, H held; with ! where it is wrong."""
    cells = {(outcome.source, outcome.fault): outcome for outcome in outcomes}
    faults = list(dict.fromkeys(outcome.fault for outcome in outcomes))
    width = max(len(source) for source in SOURCES)
    lines = [" " * width + " " + " ".join(faults)]
    for source in SOURCES:
        marks = (_mark(cells.get((source, fault))).ljust(len(fault)) for fault in faults)
        lines.append(f"{source.ljust(width)} {' '.join(marks)}")
    return "\n".join(lines)


def told_in_words(outcomes: list[Outcome]) -> str:
    """The outcomes in words, a line each, the wrong ones last."""
    ordered = sorted(outcomes, key=lambda outcome: (outcome.wrong is not None, outcome.fault, outcome.source))
    return "\n".join(
        f"{outcome.fault:10} {outcome.source:22} {_mark(outcome):3}{outcome.wrong or ''} {outcome.note[:220]}"
        for outcome in ordered
    )


def _mark(outcome: Outcome | None) -> str:
    if outcome is None:
        return "."
    mark = "H" if outcome.held else "r" if "missing" in outcome.note else "R"
    return f"{mark}!" if outcome.wrong else mark
