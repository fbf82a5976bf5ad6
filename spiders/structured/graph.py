"""The structured data of a page as nodes: blocks of JSON-LD read one by one, `@id` references, values unwrapped.

The nodes stay as published (they are the `raw` of a listing); everything is asked of them through `Graph`, which knows
that a value may be single or listed, prefixed or not, wrapped in `@value` or given by reference. Numbers stay the text
that was published. A block that is no JSON is noted, and the others are read: trailing commas are not guessed away.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from spiders.page import Note

Node = dict[str, Any]

MAX_DEPTH = 60  # of nested values; real pages stay below 12

_PREFIX = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_PREFIXES = ("", "schema:", "https://schema.org/", "http://schema.org/")
_SCRIPTS = "//script[contains(translate(@type, 'ADJLNOS', 'adjlnos'), 'ld+json')]"
# What content systems wrap a block in: an HTML comment, or CDATA that is itself commented out.
_OPENING = re.compile(r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?)")
_CLOSING = re.compile(r"(?:(?://)?\s*-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?)\s*$")
_MALFORMED = "malformed_json_ld"


def local(name: str) -> str:
    """A term without the address of schema.org: `https://schema.org/Course` is `Course`."""
    return _PREFIX.sub("", name)


def types(node: Node) -> frozenset[str]:
    """The types of a node; schema.org lets `type` stand for `@type`."""
    found = node.get("@type", node.get("type"))
    items = found if isinstance(found, list) else [found]
    return frozenset(local(item) for item in items if isinstance(item, str))


def identity(node: Node) -> str | None:
    """The `@id` of a node as published; schema.org lets `id` stand for it."""
    found = node.get("@id", node.get("id"))
    return found if isinstance(found, str) and found.strip() else None


@dataclass(frozen=True)
class Graph:
    """All nodes of a page. `base` is the address that relative ids and links are below."""

    roots: list[Any]
    base: str = ""
    notes: list[Note] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes that say more than their id, by absolute id; what several say of one id is one node."""
        found: dict[str, Node] = {}
        for value in _everything(self.roots):
            name = identity(value) if isinstance(value, dict) else None
            if name and not _is_reference(value):
                node = found.setdefault(self.absolute(name), {})
                for key, part in value.items():
                    node.setdefault(key, part)
        return found

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        nodes = (value for value in _everything(self.roots) if isinstance(value, dict))
        return _PREFIXES if any(_PREFIX.match(key) for node in nodes for key in node) else _PREFIXES[:1]

    def absolute(self, address: str) -> str:
        """An id or link as an absolute address, as published where that is impossible."""
        try:
            return urljoin(self.base, address.strip())
        except ValueError:
            return address

    def key(self, node: Node) -> str:
        """What tells a node from others: its absolute id, or which object it is."""
        name = identity(node)
        return self.absolute(name) if name else f"object {id(node)}"

    def whole(self, node: Node) -> Node:
        """The node that a reference points to, with all that is said of it; the node itself if nothing else is."""
        name = identity(node)
        return self.by_id.get(self.absolute(name), node) if name else node

    def values(self, node: Node, *names: str) -> list[Any]:
        """The values of the first property that has any: lists flattened, `@value` unwrapped, references resolved."""
        for name in names:
            for prefix in self._prefixes:
                found = [item for item in self._unwrapped(node.get(prefix + name)) if item not in ("", None)]
                if found:
                    return found
        return []

    def nodes(self, node: Node, *names: str) -> list[Node]:
        """The values that are nodes."""
        return [value for value in self.values(node, *names) if isinstance(value, dict)]

    def own_nodes(self, node: Node, *names: str) -> list[Node]:
        """The values that are nodes told in place, not by reference."""
        found = [node.get(prefix + name) for name in names for prefix in _PREFIXES]
        parts = [part for value in found for part in (value if isinstance(value, list) else [value])]
        return [part for part in parts if isinstance(part, dict) and not _is_reference(part)]

    def text(self, node: Node, *names: str) -> str | None:
        """The first value as text."""
        return next(iter(self.texts(node, *names)), None)

    def texts(self, node: Node, *names: str) -> list[str]:
        """The values as texts, each once: strings as published, of a node its name."""
        found = (self.as_text(value) for value in self.values(node, *names))
        return list(dict.fromkeys(item for item in found if item))

    def as_text(self, value: Any) -> str | None:
        """The text of a value: a node is called by its name; a truth value is none."""
        if isinstance(value, dict):
            names = self.values(value, "name", "alternateName", "headline", "targetName", "value", "termCode")
            value = next((name for name in names if isinstance(name, str)), None)
        return value if isinstance(value, str) and value.strip() else None

    def identifiers(self, node: Node) -> list[str]:
        """The identifiers of a node: texts, of a PropertyValue its value."""
        found = (
            self.text(value, "value", "identifier") if isinstance(value, dict) else self.as_text(value)
            for value in self.values(node, "identifier")
        )
        return [each for each in found if each]

    def _unwrapped(self, value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            german = [item for item in value if isinstance(item, dict) and _language(item) == "de"]
            for item in german or value:  # one text in several languages
                yield from self._unwrapped(item)
        elif isinstance(value, dict):
            for wrapper in ("@value", "@list", "@set"):
                if wrapper in value:
                    yield from self._unwrapped(value[wrapper])
                    return
            yield self.whole(value)
        else:
            yield value


def json_ld(page: Selector) -> Graph:
    """The nodes of all JSON-LD blocks of a page; a block that is no JSON is a note of the graph."""
    roots: list[Any] = []
    notes: list[Note] = []
    for number, script in enumerate(page.xpath(_SCRIPTS), start=1):
        content = _CLOSING.sub("", _OPENING.sub("", script.xpath("string()").get() or ""))
        if content.strip():
            block = json_block(content, f"block {number}")
            notes += block.notes
            roots += block.roots
    return Graph(roots, notes=notes)


def json_block(content: str, name: str = "the document") -> Graph:
    """The nodes of one JSON-LD document."""
    try:
        value = json.loads(content, strict=False, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return Graph([], notes=[Note(_MALFORMED, f"{name}: {error}")])
    if _is_deep(value):
        return Graph([], notes=[Note(_MALFORMED, f"{name}: nested more than {MAX_DEPTH} deep")])
    if "\\ud" in content.lower():
        value = encodable(value)
    return Graph(value if isinstance(value, list) else [value])


def _language(value: Node) -> str | None:
    language = value.get("@language")
    return language.lower()[:2] if isinstance(language, str) and "@value" in value else None


def _is_reference(node: Node) -> bool:
    return not set(node) - {"@id", "id", "@type", "type"}


def _everything(values: Iterable[Any]) -> Iterator[Any]:
    """All values of all depths in the published order."""
    stack = list(reversed(list(values)))
    while stack:
        value = stack.pop()
        yield value
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        stack.extend(reversed(list(children)))


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
        if not level:
            return False
    return True


def encodable(value: Any) -> Any:
    """A half character (a lone surrogate, written as an escape) cannot be stored; it becomes U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [encodable(item) for item in value]
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    return value
