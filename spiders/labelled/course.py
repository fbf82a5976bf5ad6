"""One listing from a course page: structured data, selectors and labels, field by field, each with its origin."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement, tostring
from parsel import Selector

from spiders.labelled.facts import Facts, facts_of
from spiders.labelled.furniture import contact_boxes, course_root
from spiders.labelled.runs import course_fields, runs_of
from spiders.labelled.title import subtitle_of, title_of
from spiders.listing import ListingDict, instance, listing
from spiders.page import Page, UnreadableError, first, shown
from spiders.source import Source
from spiders.structured.courses import courses

Fields = dict[str, Any]

_HTML = "description"  # the one field that keeps its markup
_CONTACT = ("name", "phone", "email")
_ID_NAMES = re.compile(r"^(?:.*id|nr|knr|kurs|kursnr|kursnummer|number|code|course|seminar)$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|[-_,])(\d{2,})$")
_NOT_ALONE = frozenset(
    {"provider", "categories", "keywords", "funding", "language", "title", "subtitle", "description", "url"}
)


def course(page: Page, source: Source) -> ListingDict:
    """The course of a page. Raises UnreadableError, saying what was missing, if the page states none."""
    given = _structured(page)
    root = course_root(page.selector, source.options.get("container"))
    facts = facts_of(tostring(root, encoding="unicode"))
    fields, origins = course_fields(facts.found)
    runs = runs_of(facts.found, fields, origins)
    selected = dict(_selected(page, root, source))
    if not given and not selected and not _states_a_course(fields, runs):
        raise UnreadableError("no course page: neither a course number nor a date, a price or a place is labelled")
    _put(fields, origins, "title", title_of(page, root, fields.get("title")), "heading", over=True)
    if facts.prose:
        fields["description"] = "\n".join(filter(None, (facts.prose, fields.get("description"))))
        origins.setdefault("description", "prose")
    for box in contact_boxes(page.selector) if not any(fields.get(f"contact.{name}") for name in _CONTACT) else ():
        for fact in facts_of(tostring(box, encoding="unicode", with_tail=False)).found:
            if fact.path.startswith("contact."):
                _put(fields, origins, fact.path, fact.value, f"{fact.origin} '{fact.label}'")
    _put(fields, origins, "subtitle", subtitle_of(root), "below the title")
    for path, (value, css) in selected.items():
        _put(fields, origins, path, value, f"selector {css}", over=True)
    runs = _overlay(fields, origins, runs, given)
    ref, origins["ref"] = _ref(page, source, fields, origins, runs)
    fields.pop("ref", None)
    return listing(
        ref=ref,
        url=page.published_url or fields.pop("url", None),
        contact={name: fields.pop(f"contact.{name}", None) for name in _CONTACT},
        raw=_raw(facts, origins, selected, given),
        instances=[run if "sessions" in run else instance(**run) for run in runs],
        **{name: value for name, value in fields.items() if "." not in name and name != "url"},
    )


def _put(fields: Fields, origins: dict[str, str], path: str, value: Any, origin: str, *, over: bool = False) -> None:
    if value and (over or not fields.get(path)):
        fields[path] = value
        origins[path] = origin


def _states_a_course(fields: Fields, runs: list[ListingDict]) -> bool:
    """A number or a dated run says so alone; anything else needs a second field beside it."""
    if fields.get("course_number") or fields.get("ref") or any(run.get("dates") for run in runs):
        return True
    stated = {path for path in fields if not path.startswith("contact.")} - _NOT_ALONE
    return len(stated) + any(run.get("venue") for run in runs) >= 2


def _selected(page: Page, root: HtmlElement, source: Source) -> Iterator[tuple[str, tuple[str, str]]]:
    """What the selectors of the source find: in the course's container, else anywhere on the page."""
    for path, css in source.options.get("select", {}).items():
        found = first(Selector(root=root, type="html"), css) or first(page.selector, css)
        value = found.get() if found is not None and path == _HTML else shown(found)
        if value:
            yield path, (value, css)


def _raw(facts: Facts, origins: dict[str, str], selected: Fields, given: ListingDict | None) -> dict[str, Any]:
    """The untouched payload: every labelled text, and where each field of the listing came from."""
    raw: dict[str, Any] = {
        "facts": [[fact.label, fact.value, fact.origin] for fact in facts.found],
        "origins": origins,
        "selected": sorted(selected),
    }
    if facts.blocks:
        raw["blocks"] = facts.blocks
    if facts.refused:
        raw["refused"] = [list(pair) for pair in facts.refused]
    if given:
        raw["structured"] = given.get("raw")
    return raw


# --- structured data --------------------------------------------------------------------------------------------------


def _structured(page: Page) -> ListingDict | None:
    """The course that the page's structured data describes: the only one, or the one named as the page is."""
    found: list[ListingDict] = _courses(page)
    if len(found) > 1:
        heading = _key(shown(first(page.selector, "h1")))
        found = [record for record in found if heading and _key(record.get("title")) == heading]
    return found[0] if len(found) == 1 else None


def _courses(page: Page) -> list[ListingDict]:
    if "ld+json" not in page.text and "itemscope" not in page.text:
        return []
    return courses(page)


def _key(text: str | None) -> str:
    return re.sub(r"\W+", "", text or "").casefold()


def _overlay(
    fields: Fields, origins: dict[str, str], runs: list[ListingDict], given: ListingDict | None
) -> list[ListingDict]:
    """Structured fields over the labelled ones; its runs if they are dated, completed by what is labelled once."""
    if given is None:
        return runs
    for name, value in given.items():
        if name == "ref" and (value == given.get("title") or str(value).startswith(("http:", "https:"))):
            continue  # the page's own data has no id either
        if name == "contact":
            for part, text in (value or {}).items():
                _put(fields, origins, f"contact.{part}", text, "json-ld", over=True)
        elif name not in ("raw", "instances", "url", "source"):
            _put(fields, origins, name, value, "json-ld", over=True)
    dated = [run for run in given.get("instances") or [] if run.get("dates")]
    if not dated:
        return runs or list(given.get("instances") or [])
    stated = {name for run in runs for name in run if run.get(name)} - {"dates", "ref", "sessions"}
    once = {name: values.pop() for name in stated if len(values := {run.get(name) for run in runs}) == 1}
    origins["instances.dates"] = "json-ld"
    same = {_day(run.get("dates")): run for run in runs}
    return [
        _completed(run, {**same.get(_day(run["dates"]), {}), **{n: v for n, v in once.items() if v}}) for run in dated
    ]


def _day(dates: str | None) -> str:
    """The first day of a date in either notation, to find the same run on the page; else the text itself."""
    text = dates or ""
    if match := re.search(r"(\d{4})-(\d\d)-(\d\d)", text):
        return f"{int(match[3])}.{int(match[2])}.{match[1]}"
    match = re.search(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text)
    return f"{int(match[1])}.{int(match[2])}.{match[3]}" if match else _key(text)


def _completed(run: ListingDict, labelled: ListingDict) -> ListingDict:
    return {**run, **{name: value for name, value in labelled.items() if value and not run.get(name)}}


# --- reference --------------------------------------------------------------------------------------------------------


def _ref(
    page: Page, source: Source, fields: Fields, origins: dict[str, str], runs: list[ListingDict]
) -> tuple[str | None, str]:
    """The provider's own id: labelled, the course number, from the address if the source says so, a run's number.

    Only a source that declares its references weak, or a page of unknown origin, falls back to the address.
    """
    for name in ("ref", "course_number"):
        if fields.get(name):
            return str(fields[name]), origins.get(name, name)
    address = page.published_url or page.url
    pattern = source.options.get("ref_from_url")
    match = re.search(pattern, unquote(address)) if pattern else None
    if match:
        return match[1], "address"
    numbers = [str(run["ref"]) for run in runs if run.get("ref")]
    if numbers:
        return numbers[0], "first run"
    if source.ref == "auto" or source.ref_stability == "weak":
        return _from_address(address), "address (weak)"
    return None, "none"


def _from_address(address: str) -> str | None:
    """The last part of an address: an id of its query, a number at the end of its path, else the words there."""
    parts = urlsplit(address)
    for name, value in parse_qsl(parts.query):
        if _ID_NAMES.match(name.split("[")[-1].rstrip("]")) and value.strip():
            return value.strip()
    folders = [part for part in unquote(parts.path).split("/") if part]
    if not folders:
        return None
    words = re.sub(r"\.(?:html?|php|aspx?|jsp)$", "", folders[-1])
    number = _NUMBERED.search(words)
    return number[1] if number else words
