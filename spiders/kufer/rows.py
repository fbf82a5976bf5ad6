"""Kufer lists of `div.kw-table-row` (VHS Goslar and others): a table made of blocks, with labels for narrow screens."""

from collections.abc import Iterator

from spiders.kufer.facts import Element, Fact, furniture, is_label, line, path_of
from spiders.kufer.lists import category_of
from spiders.kufer.table import row_of
from spiders.listing import ListingDict
from spiders.page import Page

MARK = "div.kw-table-row"


def rows(page: Page) -> Iterator[tuple[ListingDict, list[Fact]]]:
    """What the rows of a page say, each with its facts. A row of known labels alone is the head of the rows below."""
    category = category_of(page)
    heads: list[tuple[str, str | None]] = []
    for row in page.selector.css(MARK):
        if furniture(row.root.getparent()):
            continue
        cells = _cells(row.root)
        texts = [line(cell, labels=True) for cell in cells]
        if (
            len([text for text in texts if text and path_of(text) is not None]) > 1
            and next(row.root.iter("a"), None) is None
        ):
            heads = [("", text) for text in texts]
        else:
            yield row_of(page, row.root, cells, heads, category)


def _cells(row: Element) -> list[Element]:
    """The innermost blocks of a row; a label inside of a block or before a value belongs to its cell."""
    cells: list[Element] = []
    for block in row.iter("div"):
        if block is row or is_label(block):
            continue
        inner = [each for each in block.iter("div") if each is not block]
        labels = [each for each in inner if is_label(each)]
        if not inner or (len(labels) == 1 and len(inner) <= 2):
            cells.append(block)
    return [cell for cell in cells if not any(each in cells for each in cell.iterancestors("div"))]
