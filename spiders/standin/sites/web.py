"""What all stand-in sites share: a request, a reply, templates, and the ways in which German houses write values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spiders.standin.catalogue import Run
from spiders.standin.publish import Publication

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
    "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
ROBOTS = "User-agent: *\nDisallow: /intern/\n"
ROBOTS_CLOSED = "User-agent: *\nDisallow: /\n"


@dataclass(frozen=True, slots=True)
class Request:
    """A GET as a site sees it: header names in lower case, `session` is the visitor's cookie or empty."""

    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    session: str = ""

    @property
    def address(self) -> str:
        """Path and query as one string."""
        return quote(self.path) + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer before any fault is applied to it."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    session: str = ""  # set as the visitor's cookie
    headers: Mapping[str, str] = field(default_factory=dict)


class Site(Protocol):
    """A stand-in site: what it shows in one night."""

    host: str

    def answer(self, request: Request) -> Reply | None:
        """The answer to a request; None where the site has no such page."""


@cache
def _templates() -> Environment:
    folder = Path(__file__).parents[1] / "templates"
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["euro"] = euro
    return made


def page(template: str, *, charset: str = "utf-8", status: int = 200, session: str = "", **values: Any) -> Reply:
    """A rendered page; what the charset lacks becomes a character reference."""
    html = _templates().get_template(template).render(charset=charset, **values)
    return Reply(html.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}", status, session)


def euro(cents: int, style: str = "%s €") -> str:
    """An amount as written in Germany: 123456 -> "1.234,56 €"; the style places the currency."""
    whole, rest = divmod(cents, 100)
    return style % (f"{whole:,}".replace(",", ".") + f",{rest:02d}")


def german(day: date) -> str:
    """15.01.2027"""
    return f"{day:%d.%m.%Y}"


def in_words(day: date) -> str:
    """15. Januar 2027"""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def month(day: date) -> str:
    """Januar 2027"""
    return f"{MONTHS[day.month - 1]} {day.year}"


def span(start: date, end: date, dash: str = " - ") -> str:
    """15.01.2027 - 20.01.2027, or the one day."""
    return german(start) if start == end else f"{german(start)}{dash}{german(end)}"


def days_of(run: Run) -> str:
    """The weekdays of a run: "Mo - Fr" or "Di, Do"."""
    if run.weekdays == (0, 1, 2, 3, 4):
        return "Mo - Fr"
    return ", ".join(DAYS[day] for day in run.weekdays)


def free(run: Run) -> int:
    """How many places are left."""
    return max(0, run.capacity - run.booked)


def teasers(publications: tuple[Publication, ...], index: int) -> list[Publication]:
    """Four other listings to advertise beside one."""
    others = (publications[(index + step) % len(publications)] for step in (3, 7, 12, 17))
    return list({other.ref: other for other in others if other is not publications[index]}.values())
