"""A page as its visible lines, in reading order: for sites that tell their courses by headings and text alone.

A line ends where a browser would break it: at a block element or `<br>`, and at a line break of the text itself where
no paragraph holds it. What is on every page (navigation, footers, legends, cookie banners) has no lines.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from spiders.page import folded

PLAIN = 7  # the level of a line that is no heading

_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "iframe", "svg", "object", "select", "option", "button", "input",
     "textarea", "nav", "footer", "head", "dialog"}
)  # fmt: skip
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
     "wbr"}
)  # fmt: skip
_PROSE = frozenset(
    {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "blockquote", "caption", "figcaption",
     "summary", "pre", "address"}
)  # fmt: skip
_FURNITURE = re.compile(
    r"cookie|consent|breadcrumb|brotkrume|legend|teaser|newsletter|pagination|paginierung|social|sitemap|"
    r"(?:^|[\s_-])(?:nav|navigation|navbar|menu|footer|banner|share|related)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LIGHT = re.compile(r"traffic-?light|ampel", re.IGNORECASE)
_LEVELS = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Line:
    """One visible line: its text, the block it stands in, its rank as a heading (1 to 6, else PLAIN).

    `link` is the address of the marked link that holds it; `light` says that it stands in (or for) a traffic light.
    """

    text: str
    block: HtmlElement
    level: int = PLAIN
    link: str | None = None
    light: bool = False


def lines(root: HtmlElement, *, links: str, labels: Iterable[str] = ()) -> list[Line]:
    """The lines below an element. A link whose address contains `links` has lines of its own.

    A `<strong>` or `<b>` that says one of `labels` (in lower case, without colon) is a line of its own, too.
    """
    walk = _Walk(root, links, frozenset(labels))
    walk.go()
    return walk.found


def ruled_by(block: HtmlElement, root: HtmlElement) -> HtmlElement:
    """The element that a heading rules: its parent, or a farther one if nothing follows it there."""
    scope = block.getparent()
    while scope is not None and scope is not root and scope.tag not in ("tr", "dl"):
        if block.getnext() is not None or (block.tail or "").strip():
            return scope
        block, scope = scope, scope.getparent()
    return root if scope is None else scope


class _Walk:
    """One pass over the elements with a buffer for the line that is being read."""

    def __init__(self, root: HtmlElement, links: str, labels: frozenset[str]) -> None:
        self.root, self.links, self.labels = root, links, labels
        self.found: list[Line] = []
        self.parts: list[str] = []
        self.blocks: list[HtmlElement] = [root]
        self.link: str | None = None
        self.light = False
        self.skipped: HtmlElement | None = None
        title = next(root.iter("h1"), None)
        self.kept = {title, *title.iterancestors()} if title is not None else set()

    def go(self) -> None:
        walk = etree.iterwalk(self.root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                if self._is_furniture(element):
                    self._flush()
                    self.skipped = element
                    walk.skip_subtree()
                else:
                    self._start(element)
            elif event == "end" and element is not self.root:
                if element is not self.skipped:
                    self._end(element)
                self._text(element.tail)
            elif event in ("comment", "pi"):
                self._text(element.tail)
        self._flush()

    def _is_furniture(self, element: HtmlElement) -> bool:
        if element is self.root or element in self.kept:
            return False
        tag = element.tag
        if tag in _SKIPPED or (tag == "header" and element.getparent().tag == "body"):
            return True
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        return len(marks) > 1 and tag not in _PROSE and _FURNITURE.search(marks) is not None

    def _start(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag not in _INLINE:
            self._flush()
            if tag != "br":
                self.blocks.append(element)
        elif tag == "a" and self.links in (element.get("href") or ""):
            self._flush()
            self.link = element.get("href")
        elif tag in ("strong", "b") and _bare(element.text or "") in self.labels:
            self._flush()
        if _is_light(element):
            self._flush()
            self.light = True
            if not folded(element.text_content()):
                told = element.get("title") or element.get("alt") or element.get("aria-label") or element.get("class")
                self.parts.append(told or "")
        self._text(element.text)

    def _end(self, element: HtmlElement) -> None:
        tag = element.tag
        if self.light and _is_light(element):
            self._flush()
            self.light = False
        if tag not in _INLINE and tag != "br":
            self._flush()
            if self.blocks[-1] is element:
                self.blocks.pop()
        elif tag == "a" and self.link is not None and self.link == element.get("href"):
            self._flush()
            self.link = None
        elif tag in ("strong", "b") and _bare("".join(self.parts)) in self.labels:
            self._flush()
        elif tag == "span" and self.blocks[-1].tag in _LEVELS and not (element.tail or " ")[:1].isspace():
            self._flush()  # a heading's parts, set apart by style and not by a space

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if "\n" not in text or self.blocks[-1].tag in _PROSE:
            self.parts.append(text)
            return
        first, *others = text.split("\n")
        self.parts.append(first)
        for other in others:
            self._flush()
            self.parts.append(other)

    def _flush(self) -> None:
        if not self.parts:
            return
        joined = "".join(self.parts)
        self.parts.clear()
        text = None if joined.isspace() else folded(joined)
        if text:
            block = self.blocks[-1]
            self.found.append(Line(text, block, _LEVELS.get(block.tag, PLAIN), self.link, self.light))


def _bare(label: str) -> str:
    return label.strip().rstrip(":").lower()


def _is_light(element: HtmlElement) -> bool:
    marks = element.get("class") or ""
    if element.tag == "img":
        marks += element.get("src") or ""
    return bool(marks) and _LIGHT.search(marks) is not None
