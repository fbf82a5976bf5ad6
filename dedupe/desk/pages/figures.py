"""The figures: who decided how much, week by week, and how far stewards agree."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dedupe.desk.deciding import VERDICTS_DE
from dedupe.desk.desk import SignedIn, TheLedger, TheSnapshot
from dedupe.desk.figures import figures
from dedupe.desk.page import Page
from dedupe.desk.rendering import render
from dedupe.desk.sampling import judgements, precision
from dedupe.desk.second import ONE_IN, agreement

router = APIRouter()
PAGE = Page(router, "figures")


@router.get("/figures", name="figures")
def show_figures(request: Request, session: SignedIn, ledger: TheLedger, snapshot: TheSnapshot) -> Response:
    """Counts of the journal and the agreement on pairs that were judged twice; how much each colleague did is shown to
    administrators alone."""
    counted = figures(ledger)
    people = [person for person in counted.stewards if session.role == "admin" or person.user == session.user]
    twice = agreement(ledger)
    ids = dict.fromkeys(side for first, _ in twice.disagreements for side in (first["left"], first["right"]))
    return render(
        request, "figures.html",
        people=people, weeks=counted.weeks, precision=precision(judgements(ledger)),
        twice=twice, one_in=ONE_IN, verdicts=VERDICTS_DE,
        cards={card.offer_id: card for card in snapshot.cards(ids)},
    )  # fmt: skip
