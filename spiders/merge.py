"""One listing from several rows with the same ref: the first row's fields, everybody's runs and categories."""

from collections.abc import Iterable, Iterator
from typing import Any

from spiders.listing import LIST_FIELDS, ListingDict

_NOT_COMPARED = {"url", "fetched_at", "raw", "instances", *LIST_FIELDS}


def merge(rows: Iterable[ListingDict]) -> tuple[ListingDict, list[str]]:
    """The merged listing, and the conflicts: course fields in which a later row says something else (first wins)."""
    first, *others = list(rows)
    merged = {name: list(value) if isinstance(value, list) else value for name, value in first.items()}
    conflicts: list[str] = []
    for row in others:
        conflicts.extend(_fill(merged, row))
        for name in LIST_FIELDS:
            known = merged.get(name) or []
            merged[name] = [*known, *(value for value in row.get(name) or [] if value not in known)]
        conflicts.extend(_add_runs(merged["instances"], row.get("instances") or []))
    if others and any(row.get("raw") != first.get("raw") for row in others):
        merged["raw"] = {"rows": [row.get("raw") for row in (first, *others)]}
    return merged, list(dict.fromkeys(conflicts))


def merged_by_ref(rows: Iterable[ListingDict]) -> Iterator[tuple[ListingDict, list[str]]]:
    """Rows grouped by ref in the order of their first row, each group merged."""
    groups: dict[Any, list[ListingDict]] = {}
    for row in rows:
        groups.setdefault(row["ref"], []).append(row)
    for group in groups.values():
        yield merge(group)


def _fill(merged: ListingDict, row: ListingDict) -> Iterator[str]:
    for name, value in row.items():
        if name in _NOT_COMPARED or value is None:
            continue
        if merged.get(name) is None:
            merged[name] = value
        elif merged[name] != value:
            yield f"{name}: {merged[name]!r} and {value!r}"


def _add_runs(runs: list[ListingDict], more: Iterable[ListingDict]) -> Iterator[str]:
    """A run is another one if its own ref says so, or if it has none and anything differs."""
    for run in more:
        same = [known for known in runs if run.get("ref") is not None and known.get("ref") == run["ref"]]
        if same and same[0] != run:
            yield f"run {run['ref']}: told in two ways"
        elif not same and run not in runs:
            runs.append(run)
