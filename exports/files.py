"""Files of a version: canonical JSON lines, checksums, and writes that are on disk when they return."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]


def canonical(record: Record) -> bytes:
    """The one JSON line of a record: sorted keys, UTF-8, no spaces. Raises ValueError for what JSON cannot say."""
    try:
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from error


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a JSON lines file; only a line feed ends a line."""
    with path.open("rb") as file:
        yield from file


def read_records(path: Path) -> Iterator[Record]:
    """The objects of a JSON lines file."""
    return map(orjson.loads, read_lines(path))


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write the lines and wait until they are on disk."""
    with path.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, record: Record) -> None:
    """Write one JSON document, for people to read too, and wait until it is on disk."""
    write_lines(path, [json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"])


def replace_json(path: Path, record: Record) -> None:
    """Put a JSON document in the place of an older one in one step."""
    beside = path.with_name(f".{path.name}.tmp")
    write_json(beside, record)
    os.replace(beside, path)


def describe(folder: Path, name: str) -> Record:
    """Name, SHA-256, bytes and rows (line feeds) of a file of a folder, as the index lists it."""
    digest, size, rows = hashlib.sha256(), 0, 0
    with (folder / name).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            rows += block.count(b"\n")
    return {"name": name, "sha256": digest.hexdigest(), "bytes": size, "rows": rows}


def sync_all() -> None:
    """Wait until everything written on this machine is on disk."""
    os.sync()


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
