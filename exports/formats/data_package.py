"""datapackage.json: the tables described for programs (Frictionless Data Package 2.0, https://datapackage.org)."""

from collections.abc import Iterable, Mapping
from typing import Any

from exports.files import Record
from exports.formats.tables import TABLES, Column, Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_TYPES: Mapping[str, Record] = {
    "decimal": {"type": "number"},
    "uri": {"type": "string", "format": "uri"},
}


def data_package(files: Iterable[Record], schema_version: str) -> Record:
    """The descriptor of the tables; `files` are their entries of the index (name, sha256, bytes, rows)."""
    listed = {file["name"]: file for file in files}
    return {
        "$schema": PROFILE,
        "name": "bildungsraum-courses",
        "title": "Weiterbildungskurse in der Emscher-Lippe-Region",
        "version": schema_version,
        "resources": [
            _resource(table, extension, listed[f"{table.name}.{extension}"])
            for extension in _MEDIA
            for table in TABLES
        ],
    }  # fmt: skip


def _resource(table: Table, extension: str, file: Record) -> Record:
    found: dict[str, Any] = {
        "name": table.name if extension == "csv" else f"{table.name}-{extension}",
        "path": file["name"],
        "format": extension,
        "mediatype": _MEDIA[extension],
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
        "schema": _schema(table, extension),
    }
    if extension == "csv":
        found |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True}}
    return found


def _schema(table: Table, extension: str) -> Record:
    suffix = "" if extension == "csv" else f"-{extension}"
    schema: dict[str, Any] = {
        "fields": [_field(column, extension) for column in table.columns],
        "primaryKey": [table.key],
        "missingValues": [""],
    }
    if table.refers:
        column, other = table.refers
        reference = {"resource": other + suffix, "fields": [column]}
        schema["foreignKeys"] = [{"fields": [column], "reference": reference}]
    return schema


def _field(column: Column, extension: str) -> Record:
    meaning = column.meaning
    if column.kind == "list":  # the profile of 2.0 does not know the type `list` that its text describes
        kind: Record = {"type": "array"} if extension == "parquet" else {"type": "string"}
        if extension == "csv":
            meaning = "; ".join(filter(None, (meaning, "values joined by |")))
    else:
        kind = _TYPES.get(column.kind, {"type": column.kind})
    return {"name": column.name, **kind} | ({"description": meaning} if meaning else {})
