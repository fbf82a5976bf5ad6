"""A change that a consumer may stumble over needs a new major version, and everything released stays as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exports.compat import incompatible
from exports.files import canonical, describe, write_json
from exports.publish import rollback, verify
from exports.schema import SCHEMA_VERSION
from exports.version import Version, write_index
from tests.exports.freeze import SAMPLE, SCHEMAS, freeze, schemas

RELEASED = {path.name: json.loads(path.read_bytes()) for path in sorted(SCHEMAS.glob("*.json"))}
HOW = "see tests/exports/freeze.py: raise the version, tell docs/dataset-changelog.md, freeze anew"


def line_of(name: str) -> str:
    """Kind and major version of a schema: what must stay compatible."""
    return name.split(".")[0]


@pytest.mark.parametrize("name", RELEASED)
def test_the_schemas_of_today_break_no_consumer_of_a_released_one(name: str) -> None:
    for today, schema in schemas().items():
        if line_of(name) == line_of(today):
            assert incompatible(RELEASED[name], schema) == []


def test_the_schemas_of_today_are_released_under_their_numbers() -> None:
    for today, schema in schemas().items():
        assert RELEASED[today] == schema, HOW
    changelog = (SCHEMAS.parent / "dataset-changelog.md").read_text(encoding="utf-8")
    assert f"## {SCHEMA_VERSION}" in changelog


def test_the_sample_is_whole_and_what_is_published_today(tmp_path: Path) -> None:
    sample = Version(SAMPLE, json.loads((SAMPLE / "index.json").read_bytes()))
    damage = [problem.removeprefix(f"{sample.name}: ") for problem in sample.damage(every_file=True)]
    assert damage == []
    freeze(tmp_path / "sample")
    for path in SAMPLE.rglob("*.jsonl"):
        assert path.read_bytes() == (tmp_path / "sample" / path.relative_to(SAMPLE)).read_bytes(), HOW
    assert {line["change"] for line in map(json.loads, (SAMPLE / "delta.jsonl").open())} == {
        "added", "changed", "merged", "withdrawn",
    }  # fmt: skip


def test_every_record_of_the_sample_is_valid() -> None:
    check = Draft202012Validator(json.loads((SAMPLE / "course.schema.json").read_bytes()))
    records = [json.loads(line) for line in (SAMPLE / "courses.jsonl").open()]
    assert len(records) == 3
    for record in records:
        check.validate(record)


OLD: dict[str, Any] = {
    "type": "object",
    "required": ["id", "price"],
    "properties": {
        "id": {"type": "string", "pattern": "^c"},
        "price": {"$ref": "#/$defs/Price"},
        "note": {"type": ["string", "null"]},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/Price"}},
    },
    "$defs": {"Price": {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "string"}}}},
}


def changed(**properties: Any) -> dict[str, Any]:
    return OLD | {"properties": OLD["properties"] | properties}


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        changed(more={"type": "string"}),
        changed(kind={"type": "string", "enum": ["a", "b", "c"]}),
        changed(note={"type": "string"}),  # never null any more
        OLD | {"required": ["id", "price", "note"]},
        changed(price={"$ref": "#/$defs/Cost"}) | {"$defs": OLD["$defs"] | {"Cost": OLD["$defs"]["Price"]}},
    ],
)
def test_what_may_change(new: dict[str, Any]) -> None:
    assert incompatible(OLD, new) == []


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (OLD | {"properties": {k: v for k, v in OLD["properties"].items() if k != "note"}}, "$.note is gone"),
        (changed(id={"type": ["string", "null"], "pattern": "^c"}), "$.id may now be null"),
        (changed(id={"type": "string", "pattern": "^k"}), "$.id has another pattern"),
        (changed(kind={"type": "string"}), "$.kind is no longer of a closed vocabulary"),
        (changed(score={"type": "number", "minimum": 0, "maximum": 100}), "$.score may now be number"),
        (changed(score={"type": "integer", "minimum": 0}), "$.score has a wider range"),
        (OLD | {"required": ["id"]}, "$.price may now be missing"),
        (
            changed() | {"$defs": {"Price": {"type": "object", "properties": {"amount": {"type": "number"}}}}},
            "$.price.amount may now be number",
        ),
    ],
)
def test_what_needs_a_new_major_version(new: dict[str, Any], told: str) -> None:
    assert told in incompatible(OLD, new)


def test_a_version_of_an_older_schema_can_be_shown_again(portal: Any, course: Any) -> None:
    old = portal.night(0, course("ca", title="Löten (info@schule.example.org)")).path
    (record,) = portal.read("courses.jsonl")
    added = {"next_start", "best_price", "history", "changed_at"}
    shrunk = {name: value for name, value in record.items() if name not in added} | {"title": "info@schule.example.org"}
    (old / "courses.jsonl").write_bytes(canonical(shrunk))
    schema = RELEASED["course-1.0.0.schema.json"]
    write_json(old / "course.schema.json", schema)
    files = {file["name"]: describe(old, file["name"]) for file in portal.read("index.json")["files"]}
    index = portal.read("index.json") | {"schema_version": "1.0.0", "files": list(files.values())}
    write_index(old, index)
    portal.night(1, course("ca", title="Neu"))
    rollback(portal.config, old.name, portal.now(2))
    assert portal.read("index.json")["schema_version"] == SCHEMA_VERSION
    assert portal.read("courses.jsonl")[0]["title"] == "…"
    assert verify(portal.config) == []
