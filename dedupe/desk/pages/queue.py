"""The queue: what waits for a decision, filtered, and the way to the next pair."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.desk import AtDesk, TheLedger, TheSnapshot, User
from dedupe.desk.german import BERLIN
from dedupe.desk.index import run_moment
from dedupe.desk.page import Page
from dedupe.desk.queue import KINDS_DE, Filter, Queue, open_queue
from dedupe.desk.rendering import address, render

router = APIRouter()
PAGE = Page(router, "queue", "Prüfen")

ON_A_PAGE = 50
Text = Annotated[str, Query(max_length=300)]
Week = Annotated[str, Query(pattern=r"^(\d{4}-W\d{2})?$")]


def a_filter(source: Text = "", provider: Text = "", place: Text = "", kind: Text = "", sample: Week = "") -> Filter:
    """The filter of the address."""
    return Filter(source, provider, place, kind, sample)


def a_queue(snapshot: TheSnapshot, ledger: TheLedger) -> Queue:
    """What is left to decide."""
    return open_queue(snapshot, ledger)


Wanted = Annotated[Filter, Depends(a_filter)]
TheQueue = Annotated[Queue, Depends(a_queue)]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is left, what one has done today, and how many days the oldest pair has waited."""

    left: int
    today: int
    oldest_days: int | None


def progress(desk: AtDesk, queue: TheQueue, ledger: TheLedger, user: User) -> Progress:
    """The figures above the queue, for the one who is signed in."""
    now = desk.config.now().astimezone(BERLIN)
    mine = [
        event for event in ledger.since(now.replace(hour=0, minute=0, second=0, microsecond=0)) if event["user"] == user
    ]
    decisions = sum(event["kind"] in ("judge", "recheck") and ledger.is_live(event["id"]) for event in mine)
    days = (now.date() - run_moment(queue.oldest).astimezone(BERLIN).date()).days if queue.oldest else None
    return Progress(len(queue.pairs), decisions, days)


@router.get("/", name="home", include_in_schema=False)
def home(request: Request) -> Response:
    """The desk begins with the queue."""
    return RedirectResponse(address(request, "queue"), 303)


@router.get("/queue", name="queue")
def show_queue(
    request: Request,
    snapshot: TheSnapshot,
    queue: TheQueue,
    wanted: Wanted,
    figures: Annotated[Progress, Depends(progress)],
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The open pairs in their order."""
    found = [one for one in queue.pairs if wanted(one)]
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    titles = {
        card.offer_id: card
        for card in snapshot.cards(dict.fromkeys(offer_id for one in shown for offer_id in one.pair))
    }
    return render(
        request, "queue.html",
        pairs=shown, cards=titles, found=len(found), page=page, pages=-(-len(found) // ON_A_PAGE), wanted=wanted,
        choices=queue.choices, figures=figures, kinds=KINDS_DE, night=snapshot.run_id,
    )  # fmt: skip
