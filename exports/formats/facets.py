"""facets.json: what a visitor can choose by, and how many courses each choice leaves.

Counted are courses that are still to come, run, or may begin at any time, full ones too; one course counts once for
each of its values.
"""

from collections import Counter
from collections.abc import Iterator

from exports.files import Record, write_json
from exports.formats.edition import Edition, Item
from normalize.labels import label

NAMES = ("topic", "town", "provider", "format", "schedule", "level", "funding", "month")
_OVER = ("past", "cancelled")


class Facets:
    """Counts and writes the facets."""

    def __init__(self, edition: Edition) -> None:
        self._folder = edition.folder
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
        self._providers: dict[str, str] = {}
        self._courses = 0

    def add(self, item: Item) -> None:
        """Count a course unless it is over."""
        record = item.record
        if record["status"] in _OVER:
            return
        self._courses += 1
        if provider := record["provider"]:
            self._providers.setdefault(provider["key"], provider["name"])
        for name, value in set(_values(record, item)):
            self._counts[name][value] += 1

    def finish(self) -> None:
        """Write them, the frequent first."""
        facets = {
            name: [
                {"key": key, "label": self._label(name, key), "count": count}
                for key, count in sorted(counts.items(), key=lambda one: _order(name, *one))
            ]
            for name, counts in self._counts.items()
        }
        write_json(self._folder / "facets.json", {"courses": self._courses, "facets": facets})

    def _label(self, name: str, key: str) -> str:
        if name == "month":
            return f"{key[5:]}/{key[:4]}"
        if name == "town":
            return key
        return self._providers[key] if name == "provider" else label(name, key)


def _values(record: Record, item: Item) -> Iterator[tuple[str, str]]:
    yield from (("topic", topic) for topic in record["topics"])
    yield from (("funding", funding) for funding in record["funding"])
    if record["provider"]:
        yield "provider", record["provider"]["key"]
    if record["level"]:
        yield "level", record["level"]
    runs = [run for run in item.runs if run["status"] not in _OVER]
    for name in ("format", "schedule"):
        yield from ((name, run[name]) for run in runs or [record])
    for run in runs:
        if run["place"]["city"]:
            yield "town", run["place"]["city"]
        if run["status"] == "upcoming" and run["start"] and run["precision"] != "year":
            yield "month", run["start"][:7]


def _order(name: str, key: str, count: int) -> tuple[int, str]:
    return (0, key) if name == "month" else (-count, key)
