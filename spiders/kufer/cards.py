"""Kufer lists of the `kw-ue` generation (VHS Recklinghausen and others): a card per course, labels beside values."""

from collections.abc import Iterator
from itertools import islice

from spiders.kufer.facts import Element, Fact, classes, fact, line, record
from spiders.kufer.lists import bare_number_of, category_of, number_of
from spiders.listing import ListingDict
from spiders.page import Page, folded

MARK = ".kw-ue-title"
LONGEST_LABEL = 40


def rows(page: Page) -> Iterator[tuple[ListingDict, list[Fact]]]:
    """What the cards of a page say, each with its facts. The category is the page's own, not that of an address."""
    category = category_of(page)
    for title in page.selector.css(MARK):
        yield _row(page, title.root, category)


def _row(page: Page, title: Element, category: str | None) -> tuple[ListingDict, list[Fact]]:
    scope = _scope(title)
    link = next((each for each in title.iter("a") if each.get("href")), None)
    url = page.address(link.get("href")) if link is not None else None
    facts = [each for part in scope for each in _facts(part)]
    stated = next((each.value for each in facts if each.path == "course_number"), None)
    row = record(
        facts,
        number=number_of(url) or stated or bare_number_of(url),
        url=url,
        title=line(title),
        categories=[category],
        states=[_button(part) for part in scope],
    )
    return row, facts


def _scope(title: Element) -> list[Element]:
    """The elements of a card: the box around its title, or what follows the title up to the next one."""
    for box in title.iterancestors():
        if any(name.startswith("kw-ue") for name in classes(box)):
            titles = (each for each in box.iter("*") if "kw-ue-title" in classes(each))
            if len(list(islice(titles, 2))) == 1:
                following = box.getnext()
                beside = following is not None and "row" in classes(following) and not _holds(box, "row")
                return [box, following] if beside else [box]
            break
    scope: list[Element] = []
    for each in title.itersiblings():
        if "kw-ue-title" in classes(each) or _holds(each, "kw-ue-title"):
            break
        scope.append(each)
    return scope


def _facts(scope: Element) -> Iterator[Fact]:
    """Rows of two columns that hold no further rows."""
    for row in scope.iter("div"):
        if "row" in classes(row) and not _holds(row, "row", "kw-ue-title"):
            columns = [each for each in row if each.tag == "div"]
            for label, value in zip(columns[::2], columns[1::2], strict=False):
                name = line(label, labels=True)
                if name and len(name) <= LONGEST_LABEL:
                    yield from fact(name, line(value))


def _button(scope: Element) -> str | None:
    """The words of the button that books the course; who cannot book sees none."""
    for each in scope.iter("a"):
        if "btn-success" in classes(each):
            return line(each) or folded(each.get("title") or each.get("aria-label") or "") or "btn-success"
    return None


def _holds(element: Element, *names: str) -> bool:
    return any(each is not element and not set(names).isdisjoint(classes(each)) for each in element.iter("*"))
