"""Personal data that the portal does not need: private e-mail addresses and the names of teachers are not carried on.

An issue would carry them on too, so its raw text is masked here as well: the one exception to "raw is untouched".
"""

import re

from normalize.model import Contact, ListingContact
from normalize.reading import Doubt, Reading
from normalize.teachers import without_teachers
from normalize.text import fold, plain

# Hosts where people, not houses, have their mailbox.
_HOSTS = (
    "gmx", "web", "gmail", "googlemail", "t-online", "freenet", "hotmail", "outlook", "live", "msn", "yahoo", "ymail",
    "aol", "arcor", "icloud", "me", "mac", "mail", "posteo", "mailbox", "proton", "protonmail", "online", "unitybox",
    "unity-mail", "vodafonemail", "netcologne", "versanet", "gelsennet", "alice-dsl", "o2online", "email", "1und1",
)  # fmt: skip
_ENDINGS = r"(?:de|com|net|org|eu|at|ch|me|fr|co\.uk|info)"
_PRIVATE = re.compile(
    rf"[\w.+%-]{{1,64}}(?:@|%40|\s?[\[(](?:at|ät|@)[\])]\s?)(?P<host>(?:{'|'.join(_HOSTS)})\.{_ENDINGS})(?![^\W\d_]|-|\.[^\W\d_])",
    re.IGNORECASE,
)
_PRIVATE_LINK = re.compile(rf"<a\b[^<>]*?mailto:{_PRIVATE.pattern}[^<>]*>(?P<text>.*?)</a>", re.IGNORECASE | re.DOTALL)
_HIDDEN = "…"  # one character, so that no text becomes longer

# Keys that are no part of the listing contract and by their name hold a person who teaches.
_TEACHER = re.compile(
    r"dozent|kursleit|lehrgangsleit|seminarleit|referent|trainer|lehrkraft|instructor|teacher|lecturer|"
    r"lehrende|^leitung$|^leiter(?:in)?$"
)


def masked(text: str) -> str:
    """The text with private e-mail addresses reduced to their host."""
    return _PRIVATE.sub(rf"{_HIDDEN}@\g<host>", text) if _may_hold_address(text) else text


def impersonal(text: str) -> str:
    """The text with private e-mail addresses and teachers' names hidden: what an issue may repeat."""
    return masked(without_teachers(text)[0])


def read_public(text: str | None) -> Reading[str | None]:
    """Plain text or sanitised HTML without private e-mail addresses and without the names of those who teach.

    A doubt tells of each name that was cut out and repeats only its label.
    """
    if text is None:
        return Reading(None)
    cut, labels = without_teachers(text)
    doubts = tuple(Doubt(f"{label} {_HIDDEN}", "a teacher's name, not carried on") for label in dict.fromkeys(labels))
    return Reading(without_private_addresses(cut), doubts)


def names_a_teacher(key: str) -> bool:
    """Whether a published key by its name holds a person who teaches."""
    return _TEACHER.search(fold(key)) is not None


def without_private_addresses(text: str | None) -> str | None:
    """Plain text or sanitised HTML with private e-mail addresses reduced to their host, and without links to them."""
    if text is None or not _may_hold_address(text):
        return text
    return masked(_PRIVATE_LINK.sub(r"\g<text>", text))


def read_contact(contact: ListingContact | None) -> Reading[Contact | None]:
    """Whom the public may ask; an address at a private mail host is left out, with a doubt that does not repeat it."""
    if contact is None:
        return Reading(None)
    email = plain(contact.email)
    doubts: tuple[Doubt, ...] = ()
    if email and _PRIVATE.search(email):
        doubts = (Doubt(masked(email), "a private e-mail address, not carried on"),)
        email = None
    name, phone = without_private_addresses(plain(contact.name)), without_private_addresses(plain(contact.phone))
    found = Contact(name=name, phone=phone, email=email)
    return Reading(found if any((name, phone, email)) else None, doubts)


def _may_hold_address(text: str) -> bool:
    return "@" in text or "%40" in text or "(at)" in text or "[at]" in text
