"""The part of a page that speaks of its course: what stands on every page, and other courses' teasers, is taken out.

Works on the parsed tree, before the labels are read: whatever is dropped here can never become a value.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement
from parsel import Selector

from spiders.labelled.labels import IGNORED, states
from spiders.labelled.shapes import EMAIL, PHONE
from spiders.labelled.teasers import drop, drop_after_headings, drop_lists_of_others, has_offer, text_of
from spiders.page import UnreadableError

_TAGS = {
    "nav", "script", "style", "noscript", "template", "iframe", "head", "select", "textarea", "dialog",
    "object", "video", "audio", "canvas",
}  # fmt: skip
_WORD = re.compile(r"[a-zäöüß]+|\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ALWAYS = re.compile(
    r"cookie|consent|breadcrumb|brotkrum|newsletter|offcanvas|megamenu|mega-menu|usercentrics|borlabs|"
    r"weitere-kurse|andere-kurse|weitere-angebote|testimonial|rootline"
)
_OTHERS = re.compile(
    r"teaser|related|aehnlich|ähnlich|similar|recommend|empfehl|crosssell|cross-sell|upsell|carousel|"
    r"slider|swiper|owl-|slick|passende-|also-|bestseller"
)
_WORDS = {
    "nav", "navigation", "navbar", "menu", "menue", "menü", "hauptmenue", "hauptnavigation", "sitemap",
    "social", "share", "sharing", "popup", "modal", "overlay", "searchform", "suchformular", "pagination",
    "pager", "comments", "comment", "login", "skiplinks", "skip", "topbar", "metanav", "subnav", "topnav",
    "sidenav", "backdrop", "toast", "werbung", "promo", "topheader",
}  # fmt: skip
_FOOTERS = {"footer", "fuss", "fusszeile", "siteinfo", "impressum", "copyright"}
_NOT_THE_PAGES_FOOTER = {"card", "entry", "course", "kurs", "panel", "article", "event", "item", "box", "table"}
_ASIDES = {"sidebar", "aside", "marginal", "marginalspalte", "randspalte"}
_BANNERS = {"banner", "header", "kopf", "masthead", "seitenkopf"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MOST_CELLS, _MOST_OUTER = 300, 40  # elements looked at for the course: bounds for hostile pages
_LONGEST_CONTACT = 500
_MOST_IN_CONTACT = 40  # elements


def course_root(page: Selector, css: str | None = None) -> HtmlElement:
    """A copy of the element that holds the course, without furniture.

    Raises UnreadableError if a selector is given and finds nothing, or if the page has no body.
    """
    body = page.root.find("body") if page.root.tag == "html" else page.root
    if body is None:
        raise UnreadableError("the page has no body")
    named = page.css(css) if css else None
    if named is not None and not named:
        raise UnreadableError(f"no course container {css!r} on the page")
    root: HtmlElement = deepcopy(named[0].root if named else body)
    root.tail = None
    kept = {element for heading in root.iter("h1") for element in (heading, *heading.iterancestors())} | {root}
    inner = {element for element in root.iter("main", "article") if named is None}
    _drop_marked(root, kept, inner)
    drop_after_headings(root, kept)
    drop_lists_of_others(root, kept)
    return root if named is not None else _main(root)


def _main(root: HtmlElement) -> HtmlElement:
    """`main`, or the one article with the title, or what is left of the body."""
    for xpath in (
        "//main",
        "//*[@role='main']",
        "//article[.//h1]",
        "//*[@id='content' or @id='inhalt' or @id='main'][.//h1]",
    ):
        found = [element for element in root.xpath("." + xpath) if element.find(".//*") is not None]
        if len(found) == 1:
            return found[0]
    return _smallest(root)


def _smallest(root: HtmlElement) -> HtmlElement:
    """On a page without any container: the smallest element around the title that has all of the labels."""
    title = next(root.iter("h1"), None)
    most = _labels(root, contacts=True)
    start = title if title is not None else max(islice(root.iter("td", "div"), _MOST_CELLS), key=_density, default=root)
    for element in (start, *islice(start.iterancestors(), _MOST_OUTER)) if most else ():
        if element is root:
            break
        if _labels(element, contacts=True) >= most and (title is not None or _has_heading(element)):
            return element
    return root


def _density(element: HtmlElement) -> float:
    """Labels in proportion to the text: highest for the cell of the course in a layout of tables."""
    return _labels(element) / (1 + len(element.text_content()) / 2000)


def _has_heading(element: HtmlElement) -> bool:
    return next(element.iter("h2", "h3", "b", "strong", "font"), None) is not None and len(element.text_content()) > 300


def _drop_marked(root: HtmlElement, kept: set[HtmlElement], inner: set[HtmlElement]) -> None:
    """By tag, and by the words in class and id."""
    for element in [element for element in root.iter() if _is_dropped(element, kept, inner)]:
        drop(element)


def _is_dropped(element: HtmlElement, kept: set[HtmlElement], inner: set[HtmlElement]) -> bool:
    return not isinstance(element.tag, str) or (element not in kept and _is_furniture(element, inner))


def _is_furniture(element: HtmlElement, inner: set[HtmlElement]) -> bool:
    tag = str(element.tag)
    if tag in _TAGS:
        return True
    kind = _marked(tag, f"{element.get('class') or ''} {element.get('id') or ''}", element.get("role"))
    if kind is None:
        return False
    if kind == "always":
        return True
    if kind == "others":
        return tag not in ("p", "span", "strong") and _points_elsewhere(element)
    if kind == "form":
        return not has_offer(element)
    inside = any(ancestor in inner for ancestor in element.iterancestors())
    if kind == "aside":
        return not ((inside or not inner) and (_labels(element) >= 2 or is_contact(element)))
    if (
        element.find(".//a[@href]") is None
        and element.find(".//img") is None
        and next(element.iter(*_HEADINGS), None) is not None
    ):
        return tag == "footer"  # else the heading of a block
    return not (inside and _labels(element) >= 1)


@lru_cache(maxsize=4096)
def _marked(tag: str, names: str, role: str | None) -> str | None:
    """What kind of furniture an element looks like: always, others, form, aside, outside or None."""
    if tag in ("main", "body", "html", "article"):
        return None
    lower = _HUMP.sub("-", names).lower()
    words = set(_WORD.findall(lower))
    if words & _WORDS or _ALWAYS.search(lower) or role in ("navigation", "search", "dialog", "alertdialog"):
        return None if tag in _HEADINGS else "always"
    if _OTHERS.search(lower):
        return "others"
    if tag == "form":
        return "form"
    if tag == "aside" or words & _ASIDES or role == "complementary":
        return "aside"
    if (
        tag in ("footer", "header")
        or (words & (_FOOTERS | _BANNERS) and not words & _NOT_THE_PAGES_FOOTER)
        or role in ("banner", "contentinfo")
    ):
        return "outside"
    return None


def is_contact(element: HtmlElement) -> bool:
    """Whether an element is a box with the person to ask: a heading of that kind, and a number or an address."""
    text = text_of(element)
    if len(text) > _LONGEST_CONTACT or not (PHONE.search(text) or EMAIL.search(text)):
        return False
    return any(
        states(text_of(part)) == "contact.name"
        for part in element.iter("h2", "h3", "h4", "h5", "h6", "strong", "b", "p", "dt", "div")
        if len(part) <= 1
    )


def contact_boxes(page: Selector) -> Iterator[HtmlElement]:
    """Such boxes beside the container of the course, not in the footer."""
    for element in page.root.iter("aside", "section", "div"):
        size = sum(1 for _ in islice(element.iter(), _MOST_IN_CONTACT))  # bounded: the page may be nested without end
        if size < _MOST_IN_CONTACT and is_contact(element) and not _is_within(element):
            yield element


def _is_within(element: HtmlElement) -> bool:
    return any(
        outer.tag in ("footer", "main", "nav", "header", "article") for outer in (element, *element.iterancestors())
    )


def _points_elsewhere(element: HtmlElement) -> bool:
    return element.find(".//a[@href]") is not None or has_offer(element)


def _labels(element: HtmlElement, *, contacts: bool = False) -> int:
    """How many different fields of a course an element names; links to other pages name none."""
    found = set()
    for part in element.iter():
        for text in (part.text if part.tag != "a" or (part.get("href") or "#").startswith("#") else None, part.tail):
            label = text.partition(":")[0].strip() if text and len(text) < 200 else ""
            path = states(label) if 0 < len(label) <= 40 else None
            if (
                path
                and path != IGNORED
                and (contacts or (not path.startswith("contact.") and path != "instances.venue"))
            ):
                found.add(path)
    return len(found)
