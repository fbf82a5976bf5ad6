"""Building listings: published strings go in as they are, what is blank is absent, nothing is interpreted."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

ListingDict = dict[str, Any]  # the JSON of normalize.model.Listing, before the pipeline has checked it

LIST_FIELDS = ("categories", "keywords", "funding")


def text(value: object) -> str | None:
    """The published string; blank is None, and what is no string becomes its JSON text."""
    if value is None:
        return None
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return value if value.strip() else None


def texts(values: object) -> list[str]:
    """A published list (or a single value) as its non-blank strings, each once, in the published order."""
    items = values if isinstance(values, list | tuple) else [values]
    return list(dict.fromkeys(item for value in items if (item := text(value)) is not None))


def joined(first: object, second: object) -> str | None:
    """A machine start and end as one string, `start - end`; None if both are absent."""
    start, end = text(first), text(second)
    if end is None:
        return start
    return f"{start or ''} - {end}".strip()


def listing(*, ref: object, instances: Iterable[ListingDict] = (), raw: Any = None, **fields: object) -> ListingDict:
    """One record as published, by the names of contract 4.1; absent fields may be left out.

    `ref` None makes a record that the pipeline will refuse, so that it is counted and not lost silently. A run of which
    nothing is published is none.
    """
    record: ListingDict = {"ref": text(ref)}
    for name, value in fields.items():
        if name in LIST_FIELDS:
            record[name] = texts(value)
        elif name == "contact":
            record[name] = contact(value)
        else:
            record[name] = text(value)
    record["raw"] = raw
    record["instances"] = [run for run in instances if any(run.values())]
    return record


def instance(*, sessions: Sequence[ListingDict] = (), **fields: object) -> ListingDict:
    """One published run of a listing, by the names of contract 4.1."""
    return {**{name: text(value) for name, value in fields.items()}, "sessions": list(sessions)}


def session(**fields: object) -> ListingDict:
    """One meeting within a run."""
    return {name: text(value) for name, value in fields.items()}


def contact(value: object) -> ListingDict | None:
    """Whom to ask; None if nothing of it was published."""
    if not isinstance(value, dict):
        return None
    found = {name: text(part) for name, part in value.items()}
    return found if any(found.values()) else None
