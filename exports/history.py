"""What became of prices and dates. The history lives in the records themselves: each version continues that of the
version before. So it survives a warehouse that was built anew, and a rollback brings back the history of its day."""

from collections.abc import Iterator

from exports.files import Record

KEPT = 100  # changes of a course, the newest


def continued(old: Record, new: Record, at: str) -> list[Record]:
    """The history of a course after the version made `at`; a run without an id is not followed."""
    return [*old.get("history", ()), *_changes(old, new, at)][-KEPT:]


def _changes(old: Record, new: Record, at: str) -> Iterator[Record]:
    def change(field: str, instance_id: str | None, before: str | None, now: str | None) -> Iterator[Record]:
        if before != now:
            yield {"at": at, "field": field, "instance_id": instance_id, "old": before, "new": now}

    yield from change("price", None, _amount(old), _amount(new))
    before, now = _runs(old), _runs(new)
    for instance_id in sorted(before.keys() | now.keys()):
        was, run = before.get(instance_id), now.get(instance_id)
        if run is None and was is not None and was.get("status") == "past":
            continue  # a source that drops what is over tells nothing
        yield from change("dates", instance_id, _dates(was), _dates(run))
        if was is not None and run is not None:
            yield from change("price", instance_id, _amount(was), _amount(run))


def _runs(course: Record) -> dict[str, Record]:
    return {run["instance_id"]: run for run in course["instances"] if run["instance_id"]}


def _amount(priced: Record) -> str | None:
    return priced["price"]["amount"] if priced["price"] else None


def _dates(run: Record | None) -> str | None:
    if run is None or not (run["start"] or run["end"]):
        return None
    return f"{run['start'] or '..'}/{run['end'] or '..'}"
