"""Any site that states its courses by labels: lists of links, and course pages with "Kursnummer: ..." in some markup.

A field is taken from the page's structured data first (schema.org), then from the selectors of the source, then from
labels; without structured data selectors win over labels. Labels are read inside the course container only (see
spiders/labelled/facts.py), and `raw["origins"]` says for every field where it stood.

`[options]`: `link` and `next` are CSS selectors of the list; without them, links and paging are found by evidence.
`container` is the course; `[options.select]` names a selector per contract path; `ref_from_url` is a pattern with one
group for the id in a page's address. A page of unknown origin (`parse --platform labelled`) and a source whose `ref` is
declared weak fall back to the last part of the address.
"""

from collections.abc import Iterable, Iterator

from spiders.labelled.course import course
from spiders.labelled.links import course_links, next_page
from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.source import Source

Found = ListingDict | Follow | Total | Note


def start(source: Source) -> Iterable[Follow]:
    """The lists of courses."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:
    """A list leads to course pages and to the next list; a course page is a listing; a saved page is either."""
    if page.kind == "list":
        yield from _list(page, source)
        return
    try:
        found = course(page, source)
    except UnreadableError as error:
        if page.kind == "detail":
            raise
        try:
            yield from list(_list(page, source))
        except UnreadableError as no_list:
            raise UnreadableError(f"{error}; and no list: {no_list}") from error
        return
    yield found


def _list(page: Page, source: Source) -> Iterator[Follow]:
    links = course_links(page, source.options.get("link"))
    if not links:
        raise UnreadableError("the list links to no course")
    for url in links:
        yield Follow(url, kind="detail", context={"linked": True})
    following = next_page(page, source.options.get("next"))
    if following and following not in links:
        yield Follow(following)
