"""Labels in tables and definition lists: pairs in a row, heads over columns or before rows, terms with descriptions."""

import re
from collections.abc import Iterable, Iterator
from itertools import count

from bs4 import Tag

from spiders.labelled.labels import states
from spiders.labelled.leaves import Leaves
from spiders.labelled.shapes import AMOUNT, DATE, OPEN, STATUS

Span = tuple[int, int]
Pair = tuple[str, str, Span, str, int | None]  # path, label, span of the value, origin, row of its run
_DATES = ("instances.dates", "instances.start")
_CODE = re.compile(r"(?=.*\d)[A-ZÄÖÜ0-9][\w./ -]{1,20}")
_MOST_ROWS, _MOST_COLUMNS = 2000, 40


def definitions(doc: Leaves, tags: Iterable[Tag], row: int | None = None) -> Iterator[Pair]:
    """`dl`: a description goes to the first known of the terms before it; further ones to the same term."""
    for tag in tags:
        if not doc.is_free(*doc.span(tag)):
            continue
        terms: list[Span] = []
        ended = True
        for part in _parts(tag):
            if part.name == "dt":
                terms = [doc.span(part)] if ended else [*terms, doc.span(part)]
                ended = False
            else:
                ended = True
                yield from _described(doc, terms, doc.span(part), row)


def _parts(tag: Tag) -> Iterator[Tag]:
    """Terms and descriptions of a list, also inside wrappers; those of a nested list are its own."""
    for child in tag.children:
        if isinstance(child, Tag):
            if child.name in ("dt", "dd"):
                yield child
            elif child.name != "dl":
                yield from _parts(child) if child.find(["dt", "dd"]) else ()


def _described(doc: Leaves, terms: list[Span], value: Span, row: int | None) -> Iterator[Pair]:
    for term in terms:
        label = doc.text(*term) or _icon_label(doc, term)
        path = states(label) if label else None
        if path:
            doc.use(*term)
            yield path, label, value, "dl", row
            return


def _icon_label(doc: Leaves, span: Span) -> str:
    return next((leaf.text for leaf in doc.row[slice(*span)] if leaf.icon), "")


def tables(doc: Leaves, tags: Iterable[Tag], rows: Iterator[int]) -> Iterator[Pair]:
    """Innermost tables; whatever they do not label is left to the readers of lines."""
    for table in tags:
        if table.find("table") is None and doc.is_free(*doc.span(table)):
            yield from _table(doc, table, rows)


def _table(doc: Leaves, table: Tag, rows: Iterator[int]) -> Iterator[Pair]:
    grid = [line for line in _grid(doc, table) if any(high > low for low, high in line)]
    texts = [[doc.text(*cell) for cell in line] for line in grid]
    known = [[states(text) if 0 < len(text) <= 60 else None for text in line] for line in texts]
    head = next((number for number, line in enumerate(known) if _is_head(line, texts, known, number)), None)
    if head is not None:
        yield from _columns(doc, grid, texts, known, head, rows)
    elif _is_transposed(known, texts):
        yield from _transposed(doc, grid, texts, known, rows)
    else:
        yield from _pairs(doc, grid, texts, known)


def _grid(doc: Leaves, table: Tag) -> list[list[Span]]:
    """Cells by row and column; a cell that spans several stands in each of them."""
    grid: list[list[Span]] = []
    carried: dict[int, tuple[int, Span]] = {}
    for line in table.find_all("tr", limit=_MOST_ROWS):
        cells: list[Span] = []
        own = iter(line.find_all(["th", "td"], recursive=False))
        for column in count():
            if column >= _MOST_COLUMNS:
                break
            left, span = carried.pop(column, (0, (0, 0)))
            if left:
                cells.append(span)
                if left > 1:
                    carried[column] = (left - 1, span)
                continue
            cell = next(own, None)
            if cell is None:
                if not any(later > column for later in carried):
                    break
                cells.append((0, 0))
                continue
            if (height := _size(cell, "rowspan")) > 1:
                carried[column] = (height - 1, doc.span(cell))
            cells.append(doc.span(cell))
            for extra in range(1, _size(cell, "colspan")):
                carried[column + extra] = (1, (0, 0))
        grid.append(cells)
    return grid


def _size(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() and len(value) < 4 else 1


def _is_head(line: list[str | None], texts: list[list[str]], known: list[list[str | None]], number: int) -> bool:
    """Several labels side by side, no values between them, and rows below that do not begin with labels themselves."""
    filled = [(path, text) for path, text in zip(line, texts[number], strict=True) if text]
    labels = [path for path, _ in filled if path]
    if number + 1 >= len(texts) or len(filled) < 2 or len(labels) * 2 < len(filled) or len(set(labels)) < 2:
        return False
    if any((DATE.search(text) or AMOUNT.search(text)) for path, text in filled if not path):
        return False
    below = [
        row
        for row, cells in zip(known[number + 1 :], texts[number + 1 :], strict=True)
        if len([c for c in cells if c]) > 1
    ]
    return bool(below) and not any(row and row[0] for row in below)


def _columns(
    doc: Leaves,
    grid: list[list[Span]],
    texts: list[list[str]],
    known: list[list[str | None]],
    head: int,
    rows: Iterator[int],
) -> Iterator[Pair]:
    """Heads over columns. Each row is a run if its table has a column of dates."""
    heads = known[head]
    has_dates = any(path in _DATES for path in heads)
    body = [line for line in range(head + 1, len(grid)) if sum(map(bool, texts[line])) > 1]
    if not has_dates and len(body) > 1:
        return
    for column in range(len(grid[head])):
        doc.use(*grid[head][column])
    for line in body:
        dated = any(DATE.search(text) or OPEN.search(text) for text in texts[line])
        row = next(rows) if has_dates and dated else None
        if has_dates and not dated:
            continue
        for column, (cell, text) in enumerate(zip(grid[line], texts[line], strict=True)):
            path = heads[column] if column < len(heads) else None
            if path in ("title", "course_number") and row is not None and _CODE.fullmatch(text):
                path = "instances.ref"
            if not path and row is not None and STATUS.fullmatch(text):
                yield "instances.availability", texts[head][column] or "Status", cell, "table column", row
            elif path and text:
                yield path, texts[head][column], cell, "table column", row
            doc.use(*cell)


def _is_transposed(known: list[list[str | None]], texts: list[list[str]]) -> bool:
    """Labels before rows of several values, one of them dates: each column is a run."""
    if any(path for line in known for path in line[1:]) or any(
        cell.endswith(":") for cells in texts for cell in cells[1:]
    ):
        return False
    labelled = [
        (line, cells)
        for line, cells in zip(known, texts, strict=True)
        if line and line[0] and sum(map(bool, cells)) > 2
    ]
    dates = [cells for line, cells in labelled if line[0] in _DATES]
    return (
        len(labelled) >= 2
        and bool(dates)
        and all(DATE.search(cell) or OPEN.search(cell) for cell in dates[0][1:] if cell)
    )


def _transposed(
    doc: Leaves, grid: list[list[Span]], texts: list[list[str]], known: list[list[str | None]], rows: Iterator[int]
) -> Iterator[Pair]:
    width = max(len(line) for line in grid)
    runs = [next(rows) for _ in range(width - 1)]
    for cells, line, paths in zip(grid, texts, known, strict=True):
        if not paths or not paths[0]:
            continue
        doc.use(*cells[0])
        values = [(cell, run) for cell, text, run in zip(cells[1:], line[1:], runs, strict=False) if text]
        for cell, run in values:
            yield paths[0], line[0], cell, "table row", run if len(values) > 1 else None


def _pairs(
    doc: Leaves, grid: list[list[Span]], texts: list[list[str]], known: list[list[str | None]]
) -> Iterator[Pair]:
    """A label and the cell beside it, once or several times in a row; what follows unlabelled belongs to the value."""
    for cells, line, paths in zip(grid, texts, known, strict=True):
        column = 0
        while column < len(cells) - 1:
            path = paths[column]
            if not path or paths[column + 1] or not line[column + 1]:
                column += 1
                continue
            end = column + 2
            while end < len(cells) and not paths[end] and line[end] and not line[end].endswith(":") and len(cells) > 2:
                end += 1
            doc.use(*cells[column])
            yield path, line[column], (cells[column + 1][0], cells[end - 1][1]), "table row", None
            column = end
