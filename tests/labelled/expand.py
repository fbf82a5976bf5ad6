"""Make courses.jsonl, labelled listings as sources publish them, of the hand-written courses.txt.

    python tests/labelled/expand.py [tuning|held]        prints a part; without one, both

The label of a listing is `<house>/<course>`. courses.txt explains itself. Equal input gives
equal bytes.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).with_name("courses.txt")
MADE = Path(__file__).with_name("courses.jsonl")
SOURCES = {"a": "mein_now", "f": "openqcat", "t": "table"}
CLOSING = "Anmeldung und Beratung in unserem Büro. Für das leibliche Wohl ist gesorgt."


@dataclass
class House:
    """Who offers; `names` are its spellings, the first its own."""

    key: str
    part: str
    town: str
    names: list[str]
    listings: int = 0


@dataclass
class Course:
    """What is offered, as all its listings say it unless they say otherwise."""

    house: House
    key: str
    facts: dict[str, str | None]
    runs: list[str]
    about: str
    listings: list[str] = field(default_factory=list)


def read_courses(text: str) -> Iterator[Course]:
    """The courses of the hand-written file, with their listings as written. Raises ValueError for a line of no kind."""
    house, about, course = House("", "", "", []), "", None
    for line in text.splitlines():
        mark, _, rest = line.partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if mark == "==":
            key, part, town, names = (word.strip() for word in rest.split("|"))
            house = House(key, part, town, [name.strip() for name in names.split(";")])
        elif mark == "@":
            about = rest
        elif mark == "-":
            if course:
                yield course
            key, price, length, form, runs = (word.strip() for word in rest.split("|"))
            facts = {"price": _said(price), "length": _said(length), "form": _said(form)}
            course = Course(house, key, facts, [] if runs == "-" else [run.strip() for run in runs.split(",")], about)
        elif mark in ("o", "o*", "a", "f", "t") and course:
            course.listings.append(line)
        else:
            raise ValueError(f"what is this? {line!r}")
    if course:
        yield course


def expand(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(part, labelled listing) for every listing written."""
    serials: Counter[str] = Counter()
    for course in read_courses(text):
        for line in course.listings:
            mark, _, rest = line.partition(" ")
            title, changes = _changes(rest)
            groups = [[run] for run in course.runs] if mark == "o*" else [_chosen(course.runs, changes.get("runs"))]
            for runs in groups:
                source = SOURCES.get(mark[0], changes.get("by") or course.house.key)
                serials[source] += 1
                yield course.house.part, _listing(course, mark[0], title, changes, runs, source, serials[source])


def _listing(
    course: Course, mark: str, title: str, changes: dict[str, str], runs: list[str], source: str, serial: int
) -> dict[str, Any]:
    house = course.house
    house.listings += 1
    facts = course.facts | {name: _said(value) for name, value in changes.items()}
    own = mark in ("o", "t")
    first, _, _ = course.about.partition(".")
    text = facts.get(
        "text", f"{course.about} {CLOSING}" if mark == "o" else course.about if mark == "f" else f"{first}."
    )
    online = facts["form"] == "online"
    return {
        "source": source,
        "ref": f"{house.key[:2].upper()}{serial:04d}" if own else str(70_000_000 + serial * 7919),
        "url": f"https://{source.replace('_', '-')}.example.org/kurs/{serial}",
        "fetched_at": "2026-11-22T01:30:00Z",
        "title": title,
        "provider": _name(house, own and "by" not in changes, changes.get("name")),
        "course_number": facts.get("nr"),
        "description": text and f"<p>{text}</p>",
        "price": facts["price"],
        "duration": None if mark == "a" and "length" not in changes else facts["length"],
        "format": "Online" if online else "Präsenz" if mark in ("o", "f") and facts["form"] else None,
        "schedule": facts["form"] if facts["form"] in ("Vollzeit", "Teilzeit") else None,
        "instances": [
            {
                "dates": " - ".join(_day(day) for day in (facts.get("dates") or run).split("-")),
                "city": None if online else facts.get("town", house.town),
                "online": "online" if online else None,
            }
            for run in runs
        ],
        "label": f"{house.key}/{course.key}",
    }


def _changes(text: str) -> tuple[str, dict[str, str]]:
    """A title, and what stands in braces behind it: "name=2 text=- nr=7" (a value may have spaces)."""
    found = re.fullmatch(r"(?P<title>.*?)\s*(?:\{(?P<changes>[^}]*)\})?", text)
    if found is None:
        raise ValueError(f"what is this? {text!r}")
    pairs = re.findall(r"(\w+)=(.*?)(?=\s\w+=|$)", found["changes"] or "")
    return found["title"], dict(pairs)


def _chosen(runs: list[str], which: str | None) -> list[str]:
    """The runs by number: "2", "1-2", "3-" (to the last); all without one."""
    if which is None:
        return runs
    first, dash, last = which.partition("-")
    return runs[int(first) - 1 : int(last) if last else None if dash else int(first)]


def _name(house: House, own: bool, chosen: str | None) -> str | None:
    """The house's own name, or other spellings in turn."""
    if chosen is not None:
        return None if chosen == "-" else house.names[int(chosen)]
    return house.names[0] if own else house.names[1 + house.listings % (len(house.names) - 1)]


def _said(value: str) -> str | None:
    return None if value == "-" else value


def _day(day: str) -> str:
    return re.sub(r"\.(\d\d)$", r".20\1", day)


def as_lines(part: str | None = None) -> str:
    """The listings as JSON lines."""
    rows = (listing for own, listing in expand(WRITTEN.read_text(encoding="utf-8")) if part in (None, own))
    return "".join(json.dumps(listing, ensure_ascii=False) + "\n" for listing in rows)


if __name__ == "__main__":
    sys.stdout.write(as_lines(sys.argv[1] if len(sys.argv) > 1 else None))
