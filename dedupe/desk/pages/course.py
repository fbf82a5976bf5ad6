"""A course: what the portal shows of it and why, its offers, its corrections; and parting an offer from it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dedupe.desk.correcting import value_de
from dedupe.desk.course_view import RULES_DE, course_view
from dedupe.desk.desk import AtDesk, TheLedger, TheSnapshot
from dedupe.desk.page import Page
from dedupe.desk.rendering import render

router = APIRouter()
PAGE = Page(router, "course")

Id = Annotated[str, Query(max_length=500)]


@router.get("/course", name="course")
def show_course(
    request: Request,
    desk: AtDesk,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    id: Id = "",  # noqa: A002 - the name in the address
    offer: Id = "",
) -> Response:
    """A course by its id, or by the id of one of its offers."""
    view = course_view(snapshot, ledger, snapshot.course_of(offer) or "" if offer else id, desk.config)
    if view is None:
        text = "In der letzten Nacht gab es keinen solchen Kurs und kein solches Angebot."
        return render(request, "message.html", 404, title="Nicht gefunden", text=text)
    return render(
        request, "course.html",
        view=view, rules=RULES_DE, value_de=value_de, made_at=snapshot.made_at.isoformat(), night=snapshot.run_id,
    )  # fmt: skip
