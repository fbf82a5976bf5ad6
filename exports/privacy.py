"""E-mail addresses and telephone numbers belong into `contact` and nowhere else in a published record.

Normalisation masks what is private; here is the last door: what composition hides, the audit of a version looks for
again in the written files.
"""

import re
from collections.abc import Iterator
from typing import Any

from exports.files import Record

HIDDEN = "…"  # one character, so that no text becomes longer

_EMAIL = r"[\w.+%-]{1,64}(?:@|%40|\s?[\[(](?:at|ät)[\])]\s?)(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,10}(?![\w@])"
# A number after a word for it, one with the country's code, or one with an area code and at least nine digits: less
# would hide norms ("VDE 0701-0702") and dates.
_PHONE = (
    r"(?i:(?<!\w)(?:tel(?:efon)?|fon|mobil|handy|fax|telefax|rufnummer|hotline)(?:nummer)?\.?:?\s{0,2})"
    r"\(?[+0][\d ()/.–-]{5,20}\d"
    r"|(?<![\w+])(?:\+|00)49[\d ()/.–-]{6,18}\d"
    r"|(?<![\w.,/+-])\(?0[1-9]\d{1,4}\)?\s?[/–-]\s?\d[\d ]{4,10}\d(?![\w./-])"
)
_PERSONAL = re.compile(f"{_EMAIL}|{_PHONE}")
_LINK = re.compile(r"<a\b[^<>]{0,500}?(?:mailto|tel):[^<>]{0,500}>(?P<text>.*?)</a>", re.IGNORECASE | re.DOTALL)

_LIKELY = re.compile(r"@|%40|[(\[](?:at|ät)[)\]]|\d[\d ()/.–-]{5,}\d")  # what every hit has, found ten times as fast
_SHORTEST = 6

# Where such a pattern is no message to a person: the contact itself, addresses of pages, ids and numbers, dates.
EXEMPT = frozenset(
    {
        "contact", "url", "course_id", "slug", "course_number", "offer_id", "instance_id", "ref", "same_as", "source",
        "provenance", "history", "members", "scope", "key", "municipality_key", "changed_at", "fetched_at", "start",
        "end", "date", "deadline", "next_start", "start_time", "end_time", "postcode", "licence",
    }
)  # fmt: skip


def impersonal(record: Record) -> Record:
    """The record with e-mail addresses and telephone numbers outside of its contact hidden."""
    return {key: value if key in EXEMPT else _hidden(value) for key, value in record.items()}


def personal(record: Record) -> Iterator[str]:
    """Where a record shows such an address or number outside of its contact: paths like `instances[0].place.venue`."""
    for key, value in record.items():
        if key not in EXEMPT:
            yield from _found(value, key)


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return hidden(value)
    if isinstance(value, list):
        return [_hidden(item) for item in value] if value else value
    return impersonal(value) if isinstance(value, dict) else value


def hidden(text: str) -> str:
    """A text or sanitised HTML with such addresses, numbers and the links to them hidden."""
    if len(text) < _SHORTEST or not _LIKELY.search(text):
        return text
    return _PERSONAL.sub(HIDDEN, _PERSONAL.sub(HIDDEN, _LINK.sub(r"\g<text>", text)))


def _found(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= _SHORTEST and _LIKELY.search(value) and _PERSONAL.search(value):
            yield path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _found(item, f"{path}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in EXEMPT:
                yield from _found(item, f"{path}.{key}")
