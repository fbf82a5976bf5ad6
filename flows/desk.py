"""What a steward does from the command line: decide on a pair, release a held source."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dedupe import journal
from flows.home import Home, Refused, WrongUsage
from flows.jsonl import read_jsonl
from flows.report import read_report

CURRENT = "current"


def judge_pair(home: Home, left: str, right: str, verdict: str, user: str, note: str | None) -> dict[str, Any]:
    """Append a judgement, with the state of both offers that was judged. Raises WrongUsage for an unknown offer."""
    offers = _offers(home, {left, right})
    for offer_id in (left, right):
        if offer_id not in offers:
            raise WrongUsage(f"there is no offer {offer_id!r}")
    if left == right:
        raise WrongUsage("a judgement needs two different offers")
    left, right = sorted((left, right))
    return journal.append(
        home.journal,
        {
            "kind": "judge",
            "at": _now(),
            "user": user,
            "left": left,
            "right": right,
            "verdict": verdict,
            "left_hash": offers[left]["match_hash"],
            "right_hash": offers[right]["match_hash"],
            "note": note,
        },
    )


def release_source(home: Home, source: str, reason: str, user: str) -> dict[str, Any]:
    """Append the release of a source that the last night held. Raises Refused if it was not held."""
    report = read_report(home.reports)
    pages = {page.source: page for page in report.sources} if report else {}
    if report is None or source not in pages:
        raise WrongUsage(f"the last night knows no source {source!r}; it knows {', '.join(pages) or 'none'}")
    if pages[source].state != "held":
        raise Refused(f"{pages[source].name} wurde in der letzten Nacht nicht zurückgehalten.")
    event = {"kind": "release", "at": _now(), "user": user, "source": source, "run": report.run_id, "reason": reason}
    return journal.append(home.journal, event)


def _offers(home: Home, wanted: set[str]) -> dict[str, dict[str, Any]]:
    return {offer["offer_id"]: offer for offer in _snapshot(home, "offers.jsonl") if offer["offer_id"] in wanted}


def _snapshot(home: Home, name: str) -> Iterator[dict[str, Any]]:
    """The lines of a file of the stewards' snapshot. Raises Refused before the first night."""
    path: Path = home.review / CURRENT / name
    if not path.exists():
        raise Refused(f"In {home.root} ist noch keine Nacht zu Ende gegangen.")
    yield from read_jsonl(path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
