"""The pair: both offers side by side, and what decides on them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dedupe.desk.desk import TheSnapshot
from dedupe.desk.page import Page
from dedupe.desk.pages.queue import TheQueue, Wanted
from dedupe.desk.rendering import render

router = APIRouter()
PAGE = Page(router, "pair")

OfferId = Annotated[str, Query(max_length=500)]


@router.get("/pair", name="pair")
def show_pair(
    request: Request,
    snapshot: TheSnapshot,
    queue: TheQueue,
    wanted: Wanted,
    left: OfferId = "",
    right: OfferId = "",
) -> Response:
    """A pair by its ids; without ids the next one of the queue."""
    pair = (left, right) if left < right else (right, left)
    if not left and (waiting := queue.next(wanted)):
        pair = waiting.pair
    offers = [snapshot.offer(offer_id) for offer_id in pair]
    return render(request, "pair.html", offers=offers)
