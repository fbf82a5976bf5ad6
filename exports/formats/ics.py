"""iCalendar text (RFC 5545): escaping (3.3.11), folding at 75 octets (3.1), and one run of a course as a VEVENT.

Written here and not by a library: four rules of the RFC are used, a writer for them is smaller than the glue to one
that also parses, and half a million events are written in seconds. The tests read it back with a library.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from exports.lifecycle import BERLIN

PRODUCT = "-//Bildungsraum//QualiGuide//DE"
FOLD = 75  # octets of a line, without its end


def head(name: str) -> bytes:
    """The lines that begin a calendar."""
    return lines(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:{PRODUCT}",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"X-WR-CALNAME:{escaped(name)}",
            f"NAME:{escaped(name)}",
            "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        ]
    )


def tail() -> bytes:
    """The line that ends a calendar."""
    return lines(["END:VCALENDAR"])


def event(uid: str, sequence: int, modified: str, status: str, run: Mapping[str, Any]) -> bytes:
    """One VEVENT. `modified` (ISO 8601, UTC) and `sequence` are those of its last change; `run` has start, end,
    start_time, end_time, summary, location, description, url, categories."""
    stamp = _utc(datetime.fromisoformat(modified))
    found = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{sequence}"]
    found += [*_when(run), f"STATUS:{status}"]
    for name, key in (("SUMMARY", "summary"), ("LOCATION", "location"), ("DESCRIPTION", "description")):
        if run[key]:
            found.append(f"{name}:{escaped(run[key])}")
    if run["categories"]:
        found.append("CATEGORIES:" + ",".join(map(escaped, run["categories"])))
    if run["url"]:
        found.append(f"URL:{_one_line(run['url'])}")
    return lines([*found, "END:VEVENT"])


def _when(run: Mapping[str, Any]) -> Iterator[str]:
    """A run on one day has its times, in UTC; one of several days lasts from its first to its last day and leaves the
    days free in the calendar, since it seldom fills them."""
    first = date.fromisoformat(run["start"])
    last = date.fromisoformat(run["end"] or run["start"])
    if run["start_time"] and last == first:
        begin = _berlin(first, run["start_time"])
        yield f"DTSTART:{_utc(begin)}"
        if run["end_time"] and (end := _berlin(first, run["end_time"])) > begin:
            yield f"DTEND:{_utc(end)}"
        return
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}"
    yield "TRANSP:TRANSPARENT"


def _berlin(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BERLIN)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A value of type TEXT: backslash, semicolon, comma and line ends escaped, control characters gone."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return _one_line(text)


def _one_line(text: str) -> str:
    return "".join(char for char in text if char >= " " and char != "\x7f") if not text.isprintable() else text


def lines(content: list[str]) -> bytes:
    """Content lines folded and ended as the RFC wants it."""
    return b"".join(folded(line) for line in content)


def folded(line: str) -> bytes:
    """A content line in UTF-8, folded before its 76th octet and never within a character."""
    data = line.encode()
    if len(data) <= FOLD:
        return data + b"\r\n"
    parts, begin, room = [], 0, FOLD
    while len(data) - begin > room:
        end = begin + room
        while data[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        parts.append(data[begin:end])
        begin, room = end, FOLD - 1  # the space that begins a continuation counts
    return b"\r\n ".join([*parts, data[begin:]]) + b"\r\n"
