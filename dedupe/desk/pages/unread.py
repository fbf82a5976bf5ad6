"""What the last night could not read: records, pages and values with the reason, and the page as it was kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dedupe.desk.desk import AtDesk, TheSnapshot
from dedupe.desk.handouts import QUARANTINE, Row, rows
from dedupe.desk.page import Page
from dedupe.desk.rendering import clean, render
from dedupe.desk.snapshot import Snapshot

router = APIRouter()
PAGE = Page(router, "unread")

KINDS_DE = {"record": "Einträge", "page": "Seiten", "field": "Angaben"}
ON_A_PAGE = 40
SHOWN = 200_000  # characters of a kept page

Text = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True)
class Group:
    """What was not read for one reason at one source, or each page for its own (then `reason` is empty); `count` may be
    more than the examples kept."""

    source: str
    kind: str
    field: str
    reason: str
    count: int
    examples: Sequence[Row]


@router.get("/unread", name="unread")
def show_unread(
    request: Request,
    snapshot: TheSnapshot,
    source: Text = "",
    kind: Text = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Grouped by reason: whole records and pages first, then single values, the most frequent first."""
    groups = _groups(snapshot)
    found = [one for one in groups if source in ("", one.source) and kind in ("", one.kind)]
    choices = {
        "source": Counter({one.source: 0 for one in groups} | dict(_totals(groups, "source"))),
        "kind": Counter(dict(_totals(groups, "kind"))),
    }
    return render(
        request, "unread.html",
        groups=found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], total=sum(one.count for one in found),
        page=page, pages=-(-len(found) // ON_A_PAGE), kinds=KINDS_DE, choices=choices,
        wanted={"source": source, "kind": kind}, night=snapshot.run_id,
    )  # fmt: skip


@router.get("/unread/page", name="kept_page")
def show_kept_page(request: Request, desk: AtDesk, source: Text = "", body: Text = "") -> Response:
    """A kept response as text: nothing of it is rendered."""
    kept = desk.actions.kept(source, body)
    if kept is None:
        text = "Die Seite ist nicht mehr gespeichert."
        return render(request, "message.html", 404, title="Nicht mehr da", text=text)
    is_text = b"\x00" not in kept[:4096] and not kept.startswith((b"PK", b"\x1f\x8b", b"%PDF"))
    shown = clean(kept[: 4 * SHOWN].decode("utf-8", "replace").replace("\t", "    ")) if is_text else None
    return _text(request, source, shown, len(kept))


@router.get("/unread/record", name="kept_record")
def show_kept_record(request: Request, desk: AtDesk, run: Text = "", offer: Text = "") -> Response:
    """The listing that an offer was read from, as it was harvested."""
    record = desk.actions.record(run, offer)
    if record is None:
        text = "Der Eintrag ist nicht mehr gespeichert."
        return render(request, "message.html", 404, title="Nicht mehr da", text=text)
    return _text(request, offer, clean(record[: 2 * SHOWN]), len(record.encode()))


def _text(request: Request, source: str, text: str | None, size: int) -> Response:
    """What was kept, as text; None where it is none."""
    return render(
        request, "kept_page.html",
        source=source, text=text and text[:SHOWN], size=size, is_cut=text is not None and len(text) > SHOWN,
    )  # fmt: skip


def _totals(groups: Sequence[Group], name: str) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for one in groups:
        totals[getattr(one, name)] += one.count
    return totals.most_common()


@lru_cache(maxsize=2)
def _groups(snapshot: Snapshot) -> tuple[Group, ...]:
    found: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows(snapshot, QUARANTINE):
        reason = "" if row["kind"] == "page" else row["reason"]  # what a harvest says of a page names that very page
        found.setdefault((row["source"], row["kind"], row["field"], reason), []).append(row)
    groups = [
        Group(source, kind, field, reason, max(len(lines), lines[0].get("count") or 0), lines)
        for (source, kind, field, reason), lines in found.items()
    ]
    return tuple(sorted(groups, key=lambda one: (list(KINDS_DE).index(one.kind), -one.count, one.source, one.field)))
