"""The JSON Schema of a published course, generated from the model, so that the two cannot differ."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from exports.record import PublishedCourse

# Semantic, see docs/dataset.md: a new minor number for a new field or a new word of a vocabulary, a new major number
# for anything else. `exports.compat` tells which it is, and a test holds every schema ever released against this one.
SCHEMA_VERSION = "1.1.0"


@cache
def course_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one line of `courses.jsonl`; every key is always there, unknown values are null."""
    schema: dict[str, Any] = _tidy(PublishedCourse.model_json_schema(mode="serialization"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:bildungsraum:course:{SCHEMA_VERSION}",
        "title": "Course",
        "version": SCHEMA_VERSION,
        **schema,
    }


def _tidy(node: Any) -> Any:
    """Drop generated titles and defaults, and say "or null" in the short form, which also validates faster."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: {name: _tidy(value) for name, value in item.items()} if key in ("properties", "$defs") else _tidy(item)
        for key, item in node.items()
        if key not in ("title", "default")
    }
    if isinstance(tidy.get("properties"), dict):
        tidy["required"] = list(tidy["properties"])  # a record is always written whole
    return _nullable(tidy)


def _nullable(node: Mapping[str, Any]) -> dict[str, Any]:
    match node:
        case {"anyOf": [{"type": str(kind)} as value, {"type": "null"}], **rest}:
            short = {**value, **rest, "type": [kind, "null"]}
            if "enum" in value:
                short["enum"] = [*value["enum"], None]
            return short
    return dict(node)
