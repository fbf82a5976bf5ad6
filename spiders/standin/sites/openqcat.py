"""A provider's openQ-cat export: offers and runs as SERVICEs of one file, in no helpful order.

The traps of real exports: an offer that is a run itself beside one that only has a place, runs before their offer or
far behind it, runs without a title, an advertising period beside the dates, codes without text, `type` of EDUCATION
that is true for a run, an amount of zero that only means "ask us".
"""

import zlib
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from lxml import etree

from spiders.standin.catalogue import Run
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, days_of, month

CATALOGUE = "/export/katalog.xml"
BERLIN = ZoneInfo("Europe/Berlin")
FORMS = {
    "onsite": ("101", "Präsenzunterricht"),
    "online": ("201", "Virtuelles Klassenzimmer"),
    "self_paced": ("402", "Fernlehrgang"),
}
CLASSES = ((3, 1), (7, 2), (31, 3), (92, 4), (183, 5), (366, 6), (731, 7), (1096, 8))  # up to so many days

Element = etree._Element


class OpenQCat:
    """One file."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications

    def answer(self, request: Request) -> Reply | None:
        """The export."""
        if request.path != CATALOGUE:
            return None
        tree = _catalogue(self._publications)
        body = etree.tostring(tree, encoding="iso-8859-15", xml_declaration=True, pretty_print=True)
        return Reply(cast(bytes, body), "application/xml; charset=iso-8859-15")


def run_ref(offer: Publication, run: Run) -> str:
    """The PRODUCT_ID of a run; the offer's own number is that of the run it carries itself."""
    return offer.ref if run is own_run(offer) else f"{offer.ref}-{run.number + 1:02d}"


def own_run(offer: Publication) -> Run | None:
    """The run that the SERVICE of the offer states itself; many offers state none."""
    return offer.runs[0] if len(offer.runs) == 1 or offer.dice.percent(50) else None


def _catalogue(offers: tuple[Publication, ...]) -> Element:
    root = etree.Element("OPENQCAT", version="1.1")
    header = etree.SubElement(root, "HEADER")
    _add(header, "GENERATOR_INFO", "Export der nachgestellten Quelle")
    about = etree.SubElement(header, "CATALOG")
    for name, value in (("LANGUAGE", "deu"), ("CATALOG_ID", "1"), ("CATALOG_VERSION", "Vers_KURSNET")):
        _add(about, name, value)
    for name in sorted({offer.provider for offer in offers}):
        supplier = etree.SubElement(header, "SUPPLIER")
        _add(supplier, "SUPPLIER_ID", _supplier_id(name), type="supplier_specific")
        _add(supplier, "SUPPLIER_NAME", name)
    catalogue = etree.SubElement(root, "NEW_CATALOG", FULLCATALOG="1")
    far_behind: list[Element] = []
    for offer in offers:
        own = own_run(offer)
        parent = _service(offer, offer.ref, own, texts=True)
        children = [_service(offer, run_ref(offer, run), run, texts=False) for run in offer.runs if run is not own]
        order = offer.dice.below(3)
        catalogue.extend([*children, parent] if order == 0 else [parent, *children] if order == 1 else [parent])
        far_behind.extend(children if order == 2 else [])
    catalogue.extend(far_behind)
    return root


def _service(offer: Publication, product: str, run: Run | None, *, texts: bool) -> Element:
    course, dice = offer.course, offer.dice
    service = etree.Element("SERVICE", mode="new")
    _add(service, "PRODUCT_ID", product)
    _add(service, "COURSE_TYPE", "1")
    _add(service, "SUPPLIER_ID_REF", _supplier_id(offer.provider), type="supplier_specific")
    details = etree.SubElement(service, "SERVICE_DETAILS")
    _add(details, "TITLE", offer.title if texts else "")
    if texts:
        _add(details, "DESCRIPTION_LONG", "\n\n".join([*offer.paragraphs, *(f"- {item}" for item in offer.bullets)]))
    _add(details, "SUPPLIER_ALT_PID", offer.number or product)
    contact = etree.SubElement(details, "CONTACT")
    _add(contact, "CONTACT_ROLE", "Ansprechpartner", type="1")
    first, _, last = course.contact.rpartition(" ")
    for name, value in (("FIRST_NAME", first), ("LAST_NAME", last), ("PHONE", course.phone)):
        _add(contact, name, value)
    _add(etree.SubElement(contact, "EMAILS"), "EMAIL", course.email)
    if run is not None:
        _add_dates(details, run)
    education = etree.SubElement(etree.SubElement(details, "SERVICE_MODULE"), "EDUCATION")
    education.set("type", "true" if texts or dice.percent(20) else "false")
    _add_education(education, offer, run)
    period = etree.SubElement(details, "ANNOUNCEMENT")  # when it is advertised; no date of the course
    _add(period, "START_DATE", "2026-02-18+01:00")
    _add(period, "END_DATE", "2031-12-31+01:00")
    _add_price(service, offer)
    return service


def _add_dates(details: Element, run: Run) -> None:
    period = etree.SubElement(details, "SERVICE_DATE")
    if run.month_only and run.start:
        _add(period, "DATE_REMARKS", month(run.start))
    elif run.start:
        _add(period, "START_DATE", _midnight(run.start))
        if run.end:
            _add(period, "END_DATE", _midnight(run.end))


def _add_education(education: Element, offer: Publication, run: Run | None) -> None:
    course = offer.course
    _add(education, "COURSE_ID", offer.ref)
    if course.series.certificate:
        _add(etree.SubElement(education, "DEGREE", type="0"), "DEGREE_TITLE", course.series.certificate)
    for text in course.series.funding:
        _add(etree.SubElement(education, "SUBSIDY"), "SUBSIDY_DESCRIPTION", text)
    more = etree.SubElement(education, "EXTENDED_INFO")
    code, form = FORMS[course.form]
    _add(more, "INSTITUTION", "Einrichtung der beruflichen Weiterbildung", type="105")
    _add(more, "INSTRUCTION_FORM", form if offer.dice.percent(60) else "", type=code)
    if course.schedule:
        full = course.schedule == "full_time"
        _add(more, "INSTRUCTION_TIME", "Vollzeit" if full else "Teilzeit", type="1" if full else "2")
    _add(more, "TEACHING_LANGUAGES", "deu")
    _add(more, "EDUCATION_TYPE", "Fortbildung/Qualifizierung", type="104")
    module = etree.SubElement(education, "MODULE_COURSE")
    _add(module, "MAX_PARTICIPANTS", str(run.capacity if run else 12))
    site = run.site if run else offer.provider_site
    if site is not None:
        place = etree.SubElement(module, "LOCATION")
        for name, value in (("NAME", site.venue), ("STREET", site.street), ("ZIP", site.postcode), ("CITY", site.city)):
            _add(place, name, value)
        _add(place, "COUNTRY", "deutschland")
    etree.SubElement(module, "DURATION", type=_class(run))
    if run is not None and run.start_time:
        _add(module, "INSTRUCTION_REMARKS", f"{days_of(run)} {run.start_time} - {run.end_time} Uhr")
    _add(module, "FLEXIBLE_START", "true" if run is not None and run.start is None else "false")


def _add_price(service: Element, offer: Publication) -> None:
    details = etree.SubElement(service, "SERVICE_PRICE_DETAILS")
    price = etree.SubElement(details, "SERVICE_PRICE")
    _add(price, "PRICE_AMOUNT", str((offer.price or 0) / 100))
    _add(price, "PRICE_CURRENCY", "EUR")
    _add(details, "REMARKS", "Lehrgangsgebühr: auf Anfrage" if offer.price is None else offer.note)


def _add(parent: Element, name: str, value: str, **attributes: str) -> None:
    etree.SubElement(parent, name, attributes).text = value or None


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), BERLIN).isoformat(timespec="milliseconds")


def _class(run: Run | None) -> str:
    if run is None or run.start is None or run.end is None:
        return "0"
    length = run.end - run.start + timedelta(1)
    return str(next((code for most, code in CLASSES if length.days <= most), 9))


def _supplier_id(name: str) -> str:
    return str(200_000 + zlib.crc32(name.encode()) % 100_000)
