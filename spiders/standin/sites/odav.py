"""A chamber of trades on ODAV: lists by offset, an id per page, and other ids' dates on every page.

A third of the listings have all their runs under one id, as some chambers do; the list then shows the id once per date.
Of the others only the first run belongs to the id; further listings of the same course are its "Weitere Termine".
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from spiders.standin.catalogue import Run, slug
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, days_of, euro, free, month, page, span

LIST, NUMBER, ROWS, MOST_ROWS = "/31,0,courselist.html", 31, 20, 100
SHARED_PERCENT = 33  # listings that have all their runs under one id
FORMS = {"full_time": "Vollzeit", "part_time": "Teilzeit"}


class Odav:
    """A list that pages by offset and a page per id; words in an address do not matter."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = {publication.ref: publication for publication in publications}
        entries = [(offer, run) for offer in publications for run in runs_of(offer)]
        self._entries = sorted(entries, key=lambda entry: (str(entry[1].start), entry[0].ref))

    def answer(self, request: Request) -> Reply | None:
        """Lists, details, a home page."""
        if request.path in ("", "/"):
            return page(
                "odav_list.html", title="Kurse und Seminare", rows=[], first=0, last=0, total=0, sheet=1, sheets=1
            )
        if request.path == LIST:
            return self._list(_number(request.query, "offset", 0), _number(request.query, "limit", ROWS))
        offer = self._publications.get(request.query.get("id", ""))
        return self._detail(offer) if offer and request.path.endswith(f"{NUMBER},0,coursedetail.html") else None

    def _list(self, offset: int, limit: int) -> Reply:
        limit = max(1, min(limit, MOST_ROWS))
        shown, total = self._entries[offset : offset + limit], len(self._entries)
        return page(
            "odav_list.html",
            title="Kurse und Seminare",
            rows=[(offer, address(offer), dates(run), form(offer, run), town(run), status(offer, run), serial % 2)
                  for serial, (offer, run) in enumerate(shown)],
            first=offset + 1 if shown else offset,
            last=offset + len(shown),
            total=total,
            sheet=offset // limit + 1,
            sheets=max(1, -(-total // limit)),
        )  # fmt: skip

    def _detail(self, offer: Publication) -> Reply:
        own = runs_of(offer)
        others = [
            (address(other), dates(run), form(other, run), town(run), other.price)
            for other in self._publications.values()
            if other.course.key == offer.course.key and other.ref != offer.ref
            for run in runs_of(other)
        ]
        return page(
            "odav_detail.html",
            title=offer.title,
            offer=offer,
            fees=list(_fees(offer)),
            run=own[0],
            lessons=list(_lessons(offer, own[0])),
            light=status(offer, own[0]),
            own=[(address(offer), dates(run), form(offer, run)) for run in own],
            others=others,
        )


def runs_of(offer: Publication) -> tuple[Run, ...]:
    """The runs that belong to a listing's id."""
    return offer.runs if offer.dice.percent(SHARED_PERCENT) else offer.runs[:1]


def address(offer: Publication) -> str:
    """The path of a detail page; the words in it may change."""
    words = slug(offer.course.title) + ("-neu" if offer.state.relocations % 2 else "")
    return f"/kurse/{words}-{NUMBER},0,coursedetail.html?id={quote(offer.ref)}&search-onr={NUMBER}"


def dates(run: Run) -> str:
    """A run's dates as the software writes them."""
    if run.start is None:
        return "Termine auf Anfrage"
    if run.month_only or run.end is None:
        return month(run.start)
    return span(run.start, run.end)


def form(offer: Publication, run: Run) -> str:
    """The word for the form behind the dates."""
    if offer.course.form != "onsite":
        return "Online"
    if run.weekdays == (5,):
        return "Wochenende"
    if run.start_time >= "17:00":
        return "Abend"
    return FORMS.get(offer.course.schedule or "", "Teilzeit" if offer.course.ue < 100 else "Vollzeit")


def town(run: Run) -> str:
    """Where a card says that a run takes place; nothing for an online one."""
    return run.site.city if run.site else ""


def status(offer: Publication, run: Run) -> str:
    """The words of the traffic light."""
    if run.full:
        return offer.dice.pick(("ausgebucht", "Warteliste"))
    if free(run) <= 3:
        return "wenige Plätze"
    return offer.dice.pick(("ausreichend freie Plätze", "freie Plätze", "Garantierte Durchführung"))


def fee(offer: Publication) -> str:
    """The course fee as published."""
    return "auf Anfrage" if offer.price is None else euro(offer.price)


def _fees(offer: Publication) -> Iterator[tuple[str, str]]:
    yield "Kurs", fee(offer)
    if offer.course.exam_price:
        yield "Prüfung", euro(offer.course.exam_price)


def _lessons(offer: Publication, run: Run) -> Iterator[str]:
    yield dates(run)
    if run.weekdays:
        yield f"{days_of(run)} {run.start_time} - {run.end_time} Uhr"
    yield form(offer, run)


def _number(query: object, name: str, default: int) -> int:
    value = query.get(name, "") if hasattr(query, "get") else ""
    return int(value) if re.fullmatch(r"\d{1,6}", value) else default
