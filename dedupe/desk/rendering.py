"""From a template to an answer: autoescaped always, with the words and filters every page needs."""

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dedupe.desk import german
from dedupe.desk.side_by_side import MARKS_DE
from normalize.labels import label
from normalize.links import read_url
from normalize.text import html_to_text

SHOWN = 300  # characters of a foreign text before the rest is folded away

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The page of a template."""
    session = getattr(request.state, "session", None)

    def path(route: str, /, **query: Any) -> str:
        return address(request, route, **query)

    return HTMLResponse(
        _environment.get_template(template).render(
            request=request,
            session=session if session and session.user else None,
            token=session.token if session else "",
            navigation=request.app.state.navigation,
            profile=request.app.state.desk.config.profile,
            path=path,
            static=lambda name: f"{address(request, 'home')}static/{name}?{asset(name)}",
            here=getattr(request.scope.get("route"), "name", None),
            is_fragment="HX-Request" in request.headers,
            **context,
        ),
        status,
    )


def address(request: Request, route: str, /, **query: Any) -> str:
    """The path of a route below the root path, with a query of what is neither None nor empty. Never with a host: what
    the browser calls us is not ours to repeat."""
    path = request.scope.get("root_path", "").rstrip("/") + str(request.app.url_path_for(route))
    given = [(key, value) for key, value in query.items() if value not in (None, "")]
    return f"{path}?{urlencode(given)}" if given else path


def here(request: Request) -> str:
    """The address of the request as the browser knows it, whether or not a proxy took the root path away."""
    root = request.scope.get("root_path", "").rstrip("/")
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{root}{request.scope['path'].removeprefix(root)}{query}"


def asset(name: str) -> str:
    """The version of a static file: browsers may keep it until it changes."""
    return str(int((Path(__file__).with_name("static") / name).stat().st_mtime))


def clean(text: object) -> str:
    """Foreign text without control characters and without marks that turn the direction of what follows."""
    return "".join(
        sign for sign in str(text) if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs")
    )


def foreign(text: object, most: int = SHOWN) -> Markup:
    """Text from a crawled page: escaped, isolated in its direction, and folded after `most` characters."""
    shown = clean(text or "")
    if len(shown) <= most:
        return Markup('<bdi class="foreign">{}</bdi>').format(shown)
    return Markup(
        '<bdi class="foreign">{}…</bdi><details class="rest"><summary>ganzer Text ({} Zeichen)</summary>'
        '<bdi class="foreign">{}</bdi></details>'
    ).format(shown[:most], german.number_de(len(shown)), shown[:LONGEST])


LONGEST = 20_000  # characters of one text that a page ever carries


def short(text: object, most: int = 120) -> Markup:
    """The same cut without the rest: for lists."""
    shown = clean(text or "")
    return Markup('<bdi class="foreign">{}</bdi>').format(shown if len(shown) <= most else f"{shown[:most]}…")


def safe_link(url: str | None) -> str | None:
    """The address if a browser may be sent there: http and https only."""
    return read_url(url).value if url else None


_environment.filters.update(
    date=german.date_de,
    moment=german.moment_de,
    night=german.night_de,
    number=german.number_de,
    percent=german.percent_de,
    price=german.price_de,
    place=german.place_de,
    run=german.run_de,
    duration=german.duration_de,
    seats=german.seats_de,
    text=html_to_text,
    foreign=foreign,
    short=short,
    link=safe_link,
    clean=clean,
)
_environment.globals.update(label=label, marks=MARKS_DE)
