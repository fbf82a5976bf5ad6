"""What the labels have left of a course page: its prose, as HTML."""

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise

from bs4 import Tag

from spiders.labelled.leaves import Leaves, is_inline

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_PROSE = ["p", "ul", "ol", "blockquote", "pre", *_HEADINGS]
_SHORTEST = 40  # characters of running text outside of a paragraph
_WORD = re.compile(r"[a-zäöüß]{2}")


def prose_of(doc: Leaves) -> str | None:
    """Headings, paragraphs and lists that are left, and running text in other elements; a heading only above some."""
    parts: list[tuple[bool, str]] = []
    for tag, low, high in _blocks(doc):
        left = [
            leaf
            for index, leaf in enumerate(doc.row[low:high], start=low)
            if index not in doc.used and not leaf.icon and not leaf.control
        ]
        text = " ".join(leaf.text.strip() for leaf in left)
        if not text or all(leaf.link for leaf in left) or 2 * len(left) < high - low:
            continue
        if tag.name in _HEADINGS:
            while parts and parts[-1][0] and parts[-1][1][1:3] >= tag.name:
                parts.pop()  # a heading with nothing left under it
            parts.append((True, str(tag)))
        elif tag.name in _PROSE or (tag.name == "table" and len(left) == high - low):
            parts.append((False, str(tag)))
        elif len(text) >= _SHORTEST and _is_sentence(text):
            parts.append((False, f"<p>{escape(text)}</p>"))
    while parts and parts[-1][0]:
        parts.pop()
    return "\n".join(html for _, html in parts) or None


def _is_sentence(text: str) -> bool:
    """True for two words on one line or on lines that follow each other. No expression over the whole text, as a word
    may be endless."""
    words = [sum(bool(_WORD.search(word)) for word in line.split()) for line in text.split("\n")]
    return any(here + below > 1 for here, below in pairwise([*words, 0]))


def _blocks(doc: Leaves) -> Iterator[tuple[Tag, int, int]]:
    """The blocks of text in order: prose elements whole, else the leaves beside each other in one element."""
    index = 0
    while index < len(doc.row):
        prose, block = _around(doc.row[index].tag)
        if prose is not None:
            end = doc.span(prose)[1]
            if prose.name != "h1":
                yield prose, index, end
        else:
            end = index + 1
            while end < len(doc.row) and _beside(doc.row[end].tag, block):
                end += 1
            yield block, index, end
        index = max(end, index + 1)


def _around(tag: Tag) -> tuple[Tag | None, Tag]:
    """The outermost prose element around a text, if any, and the nearest block."""
    prose = block = None
    for outer in (tag, *tag.parents):
        if (
            outer.name in _PROSE
            or outer.name == "h1"
            or (outer.name == "table" and prose is None and outer.find(["p", "ul", "table"]) is None)
        ):
            prose = outer
        if block is None and not is_inline(outer):
            block = outer
    return prose, block if block is not None else tag


def _beside(tag: Tag, block: Tag) -> bool:
    prose, nearest = _around(tag)
    return prose is None and nearest is block
