"""The checks a version must pass before it goes live; they read the written files, not what was meant to be written."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from exports.delta import paired
from exports.files import Record, read_records
from exports.ledger import Ledger, read_ledger, unresolved
from exports.version import COURSES, REDIRECTS, SCHEMA, TOMBSTONES, Version

SHOWN = 5  # findings of a kind that are told in full
REMEMBERED = 200_000  # valid parts of records that are not validated again

_SCRIPT_LINK = re.compile(r"""(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", re.IGNORECASE)


def audit(folder: Path, previous: Version | None, min_share: float) -> list[str]:
    """What is wrong with the version in `folder`, as German sentences; empty if it may go live.

    `min_share`: the smallest share of the previous version's number of courses (0 allows any number).
    """
    schema = json.loads((folder / SCHEMA).read_bytes())
    same_schema = previous is not None and json.loads((previous.path / SCHEMA).read_bytes()) == schema
    check = _validator(schema)
    problems: list[str] = []
    before: set[str] = set()
    ids: list[str] = []
    for old, new in paired(previous.courses() if previous else (), read_records(folder / COURSES)):
        if old is not None:
            before.add(old["course_id"])
        if new is not None:
            ids.append(new["course_id"])
            if new != old or not same_schema:  # else it passed these checks before
                problems.extend(f"Kurs {ids[-1]}: {problem}" for problem in (*check(new), *_bad_urls(new)))
    problems = _shortened(problems)
    if not ids:
        problems.append("kein einziger Kurs")
    if any(one >= other for one, other in pairwise(ids)):
        problems.append("Kurskennungen sind doppelt oder nicht sortiert")
    if len(ids) < min_share * len(before):
        problems.append(f"nur {len(ids)} Kurse nach {len(before)} in der Version davor")
    former = previous.ledger() if previous else Ledger()
    ever = before | former.redirects.keys() | former.tombstones.keys()
    ledger = read_ledger(read_records(folder / REDIRECTS), read_records(folder / TOMBSTONES))
    return problems + unresolved(ever, ids, ledger)


def _validator(schema: Record) -> Callable[[Record], Iterator[str]]:
    """A check of one record against the schema.

    Places, prices and times repeat by the thousand: a part found valid is remembered and not validated again.
    """
    valid: set[tuple[str, str]] = set()
    refer: Any = Draft202012Validator.VALIDATORS["$ref"]

    def remembering(validator: Any, reference: str, instance: Any, node: Any) -> Iterator[Any]:
        key = (reference, json.dumps(instance, sort_keys=True))
        if key in valid:
            return
        errors = list(refer(validator, reference, instance, node))
        if not errors and len(valid) < REMEMBERED:
            valid.add(key)
        yield from errors

    build: Any = extend  # untyped in its library
    check = build(Draft202012Validator, {"$ref": remembering})(schema)

    def problems(record: Record) -> Iterator[str]:
        for error in check.iter_errors(record):
            yield f"{error.json_path} verletzt das Schema ({error.message[:200]})"

    return problems


def _bad_urls(course: Record) -> Iterator[str]:
    """Addresses that a browser must not be given."""
    found = [("url", course.get("url"))]
    for part in ("instances", "members"):
        found.extend((f"{part}[{n}].url", item.get("url")) for n, item in enumerate(course.get(part) or ()))
    for where, url in found:
        if url is not None and not _is_web(url):
            yield f"{where} ist keine Webadresse ({str(url)[:80]!r})"
    if _SCRIPT_LINK.search(course.get("description") or ""):
        yield "description enthält einen Verweis, der Programm ausführt"


def _is_web(url: object) -> bool:
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _shortened(problems: list[str]) -> list[str]:
    more = len(problems) - SHOWN
    return [*problems[:SHOWN], f"und {more} weitere Fehler in Kursen"] if more > 0 else problems
