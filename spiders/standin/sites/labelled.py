"""Houses whose pages state a course by labels: DEKRA and IHK in lines, SLV in terms, bz and KH in tables."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from spiders.standin.catalogue import Run, slug
from spiders.standin.inventory import fields
from spiders.standin.publish import Publication
from spiders.standin.sites.web import (
    DAYS,
    Reply,
    Request,
    days_of,
    euro,
    free,
    german,
    in_words,
    month,
    page,
    span,
    teasers,
)

ROWS = 20
Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Dates:
    """A table of several runs: its heads and its rows."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def _clock(run: Run) -> str:
    return f"{days_of(run)} {run.start_time} - {run.end_time} Uhr" if run.start_time else "nach Absprache"


def _place(run: Run, *, long: bool = False) -> str:
    if run.site is None:
        return "Online (Live-Unterricht)"
    return f"{run.site.venue}, {run.site.street}, {run.site.postcode} {run.site.city}" if long else run.site.venue


# --- DEKRA: "Label: value" lines -------------------------------------------------------------------------------------


def _dekra_date(run: Run, offer: Publication) -> str:
    if run.start is None:
        return "Einstieg jederzeit möglich"
    if run.month_only or run.end is None:
        return month(run.start)
    if run.start == run.end:
        return german(run.start)
    if offer.dice.percent(50):
        return f"{in_words(run.start)} bis {in_words(run.end)}"
    return span(run.start, run.end, " – ")


def _dekra_price(offer: Publication) -> str:
    if offer.price is None:
        return "Preis auf Anfrage"
    return euro(offer.price, "%s\u00a0€ MwSt. befreit" if offer.course.series.funding else "%s\u00a0€ zzgl. MwSt.")


def _dekra_places(run: Run) -> str:
    places = free(run)
    return "ausgebucht" if not places else f"noch {places} Plätze frei" if places > 1 else "noch 1 Platz frei"


def dekra(offer: Publication) -> tuple[Rows, Dates | None]:
    """Lines of a DEKRA page; from three runs on they stand in a table."""
    course, text = offer.course, fields()[offer.course.series.field]
    many = len(offer.runs) > 2
    rows = [("Kursnummer", offer.ref)]
    if not many:
        rows += [("Termin", _dekra_date(run, offer)) for run in offer.runs]
    if len(offer.runs) == 1:
        rows.append(("Plätze", _dekra_places(offer.runs[0])))
    rows += [
        ("Unterrichtszeiten", _clock(offer.runs[0])),
        ("Dauer", f"{course.ue} Unterrichtseinheiten (à 45 Minuten)"),
    ]
    rows += [("Preis", _dekra_price(offer)), ("Standort", _place(offer.runs[0], long=True))]
    if course.exam_price:
        rows.append(("Prüfungsgebühr", euro(course.exam_price)))
    if course.series.certificate:
        rows.append(("Abschluss", course.series.certificate))
    rows += [("Zielgruppe", text.audience), ("Voraussetzungen", text.requires)]
    if course.series.funding:
        rows.append(("Förderung", ", ".join(course.series.funding)))
    table = [(_dekra_date(run, offer), _dekra_price(offer), _dekra_places(run)) for run in offer.runs]
    return rows, Dates(("Termin", "Preis", "Plätze"), table) if many else None


# --- SLV: a definition list ------------------------------------------------------------------------------------------


def _slv_price(offer: Publication) -> str:
    if offer.price is None:
        return "auf Anfrage"
    style = offer.dice.pick(("%s EUR", "%s EUR", "%s Euro"))
    text = euro(offer.price, style)
    return text.replace(",00 EUR", ",- EUR") if offer.dice.percent(40) else text


def _slv_places(run: Run) -> str:
    if run.full:
        return "Warteliste" if run.number % 2 else "ausgebucht"
    return f"{free(run)} freie Plätze" if free(run) > 1 else "1 freier Platz"


def _slv_date(run: Run) -> str:
    if run.start is None or run.end is None:
        return "auf Anfrage"
    if run.start.year == run.end.year and run.start != run.end:
        return f"{run.start:%d.%m.} bis {german(run.end)}"  # the year only at the end
    return span(run.start, run.end, " bis ")


def slv(offer: Publication) -> tuple[Rows, Dates | None]:
    """Terms of an SLV page; several runs stand in a table."""
    course, text = offer.course, fields()[offer.course.series.field]
    run, many = offer.runs[0], len(offer.runs) > 1
    rows = [("Lehrgangs-Nr.", offer.ref)]
    if not many:
        rows.append(("Beginn", f"{german(run.start)}, {run.start_time} Uhr" if run.start else "auf Anfrage"))
        if run.end:
            rows.append(("Ende", german(run.end)))
    rows += [("Umfang", f"{course.ue} UStd."), ("Teilnahmegebühr", _slv_price(offer))]
    if course.exam_price:
        rows.append(("Prüfungsgebühr", euro(course.exam_price, "%s EUR")))
    if course.schedule or course.form == "online":
        words = {"full_time": "Vollzeit", "part_time": "Teilzeit", None: ""}[course.schedule]
        rows.append(("Unterrichtsform", "Online" if course.form == "online" else words))
    if not many:
        rows += [("Veranstaltungsort", _place(run, long=True)), ("Plätze", _slv_places(run))]
    rows += [("Zielgruppe", text.audience), ("Abschluss", course.series.certificate or "Teilnahmebescheinigung")]
    if course.series.funding:
        rows.append(("Förderung", " / ".join(course.series.funding)))
    table = [(_slv_date(run), _place(run, long=True), _slv_price(offer), _slv_places(run)) for run in offer.runs]
    return rows, Dates(("Termin", "Veranstaltungsort", "Teilnahmegebühr", "Plätze"), table) if many else None


# --- bz: a table -----------------------------------------------------------------------------------------------------


def _bz_date(run: Run) -> str:
    if run.start is None:
        return "laufender Einstieg"
    if run.month_only or run.end is None:
        return f"{run.start:%m.%Y}"
    first = f"{DAYS[run.start.weekday()]}. {german(run.start)}"
    last = "" if run.start == run.end else f" - {DAYS[run.end.weekday()]}. {german(run.end)}"
    return f"{first}{last}, {run.start_time} - {run.end_time} Uhr"


def _bz_price(offer: Publication) -> str:
    if offer.price is None:
        return "auf Anfrage"
    if offer.price < 50_000 and offer.dice.percent(40):
        return f"{euro(offer.price, '€ %s')} (Mitglieder {euro(offer.price * 8 // 10, '€ %s')})"
    return euro(offer.price, "€ %s")


def bz(offer: Publication) -> tuple[Rows, Dates | None]:
    """Rows of a bz page; several runs stand in a second table."""
    course, run, many = offer.course, offer.runs[0], len(offer.runs) > 1
    rows = [("Kurs-Nr.", offer.ref)]
    if not many:
        rows.append(("Termine", _bz_date(run)))
    rows += [("Dauer", f"{course.ue} U-Std."), ("Gebühr", _bz_price(offer))]
    if course.exam_price:
        rows.append(("Prüfungsgebühr", euro(course.exam_price, "€ %s")))
    if not many:
        rows.append(("Ort", _place(run, long=True)))
        if run.start and not run.month_only:
            rows.append(("Anmeldeschluss", german(run.start - timedelta(10))))
        rows.append(("Verfügbarkeit", "ausgebucht" if run.full else "Plätze frei"))
    words = {"full_time": "Vollzeit", "part_time": "Teilzeit (berufsbegleitend)", None: "Seminar"}[course.schedule]
    rows.append(("Unterrichtsform", f"{words}, online" if course.form == "online" else f"{words}, Präsenz"))
    if course.series.certificate:
        rows.append(("Abschluss", course.series.certificate))
    if course.series.funding:
        rows.append(("Förderung", ", ".join(course.series.funding)))
    table = [
        (
            _bz_date(run),
            _place(run, long=True),
            _bz_price(offer),
            "ausgebucht" if run.full else f"{free(run)} Plätze frei",
        )
        for run in offer.runs
    ]
    return rows, Dates(("Termin", "Ort", "Preis", "Plätze"), table) if many else None


# --- IHK: lines of other words; KH: a table -------------------------------------------------------------------------


def _plain_date(run: Run) -> str:
    if run.start is None or run.end is None:
        return month(run.start) if run.start else "auf Anfrage"
    return span(run.start, run.end, " bis ")


def ihk(offer: Publication) -> tuple[Rows, Dates | None]:
    """Lines of an IHK page; every run is a row of a table."""
    course, text = offer.course, fields()[offer.course.series.field]
    price = euro(offer.price, "%s €") if offer.price is not None else "auf Anfrage"
    rows = [("Veranstaltungsnummer", offer.ref), ("Entgelt", price), ("Umfang", f"ca. {course.ue} Unterrichtsstunden")]
    if course.exam_price:
        rows.append(("Prüfungsgebühren", euro(course.exam_price, "%s €")))
    rows += [("Teilnehmerkreis", text.audience), ("Zugangsvoraussetzungen", text.requires)]
    if course.series.certificate:
        rows.append(("Ihr Abschluss", course.series.certificate))
    table = [(_plain_date(run), _clock(run), _place(run, long=True), _slv_places(run)) for run in offer.runs]
    return rows, Dates(("Zeitraum", "Zeiten", "Ort", "Status"), table)


def kh(offer: Publication) -> tuple[Rows, Dates | None]:
    """Rows of a page of the Kreishandwerkerschaft, and a table of its runs."""
    course = offer.course
    price = euro(offer.price, "%s Euro") if offer.price is not None else "auf Anfrage"
    rows = [("Lehrgangsnummer", offer.ref), ("Lehrgangsdauer", f"{course.ue} Std."), ("Lehrgangskosten", price)]
    if course.exam_price:
        rows.append(("Prüfungskosten", euro(course.exam_price, "%s Euro")))
    rows.append(("Durchführung", "Online" if course.form == "online" else "Präsenz"))
    if course.series.funding:
        rows.append(("Finanzielle Förderung", ", ".join(course.series.funding)))
    table = [(_plain_date(run), _clock(run), _place(run, long=True)) for run in offer.runs]
    return rows, Dates(("Termin", "Unterrichtszeiten", "Lehrgangsort"), table)


# --- the site --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class House:
    """What sets one labelled site apart from the others."""

    name: str
    layout: str  # lines | terms | table
    colour: str
    charset: str
    state: Callable[[Publication], tuple[Rows, Dates | None]]


HOUSES = {
    "dekra": House("DEKRA Akademie", "lines", "#007a4d", "utf-8", dekra),
    "slv": House("SLV Bildungszentren Rhein-Ruhr", "terms", "#003a70", "windows-1252", slv),
    "bz": House("bz Bildungszentrum des Handels", "table", "#b3122a", "utf-8", bz),
    "gafoeg": House("GAFÖG", "terms", "#e2001a", "utf-8", slv),
    "ihk-nord-westfalen": House("IHK Nord Westfalen", "lines", "#003366", "utf-8", ihk),
    "kh-emscher-lippe-west": House("Kreishandwerkerschaft Emscher-Lippe-West", "table", "#5a5a5a", "iso-8859-15", kh),
}


class Labelled:
    """Lists of 20 with a link to the next page, and a page per course number."""

    def __init__(self, host: str, publications: tuple[Publication, ...], house: House) -> None:
        self.host = host
        self._house = house
        self._publications = publications
        self._index = {str(publication.serial): index for index, publication in enumerate(publications)}

    def answer(self, request: Request) -> Reply | None:
        """A home page, the list /kurse?seite=N and details /kurse/<words>-<n>."""
        path = request.path.rstrip("/")
        if path == "":
            return self._list(0, home=True)
        if path == "/kurse":
            number = request.query.get("seite", "1")
            return self._list(int(number)) if number.isdecimal() and int(number) > 0 else None
        match = re.fullmatch(r"/kurse/[a-z0-9-]*-(\d+)", path)
        if match and match[1] in self._index:
            return self._detail(self._index[match[1]])
        return None

    def _list(self, number: int, *, home: bool = False) -> Reply:
        pages = max(1, -(-len(self._publications) // ROWS))
        if number > pages and not home:
            return page(
                "labelled_list.html",
                house=self._house,
                charset=self._house.charset,
                title="Keine Kurse",
                rows=[],
                number=number,
                pages=pages,
                total=0,
            )
        rows = (
            []
            if home
            else [
                (offer, address(offer), _place(offer.runs[0]))
                for offer in self._publications[(number - 1) * ROWS : number * ROWS]
            ]
        )
        title = f"Willkommen bei {self._house.name}" if home else "Unsere Kurse"
        total = len(self._publications)
        return page(
            "labelled_list.html",
            house=self._house,
            charset=self._house.charset,
            title=title,
            rows=rows,
            number=number,
            pages=pages,
            total=total,
        )

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        rows, dates = self._house.state(offer)
        others = [(other.title, address(other), other.price) for other in teasers(self._publications, index)]
        return page(
            "labelled_detail.html",
            charset=self._house.charset,
            house=self._house,
            title=offer.title,
            offer=offer,
            rows=rows,
            dates=dates,
            teasers=others,
        )


def address(offer: Publication) -> str:
    """The path of a detail page; its words may change, the number at its end does not."""
    return f"/kurse/{slug(offer.course.title)}{'-neu' if offer.state.relocations % 2 else ''}-{offer.serial}"
