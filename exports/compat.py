"""What of a schema change a consumer may stumble over: the rule behind the version numbers of the data set.

A consumer reads what the old schema promised. A new field, or a new word of a vocabulary, it may pass over (docs ask it
to); a field that is gone, a null or a type that was not there, a pattern that is wider, it may not.
"""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from exports.files import Record


def incompatible(old: Record, new: Record) -> list[str]:
    """The places at which records of the new schema may break a consumer of the old one; empty if none."""
    return list(_differences(old, new, Places(old, new), "$", frozenset()))


class Places:
    """Both whole schemas, to follow references."""

    def __init__(self, old: Record, new: Record) -> None:
        self._old, self._new = old, new

    def resolve(self, old: Record, new: Record) -> tuple[Record, Record]:
        """Both sides with their reference followed."""
        return _resolved(old, self._old), _resolved(new, self._new)


def _resolved(node: Record, root: Record) -> Record:
    reference = node.get("$ref")
    if reference is None:
        return node
    target: Record = root["$defs"][reference.removeprefix("#/$defs/")]
    return target


def _differences(old: Record, new: Record, places: Places, path: str, seen: frozenset[Any]) -> Iterator[str]:
    key = (old.get("$ref"), new.get("$ref"))
    if key != (None, None):
        if key in seen:
            return
        seen |= {key}
    old, new = places.resolve(old, new)
    if added := _types(new) - _types(old):
        yield f"{path} may now be {', '.join(sorted(added))}"
    if "pattern" in old and old["pattern"] != new.get("pattern"):
        yield f"{path} has another pattern"
    if "enum" in old and "enum" not in new:
        yield f"{path} is no longer of a closed vocabulary"
    if new.get("minimum", -inf) < old.get("minimum", -inf) or new.get("maximum", inf) > old.get("maximum", inf):
        yield f"{path} has a wider range"
    properties: Mapping[str, Record] = old.get("properties", {})
    for name, node in properties.items():
        if name not in new.get("properties", {}):
            yield f"{path}.{name} is gone"
        else:
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{path}.{name} may now be missing"
            yield from _differences(node, new["properties"][name], places, f"{path}.{name}", seen)
    for part in ("items", "additionalProperties"):
        if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
            yield from _differences(old[part], new[part], places, f"{path}[]", seen)
    yield from _choices(old.get("anyOf", []), new.get("anyOf", []), places, path, seen)


def _choices(old: list[Record], new: list[Record], places: Places, path: str, seen: frozenset[Any]) -> Iterator[str]:
    """The non-null choices of both in their order: the generated schemas have one at most."""
    ours, theirs = ([node for node in side if node.get("type") != "null"] for side in (old, new))
    if len(ours) != len(theirs) and old:
        yield f"{path} has other choices"
    for one, other in zip(ours, theirs, strict=False):
        yield from _differences(one, other, places, path, seen)


def _types(node: Record) -> set[str]:
    """The JSON types that a node allows, so that a null in the long form (`anyOf`) is the same as in the short one."""
    if "anyOf" in node:
        return {kind for choice in node["anyOf"] for kind in (_types(choice) or {"object"})}
    if "$ref" in node:
        return {"object"}
    found = node.get("type", [])
    return {found} if isinstance(found, str) else set(found)
