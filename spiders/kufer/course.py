"""The course page of Kufer, alike in all generations: labels and values, meetings, a traffic light, perhaps JSON-LD.

Unverified on a whole page of Recklinghausen; known are fragments of TYPO3 houses (2025) and what public code reads of
the old generation. The times of the table of meetings go before those of JSON-LD.
"""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from spiders.kufer import json_ld
from spiders.kufer.facts import (
    AND,
    DATE,
    PLACES,
    Element,
    Fact,
    classes,
    fact,
    furniture,
    is_category,
    label_in,
    light,
    line,
    path_of,
    record,
    states_of,
)
from spiders.kufer.lists import bare_number_of, number_of
from spiders.listing import ListingDict, contact, session
from spiders.page import Page, first, folded

MARKS = "table#kw-kurstage, div.kw-kurs-info-text, .kw-kursdetails"

_TIME = re.compile(r"\d{1,2}[.:]\d{2}\s*(?:-|–|bis|Uhr)|\bUhr\b")
_BREADCRUMB = ".breadcrumb a, nav[aria-label*='rotkr'] a, [class*='breadcrumb'] a"
_MEETING = {"instances.dates": "date", "instances.times": "times", "instances.venue": "venue", "instances.room": "room"}
_CONTACT = ".kw-kontakt, .kw-ansprechpartner, [class*='ansprechpartner']"
_SERVICE = frozenset({"btn", "kw-kontakt", "kw-ansprechpartner"})
_PERSON = re.compile(r"(?:Ansprech\w*|\w*bereichsleit\w*|Kontakt)[^:]{0,20}:\s*([^,;|•]{3,80})", re.IGNORECASE)
_PHONE = re.compile(r"(?:Tel(?:efon)?\.?|Fon)\s*:?\s*(\+?[\d(][\d ()/\u00a0–-]{4,30}\d)", re.IGNORECASE)
_BOOKS = re.compile(r"warenkorb|anmeld|buch", re.IGNORECASE)


def course(page: Page, facts: Sequence[Fact]) -> ListingDict:
    """The listing of a course page with these facts. What only the list said of it (`context`) is added."""
    data = json_ld.course(page.selector, _heading(page))
    stated = next((each.value for each in facts if each.path == "course_number"), None)
    url = page.published_url
    days = [meeting for table in _tables(page)[:1] for meeting in _meetings(table)]
    row: ListingDict = page.context.get("row") or {}
    named = next((each.value for each in facts if each.path == "title"), None)
    made = record(
        [each for each in facts if each.path != "title"],
        number=number_of(page.url) or stated or number_of(url) or bare_number_of(url),
        url=url,
        title=_heading(page) or named or data.title or row.get("title"),
        description=_description(page),
        categories=_categories(page, facts) or page.context.get("categories"),
        states=_states(page, facts),
        sessions=days,
        place={**data.place, **_first_place(days, facts)},
        contact=_contact(page),
    )
    made["price"] = made.get("price") or data.price
    return _with_row(made, row)


def _first_place(days: Sequence[ListingDict], facts: Sequence[Fact]) -> ListingDict:
    """Where the course begins, unless a label names another place."""
    named = next((each.value for each in facts if each.path == "instances.venue"), None)
    if not days or (named and named != days[0]["venue"]):
        return {}
    return {name: days[0][name] for name in ("venue", "room") if days[0][name]}


def facts_of(page: Page) -> Iterator[Fact]:
    """Terms and descriptions, rows of two cells, and two columns side by side, outside of furniture."""
    root = page.selector.root
    for element in root.iter("dl", "tr", "div"):
        if element.tag == "dl":
            found = list(_terms(element))
        elif element.tag == "tr":
            found = list(_pair(element, "td", "th"))
        else:
            found = list(_pair(element, "div")) if "row" in classes(element) else []
        if found and not furniture(element):
            yield from found


def _terms(element: Element) -> Iterator[Fact]:
    """Each description goes to the last term before it; several of one term are one value."""
    label: str | None = None
    values: list[str] = []
    for part in element.iter("dt", "dd"):
        if part.tag == "dt":
            yield from fact(label, ", ".join(values))
            label, values = line(part, labels=True), []
        elif value := line(part):
            values.append(value)
    yield from fact(label, ", ".join(values))


def _pair(element: Element, *tags: str) -> Iterator[Fact]:
    """A row of a label and a value; what is no known label must look like one, for tables also lay pages out."""
    cells = [each for each in element if isinstance(each.tag, str)]
    if len(cells) != 2 or any(each.tag not in tags for each in cells):
        return
    if _lays_out(element) or next(element.iter("dl"), None) is not None:
        return
    label = line(cells[0], labels=True)
    if label and len(label) <= 40 and (path_of(label) is not None or label.endswith(":")):
        yield from fact(label, line(cells[1]))


def _tables(page: Page) -> list[Element]:
    """The table of meetings: the one with the id, else one whose head names days and times or places, or of dots."""
    named = first(page.selector, "#kw-kurstage, table.kw-kurstage")
    if named is not None:
        return list(named.root.iter("table"))[:1]
    found = []
    for table in page.selector.root.iter("table"):
        if _lays_out(table):
            continue
        heads = {path_of(line(each, labels=True)) for each in table.iter("th")}
        headed = "instances.dates" in heads and len(heads & _MEETING.keys()) > 1
        if (headed or any(_is_dotted(each) for each in table.iter("td"))) and not furniture(table):
            found.append(table)
    return found


def _lays_out(element: Element) -> bool:
    """Whether a table or row holds further tables: old pages are laid out with them."""
    return any(each is not element for each in element.iter("table"))


def _is_dotted(cell: Element) -> bool:
    words = line(cell) if "•" in (cell.text or "") else None
    return bool(words and DATE.search(words))


def _meetings(table: Element) -> Iterator[ListingDict]:
    """One meeting a row: by the heads of the columns, else Datum, Uhrzeit, Ort, Raum; or all of it in one cell."""
    heads = [path_of(line(each, labels=True)) for each in table.iter("th")]
    for row in table.iter("tr"):
        cells = [each for each in row if each.tag == "td"]
        if not cells:
            continue
        fields: dict[str, str | None] = {}
        for position, cell in enumerate(cells):
            value = line(cell)
            path = path_of(label_in(cell))
            if path is None and len(heads) == len(cells):
                path = heads[position]
            elif path is None and not heads and position < len(_MEETING):
                path = list(_MEETING)[position]
            if value and "•" in value:
                fields.update(_dotted(value))
            elif value and (path in _MEETING or path is None):
                fields.setdefault(_MEETING[path] if path else "date", value)
        if fields:
            yield session(**{name: fields.get(name) for name in ("date", "times", "venue", "room")})


def _dotted(value: str) -> dict[str, str]:
    """ "Montag • 08.09.2025 • 16:00 - 17:30 Uhr • house • room"; without a date all of it stands as the date."""
    parts = [part for each in value.split("•") if (part := folded(each))]
    day = next((index for index, part in enumerate(parts) if DATE.search(part)), None)
    if day is None:
        return {"date": value}
    names = ["date"]
    rest = parts[day + 1 :]
    if rest and _TIME.search(rest[0]):
        names.append("times")
    names += ["venue", "room"]
    values = [" • ".join(parts[: day + 1]), *rest[: len(names) - 2], " • ".join(rest[len(names) - 2 :])]
    return {name: said for name, said in zip(names, values, strict=False) if said}


def _heading(page: Page) -> str | None:
    headings = page.selector.css("h1") or page.selector.css(".kurstitel, .kw-kurstitel")
    return next((text for each in headings if not furniture(each.root) and (text := line(each.root))), None)


def _description(page: Page) -> str | None:
    """The text about the course; where it is not marked, the paragraphs beside the facts."""
    marked = page.selector.css("div.kw-kurs-info-text").get()
    blocks = (each for each in page.selector.root.iter("dl", "table") if not _lays_out(each))
    anchor = None if marked else next((each for each in blocks if not furniture(each)), None)
    if anchor is None:
        return marked
    parts = [each for each in anchor.getparent() if each.tag == "p" or (each.tag in ("ul", "ol") and not classes(each))]
    kept = [each for each in parts if line(each) and not _is_service(each)]
    return "\n".join(_html(each) for each in kept) or None


def _is_service(element: Element) -> bool:
    """Whether a paragraph holds no prose: a button, a contact, a traffic light, or a link and nothing else."""
    if light(element) or any(not _SERVICE.isdisjoint(classes(each)) for each in element.iter("*")):
        return True
    return line(element) == " ".join(line(each) or "" for each in element.iter("a"))


def _html(element: Element) -> str:
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def _categories(page: Page, facts: Sequence[Fact]) -> list[str]:
    """The category the course page names itself: by a label, else the last link of its breadcrumb to a category."""
    stated = [each.value for each in facts if each.path == "categories"]
    title = _heading(page)
    links = [line(each.root) for each in page.selector.css(_BREADCRUMB)]
    named = [text for text in links if text and text != title and is_category(text)]
    return stated or named[-1:]


def _states(page: Page, facts: Sequence[Fact]) -> list[str | None]:
    """The course's own traffic light; only if nothing tells its state, the button that books it."""
    for each in page.selector.css(".ampelicon, .kw_ampel, .kw-ampel, img[src*='kursampeln']"):
        if not furniture(each.root):
            return [light(each.root)]
    if any(each.path == "instances.availability" for each in facts):
        return []
    for each in page.selector.css("a.btn-success"):
        words = line(each.root)
        if not furniture(each.root) and words and _BOOKS.search(words):
            return [words]
    return []


def _contact(page: Page) -> ListingDict | None:
    """The department's line: a name after its label, a phone after "Tel.", the address of a mail link."""
    for block in page.selector.css(_CONTACT):
        if furniture(block.root):
            continue
        words = line(block.root, labels=True) or ""
        name, phone = _PERSON.search(words), _PHONE.search(words)
        mail = next((each for each in block.root.iter("a") if (each.get("href") or "").startswith("mailto:")), None)
        found = contact(
            {
                "name": name[1].strip() if name else None,
                "phone": phone[1] if phone else None,
                "email": mail.get("href")[7:].partition("?")[0] if mail is not None else None,
            }
        )
        if found:
            return found
    return None


def _with_row(made: ListingDict, row: ListingDict) -> ListingDict:
    """The listing, with what its row in the list said and the course page does not."""
    for name, value in row.items():
        if name not in ("ref", "url", "raw", "instances", "categories") and value and not made.get(name):
            made[name] = value
    if row:
        made["raw"] = {**(made["raw"] or {}), "row": (row["raw"] or {}).get("facts")}
    runs = row.get("instances") or []
    if runs and not made["instances"]:
        made["instances"] = runs
    elif runs:
        run = made["instances"][0]
        dated = run.get("dates") or run["sessions"]
        if PLACES.match(run.get("availability") or ""):  # counts alone: the row may add whether one can book
            run["availability"] = states_of(run["availability"], *(runs[0].get("availability") or "").split(AND))
        for name, value in runs[0].items():
            if value and not run.get(name) and not (dated and name in ("dates", "times")):
                run[name] = value
    return made
