"""A table that a provider or another project hands in: CSV, XLSX, JSON or JSON lines, also gzipped; one row, one run.

`[columns]` maps a contract path to a column (dotted for nested JSON), a constant (`=text`) or a template
(`{start} - {end}`); `[values]` maps codes of one contract path. Without a mapping, the lexicon of German labels serves.
How a file becomes rows is told in `spiders/tables`. Notes are in German, to be sent to whoever handed the table in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from spiders.labelled.labels import FEE_NOTE, label_key, lexicon
from spiders.listing import LIST_FIELDS, ListingDict, instance, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError, folded
from spiders.source import Source
from spiders.tables.rows import Row, read_table

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_BARE = re.compile(r"\d[\d.,]*")
_MACHINE = re.compile(r"\d+(?:\.\d{1,2})?")
_UNITS = ("ue", "ustd", "unterrichtseinheiten", "unterrichtsstunden", "stunden", "std")
_LEADING, _TRAILING = " ,;:/|", " -–—,;:/|"  # separators left over where a placeholder is absent


def start(source: Source) -> Iterable[Follow]:
    """The files."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:
    """One listing per row; the harvest merges rows of one ref. A row that is none is rejected, with the reason."""
    named = {name for column in source.columns.values() for name in _names(column)} | {source.ref}
    table = read_table(page, lambda text: text in named or lexicon().path(text) is not None)
    if not table.rows and len(source.start) > 1:  # of several files one is empty: the others are still good
        yield Note("empty_file", f"In der Datei {Path(page.url).name} steht keine einzige Zeile.", spoils=True)
        return
    if not table.rows:
        raise UnreadableError("the table has no rows")
    yield from table.notes
    rows = [row for _, row in table.rows]
    columns, key = _mapping(rows, source)
    if not source.columns:
        yield from _unread(rows, columns, key)
    for number, row in table.rows:
        try:
            said = row if source.columns else _spoken(row)
            record = {**_listing(said, columns, source.values, key), "raw": dict(row)}
        except RecursionError:
            yield Note("row_rejected", f"{table.unit} {number}: Die Werte sind zu tief verschachtelt.")
            continue
        if record["ref"] is None:
            yield Note("row_rejected", f"{table.unit} {number}: In der Spalte „{key}“ fehlt der Schlüssel des Kurses.")
        elif record["title"] is None:
            yield Note("row_rejected", f"{table.unit} {number} ({record['ref']}): Der Titel fehlt.")
        else:
            yield record


def _unread(rows: list[Row], columns: Mapping[str, str], key: str) -> Iterator[Note]:
    """Columns with content that go nowhere, so that the provider can name them better."""
    read = {name for column in (*columns.values(), key) for name in _names(column)}
    for head in dict.fromkeys(head for row in rows for head in row):
        if head not in read and any(text(row.get(head)) for row in rows):
            yield Note("column_unread", f"Die Spalte „{head}“ wird nicht gelesen: unbekannt oder doppelt belegt.")


def _mapping(rows: list[Row], source: Source) -> tuple[dict[str, str], str]:
    """The columns by contract path, and the column or template that is the key."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    columns = _checked(source.columns, heads) or _by_lexicon(heads)
    key = source.ref if "{" in source.ref or source.ref in heads else columns.get("ref") or columns.get("course_number")
    if key is None:
        raise UnreadableError(f"no column is a key (looked for {source.ref!r} and course numbers); columns: {heads}")
    if "title" not in columns:
        raise UnreadableError(f"no column is a title; columns: {heads}")
    if "instances.start" in columns and "instances.dates" not in columns:
        begin, end = columns.pop("instances.start"), columns.pop("instances.end", None)
        columns["instances.dates"] = f"{{{begin}}} - {{{end}}}" if end else begin
    return {path: head for path, head in columns.items() if path != "ref"}, key


def _checked(columns: Mapping[str, str], heads: list[str]) -> dict[str, str]:
    """The mapping of the source file. A column it names and the table lacks is a changed table, not a blank."""
    named = [name for column in columns.values() if not column.startswith("=") for name in _names(column)]
    missing = [name for name in named if name not in heads and name.split(".")[0] not in heads]
    if missing:
        raise UnreadableError(f"the table lacks the columns {missing}; it has {heads}")
    return dict(columns)


def _by_lexicon(heads: list[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for head in heads:
        path = lexicon().path(head)
        if path == FEE_NOTE:
            note = f"{head}: {{{head}}}"
            columns["price_note"] = f"{columns['price_note']}; {note}" if "price_note" in columns else note
        elif path:
            columns.setdefault(path, head)
    return columns


def _spoken(row: Row) -> Row:
    """The row with the unit that a head gives to bare numbers below it.

    `40` under `UE` is "40 UE", `5` under `Freie Plätze` is named so, an amount in German spelling is in euros. Machine
    numbers (`120`, `120.5`) under a price stay, but not under a further fee, where several amounts meet in one string.
    """
    return {head: _with_unit(head, value) if isinstance(value, str) else value for head, value in row.items()}


def _with_unit(head: str, value: str) -> str:
    if not _BARE.fullmatch(value.strip()):
        return value
    path, key = lexicon().path(head), label_key(head)
    if path == FEE_NOTE or (path == "price" and not _MACHINE.fullmatch(value.strip())):
        return f"{value} €"
    if path == "duration" and key in _UNITS:
        return f"{value} {head}"
    return f"{head}: {value}" if path == "instances.availability" and "frei" in key else value


def _names(column: str) -> list[str]:
    return _PLACEHOLDER.findall(column) if "{" in column else [column]


def _listing(row: Row, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]], key: str) -> ListingDict:
    course: dict[str, Any] = {}
    run: dict[str, Any] = {}
    person: dict[str, Any] = {}
    for path, column in columns.items():
        scope, _, name = path.rpartition(".")
        value: Any = _list(row, column) if name in LIST_FIELDS else _value(row, column)
        if isinstance(value, str):
            value = values.get(path, {}).get(value, value)
        {"instances": run, "contact": person}.get(scope, course)[name] = value
    runs = [instance(**run)] if any(text(value) for value in run.values()) else []
    return listing(ref=_value(row, key), contact=person, instances=runs, **course)


def _value(row: Row, column: str) -> str | None:
    """The published value of a column, constant or template.

    A template with no placeholder filled is absent; where some are, separators left at its ends are dropped. A leading
    dash stays: an end without a start must not look like a start.
    """
    if column.startswith("="):
        return text(column[1:])
    if "{" not in column:
        return _cell(row, column)
    parts = {name: _cell(row, name) for name in _PLACEHOLDER.findall(column)}
    if not any(parts.values()):
        return None
    filled = _PLACEHOLDER.sub(lambda match: parts[match[1]] or "", column)
    return folded(filled if all(parts.values()) else filled.lstrip(_LEADING).rstrip(_TRAILING))


def _list(row: Row, column: str) -> list[Any] | str | None:
    """A JSON list as it is; any other value as one string."""
    found = None if column.startswith("=") or "{" in column else _at(row, column)
    return found if isinstance(found, list) else _value(row, column)


def _cell(row: Row, column: str) -> str | None:
    return text(_at(row, column))


def _at(row: Row, column: str) -> Any:
    """A value by column name, or by dotted path into nested JSON."""
    if column in row:
        return row[column]
    value: Any = row
    for name in column.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
