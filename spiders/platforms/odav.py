"""ODAV, the course software of many chambers of trades: lists with an offset, one page per id.

Shape: HTML fragments of 2026. A listing is an id: a list may show several dates under one, they are its runs. Detail
pages advertise sibling runs with other ids; a page is read by its sections (see `spiders/headed`), and what the
list's own cards say of dates and form goes before what a mixed page says. Addresses are shortened to number and id.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.html import HtmlElement

from spiders.headed import runtext
from spiders.headed.headings import FEES, FORM, PLACE, is_button, labelled
from spiders.headed.lines import PLAIN, lines
from spiders.headed.odav import DETAIL, LIST, canonical, card_of, link_of, ref_of
from spiders.headed.odav_course import course, read_page
from spiders.headed.stated import Stated
from spiders.labelled.labels import FEE_NOTE
from spiders.listing import ListingDict, instance, listing
from spiders.page import Follow, Note, Page, Total, UnreadableError, first, shown
from spiders.source import Source

_DEEPEST = 100  # levels above a link at which a card around it is looked for

Found = ListingDict | Follow | Total | Note

_TOTAL = re.compile(r"\bvon\s+(\d[\d.]*)\s*;?\s*Seite|\b(\d[\d.]*)\s+(?:Treffer|Kurse|Angebote|Lehrgänge)\s+gefunden")
_SOFTWARE = re.compile(r"odav|courselist|coursedetail|course-app", re.IGNORECASE)


def start(source: Source) -> Iterable[Follow]:
    """The first page of every list."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:  # noqa: ARG001 - platform door
    """A course page is a listing, a list leads to course pages and to the next offset."""
    if page.kind == "detail" or (page.kind is None and _is_detail(page)):
        yield from course(page)
    else:
        yield from _list(page)


def _is_detail(page: Page) -> bool:
    """What a saved page is: its address says it, else whether it has a title and a course of its own."""
    path = urlsplit(page.published_url or page.url).path
    if DETAIL in path or LIST in path:
        return DETAIL in path
    titled = first(page.selector, "h1") is not None
    return not _cards(page.selector.root) or (titled and read_page(page, None)[0].is_course)


def _list(page: Page) -> Iterator[Found]:
    cards = _cards(page.selector.root)
    rows = [(ref, _card(ref, element, page)) for ref, element in cards]
    query, offset = _query(page.url)
    total = _total(page)
    if total is None:
        total = page.context.get("total")
    if not rows and total is None:
        if not _SOFTWARE.search(page.text):
            raise UnreadableError("no list of this software: it links to no course and states no total")
        yield Note("empty_list", f"{page.url} shows no course")
        return
    trail: frozenset[str] = page.context.get("trail", frozenset())
    told = {ref for ref, row in rows if row["instances"]}  # a second link of a card is no entry of its own
    rows = [(ref, row) for ref, row in rows if row["instances"] or ref not in told]
    entries = {_entry(ref, row): row for ref, row in rows}
    if total is not None:
        yield Total(query, total, tuple(entries))
    if rows and entries.keys() <= trail:
        yield Note("loop", f"{page.url} showed only courses seen before", spoils=True)
        return
    yield from _courses({entry: row for entry, row in entries.items() if entry not in trail}, cards, page)
    following = _next(page, offset, len(rows), total)
    if following and page.kind is not None:
        yield Follow(following, context={"trail": trail | entries.keys(), "total": total})


def _courses(
    entries: Mapping[str, ListingDict], cards: Sequence[tuple[str, HtmlElement]], page: Page
) -> Iterator[Found]:
    """One course page per id; further dates of an id that an earlier page has shown are runs of that listing."""
    seen = {entry.partition(" ")[0] for entry in page.context.get("trail", ())}
    links = {ref: link_of(element) for ref, element in reversed(cards)}
    grouped: dict[str, list[ListingDict]] = {}
    for row in entries.values():
        grouped.setdefault(row["ref"], []).append(row)
    for ref, rows in grouped.items():
        url = page.address(links[ref])
        card = _joined(rows)
        if ref in seen or url is None:
            yield card if url is None else listing(ref=ref, url=card["url"], instances=card["instances"])
        else:
            yield Follow(url, kind="detail", ref=ref, fallback=card, context={"card": card})


def _cards(root: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """Every card with the id it links to, in order: a link that holds all, or the row around the first of its links."""
    found: dict[HtmlElement, str] = {}
    for link in root.iter("a"):
        ref = ref_of(link.get("href"))
        if ref and not any(above in found for above in islice(link.iterancestors(), _DEEPEST)):
            found.setdefault(card_of(link), ref)
    return [(ref, element) for element, ref in found.items()]


def _card(ref: str, element: HtmlElement, page: Page) -> ListingDict:
    """What a card says of one run: dates, form and title in its heading, the rest line by line."""
    run = Stated()
    title: str | None = None
    visible = lines(element, links=DETAIL)
    for line in visible:
        said = labelled(line.text) if title or line.level == PLAIN else None
        dated = runtext.dated(line.text)
        names = title is None and (line.level < PLAIN or (line.link is not None and runtext.kind(line.text) is None))
        if is_button(line.text):
            continue
        if said:
            _add_labelled(run, *said)
        elif dated and not run.is_dated:
            if runtext.kind(dated.dates) == "availability":  # "Termin folgt"
                run.status.append(dated.dates)
            else:
                run.values["dates"] = dated.dates
            run.forms += [dated.form] if dated.form else []
            title = title or dated.rest
        elif names or not run.add(line.text, light=line.light):
            if title is None:
                title = line.text
            else:
                run.places.append(line.text)
    fields: dict[str, Any] = run.fields()
    return listing(
        ref=ref,
        url=canonical(page.address(link_of(element))),
        title=title,
        raw={"card": [line.text for line in visible]},
        instances=[instance(**fields)],
    )


def _add_labelled(run: Stated, path: str, label: str, value: str) -> None:
    if path == PLACE:
        run.places.append(value)
    elif path in (FEES, FEE_NOTE):
        run.fees.append((label, value))
    elif path == FORM:
        run.forms.append(value)
    elif not run.add(value):
        run.values.setdefault(path.removeprefix("instances."), value)


def _joined(rows: Sequence[ListingDict]) -> ListingDict:
    """The rows of one id as one listing; a price or duration that all share is the listing's."""
    runs = [run for row in rows for run in row["instances"]]
    shared = {}
    for name in ("price", "price_note", "duration"):
        values = {run[name] for run in runs if name in run}
        if len(values) == 1 and len(runs) == sum(name in run for run in runs):
            shared[name] = values.pop()
            runs = [{key: value for key, value in run.items() if key != name} for run in runs]
    cards = [row["raw"]["card"] for row in rows]
    return {**rows[0], **shared, "raw": {"cards": cards}, "instances": [run for run in runs if any(run.values())]}


def _entry(ref: str, row: ListingDict) -> str:
    """What tells one entry of a list from the next: id, dates and form."""
    run = row["instances"][0] if row["instances"] else {}
    return " ".join([ref, *(run.get(name) or "" for name in ("dates", "schedule", "format"))]).strip()


def _next(page: Page, offset: int, shown_here: int, total: int | None) -> str | None:
    """The next page: by its offset while the total is not reached; without a total by the page's own link."""
    if total is not None:
        return _at(page.url, offset + shown_here) if shown_here and offset + shown_here < total else None
    hrefs = [link.get("href") for link in page.selector.root.iter("a") if LIST in (link.get("href") or "")]
    pages = {_query(url)[1]: url for href in hrefs if (url := page.address(href))}
    later = [position for position in pages if position > offset]
    return pages[min(later)] if later else None


def _query(url: str) -> tuple[str, int]:
    """A list's address without its offset, and the offset."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    offset = next((value for name, value in pairs if name == "offset" and value.isdecimal()), "0")
    rest = urlencode([pair for pair in pairs if pair[0] != "offset"])
    return f"{parts.path}?{rest}", int(offset[:9])


def _at(url: str, offset: int) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "offset"]
    return urlunsplit(parts._replace(query=urlencode([*pairs, ("offset", str(offset))])))


def _total(page: Page) -> int | None:
    found = _TOTAL.search(shown(page.selector) or "")
    return int((found[1] or found[2]).replace(".", "")[:9]) if found else None
