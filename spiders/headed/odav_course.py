"""An ODAV course page as a listing: its own sections and runs, beside what the list's cards said of them."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from spiders.headed.coursepage import read_course
from spiders.headed.headings import LABELS
from spiders.headed.lines import Line, lines
from spiders.headed.odav import DETAIL, canonical, card_of, ref_of
from spiders.headed.stated import CoursePage
from spiders.listing import LIST_FIELDS, ListingDict, instance, listing
from spiders.page import Note, Page, UnreadableError, first, shown

Run = dict[str, Any]

_OF_ALL = ("venue", "room", "street", "postcode", "city", "deadline")
_OF_ONE = (*_OF_ALL, "availability", "schedule", "format", "times", "dates", "ref")
_OF_COURSE = ("price", "price_note", "duration")
_HEADS = ("h2", "h3", "h4", "h5", "h6")
_HEADING_MARKUP = tuple(f"<{tag}" for tag in _HEADS)
_PARAGRAPHS = ("p", "li", *_HEADS)


def read_page(page: Page, own: str | None) -> tuple[CoursePage, list[Line]]:
    """The course on a page, by its own id, and all of its lines; cards of other ids are left aside."""
    root = _root(page)
    visible = lines(root, links=DETAIL, labels=LABELS)
    others = {card_of(link) for link in root.iter("a") if ref_of(link.get("href")) not in (None, own)}
    foreign = others.difference(*(title.iterancestors() for title in root.iter("h1")))
    found = read_course(visible, root, foreign=foreign, is_own=lambda link: own is not None and ref_of(link) == own)
    return found, visible


def course(page: Page) -> Iterator[ListingDict | Note]:
    """The listing of a course page, and what is doubtful about it. Raises UnreadableError if it is no such page."""
    url = page.published_url
    own = ref_of(url) or ref_of(page.url)
    found, visible = read_page(page, own)
    title = shown(first(page.selector, "h1"))
    if not found.is_course or not (title or found.runs):
        raise UnreadableError("no course page: no section of a course and no date is on it")
    ref = own or next(iter(found.fields.get("course_number", ())), None) or _last_word(url)
    if ref is None:
        raise UnreadableError("the page does not tell its id: give the address it was fetched from")
    if own is None:
        yield Note("weak_ref", f"{page.url} has no id; it is known as {ref!r}")
    card: ListingDict = page.context.get("card") or {}
    common = found.common.fields()
    runs = _runs(found, common, card.get("instances") or ())
    if len(runs) > 1 and "availability" in common:
        yield Note("unplaced", f"{page.url}: {common['availability']!r} stands beside several runs")
    fields: dict[str, Any] = {name: card[name] for name in (*_OF_COURSE, "title") if card.get(name)}
    fields |= {name: texts if name in LIST_FIELDS else "\n".join(texts) for name, texts in found.fields.items()}
    fields |= {name: common[name] for name in _OF_COURSE if name in common}
    if not any("schedule" in run or "format" in run for run in runs):
        fields |= {name: common[name] for name in ("schedule", "format") if name in common}
    fields |= {"title": title} if title else {}
    yield listing(
        ref=ref,
        url=canonical(url),
        description=_markup(found, Counter(line.block for line in visible)),
        contact=found.contact,
        raw={"lines": [line.text for line in visible], "siblings": found.siblings, "card": card.get("raw")},
        instances=[instance(**run) for run in runs],
        **fields,
    )


def _root(page: Page) -> HtmlElement:
    mains = page.selector.css("main, [role=main]")
    root: HtmlElement = mains[0].root if len(mains) == 1 else page.selector.root
    return root


def _runs(found: CoursePage, common: Mapping[str, str], cards: Sequence[ListingDict]) -> list[Run]:
    """The listing's runs: those of the page; where the list has shown it, those that its cards name.

    A page may show more dates than the cards of its id: they are siblings'. Dates that the page lacks are kept.
    """
    stated: list[Run] = [dict(run.fields()) for run in found.runs]
    listed: list[Run] = [{key: value for key, value in card.items() if value} for card in cards]
    single = max(len(stated), len(listed)) <= 1
    shared = {name: common[name] for name in (_OF_ONE if single else _OF_ALL) if name in common}
    if single:
        return [_beside({**shared, **(stated[0] if stated else {})}, listed[0] if listed else {})]
    if not listed:
        return [{**shared, **run} for run in stated]
    runs = []
    for card in listed:
        twins = [run for run in stated if _squeezed(run.get("dates")) == _squeezed(card.get("dates"))]
        runs.append(_beside(twins[0] if len(twins) == 1 else {}, card, shared))
    return runs


def _beside(run: Run, card: Run, shared: Mapping[str, str] | None = None) -> Run:
    """A run with what its card adds. The card's form counts; the page's address only if it is in the card's town."""
    merged = {**card, **run}
    if "schedule" in card or "format" in card:
        merged = {name: value for name, value in merged.items() if name not in ("schedule", "format")}
        merged |= {name: card[name] for name in ("schedule", "format") if name in card}
    if shared and merged.get("city") in (None, shared.get("city")):
        merged = {**shared, **merged}
    return merged


def _squeezed(dates: str | None) -> str | None:
    """Dates without the differences of dashes and spaces."""
    return re.sub(r"[\s–—-]+", "-", dates) if dates else None


def _markup(found: CoursePage, lines_of: Mapping[HtmlElement, int]) -> str | None:
    """The description: whole paragraphs with their markup where all of their lines belong to it, else lines."""
    counts = Counter(line.block for line in found.prose)
    parts: dict[str, None] = {}
    for line in found.prose:
        if line.block.tag in _PARAGRAPHS and lines_of[line.block] == counts[line.block]:
            parts[etree.tostring(line.block, encoding="unicode", method="html", with_tail=False)] = None
        else:
            parts[_paragraph(line.text)] = None
    while parts and next(reversed(parts)).startswith(_HEADING_MARKUP):
        parts.popitem()
    remarks = [_paragraph(remark) for run in (found.common, *found.runs) for remark in run.remarks()]
    return "\n".join([*parts, *remarks]) or None


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>"


def _last_word(url: str | None) -> str | None:
    """The last part of an address, where nothing better is known."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or None if url else None
