"""The app: one desk, its pages, and what holds for every answer."""

from pathlib import Path

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dedupe.desk.accounts import Accounts, signing_key
from dedupe.desk.actions import Actions
from dedupe.desk.attempts import Attempts
from dedupe.desk.config import DeskConfig
from dedupe.desk.desk import Desk, ForbiddenError, SignInError, a_session, signed_in
from dedupe.desk.headers import BodyLimit, Headers, KeptFiles, UnderPath
from dedupe.desk.ledger import Ledger
from dedupe.desk.pages import PAGES, login
from dedupe.desk.rendering import address, here, render
from dedupe.desk.sessions import Sessions
from dedupe.desk.snapshot import NoSnapshotError, Snapshots

STATIC = Path(__file__).with_name("static")


def create_app(snapshot: Path, journal: Path, actions: Actions, config: DeskConfig) -> FastAPI:
    """The stewards' desk on the snapshot folder (usually the link `review/current`), appending to this journal."""
    accounts = Accounts(config.accounts)
    app = FastAPI(title="Bildungsraum Prüftisch", openapi_url=None)
    app.state.desk = Desk(
        config=config,
        snapshots=Snapshots(snapshot),
        ledger=Ledger(journal, config.now),
        actions=actions,
        accounts=accounts,
        sessions=Sessions(signing_key(config.secret), accounts, config.session, config.now),
        attempts=Attempts(config.now),
    )
    app.state.navigation = [page for page in PAGES if page.label]
    app.add_middleware(BodyLimit)
    app.add_middleware(Headers)
    app.add_middleware(UnderPath, root_path=config.root_path)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    app.include_router(login.router, dependencies=[Depends(a_session)])
    for page in PAGES:
        app.include_router(page.router, dependencies=[Depends(signed_in)])
    app.add_exception_handler(SignInError, _to_sign_in)
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_exception_handler(NoSnapshotError, _no_night)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _other)
    return app


def _to_sign_in(request: Request, _error: Exception) -> Response:
    """Nothing is shown: a page leads to the sign-in and back, anything else to the sign-in alone."""
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": address(request, "login")})
    return RedirectResponse(address(request, "login", next=here(request) if request.method == "GET" else None), 303)


def _forbidden(request: Request, error: Exception) -> Response:
    return render(request, "message.html", 403, title="Das geht so nicht", text=str(error))


def _no_night(request: Request, _error: Exception) -> Response:
    text = "Sobald die erste Nacht zu Ende gegangen ist, stehen hier die Paare zum Prüfen."
    return render(request, "message.html", 503, title="Noch keine Nacht", text=text)


def _unreadable(request: Request, _error: Exception) -> Response:
    text = "Die Anfrage war unvollständig oder nicht lesbar. Es wurde nichts gespeichert."
    return render(request, "message.html", 422, title="Das war nicht zu verstehen", text=text)


def _other(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    title = "Diese Seite gibt es nicht" if error.status_code == 404 else "Das geht so nicht"
    text = "" if error.detail in ("Not Found", "Method Not Allowed") else str(error.detail)
    return render(request, "message.html", error.status_code, title=title, text=text)
