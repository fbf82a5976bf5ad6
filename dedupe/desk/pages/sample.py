"""The weekly sample of automatic merges, and what all samples say of how often the machine is right."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dedupe.desk.deciding import VERDICTS_DE
from dedupe.desk.desk import AtDesk, TheLedger, TheSnapshot
from dedupe.desk.german import BERLIN
from dedupe.desk.page import Page
from dedupe.desk.rendering import render
from dedupe.desk.sampling import by_week, iso_week, judgements, precision, weekly

router = APIRouter()
PAGE = Page(router, "sample", "Stichprobe")

WEEKS = 12


@router.get("/sample", name="sample")
def show_sample(request: Request, desk: AtDesk, snapshot: TheSnapshot, ledger: TheLedger) -> Response:
    """This week's merges to check, and the measured precision."""
    week = iso_week(desk.config.now().astimezone(BERLIN).date())
    merges, given = weekly(snapshot, ledger, week), judgements(ledger)
    ids = dict.fromkeys(offer_id for one in merges for offer_id in one.pair)
    return render(
        request, "sample.html",
        week=week, merges=merges, left=sum(one.said is None for one in merges), verdicts=VERDICTS_DE,
        cards={card.offer_id: card for card in snapshot.cards(ids)},
        precision=precision(given), weeks=list(by_week(given).items())[:WEEKS],
    )  # fmt: skip
