"""A table that a provider or another project hands in: CSV, XLSX, JSON or JSON lines, also gzipped; one row, one run.

`[columns]` maps a contract path to a column (dotted for nested JSON), a constant (`=text`) or a template
(`{start} - {end}`); `[values]` maps codes of one contract path. Without a mapping, the lexicon of German labels serves.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from zipfile import BadZipFile

from spiders.labels import FEE_NOTE, lexicon
from spiders.listing import LIST_FIELDS, ListingDict, instance, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError, folded
from spiders.source import Source

Row = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_LEADING, _TRAILING = " ,;:/|", " -–—,;:/|"  # separators left over where a placeholder is absent


def start(source: Source) -> Iterable[Follow]:
    """The files."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:
    """One listing per row; the harvest merges rows of one ref. A row that is none is rejected, with the reason."""
    rows = _rows(page)
    if not rows:
        raise UnreadableError("the table has no rows")
    columns, key = _mapping(rows, source)
    for number, row in enumerate(rows, start=1):
        record = _listing(row, columns, source.values, key)
        if record["ref"] is None:
            yield Note("row_rejected", f"row {number}: no value for the key {key!r}")
        elif record["title"] is None:
            yield Note("row_rejected", f"row {number} ({record['ref']}): no title")
        else:
            yield record


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
    return listing(ref=_value(row, key), contact=person, raw=dict(row), instances=runs, **course)


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


def _rows(page: Page) -> list[Row]:
    """The rows of a file, whatever its format; told from its first bytes."""
    if page.body.startswith(b"PK"):
        return _sheet(page.body)
    begin = page.text.lstrip("\ufeff \t\r\n")
    if begin.startswith("["):
        return _objects(page.json())
    if begin.startswith("{"):
        return _json_lines(begin)
    if begin.startswith("<"):
        raise UnreadableError("no table but HTML or XML")
    return _csv(begin)


def _objects(rows: Any) -> list[Row]:
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise UnreadableError(f"row {number} is no object")
    return list(rows)


def _json_lines(content: str) -> list[Row]:
    """One object a line; a single object around one list of rows is read as that list."""
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError) as error:
                if number == 1:
                    return _wrapped(content)
                raise UnreadableError(f"line {number} is no JSON, or cut: {error}") from error
    if len(rows) == 1 and isinstance(rows[0], dict) and any(_is_rows(value) for value in rows[0].values()):
        return _wrapped(content)
    return _objects(rows)


def _wrapped(content: str) -> list[Row]:
    try:
        whole = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableError(f"no JSON, or cut: {error}") from error
    lists = [value for value in whole.values() if _is_rows(value)]
    if len(lists) != 1:
        raise UnreadableError(f"the object holds {len(lists)} lists of rows, not one")
    return _objects(lists[0])


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _csv(content: str) -> list[Row]:
    """Delimiter: the one of `; , tab |` that splits the head into most columns."""
    head = content.split("\n", 1)[0]
    delimiter = max(";,\t|", key=head.count)
    if delimiter not in head:
        raise UnreadableError("no table: the first line has no delimiter (; , tab or |)")
    try:
        lines = list(csv.reader(io.StringIO(content), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError(f"the CSV is damaged: {error}") from error
    return _with_heads(lines)


def _sheet(body: bytes) -> list[Row]:
    """The first sheet of a workbook; dates become ISO text, as the cell holds no other published string."""
    from openpyxl import load_workbook  # takes 0.3 s, and few tables need it

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        lines = [[_sheet_cell(cell) for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    except (BadZipFile, KeyError, ValueError, IndexError) as error:
        raise UnreadableError(f"the workbook cannot be read: {error}") from error
    return _with_heads(lines)


def _sheet_cell(cell: Any) -> str:
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return str(cell)


def _with_heads(lines: list[list[str]]) -> list[Row]:
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    if not filled:
        return []
    heads = [head.strip() for head in filled[0]]
    repeated = sorted({head for head in heads if head and heads.count(head) > 1})
    if repeated:
        raise UnreadableError(f"column heads occur twice: {', '.join(repeated)}")
    rows: list[Row] = []
    for number, line in enumerate(filled[1:], start=1):
        if len(line) > len(heads) and any(cell.strip() for cell in line[len(heads) :]):
            raise UnreadableError(f"row {number} has more cells than the table has columns")
        rows.append({head: cell for head, cell in zip(heads, line, strict=False) if head})
    return rows
