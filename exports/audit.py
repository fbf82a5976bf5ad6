"""The checks a version must pass before it goes live; they read the written files, not what was meant to be written.

Every record is read back through the model that the schema is generated from, and must come out as it went in. A sample
is checked against the published schema itself, by a validator that knows nothing of the model: that finds a schema that
was generated wrong, at a hundredth of the time that all records would take. A version of an older schema, looked at by
`verify`, is checked against its own schema in full.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

from jsonschema import Draft202012Validator
from pydantic import ValidationError

from exports.delta import counts, paired
from exports.files import Record, read_lines, read_records
from exports.ledger import Ledger, read_ledger, unresolved
from exports.limits import Fill, Step
from exports.privacy import personal
from exports.record import PublishedCourse
from exports.rights import breaches
from exports.schema import SCHEMA_VERSION
from exports.version import COURSES, DELTA, REDIRECTS, SCHEMA, TOMBSTONES, Version

SHOWN = 5  # findings of a kind that are told in full
SAMPLE = 500  # records that are checked against the schema itself

_SCRIPT_LINK = re.compile(r"""(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", re.IGNORECASE)


@dataclass(frozen=True)
class Findings:
    """What an audit found: `problems` as German sentences, none if the version is sound, and the step that it is."""

    problems: list[str]
    step: Step


def audit(folder: Path, previous: Version | None) -> Findings:
    """Check the version in `folder`, which follows `previous`."""
    schema = json.loads((folder / SCHEMA).read_bytes())
    same_schema = previous is not None and json.loads((previous.path / SCHEMA).read_bytes()) == schema
    of_today = schema["version"] == SCHEMA_VERSION
    every = max(1, sum(1 for _ in read_lines(folder / COURSES)) // SAMPLE) if of_today else 1
    fits = _sampled(Draft202012Validator(schema), every)
    problems: list[str] = []
    before: set[str] = set()
    ids: list[str] = []
    was, are, stayed_before, stayed_now = Fill(), Fill(), Fill(), Fill()
    for old, new in paired(previous.courses() if previous else (), read_records(folder / COURSES)):
        if old is not None:
            before.add(old["course_id"])
            was.add(old)
        if new is not None:
            ids.append(str(new.get("course_id")))
            if new != old or not same_schema:  # else it passed these checks before
                found = list(_unlike_model(new) if of_today else fits(new))
                if of_today and not found:
                    found = [*fits(new), *_bad_urls(new), *_personal(new), *breaches(new)]
                problems.extend(f"Kurs {ids[-1]}: {problem}" for problem in found)
                if found:
                    continue
            are.add(new)
            if old is not None:
                stayed_before.add(old)
                stayed_now.add(new)
    problems = _shortened(problems)
    if any(one >= other for one, other in pairwise(ids)):
        problems.append("Kurskennungen sind doppelt oder nicht sortiert")
    former = previous.ledger() if previous else Ledger()
    ever = before | former.redirects.keys() | former.tombstones.keys()
    ledger = read_ledger(read_records(folder / REDIRECTS), read_records(folder / TOMBSTONES))
    changes = counts(read_records(folder / DELTA))
    moves = (changes["withdrawn"], changes["merged"], changes["split"])
    step = Step(was, are, *moves, stayed_before, stayed_now)
    return Findings(problems + unresolved(ever, ids, ledger), step)


def _unlike_model(record: Record) -> Iterator[str]:
    """Where a record is not what the model says: an error, or a value that does not come out as it went in."""
    try:
        read = PublishedCourse.model_validate(record).model_dump(mode="json")
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            yield f"$.{'.'.join(map(str, one['loc']))} verletzt das Schema ({one['msg'][:200]})"
        return
    if read != record:
        names = sorted(name for name in read.keys() | record.keys() if read.get(name, ...) != record.get(name, ...))
        yield f"$.{names[0]} verletzt das Schema (kein Wert in der vorgesehenen Schreibweise)"


def _sampled(check: Draft202012Validator, every: int) -> Callable[[Record], Iterator[str]]:
    """A check of a record against the schema that looks only at every n-th, chosen by its id."""

    def problems(record: Record) -> Iterator[str]:
        if crc32(record["course_id"].encode()) % every == 0:
            for error in check.iter_errors(record):
                yield f"{error.json_path} verletzt das Schema ({error.message[:200]})"

    return problems


def _bad_urls(course: Record) -> Iterator[str]:
    """Addresses that a browser must not be given."""
    found = [("url", course["url"])]
    for part in ("instances", "members", "sources"):
        found.extend((f"{part}[{n}].url", item.get("url")) for n, item in enumerate(course[part]))
    for where, url in found:
        if url is not None and not _is_web(url):
            yield f"{where} ist keine Webadresse ({str(url)[:80]!r})"
    if _SCRIPT_LINK.search(course["description"] or ""):
        yield "description enthält einen Verweis, der Programm ausführt"


def _is_web(url: object) -> bool:
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _personal(course: Record) -> Iterator[str]:
    for where in personal(course):
        yield f"{where} zeigt eine E-Mail-Adresse oder Telefonnummer, die in den Kontakt gehört"


def _shortened(problems: list[str]) -> list[str]:
    more = len(problems) - SHOWN
    return [*problems[:SHOWN], f"und {more} weitere Fehler in Kursen"] if more > 0 else problems
