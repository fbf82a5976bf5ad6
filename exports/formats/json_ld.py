"""A course as schema.org JSON-LD: Course, its CourseInstances, their Schedules and Offers.

Only properties that schema.org (release 30) has for these types. What is not known is left out, never guessed: a price
on request makes an Offer without a price, a start known to the month is told as "2027-09".
"""

from typing import Any
from urllib.parse import quote

from exports.files import Record
from exports.formats.edition import Edition, Item

CONTEXT = "https://schema.org"

_DAYS = {
    "mo": "Monday", "tu": "Tuesday", "we": "Wednesday", "th": "Thursday", "fr": "Friday", "sa": "Saturday",
    "su": "Sunday",
}  # fmt: skip
# https://schema.org/courseMode names no vocabulary; these are its own examples.
_MODES = {"onsite": "onsite", "online": "online", "hybrid": "blended", "self_paced": "asynchronous"}
_SCHEDULES = {"full_time": "full-time", "part_time": "part-time"}
_AVAILABILITY = {
    "available": "InStock", "few_left": "LimitedAvailability", "full": "SoldOut", "waitlist": "BackOrder",
    "cancelled": "Discontinued", "closed": "OutOfStock", "planned": "PreOrder",
}  # fmt: skip


def course_ld(item: Item, edition: Edition) -> Record:
    """The JSON-LD document of a course."""
    record = item.record
    page = edition.url(record["slug"])
    provider = record["provider"]
    return _told(
        {
            "@context": CONTEXT,
            "@type": "Course",
            "@id": f"{edition.base_url}/id/{record['course_id']}",
            "identifier": record["course_id"],
            "url": page,
            "sameAs": record["url"],
            "name": record["title"],
            "alternateName": record["subtitle"],
            "description": item.description or record["subtitle"] or record["title"],
            "courseCode": record["course_number"],
            "educationalLevel": record["level"],
            "about": list(record["topics"]),
            "keywords": list(record["keywords"]),
            "inLanguage": list(record["languages"]),
            "coursePrerequisites": record["requirements"],
            "audience": record["target_group"]
            and {"@type": "EducationalAudience", "audienceType": record["target_group"]},
            "educationalCredentialAwarded": record["certificate"],
            "financialAidEligible": ", ".join(record["funding"]),
            "isAccessibleForFree": True if record["price"]["kind"] == "free" else None,
            "dateModified": record["changed_at"],
            "timeRequired": _iso_duration(record["duration"]),
            "provider": provider and {
                "@type": "Organization", "identifier": provider["key"], "name": provider["name"],
            },
            "offers": _offer(record["price"], None, page),
            "hasCourseInstance": [_instance(run, edition, page) for run in item.runs],
        }
    )  # fmt: skip


def _instance(run: Record, edition: Edition, page: str) -> Record:
    place = run["place"]
    mode = [_MODES.get(run["format"]), _SCHEDULES.get(run["schedule"])]
    cancelled, over = run["status"] == "cancelled", run["status"] == "past"
    seats = {"status": None, "free": None, "capacity": None} if over else run["availability"]  # nothing is left to book
    return _told(
        {
            "@type": "CourseInstance",
            "@id": run["instance_id"] and f"{edition.base_url}/id/{_quoted(run['instance_id'])}",
            "identifier": run["instance_id"],
            "url": run["url"],
            "courseMode": [one for one in mode if one],
            "courseWorkload": _iso_duration(run["duration"]),
            "eventStatus": "https://schema.org/EventCancelled" if cancelled else None,
            "startDate": _moment(run, "start"),
            "endDate": _moment(run, "end"),
            "maximumAttendeeCapacity": seats["capacity"],
            "remainingAttendeeCapacity": seats["free"],
            "courseSchedule": _schedule(run),
            "location": {"@type": "VirtualLocation", "url": run["url"] or page} if place["online"] else _place(place),
            "offers": _offer(run["price"], seats["status"], run["url"] or page),
        }
    )


def _moment(run: Record, side: str) -> str | None:
    """A date as exactly as it is known: to the day, the month or the year."""
    day = run[side]
    if day is None or run["precision"] == "unknown":
        return day  # type: ignore[no-any-return]
    return str(day)[: {"day": 10, "month": 7, "year": 4}[run["precision"]]]


def _schedule(run: Record) -> Record | None:
    """When it meets; None where neither dates nor days nor times are told."""
    exact = run["precision"] == "day"
    found = _told(
        {
            "@type": "Schedule",
            "startDate": run["start"] if exact else None,
            "endDate": run["end"] if exact else None,
            "startTime": run["start_time"],
            "endTime": run["end_time"],
            "byDay": [f"https://schema.org/{_DAYS[day]}" for day in run["weekdays"]],
            "repeatCount": len(run["sessions"]) or None,
        }
    )
    return found | {"scheduleTimezone": "Europe/Berlin"} if len(found) > 1 else None


def _place(place: Record) -> Record | None:
    found = _told(
        {
            "@type": "Place",
            "name": ", ".join(filter(None, (place["venue"], place["room"]))),
            "address": _told(
                {
                    "@type": "PostalAddress",
                    "streetAddress": place["street"],
                    "postalCode": place["postcode"],
                    "addressLocality": place["city"],
                }
            ),
            "latitude": place["lat"],
            "longitude": place["lon"],
        }
    )
    if len(found["address"]) == 1:
        del found["address"]
    return found if len(found) > 1 else None


def _offer(price: Record, availability: str | None, url: str) -> Record:
    known = price["amount"] is not None
    status = _AVAILABILITY.get(availability or "")
    return _told(
        {
            "@type": "Offer",
            "category": {"free": "Free", "fixed": "Paid", "from": "Paid"}.get(price["kind"]),
            "price": price["amount"],
            "priceCurrency": price["currency"] if known else None,
            "description": price["text"],
            "availability": status and f"https://schema.org/{status}",
            "url": url,
        }
    )


def _iso_duration(duration: Record) -> str | None:
    """The work as ISO 8601: hours before teaching units of 45 minutes before days."""
    if duration["hours"]:
        minutes = round(duration["hours"] * 60)
    elif duration["teaching_units"]:
        minutes = round(duration["teaching_units"] * 45)
    else:
        return f"P{round(duration['days'])}D" if duration["days"] and duration["days"] >= 1 else None
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "") if minutes else None


def _quoted(name: str) -> str:
    return quote(name, safe=":")


def _told(properties: dict[str, Any]) -> Record:
    """Without what says nothing."""
    return {key: value for key, value in properties.items() if value not in (None, "", [], {})}
