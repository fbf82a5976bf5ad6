"""Kufer lists of the old generation (`webbasys/index.php?kathaupt=11`): the course number stands in links alone.

The traffic light there has the same alternative text in every colour; facts.light reads the text beside it.
"""

from collections.abc import Iterator

from spiders.kufer.facts import Element, Fact, furniture, line, path_of
from spiders.kufer.lists import category_of, number_of
from spiders.kufer.table import row_of
from spiders.listing import ListingDict
from spiders.page import Page

MARK = "a[href*='knr=']"


def rows(page: Page) -> Iterator[tuple[ListingDict, list[Fact]]]:
    """What the rows around links to courses say, each with its facts; several links of a row are one course."""
    category = category_of(page)
    heads: dict[Element | None, list[tuple[str, str | None]]] = {}
    read: list[Element] = []
    for link in page.selector.css(MARK):
        if number_of(link.root.get("href")) is None or furniture(link.root):
            continue
        row = next(link.root.iterancestors("tr", "li"), link.root.getparent())
        if row in read[-1:]:
            continue
        read.append(row)
        table = next(row.iterancestors("table"), None)
        if table not in heads:
            heads[table] = _heads(table)
        cells = [each for each in row if each.tag in ("td", "th")]
        yield row_of(page, row, cells, heads[table], category)


def _heads(table: Element | None) -> list[tuple[str, str | None]]:
    """The first row of a table if it names its columns, in whatever cells."""
    top = next(table.iter("tr"), None) if table is not None else None
    texts = [line(each) for each in top if each.tag in ("td", "th")] if top is not None else []
    known = [text for text in texts if text and path_of(text) is not None]
    return [("", text) for text in texts] if len(known) > 1 else []
