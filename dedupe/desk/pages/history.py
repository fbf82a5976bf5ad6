"""The history: everything that was decided, how to take it back, and the same as a spreadsheet."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.deciding import undo
from dedupe.desk.desk import TheLedger, TheSnapshot, User
from dedupe.desk.german import BERLIN
from dedupe.desk.history import (
    KINDS_DE,
    UNDOABLE,
    Wanted,
    as_decisions,
    entries,
    entry,
    in_words,
    offers_of,
    why,
)
from dedupe.desk.ledger import Ledger, moment
from dedupe.desk.page import Page
from dedupe.desk.rendering import address, render
from dedupe.desk.snapshot import OfferCard, Snapshot
from dedupe.desk.workbook import Value, download, workbook
from dedupe.journal import Event

router = APIRouter()
PAGE = Page(router, "history", "Verlauf")

ON_A_PAGE = 50
HEADS = (
    ("Zeit", 18), ("Wer", 14), ("Was", 14), ("Inhalt", 24), ("Angebot 1", 26), ("Titel 1", 44), ("Angebot 2", 26),
    ("Titel 2", 44), ("Warum", 44), ("Zurückgenommen", 24),
)  # fmt: skip
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Text = Annotated[str, Query(max_length=200)]


def wanted_history(user: Text = "", kind: Text = "", first: Day = "", last: Day = "", text: Text = "") -> Wanted:
    """The filter of the address."""
    return Wanted(user, kind, first, last, text.strip())


ByFilter = Annotated[Wanted, Depends(wanted_history)]


@router.get("/history", name="history")
def show_history(
    request: Request,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    wanted: ByFilter,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    done: Annotated[Literal["", "undone", "unknown"], Query()] = "",
) -> Response:
    """What was decided, the newest first."""
    found = as_decisions(entries(ledger, snapshot, wanted))
    shown = [entry(ledger, event) for event in found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]]
    return render(
        request, "history.html",
        entries=shown, found=len(found), page=page, pages=-(-len(found) // ON_A_PAGE), wanted=wanted, done=done,
        users=sorted({event["user"] for event in ledger.events}), history_kinds=KINDS_DE, undoable=UNDOABLE,
        cards=_cards(snapshot, ledger, [one.event for one in shown]),
        in_words=lambda event: in_words(event, ledger), offers_of=lambda event: offers_of(event, ledger), why=why,
    )  # fmt: skip


@router.post("/history/undo", name="undo_in_history")
def undo_in_history(
    request: Request,
    ledger: TheLedger,
    wanted: ByFilter,
    user: User,
    event_id: Annotated[str, Form(max_length=100)],
    note: Annotated[str, Form(max_length=2_000)] = "",
    back: Annotated[Literal["history", "sources", "assign", "corrections"], Form()] = "history",
) -> Response:
    """Take back any decision; what was decided together with it goes with it. `back` is the page it was asked on."""
    event = ledger.event(event_id)
    known = event is not None and event["kind"] in UNDOABLE
    if known:
        undo(ledger, event_id, user, note)
    if back != "history":
        return RedirectResponse(address(request, back), 303)
    done = "undone" if known else "unknown"
    return RedirectResponse(address(request, "history", done=done, **wanted.query), 303)


@router.get("/history.xlsx", name="history_sheet")
def export_history(snapshot: TheSnapshot, ledger: TheLedger, wanted: ByFilter) -> Response:
    """The filtered history as a spreadsheet, a row for each event."""
    return download("verlauf", workbook("Verlauf", HEADS, _rows(snapshot, ledger, entries(ledger, snapshot, wanted))))


def _rows(snapshot: Snapshot, ledger: Ledger, events: list[Event]) -> Iterator[list[Value]]:
    cards = _cards(snapshot, ledger, events)
    for event in events:
        ids = (*offers_of(event, ledger), "", "")[:2]
        titles = [(cards[one].title or "") if one in cards else "" for one in ids]
        undone = ledger.undo_of(event["id"])
        yield [
            moment(event).astimezone(BERLIN).replace(tzinfo=None, microsecond=0),
            event["user"],
            KINDS_DE.get(event["kind"], event["kind"]),
            in_words(event, ledger),
            ids[0],
            titles[0],
            ids[1],
            titles[1],
            why(event),
            f"von {undone['user']}" if undone else "",
        ]


def _cards(snapshot: Snapshot, ledger: Ledger, events: list[Event]) -> dict[str, OfferCard]:
    ids = dict.fromkeys(offer_id for event in events for offer_id in offers_of(event, ledger))
    return {card.offer_id: card for card in snapshot.cards(ids)}
