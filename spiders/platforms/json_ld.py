"""Any site that states its courses as schema.org data (JSON-LD, or microdata): see spiders/structured/courses.py.

A start page is a sitemap, a list of links, a list that carries whole courses, a JSON-LD document, or a single course
page. `[options]`: `link` and `next` are CSS selectors of the list's links to courses and to the next list (without
`link`, the list's own ItemList leads to the courses); `link_pattern` is a regular expression for the addresses of
course pages, which a sitemap needs. A site that gives its courses neither identifier nor code nor `@id` has only
addresses for a `ref`: its source file says `ref_stability = "weak"`.
"""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.source import Source
from spiders.structured.courses import Structured, is_document, structured

Found = ListingDict | Follow | Total | Note

_SITEMAP = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_WEAK = ("url", "name")


def start(source: Source) -> Iterable[Follow]:
    """The lists, or sitemaps."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:
    """Courses of the page, and links to more. Raises UnreadableError if there are neither."""
    if page.kind != "detail" and _SITEMAP.search(page.text[:2000]):
        yield from _sitemap(page, source)
        return
    data = structured(page)
    links = {} if page.kind == "detail" else _links(page, source, data)
    if not data.listings and not (any(links.values()) if page.kind is None else links):
        reasons = "; ".join(f"{note.kind}: {note.message}" for note in data.notes)
        raise UnreadableError(f"no course in the structured data of the page{f' ({reasons})' if reasons else ''}")
    yield from data.notes
    if source.ref_stability != "weak" and any(map(_is_weak, data.listings)):
        yield Note("weak_ref", "a course has no id but its address or name: the source file is to say so")
    for record in data.listings:
        if record["url"] not in links:
            yield record
    for url, record_or_none in links.items():
        yield Follow(url, kind="detail", fallback=record_or_none)
    if page.kind == "list":
        yield from _next(page, source)


def _is_weak(record: ListingDict) -> bool:
    return record["raw"].get("ref_from") in _WEAK


def _links(page: Page, source: Source, data: Structured) -> dict[str, ListingDict | None]:
    """Addresses of course pages, each with what the list says of its course.

    A course that the list tells whole is not fetched, unless the source's own selector finds a link to it.
    """
    pattern = re.compile(source.options.get("link_pattern", ""))
    css = source.options.get("link")
    named = {url: record for href, record in data.links.items() if (url := page.address(href))}
    if css is not None and not is_document(page):
        told = named | {record["url"]: record for record in data.listings}
        hrefs = page.selector.css(css).css("a::attr(href)").getall()
        named = {url: told.get(url) for href in hrefs if (url := page.address(href))}
    return {url: record for url, record in named.items() if pattern.search(url) and url != page.url}


def _next(page: Page, source: Source) -> Iterator[Follow]:
    if is_document(page):
        return
    css = source.options.get("next", "a[rel=next], link[rel=next]")
    following = page.address(page.selector.css(f":is({css})::attr(href)").get())
    if following:
        yield Follow(following)


def _sitemap(page: Page, source: Source) -> Iterator[Follow]:
    """The course pages of a sitemap by their pattern, and the sitemaps of an index."""
    pattern = source.options.get("link_pattern")
    if not pattern:
        raise UnreadableError(
            "a sitemap names all pages of a site: [options] link_pattern has to say which are courses"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(page.body, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"the sitemap is damaged, or cut: {error}") from error
    of_sitemaps = etree.QName(root).localname == "sitemapindex"
    urls = [url for loc in root.iterfind("{*}*/{*}loc") if (url := page.address(loc.text))]
    found = dict.fromkeys(url for url in urls if of_sitemaps or re.search(pattern, url))
    if not found:
        raise UnreadableError(f"none of the {len(urls)} addresses of the sitemap is a course page ({pattern})")
    for url in found:
        yield Follow(url, kind="list" if of_sitemaps else "detail")
