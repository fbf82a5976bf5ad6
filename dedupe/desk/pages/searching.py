"""Searching: any course or offer; from a course also another one to hold against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dedupe.desk.desk import TheSnapshot
from dedupe.desk.page import Page
from dedupe.desk.rendering import render
from dedupe.desk.search import Hit, find
from dedupe.desk.snapshot import OfferCard, Snapshot

router = APIRouter()
PAGE = Page(router, "search", "Suchen")

MOST = 50  # courses on a page of results
EACH = 5  # offers of a course that are named

Text = Annotated[str, Query(max_length=300)]


@router.get("/search", name="search")
def show_search(request: Request, snapshot: TheSnapshot, q: Text = "", beside: Text = "") -> Response:
    """What has all words of the question. `beside` is an offer that the results can be compared with."""
    found = find(snapshot.con, q, MOST)
    results = [_result(snapshot, hit) for hit in found.hits]
    other = snapshot.card(beside) if beside else None
    return render(request, "search.html", q=q, results=results, more=found.more, other=other)


@dataclass(frozen=True, slots=True)
class Result:
    """A course, or an offer that is none's, with some of the offers that were found."""

    title: str
    senior: OfferCard
    offers: Sequence[OfferCard]
    others: int  # that were found as well


def _result(snapshot: Snapshot, hit: Hit) -> Result:
    senior = (snapshot.members(hit.course_id, 1) if hit.course_id else snapshot.cards(hit.offers[:1]))[0]
    course = snapshot.course(hit.course_id) if hit.course_id else None
    title = (course and course["title"]) or senior.title or senior.offer_id
    return Result(title, senior, snapshot.cards(hit.offers[:EACH]), max(0, len(hit.offers) - EACH))
