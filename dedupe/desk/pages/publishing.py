"""Publishing: what was decided since the last version, and letting it take effect at once."""

from collections import Counter
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.desk import AtDesk, Desk, TheLedger, User
from dedupe.desk.ledger import Ledger
from dedupe.desk.page import Page
from dedupe.desk.rendering import address, render

router = APIRouter()
PAGE = Page(router, "publishing", "Veröffentlichen")

# What takes part in the next publication; an assignment or a release waits for the next night.
KINDS_DE = {"judge": "Urteile über Paare", "override": "Korrekturen", "undo": "Rücknahmen", "takedown": "Sperren"}


@router.get("/publishing", name="publishing")
def show_publishing(request: Request, desk: AtDesk, ledger: TheLedger) -> Response:
    """The live version, what it does not know yet, and how a publication stands."""
    return _page(request, desk, ledger, "publishing.html")


@router.get("/publishing/state", name="publishing_state")
def show_state(request: Request, desk: AtDesk, ledger: TheLedger) -> Response:
    """The part of the page that changes while a publication runs; without a script it is the page again."""
    if "HX-Request" not in request.headers:
        return RedirectResponse(address(request, "publishing"), 303)
    return _page(request, desk, ledger, "publishing_part.html")


@router.post("/publishing", name="publish")
def ask_to_publish(request: Request, desk: AtDesk, user: User) -> Response:
    """Publish as soon as no night runs."""
    desk.actions.publish(user)
    return RedirectResponse(address(request, "publishing"), 303)


def _page(request: Request, desk: Desk, ledger: Ledger, template: str) -> Response:
    published = desk.actions.published()
    news = since(ledger, published)
    return render(request, template, published=published, news=news, state=desk.actions.state())


def since(ledger: Ledger, published: str | None) -> dict[str, int]:
    """How many live decisions of each kind the version of that moment does not know."""
    start = datetime.fromisoformat(published) if published else datetime.min.replace(tzinfo=UTC)
    found = Counter(event["kind"] for event in ledger.since(start) if ledger.is_live(event["id"]))
    return {text: found[kind] for kind, text in KINDS_DE.items() if found[kind]}
