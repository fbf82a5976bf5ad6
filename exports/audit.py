"""The checks a version must pass before it goes live; they read the written files, not what was meant to be written.

Every record that is not the one of the version before is checked against the published schema, by a validator that
knows nothing of the model which the schema was generated from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from jsonschema_rs import Draft202012Validator

from exports.delta import counts, paired
from exports.files import Record, read_records
from exports.ledger import Ledger, concerned, read_ledger, unresolved
from exports.limits import Fill, Step
from exports.privacy import personal
from exports.rights import breaches
from exports.schema import SCHEMA_VERSION
from exports.version import COURSES, DELTA, REDIRECTS, SCHEMA, TOMBSTONES, Version

SHOWN = 5  # findings of a kind that are told in full

_SCRIPT_LINK = re.compile(r"""(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):""")
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?(?:[/?#]|$)")  # nearly all are


@dataclass(frozen=True)
class Findings:
    """What an audit found: `problems` as German sentences, none if the version is sound, and the step that it is."""

    problems: list[str]
    step: Step


def audit(folder: Path, previous: Version | None) -> Findings:
    """Check the version in `folder`, which follows `previous`."""
    schema = orjson.loads((folder / SCHEMA).read_bytes())
    same_schema = previous is not None and orjson.loads((previous.path / SCHEMA).read_bytes()) == schema
    of_today = schema["version"] == SCHEMA_VERSION
    fits = Draft202012Validator(schema)
    former = previous.ledger() if previous else Ledger()
    ledger = read_ledger(read_records(folder / REDIRECTS), read_records(folder / TOMBSTONES))
    asked = concerned(former, ledger)
    found: set[str] = set()  # those asked for that are courses
    gone: list[str] = []
    problems: list[str] = []
    count, disorder, last = 0, False, ""
    was, are, stayed_before, stayed_now = Fill(), Fill(), Fill(), Fill()
    for old, new in paired(previous.courses() if previous else (), read_records(folder / COURSES)):
        stated_before = was.add(old) if old is not None else ()
        if new is None:
            gone.append(str(old and old["course_id"]))
            continue
        course_id = str(new.get("course_id"))
        disorder, last = disorder or course_id <= last, course_id
        if course_id in asked:
            found.add(course_id)
        if new != old or not same_schema:  # else it passed these checks before
            wrong = list(_wrong(new, fits, of_today))
            if wrong:
                count += len(wrong)
                problems += [f"Kurs {course_id}: {problem}" for problem in wrong[: SHOWN - len(problems)]]
                continue
        stated = are.add(new)
        if old is not None:
            stayed_before.count(stated_before)
            stayed_now.count(stated)
    if count > len(problems):
        problems.append(f"und {count - len(problems)} weitere Fehler in Kursen")
    if disorder:
        problems.append("Kurskennungen sind doppelt oder nicht sortiert")
    changes = counts(read_records(folder / DELTA))
    moves = (changes["withdrawn"], changes["merged"], changes["split"])
    step = Step(was, are, *moves, stayed_before, stayed_now)
    return Findings(problems + unresolved(former, gone, ledger, found), step)


def _wrong(course: Record, fits: Draft202012Validator, of_today: bool) -> Iterator[str]:
    """What is wrong with a record; the rules that are not the schema's hold for versions of today."""
    misfits = list(islice(fits.iter_errors(course), SHOWN))
    for error in misfits:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        yield f"${where} verletzt das Schema ({error.message[:200]})"
    if of_today and not misfits:
        yield from (*_bad_urls(course), *_personal(course), *breaches(course))


def _bad_urls(course: Record) -> Iterator[str]:
    """Addresses that a browser must not be given."""
    found = [("url", course["url"])]
    for part in ("instances", "members", "sources"):
        found.extend((f"{part}[{n}].url", item.get("url")) for n, item in enumerate(course[part]))
    for where, url in found:
        if url is not None and not _is_web(url):
            yield f"{where} ist keine Webadresse ({str(url)[:80]!r})"
    text = (course["description"] or "").lower()
    if ("script:" in text or "data:" in text) and _SCRIPT_LINK.search(text):
        yield "description enthält einen Verweis, der Programm ausführt"


def _is_web(url: object) -> bool:
    if _PLAIN_URL.match(str(url)):
        return True
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _personal(course: Record) -> Iterator[str]:
    for where in personal(course):
        yield f"{where} zeigt eine E-Mail-Adresse oder Telefonnummer, die in den Kontakt gehört"
