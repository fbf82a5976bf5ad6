"""Microdata (`itemscope`, `itemprop`) as the same nodes as JSON-LD, in one pass over the page.

The library for this takes minutes for a page with a thousand nested items, and loses a `time` without `datetime`.
Values are those of the HTML standard; a `content` attribute counts on any element, as schema.org's own examples write.
`itemref` is not followed: it is noted.
"""

from typing import Any

from lxml import etree
from parsel import Selector

from spiders.page import Note, folded
from spiders.structured.graph import MAX_DEPTH, Graph, Node

_ADDRESS_OF = {"a": "href", "area": "href", "link": "href"}
_SOURCE_OF = {"audio": "src", "embed": "src", "iframe": "src", "img": "src", "source": "src", "video": "src"}
_KEEPS_MARKUP = "description"
_MOST_TEXT = 3  # times the size of the page: values inside of values repeat their text


def microdata(page: Selector) -> Graph:
    """The items of a page that are no property of another item."""
    size = len(page.root.xpath("string()")) + sum(1 for _ in page.root.iter("*"))
    reader = _Reader(size * _MOST_TEXT)
    for element in page.root.iter("*"):
        reader.read(element)
    notes = [Note(kind, f"{count} in the microdata of the page") for kind, count in reader.left_out.items()]
    return Graph(list(reader.roots), notes=notes)


class _Reader:
    """Meets every element after its parent, so that the item around it is known."""

    def __init__(self, budget: int) -> None:
        self.roots: list[Node] = []
        self.left_out: dict[str, int] = {}
        self._budget = budget  # characters and elements
        self._item_of: dict[Any, tuple[Node, int]] = {}  # element -> the item that it belongs to or is, and its depth

    def read(self, element: Any) -> None:
        around = self._item_of.get(element.getparent())
        names = (element.get("itemprop") or "").split()
        if element.get("itemref"):
            self._count("microdata_itemref")
        if element.get("itemscope") is not None:
            depth = around[1] + 1 if around else 0
            item = _item(element)
            if depth >= MAX_DEPTH:
                self._count("microdata_too_deep")
            elif names and around:
                _add(around[0], names, item)
            else:
                self.roots.append(item)
            self._item_of[element] = item, depth
        elif around:
            self._item_of[element] = around
            if names:
                _add(around[0], names, self._value(element, names))

    def _value(self, element: Any, names: list[str]) -> str:
        tag = element.tag
        if tag in _ADDRESS_OF:
            return element.get(_ADDRESS_OF[tag]) or ""
        if tag in _SOURCE_OF:
            return element.get(_SOURCE_OF[tag]) or ""
        stated = element.get("content") or element.get({"time": "datetime"}.get(tag, "value"))
        if tag == "meta" or stated:
            return stated or ""
        return self._shown(element, markup=_KEEPS_MARKUP in names)

    def _shown(self, element: Any, *, markup: bool) -> str:
        if self._budget < 0:
            self._count("microdata_too_large")
            return ""
        if markup and len(element):
            shown: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        else:
            shown = folded("".join(element.itertext())) or ""
        self._budget -= len(shown) + sum(1 for _ in element.iter("*"))
        return shown

    def _count(self, kind: str) -> None:
        self.left_out[kind] = self.left_out.get(kind, 0) + 1


def _item(element: Any) -> Node:
    item: Node = {}
    kinds = (element.get("itemtype") or "").split()
    if kinds:
        item["@type"] = kinds
    if element.get("itemid"):
        item["@id"] = element.get("itemid")
    return item


def _add(item: Node, names: list[str], value: Any) -> None:
    for name in names:
        item.setdefault(name, []).append(value)
