"""The sources: how each fared in the last night, and letting a held one go."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.actions import ActionError
from dedupe.desk.correcting import UnfitError, read_reason
from dedupe.desk.desk import AtDesk, Desk, TheLedger, User
from dedupe.desk.ledger import Ledger
from dedupe.desk.page import Page
from dedupe.desk.rendering import address, render

router = APIRouter()
PAGE = Page(router, "sources", "Quellen")

STATES_DE = {"fresh": "frisch", "held": "zurückgehalten", "skipped": "ausgelassen"}


@router.get("/sources", name="sources")
def show_sources(request: Request, desk: AtDesk, ledger: TheLedger) -> Response:
    """All sources, the held ones first with their reasons."""
    return _page(request, desk, ledger)


@router.post("/sources/release", name="release")
async def release(
    request: Request,
    desk: AtDesk,
    ledger: TheLedger,
    user: User,
    source: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Accept what held a source: from the next night on it is judged by a new baseline."""
    try:
        told = read_reason(reason)
        await run_in_threadpool(desk.actions.release, source, told, user)
    except (UnfitError, ActionError) as error:
        return _page(request, desk, ledger, 422, source=source, problem=str(error))
    return RedirectResponse(address(request, "sources"), 303)


def _page(
    request: Request, desk: Desk, ledger: Ledger, status: int = 200, source: str = "", problem: str = ""
) -> Response:
    night = desk.actions.night()
    held = [one for one in night.sources if one.state == "held"] if night else []
    released = {
        one.source: event
        for one in held
        if night and (event := ledger.standing("release", one.source)) and event["run"] == night.run_id
    }
    return render(
        request, "sources.html", status,
        night=night, held=held, released=released, states=STATES_DE, failed=source, problem=problem,
    )  # fmt: skip
