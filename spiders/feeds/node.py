"""A record of a machine's feed as nested dicts, whatever it was written in.

XML becomes what its JSON dialects write: attributes are `@name`, text beside attributes is `#text`, an element that is
repeated is a list, an empty one is None. So one reader serves both, and every access allows for one value or a list.
"""

import tomllib
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from spiders.listing import text

Node = dict[str, Any]

TEXT = "#text"


def many(node: object, *path: str) -> list[Any]:
    """Everything at a path, through lists and single values alike, in the published order; null is absent."""
    found = [node]
    for name in path:
        found = [item for part in found if isinstance(part, dict) for item in _items(part.get(name))]
    return found


def one(node: object, *path: str) -> Any:
    """The first thing at a path, or None."""
    return next(iter(many(node, *path)), None)


def values(node: object, *path: str) -> list[str]:
    """The non-blank texts at a path."""
    return [value for item in many(node, *path) if (value := _text(item)) is not None]


def value(node: object, *path: str) -> str | None:
    """The first non-blank text at a path, or None."""
    return next(iter(values(node, *path)), None)


def names(node: object, closed: Set[str]) -> Iterator[str]:
    """The names of all elements within a node but those inside of `closed` ones; a name may come more than once."""
    if isinstance(node, dict):
        for name, part in node.items():
            if not name.startswith(("@", "#")):
                yield name
                if name not in closed:
                    yield from names(part, closed)
    elif isinstance(node, list):
        for part in node:
            yield from names(part, closed)


def without(node: Any, left_out: Set[str]) -> Any:
    """A copy of a node without the elements of these names, at any depth."""
    if isinstance(node, dict):
        return {name: without(part, left_out) for name, part in node.items() if name not in left_out}
    return [without(part, left_out) for part in node] if isinstance(node, list) else node


def vocabulary(file: Path) -> dict[str, frozenset[str]]:
    """The lists of names in a TOML file, by the keys of that file."""
    return {key: frozenset(found) for key, found in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def _items(found: object) -> list[Any]:
    if isinstance(found, list):
        return [item for item in found if item is not None]
    return [] if found is None else [found]


def _text(item: object) -> str | None:
    return text(item.get(TEXT) if isinstance(item, dict) else item)
