"""A course container as a row of text leaves: what a reader sees in order, and where each tag begins and ends.

Labels and values stand beside each other in this row whatever the markup is, so the readers of `facts_*.py` need one
view of a page only. Leaves that became a label or a value are marked as used: what is left over is prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, NavigableString

from spiders.labelled.labels import IGNORED, states
from spiders.page import folded

_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "nobr", "o", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "svg", "time", "title", "tt", "u", "var", "wbr", "path", "g", "use", "button", "picture",
    "source", "input",
})  # fmt: skip
_BOLD = frozenset({"strong", "b", "h1", "h2", "h3", "h4", "h5", "h6", "th", "dt", "summary", "legend", "caption"})
_ICONS = {  # words of icon classes, and what such an icon stands for in a run
    "calendar": "date", "kalender": "date", "clock": "time", "uhr": "time", "map": "place", "geo": "place",
    "location": "place", "marker": "place", "pin": "place", "euro": "price", "tag": "price", "money": "price",
}  # fmt: skip
_ICON = re.compile(
    r"(?:^|[\s_-])(?:fa|fas|far|fal|bi|icon|icons|glyphicon|material|mdi|ti|ri|feather|svg|ico)(?:$|[\s_-])|icon"
)

SAME_LINE, NEW_LINE, NEW_BLOCK = 0, 1, 2


@dataclass(slots=True)
class Leaf:
    """One text of the page. `gap`: what parts it from the one before. `icon`: the text is an attribute, or a hint."""

    text: str
    tag: Tag
    gap: int
    bold: bool = False
    link: bool = False  # part of a link to another page
    control: bool = False  # part of a button
    icon: bool = False
    hint: str | None = None


@dataclass
class Leaves:
    """The leaves of a container in order; `spans` has for each tag (by identity) its first leaf and the one after."""

    root: Tag
    row: list[Leaf] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    ids: dict[str, Tag] = field(default_factory=dict)
    named: list[tuple[str, Tag]] = field(default_factory=list)  # tags with text that an attribute labels
    used: set[int] = field(default_factory=set)
    muted: set[int] = field(default_factory=set)  # running text: plain words in it are no labels

    def span(self, tag: Tag) -> tuple[int, int]:
        """First leaf of a tag, and the one after its last."""
        return self.spans.get(id(tag), (0, 0))

    def lines(self, low: int, high: int, *, free: bool = False) -> list[str]:
        """The visible lines of some leaves, folded; buttons are left out, and with `free` what has been used."""
        lines: list[str] = []
        current = ""
        for index, leaf in enumerate(self.row[low:high], start=low):
            if leaf.control or leaf.icon or (free and index in self.used):
                continue
            if leaf.gap and current:
                lines.append(current)
                current = ""
            current += leaf.text
        lines.append(current)
        return [line for text in lines if (line := folded(text))]

    def text(self, low: int, high: int, separator: str = " ") -> str:
        """The lines of some leaves as one string."""
        return separator.join(line.rstrip(",") if separator == ", " else line for line in self.lines(low, high))

    def is_free(self, low: int, high: int) -> bool:
        """Whether none of the leaves has been used."""
        return not any(index in self.used for index in range(low, high))

    def use(self, low: int, high: int) -> None:
        """Mark leaves as label or value."""
        self.used.update(range(low, high))

    def children(self, tag: Tag) -> list[Tag]:
        """The child elements that have text."""
        return [child for child in tag.children if isinstance(child, Tag) and self._has_text(child)]

    def _has_text(self, tag: Tag) -> bool:
        low, high = self.span(tag)
        return high > low


def is_inline(tag: Tag) -> bool:
    """Whether a tag stands within a line."""
    return tag.name in _INLINE


def leaves_of(html: str) -> Leaves:
    """Parse the HTML of a container."""
    soup = BeautifulSoup(html, "lxml")
    doc = Leaves(soup)
    gap, hint = NEW_BLOCK, None
    bold = link = control = 0
    opened: list[tuple[Tag, int, tuple[int, int, int], Iterator[object]]] = []

    def enter(tag: Tag) -> None:
        nonlocal gap, hint, bold, link, control
        before = (bold, link, control)
        if isinstance(name := tag.get("id"), str):
            doc.ids.setdefault(name, tag)
        if tag.name not in _INLINE:
            gap, hint = NEW_BLOCK, None
        bold += tag.name in _BOLD
        link += tag.name == "a" and not str(tag.get("href") or "#").startswith("#") and tag.get("role") != "button"
        control += tag.name == "button" and not _opens_a_panel(tag)
        opened.append((tag, len(doc.row), before, iter(tag.contents)))
        label = _attribute_label(tag)
        if label and (tag.find(string=_visible) is None):
            doc.row.append(Leaf(label, tag, gap, bold=True, icon=True))
            gap = SAME_LINE
        elif label:
            doc.named.append((label, tag))
        elif tag.name in ("i", "span", "svg", "img", "em", "use") and tag.attrs:
            hint = _hint(tag) or hint

    enter(soup)
    while opened:
        tag, start, before, rest = opened[-1]
        for node in rest:
            if isinstance(node, Tag):
                if node.name in ("br", "hr"):
                    gap = max(gap, NEW_LINE)
                    continue
                enter(node)
                break
            if type(node) in (NavigableString, CData) and (text := str(node)).strip():
                inside_icon = tag.name == "title"
                for line in _typed_lines(text):
                    doc.row.append(
                        Leaf(line, tag, gap, bool(bold) or inside_icon, bool(link), bool(control), inside_icon, hint)
                    )
                    gap, hint = NEW_LINE, None
                gap = SAME_LINE
            elif gap == SAME_LINE and doc.row and type(node) is NavigableString:
                doc.row[-1].text += " "
        else:
            opened.pop()
            doc.spans[id(tag)] = (start, len(doc.row))
            bold, link, control = before
            if tag.name not in _INLINE:
                gap, hint = NEW_BLOCK, None
    return doc


def _typed_lines(text: str) -> list[str]:
    """The lines of a text whose author broke lines without markup: only if several of them begin with a label."""
    if "\n" not in text.strip():
        return [text]
    lines = [line for line in text.splitlines() if line.strip()]
    leads = sum(
        any(states(" ".join(words[:count]).partition(":")[0]) for count in (1, 2)) for words in map(str.split, lines)
    )
    return lines if leads >= 2 else [text]


def _visible(text: str | None) -> bool:
    return bool(text and text.strip())


def _opens_a_panel(tag: Tag) -> bool:
    return any(name in tag.attrs for name in ("aria-expanded", "aria-controls", "data-bs-toggle", "data-toggle"))


def _attribute_label(tag: Tag) -> str | None:
    """The label that an icon or a field carries in an attribute."""
    for name in ("aria-label", "title", "alt", "data-label", "data-title", "data-th"):
        value = tag.attrs.get(name)
        if (
            isinstance(value, str)
            and 0 < len(value) <= 40
            and tag.name not in ("a", "button", "input", "section", "table", "ul", "ol", "main", "form")
        ):
            path = states(value.strip())
            if path and path != IGNORED:
                return value.strip().rstrip(":")
    return None


def _hint(tag: Tag) -> str | None:
    """What an icon stands for by its class, such as `fa-map-marker`."""
    names = " ".join(
        [*tag.get_attribute_list("class"), str(tag.get("href") or tag.get("xlink:href") or tag.get("src") or "")]
    ).lower()
    if not _ICON.search(names):
        return None
    return next((kind for word, kind in _ICONS.items() if word in names), None)
