"""What the pages of one desk share, and who may see them."""

from dataclasses import dataclass
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, Request

from dedupe.desk.accounts import Accounts
from dedupe.desk.actions import Actions
from dedupe.desk.attempts import Attempts
from dedupe.desk.config import DeskConfig
from dedupe.desk.ledger import Ledger
from dedupe.desk.sessions import COOKIE, Session, Sessions
from dedupe.desk.snapshot import Snapshot, Snapshots

SAFE = ("GET", "HEAD")
TOKEN = "csrf"  # noqa: S105 - the name of a form field


@dataclass(frozen=True)
class Desk:
    """The snapshot, the journal and the people."""

    config: DeskConfig
    snapshots: Snapshots
    ledger: Ledger
    actions: Actions
    accounts: Accounts
    sessions: Sessions
    attempts: Attempts


class SignInError(Exception):
    """Nobody is signed in."""


class ForbiddenError(Exception):
    """The request is not from our own page; the message is German."""


def the_desk(request: Request) -> Desk:
    """The desk of the app."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(the_desk)]


def a_session(request: Request, desk: AtDesk) -> Session | None:
    """The session of the browser, signed in or not."""
    session = desk.sessions.read(request.cookies.get(COOKIE))
    request.state.session = session
    return session


async def signed_in(request: Request, session: Annotated[Session | None, Depends(a_session)]) -> Session:
    """Let only those pass who are signed in, and only forms that we made. Every page but the sign-in depends on it."""
    if session is None or session.user is None:
        raise SignInError
    await check_token(request, session)
    return session


async def check_token(request: Request, session: Session | None) -> None:
    """Raises ForbiddenError where a request that changes something does not come from a form of this session."""
    if request.method in SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForbiddenError("Die Anfrage kam von einer fremden Seite.")
    token = (await request.form()).get(TOKEN)
    if session is None or not isinstance(token, str) or not compare_digest(token.encode(), session.token.encode()):
        raise ForbiddenError("Die Seite war zu alt. Bitte neu laden und noch einmal senden.")


SignedIn = Annotated[Session, Depends(signed_in)]


def a_user(session: SignedIn) -> str:
    """The name of who is signed in."""
    return session.user or ""


def a_ledger(desk: AtDesk) -> Ledger:
    """The journal with everything that was appended until now."""
    desk.ledger.refresh()
    return desk.ledger


def a_snapshot(desk: AtDesk) -> Snapshot:
    """The snapshot of the last night."""
    return desk.snapshots.newest()


User = Annotated[str, Depends(a_user)]
TheLedger = Annotated[Ledger, Depends(a_ledger)]
TheSnapshot = Annotated[Snapshot, Depends(a_snapshot)]
