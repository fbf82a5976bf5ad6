"""Corrections: all that are in force, those that need a look first; making one, keeping one."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from dedupe.desk.correcting import (
    FIELDS,
    LONGEST_TITLE,
    Correction,
    Standing,
    UnfitError,
    bearer,
    field_de,
    look_at,
    place_strings,
    read_reason,
    read_until,
    read_value,
    source_value,
    value_de,
)
from dedupe.desk.course_view import CourseView, course_view
from dedupe.desk.desk import AtDesk, Desk, TheLedger, TheSnapshot, User
from dedupe.desk.german import BERLIN
from dedupe.desk.ledger import Ledger
from dedupe.desk.page import Page
from dedupe.desk.rendering import address, render
from dedupe.desk.snapshot import Snapshot
from dedupe.journal import Event
from dedupe.overrides import HIDDEN, PLACE, PLACE_PARTS
from normalize.labels import label
from normalize.topics import MOST_TOPICS, all_topics
from normalize.vocabulary import Level

router = APIRouter()
PAGE = Page(router, "corrections", "Korrekturen")

ON_A_PAGE = 50
USUALLY = timedelta(days=182)  # that a correction holds unless somebody says otherwise
URGENT = (Standing.CHANGED, Standing.OVER, Standing.GONE, Standing.HOLDS)

Id = Annotated[str, Query(max_length=500)]


Text = Annotated[str, Field(max_length=1_000)]


class Correcting(BaseModel):
    """A form for one field of a course; `seen` is the event in force that the person saw."""

    course: Text = ""
    field: Text = ""
    value: Annotated[list[Text], Field(max_length=100)] = []
    venue: Text = ""
    room: Text = ""
    street: Text = ""
    postcode: Text = ""
    city: Text = ""
    online: Text = ""
    until: Text = ""
    reason: Text = ""
    seen: Text = ""

    @property
    def given(self) -> dict[str, Sequence[str]]:
        """What was given for the value."""
        return {"value": self.value, **{name: [getattr(self, name)] for name in PLACE_PARTS}}


@router.get("/corrections", name="corrections")
def show_corrections(
    request: Request,
    desk: AtDesk,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """All corrections that nobody took back."""
    found = _all(snapshot, ledger, _today(desk), ledger.version)
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    cards = {card.offer_id: card for card in snapshot.cards(dict.fromkeys(one.event["offer_id"] for one in shown))}
    return render(
        request, "corrections.html",
        corrections=shown, cards=cards, urgent=sum(one.standing != Standing.HOLDS for one in found), total=len(found),
        page=page, pages=-(-len(found) // ON_A_PAGE), value_de=value_de, made_at=snapshot.made_at.isoformat(),
    )  # fmt: skip


@router.get("/correct", name="correct")
def show_correct(
    request: Request, desk: AtDesk, snapshot: TheSnapshot, ledger: TheLedger, course: Id = "", field: Id = ""
) -> Response:
    """The form for one field of a course."""
    return _form(request, desk, snapshot, ledger, Correcting(course=course, field=field))


@router.post("/correct", name="correct")
def correct(
    request: Request,
    desk: AtDesk,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    user: User,
    form: Annotated[Correcting, Form()],
) -> Response:
    """Correct a field from now on; the next publication shows it."""
    view = course_view(snapshot, ledger, form.course, desk.config)
    if view is None:
        return _gone(request)
    try:
        told: Event = {
            "kind": "override",
            "offer_id": (offer_id := bearer(view.course, form.field)),
            "field": form.field,
            "value": read_value(form.field, form.given),
            "until": read_until(form.until, _today(desk)),
            "reason": read_reason(form.reason),
        }
    except UnfitError as error:
        return _form(request, desk, snapshot, ledger, form, 422, str(error))
    known = snapshot.offer(offer_id)
    told["seen"] = known and source_value(known.offer, form.field)
    if ledger.append([told], user, {("override", offer_id, form.field): form.seen or None}) is None:
        text = "Nicht gespeichert: Jemand hat dieses Feld inzwischen korrigiert. Hier steht, was jetzt gilt."
        return _form(request, desk, snapshot, ledger, form, 409, text)
    return RedirectResponse(address(request, "course", id=form.course), 303)


@router.post("/corrections/keep", name="keep_correction")
def keep(
    request: Request,
    desk: AtDesk,
    snapshot: TheSnapshot,
    ledger: TheLedger,
    user: User,
    event_id: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Say a correction once more, on what the source says now; one that is over holds for another while."""
    event, today = ledger.event(event_id), _today(desk)
    if event is None or event["kind"] != "override" or not ledger.is_live(event_id):
        return _gone(request)
    known = snapshot.offer(event["offer_id"])
    told = {name: event.get(name) for name in ("kind", "offer_id", "field", "value", "reason", "until")}
    if not told["until"] or str(told["until"]) < today.isoformat():
        told["until"] = (today + USUALLY).isoformat()
    told["seen"] = known and source_value(known.offer, str(event["field"]))
    ledger.append([told], user, {("override", event["offer_id"], event["field"]): event_id})
    return RedirectResponse(address(request, "corrections"), 303)


def _form(
    request: Request,
    desk: Desk,
    snapshot: Snapshot,
    ledger: Ledger,
    form: Correcting,
    status: int = 200,
    problem: str = "",
) -> Response:
    """The form, with what was given if it could not be taken."""
    view, field = course_view(snapshot, ledger, form.course, desk.config), form.field
    try:
        if view is None or not (field in FIELDS or field == HIDDEN or field.startswith(PLACE)):
            return _gone(request)
        offer_id = bearer(view.course, field)
    except UnfitError:
        return _gone(request)
    known, standing = snapshot.offer(offer_id), ledger.standing("override", offer_id, field)
    today = _today(desk)
    return render(
        request, "correct.html", status,
        view=view, field=field, name=field_de(field), standing=standing, problem=problem, reason=form.reason,
        source=value_de(field, known and source_value(known.offer, field)), value_de=value_de,
        current=form.given if problem else _current(view, field),
        until=form.until or (standing or {}).get("until") or (today + USUALLY).isoformat(), today=today.isoformat(),
        topics=all_topics().values(), most_topics=MOST_TOPICS, longest=LONGEST_TITLE,
        levels=[(level, label("level", level)) for level in get_args(Level)],
    )  # fmt: skip


def _current(view: CourseView, field: str) -> dict[str, Sequence[str]]:
    """What the form begins with: the value that is shown today."""
    if field.startswith(PLACE):
        run = next(run for run in view.course.instances if run.instance_id == field.removeprefix(PLACE))
        return {name: [text] for name, text in place_strings(run).items()}
    value = None if field == HIDDEN else getattr(view.course, field)
    return {"value": list(value) if isinstance(value, tuple) else [value or ""]}


@lru_cache(maxsize=2)
def _all(snapshot: Snapshot, ledger: Ledger, today: date, _version: int) -> tuple[Correction, ...]:
    found = []
    for event in ledger.in_force("override"):
        known = snapshot.offer(event["offer_id"])
        found.append(look_at(event, known.offer if known else None, today))
    found.sort(key=lambda one: str(one.event["at"]), reverse=True)
    return tuple(sorted(found, key=lambda one: URGENT.index(one.standing)))


def _today(desk: Desk) -> date:
    return desk.config.now().astimezone(BERLIN).date()


def _gone(request: Request) -> Response:
    text = "Diesen Kurs, dieses Feld oder diese Korrektur gibt es nicht mehr."
    return render(request, "message.html", 404, title="Nicht mehr da", text=text)
