"""The flat tables: which columns they have, of which type, and how a record fills them.

One definition serves the CSV files, Parquet and the data package. Cells are CSV text: dates ISO 8601, numbers with a
decimal point, booleans true and false, lists joined by `|` (a `|` within a value becomes a space), nothing for null.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal

from exports.files import Record
from exports.formats.edition import Item

Kind = Literal["string", "integer", "number", "decimal", "boolean", "date", "list", "uri"]


@dataclass(frozen=True)
class Column:
    """A column: its name, its type, how it is filled, what it means; `of` are the values that it may have."""

    name: str
    kind: Kind
    fill: Callable[[Any], Any]
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its name, key, columns, and which of its columns is the key of another table."""

    name: str
    key: str
    columns: tuple[Column, ...]
    refers: tuple[str, str] | None = None  # own column, other table (whose column has the same name)

    @cached_property
    def cells(self) -> tuple[Callable[[Any], Any], ...]:
        """How each cell is filled: half a million rows have no time to look at the type of a value."""
        return tuple(_cell(column) for column in self.columns)


def at(*path: str) -> Callable[[Any], Any]:
    """The value at a path of one or two keys of a record; None if its first part is."""
    if len(path) == 1:
        return itemgetter(path[0])
    outer, inner = path
    return lambda record: None if (part := record[outer]) is None else part[inner]


def _plain(name: str, kind: Kind, meaning: str = "", path: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, at(*(path or (name,))), meaning)


def _price(*path: str) -> tuple[Column, ...]:
    return (
        _plain("price_kind", "string", "fixed, from, free, on_request or unknown", (*path, "price", "kind")),
        _plain("price", "decimal", "what the public pays", (*path, "price", "amount")),
        _plain("price_reduced", "decimal", "", (*path, "price", "reduced")),
        _plain("exam_fee", "decimal", "to be paid beside the price", (*path, "price", "exam_fee")),
        _plain("materials_fee", "decimal", "to be paid beside the price", (*path, "price", "materials_fee")),
        _plain("currency", "string", "ISO 4217", (*path, "price", "currency")),
    )


def _duration() -> tuple[Column, ...]:
    return (
        _plain("teaching_units", "number", "of 45 minutes", ("duration", "teaching_units")),
        _plain("hours", "number", "of 60 minutes; never derived from teaching units", ("duration", "hours")),
        _plain("days", "number", "", ("duration", "days")),
        _plain("weeks", "number", "", ("duration", "weeks")),
        _plain("months", "number", "", ("duration", "months")),
    )


def _towns(record: Record) -> list[str]:
    return sorted({run["place"]["city"] for run in record["instances"] if run["place"]["city"]})


COURSES = Table(
    "courses",
    "course_id",
    (
        _plain("course_id", "string", "stable; follow redirects.jsonl where it is gone"),
        _plain("slug", "string"),
        _plain("status", "string", "of the most promising run, on the day of the version"),
        _plain("title", "string"),
        _plain("subtitle", "string"),
        _plain("description", "string", "sanitised HTML"),
        _plain("url", "uri", "the page of the provider"),
        _plain("provider_key", "string", "", ("provider", "key")),
        _plain("provider", "string", "", ("provider", "name")),
        _plain("course_number", "string", "the provider's own"),
        _plain("level", "string"),
        _plain("topics", "list"),
        _plain("format", "string"),
        _plain("schedule", "string"),
        *_duration(),
        _plain("duration_text", "string", "as published", ("duration", "text")),
        *_price(),
        _plain("price_text", "string", "as published", ("price", "text")),
        _plain("best_price", "decimal", "lowest of the runs that can be booked", ("best_price", "amount")),
        _plain("next_start", "date"),
        Column("instances", "integer", lambda record: len(record["instances"]), "number of runs"),
        Column("towns", "list", _towns, "of the runs"),
        _plain("funding", "list"),
        _plain("certificate", "string"),
        _plain("certificate_kind", "string"),
        _plain("requirements", "string"),
        _plain("target_group", "string"),
        _plain("languages", "list", "ISO 639-1"),
        _plain("keywords", "list"),
        _plain("contact_name", "string", "", ("contact", "name")),
        _plain("contact_phone", "string", "", ("contact", "phone")),
        _plain("contact_email", "string", "", ("contact", "email")),
        _plain("completeness", "integer", "0 to 100"),
        Column("sources", "list", lambda record: [source["source"] for source in record["sources"]]),
        Column("stale", "boolean", lambda record: all(source["status"] == "stale" for source in record["sources"]),
               "true if no source of the course was read for this version"),
        _plain("changed_at", "string", "UTC; when the content last changed"),
    ),
    ("provider_key", "providers"),
)  # fmt: skip

INSTANCES = Table(
    "instances",
    "row_id",
    (
        _plain("row_id", "string", "course_id and the number of the run in its course"),
        _plain("instance_id", "string", "stable"),
        _plain("course_id", "string"),
        _plain("status", "string", "on the day of the version"),
        _plain("start", "date"),
        _plain("end", "date"),
        _plain("precision", "string", "day, month, year or unknown: how exact start and end are"),
        _plain("open_start", "boolean", "true: one may begin at any time"),
        _plain("start_time", "string", "HH:MM, Europe/Berlin"),
        _plain("end_time", "string", "HH:MM, Europe/Berlin"),
        _plain("weekdays", "list", "mo tu we th fr sa su"),
        _plain("deadline", "date", "last day to enrol"),
        _plain("format", "string", "of the run, else of the course"),
        _plain("schedule", "string", "of the run, else of the course"),
        *_duration(),
        *_price(),
        _plain("venue", "string", "", ("place", "venue")),
        _plain("room", "string", "", ("place", "room")),
        _plain("street", "string", "", ("place", "street")),
        _plain("postcode", "string", "", ("place", "postcode")),
        _plain("city", "string", "", ("place", "city")),
        _plain("municipality_key", "string", "AGS, eight digits", ("place", "municipality_key")),
        _plain("lat", "number", "WGS 84", ("place", "lat")),
        _plain("lon", "number", "WGS 84", ("place", "lon")),
        _plain("online", "boolean", "", ("place", "online")),
        _plain("availability", "string", "", ("availability", "status")),
        _plain("free", "integer", "places", ("availability", "free")),
        _plain("capacity", "integer", "places", ("availability", "capacity")),
        Column("sessions", "integer", lambda run: len(run["sessions"]), "number of meetings that are listed"),
        _plain("url", "uri"),
        _plain("offer_id", "string"),
    ),
    ("course_id", "courses"),
)

PROVIDERS = Table(
    "providers",
    "provider_key",
    (
        _plain("provider_key", "string", "stable", ("key",)),
        _plain("provider", "string", "", ("name",)),
        _plain("courses", "integer"),
        _plain("instances", "integer"),
    ),
)
TABLES = (COURSES, INSTANCES, PROVIDERS)


def course_row(item: Item) -> list[Any]:
    """The cells of courses.csv."""
    return row(COURSES, item.record)


def instance_rows(item: Item) -> Iterator[list[Any]]:
    """The cells of instances.csv; format, schedule, duration and price are those of the course where a run has none."""
    course_id = item.record["course_id"]
    for number, run in enumerate(item.runs, start=1):
        yield row(INSTANCES, run | {"course_id": course_id, "row_id": f"{course_id}-{number}"})


def row(table: Table, record: Record) -> list[Any]:
    """The cells of a record, ready for the writer of the csv module: it writes nothing for None."""
    return [fill(record) for fill in table.cells]


def _cell(column: Column) -> Callable[[Any], Any]:
    fill = column.fill
    match column.kind:
        case "list":
            return lambda record: "|".join([one.replace("|", " ") for one in fill(record)])
        case "boolean":
            return lambda record: "true" if fill(record) else "false"
    return fill
