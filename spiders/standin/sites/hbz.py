"""The HBZ site: A-Z lists that link every course twice, detail pages whose state is told by an icon class alone."""

import re

from spiders.standin.catalogue import Run, slug
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, euro, month, page, teasers

LISTS = {"/de/meister/meisterschulen-von-a-bis-z": True, "/de/weiterbildung/kurse-von-a-bis-z": False}
MEISTER = ("meister", "meister-kfm", "hwo")
STATES = {"open": "icon--course-open", "few": "icon--course-almost-full", "full": "icon--course-fully-booked"}


class Hbz:
    """Two lists and a page per id."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._index = {publication.ref: index for index, publication in enumerate(publications)}

    def answer(self, request: Request) -> Reply | None:
        """Lists, details, a home page."""
        path = request.path.rstrip("/")
        if path in ("", "/de"):
            return page("hbz_list.html", title="Willkommen im HBZ", rows=[])
        if path in LISTS:
            shown = [offer for offer in self._publications if (offer.course.series.id in MEISTER) is LISTS[path]]
            rows = sorted(
                ((offer.title, address(offer)) for offer in shown), key=lambda row: (row[0].casefold(), row[1])
            )
            return page(
                "hbz_list.html", title="Meisterschulen von A bis Z" if LISTS[path] else "Kurse von A bis Z", rows=rows
            )
        match = re.fullmatch(r"/de/weiterbildung/[a-z0-9-]*-(\d+)", path)
        if match and match[1] in self._index:
            index = self._index[match[1]]
            return self._detail(self._publications[index], teasers(self._publications, index))
        return None

    def _detail(self, offer: Publication, others: list[Publication]) -> Reply:
        course = offer.course
        schedule = {
            "full_time": "Vollzeit",
            "part_time": "Teilzeit",
            None: "Teilzeit" if course.ue < 100 else "Vollzeit",
        }[course.schedule]
        fees = [("Kursgebühr", euro(offer.price, "%s\u00a0€") if offer.price is not None else "auf Anfrage")]
        if course.exam_price:
            fees.append(("Prüfungsgebühr", euro(course.exam_price, "%s\u00a0€")))
        site = next((run.site for run in offer.runs if run.site), None)
        facts = [
            ("Dauer", f"{course.ue} Unterrichtsstunden"),
            ("Unterrichtsform", schedule if course.form == "onsite" else "Online"),
        ]
        facts.append(
            ("Ort", f"{site.venue}, {site.street}, {site.postcode} {site.city}" if site else "Online-Veranstaltung")
        )
        if course.series.certificate:
            facts.append(("Abschluss", course.series.certificate))
        runs = [(_dates(run), STATES[_state(run.capacity - run.booked)]) for run in offer.runs]
        return page(
            "hbz_detail.html",
            title=offer.title,
            offer=offer,
            fees=fees,
            facts=facts,
            runs=runs,
            teasers=[(other.title, address(other), other.price) for other in others],
        )


def address(offer: Publication) -> str:
    """The path of a detail page; its words may change, the id at its end does not."""
    words = slug(offer.course.title) + ("-neu" if offer.state.relocations % 2 else "")
    return f"/de/weiterbildung/{words}-{offer.ref}"


def _state(places: int) -> str:
    return "full" if places <= 0 else "few" if places <= 3 else "open"


def _dates(run: Run) -> str:
    """22.10.27 - 19.01.30"""
    if run.start is None:
        return "Termin folgt"
    if run.month_only or run.end is None:
        return month(run.start)
    return f"{run.start:%d.%m.%y} - {run.end:%d.%m.%y}"
