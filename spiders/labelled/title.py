"""The title of a course page: its heading, not the name of the house, nor what every page of the site is called."""

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from parsel import Selector

from spiders.labelled.labels import label_key, states
from spiders.labelled.shapes import AMOUNT, DATE
from spiders.page import Page, first, folded, shown

_TITLE_PARTS = re.compile(r"\s+[|–—·»›-]\s+|\s*::\s*")
_GENERIC = re.compile(  # headings that every course page of a site has
    r"(?:shop|startseite|home|willkommen|unser(?:e)? (?:kurse|angebot\w*|programm)|(?:kurs|seminar|"
    r"lehrgangs|veranstaltungs|produkt|weiterbildungs)?-?(?:details?|detailansicht|angebote?|suche|"
    r"programm|übersicht|beschreibung|informationen|infos)|kurse|seminare|lehrgänge|termine|"
    r"weiterbildung(?:en)?|fortbildung(?:en)?|veranstaltungen|angebote|aktuelles|programm)",
    re.IGNORECASE,
)
_LONGEST = 150  # characters of a title or a line under it
_LOGO = re.compile(r"\b(?:site-?title|site-?name|brand|navbar-brand)\b|logo", re.IGNORECASE)
_SUBTITLE = "[class*=subtitle], [class*=subline], [class*=untertitel], [class*=sub-title], [class*=subheadline]"


def title_of(page: Page, root: HtmlElement, named: str | None) -> str | None:
    """The heading of the course; where only the house has one, the part of the page's title that the page repeats.

    `named` is what a label such as "Kurstitel" states.
    """
    headings = [(text, tag) for scope in (root, page.selector.root) for tag in scope.iter("h1") if (text := _line(tag))]
    own = [text for text, tag in headings if not _is_logo(tag) and not _GENERIC.fullmatch(text)]
    parts = _title_parts(page)
    return (
        next((text for text in own if not _is_house(text, page)), None)
        or named
        or _repeated(parts, root)
        or next(iter(own), None)
        or next((text for tag in root.iter("h2") if (text := _line(tag)) and not states(text)), None)
        or next(iter(parts), None)
        or next((text for text, _ in headings), None)
    )


def _title_parts(page: Page) -> list[str]:
    """The parts of the title that browsers show, without the name of the house."""
    title = page.selector.xpath("//meta[@property='og:title']/@content").get() or shown(first(page.selector, "title"))
    parts = [part.strip() for part in _TITLE_PARTS.split(title or "")]
    return [part for part in parts if label_key(part) and not _is_house(part, page) and not _GENERIC.fullmatch(part)]


def _repeated(parts: list[str], root: HtmlElement) -> str | None:
    """The line of the page that is one of these parts, or else the first that holds one."""
    if not parts:
        return None
    short = (
        tag for tag in root.iter("h2", "h3", "h4", "font", "b", "strong", "div", "span", "p", "td") if len(tag) <= 3
    )
    lines = [text for tag in short if (text := _line(tag)) and len(text) <= _LONGEST]
    keys = [label_key(line) for line in lines]
    for part in map(label_key, parts):
        if part in keys:
            return lines[keys.index(part)]
    return next(
        (line for part in map(label_key, parts) for line, key in zip(lines, keys, strict=True) if part in key), None
    )


def _is_house(text: str, page: Page) -> bool:
    """Whether a text is the name of the house: all of its words stand in the name of the host."""
    host = label_key(urlsplit(page.published_url or "").hostname or "")
    words = [word for word in map(label_key, re.findall(r"\w{4,}", text)) if word]
    return bool(words) and all(word in host for word in words)


def subtitle_of(root: HtmlElement) -> str | None:
    """A short line under the title that is no sentence: what follows it, as long as nothing else is said there."""
    top = next(root.iter("h1"), None)
    if top is None:
        return None
    text = _line(top)
    while top.getparent() is not None and top.getparent() is not root and _line(top.getparent()) == text:
        top = top.getparent()
    for sibling in top.itersiblings():
        if not isinstance(sibling.tag, str) or not sibling.text_content().strip():
            continue
        line = _line(sibling) if sibling.tag in ("p", "div", "span", "strong") else None
        nested = len(sibling.xpath(".//*[normalize-space(text())]"))
        if line and _is_slogan(line) and nested <= 2 and sibling.find(".//a") is None:
            return line
        break
    return shown(first(Selector(root=root, type="html"), _SUBTITLE))


def _is_slogan(line: str) -> bool:
    """A few words without a full stop, a label, a date, an amount or a number."""
    if not 3 <= len(line.split()) <= 14 or len(line) > _LONGEST or states(line):
        return False
    return not (re.search(r"[.!?]$|[:|·]|\d{3}", line) or DATE.search(line) or AMOUNT.search(line))


def _is_logo(heading: HtmlElement) -> bool:
    """Whether a heading is the name of the house: it is marked as such, or it leads to the start page."""
    marks = " ".join(
        f"{tag.get('class') or ''} {tag.get('id') or ''}" for tag in (heading, *list(heading.iterancestors())[:2])
    )
    if _LOGO.search(marks):
        return True
    links = [tag.get("href") or "" for tag in (*heading.iterancestors("a"), *heading.iter("a"))]
    return any(
        not href.startswith("#") and urlsplit(href).path in ("/", "/index.html", "/index.php", "/start", "/home")
        for href in links
    )


def _line(element: HtmlElement) -> str | None:
    """The text of an element; a line break is a space."""
    parts: list[str] = []
    for part in element.iter():
        if isinstance(part.tag, str) and part.tag not in ("svg", "script", "style"):
            parts += [" " if part.tag in ("br", "div", "p", "small") else "", part.text or ""]
        parts += [" " if part.tag in ("div", "p", "small") else "", part.tail or ""] if part is not element else [""]
    return folded("".join(parts))
