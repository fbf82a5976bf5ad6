"""The columns under which offers and instances are read and kept: the contract's names, nested values as JSON."""

from pydantic import BaseModel
from pydantic_core import PydanticUndefined, to_json

from normalize.model import Instance, Offer

OFFER: dict[str, str] = {
    "offer_id": "VARCHAR",
    "source": "VARCHAR",
    "source_kind": "VARCHAR",
    "ref": "VARCHAR",
    "url": "VARCHAR",
    "fetched_at": "VARCHAR",
    "provider": "JSON",
    "course_number": "VARCHAR",
    "title": "VARCHAR",
    "title_raw": "VARCHAR",
    "subtitle": "VARCHAR",
    "description": "VARCHAR",
    "level": "VARCHAR",
    "parts": "JSON",
    "topics": "JSON",
    "format": "VARCHAR",
    "schedule": "VARCHAR",
    "duration": "JSON",
    "price": "JSON",
    "funding": "JSON",
    "funding_evidence": "JSON",
    "certificate": "VARCHAR",
    "certificate_kind": "VARCHAR",
    "requirements": "VARCHAR",
    "prerequisites": "JSON",
    "target_group": "VARCHAR",
    "audiences": "JSON",
    "languages": "JSON",
    "contact": "JSON",
    "keywords": "JSON",
    "instances": "JSON",
    "scope": "JSON",
    "completeness": "INTEGER",
    "missing": "JSON",
    "issues": "JSON",
    "content_hash": "VARCHAR",
    "match_hash": "VARCHAR",
}

INSTANCE: dict[str, str] = {
    "instance_id": "VARCHAR",
    "ref": "VARCHAR",
    "url": "VARCHAR",
    "start": "VARCHAR",
    "end": "VARCHAR",
    "precision": "VARCHAR",
    "open_start": "BOOLEAN",
    "start_time": "VARCHAR",
    "end_time": "VARCHAR",
    "weekdays": "JSON",
    "deadline": "VARCHAR",
    "place": "JSON",
    "availability": "JSON",
    "price": "JSON",
    "duration": "JSON",
    "format": "VARCHAR",
    "schedule": "VARCHAR",
    "sessions": "JSON",
}


def names(columns: dict[str, str], table: str = "") -> str:
    """The column names as SQL, quoted, since `end` and others are reserved words; `table` is a prefix like "t."."""
    return ", ".join(f'{table}"{name}"' for name in columns)


def definitions(columns: dict[str, str]) -> str:
    """The columns as CREATE TABLE wants them."""
    return ", ".join(f'"{name}" {kind}' for name, kind in columns.items())


def packed(columns: dict[str, str]) -> str:
    """The columns as one struct value, in their order."""
    fields = ", ".join(f'"{name}" := "{name}"' for name in columns)
    return f"struct_pack({fields})"


def offer_values() -> str:
    """The select list that reads an offer; what its writer left out gets the model's default."""
    return _values(Offer, OFFER)


def instance_values(struct: str) -> str:
    """The select list that reads an instance out of the struct column named `struct`, without its id."""
    return _values(Instance, {name: kind for name, kind in INSTANCE.items() if name != "instance_id"}, f"{struct}.")


def struct_type(columns: dict[str, str]) -> str:
    """The columns as DuckDB's structure literal, for reading JSON arrays: `[{"ref": "VARCHAR", ...}]`."""
    return to_json([columns]).decode()


def column_map(columns: dict[str, str]) -> str:
    """The columns as `read_json` wants them: `{"ref": 'VARCHAR', ...}`."""
    return "{" + ", ".join(f"\"{name}\": '{kind}'" for name, kind in columns.items()) + "}"


def _values(model: type[BaseModel], columns: dict[str, str], prefix: str = "") -> str:
    return ", ".join(_value(model, name, kind, prefix) for name, kind in columns.items())


def _value(model: type[BaseModel], name: str, kind: str, prefix: str) -> str:
    default = model.model_fields[name].get_default(call_default_factory=True)
    column = f'{prefix}"{name}"'
    if default is None or default is PydanticUndefined:
        return f'{column} AS "{name}"'
    text = to_json(default).decode() if kind == "JSON" else str(default).lower() if kind == "BOOLEAN" else str(default)
    quoted = text.replace("'", "''")
    return f"coalesce({column}, '{quoted}'::{kind}) AS \"{name}\""
