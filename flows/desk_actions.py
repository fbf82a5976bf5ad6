"""What the stewards' desk can trigger and look up outside of its snapshot and journal."""

import json
import re
from functools import partial

from dedupe.desk.actions import ActionError, Actions, LastNight, SourceState
from dedupe.journal import Event
from flows.desk import release_source
from flows.home import Home, Refused, WrongUsage
from flows.publisher import Publisher
from flows.report import read_report
from spiders.kept import Bodies, KeptError

_SOURCE, _BODY = re.compile(r"[a-z0-9][a-z0-9_-]*"), re.compile(r"[0-9a-f]{64}")
_RUN = re.compile(r"\d{8}T\d{6}Z")


def desk_actions(home: Home, publisher: Publisher) -> Actions:
    """The actions of a home's desk."""
    return Actions(
        publish=publisher.ask,
        state=publisher.state,
        release=partial(_release, home),
        night=partial(_night, home),
        kept=partial(_kept, home),
        record=partial(_record, home),
        published=partial(_published, home),
    )


def _release(home: Home, source: str, reason: str, user: str) -> Event:
    try:
        return release_source(home, source, reason, user)
    except WrongUsage as error:
        raise ActionError("Diese Quelle kennt die letzte Nacht nicht.") from error
    except Refused as error:
        raise ActionError(str(error)) from error


def _night(home: Home) -> LastNight | None:
    report = read_report(home.reports)
    if report is None:
        return None
    names = SourceState.__dataclass_fields__
    return LastNight(
        report.run_id, tuple(SourceState(**page.model_dump(include=set(names))) for page in report.sources)
    )


def _kept(home: Home, source: str, body: str) -> bytes | None:
    """Names come from a form, so they are looked at before they become a path."""
    if not _SOURCE.fullmatch(source) or not _BODY.fullmatch(body):
        return None
    try:
        return Bodies(home.http / source).read(body)
    except KeptError:
        return None


def _record(home: Home, run_id: str, offer_id: str) -> str | None:
    """The line of the harvest, made readable."""
    source, _, ref = offer_id.partition(":")
    if not _SOURCE.fullmatch(source) or not _RUN.fullmatch(run_id):
        return None
    path = home.harvest(run_id) / f"{source}.jsonl"
    if not path.exists():
        return None
    written = {json.dumps(ref, ensure_ascii=plain).encode() for plain in (True, False)}
    with path.open("rb") as lines:
        for line in lines:
            if any(word in line for word in written) and (row := json.loads(line)).get("ref") == ref:
                return json.dumps(row, ensure_ascii=False, indent=2)
    return None


def _published(home: Home) -> str | None:
    try:
        index = json.loads((home.exports / "current" / "index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return str(index["created_at"])
