"""iCalendar text (RFC 5545): escaping (3.3.11), folding at 75 octets (3.1), and one run of a course as a VEVENT.

Written here and not by a library: four rules of the RFC are used, a writer for them is smaller than the glue to one
that also parses, and half a million events are written in seconds. The tests read it back with a library.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

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


def event(uid: str, sequence: int, modified: str, status: str, dates: str, text: str) -> bytes:
    """One VEVENT. `modified` (ISO 8601, UTC) and `sequence` are those of its last change; `dates` and `text` are lines
    made before."""
    stamp = modified.replace("-", "").replace(":", "")
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}\r\nSEQUENCE:{sequence}\r\n"
        f"{dates}STATUS:{status}\r\n{text}END:VEVENT\r\n"
    ).encode()


def text(summary: str, location: str, description: str, categories: Iterable[str], url: str) -> str:
    """The lines that tell what an event is."""
    found = [("SUMMARY", escaped(summary)), ("LOCATION", escaped(location)), ("DESCRIPTION", escaped(description))]
    found += [("CATEGORIES", ",".join(map(escaped, categories))), ("URL", _one_line(url))]
    return "".join([folded(f"{name}:{value}") for name, value in found if value])


def dates(start: str, end: str | None, start_time: str | None, end_time: str | None) -> str:
    """The lines that tell when an event is; ISO 8601, Berlin time. A run on one day has its times, in UTC; one of
    several days lasts from its first to its last day and leaves the days free in the calendar, since it seldom fills
    them."""
    first = date.fromisoformat(start)
    last = date.fromisoformat(end) if end else first
    if start_time and last == first:
        begin = _berlin(first, start_time)
        over = _berlin(first, end_time) if end_time else begin
        return f"DTSTART:{_utc(begin)}\r\n" + (f"DTEND:{_utc(over)}\r\n" if over > begin else "")
    after = last + timedelta(days=1)
    return (
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}\r\nDTEND;VALUE=DATE:{after:%Y%m%d}\r\nTRANSP:TRANSPARENT\r\n"
    )  # fmt: skip


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


def lines(content: Iterable[str]) -> bytes:
    """Content lines folded and ended as the RFC wants it."""
    return "".join(map(folded, content)).encode()


def folded(line: str) -> str:
    """A content line folded before the 76th octet of its UTF-8, never within a character, and ended."""
    if len(line) * 4 <= FOLD or len(data := line.encode()) <= FOLD:
        return line + "\r\n"
    parts, begin, room = [], 0, FOLD
    while len(data) - begin > room:
        end = begin + room
        while data[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        parts.append(data[begin:end])
        begin, room = end, FOLD - 1  # the space that begins a continuation counts
    return b"\r\n ".join([*parts, data[begin:]]).decode() + "\r\n"
