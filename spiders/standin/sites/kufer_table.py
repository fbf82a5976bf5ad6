"""A Volkshochschule on Kufer under TYPO3 (the table generation): one list of all courses, in the order of categories.

Its traps: paging wants the session and the check sum of each link (else page one is shown again), columns are told by
the heads they refer to, times are written with a dot, places as booked of all, a course in two categories is in the
list twice, and the course page carries JSON-LD of whole days and the meetings of another course beside its own.
"""

import json
import re
import threading
from hashlib import blake2b
from typing import Generic, TypeVar
from urllib.parse import quote

from spiders.standin.catalogue import Run, transcribe
from spiders.standin.channels import CATEGORIES
from spiders.standin.dice import Dice
from spiders.standin.publish import Publication
from spiders.standin.sites.kufer import day, fee, house, length
from spiders.standin.sites.web import DAYS, Reply, Request, german, month, page, teasers

ROWS = 25
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
T = TypeVar("T")


class Paging(Generic[T]):
    """A list in pages behind a session; every link is signed, and whoever lacks either begins again."""

    def __init__(self, rows: list[T], size: int) -> None:
        self.pages = [rows[cut : cut + size] for cut in range(0, len(rows), size)] or [[]]
        self._sessions: set[str] = set()
        self._lock = threading.Lock()

    def number(self, request: Request) -> int:
        """Which page (from 0) a request gets."""
        signed = [number for number in range(len(self.pages)) if self.sign(number) == request.query.get("cHash")]
        with self._lock:
            return signed[0] if signed and request.session in self._sessions else 0

    def session(self, request: Request) -> str:
        """The visitor's session, a new one if there is none."""
        with self._lock:
            known = request.session in self._sessions
            name = request.session if known else f"{Dice('session', len(self._sessions)).below(1 << 60):015x}"
            self._sessions.add(name)
        return name

    def sign(self, number: int) -> str:
        """The check sum of the link to a page."""
        return blake2b(f"page {number}".encode(), digest_size=16).hexdigest()


class Programme:
    """A site with one list of all courses behind a session, and a page per course number."""

    list_path: str
    course_path: str  # before the words and the number of a course
    rows: int  # of a page of the list

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._index = {publication.ref: index for index, publication in enumerate(publications)}
        self._paging = Paging(in_order(publications), self.rows)

    def answer(self, request: Request) -> Reply | None:
        """The list, course pages, a home page."""
        path = request.path.rstrip("/")
        if path in ("", self.list_path):
            return self._list(request, welcome=not path)
        found = re.fullmatch(rf"{self.course_path}/[^/]+/(.+)", path)
        return self._course(found[1] if found else "")

    def _course(self, number: str) -> Reply | None:
        index = self._index.get(number)
        return None if index is None else self._detail(index)

    def _list(self, request: Request, *, welcome: bool) -> Reply:
        raise NotImplementedError

    def _detail(self, index: int) -> Reply:
        raise NotImplementedError


class KuferTable(Programme):
    """`/kurssuche/liste` and a page per course number."""

    list_path = "/kurssuche/liste"
    course_path = "/kurssuche/kurs"
    rows = ROWS

    def _list(self, request: Request, *, welcome: bool) -> Reply:
        number = 0 if welcome else self._paging.number(request)
        rows = [] if welcome else self._paging.pages[number]
        firsts = [quote(shown[0][1].ref, safe="") if shown else "" for shown in self._paging.pages]
        links = [
            f"/kurssuche/liste?browse=forward&kathaupt=1&knr={first}&cHash={self._paging.sign(at)}"
            for at, first in enumerate(firsts)
        ]
        return page(
            "kufer_table_list.html",
            session=self._paging.session(request),
            title="Kurssuche",
            site=site_name(self._publications),
            rows=[(offer, address(offer), moment(offer.runs[0]), room(offer.runs[0])) for _, offer in rows],
            number=number,
            links=links,
            total=len(self._publications),
            welcome=welcome,
        )

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        run = offer.runs[0]
        others = teasers(self._publications, index)
        return page(
            "kufer_table_detail.html",
            title=offer.title,
            site=site_name(self._publications),
            offer=offer,
            category=CATEGORIES[offer.category][2],
            facts=facts(offer),
            meetings=[
                (german(when), f"{run.start_time} - {run.end_time} Uhr", house(run), run.room)
                for when in run.meetings()
            ],
            data=_json_ld(offer),
            elsewhere=[dotted(other.runs[0])[0] for other in others if dotted(other.runs[0])],
            teasers=[(other.title, address(other), other.price) for other in others],
        )


def in_order(publications: tuple[Publication, ...]) -> list[tuple[str, Publication]]:
    """Category after category, by date, each with its category; a course in two categories comes twice."""
    return [
        (category, offer)
        for category in CATEGORIES
        for offer in sorted(publications, key=lambda each: (str(each.runs[0].start), each.ref))
        if category in (offer.category, offer.second_category)
    ]


def site_name(publications: tuple[Publication, ...]) -> str:
    """The house as its own pages name it."""
    return publications[0].provider if publications else "Volkshochschule"


def address(offer: Publication) -> str:
    """The path of a course page; its words may change, the number at its end does not."""
    words = "-".join(re.findall(r"[A-Za-z0-9]+", transcribe(offer.title)))
    return f"/kurssuche/kurs/{words}{'-neu' if offer.state.relocations % 2 else ''}/{quote(offer.ref, safe='')}"


def moment(run: Run) -> tuple[str, str, str]:
    """The weekday in full and short, and the begin as the list writes it, or words alone."""
    if run.start is None or run.month_only:
        return "", "", month(run.start) if run.start else "nach Vereinbarung"
    weekday = run.start.weekday()
    return WEEKDAYS[weekday], f"{DAYS[weekday]}.", f"{german(run.start)}, {dot(run.start_time)} Uhr"


def dot(time: str) -> str:
    """09:15 as 9.15"""
    hours, minutes = time.split(":")
    return f"{int(hours)}.{minutes}"


def room(run: Run) -> str:
    """Where a run meets, as a row writes it."""
    return f"{house(run)}, {run.room}" if run.room else house(run)


def facts(offer: Publication) -> list[tuple[str, str]]:
    """Labels and values of a course page."""
    run = offer.runs[0]
    count = len(run.meetings())
    rows = [("Kursnummer:", offer.ref), ("Beginn:", begin(run)), ("Dauer:", length(offer)), ("Gebühr:", fee(offer))]
    if count:
        rows.append(("Termine:", str(count)))
    rows += [("Plätze:", f"{run.booked} von {run.capacity}"), ("Kursleitung:", "Erika Beispiel")]
    return [*rows, ("Ansprechpartner:", offer.course.contact), ("Telefon:", offer.course.phone)]


def begin(run: Run) -> str:
    """Di., 10.02.2026, um 18:30 Uhr"""
    if run.start is None or run.month_only:
        return month(run.start) if run.start else "nach Vereinbarung"
    return f"{day(run.start)}, um {run.start_time} Uhr"


def dotted(run: Run) -> list[str]:
    """Montag • 08.09.2025 • 16:00 - 17:30 Uhr • house • room"""
    places = [part for part in (house(run), run.room) if part]
    return [
        " • ".join([WEEKDAYS[when.weekday()], german(when), f"{run.start_time} - {run.end_time} Uhr", *places])
        for when in run.meetings()
    ]


def _json_ld(offer: Publication) -> str:
    """The course for search engines: whole days only, one run as a single object."""
    run = offer.runs[0]
    instance: dict[str, object] = {"@type": "CourseInstance"}
    if run.start:
        instance |= {"startDate": run.start.isoformat(), "endDate": (run.end or run.start).isoformat()}
    if run.site:
        address = {
            "@type": "PostalAddress",
            "streetAddress": run.site.street,
            "postalCode": run.site.postcode,
            "addressLocality": run.site.city,
        }
        instance["location"] = {"@type": "Place", "name": run.site.venue, "address": address}
    data = {"@context": "https://schema.org", "@type": "Course", "name": offer.title, "hasCourseInstance": instance}
    return json.dumps(data).replace("<", "\\u003c")
