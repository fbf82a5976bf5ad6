"""openQ-cat 1.1, the XML in which providers hand their courses to the federal agency (KURSNET).

Shape: schema of November 2025, real exports of 2026. A SERVICE whose PRODUCT_ID is its COURSE_ID is an offer (Angebot),
any other is a run (Termin) of the offer that COURSE_ID names; the `type` of EDUCATION says so less reliably. One
listing is one COURSE_ID. Offer and runs may lie anywhere in a file, in any order, so it is read twice: once to learn
which offers it holds, then for all they say. Where an offer is in the file, its texts are the course's; its runs tell
only of themselves (their own texts stay in `raw`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from spiders.feeds.kursnet import CODED, COURSE_TYPES
from spiders.feeds.node import TEXT, Node, many, names, one, value, values, vocabulary, without
from spiders.feeds.xmlfeed import around, local, node, records
from spiders.listing import ListingDict, instance, joined, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.source import Source

# What is read, and what may be long and is passed over without being held.
_RECORDS = ("SERVICE", "SUPPLIER")
_PASSED_OVER = ("CLASSIFICATION_GROUP", "CATALOG_STRUCTURE", "SERVICE_TO_CATALOGGROUP_MAP")
_ROOTS = ("OPENQCAT", "NEW_CATALOG", "UPDATE_CATALOG", "NEW", "SERVICE")
_EDUCATION = ("SERVICE_DETAILS", "SERVICE_MODULE", "EDUCATION")
_KNOWN = vocabulary(Path(__file__).with_suffix(".toml"))
_NAMES = frozenset().union(*_KNOWN.values())
_UNSTATED = "0"  # the code "Keine Angabe"
_SELF_STUDY = {"MODULE_WBT": "Web Based Training", "MODULE_CBT": "Computer Based Training"}


@dataclass
class _Catalogue:
    """What has to be known of a whole file before its first record can be read rightly."""

    offers: set[str] = field(default_factory=set)  # PRODUCT_IDs that are an offer
    with_runs: set[str] = field(default_factory=set)  # COURSE_IDs of which runs of their own are in the file


def start(source: Source) -> Iterable[Follow]:
    """The exports."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:  # noqa: ARG001 - platform door
    """One row per SERVICE, merged by COURSE_ID later; ids that an update deletes are notes."""
    catalogue = _survey(page)
    suppliers: dict[str, Node] = {}
    told: set[str] = set()
    for element in records(page, (*_RECORDS, *_PASSED_OVER), _check):
        name = local(element)
        if name in _PASSED_OVER:
            continue
        found = node(element)
        for note in (*_strangers(found), *_unnamed_codes(found), *_partial(element)):
            if f"{note.kind} {note.message}" not in told:
                told.add(f"{note.kind} {note.message}")
                yield note
        if name == "SUPPLIER":
            suppliers |= dict.fromkeys(values(found, "SUPPLIER_ID"), found)
        elif "DELETE" in around(element):
            yield Note("deleted", value(found, "PRODUCT_ID") or "a service without an id")
        else:
            yield _row(found, catalogue, suppliers)


def _check(root: etree._Element) -> None:
    if local(root) not in _ROOTS:
        raise UnreadableError(f"no openQ-cat: the document is a <{local(root)}>")


def _survey(page: Page) -> _Catalogue:
    """Which offers and runs a file holds; damage is left to be found again when it is read."""
    catalogue = _Catalogue()
    try:
        for element in records(page, ("SERVICE", *_PASSED_OVER), _check):
            product = _stripped(element.findtext("{*}PRODUCT_ID"))
            course = _stripped(next((item.text for item in element.iter("{*}COURSE_ID")), None)) or product
            if product and course == product:
                catalogue.offers.add(product)
            elif course:
                catalogue.with_runs.add(course)
    except UnreadableError:
        pass
    return catalogue


def _row(service: Node, catalogue: _Catalogue, suppliers: dict[str, Node]) -> ListingDict:
    product = value(service, "PRODUCT_ID")
    course = value(service, *_EDUCATION, "COURSE_ID") or product
    is_offer = course == product
    speaks_for_the_course = is_offer or course not in catalogue.offers
    terms = _terms(service)
    runs = []
    if not is_offer or _has_dates(service) or (course not in catalogue.with_runs and _place(service)):
        runs.append(instance(ref=product, **_run(service), **terms))
    fields: dict[str, Any] = _course(service, suppliers) if speaks_for_the_course else {}
    if is_offer:
        fields |= terms
    return listing(ref=course, raw=without(service, _KNOWN["persons"]), instances=runs, **_lists(service), **fields)


def _course(service: Node, suppliers: dict[str, Node]) -> dict[str, Any]:
    """What is the same for all runs."""
    details, education = one(service, "SERVICE_DETAILS"), one(service, *_EDUCATION)
    supplier_id = value(service, "SUPPLIER_ID_REF")
    supplier = suppliers.get(supplier_id) if supplier_id else _only(suppliers)
    degree = one(education, "DEGREE")
    exam = value(degree, "DEGREE_TITLE") or value(degree, "DEGREE_EXAM", "EXAM_TITLE")
    languages = values(education, "EXTENDED_INFO", "TEACHING_LANGUAGES") or values(education, "LANGUAGE")
    return {
        "url": _url(service),
        "provider": value(supplier, "SUPPLIER_NAME") or value(supplier, "NAME") or value(supplier, "ADDRESS", "NAME"),
        "provider_ref": supplier_id or value(supplier, "SUPPLIER_ID"),
        "course_number": value(details, "SUPPLIER_ALT_PID"),
        "title": value(details, "TITLE"),
        "description": value(details, "DESCRIPTION_LONG"),
        "requirements": value(details, "REQUIREMENTS"),
        "target_group": "\n".join(values(details, "TARGET_GROUP", "TARGET_GROUP_TEXT")),
        "certificate": "; ".join(filter(None, [exam, value(degree, "DEGREE_EXAM", "EXAMINER")])),
        "language": ", ".join(languages),
        "contact": _contact(one(details, "CONTACT") or one(supplier, "CONTACT")),
    }


def _lists(service: Node) -> dict[str, list[str | None]]:
    """What a course has several of; a run may add to them."""
    education, more = one(service, *_EDUCATION), one(service, *_EDUCATION, "EXTENDED_INFO")
    features = many(service, "SERVICE_CLASSIFICATION", "FEATURE")
    measure = value(more, "MEASURE_NUMBER")
    return {
        "categories": [
            COURSE_TYPES.get(value(service, "COURSE_TYPE") or ""),
            *_named(more, "EDUCATION_TYPE"),
            *(item for feature in features for item in (value(feature, "FNAME"), *values(feature, "FVALUE"))),
        ],
        "keywords": list(values(service, "SERVICE_DETAILS", "KEYWORD")),
        "funding": [
            *_named(more, "FUNDING_TYPES_FEDERAL"),
            *_named(more, "FUNDING_TYPES_REGIONAL"),
            value(more, "FUNDING_TYPES_REMARKS"),
            *values(education, "SUBSIDY", "SUBSIDY_INSTITUTION"),
            *values(education, "SUBSIDY", "SUBSIDY_DESCRIPTION"),
            f"Maßnahmennummer: {measure}" if measure else None,
        ],
    }


def _terms(service: Node) -> dict[str, Any]:
    """What an offer and each of its runs may state: price, length, form."""
    education, more = one(service, *_EDUCATION), one(service, *_EDUCATION, "EXTENDED_INFO")
    price = one(service, "SERVICE_PRICE_DETAILS", "SERVICE_PRICE")
    amount, currency = value(price, "PRICE_AMOUNT"), value(price, "PRICE_CURRENCY")
    self_study = next((word for module, word in _SELF_STUDY.items() if many(education, module)), None)
    form = [*_named(more, "INSTRUCTION_FORM"), value(more, "INSTRUCTION_FORM_NAME")]
    occupational = "berufsbegleitend" if _is_true(value(more, "EXTRA_OCCUPATIONAL")) else None
    return {
        "price": f"{amount} {currency}" if amount and currency else amount,
        "price_note": value(service, "SERVICE_PRICE_DETAILS", "REMARKS"),
        "duration": _first(*_named(_module(education), "DURATION"), value(_module(education), "EST_DURATION")),
        "format": _some(*form) or _first(*_named(more, "EXECUTION_FORM"), self_study),
        "schedule": _some(*_named(more, "INSTRUCTION_TIME"), occupational),
    }


def _run(service: Node) -> dict[str, Any]:
    education = one(service, *_EDUCATION)
    module = _module(education)
    place, (dates, remarks) = _place(service), _dates(service)
    times = [value(module, "INSTRUCTION_REMARKS"), remarks if dates else None]
    if not dates and not remarks and _is_true(value(module, "FLEXIBLE_START")):
        remarks = "individueller Einstieg"  # how the agency's own course search words this flag
    return {
        "url": _url(service),
        "dates": dates or remarks,
        "times": _some(*times),
        "venue": _some(*(value(place, line) for line in ("NAME", "NAME2", "NAME3"))),
        "street": value(place, "STREET"),
        "postcode": value(place, "ZIP"),
        "city": value(place, "CITY"),
        "country": value(place, "COUNTRY") or value(place, "COUNTRY_CODED"),
        "deadline": value(education, "REGISTRATION_DATE"),
    }


def _dates(service: Node) -> tuple[str | None, str | None]:
    """Start and end of a run, and what is remarked about them; ANNOUNCEMENT is when it is advertised, not these."""
    stated = one(service, "SERVICE_DETAILS", "SERVICE_DATE")
    if not isinstance(stated, dict) or not any(stated.values()):
        stated = one(_module(one(service, *_EDUCATION)), "DURATION")
    return joined(value(stated, "START_DATE"), value(stated, "END_DATE")), value(stated, "DATE_REMARKS")


def _has_dates(service: Node) -> bool:
    flexible = value(_module(one(service, *_EDUCATION)), "FLEXIBLE_START")
    return any(_dates(service)) or _is_true(flexible)


def _place(service: Node) -> Any:
    return one(_module(one(service, *_EDUCATION)), "LOCATION")


def _module(education: Any) -> Any:
    return one(education, "MODULE_COURSE") or one(education, "MODULE_WBT") or one(education, "MODULE_CBT")


def _url(service: Node) -> str | None:
    of_course = value(service, *_EDUCATION, "MIME_INFO", "MIME_ELEMENT", "MIME_SOURCE")
    return of_course or value(service, "MIME_INFO", "MIME_ELEMENT", "MIME_SOURCE")


def _contact(person: Any) -> ListingDict | None:
    """The business contact of an offer."""
    if not isinstance(person, dict):
        return None
    name = " ".join(filter(None, [value(person, "FIRST_NAME"), value(person, "LAST_NAME")]))
    return {"name": name, "phone": value(person, "PHONE"), "email": value(person, "EMAILS", "EMAIL")}


def _named(within: Any, element: str) -> list[str]:
    """The published text of a coded element; where there is none, the official name of its code."""
    found = []
    for item in many(within, element):
        own = text(item.get(TEXT)) if isinstance(item, dict) else text(item)
        name = own or CODED[element].get(_code(item))
        found += [name] if name else []
    return found


def _code(item: Any) -> str:
    return str(item.get("@type") or "").strip() if isinstance(item, dict) else ""


def _unnamed_codes(found: Any) -> Iterator[Note]:
    """Codes without a text that our lists do not know."""
    education = one(found, *_EDUCATION)
    for element, known in CODED.items():
        for item in (*many(education, "EXTENDED_INFO", element), *many(_module(education), element)):
            code = _code(item)
            if code and code != _UNSTATED and code not in known and not value(item, TEXT):
                yield Note("unknown_code", f"{element} {code}")


def _strangers(found: Any) -> Iterator[Note]:
    for name in dict.fromkeys(names(found, _KNOWN["left_aside"])):
        if name not in _NAMES:
            yield Note("unknown_element", name)


def _partial(element: etree._Element) -> Iterator[Note]:
    """An update, and a catalogue that says so itself, do not list everything a provider has."""
    outer = around(element)
    if "UPDATE_CATALOG" in outer:
        yield Note("partial", "UPDATE_CATALOG holds only what has changed", spoils=True)
    elif outer.get("NEW_CATALOG", {}).get("FULLCATALOG") in ("0", "false"):
        yield Note("partial", "FULLCATALOG says that the catalogue is not the whole", spoils=True)


def _only(suppliers: dict[str, Node]) -> Node | None:
    """The supplier of a catalogue that has one."""
    distinct = {id(supplier): supplier for supplier in suppliers.values()}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


def _first(*texts: str | None) -> str | None:
    return next(filter(None, texts), None)


def _some(*texts: str | None) -> str | None:
    return ", ".join(filter(None, texts)) or None


def _is_true(flag: str | None) -> bool:
    return flag in ("true", "1")


def _stripped(found: str | None) -> str:
    return (found or "").strip()
