"""Which property of schema.org states which field of a listing: courses, programmes, runs and events."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spiders.listing import ListingDict, instance, joined, listing, session
from spiders.page import Page
from spiders.structured.graph import Graph, Node, identity, local, types
from spiders.structured.offers import Terms, join, offers_of, terms

COURSES = frozenset({"Course", "EducationalOccupationalProgram"})
RUNS = frozenset({"CourseInstance", "Event", "EducationEvent"})

# Properties that name persons: read nowhere (of a contact point, telephone and mail alone) and removed from `raw`.
_PEOPLE = frozenset({
    "instructor", "performer", "performers", "author", "contributor", "creator", "editor", "actor", "director",
    "attendee", "attendees", "composer", "translator", "employee", "founder", "member", "alumni", "review", "reviews",
    "accountablePerson", "copyrightHolder", "maintainer", "contactPoint", "contactPoints",
})  # fmt: skip
# Properties that say nothing about a course as it is sold.
_IGNORED = frozenset({
    "@context", "@id", "@type", "id", "type", "name", "headline", "image", "images", "thumbnailUrl", "logo", "video",
    "sameAs", "mainEntityOfPage", "potentialAction", "aggregateRating", "interactionStatistic", "datePublished",
    "dateModified", "dateCreated", "publisher", "sponsor", "funder", "license", "version", "isPartOf", "hasPart",
    "hasCourse", "syllabusSections", "isRelatedTo", "isSimilarTo", "doorTime", "previousStartDate", "areaServed",
    "eventStatus", "totalHistoricalEnrollment", "numberOfCredits", "termsPerYear", "termDuration", "trainingSalary",
    "salaryUponCompletion", "typicalAgeRange", "isFamilyFriendly", "url", "superEvent", "instanceOf", "startTime",
    "maximumVirtualAttendeeCapacity", "maximumPhysicalAttendeeCapacity", "applicationStartDate", "learningResourceType",
    "hasCredential", "copyrightYear", "isAccessibleForFree", "offers", "mainEntity", "interactivityType", "position",
})  # fmt: skip
_HANDLED = frozenset({
    "identifier", "courseCode", "sku", "productID", "alternateName", "alternativeHeadline", "description", "abstract",
    "provider", "organizer", "telephone", "email", "keywords", "about", "teaches", "educationalLevel", "assesses",
    "occupationalCategory", "category", "programType", "genre", "timeRequired", "timeToComplete", "duration",
    "courseWorkload", "coursePrerequisites", "programPrerequisites", "educationalCredentialAwarded",
    "occupationalCredentialAwarded", "audience", "inLanguage", "availableLanguage", "financialAidEligible",
    "courseMode", "educationalProgramMode", "eventAttendanceMode", "timeOfDay", "dayOfWeek", "hasCourseInstance",
    "subEvent", "subEvents", "startDate", "endDate", "courseSchedule", "eventSchedule", "location",
    "remainingAttendeeCapacity", "maximumAttendeeCapacity", "maximumEnrollment", "applicationDeadline",
})  # fmt: skip

_LENGTH = ("timeRequired", "timeToComplete", "courseWorkload", "duration")
_MODE = ("courseMode", "educationalProgramMode", "eventAttendanceMode")
# An event that takes place as said tells nothing about places; one moved online says so by its attendance mode.
_SILENT_STATES = ("EventScheduled", "EventRescheduled", "EventMovedOnline")
_OWN_NUMBER = re.compile(r"\d{3,}")  # a fragment without one is a mark of the template: #course, #event-1
_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def listing_of(graph: Graph, page: Page, node: Node, runs: Sequence[Node], offers: Sequence[Node] = ()) -> ListingDict:
    """One course, programme or event as a listing; `runs` are its instances, `offers` those that enclose it.

    A course without runs that states a date or place is its own run, as an event is. `raw.ref_from` says what the `ref`
    is: an `identifier`, `courseCode`, `@id`, `sku`, or for want of one the `url` or the `name`, which are weak.
    """
    own_offers = [*offers_of(graph, node), *offers]
    split = join(graph, own_offers, runs)
    whole = terms(graph, split.of_course, node)
    sold = [terms(graph, [*split.of_run.get(index, []), *offers_of(graph, run)], run) for index, run in enumerate(runs)]
    if len(runs) == 1:  # of several runs, one word for the whole course says nothing of each
        sold = [replace(sold[0], availability=sold[0].availability or whole.availability)]
    place = _place(graph, node)
    instances = [
        run
        for each, said in zip(runs, sold, strict=True)
        for run in _runs(graph, each, said, place, ref=_run_ref(graph, each), url=_address_of(graph, page, each))
    ]
    if not runs:
        instances = _runs(graph, node, Terms(availability=whole.availability), place, alone=True)
    inside = {graph.key(run) for run in graph.own_nodes(node, "hasCourseInstance")}
    ref, ref_from = _ref(graph, page, node)
    is_course = bool(types(node) & COURSES)
    return listing(
        ref=ref,
        url=_address_of(graph, page, node),
        provider=_provider(graph, node),
        course_number=graph.text(node, "courseCode") or next(iter(_numbers(graph, node)), None),
        title=graph.text(node, "name", "headline"),
        subtitle=graph.text(node, "alternateName", "alternativeHeadline"),
        description=graph.text(node, "description", "abstract"),
        categories=[*graph.texts(node, "category"), *graph.texts(node, "programType"), *graph.texts(node, "genre")],
        keywords=_keywords(graph, node),
        duration=_list(graph, node, *_LENGTH),
        price=whole.price,
        price_note=whole.note,
        format=_list(graph, node, *_MODE) if is_course else None,
        schedule=_list(graph, node, "timeOfDay"),
        requirements=_list(graph, node, "coursePrerequisites", "programPrerequisites"),
        target_group=_audience(graph, node),
        certificate=_list(graph, node, "educationalCredentialAwarded", "occupationalCredentialAwarded"),
        funding=[*graph.texts(node, "financialAidEligible")],
        language=_languages(graph, node),
        contact=_contact(graph, node),
        raw={
            "course": without_people(node),
            "runs": [without_people(run) for run in runs if graph.key(run) not in inside],
            "ref_from": ref_from,
            "offers_joined_by": split.evidence,
        },
        instances=instances,
    )


def unknown_properties(node: Node) -> set[str]:
    """Properties of a course, programme or run that nobody has decided about."""
    return {local(name) for name in node} - _HANDLED - _IGNORED - _PEOPLE


def without_people(value: object) -> object:
    """A copy without persons: neither nodes of that type nor properties that name some."""
    if isinstance(value, list):
        return [without_people(item) for item in value if not _is_person(item)]
    if isinstance(value, dict):
        kept = ((name, part) for name, part in value.items() if local(name) not in _PEOPLE and not _is_person(part))
        return {name: without_people(part) for name, part in kept}
    return value


def _is_person(value: object) -> bool:
    return isinstance(value, dict) and "Person" in types(value)


# --- ids --------------------------------------------------------------------------------------------------------------


def _ref(graph: Graph, page: Page, node: Node) -> tuple[str | None, str]:
    """The provider's own id, and which property it is; addresses and names only where nothing else is given."""
    name = identity(node)
    candidates: tuple[tuple[str, Iterable[str]], ...] = (
        ("identifier", _numbers(graph, node)),
        ("courseCode", graph.texts(node, "courseCode")),
        ("@id", filter(None, [_own_id(name)] if name else [])),
        ("sku", graph.texts(node, "sku", "productID")),
        ("url", filter(None, (page.address(url) for url in graph.texts(node, "url")))),
        ("url", [address] if name and (address := page.address(name)) and not _is_blank(name) else []),
        ("url", filter(_is_address, graph.identifiers(node))),
        ("name", graph.texts(node, "name", "headline")),
    )
    for origin, values in candidates:
        found = next(iter(values), None)
        if found:
            return found, origin
    return None, "nothing"


def _numbers(graph: Graph, node: Node) -> list[str]:
    return [each for each in graph.identifiers(node) if not _is_address(each)]


def _own_id(name: str) -> str | None:
    """An `@id` that is an id and no address, or its fragment if that has a number in it."""
    address, _, fragment = name.partition("#")
    if _OWN_NUMBER.search(_A_DATE.sub("", fragment)):
        return fragment
    return name if address and not fragment and not (_is_blank(name) or _is_address(name) or "/" in name) else None


def _is_blank(name: str) -> bool:
    """A blank node, or a mark on this page: no id beyond it."""
    return name.startswith(("_:", "#"))


def _is_address(value: str) -> bool:
    return value.startswith(("http://", "https://", "//", "/", "?", "."))


def _address_of(graph: Graph, page: Page, node: Node) -> str | None:
    return next((url for url in map(page.address, graph.texts(node, "url")) if url), None)


# --- the course -------------------------------------------------------------------------------------------------------


def _list(graph: Graph, node: Node, *names: str) -> str | None:
    return "; ".join(graph.texts(node, *names)) or None


def _keywords(graph: Graph, node: Node) -> list[str]:
    """Keywords (which schema.org parts by commas), subjects and levels."""
    words = [word.strip() for text in graph.texts(node, "keywords") for word in text.split(",")]
    others = ("about", "teaches", "assesses", "educationalLevel", "occupationalCategory")
    return [*words, *(text for name in others for text in graph.texts(node, name))]


def _audience(graph: Graph, node: Node) -> str | None:
    found = [
        graph.text(each, "audienceType", "educationalRole", "name") if isinstance(each, dict) else graph.as_text(each)
        for each in graph.values(node, "audience")
    ]
    return "; ".join(dict.fromkeys(each for each in found if each)) or None


def _languages(graph: Graph, node: Node) -> str | None:
    found = [
        graph.text(each, "alternateName", "name") if isinstance(each, dict) else graph.as_text(each)
        for each in graph.values(node, "inLanguage", "availableLanguage")
    ]
    return ", ".join(dict.fromkeys(each for each in found if each)) or None


def _houses(graph: Graph, node: Node) -> list[Node | str]:
    return [house for house in graph.values(node, "provider", "organizer") if not _is_person(house)]


def _provider(graph: Graph, node: Node) -> str | None:
    return next((name for house in _houses(graph, node) if (name := graph.as_text(house))), None)


def _contact(graph: Graph, node: Node) -> ListingDict:
    """Telephone and mail of the house, never a person's name."""
    houses = [house for house in _houses(graph, node) if isinstance(house, dict)]
    points = [point for house in houses for point in (house, *graph.nodes(house, "contactPoint"))]
    return {
        "phone": next((phone for point in points if (phone := graph.text(point, "telephone"))), None),
        "email": next((mail for point in points if (mail := graph.text(point, "email"))), None),
    }


# --- runs -------------------------------------------------------------------------------------------------------------


def _runs(
    graph: Graph,
    node: Node,
    sold: Terms,
    place: ListingDict,
    *,
    ref: str | None = None,
    url: str | None = None,
    alone: bool = False,
) -> list[ListingDict]:
    """A node as runs: one, or one per start where dates stand in parallel lists. Without a place, it has the course's.

    What a node that stands alone says of its length is said of the course, and not repeated.
    """
    schedules = graph.nodes(node, "courseSchedule", "eventSchedule")
    starts, ends = _each(graph, [node], "startDate"), _each(graph, [node], "endDate")
    if not starts:  # several schedules are the parts of one run
        starts, ends = _each(graph, schedules, "startDate")[:1], ends or _each(graph, schedules, "endDate")[-1:]
    dates = [joined(next(iter(starts), None), next(iter(ends), None))]
    if len(starts) > 1:
        dates = list(map(joined, starts, ends)) if len(starts) == len(ends) else list(starts)
    count = next((n for each in schedules if (n := graph.text(each, "repeatCount")) and n.isdigit()), None)
    fields = {
        "ref": ref,
        "url": url,
        "times": "; ".join(filter(None, [*(_times(graph, each) for each in schedules), _days(graph, node)])),
        **(own if any((own := _place(graph, node)).values()) else place),
        "price": sold.price,
        "price_note": sold.note,
        "duration": (None if alone else _list(graph, node, *_LENGTH)) or (f"{count} Termine" if count else None),
        "format": _list(graph, node, *_MODE) if types(node) & RUNS else None,
        "availability": _availability(graph, node, sold.availability),
        "deadline": graph.text(node, "applicationDeadline"),
    }
    sessions = [_session(graph, each) for each in graph.nodes(node, "subEvent", "subEvents")]
    runs = [instance(dates=each, sessions=sessions, **fields) for each in dates]
    return [run for run in runs if any(run.values())]


def _each(graph: Graph, nodes: Iterable[Node], name: str) -> list[str]:
    """All values of a property, repeated ones too: lists of dates are parallel."""
    found = (graph.as_text(value) for node in nodes for value in graph.values(node, name))
    return [each for each in found if each]


def _run_ref(graph: Graph, node: Node) -> str | None:
    name = identity(node)
    return next(iter(_numbers(graph, node)), None) or (_own_id(name) if name else None)


def _times(graph: Graph, schedule: Node) -> str:
    """Weekdays and clock times of a schedule; the days without the address of schema.org before them."""
    clock = joined(graph.text(schedule, "startTime"), graph.text(schedule, "endTime"))
    return " ".join(part for part in (", ".join(map(local, graph.texts(schedule, "byDay"))), clock) if part)


def _days(graph: Graph, node: Node) -> str | None:
    return ", ".join(map(local, graph.texts(node, "dayOfWeek"))) or None


def _availability(graph: Graph, node: Node, offered: str | None) -> str | None:
    """The state of the event, of its offer, and the counted places, as far as they say anything."""
    states = [state for state in graph.texts(node, "eventStatus") if local(state) not in _SILENT_STATES]
    most = graph.text(node, "maximumAttendeeCapacity", "maximumEnrollment")
    left = graph.text(node, "remainingAttendeeCapacity")
    if left and left.isdigit():
        states.append(f"{left} von {most} Plätzen frei" if most and most.isdigit() else f"{left} Plätze frei")
    elif most and most.isdigit() and not states and not offered:
        states.append(f"max. {most} Personen")
    return "; ".join(dict.fromkeys(filter(None, [states[0] if states else None, offered, *states[1:]]))) or None


def _place(graph: Graph, node: Node) -> dict[str, str | None]:
    """Where a run takes place: places with their address, a text, or online; several places are all named."""
    found = graph.values(node, "location")
    online = any(isinstance(each, dict) and "VirtualLocation" in types(each) for each in found)
    sites = [each for each in found if not (isinstance(each, dict) and "VirtualLocation" in types(each))]
    fields = [_site(graph, each) for each in sites]
    if len(fields) == 1:
        place = fields[0]
    else:
        place = {"venue": "; ".join(filter(None, (", ".join(filter(None, each.values())) for each in fields)))}
    return {**place, "online": "true" if online else None}


def _site(graph: Graph, site: Node | str) -> dict[str, str | None]:
    if not isinstance(site, dict):
        return {"venue": graph.as_text(site)}
    if "PostalAddress" in types(site):
        return {"venue": graph.text(site, "name"), **_address(graph, site)}
    house = next(iter(graph.nodes(site, "containedInPlace", "containedIn")), None)
    addresses = graph.values(site, "address") or (graph.values(house, "address") if house else [])
    name, outer = graph.text(site, "name"), graph.text(house, "name") if house else None
    place = {"venue": outer or name, "room": name if outer else None}
    for address in addresses[:1]:
        place |= _address(graph, address) if isinstance(address, dict) else {"street": graph.as_text(address)}
    return place


def _address(graph: Graph, address: Node) -> dict[str, str | None]:
    return {
        "street": graph.text(address, "streetAddress"),
        "postcode": graph.text(address, "postalCode"),
        "city": graph.text(address, "addressLocality"),
        "country": graph.text(address, "addressCountry"),
    }


def _session(graph: Graph, event: Node) -> ListingDict:
    place = _place(graph, event)
    dates = joined(graph.text(event, "startDate"), graph.text(event, "endDate"))
    return session(date=dates, venue=place.get("venue"), room=place.get("room"))
