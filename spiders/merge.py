"""One listing from several rows with the same ref: the first row's fields, everybody's runs and categories."""

import json
from collections.abc import Iterable, Iterator

from spiders.listing import LIST_FIELDS, ListingDict

_NOT_FILLED = {"raw", "instances", *LIST_FIELDS}  # merged in ways of their own
_NOT_COMPARED = {"url", "fetched_at"}  # each row has its own


def merge(rows: Iterable[ListingDict]) -> tuple[ListingDict, list[str]]:
    """The merged listing, and the conflicts: course fields in which a later row says something else (first wins)."""
    first, *others = list(rows)
    merged = dict(first)
    conflicts: list[str] = []
    runs = {_identity(run): run for run in first.get("instances") or []}
    for row in others:
        conflicts.extend(_fill(merged, row))
        conflicts.extend(_add_runs(runs, row.get("instances") or []))
    merged["instances"] = list(runs.values()) if others else list(first.get("instances") or [])
    for name in LIST_FIELDS:
        if any(row.get(name) for row in others):
            merged[name] = list(dict.fromkeys(value for row in (first, *others) for value in row.get(name) or []))
    if any(row.get("raw") != first.get("raw") for row in others):
        merged["raw"] = {"rows": [row.get("raw") for row in (first, *others)]}
    return merged, list(dict.fromkeys(conflicts))


def merged_by_ref(rows: Iterable[ListingDict]) -> Iterator[tuple[ListingDict, list[str]]]:
    """Rows in memory grouped by ref in the order of their first row, each group merged; `Spool` is for many rows."""
    groups: dict[str, list[ListingDict]] = {}
    for row in rows:
        groups.setdefault(row["ref"], []).append(row)
    for group in groups.values():
        yield merge(group)


def _fill(merged: ListingDict, row: ListingDict) -> Iterator[str]:
    for name, value in row.items():
        if name in _NOT_FILLED or value is None:
            continue
        if merged.get(name) is None:
            merged[name] = value
        elif merged[name] != value and name not in _NOT_COMPARED:
            yield f"{name}: {merged[name]!r} and {value!r}"


def _add_runs(runs: dict[str, ListingDict], more: Iterable[ListingDict]) -> Iterator[str]:
    """A run is another one if its own ref says so, or if it has none and anything differs."""
    for run in more:
        if runs.setdefault(_identity(run), run) != run:
            yield f"run {run['ref']}: told in two ways"


def _identity(run: ListingDict) -> str:
    return f"ref {run['ref']}" if run.get("ref") is not None else json.dumps(run, sort_keys=True)
