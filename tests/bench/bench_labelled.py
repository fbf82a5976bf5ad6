"""How well `labelled` reads pages it was not written for: precision and recall of fields, and CPU time per page.

    python tests/bench/bench_labelled.py [tuned|held|fresh] [--errors]

The gold and its scoring are described in tests/foreign/README.md. `tuned` are the pages the extractor was written with;
`held` are pages of other houses by another hand, unseen until the extractor was finished.

The first reading of `held` (15 houses, 45 pages) gave precision 0.915 and recall 0.605: that is what to expect of a
site nobody has looked at. Its errors then showed general flaws, which were mended; what is measured since (1.000 and
0.930) is no longer a figure of unseen pages, and serves as a floor in the tests. `fresh` (11 houses, 22 pages) was
written after that by a third hand: 0.960 and 0.635, and nothing has been tuned on it.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spiders.page import Page, UnreadableError
from spiders.parse import parse_pages
from spiders.source import bare_source

FOREIGN = Path(__file__).parents[1] / "foreign"
_RUN_FIELDS = (
    "ref",
    "dates",
    "times",
    "venue",
    "room",
    "street",
    "postcode",
    "city",
    "price",
    "availability",
    "deadline",
    "format",
    "duration",
)
_EITHER = ("price", "duration", "format")  # what a course may state itself or on each of its runs

Record = dict[str, Any]


@dataclass
class Score:
    """Fields right, wrong and missing, by contract path, and the errors in words."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missing += other.missing
        self.errors += other.errors

    @property
    def precision(self) -> float:
        right, wrong = self.right.total(), self.wrong.total()
        return right / (right + wrong) if right + wrong else 1.0

    @property
    def recall(self) -> float:
        """Right fields of all in gold. A wrong value is a gold field that was not found, too."""
        right = self.right.total()
        gold = right + self.wrong.total() + self.missing.total()
        return right / gold if gold else 1.0

    def judge(self, path: str, gold: Any, value: str | None) -> None:
        if value is None:
            self.missing[path] += 1
            self.errors.append(f"missing {path}: {gold!r}")
        elif _is_right(gold, value):
            self.right[path] += 1
        else:
            self.wrong[path] += 1
            self.errors.append(f"WRONG {path}: {value[:160]!r} for {gold!r}")


def fold(text: str) -> str:
    """White space folded, also no-break spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def _plain(html: str) -> str:
    return fold(re.sub(r"<[^>]*>", " ", html).replace("&amp;", "&").replace("&quot;", '"'))


def _loose(text: str) -> str:
    """Punctuation between the lines of a value is nobody's: "Haus 3, 45127 Essen" is "Haus 3 45127 Essen"."""
    return re.sub(r"\s*[,;]\s*|\s+", " ", fold(text)).strip(" .:")


def _is_right(gold: Any, value: str) -> bool:
    if isinstance(gold, dict):
        return _squash(gold["contains"]) in _squash(_plain(value))
    accepted = gold if isinstance(gold, list) else [gold]
    return _loose(_plain(value)) in {_loose(_plain(str(text))) for text in accepted}


def _squash(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _value(record: Record, path: str) -> str | None:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return value or None


def score(gold: Record, record: Record) -> Score:
    """One page's prediction against its gold."""
    found = Score()
    runs: list[Record] = list(record.get("instances") or [])
    for path, value in gold["listing"].items():
        predicted = _value(record, path)
        if predicted is None and path in _EITHER and runs and len(same := {run.get(path) for run in runs}) == 1:
            predicted = same.pop()
        found.judge(path, value, predicted)
    absent = gold.get("absent", [])
    for path in absent:
        values = (
            [run.get(path.partition(".")[2]) for run in runs]
            if path.startswith("instances.")
            else [_value(record, path)]
            if path != "instances"
            else [str(run) for run in runs]
        )
        for value in filter(None, values):
            found.wrong[path] += 1
            found.errors.append(f"WRONG {path}: {value!r}, must be absent")
    if gold.get("instances"):
        for expected, run in _pairs(gold["instances"], runs):
            for name in _RUN_FIELDS:
                predicted = _value(run, name) or (_value(record, name) if name in _EITHER else None) if run else None
                if expected and name in expected:
                    found.judge(f"instances.{name}", expected[name], predicted)
                elif not expected and run.get(name):
                    found.wrong[f"instances.{name}"] += 1
                    found.errors.append(f"WRONG instances.{name}: {predicted!r}, a run too many")
    return found


def _pairs(gold: list[Record], runs: list[Record]) -> Iterator[tuple[Record, Record]]:
    """Gold runs with the predicted ones of the same dates or ref, else in order; what is left over stands alone."""
    left = list(runs)
    pairs: list[tuple[Record, Record]] = []
    for expected in gold:
        for name in ("ref", "dates"):
            same = [run for run in left if name in expected and run.get(name) and _is_right(expected[name], run[name])]
            if same:
                break
        if len(same) > 1:
            same.sort(
                key=lambda run: (
                    -sum(bool(run.get(name) and _is_right(value, run[name])) for name, value in expected.items())
                )
            )
        pairs.append((expected, same[0] if same else {}))
        if same:
            left.remove(same[0])
    for expected, run in pairs:
        yield expected, run or (left.pop(0) if left else {})
    for run in left:
        yield {}, run


def predict(page: Path, url: str) -> Record:
    """The listing of a page, as `bildungsraum parse --platform labelled` reads it; empty if it is unreadable."""
    try:
        records = list(parse_pages(bare_source("labelled"), [Page(url, path=page)]))
    except UnreadableError as error:
        return {"unreadable": str(error)}
    return records[0] if records else {}


def measure(part: str) -> tuple[dict[str, Score], float]:
    """The score of each house of a part, and the CPU milliseconds per page (the second reading of each counts)."""
    houses: dict[str, Score] = {}
    seconds, pages = 0.0, 0
    for gold_file in sorted((FOREIGN / part).glob("*/*.json")):
        gold = json.loads(gold_file.read_text(encoding="utf-8"))
        page = gold_file.with_suffix(".html")
        predict(page, gold["url"])
        begin = time.process_time()
        record = predict(page, gold["url"])
        seconds += time.process_time() - begin
        pages += 1
        result = score(gold, record)
        name = f"{gold_file.parent.name}/{gold_file.stem}"
        if "unreadable" in record:
            result.errors.insert(0, record["unreadable"])
        result.errors = [f"{name}: {error}" for error in result.errors]
        houses.setdefault(gold_file.parent.name, Score()).add(result)
    return houses, 1000 * seconds / max(pages, 1)


def total(houses: dict[str, Score]) -> Score:
    """The micro average over all houses."""
    whole = Score()
    for result in houses.values():
        whole.add(result)
    return whole


def report(part: str, *, errors: bool) -> Iterator[str]:
    houses, milliseconds = measure(part)
    whole = total(houses)
    yield f"== {part}: {len(houses)} houses, {milliseconds:.1f} ms CPU a page"
    for name, result in [*houses.items(), ("all", whole)]:
        counts = f"{result.right.total():4} right {result.wrong.total():3} wrong {result.missing.total():3} missing"
        yield f"{name:24} precision {result.precision:.3f}  recall {result.recall:.3f}  {counts}"
    yield "-- by field"
    for path in sorted(whole.right | whole.wrong | whole.missing):
        right, wrong, missing = whole.right[path], whole.wrong[path], whole.missing[path]
        yield f"{path:24} {right:4} right {wrong:3} wrong {missing:3} missing"
    if errors:
        yield from ["-- errors", *whole.errors]


if __name__ == "__main__":
    parts = [name for name in sys.argv[1:] if not name.startswith("-")] or ["tuned", "held"]
    for chosen in parts:
        sys.stdout.write("\n".join(report(chosen, errors="--errors" in sys.argv)) + "\n\n")
