"""Signing in and out: the only pages that show themselves to everybody."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from dedupe.desk.accounts import LONGEST
from dedupe.desk.desk import AtDesk, check_token
from dedupe.desk.rendering import address, render
from dedupe.desk.sessions import COOKIE, Session

router = APIRouter()


def _session(request: Request) -> Session | None:
    found: Session | None = request.state.session
    return found


@router.get("/login", name="login")
def show_login(request: Request, desk: AtDesk, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """The form; a browser without a session is given one, for its token."""
    session = _session(request)
    if session is None:
        cookie = desk.sessions.issue()
        request.state.session = desk.sessions.read(cookie)
        answer = _form(request, next)
        _set_cookie(request, answer, cookie)
        return answer
    if session.user:
        return RedirectResponse(address(request, "queue"), 303)
    return _form(request, next)


@router.post("/login", name="login")
async def sign_in(
    request: Request,
    desk: AtDesk,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=LONGEST)] = "",
    next: Annotated[str, Form(max_length=4000)] = "",  # noqa: A002
) -> Response:
    """Check name and password, slowly for who fails often."""
    await check_token(request, _session(request))
    name = name.strip().lower()
    peer = request.client.host if request.client else "?"
    if wait := desk.attempts.wait(name, peer):
        minutes = 1 + int(wait.total_seconds() // 60)
        text = f"Zu viele Versuche. Bitte in {minutes} Minuten wieder versuchen."
        answer = _form(request, next, text, 429)
        answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return answer
    account = await run_in_threadpool(desk.accounts.check, name, password)
    if account is None:
        desk.attempts.failed(name, peer)
        return _form(request, next, "Name oder Passwort stimmen nicht.", 403)
    desk.attempts.succeeded(name, peer)
    answer = RedirectResponse(next if _is_ours(request, next) else address(request, "queue"), 303)
    _set_cookie(request, answer, desk.sessions.issue(account))
    return answer


@router.post("/logout", name="logout")
async def sign_out(request: Request) -> Response:
    """Forget who is signed in on this browser."""
    await check_token(request, _session(request))
    answer = RedirectResponse(address(request, "login"), 303)
    answer.delete_cookie(COOKIE, path=_cookie_path(request))
    return answer


def _form(request: Request, wanted: str, error: str = "", status: int = 200) -> Response:
    return render(request, "login.html", status, wanted=wanted if _is_ours(request, wanted) else "", error=error)


def _is_ours(request: Request, target: str) -> bool:
    """Whether an address is a page of this desk: a path below the root path, without a host or a trick to name one."""
    root = request.scope.get("root_path", "").rstrip("/") + "/"
    plain = target.isprintable() and "\\" not in target and not target.startswith("//")
    return plain and target.startswith(root)


def _set_cookie(request: Request, answer: Response, cookie: str) -> None:
    answer.set_cookie(
        COOKIE,
        cookie,
        path=_cookie_path(request),
        httponly=True,
        samesite="lax",  # a link in a mail leads to its page; what changes something needs the token too
        secure=request.url.scheme == "https",
    )


def _cookie_path(request: Request) -> str:
    return request.scope.get("root_path", "").rstrip("/") or "/"
