"""A table file as rows by column head: CSV, XLSX, JSON or JSON lines, told apart by the first bytes.

What is no row is rejected with its number as a person counts it in the file, and a reason in German that can be sent to
whoever handed the table in; the other rows are read. Where most rows are broken, it is another file than it seems.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from w3lib.encoding import html_to_unicode, http_content_type_encoding, read_bom

from spiders.page import Note, Page, UnreadableError
from spiders.structured.graph import encodable
from spiders.tables.workbook import Sheet, sheets

Row = Mapping[str, Any]
IsHead = Callable[[str], bool]

DELIMITERS = ";,\t|"
HEAD_WITHIN = 20  # filled lines; above the heads stand a title, a date, an address
_ENOUGH = 2  # known heads make a line the line of heads


@dataclass
class Table:
    """The rows with their numbers in the file, and what was left out."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unit: str = "Zeile"
    broken: list[str] = field(default_factory=list)

    def reject(self, number: int, reason: str, code: str) -> None:
        """Record that a row is none: the reason for the provider, and in short for the operator."""
        self.broken.append(f"row {number} {code}")
        self.notes.append(Note("row_rejected", f"{self.unit} {number}: {reason}"))


@dataclass(frozen=True)
class _Line:
    number: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def read_table(page: Page, is_head: IsHead) -> Table:
    """The rows of a file. `is_head` says whether a text is a column head that means something.

    Raises UnreadableError if it is no table, damaged, or most of its rows are broken.
    """
    table = Table()
    if page.body.startswith(b"PK"):
        _workbook(table, page.body, is_head)
    else:
        content = _decoded(page)
        begin = content.lstrip("\ufeff \t\r\n")
        if begin.startswith("<"):
            raise UnreadableError("no table but HTML or XML")
        if begin.startswith(("[", "{")):
            table.unit = "Eintrag"
            values = _array(begin) if begin.startswith("[") else _json_lines(begin)
            _objects(table, _encodable(values) if "\\ud" in begin.lower() else values)
        else:
            _csv(table, begin, content[: len(content) - len(begin)].count("\n"), is_head)
    if len(table.broken) > len(table.rows):
        raise UnreadableError(f"{len(table.broken)} of the rows are broken, more than are not: {table.broken[0]}")
    return table


# --- text -------------------------------------------------------------------------------------------------------------


def _decoded(page: Page) -> str:
    """The text: as its first bytes or the server say, else UTF-8, else as Western European programs write.

    Without a mark, UTF-16 is known by its zero bytes. In ISO-8859-15 the euro sign is where Windows has a sign that no
    course needs, and the bytes where Windows keeps its euro sign and quotes are unused.
    """
    body = page.body
    stated = read_bom(body)[0] or http_content_type_encoding(page.content_type)
    if stated is None and body[:2000].count(0) > len(body[:2000]) // 4:
        stated = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    try:
        return body.decode(stated or "utf-8").removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        is_latin9 = b"\xa4" in body and not any(0x80 <= byte < 0xA0 for byte in body)
        return html_to_unicode(None, body, auto_detect_fun=lambda _: "iso-8859-15" if is_latin9 else "cp1252")[1]


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(table: Table, content: str, above: int, is_head: IsHead) -> None:
    """The delimiter is the one that gives the best line of heads, or the most columns."""
    best = max(DELIMITERS, key=lambda delimiter: _promise(content, delimiter, is_head))
    if _promise(content, best, is_head)[1] < 2:
        raise UnreadableError("no table: there is no delimiter (; , tab or |) in its first lines")
    _with_heads(table, _lines(table, content, best, above), is_head, ragged=False)


def _promise(content: str, delimiter: str, is_head: IsHead) -> tuple[int, int]:
    """How many known heads a line has at best with this delimiter, and how many columns the best line has."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        lines = [cells for cells in islice(reader, 2 * HEAD_WITHIN) if any(cells)][:HEAD_WITHIN]
    except csv.Error:
        return 0, 0
    scored = [(sum(map(is_head, cells)), len(cells)) for cells in lines]
    most = max(scored, default=(0, 0), key=lambda each: each[0])
    return most if most[0] else (0, max((columns for _, columns in scored), default=0))


def _lines(table: Table, content: str, delimiter: str, above: int) -> list[_Line]:
    """The lines with their numbers. One with a stray quotation mark is rejected; one that stays open eats the file."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    lines: list[_Line] = []
    while True:
        number = above + reader.line_num + 1
        try:
            lines.append(_Line(number, next(reader)))
        except StopIteration:
            return lines
        except csv.Error as error:
            if "end of data" in str(error):
                raise UnreadableError(
                    f"the CSV is damaged: a quotation mark opened in line {number} never ends"
                ) from error
            table.reject(number, "Die Zeile ist beschädigt, meist durch ein einzelnes Anführungszeichen.", str(error))


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _workbook(table: Table, body: bytes, is_head: IsHead) -> None:
    """The first sheet with a line of known heads, else the first that is not blank."""
    chosen: tuple[Sheet, list[_Line]] | None = None
    for sheet in sheets(body):
        lines = [_Line(number, cells) for number, cells in enumerate(sheet.lines, start=1)]
        filled = [line for line in lines if not line.is_blank]
        is_table = any(sum(map(is_head, line.cells)) >= _ENOUGH for line in filled[:HEAD_WITHIN])
        if is_table or (filled and chosen is None):
            chosen = sheet, lines
        if is_table:
            break
    if chosen is None:
        return
    sheet, lines = chosen
    table.notes += [Note("cell_unreadable", f"Blatt „{sheet.name}“, {reason}.") for reason in sheet.unreadable]
    _with_heads(table, lines, is_head, ragged=True)


# --- heads ------------------------------------------------------------------------------------------------------------


def _with_heads(table: Table, lines: Sequence[_Line], is_head: IsHead, *, ragged: bool) -> None:
    """Find the line of heads and name the cells below it. `ragged`: a line may end before its last columns."""
    filled = [line for line in lines if not line.is_blank]
    if not filled:
        return
    at, heads = _heads(filled, is_head)
    repeated = sorted({head for head in heads if head and heads.count(head) > 1})
    if repeated:
        raise UnreadableError(f"column heads occur twice: {', '.join(repeated)}")
    named = [head or f"(Spalte {number})" for number, head in enumerate(heads, start=1)]
    for line in filled[at + 1 :]:
        beyond = [cell for cell in line.cells[len(heads) :] if cell.strip()]
        counts = f"{len(line.cells)} Zellen bei {len(heads)} Spalten"
        if beyond:
            reason = f"{counts}; meist fehlen Anführungszeichen um einen Text, in dem ein Trennzeichen steht."
            table.reject(line.number, reason, "has more cells than the table has columns")
        elif len(line.cells) < len(heads) and not ragged:
            reason = f"{counts}; meist steht ein Zeilenumbruch in einem Text ohne Anführungszeichen."
            table.reject(line.number, reason, "has fewer cells than the table has columns")
        else:
            cells = [*line.cells, *[""] * len(heads)]
            row = {name: cell for name, cell, head in zip(named, cells, heads, strict=False) if head or cell.strip()}
            table.rows.append((line.number, row))


def _heads(filled: list[_Line], is_head: IsHead) -> tuple[int, list[str]]:
    """Where the heads stand, and the heads: the line with most known ones, else the first that fills two cells.

    Heads on two lines (`Termin` over `Beginn` and `Ende`) are one if both know some and together know more.
    """
    top = filled[:HEAD_WITHIN]
    scores = [sum(map(is_head, _stripped(line))) for line in top]
    at = scores.index(max(scores))
    if not scores[at]:
        at = next((index for index, line in enumerate(top) if sum(map(bool, _stripped(line))) > 1), 0)
        return at, _stripped(top[at])
    for upper in (at - 1, at):
        if upper >= 0 and upper + 1 < len(top) and scores[upper] and scores[upper + 1]:
            both = _stacked(_stripped(top[upper]), _stripped(top[upper + 1]))
            if sum(map(is_head, both)) > scores[at]:
                return upper + 1, both
    return at, _stripped(top[at])


def _stacked(upper: list[str], lower: list[str]) -> list[str]:
    size = max(len(upper), len(lower))
    pairs = zip([*upper, *[""] * size], [*lower, *[""] * size], strict=False)
    return [below or above for above, below in islice(pairs, size)]


def _stripped(line: _Line) -> list[str]:
    return [" ".join(cell.split()) for cell in line.cells]


# --- JSON -------------------------------------------------------------------------------------------------------------


def _objects(table: Table, values: Sequence[Any]) -> None:
    for number, value in enumerate(values, start=1):
        if isinstance(value, dict):
            table.rows.append((number, value))
        else:
            table.reject(number, "Der Eintrag ist kein Objekt.", "is no object")


def _array(content: str) -> list[Any]:
    found = _parsed(content)
    return found if isinstance(found, list) else [found]


def _encodable(values: Sequence[Any]) -> Sequence[Any]:
    try:
        return [encodable(value) for value in values]
    except RecursionError as error:
        raise UnreadableError("JSON nested too deeply") from error


def _json_lines(content: str) -> Sequence[Any]:
    """One object a line; a single object around one list of rows is that list.

    A line that is no JSON is a cut or damaged file, not a row: what is behind it could be anything.
    """
    rows: list[Any] = []
    for number, line in _numbered(content):
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            if number == 1:
                return _wrapped(_parsed(content))
            raise UnreadableError(f"line {number} is no JSON, or cut: {error}") from error
    if len(rows) == 1 and isinstance(rows[0], dict) and any(_is_rows(value) for value in rows[0].values()):
        return _wrapped(rows[0])
    return rows


def _numbered(content: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(content.split("\n"), start=1) if line.strip())


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON, or cut: {error}") from error


def _wrapped(whole: Any) -> list[Any]:
    values = list(whole.values()) if isinstance(whole, dict) else []
    lists = [value for value in values if _is_rows(value)] or [value for value in values if value == []]
    if len(lists) != 1:
        raise UnreadableError(f"the object holds {len(lists)} lists of rows, not one")
    return list(lists[0])


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)
