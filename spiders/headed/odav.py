"""What ODAV's lists and course pages have in common: links and ids, and the cards around links."""

import re
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement

DETAIL, LIST = "coursedetail", "courselist"

_ID = re.compile(r"[?&;]id=([^&#;\s]+)", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+),\d+,coursedetail\.html$")
_ROW_TAGS = frozenset({"tr", "li", "article"})
_ROW_CLASSES = frozenset({"row", "list-group-item", "card", "panel", "course", "odav-course"})
_HEADS = frozenset({"a", "h2", "h3", "h4", "h5", "h6"})
_HIGHEST = 6  # levels above a link in which its card may begin
_MOST_LINKS = 20  # a card has fewer


def ref_of(href: str | None) -> str | None:
    """The id in the address of a course page."""
    found = _ID.search(href) if href and DETAIL in href else None
    return found[1] if found else None


def canonical(url: str | None) -> str | None:
    """A course page's address without the words and search terms in it; any other address as it is."""
    ref = ref_of(url)
    if url is None or ref is None:
        return url
    parts = urlsplit(url)
    number = _NUMBER.search(parts.path)
    path = f"/{number[1]},0,{DETAIL}.html" if number else parts.path
    return urlunsplit((parts.scheme, parts.netloc, path, f"id={ref}", ""))


def link_of(card: HtmlElement) -> str | None:
    """The address that a card links to."""
    links = [card] if card.tag == "a" else card.iter("a")
    return next((link.get("href") for link in links if ref_of(link.get("href"))), None)


def card_of(link: HtmlElement) -> HtmlElement:
    """The element that holds all that is said of a link's course, and nothing of another's."""
    own = ref_of(link.get("href"))
    if _is_row(link):
        return link
    card = link
    for above in islice(link.iterancestors(), _HIGHEST):
        if above.tag in ("body", "main") or _holds_others(above, own):
            break
        if _is_row(above):
            return above
        if card.tag in _HEADS and above.tag != "p":
            card = above
    return card


def _holds_others(element: HtmlElement, own: str | None) -> bool:
    """Whether an element is more than one card; one with very many links is."""
    links = list(islice(element.iter("a"), _MOST_LINKS))
    return len(links) == _MOST_LINKS or any(ref_of(link.get("href")) not in (None, own) for link in links)


def _is_row(element: HtmlElement) -> bool:
    return element.tag in _ROW_TAGS or not _ROW_CLASSES.isdisjoint((element.get("class") or "").split())
