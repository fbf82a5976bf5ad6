"""What may change from one version to the next before a person must say that it is right.

A source that half fails, a parser that loses a field, a matcher that suddenly joins what was apart: each gives a
version that is valid and yet wrong. The numbers tell.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from exports.files import Record
from exports.model import ExportConfig


def _of_a_run(stated: Callable[[Record], Any]) -> Callable[[Record], bool]:
    return lambda course: any(stated(run) for run in course["instances"])


# What a visitor misses first; the name in the index, the German name, and whether a course states it.
KEY_FIELDS: Mapping[str, tuple[str, Callable[[Record], Any]]] = MappingProxyType(
    {
        "title": ("Titel", lambda course: course["title"]),
        "description": ("Beschreibung", lambda course: course["description"]),
        "url": ("Adresse", lambda course: course["url"]),
        "provider": ("Anbieter", lambda course: course["provider"]),
        "topics": ("Themen", lambda course: course["topics"]),
        "price": (
            "Preis",
            lambda course: (
                course["price"]["amount"] or any(run["price"] and run["price"]["amount"] for run in course["instances"])
            ),
        ),
        "start": ("Beginn", _of_a_run(lambda run: run["start"] or run["open_start"])),
        "place": ("Ort", _of_a_run(lambda run: run["place"]["city"] or run["place"]["online"])),
        "teaching_time": (
            "Unterrichtsstunden",
            lambda course: course["duration"]["teaching_units"] or course["duration"]["hours"],
        ),
    }
)


@dataclass
class Fill:
    """How many courses state each key field."""

    courses: int = 0
    stated: Counter[str] = field(default_factory=Counter)

    def add(self, course: Record) -> list[str]:
        """Take in a course; returns the names of what it states."""
        stated = [name for name, (_, states) in KEY_FIELDS.items() if states(course)]
        self.count(stated)
        return stated

    def count(self, stated: Iterable[str]) -> None:
        """Take in a course that states these fields."""
        self.courses += 1
        for name in stated:
            self.stated[name] += 1

    def rates(self) -> dict[str, float]:
        """The share of courses that state each field, in thousandths of one."""
        return {name: round(self.stated[name] / self.courses, 3) if self.courses else 0.0 for name in KEY_FIELDS}


@dataclass(frozen=True)
class Step:
    """What lies between two versions: their fill, and how many ids were withdrawn, merged and split.

    `stayed_before` and `stayed_now` are the fill of the courses that both have: a new source that states less than the
    others takes nothing away from anybody.
    """

    before: Fill
    now: Fill
    withdrawn: int
    merged: int
    split: int
    stayed_before: Fill = field(default_factory=Fill)
    stayed_now: Fill = field(default_factory=Fill)

    def statistics(self, previous: str) -> Record:
        """The figures beside those of the version before, for the index."""
        return {
            "previous": previous,
            "courses": {"before": self.before.courses, "now": self.now.courses},
            "withdrawn_share": _share(self.withdrawn, self.before.courses),
            "changed_ids_share": _share(self.merged + self.split, self.before.courses),
            "fill_before": self.before.rates(),
        }


def excesses(step: Step, limits: ExportConfig) -> Iterator[str]:
    """Which limits a step goes beyond, as German sentences."""
    before, now = step.before.courses, step.now.courses
    if not now:
        yield "kein einziger Kurs"
    if now < limits.min_share * before:
        yield f"nur {now} Kurse nach {before} in der Version davor"
    if step.withdrawn > max(limits.few, limits.max_withdrawn * before):
        yield f"{step.withdrawn} von {before} Kursen sind zurückgezogen"
    if (changed := step.merged + step.split) > max(limits.few, limits.max_changed_ids * before):
        yield f"{changed} von {before} Kennungen sind zusammengelegt oder geteilt"
    stayed = step.stayed_now.courses
    for name, (german, _) in KEY_FIELDS.items() if stayed else ():
        was, are = step.stayed_before.stated[name] / stayed, step.stayed_now.stated[name] / stayed
        drop = round(was - are, 6)
        if drop > limits.max_fill_drop and drop * stayed > limits.few:
            yield f"{german} steht nur noch bei {are:.0%} der Kurse, davor bei {was:.0%}"


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
