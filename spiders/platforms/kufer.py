"""Kufer course software of adult education centres; the template generation is told from the page itself.

Known here: the `kw-ue` cards (VHS Recklinghausen and others, research of 2025/26). Paging is bound to the session, so
each category has a cookie jar of its own. The key is the course number: one course is listed under several categories,
with a title in its address that changes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote, urlsplit

from parsel import Selector

from spiders.listing import ListingDict, instance, listing, session
from spiders.page import Follow, Note, Page, Total, UnreadableError, beside, first, shown
from spiders.source import Source

MAX_PAGES = 200  # of one category; the software has no page numbers to stop at

# The cards' generation writes /kursdetails/kurs/<number>/kursname/..., the table's /kurs/<slug>/<number>.
_NUMBER_IN_URL = re.compile(r"/kursdetails/kurs/([^/]+)/|/kurs/[^/]+/([^/?#]+)/?$")

Found = ListingDict | Follow | Total | Note
Pairs = dict[str, str]


def start(source: Source) -> Iterable[Follow]:
    """The category pages, each with its own session."""
    return [Follow(url, cookiejar=url, context={"jar": url}) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:  # noqa: ARG001 - platform door
    """Hand the page to the reader of its generation."""
    for mark, reader in _READERS:
        if first(page.selector, mark) is not None:
            yield from reader(page)
            return
    raise UnreadableError("no known generation of Kufer templates")


def _cards(page: Page) -> Iterator[Found]:
    """A list of `kw-ue` cards, and the way to the next one."""
    category = shown(first(page.selector, "h1"))
    rows = [_row(page, card, category) for card in page.selector.css("div.kw-ue-box")]
    trail: frozenset[str | None] = page.context.get("trail", frozenset())
    refs = {row["ref"] for row in rows}
    if refs and refs <= trail:
        yield Note("loop", f"the next page of {category or page.url} showed only courses seen before", spoils=True)
        return
    for row in rows:
        if row["ref"] and row["url"]:
            context = {"categories": row["categories"]}
            yield Follow(row["url"], kind="detail", ref=row["ref"], fallback=row, context=context)
        else:
            yield Note("row_without_number", f"{page.url}: {row['title']!r} has no number or link", spoils=True)
    following = page.address(page.selector.css("a[href*='browse/forward']::attr(href)").get())
    if following and page.kind is not None:
        number = page.context.get("number", 1)
        if number >= MAX_PAGES:
            yield Note("loop", f"{category or page.url} has more than {MAX_PAGES} pages", spoils=True)
            return
        context = {**page.context, "trail": trail | refs, "number": number + 1}
        yield Follow(following, context=context, cookiejar=page.context.get("jar"), repeat=True)


def _empty(page: Page) -> Iterator[Found]:
    """A page of this software without a single course: no course this half-year, or another template."""
    yield Note("empty_category", f"{page.url} shows no course")


def _row(page: Page, card: Selector, category: str | None) -> ListingDict:
    """What a card says: enough to keep the course if its own page cannot be had."""
    link = first(card, ".kw-ue-title a[href]")
    url = page.address(link.attrib["href"]) if link is not None else None
    facts = _columns(card)
    return listing(
        ref=_number(url) or facts.get("Kursnr.") or facts.get("Kursnummer"),
        url=url,
        course_number=facts.get("Kursnr.") or facts.get("Kursnummer") or _number(url),
        title=shown(link),
        categories=[category],
        duration=facts.get("Dauer"),
        price=facts.get("Gebühr"),
        raw={"row": facts},
        instances=[_run(facts, [])],
    )


def _columns(card: Selector) -> Pairs:
    """Label and value columns, in the card or in the row beside it."""
    pairs: Pairs = {}
    inside = first(card, "div.row")
    scope = card if inside is not None else beside(card, "following-sibling::*[1][self::div]")
    for label in scope.css("div.col-4") if scope is not None else ():
        name, value = shown(label), shown(beside(label, "following-sibling::div[1]"))
        if name and value:
            pairs.setdefault(name.rstrip(":"), value)
    return pairs


def _detail(page: Page) -> Iterator[Found]:
    """A course page with its facts and its table of meetings."""
    facts = _facts(page.selector)
    days = [_session(row) for row in page.selector.css("table#kw-kurstage tr") if row.css("td")]
    number = facts.get("Kursnummer") or facts.get("Kursnr.")
    yield listing(
        ref=number or _number(page.published_url),
        url=page.published_url,
        course_number=number,
        title=shown(first(page.selector, "h1")),
        description=page.selector.css("div.kw-kurs-info-text").get(),
        categories=page.context.get("categories") or _breadcrumb(page.selector),
        duration=facts.get("Dauer"),
        price=facts.get("Gebühr"),
        target_group=facts.get("Zielgruppe"),
        requirements=facts.get("Voraussetzungen"),
        raw={"facts": facts},
        instances=[_run(facts, days)],
    )


def _run(facts: Pairs, days: list[ListingDict]) -> ListingDict:
    begin, end = facts.get("Beginn"), facts.get("Ende")
    return instance(
        dates=f"{begin} - {end}" if begin and end and not days else begin,
        venue=facts.get("Kursort"),
        street=facts.get("Adresse"),
        availability=facts.get("Status"),
        deadline=facts.get("Anmeldeschluss"),
        sessions=days,
    )


def _session(row: Selector) -> ListingDict:
    """One row of the table of meetings: Datum, Uhrzeit, Ort, Raum."""
    cells = [shown(cell) for cell in row.css("td")]
    date, times, venue, room = [*cells, None, None, None, None][:4]
    return session(date=date, times=times, venue=venue, room=room)


def _facts(page: Selector) -> Pairs:
    """Terms and descriptions of the course page; a term without description is left out."""
    pairs: Pairs = {}
    for term in page.css("dl dt"):
        label, value = shown(term), shown(beside(term, "following-sibling::*[1][self::dd]"))
        if label and value:
            pairs.setdefault(label.rstrip(":"), value)
    return pairs


def _breadcrumb(page: Selector) -> list[str]:
    """The category a saved course page names itself: the last link of its breadcrumb."""
    links = page.css(".breadcrumb a, nav[aria-label*='rotkr'] a")
    name = shown(links[-1]) if links else None
    return [name] if name else []


def _number(url: str | None) -> str | None:
    """The course number in the address of a course page."""
    found = _NUMBER_IN_URL.search(unquote(urlsplit(url).path)) if url else None
    return (found[1] or found[2]) if found else None


# What marks a page, in the order of asking: course pages may repeat cards of other courses, not the other way round.
_READERS: tuple[tuple[str, Callable[[Page], Iterator[Found]]], ...] = (
    ("table#kw-kurstage, div.kw-kurs-info-text", _detail),
    ("div.kw-ue-box", _cards),
    ("[class^='kw-'], [class*=' kw-']", _empty),
)
