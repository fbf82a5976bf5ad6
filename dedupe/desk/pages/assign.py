"""Names that nobody knows: which provider, which town is meant. The next night reads them so."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.assigning import OWN, WHATS_DE, Stranger, assignment, assignments, choices, meaning, named, strangers
from dedupe.desk.correcting import UnfitError
from dedupe.desk.desk import TheLedger, TheSnapshot, User
from dedupe.desk.page import Page
from dedupe.desk.rendering import address, render
from dedupe.desk.snapshot import Snapshot
from normalize.assigned import What

router = APIRouter()
PAGE = Page(router, "assign", "Zuordnen")

ON_A_PAGE = 50
Key = Annotated[str, Query(max_length=1_000)]
Number = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/assign", name="assign")
def show_list(
    request: Request, snapshot: TheSnapshot, ledger: TheLedger, what: What = "provider", page: Number = 1
) -> Response:
    """Both lists, what is still open first."""
    found = strangers(snapshot, ledger, what)
    still_listed = {one.said["id"] for one in found if one.said}
    return render(
        request, "assign.html",
        what=what, whats=WHATS_DE, meaning=meaning, night=snapshot.run_id,
        strangers=found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], page=page, pages=-(-len(found) // ON_A_PAGE),
        open={each: sum(one.said is None for one in strangers(snapshot, ledger, each)) for each in WHATS_DE},
        before=[event for event in assignments(ledger, what) if event["id"] not in still_listed],
    )  # fmt: skip


@router.get("/assign/one", name="assign_one")
def show_one(
    request: Request, snapshot: TheSnapshot, ledger: TheLedger, what: What = "provider", key: Key = ""
) -> Response:
    """One name, where it occurs, and what it may mean."""
    one = named(strangers(snapshot, ledger, what), key)
    if one is None:
        return _gone(request)
    return _form(request, snapshot, what, one)


@router.post("/assign/one", name="assign_one")
def assign_one(
    request: Request,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    user: User,
    what: Annotated[What, Form()],
    key: Annotated[str, Form(max_length=1_000)] = "",
    choice: Annotated[str, Form(max_length=1_000)] = "",
    name: Annotated[str, Form(max_length=1_000)] = "",
    seen: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Say what a name means."""
    one = named(strangers(snapshot, ledger, what), key)
    if one is None:
        return _gone(request)
    raw = str(one.said["raw"]) if one.said else one.row["name"]
    try:
        event = assignment(snapshot, what, raw, choice, name)
    except UnfitError as error:
        return _form(request, snapshot, what, one, 422, str(error))
    if ledger.append([event], user, {("assign", what, raw): seen or None}) is None:
        now = named(strangers(snapshot, ledger, what), key) or one
        text = "Nicht gespeichert: Jemand war schneller. Hier steht, was jetzt gilt."
        return _form(request, snapshot, what, now, 409, text)
    return RedirectResponse(address(request, "assign", what=what), 303)


def _form(
    request: Request, snapshot: Snapshot, what: What, one: Stranger, status: int = 200, problem: str = ""
) -> Response:
    return render(
        request, "assign_one.html", status,
        what=what, one=one, own=OWN, choices=choices(snapshot, what, one.row["name"]), meaning=meaning,
        problem=problem, example=snapshot.card(one.row["example"]),
    )  # fmt: skip


def _gone(request: Request) -> Response:
    text = "Dieser Name steht nicht auf der Liste der letzten Nacht."
    return render(request, "message.html", 404, title="Nicht mehr offen", text=text)
