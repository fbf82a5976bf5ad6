"""The Volkshochschule on Kufer (the card generation): category pages of 50 rows, whose paging lives in the session."""

import re
import threading
from datetime import date
from urllib.parse import quote

from spiders.standin.catalogue import Run, transcribe
from spiders.standin.channels import CATEGORIES
from spiders.standin.dice import Dice
from spiders.standin.publish import Publication
from spiders.standin.sites.web import DAYS, Reply, Request, euro, free, german, month, page, teasers

ROWS = 50


class Kufer:
    """Category pages and details. The session remembers which category a visitor looks at: whoever reads two categories
    side by side in one session gets the pages of the one opened last."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._index = {publication.ref: index for index, publication in enumerate(publications)}
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply | None:
        """Category pages (with a session), details, a home page."""
        parts = [part for part in request.path.split("/") if part]
        if not parts:
            return page(
                "kufer_list.html", title="Volkshochschule Recklinghausen", categories=CATEGORIES, rows=[], forward=None
            )
        found = re.search(r"/kursdetails/kurs/([^/]+)/", request.path)
        if found:
            index = self._index.get(found[1])
            return None if index is None else self._detail(index)
        if parts[0] not in CATEGORIES:
            return None
        if len(parts) == 1:
            return self._list(request, parts[0], after=None)
        after = re.search(r"/browse/forward/kathaupt/\d+/knr/([^/]+)", request.path)
        return self._list(request, parts[0], after=after[1]) if after else None

    def _list(self, request: Request, category: str, after: str | None) -> Reply:
        with self._lock:
            session = request.session if request.session in self._sessions else ""
            if after is None:
                session = session or f"{Dice('session', len(self._sessions)).below(1 << 60):015x}"
                self._sessions[session] = category
            else:
                category = self._sessions.get(session, category)
        shown = [offer for offer in self._publications if category in (offer.category, offer.second_category)]
        shown.sort(key=lambda offer: (str(offer.runs[0].start), offer.ref))
        places = [index for index, offer in enumerate(shown) if offer.ref == after]
        # without its session (or after the last row vanished) the site begins again at page one
        first = places[0] + 1 if places and session else 0
        rows = shown[first : first + ROWS]
        more = first + ROWS < len(shown)
        forward = (
            f"/{category}/kw/bereich/kursliste/browse/forward/kathaupt/{CATEGORIES[category][0]}/knr/{rows[-1].ref}/"
            if more
            else None
        )
        return page(
            "kufer_list.html",
            session=session,
            title=CATEGORIES[category][2],
            categories=CATEGORIES,
            rows=[(offer, address(offer, category), facts(offer)) for offer in rows],
            forward=forward,
        )

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        run = offer.runs[0]
        sessions = [
            (day(when), f"{run.start_time} - {run.end_time} Uhr", house(run), run.room) for when in run.meetings()
        ]
        others = [
            (other.title, address(other, other.category), other.price) for other in teasers(self._publications, index)
        ]
        return page(
            "kufer_detail.html",
            title=offer.title,
            categories=CATEGORIES,
            offer=offer,
            facts=details(offer),
            sessions=sessions,
            teasers=others,
        )


def address(offer: Publication, category: str) -> str:
    """The path as the site writes it: blanks unescaped, umlauts transcribed, punctuation dropped."""
    name = " ".join(re.sub(r"[^A-Za-z0-9 -]", "", transcribe(offer.title)).split())
    number, course = CATEGORIES[category][0], quote(offer.ref)
    return f"/{category}/kw/bereich/kursdetails/kurs/{course}/kursname/{name}/kategorie-id/{number}"


def day(when: date) -> str:
    """Di., 10.02.2026"""
    return f"{DAYS[when.weekday()]}., {german(when)}"


def house(run: Run) -> str:
    """The house a run meets in."""
    return run.site.venue if run.site else "online"


def venue(offer: Publication) -> str:
    """House and room as a card writes them."""
    run = offer.runs[0]
    if run.site is None:
        return offer.dice.pick(("online", "Online"))
    return (
        f"{run.site.venue}; {run.room}"
        if run.site.venue == "Bürgerhaus Süd"
        else f"{run.site.venue} {run.room}".strip()
    )


def begin(run: Run) -> str:
    """The first meeting, with its times."""
    if run.start and run.month_only:
        return month(run.start)
    return f"{day(run.start)}, {run.start_time} - {run.end_time} Uhr" if run.start else "nach Vereinbarung"


def length(offer: Publication) -> str:
    """10 Termine"""
    count = len(offer.runs[0].meetings())
    if not count:
        return f"{offer.course.ue} UE"
    return f"{count} Termin{'e' if count != 1 else ''}"


def fee(offer: Publication) -> str:
    """The price, perhaps with the reduced one."""
    if not offer.price:
        return "kostenfrei" if offer.price == 0 else "auf Anfrage"
    if offer.course.series.category in ("sprachen", "gesundheit") and offer.dice.percent(40):
        return f"{euro(offer.price)} (erm. {euro(offer.price * 6 // 10)})"
    return euro(offer.price)


def status(offer: Publication) -> str:
    """Whether places are left, in one of several wordings."""
    run = offer.runs[0]
    if run.full:
        return offer.dice.pick(("ausgebucht", "Warteliste", "Dieser Kurs ist leider ausgebucht"))
    return "fast ausgebucht" if free(run) <= 3 else "Plätze frei"


def facts(offer: Publication) -> list[tuple[str, str]]:
    """Labels and values of a row."""
    run = offer.runs[0]
    return [
        ("Beginn", begin(run)),
        ("Kursort", venue(offer)),
        ("Dauer", length(offer)),
        ("Gebühr", fee(offer)),
        ("Kursnr.", offer.ref),
    ]


def details(offer: Publication) -> list[tuple[str, str]]:
    """Labels and values of a detail page."""
    run = offer.runs[0]
    rows = [("Kursnummer", offer.ref), ("Status", status(offer)), ("Beginn", begin(run))]
    if run.end:
        rows.append(("Ende", day(run.end)))
    rows += [("Dauer", length(offer)), ("Gebühr", fee(offer)), ("Kursort", venue(offer))]
    if run.site:
        rows.append(("Adresse", f"{run.site.street}, {run.site.postcode} {run.site.city}"))
    return rows
