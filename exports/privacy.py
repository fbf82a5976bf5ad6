"""E-mail addresses and telephone numbers belong into `contact` and nowhere else in a published record.

Normalisation masks what is private; here is the last door: what composition hides, the audit of a version looks for
again in the written files.
"""

import re
from collections.abc import Iterator
from typing import Any

from exports.files import Record

HIDDEN = "…"  # one character, so that no text becomes longer

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]+(?:@|%40|\s?[\[(](?:at|ät)[\])]\s?)(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,10}(?![\w@])"
)
# A number after a word for it, one with the country's code, or one with an area code and at least nine digits: less
# would hide norms ("VDE 0701-0702") and dates.
_PHONE = re.compile(
    r"(?i:(?<!\w)(?:tel(?:efon)?|fon|mobil|handy|fax|telefax|rufnummer|hotline)(?:nummer)?\.?:?\s{0,2})"
    r"\(?[+0][\d ()/.–-]{5,20}\d"
    r"|(?<![\w+])(?:\+|00)49[\d ()/.–-]{6,18}\d"
    r"|(?<![\w.,/+-])\(?0[1-9]\d{1,4}\)?\s?[/–-]\s?\d[\d ]{4,10}\d(?![\w./-])"
)
_LINK = re.compile(r"<a\b[^<>]{0,500}?(?:mailto|tel):[^<>]{0,500}>(?P<text>.*?)</a>", re.IGNORECASE | re.DOTALL)

# What every number and every address has, found many times as fast.
_NUMBER = re.compile(r"\d[\d ()/.–-]{5,}\d")
_AT = ("@", "%40", "(at", "[at", "(ät", "[ät")
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
    """The record with e-mail addresses and telephone numbers outside of its contact hidden; it is changed in place."""
    texts = _texts(record)
    if _is_likely_in(texts):
        for where, key, text in texts:
            where[key] = hidden(text)
    return record


def personal(record: Record) -> Iterator[str]:
    """Where a record shows such an address or number outside of its contact: paths like `instances[0].place.venue`."""
    texts = _texts(record)
    if _is_likely_in(texts) and any(_is_personal(text) for _, _, text in texts):
        for key, value in record.items():
            if key not in EXEMPT:
                yield from _found(value, key)


def hidden(text: str) -> str:
    """A text or sanitised HTML with such addresses, numbers and the links to them hidden."""
    patterns = _patterns(text)
    if not patterns:
        return text
    shown = _LINK.sub(r"\g<text>", text)
    for pattern in patterns:
        shown = pattern.sub(HIDDEN, shown)
    return text if shown == text else hidden(shown)  # what was apart may have come together


def _patterns(text: str) -> list[re.Pattern[str]]:
    """Those that may be found in a text."""
    found = [_EMAIL] if any(sign in text for sign in _AT) else []
    return [*found, _PHONE] if _NUMBER.search(text) else found


def _is_personal(text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns(text))


def _is_likely_in(texts: list[tuple[Any, Any, str]]) -> bool:
    """Whether any of the texts is likely to have one; asked once for all, since nearly always none is."""
    return bool(_patterns("\n".join([text for _, _, text in texts])))


def _texts(record: Record) -> list[tuple[Any, Any, str]]:
    """The texts that must not be personal, each with where it stands."""
    found: list[tuple[Any, Any, str]] = []
    todo: list[Any] = [record]
    while todo:
        where = todo.pop()
        for key, value in where.items() if isinstance(where, dict) else enumerate(where):
            if not value or key in EXEMPT:
                continue
            if isinstance(value, str):
                if len(value) >= _SHORTEST:
                    found.append((where, key, value))
            elif isinstance(value, (dict, list)):
                todo.append(value)
    return found


def _found(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= _SHORTEST and _is_personal(value):
            yield path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _found(item, f"{path}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in EXEMPT:
                yield from _found(item, f"{path}.{key}")
