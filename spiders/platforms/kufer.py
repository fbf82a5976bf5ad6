"""Kufer course software of adult education centres; the template generation is told from the page itself.

Four generations of lists are known (research of 2025/26): cards, tables, tables made of blocks, and the old webbasys
pages; their course pages are alike. Paging is bound to the session, so each list has a cookie jar of its own. The key
is the course number: one course is listed under several categories, with a title in its address that changes.

`[options] filters = [{kfs_aussenst = "Marl"}, ...]` asks every start address once per filter, each in its own session
(filters of one session mix up). A name that ends in `[]` is followed by the software's own `__reset__`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from spiders.kufer import cards, rows, table, webbasys
from spiders.kufer.course import MARKS, course, facts_of
from spiders.kufer.facts import Fact, unknown
from spiders.kufer.lists import number_of, walk
from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total, UnreadableError, first
from spiders.source import Source, SourceError

Found = ListingDict | Follow | Total | Note

_SOFTWARE = (
    "[class^='kw-'], [class*=' kw-'], [id^='kw-'], [href*='webbasys/index.php'], [href*='index.php?kathaupt='], "
    "[src*='kursampeln']"
)


def start(source: Source) -> Iterable[Follow]:
    """The lists, each with its own session. Raises SourceError for filters that are no tables of plain values."""
    filters = source.options.get("filters", [{}])
    if not isinstance(filters, list) or not all(isinstance(each, dict) for each in filters):
        raise SourceError(f"{source.key}: options.filters: a list of tables is wanted")
    urls = [_filtered(url, each) for url in source.urls for each in filters]
    return [Follow(url, cookiejar=url, context={"jar": url}) for url in urls]


def read(page: Page, source: Source) -> Iterable[Found]:  # noqa: ARG001 - platform door
    """A course page is a listing, a list its rows and the way on. Raises UnreadableError for any other page."""
    facts = list(facts_of(page)) if page.kind != "list" or first(page.selector, MARKS) is not None else []
    if _is_course(page, facts):
        yield course(page, facts)
        yield from _once(unknown(facts))
        return
    if page.kind == "detail":
        raise UnreadableError("no course page: neither a mark of Kufer's nor a labelled value on it")
    module = _generation(page)
    if module is not None:
        found = list(module.rows(page))
        yield from walk(page, (row for row, _ in found))
        yield from _once(note for _, facts in found for note in unknown(facts))
    elif first(page.selector, _SOFTWARE) is not None:
        yield from walk(page, ())
        yield Note("empty_category", f"{page.url} shows no course")
    else:
        raise UnreadableError("no known generation of Kufer templates")


def _is_course(page: Page, facts: Sequence[Fact]) -> bool:
    """Marked as one; or behind the link or address of a course with telling facts; or with a single course number."""
    if first(page.selector, MARKS) is not None:
        return True
    telling = [each for each in facts if each.path and each.path.startswith(_TELLING)]
    if page.kind == "detail" or number_of(page.url) is not None:
        return bool(telling)
    numbers = {each.value for each in facts if each.path == "course_number"}
    return len(numbers) == 1 and not any(first(page.selector, each.MARK) for each in _LISTS)


def _generation(page: Page) -> ModuleType | None:
    """The reader of the rows on the page."""
    for module in _LISTS:
        if first(page.selector, module.MARK) is not None:
            return module
    links = page.selector.css(f"{webbasys.MARK}::attr(href)").getall()
    return webbasys if any(number_of(href) for href in links) else None


def _filtered(url: str, chosen: Mapping[str, Any]) -> str:
    """The address with the filter in its query."""
    pairs: list[tuple[str, str]] = []
    for name, value in chosen.items():
        if isinstance(value, dict | list):
            raise SourceError(f"options.filters: {name} is no plain value")
        pairs += [(name, str(value)), *([(name, "__reset__")] if name.endswith("[]") else [])]
    if not pairs:
        return url
    scheme, host, path, query, _ = urlsplit(url)
    return urlunsplit((scheme, host, path, "&".join(filter(None, (query, urlencode(pairs)))), ""))


def _once(notes: Iterable[Note]) -> Iterator[Note]:
    """One note per label, however many rows have it."""
    yield from {note.message.partition(" (")[0]: note for note in notes}.values()


_TELLING = ("instances.", "course_number", "price", "duration")
_LISTS: tuple[ModuleType, ...] = (cards, table, rows)
