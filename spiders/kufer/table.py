"""Kufer lists of the `kw-table` generation (TYPO3; Gütersloh, Vorpommern-Greifswald): one table row per course.

Column numbers differ from house to house (`kue-columnheader5` counts places here and is the course number there), so
a cell is told by the head it refers to, by its label for narrow screens, by a speaking id, and only then by its shape.
"""

from collections.abc import Iterator, Sequence

from spiders.kufer.facts import (
    DATE,
    PLACES,
    Element,
    Fact,
    classes,
    fact,
    furniture,
    label_in,
    light,
    line,
    path_of,
    record,
)
from spiders.kufer.lists import bare_number_of, category_of, number_of
from spiders.listing import ListingDict
from spiders.page import Page

MARK = "tr.kw-table-row"
_SPEAKING = {
    "datum": "Datum", "beginn": "Beginn", "ort": "Ort", "nummer": "Nr.", "nr": "Nr.", "titel": "Titel", "kurs": "Titel",
    "bezeichnung": "Titel", "plaetze": "Plätze", "belegung": "Belegung", "teilnehmer": "Belegung", "preis": "Preis",
    "gebuehr": "Gebühr", "dozent": "Dozent", "leitung": "Leitung", "dauer": "Dauer", "status": "Status",
}  # fmt: skip


def rows(page: Page) -> Iterator[tuple[ListingDict, list[Fact]]]:
    """What the rows of a page say, each with its facts."""
    category = category_of(page)
    heads: dict[Element, list[tuple[str, str | None]]] = {}
    for row in page.selector.css(MARK):
        table = next(row.root.iterancestors("table"), None)
        if table is not None and table not in heads:
            heads[table] = [(each.get("id") or "", line(each, labels=True)) for each in table.iter("th")]
        if not furniture(table if table is not None else row.root.getparent()):
            cells = [each for each in row.root if each.tag in ("td", "th")]
            yield row_of(page, row.root, cells, heads.get(table, []), category)


def row_of(
    page: Page, row: Element, cells: Sequence[Element], heads: Sequence[tuple[str, str | None]], category: str | None
) -> tuple[ListingDict, list[Fact]]:
    """The course of a row of cells; `heads` are ids and texts of the columns, as far as there are any."""
    links = [(url, each) for each in row.iter("a") if (url := page.address(each.get("href")))]
    links.sort(key=lambda link: number_of(link[0]) is None)  # course pages first
    url = links[0][0] if links else page.address(row.get("data-href"))
    state = light(row)
    facts = list(_facts(cells, heads, number_of(url), state))
    stated = next((each.value for each in facts if each.path == "course_number"), None)
    named = next((each.value for each in facts if each.path == "title"), None)
    number = number_of(url) or stated or bare_number_of(url)
    row_record = record(
        [each for each in facts if each.path != "title"],
        number=number,
        url=url,
        title=_title([link for _, link in links], named),
        categories=[category],
        states=[state],
    )
    return row_record, facts


def _title(links: Sequence[Element], named: str | None) -> str | None:
    """The words of the link to the course page; beside them in the cell may stand who teaches it."""
    texts = [text for link in links if (text := line(link)) and not _shape(text, None)]
    return next((text for text in texts if named and text in named), None) or named or next(iter(texts), None)


def _facts(
    cells: Sequence[Element], heads: Sequence[tuple[str, str | None]], number: str | None, state: str | None
) -> Iterator[Fact]:
    """The cells by their labels; those without one by their looks, and what has none by the usual order of columns."""
    titles = {asked: text for asked, text in heads if asked}
    linked = any(next(cell.iter("a"), None) is not None for cell in cells)
    values = [line(cell) for cell in cells]
    usual = ["Ort"] if any(value and DATE.search(value) for value in values) else ["Datum", "Ort"]
    taken: set[str | None] = set()
    for position, (cell, value) in enumerate(zip(cells, values, strict=True)):
        if value is None or value == state:
            continue
        asked = cell.get("headers") or ""
        below = heads[position][1] if len(heads) == len(cells) and asked not in titles else None
        names = [name for name in (titles.get(asked), label_in(cell), _speaking(asked), below) if name]
        name = next((each for each in names if path_of(each) is not None), None)
        if name is None:
            shape = "Nr." if "nr-column" in classes(cell) else _shape(value, number)
            if shape is None and "title" not in taken and (not linked or next(cell.iter("a"), None) is not None):
                shape = "Titel"
            elif shape is None and not names and usual:
                shape = usual.pop(0)
            name = shape or next(iter(names), f"Spalte {position + 1}")
        taken.add(path_of(name))
        yield from fact(name, value)


def _shape(value: str, number: str | None) -> str | None:
    """The label a value would have by its looks."""
    if PLACES.match(value):
        return "Plätze"
    if value == number:
        return "Nr."
    if DATE.search(value):
        return "Datum"
    return "Gebühr" if "€" in value or value.endswith("EUR") else None


def _speaking(asked: str) -> str | None:
    """`kue-columnheader-datum` speaks, `kue-columnheader3` does not."""
    return _SPEAKING.get(asked.rpartition("columnheader")[2].strip("-_ ").lower())
