"""The way through Kufer lists, whatever their generation: rows to course pages, and one page after the other.

Paging lives in the session and in check sums (cHash): links are followed exactly as given, one at a time, each list in
a cookie jar of its own. A list that begins again, or does not show what it states, is noted and never complete.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from spiders.kufer.facts import is_category, line
from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total, first, shown

MOST_BARS = 4  # above and below a list
MAX_PAGES = 200  # of one list; the software has no page numbers to stop at

Found = ListingDict | Follow | Total | Note

# Cards write /kursdetails/kurs/<number>/kursname/..., tables /kurs/<slug>/<number>; a number may hold a slash.
_NUMBER = re.compile(r"/kursdetails/kurs/([^/]+)/|/kurs/[^/]+/(.+?)(?:/kategorie-id/\d+)?/?$")
_BARE_NUMBER = re.compile(r"/kurs/([^/]*\d[^/]*)/?$")
_FORWARD = "a[href*='browse/forward'], a[href*='browse=forward']"
_NEXT = (
    ".forward a[href]",
    "a[rel='next']",
    "a[title*='ächste Seite'], a[aria-label*='ächste Seite']",
    "li.active + li a[href]",
)
_PAGE_OF = re.compile(r"Seite\s+(\d+)\s+von\s+(\d+)")
_COUNTED = re.compile(
    r"\bvon\s+(\d+)\s+(?:Kursen|Veranstaltungen|Treffern)\b|\b(\d+)\s+(?:Kurse?|Veranstaltung(?:en)?|Treffer)\s+gefunden"
)
_SAYS = "//text()[contains(., 'Kurs') or contains(., 'Veranstaltung') or contains(., 'Treffer')][string-length() < 200]"


@lru_cache(maxsize=4096)
def number_of(url: str | None) -> str | None:
    """The course number in the address of a course page; None on any other address, paging links included."""
    if not url:
        return None
    path, query = urlsplit(url)[2:4]
    if "knr=" in query:
        asked = parse_qs(query)
        return None if "browse" in asked else asked.get("knr", [""])[0].strip() or None
    found = _NUMBER.search(path)
    return (unquote(found[1] or found[2]).strip() or None) if found else None


def bare_number_of(url: str | None) -> str | None:
    """The last part of `/kurs/<something>`: a number if nothing better is known, since it may be a title."""
    found = _BARE_NUMBER.search(urlsplit(url).path) if url else None
    return unquote(found[1]).strip() if found else None


def category_of(page: Page) -> str | None:
    """The category a list shows, by its heading: what its address says is only where the link was found."""
    heading = shown(first(page.selector, "h1"))
    return heading if is_category(heading) else None


def walk(page: Page, rows: Iterable[ListingDict]) -> Iterator[Found]:
    """A course page for every row, what the list states of itself, and the way to the next page."""
    rows = list(rows)
    name = page.context.get("jar") or page.url
    trail: frozenset[str | None] = page.context.get("trail", frozenset())
    number = page.context.get("number", 1)
    refs = {row["ref"] for row in rows}
    shown, last = _page_of(page)
    if (refs and refs <= trail) or (page.kind is not None and shown is not None and shown != number):
        yield Note("loop", f"page {number} of {name} shows courses of an earlier page again", spoils=True)
        return
    for row in rows:
        yield from _course(page, row)
    stated = _stated(page)
    if stated is not None:
        yield Total(name, stated, tuple(sorted(ref for ref in refs if ref)))
    if page.kind is None:
        return
    following = _following(page)
    if following is None and last is not None and number < last:
        yield Note("paging", f"{name} has {last} pages, but page {number} leads to no other", spoils=True)
    elif following is not None and not rows:
        yield Note("paging", f"page {number} of {name} shows no course, and leads to more", spoils=True)
    elif following is not None and number >= MAX_PAGES:
        yield Note("loop", f"{name} has more than {MAX_PAGES} pages", spoils=True)
    elif following is not None:
        context = {**page.context, "trail": trail | refs, "number": number + 1}
        yield Follow(following, context=context, cookiejar=page.context.get("jar"), repeat=True)


def _course(page: Page, row: ListingDict) -> Iterator[Found]:
    """The course page of a row; the row itself goes along, since it may say what the course page does not."""
    if not row["ref"]:
        yield Note("row_without_number", f"{page.url}: {row['title']!r} has no number", spoils=True)
    elif not row["url"]:
        yield row
    else:
        context = {"categories": row["categories"], **({"row": row} if row["instances"] else {})}
        yield Follow(row["url"], kind="detail", ref=row["ref"], fallback=row, context=context)


def _following(page: Page) -> str | None:
    """The next page of the list. A bar of page numbers decides alone: its last page links back with the same words."""
    bars = page.selector.css(".kw-paginationleiste")[:MOST_BARS]
    for bar in bars:
        for css in _NEXT:
            href = bar.css(f":is({css})::attr(href)" if "," in css else f"{css}::attr(href)").get()
            if href and page.address(href):
                return page.address(href)
    if bars.css("li.active"):
        return None
    return page.address(page.selector.css(_FORWARD).css("::attr(href)").get())


def _page_of(page: Page) -> tuple[int | None, int | None]:
    """ "Seite 1 von 3" of the paging bar."""
    bar = first(page.selector, ".kw-paginationleiste")
    found = _PAGE_OF.search(line(bar.root, labels=True) or "") if bar is not None else None
    return (_int(found[1]), _int(found[2])) if found else (None, None)


def _stated(page: Page) -> int | None:
    """How many courses the list says it has: "25 von 61 Kursen", "61 Kurse gefunden"."""
    for said in page.selector.root.xpath(_SAYS):
        element = said.getparent() if not said.is_tail else said.getparent().getparent()
        for scope in (element, element.getparent() if element is not None else None):
            if scope is None or len(scope) > 8 or scope.tag in ("script", "style", "body", "html"):
                break
            found = _COUNTED.search(line(scope, labels=True) or "")
            if found:
                return _int(found[1] or found[2])
    return None


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) < 7 and digits.isascii() else None
