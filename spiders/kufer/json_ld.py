"""The schema.org `Course` of a Kufer page: of use for the address, and for dates where no table of meetings stands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from spiders.listing import ListingDict, joined, text

_DEEPEST = 6


@dataclass(frozen=True)
class Data:
    """What the block says: title, price, and the place and dates of the run by the names of contract 4.1."""

    title: str | None = None
    price: str | None = None
    place: ListingDict = field(default_factory=dict)


def course(page: Selector, title: str | None) -> Data:
    """The course with this title, or the only one there is; a broken block or one of another type is passed over."""
    found = [each for script in _scripts(page) for each in _courses(script, 0)]
    named = [each for each in found if each.get("name") == title] or (found if len(found) == 1 else [])
    if not named:
        return Data()
    instances = [each for each in _items(named[0].get("hasCourseInstance")) if isinstance(each, dict)]
    places = [_place(each.get("location")) for each in instances]
    place = dict(places[0]) if places and all(each == places[0] for each in places) else {}
    if instances:
        place["dates"] = joined(instances[0].get("startDate"), instances[-1].get("endDate"))
    return Data(_text(named[0].get("name")), _price(named[0].get("offers")), place)


def _scripts(page: Selector) -> Iterator[Any]:
    for block in page.css("script[type='application/ld+json']::text").getall():
        try:
            yield json.loads(block, strict=False)
        except (ValueError, RecursionError):
            continue


def _courses(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    for item in _items(value):
        if isinstance(item, dict) and depth < _DEEPEST:
            if "Course" in _items(item.get("@type")):
                yield item
            else:
                yield from _courses(item.get("@graph"), depth + 1)


def _place(location: Any) -> ListingDict:
    """Name and address; either may be a mere text."""
    place = next(iter(_items(location)), None)
    if not isinstance(place, dict):
        return {"venue": _text(place)} if place else {}
    address = next(iter(_items(place.get("address"))), None)
    if not isinstance(address, dict):
        return {"venue": _text(place.get("name")), "street": _text(address)}
    return {
        "venue": _text(place.get("name")),
        "street": _text(address.get("streetAddress")),
        "postcode": _text(address.get("postalCode")),
        "city": _text(address.get("addressLocality")),
    }


def _price(offers: Any) -> str | None:
    """The price of the first offer with its currency; a number as JSON writes it."""
    offer = next(iter(_items(offers)), None)
    if not isinstance(offer, dict) or isinstance(offer.get("price"), dict | list | bool):
        return None
    price, currency = text(offer.get("price")), _text(offer.get("priceCurrency"))
    return f"{price} {currency}" if price and currency else price


def _text(value: Any) -> str | None:
    return text(value) if isinstance(value, str) else None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
