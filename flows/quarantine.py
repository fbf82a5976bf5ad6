"""What a night could not read, record by record: for the stewards' desk, with the reason and the kept page.

While a source is normalised its part is written beside its offers; when the snapshot is made, the parts and what the
harvest itself complained of become one list, and each line learns which kept response it came from.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from flows.home import Home
from flows.jsonl import read_jsonl
from flows.notes import german_note
from flows.reasons import german, german_field
from flows.terms import TakenDown
from normalize.model import Offer
from normalize.providers import STRANGER
from spiders.tape import SUFFIX, TapeError, read_lines

if TYPE_CHECKING:
    from flows.lines import BadLine

UNREAD = ".unread.jsonl"  # behind the key of a source, in the folder of a harvest
QUARANTINE = "quarantine.jsonl"  # in a snapshot
EXAMPLES = 20  # values that are kept of one kind of field that was not read; all are counted
RAW = 500  # characters of a raw value

Row = dict[str, Any]
_SILENT: Row = {"raw": None, "offer_id": None, "url": None, "count": None, "line": None}  # what a line may not know


class Unread:
    """Writes what one source's harvest has that became no offer, or no value of one."""

    def __init__(self, path: Path) -> None:
        self._part = path.with_name(f".{path.name}.part")
        self._path = path
        self._file = self._part.open("w", encoding="utf-8")
        self._counts: Counter[tuple[str, str]] = Counter()
        self._examples: defaultdict[tuple[str, str], dict[str, Row]] = defaultdict(dict)  # by raw value

    def line(self, bad: "BadLine") -> None:
        """A line of the harvest that is no listing."""
        self._write("record", "listing", bad.reason, bad.raw, line=bad.number)

    def repeated(self, offer: Offer, reason: str) -> None:
        """A listing whose ref was there before."""
        self._write("record", "ref", reason, offer.title_raw or offer.ref, offer_id=offer.offer_id, url=offer.url)

    def fields(self, offer: Offer) -> None:
        """What of an offer could not be read, or only with a doubt."""
        for issue in offer.issues:
            if issue.reason == STRANGER:
                continue  # has a list of its own
            kind = re.sub(r"\[\d+\]", "", issue.field), issue.reason
            self._counts[kind] += 1
            if len(self._examples[kind]) < EXAMPLES:
                told = {"offer_id": offer.offer_id, "url": offer.url}
                self._examples[kind].setdefault(issue.raw[:RAW], told)

    def _write(self, kind: str, field: str, reason: str, raw: str, **more: Any) -> None:
        row = {"kind": kind, "field": german_field(field), "reason": german(reason), "raw": raw[:RAW]} | more
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for (field, reason), count in self._counts.most_common():
            for raw, example in self._examples[field, reason].items():
                self._write("field", field, reason, raw, count=count, **example)
        self._file.close()
        if error is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()


def write_quarantine(home: Home, snapshot: Path, run_id: str, banned: TakenDown) -> None:
    """Write `quarantine.jsonl` into a snapshot; without a harvest of its own it has the list of the one before.

    A line is {kind, source, run, field, reason, raw, offer_id, url, body, count, line}. `kind`: a `page` that was not
    fetched or of which a row was no course, a `record` that became no offer, a `field` that was not read (at most
    EXAMPLES different ones of a kind; `count` tells how many there were). `body` names the kept response, if known.
    """
    folder, before = home.harvest(run_id), home.review / "current" / QUARANTINE
    if folder.is_dir():
        rows: Iterable[Row] = _collected(folder)
    else:
        rows = read_jsonl(before) if before.exists() else ()
    with (snapshot / QUARANTINE).open("w", encoding="utf-8") as lines:
        for row in rows:
            if not _tells_of(banned, row):
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _tells_of(banned: TakenDown, row: Row) -> bool:
    """A line without an offer may be of any offer of its source."""
    offer_id = row.get("offer_id")
    return banned.covers(offer_id) if offer_id else banned.touches(row["source"])


def _collected(folder: Path) -> Iterator[Row]:
    for statistics in sorted(folder.glob("*.stats.json")):
        source = statistics.name.removesuffix(".stats.json")
        rows = [*_complaints(statistics)]
        unread = folder / f"{source}{UNREAD}"
        rows += read_jsonl(unread) if unread.exists() else ()
        bodies = _bodies(folder / f"{source}{SUFFIX}", {row["url"] for row in rows if row.get("url")})
        for row in rows:
            yield {"source": source, "run": folder.name} | _SILENT | row | {"body": bodies.get(row.get("url") or "")}


def _complaints(statistics: Path) -> Iterator[Row]:
    """What the harvest said of single pages and rows."""
    told = json.loads(statistics.read_text(encoding="utf-8"))
    kinds = {**(told.get("issues") or {}), **(told.get("dropped") or {})}
    for error in told.get("errors") or ():
        kind, colon, message = str(error["message"]).partition(": ")
        if not colon or kind not in kinds:
            kind, message = "errors", str(error["message"])
        yield {
            "kind": "page",
            "field": german_note(kind),
            "reason": german(message)[:RAW],
            "url": error.get("url"),
            "count": None if kind == "errors" else kinds[kind],  # of these only the first are among the errors
        }


def _bodies(tape: Path, urls: set[str]) -> dict[str, str]:
    """The kept response that answered each address, as far as the tape of this night tells."""
    found: dict[str, str] = {}
    if not urls or not tape.exists():
        return found
    try:
        for _, entry in read_lines(tape):
            if entry.get("body"):
                found |= {url: entry["body"] for url in (entry["url"], entry["final_url"]) if url in urls}
    except TapeError:
        pass  # what was read of it holds
    return found
