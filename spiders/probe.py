"""What software a page of an unknown site was made with, and what can be read from it: for a person who adds a source.

Every software leaves marks: class names, addresses, names of elements and keys. A page is read by each platform whose
marks it bears, and by those that suit any site. Software known by its marks goes first, then structured data, then
labels, then plain tables; what cannot be read goes last. The marks are research of 2025/26, not what a site promises.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from spiders.listing import ListingDict
from spiders.marks import names_of
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform
from spiders.source import bare_source
from spiders.structured.courses import courses
from spiders.structured.graph import types

logger = logging.getLogger(__name__)

KEPT = 5  # listings and notes of a platform that are shown
LONGEST = 90  # characters of a shown value
_LOOKED_AT = 300_000  # bytes of a page that are searched for names
_SHOWN_MARKS = 6
_LEAVES = 20_000  # values of an untouched payload that are compared with a field

_CSS: Mapping[str, tuple[str, ...]] = {
    "kufer": (
        ".kw-kursuebersicht", ".kw-table-row", ".kw-ue-title", ".kw-kurs-info-text", ".kw-kurstage",
        "[class^='kw-'], [class*=' kw-'], [id^='kw-']", "[href*=kuferweb], [src*=kuferweb]",
        "[href*='webbasys/'], [src*='webbasys/']", "a[href*='index.php'][href*='knr=']", "[src*=kursampeln]",
    ),
    "odav": (
        "a[href*='coursedetail.html']", "a[href*='courselist.html']", "[class*='odav-'], [id*='odav-']",
        "[class*='course-app'], course-app",
    ),
    "woocommerce": (
        "form.variations_form", "li.product.type-product", ".woocommerce-product-details__short-description",
        "h1.product_title", "body.woocommerce, body.woocommerce-page", "[class*='woocommerce-']",
    ),
    "hbz": (".course-detail__dates-list-item", ".course-detail__fee-list-item", "[class*='course-detail__']"),
}  # fmt: skip
_ADDRESSES = {
    "kufer": re.compile(r"/kw/bereich/|/kursdetails/|[?&]knr=|/webbasys/"),
    "odav": re.compile(r",0,course(?:list|detail)\.html"),
    "hbz": re.compile(r"//(?:www\.)?hbz[.-][^/]*/de/"),
    "mein_now": re.compile(r"\brest\.mein-now\.de/"),
}
_NAMES = {
    "mein_now": {"bildungsangebotDTOList"},
    "ba": {"termine", "angebot"},
    "openqcat": {"OPENQCAT", "NEW_CATALOG", "UPDATE_CATALOG", "SERVICE", "PRODUCT_ID"},
    "openvhs": {"veranstaltungen", "veranstaltung"},
}
_FEEDS = frozenset({"ba", "mein_now", "openqcat", "openvhs"})  # what one of them reads is no page and no table
_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_TIERS = {"json_ld": 1, "labelled": 2, "table": 3}  # a software with marks is 0


@dataclass(frozen=True)
class Guess:
    """One platform: what on the page speaks for it, and what it reads there. `refusal` is why it reads nothing."""

    platform: str
    evidence: tuple[str, ...]
    listings: tuple[ListingDict, ...] = ()  # the first ones
    count: int = 0
    links: tuple[str, ...] = ()  # to courses and further lists
    notes: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def reads(self) -> bool:
        """Whether it finds courses on the page, or links to some."""
        return self.refusal is None and bool(self.count or self.links)


Fields = dict[str, tuple[str, str]]  # contract path -> published value (shortened), and where it stood


@dataclass(frozen=True)
class Findings:
    """All guesses, the likeliest first, and what each kind of reader says of the first course of the page."""

    guesses: tuple[Guess, ...]
    fields: Mapping[str, Fields]

    @property
    def best(self) -> Guess | None:
        """The likeliest platform that reads the page; None if none does."""
        return next((guess for guess in self.guesses if guess.reads), None)


def probe(page: Page) -> Findings:
    """Look at a page of unknown origin. Whatever a reader stumbles over is the refusal of its guess."""
    is_html = _is_html(page)
    marks = evidence(page, is_html=is_html)
    guesses = [_read(page, name, marks[name]) for name in marks]
    if not any(guess.platform in _FEEDS and guess.reads for guess in guesses):
        guesses += [_read(page, name, ()) for name in ("json_ld", "labelled" if is_html else "table")]
    ranked = sorted(guesses, key=lambda guess: (not guess.reads, _TIERS.get(guess.platform, 0), -len(guess.evidence)))
    return Findings(tuple(ranked), dict(_by_reader(page, ranked, is_html=is_html)))


def evidence(page: Page, *, is_html: bool) -> dict[str, tuple[str, ...]]:
    """The marks of each software that the page bears, as words for people."""
    found: dict[str, list[str]] = {}
    if is_html:
        for name, selectors in _CSS.items():
            counts = ((css, len(page.selector.css(css))) for css in selectors)
            found[name] = [f"{css} ({count})" for css, count in counts if count]
    names = {name.decode("ascii") for name in _names(page.body[:_LOOKED_AT], is_html=is_html)}
    for name, wanted in _NAMES.items():
        found.setdefault(name, []).extend(sorted(names & wanted))
    for name, pattern in _ADDRESSES.items():
        if match := pattern.search(page.url):
            found.setdefault(name, []).append(f"Adresse: {match[0]}")
    return {name: tuple(marks) for name, marks in found.items() if marks}


def fields_of(record: ListingDict, origin: str) -> Fields:
    """The published fields of a listing and of its first run, each with where it stood (else `origin`)."""
    raw = record.get("raw")
    origins = raw.get("origins", {}) if isinstance(raw, dict) else {}
    leaves = list(islice(_leaves(raw, ""), _LEAVES))
    found: Fields = {}
    for path, value in _published(record):
        text = value if isinstance(value, str) else ", ".join(map(str, value))
        found[path] = (_short(text), origins.get(path) or _place(text, leaves) or origin)
    return found


def _is_html(page: Page) -> bool:
    try:
        return page.selector is not None
    except UnreadableError:
        return False


def _names(body: bytes, *, is_html: bool) -> set[bytes]:
    """Keys of JSON, or names of XML elements without their prefix; HTML is told by its classes instead."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return names_of(body)
    return set(_ELEMENT.findall(body)) if start.startswith(b"<") and not (is_html and b"<html" in start) else set()


def _read(page: Page, name: str, marks: tuple[str, ...]) -> Guess:
    listings: list[ListingDict] = []
    links: list[str] = []
    notes: list[str] = []
    count = 0
    try:
        for found in platform(name).read(page, bare_source(name)):
            if isinstance(found, Follow):
                links.append(found.url)
                if found.fallback and len(listings) < KEPT:
                    listings.append(found.fallback)
            elif isinstance(found, Note):
                notes.append(f"{found.kind}: {found.message}")
            elif not isinstance(found, Total) and found.get("title"):  # a row without one is a further run, or nothing
                count += 1
                if len(listings) < KEPT:
                    listings.append(found)
    except UnreadableError as error:
        return Guess(name, marks, refusal=str(error))
    except Exception as error:  # a hostile page can break a reader anywhere
        logger.info("reading %s as %s", page.url, name, exc_info=True)
        return Guess(name, marks, refusal=f"the reader broke: {type(error).__name__}: {error}")
    marks = marks or _own_evidence(name, listings)
    return Guess(name, marks, tuple(listings), count, tuple(dict.fromkeys(links)), tuple(notes[:KEPT]))


def _own_evidence(name: str, listings: list[ListingDict]) -> tuple[str, ...]:
    """For a reader that suits any site: what it found to hold on to."""
    raw = listings[0].get("raw") if listings else None
    if not isinstance(raw, dict):
        return ()
    if name == "json_ld":
        kinds = sorted({kind for node in (raw.get("course"), *raw.get("runs", ())) for kind in types(node or {})})
        return tuple(f"schema.org {kind}" for kind in kinds)
    if name == "table":
        return tuple(f"Spalte {head}" for head in islice(raw, _SHOWN_MARKS))
    return tuple(f"{path}: {origin}" for path, origin in islice(raw.get("origins", {}).items(), _SHOWN_MARKS))


def _by_reader(page: Page, ranked: list[Guess], *, is_html: bool) -> Iterator[tuple[str, Fields]]:
    """What structured data, labels and the likeliest platform say of the first course of the page."""
    if is_html and (given := _structured(page)):
        yield "structured", fields_of(given, "schema.org")
    best = ranked[0] if ranked and ranked[0].reads else None
    for guess in ranked:
        if not guess.listings:
            continue
        if guess.platform == "labelled":
            yield "labelled", fields_of(guess.listings[0], "labelled")
        elif guess is best and guess.platform != "json_ld":
            yield "platform", fields_of(guess.listings[0], guess.platform)


def _structured(page: Page) -> ListingDict | None:
    try:
        return next(iter(courses(page)), None)
    except UnreadableError:
        return None


def _published(record: ListingDict) -> Iterator[tuple[str, Any]]:
    runs = record.get("instances") or [{}]
    contact = record.get("contact") or {}
    parts = [("", record), ("contact.", contact), ("instances.", runs[0])]
    for prefix, part in parts:
        for name, value in part.items():
            if value and name not in ("raw", "instances", "contact", "sessions", "source", "fetched_at"):
                yield prefix + name, value


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text of an untouched payload with its path; a pair of label and text is named by its label."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        yield f"{path} '{_short(value[0])}'", value[1]
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, f"{path}[{number}]")
    elif value is not None:
        yield path, str(value)


def _place(text: str, leaves: list[tuple[str, str]]) -> str | None:
    """Where a value stands in the payload: as it is, else the longest text that is a part of it."""
    parts = [(path, leaf) for path, leaf in leaves if leaf and leaf in text]
    whole = next((path for path, leaf in parts if leaf == text), None)
    return whole or max(((len(leaf), path) for path, leaf in parts if len(leaf) > 3), default=(0, None))[1]


def _short(text: str) -> str:
    line = re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", " ", text)).strip()
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def site_name(page: Page) -> str | None:
    """What the page calls its site, in one line; None if it does not say."""
    named = page.selector.xpath("//meta[@property='og:site_name']/@content").get() if _is_html(page) else None
    return _short(named or "") or None
