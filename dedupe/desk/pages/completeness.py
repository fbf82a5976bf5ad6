"""How completely each provider describes its offers, with the letter, and as a table to send."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dedupe.desk.desk import TheSnapshot
from dedupe.desk.german import night_de
from dedupe.desk.handouts import COMPLETENESS, Row, rows
from dedupe.desk.page import Page
from dedupe.desk.rendering import clean, render
from dedupe.desk.workbook import download, workbook
from normalize.text import fold

router = APIRouter()
PAGE = Page(router, "completeness")

ON_A_PAGE = 50
HEADS = (("Anbieter", 40), ("Angebote", 10), ("vollständig in %", 10), ("am häufigsten fehlt", 50), ("Anschreiben", 90))

Text = Annotated[str, Query(max_length=300)]


@router.get("/completeness", name="completeness")
def show_completeness(
    request: Request, snapshot: TheSnapshot, q: Text = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The providers, the least complete first."""
    found = [row for row in rows(snapshot, COMPLETENESS) if fold(q) in fold(row["name"])]
    return render(
        request, "completeness.html",
        providers=found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], page=page, pages=-(-len(found) // ON_A_PAGE),
        q=q, night=snapshot.run_id,
    )  # fmt: skip


@router.get("/completeness.xlsx", name="completeness_xlsx", response_class=Response)
def give_completeness(snapshot: TheSnapshot, provider: Text = "") -> Response:
    """The list as a workbook; with a provider's key only its own line, to be sent to it."""
    chosen = [row for row in rows(snapshot, COMPLETENESS) if provider in ("", row["key"])]
    name = f"vollstaendigkeit-{night_de(snapshot.run_id).replace('.', '-')}"
    return download(name, workbook("Vollständigkeit", HEADS, map(_line, chosen)))


def _line(row: Row) -> tuple[str | float, ...]:
    missing = ", ".join(f"{name} ({count})" for name, count in row["missing"])
    return clean(row["name"]), row["offers"], row["score"], missing, clean(row["letter"])
