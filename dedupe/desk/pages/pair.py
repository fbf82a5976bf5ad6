"""The pair: both offers side by side, what decides on them, and what is known of their courses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, model_validator

from dedupe.desk import second
from dedupe.desk.deciding import VERDICTS_DE, Shown, judge, last_of, undo
from dedupe.desk.desk import AtDesk, TheLedger, TheSnapshot, User
from dedupe.desk.german import BERLIN, number_de
from dedupe.desk.groups import Group, group_of, join, take_out
from dedupe.desk.page import Page
from dedupe.desk.pages.queue import Progress, Wanted, progress
from dedupe.desk.pair_view import PairView, Said, pair_view
from dedupe.desk.queue import KINDS_DE, Queue, open_queue
from dedupe.desk.rendering import address, render
from dedupe.desk.sampling import Sampled, following, iso_week, weekly
from dedupe.journal import Event, Pair

router = APIRouter()
PAGE = Page(router, "pair")

OfferId = Annotated[str, Query(max_length=500)]
Id = Annotated[str, Field(max_length=500)]


class PairForm(BaseModel):
    """The pair as it was on the screen, and the place in the queue."""

    left: Id
    right: Id
    left_hash: Id = ""
    right_hash: Id = ""
    seen: Id = ""
    night: Id = ""
    after: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    blind: Literal["", "1"] = ""
    note: Annotated[str, Field(max_length=2_000)] = ""

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.left == self.right:
            raise ValueError("a pair is two offers")
        return self

    @property
    def shown(self) -> Shown:
        """What was on the screen, the pair in order."""
        pair, hashes = (self.left, self.right), (self.left_hash, self.right_hash)
        if self.left > self.right:
            pair, hashes = (self.right, self.left), (self.right_hash, self.left_hash)
        return Shown(pair, hashes, self.seen or None)


class Verdict(PairForm):
    """What was said of it."""

    verdict: Literal["same", "different", "unsure", "skip"]


class Whole(PairForm):
    """What was said of its courses as wholes; `state` is that of the group on the screen."""

    state: Id
    offer_id: Id = ""


@dataclass
class Work:
    """What a request on pairs works with."""

    request: Request
    desk: AtDesk
    snapshot: TheSnapshot
    ledger: TheLedger
    wanted: Wanted
    user: User

    @property
    def queue(self) -> Queue:
        """What is left to decide now."""
        return open_queue(self.snapshot, self.ledger)

    @property
    def sample(self) -> list[Sampled]:
        """The sample that is worked off: this week's, since nobody can check an earlier one any more."""
        week = iso_week(self.desk.config.now().astimezone(BERLIN).date())
        return weekly(self.snapshot, self.ledger, week) if self.wanted.sample == week else []

    @property
    def figures(self) -> Progress:
        """What is left of the queue or of the sample, and what this person did today."""
        found = progress(self.desk, self.queue, self.ledger, self.user)
        return replace(found, left=sum(one.said is None for one in self.sample)) if self.wanted.sample else found


AtWork = Annotated[Work, Depends()]


@router.get("/pair", name="pair")
def show_pair(
    work: AtWork,
    left: OfferId = "",
    right: OfferId = "",
    blind: Literal["", "1"] = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    said: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """A pair by its ids; without ids the next one of the queue. `said` names the event that led here."""
    told = _told(work, said)
    if not left or not right:
        return _next(work, after, told)
    return _page(work, (min(left, right), max(left, right)), told, after=after, is_second=blind == "1")


@router.post("/pair", name="pair")
def decide(work: AtWork, form: Annotated[Verdict, Form()]) -> Response:
    """Take up a verdict and show the next pair; or the same pair with what happened meanwhile."""
    shown, after = form.shown, _place(work, form)
    if form.verdict == "skip":
        return _next(work, after, Said("Übersprungen."), but=shown.pair)
    cards = work.snapshot.cards(shown.pair)
    if len(cards) < 2:
        return _page(work, shown.pair, Said("Nicht gespeichert.", "bad"), status=409)
    if (cards[0].match_hash, cards[1].match_hash) != shown.hashes:
        text = "Nicht gespeichert: Ein Angebot hat sich seither geändert. Hier steht der neue Stand."
        return _page(work, shown.pair, Said(text, "warn"), after=after, status=409)
    if form.blind and shown.seen and second.may_ask(work.ledger, shown.pair, work.user):
        written = second.answer(work.ledger, shown, form.verdict, work.user, form.note)
    else:
        sample = work.wanted.sample if shown.pair in {one.pair for one in work.sample} else ""
        written = judge(work.ledger, shown, form.verdict, work.user, form.note, sample)
    if written is None:
        verdict = VERDICTS_DE[form.verdict]
        text = f"Nicht gespeichert: Jemand war schneller. „{verdict}“ gilt erst, wenn Sie es noch einmal sagen."
        return _page(work, shown.pair, Said(text, "warn"), after=after, status=409)
    return _next(work, after, _told(work, written[0]["id"]), but=shown.pair)


@router.post("/undo", name="undo")
def take_back(
    work: AtWork,
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Take back what this person decided last, and show its pair again."""
    event = last_of(work.ledger, work.user)
    if event is None:
        return _next(work, 0, Said("Es gibt nichts zurückzunehmen.", "warn"))
    undone = undo(work.ledger, event["id"], work.user, note)
    said = _told(work, undone[0]["id"]) if undone else Said("Das war schon zurückgenommen.")
    return _page(work, (event["left"], event["right"]), said, is_second=event["kind"] == "recheck")


@router.post("/group/join", name="join")
def join_group(work: AtWork, form: Annotated[Whole, Form()]) -> Response:
    """All offers of both courses are one course."""
    return _whole(work, form, lambda group: join(work.ledger, group, work.user, form.note), go_on=True)


@router.post("/group/out", name="take_out")
def take_out_of_group(work: AtWork, form: Annotated[Whole, Form()]) -> Response:
    """One offer does not belong to its course."""
    return _whole(
        work, form, lambda group: take_out(work.ledger, group, form.offer_id, work.user, form.note), only=form.offer_id
    )


def _whole(
    work: Work, form: Whole, act: Callable[[Group], list[Event] | None], *, only: str = "", go_on: bool = False
) -> Response:
    pair, after = form.shown.pair, _place(work, form)
    group = group_of(work.snapshot, work.ledger, [only] if only else pair)
    stale = Said("Nicht gespeichert: Die Gruppe hat sich seither geändert. Hier steht der neue Stand.", "warn")
    inside = {card.offer_id for card in group.inside}
    if group.state != form.state or not group.is_small or len(inside) < 2 or (only and only not in inside):
        return _page(work, pair, stale, after=after, status=409)
    written = act(group)
    if written is None:
        return _page(work, pair, stale, after=after, status=409)
    told = _told(work, written[0]["id"]) if written else Said("Das stand schon so fest.")
    return _next(work, after, told, but=pair) if go_on else _page(work, pair, told, after=after)


def _place(work: Work, form: PairForm) -> int:
    """The place in the queue of this night: positions of another night mean nothing."""
    waiting = work.snapshot.by_pair.get(form.shown.pair)
    if form.night == work.snapshot.run_id:
        return form.after
    return waiting.position if waiting else 0


def _told(work: Work, event_id: str) -> Said:
    """What to say of an event that was just written."""
    event = work.ledger.event(event_id) if event_id else None
    if event is not None and event["kind"] == "undo":
        return Said("Zurückgenommen.", "good", event_id)
    if event is None or event["kind"] not in ("judge", "recheck"):
        return Said("")
    count = len(work.ledger.batch(event.get("batch", ""))) if event.get("batch") else 1
    more = f" ({number_de(count)} Urteile auf einmal)" if count > 1 else ""
    return Said(f"Gespeichert: „{VERDICTS_DE[event['verdict']]}“{more}.", "good", event_id)


def _next(work: Work, after: int, said: Said, but: Pair | None = None) -> Response:
    """The next pair: now and then one for a second opinion, else the first of the queue behind a place."""
    figures = work.figures
    if said.event_id and figures.today % second.EVERY == 0 and not work.wanted.query:
        pair = second.next_to_ask(work.snapshot, work.ledger, work.user)
        if pair is not None:
            return _page(work, pair, said, after=after, is_second=True)
    if work.wanted.sample:
        pair = following(work.sample, but)
        return _page(work, pair, said) if pair else _answer(work, said, None, after)
    waiting = work.queue.next(work.wanted, after, but)
    if waiting is None and but in {one.pair for one in work.queue.pairs if work.wanted(one)}:
        waiting = work.snapshot.by_pair.get(but) if but else None  # the only one left was skipped
    if waiting is None:
        return _answer(work, said, None, after)
    return _page(work, waiting.pair, said)


def _page(
    work: Work, pair: Pair, said: Said, *, after: int = 0, status: int = 200, is_second: bool = False
) -> Response:
    """One pair, as it is now."""
    asks_second = is_second and second.may_ask(work.ledger, pair, work.user)
    view = pair_view(work.snapshot, work.ledger, pair, work.desk.config, is_second=asks_second)
    waiting = work.snapshot.by_pair.get(pair)
    place = waiting.position if waiting and not asks_second else after
    return _answer(work, said, view, place, status)


def _answer(work: Work, said: Said, view: PairView | None, after: int, status: int = 200) -> Response:
    """The page of a pair (None: nothing is left). A form sent without the script leads to the page's own address."""
    request = work.request
    query: dict[str, Any] = {}
    if view is not None:
        query = {"left": view.pair[0], "right": view.pair[1], "blind": "1" if view.is_second else "", "after": after}
    own = address(request, "pair", **query, **work.wanted.query)
    if request.method == "POST" and status == 200 and "HX-Request" not in request.headers:
        return RedirectResponse(f"{own}{'&' if '?' in own else '?'}said={said.event_id}", 303)
    figures = work.figures
    answer = render(
        request, "pair_part.html" if "HX-Request" in request.headers else "pair.html", status,
        said=said, view=view, after=after, figures=figures, wanted=work.wanted, night=work.snapshot.run_id,
        verdicts=VERDICTS_DE, kinds=KINDS_DE,
    )  # fmt: skip
    answer.headers["HX-Replace-Url"] = own
    return answer
