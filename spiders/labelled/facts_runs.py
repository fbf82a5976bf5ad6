"""Runs in repeated blocks: cards, list items, panels or rows of the same build, each with a date of its own."""

import re
from collections.abc import Iterator

from bs4 import Tag

from spiders.labelled.labels import IGNORED, states
from spiders.labelled.leaves import NEW_BLOCK, Leaves, is_inline
from spiders.labelled.shapes import DATE, OPEN, WHEN

Span = tuple[int, int]

_NEVER = frozenset(
    {
        "td",
        "th",
        "dt",
        "dd",
        "tbody",
        "thead",
        "time",
        "body",
        "html",
        "main",
        "article",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    }
)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_OF_A_RUN = {
    "instances.dates",
    "instances.start",
    "instances.ref",
    "instances.venue",
    "course_number",
    "instances.times",
    "instances.city",
}
NO_RUNS = re.compile(
    r"\b(?:Prüfungstermin\w*|Info(?:abend|termin|veranstaltung|rmations)\w*|Infotag\w*|Ferien\w*|"
    r"Öffnungszeiten|Stundenplan|Ablauf\w*|Lehrplan|Meilensteine|Tagesablauf|Agenda|"
    r"Beratungstermin\w*|Feiertage|Zeitplan|Modulplan|Newsletter|Bewertungen|Teilnehmerstimmen|News|"
    r"Aktuelles|Schnupper\w*)\b",
    re.IGNORECASE,
)
SESSIONS = re.compile(
    r"\b(?:Kurstage|Einzeltermine|Unterrichtstage|Terminliste|Terminplan|Präsenztage|Präsenztermine|"
    r"Sitzungen|Veranstaltungstage|Termine im Einzelnen|Einzelne Termine|"
    r"Unterrichtstermine|Seminartage|Kurstermine im Detail|Alle Kurstage|Einheiten)\b",
    re.IGNORECASE,
)
_LONGEST = 1800  # characters of one card
_MOST_CARDS = 300


def cards(doc: Leaves, *, in_tables: bool) -> Iterator[list[Span]]:
    """Groups of run cards, outermost first; a group inside of one that was given is not looked at.

    `in_tables`: rows of tables count too (those that the reader of tables has left).
    """
    taken: set[int] = set()
    for group in sorted(
        _groups(doc, _NEVER if in_tables else _NEVER | {"tr"}),
        key=lambda spans: (spans[0][0], -(spans[-1][1] - spans[0][0])),
    ):
        if (
            not any(low in taken for low, _ in group)
            and all(_is_card(doc, span) for span in group)
            and _are_alike(doc, group)
        ):
            for span in group:
                taken.update(range(*span))
            yield group


def _groups(doc: Leaves, never: frozenset[str]) -> Iterator[list[Span]]:
    """Sibling elements of the same tag and class that each hold a date (or an open start beside dated siblings)."""
    groups: dict[tuple[int, str, str], dict[int, Tag]] = {}
    for index, leaf in enumerate(doc.row):
        if index in doc.used or leaf.link or not DATE.search(leaf.text):
            continue
        tag = leaf.tag
        while tag.parent is not None:
            if tag.name == "table" and "tr" in never:
                break
            if tag.name not in never and (not is_inline(tag) or tag.name == "a"):
                key = (id(tag.parent), tag.name, _class(tag))
                groups.setdefault(key, {})[id(tag)] = tag
            tag = tag.parent
    yield from _headed(doc)
    for (_, name, marks), members in groups.items():
        if not 2 <= len(members) <= _MOST_CARDS:
            continue
        first = next(iter(members.values()))
        siblings = (
            [tag for tag in first.parent.find_all(name, recursive=False) if _class(tag) == marks]
            if first.parent
            else []
        )
        spans = [
            doc.span(tag) for tag in siblings if id(tag) in members or (marks and OPEN.search(doc.text(*doc.span(tag))))
        ]
        if all(doc.is_free(*span) for span in spans):
            yield spans


def _class(tag: Tag) -> str:
    """The first class: further ones say what state a run is in."""
    return str(tag.get_attribute_list("class")[0]) if tag.get("class") else ""


def _headed(doc: Leaves) -> Iterator[list[Span]]:
    """Blocks under sibling headings that begin with a date: each heading and what follows it up to the next one."""
    groups: dict[tuple[int, str], list[Tag]] = {}
    for tag in doc.root.find_all(_HEADINGS):
        begin = WHEN.match(doc.text(*doc.span(tag)))
        if begin and DATE.search(begin[0]):
            groups.setdefault((id(tag.parent), tag.name), []).append(tag)
    for tags in groups.values():
        spans = []
        for tag in tags if len(tags) > 1 else ():
            low, high = doc.span(tag)
            for sibling in tag.next_siblings:
                if isinstance(sibling, Tag) and sibling.name in ("h1", *_HEADINGS) and sibling.name <= tag.name:
                    break
                if isinstance(sibling, Tag) and doc.span(sibling)[1] > high:
                    high = doc.span(sibling)[1]
            spans.append((low, high))
        if spans and all(doc.is_free(*span) for span in spans):
            yield spans


def _is_card(doc: Leaves, span: Span) -> bool:
    """A bounded block that begins like a run: with a date, a label of a run, or a short heading."""
    low, high = span
    if sum(len(leaf.text) for leaf in doc.row[low:high]) > _LONGEST:
        return False
    lines = doc.lines(low, high)
    lead = _first_label(doc, low)
    if lead:
        return lead in _OF_A_RUN and len(lines) > 1  # a labelled line alone is read as one, in the order of the page
    if not lines or len(lines[0]) > 120:
        return False
    begins = any((begin := WHEN.match(line)) and DATE.search(begin[0]) for line in lines[:3]) or bool(
        OPEN.search(lines[0])
    )
    if len(lines) == 1:
        return begins
    labelled = any(
        states(doc.row[at].text.strip()) in ("instances.dates", "instances.start")
        or _first_label(doc, at) in ("instances.dates", "instances.start")
        for at in range(low, high)
    )
    return begins or (labelled and len(lines[0].split()) <= 6)


def _first_label(doc: Leaves, index: int) -> str | None:
    text = doc.row[index].text.strip()
    path = states(text) if len(text) <= 60 else None
    if path is None:
        label, colon, _ = text.partition(":")
        path = states(label) if colon and len(label) <= 60 else None
    return path


def _are_alike(doc: Leaves, group: list[Span]) -> bool:
    """The same build throughout: the same first label, no titles of their own, and more than bare days of one range."""
    leads = {_first_label(doc, low) for low, _ in group}
    if len(leads - {None}) > 1 or (IGNORED in leads):
        return False
    texts = [doc.text(*span) for span in group]
    bare = [text for text in texts if WHEN.fullmatch(text)]
    tag = element(doc, group[0])
    if len(bare) == len(texts) and (tag.name not in ("li", "tr")) and not _headed_by_dates(doc, group[0][0]):
        return False
    return not any(_title(doc, span) for span in group)


def _title(doc: Leaves, span: Span) -> bool:
    """Whether a card has a heading that is no date, label or short word of a run."""
    for leaf in doc.row[slice(*span)]:
        heading = leaf.tag if leaf.tag.name in _HEADINGS else leaf.tag.find_parent(_HEADINGS)
        if heading is not None:
            text = leaf.text.strip()
            if not (
                DATE.search(text)
                or OPEN.search(text)
                or states(text)
                or len(text.split()) <= 4
                or re.search(r"\bin\b|\d", text)
            ):
                return True
    return False


def element(doc: Leaves, span: Span) -> Tag:
    """The outermost element that holds just these leaves."""
    tag: Tag = doc.row[span[0]].tag
    while tag.parent is not None and doc.span(tag)[1] < span[1]:
        tag = tag.parent
    while tag.parent is not None and tag.parent.parent is not None and doc.span(tag.parent) == span:
        tag = tag.parent
    return tag


def column_labels(doc: Leaves, group: list[Span]) -> list[str]:
    """The labels in the row above a grid of runs, one for each cell; empty if there is no such row."""
    first = element(doc, group[0])
    for row in (
        first.find_previous_sibling(),
        first.parent.find_previous_sibling() if first.parent is not None else None,
    ):
        if not isinstance(row, Tag):
            continue
        while len(cells := doc.children(row)) == 1:
            row = cells[0]
        labels = [doc.text(*doc.span(cell)) for cell in cells]
        if len(labels) >= 2 and 2 * sum(bool(states(label)) for label in labels) >= len(labels):
            return labels
    return []


def _headed_by_dates(doc: Leaves, low: int) -> bool:
    return low > 0 and states(doc.row[low - 1].text.strip()) in ("instances.dates", "instances.start")


def heading_before(doc: Leaves, low: int) -> str:
    """The text of the nearest heading or bold line before a leaf."""
    for index in range(low - 1, max(-1, low - 60), -1):
        leaf = doc.row[index]
        if leaf.bold and leaf.gap == NEW_BLOCK and len(leaf.text) <= 100 and leaf.tag.name not in ("th", "dt"):
            if leaf.tag.name in ("strong", "b") and (index + 1 >= len(doc.row) or not doc.row[index + 1].gap):
                continue
            return leaf.text.strip()
    return ""
