"""A house whose pages state their courses as schema.org data, in all the shapes in which plugins write it."""

import json
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from spiders.standin.catalogue import Run, slug
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, free, page, teasers

ROWS = 20
MODES = {"onsite": "onsite", "online": "online", "self_paced": "online"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MALFORMED = '{"@context": "https://schema.org", "@type": "WebSite", "name": "Kurse",}'
Node = dict[str, Any]


class JsonLd:
    """Lists of 20 as an ItemList of addresses, and a page per course in one of four shapes, the same every night."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._index = {str(publication.serial): index for index, publication in enumerate(publications)}

    def answer(self, request: Request) -> Reply | None:
        """A home page, the list /kurse/?seite=N and details /kurse/<words>-<n>/."""
        path = request.path.rstrip("/")
        if path == "":
            return self._list(0)
        if path == "/kurse":
            number = request.query.get("seite", "1")
            return self._list(int(number)) if number.isdecimal() and int(number) > 0 else None
        match = re.fullmatch(r"/kurse/[a-z0-9-]*-(\d+)", path)
        if match and match[1] in self._index:
            return self._detail(self._index[match[1]])
        return None

    def _list(self, number: int) -> Reply:
        """Page 0 is the home page, without courses."""
        pages = max(1, -(-len(self._publications) // ROWS))
        shown = self._publications[(number - 1) * ROWS : number * ROWS] if number else ()
        rows = [(offer.title, address(offer)) for offer in shown]
        following = number + 1 if 0 < number < pages else None
        block = _json({"@type": "CollectionPage", "name": "Kurse", "mainEntity": _item_list(rows)}) if rows else ""
        return page("json_ld_list.html", title="Unsere Kurse", rows=rows, block=block, following=following)

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        others = [(other.title, address(other)) for other in teasers(self._publications, index)]
        shape = shape_of(offer)
        blocks = [_json(_item_list(others))]
        if shape == "graph":
            blocks.append(_json(_graph(offer)))
        elif shape != "microdata":
            blocks.append(_json(_course(offer, single=shape == "single")))
        if offer.dice.percent(25):
            blocks.insert(1, MALFORMED)
        title = offer.title
        runs = [(_begin(offer, run), _end(offer, run), run) for run in offer.runs]
        return page(
            "json_ld_detail.html",
            title=title,
            offer=offer,
            blocks=blocks,
            microdata=shape == "microdata",
            price=_price(offer),
            runs=runs,
            states=[_state(run) for run in offer.runs],
            mode=MODES[offer.course.form],
            teasers=[(other, href, None) for other, href in others],
        )


def address(offer: Publication) -> str:
    """The path of a course page; its words may change, the number at its end does not."""
    return f"/kurse/{slug(offer.course.title)}{'-neu' if offer.state.relocations % 2 else ''}-{offer.serial}/"


def shape_of(offer: Publication) -> str:
    """In which shape a page tells its course."""
    return offer.dice.pick(("list", "list", "single", "graph", "microdata"))


def _json(node: Node) -> str:
    """A block as plugins write it: escaped slashes, so that no value can end the script."""
    return json.dumps({"@context": "https://schema.org", **node}).replace("/", "\\/")


def _item_list(rows: list[tuple[str, str]]) -> Node:
    items = [
        {"@type": "ListItem", "position": number, "name": title, "url": href}
        for number, (title, href) in enumerate(rows, start=1)
    ]
    return {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items}


def _course(offer: Publication, *, single: bool = False) -> Node:
    """A course; `single`: an object instead of a list where there is one run."""
    course, runs = offer.course, [_run(offer, run) for run in offer.runs]
    offers = [_offer(offer, run) for run in offer.runs]
    node: Node = {
        "@type": "Course",
        "name": offer.title,
        "description": "".join(f"<p>{text}</p>" for text in offer.paragraphs),
        "url": address(offer),
        "inLanguage": "de",
        "provider": _house(offer),
        "instructor": {"@type": "Person", "name": course.contact},
        "hasCourseInstance": runs[0] if single and len(runs) == 1 else runs,
        # the offers stand in an order of their own: only their dates tell whose they are
        "offers": offers[0] if single and len(offers) == 1 else offers[::-1],
    }
    if offer.dice.percent(50):
        node["courseCode"] = offer.ref
    else:
        node["identifier"] = {"@type": "PropertyValue", "propertyID": "Kursnummer", "value": offer.ref}
    if course.series.certificate:
        node["educationalCredentialAwarded"] = course.series.certificate
    if offer.price == 0:
        node["isAccessibleForFree"] = True
    return node


def _graph(offer: Publication) -> Node:
    """The same as nodes that point at each other."""
    course = _course(offer)
    runs = [{**run, "@id": f"#termin-{number}"} for number, run in enumerate(course["hasCourseInstance"])]
    house = {**course["provider"], "@id": "#haus"}
    course |= {"hasCourseInstance": [{"@id": run["@id"]} for run in runs], "provider": {"@id": "#haus"}}
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": "/kurse/"}]}
    return {"@graph": [house, crumbs, *runs, {**course, "@type": ["Course", "Product"]}]}


def _house(offer: Publication) -> Node:
    course = offer.course
    point = {"@type": "ContactPoint", "name": course.contact, "telephone": course.phone, "email": course.email}
    return {"@type": "Organization", "name": offer.provider, "contactPoint": point}


def _run(offer: Publication, run: Run) -> Node:
    node: Node = {"@type": "CourseInstance", "courseMode": MODES[offer.course.form]}
    node |= {"startDate": _begin(offer, run)} if run.start else {}
    node |= {"endDate": _end(offer, run)} if run.end else {}
    if run.weekdays and run.start_time:
        days = [f"https://schema.org/{DAYS[day]}" for day in run.weekdays]
        node["courseSchedule"] = {
            "@type": "Schedule",
            "byDay": days,
            "startTime": run.start_time,
            "endTime": run.end_time,
            "repeatFrequency": "P1W",
        }
    if run.site is None:
        node["location"] = {"@type": "VirtualLocation", "name": "Online-Kursraum"}
    else:
        at = {"streetAddress": run.site.street, "postalCode": run.site.postcode, "addressLocality": run.site.city}
        node["location"] = {"@type": "Place", "name": run.site.venue, "address": {"@type": "PostalAddress", **at}}
    return node


def _offer(offer: Publication, run: Run) -> Node:
    node: Node = {"@type": "Offer", "availability": _state(run)}
    amount = _price(offer)
    if amount is not None:
        node |= {"price": float(amount) if offer.dice.percent(40) else amount, "priceCurrency": "EUR"}
    return node | ({"availabilityEnds": run.start.isoformat()} if run.start else {})


def _price(offer: Publication) -> str | None:
    return None if offer.price is None else f"{offer.price / 100:.2f}"


def _state(run: Run) -> str:
    word = "SoldOut" if run.full else "LimitedAvailability" if free(run) <= 3 else "InStock"
    return f"https://schema.org/{word}"


def _begin(offer: Publication, run: Run) -> str | None:
    return _moment(offer, run, run.start, run.start_time)


def _end(offer: Publication, run: Run) -> str | None:
    return _moment(offer, run, run.end, run.end_time)


def _moment(offer: Publication, run: Run, day: date | None, clock: str) -> str | None:
    """A month, a date, or a time with its offset; a house either gives times or does not."""
    if day is None:
        return None
    if run.month_only:
        return f"{day:%Y-%m}"
    if not clock or offer.dice.percent(30):
        return day.isoformat()
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/Berlin")).isoformat()
