"""The education centre of the Münster chamber of trades (HBZ): lists from A to Z, one page per course.

Shape: HTML fragments of 2026. The state of a run is only the class of its icon, and is published as that class. Amounts
stand in marketing text too, so fees are read from their list alone.
"""

import re
from collections.abc import Iterable, Iterator

from parsel import Selector

from spiders.listing import ListingDict, instance, listing
from spiders.page import Follow, Note, Page, Total, UnreadableError, beside, first, shown
from spiders.source import Source

_ID = re.compile(r"-(\d+)/?$")
_ICON = re.compile(r"\bicon--course-(?!state\b)[a-z-]+")
_MAIN_FEE = re.compile(r"kurs|lehrgang|teilnahme", re.IGNORECASE)


def start(source: Source) -> Iterable[Follow]:
    """The lists from A to Z."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:  # noqa: ARG001 - platform door
    """A course page is a listing; any other page is a list of links to course pages."""
    if first(page.selector, "[class^='course-detail__'], [class*=' course-detail__']") is not None:
        yield _course(page)
    elif page.kind == "detail":
        raise UnreadableError("no course page: no part of it is marked course-detail")
    else:
        yield from _links(page)


def _links(page: Page) -> Iterator[Follow]:
    """Each course is linked twice; one request is made of both."""
    found: dict[str, str] = {}
    for href in page.selector.css("a[href*='/de/weiterbildung/']::attr(href)").getall():
        url = page.address(href.split("#")[0])
        ref = _ID.search(url.split("?")[0]) if url else None
        if url and ref:
            found.setdefault(ref[1], url)
    if not found:
        raise UnreadableError("the list links to no course")
    for number, url in found.items():
        yield Follow(url, kind="detail", ref=number)


def _course(page: Page) -> ListingDict:
    url = page.published_url
    ref = _ID.search(url.split("?")[0]) if url else None
    facts = dict(_facts(page.selector))
    fees = list(_fees(page.selector))
    price = next((value for label, value in fees if _MAIN_FEE.search(label)), None)
    others = [f"{label}: {value}" for label, value in fees if value != price]
    place = facts.get("Ort")
    return listing(
        ref=ref[1] if ref else None,
        url=url,
        course_number=facts.get("Kursnummer"),
        title=shown(first(page.selector, "h1")),
        description=page.selector.css(".course-detail__description").get(),
        duration=facts.get("Dauer"),
        format=facts.get("Unterrichtsform"),
        certificate=facts.get("Abschluss"),
        price=price,
        price_note="; ".join(others),
        raw={"facts": facts, "fees": [list(fee) for fee in fees]},
        instances=[_run(item, place) for item in page.selector.css("li.course-detail__dates-list-item")],
    )


def _run(item: Selector, place: str | None) -> ListingDict:
    icon = _ICON.search(" ".join(item.css("[class*='icon--course-']::attr(class)").getall()))
    return instance(dates=shown(first(item, ".date")), venue=place, availability=icon[0] if icon else None)


def _fees(page: Selector) -> Iterator[tuple[str, str]]:
    for item in page.css("li.course-detail__fee-list-item"):
        label = shown(first(item, ".course-detail__fee-label"))
        value = shown(first(item, ".course-detail__fee-value"))
        if label and value:
            yield label.rstrip(":"), value


def _facts(page: Selector) -> Iterator[tuple[str, str]]:
    for term in page.css(".course-detail__facts dt"):
        label = shown(term)
        value = shown(beside(term, "following-sibling::*[1][self::dd]"))
        if label and value:
            yield label.rstrip(":"), value
