"""Labelled facts of a course page, from inside its course container only, each with where it stood.

Order of reading: definition lists and tables, then blocks that repeat (runs), then everything else by its labels. What
none of them used is the course's prose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, repeat

from spiders.labelled.facts_lines import Emit, Lines
from spiders.labelled.facts_runs import NO_RUNS, SESSIONS, cards, column_labels, element, heading_before
from spiders.labelled.facts_tables import definitions, tables
from spiders.labelled.facts_values import is_place, person_of, run_values, values_of
from spiders.labelled.labels import IGNORED, states
from spiders.labelled.leaves import NEW_BLOCK, Leaves, leaves_of
from spiders.labelled.prose import prose_of
from spiders.labelled.shapes import DATE, EMAIL, STATUS

PER_RUN = {name: f"instances.{name}" for name in ("price", "duration", "format", "schedule", "url")} | {
    "course_number": "instances.ref",
    "+price_note": "instances.price_note",
}
_UNFINISHED = re.compile(r"(?:\s[-–—]|\bbis)\s*$")


@dataclass(frozen=True)
class Fact:
    """A value that a label states: contract path, both texts, the markup it stood in, the run it belongs to if any.

    `session`: the row of a list of single meetings, which is no run of its own.
    """

    path: str
    label: str
    value: str
    origin: str
    row: int | None = None
    session: int | None = None


@dataclass
class Facts:
    """What a page states: facts in document order, labels whose values were refused, and the prose that is left."""

    found: list[Fact] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)  # the whole text of each run that was read by its form
    prose: str | None = None


def facts_of(html: str) -> Facts:
    """All labelled facts of a container, and its prose as HTML."""
    doc = leaves_of(html)
    facts = Facts()
    rows = count()
    at = _Order(doc, facts, rows)
    for group in cards(doc, in_tables=False):
        _cards(doc, at, group, rows)
    for path, label, span, origin, row in [
        *definitions(doc, doc.root.find_all("dl")),
        *tables(doc, doc.root.find_all("table"), rows),
    ]:
        _pair(doc, at, path, label, span, origin, row)
    for group in cards(doc, in_tables=True):
        _cards(doc, at, group, rows)
    _named(doc, at)
    Lines(doc, at.of_row(None), lambda low, high: _block(doc, at, low, high, rows), at.row).read(0, len(doc.row))
    _people(doc, at)
    facts.found = at.in_order()
    facts.prose = prose_of(doc)
    return facts


class _Order:
    """Collects facts with the leaf they begin at, as readers come by a page several times."""

    def __init__(self, doc: Leaves, facts: Facts, rows: Iterator[int]) -> None:
        self._doc = doc
        self._rows = rows
        self._facts = facts
        self._placed: list[tuple[int, Fact]] = []

    def add(self, leaf: int, fact: Fact) -> None:
        self._placed.append((leaf, fact))

    def in_order(self) -> list[Fact]:
        return [fact for _, fact in sorted(self._placed, key=lambda placed: placed[0])]

    def has(self, path: str) -> bool:
        """Whether a fact of that path has been found."""
        return any(fact.path == path for _, fact in self._placed)

    def block(self, text: str) -> None:
        self._facts.blocks.append(text)

    def values(
        self,
        leaf: int,
        path: str,
        label: str,
        lines: list[str],
        origin: str,
        row: int | None,
        session: int | None = None,
    ) -> bool:
        """Record the values of a label; whether there were any."""
        found = values_of(path, label, lines)
        several = row is None and session is None and sum(stated == "instances.dates" for stated, _, _ in found) > 1
        for stated, name, value in found:
            if several and stated == "instances.dates":
                row = next(self._rows)
            self.add(leaf, Fact(_of_run(stated, row), name.strip(" :?!*\u00a0"), value, origin, row, session))
        if not found and lines:
            self._facts.refused.append((label, " ".join(lines)[:200]))
        return bool(found)

    def row(self, leaf: int, cells: list[tuple[str, str]]) -> None:
        """A line of a table in plain text, as labels and values: a run if it states its dates."""
        number = (
            next(self._rows)
            if any(states(label) in ("instances.dates", "instances.start") for label, _ in cells)
            else None
        )
        for label, value in cells:
            path = states(label)
            if path and path != IGNORED and value:
                self.values(leaf, path, label, [value], "text column", number)

    def of_row(self, row: int | None) -> Emit:
        """The same for labels of one run, as the reader of lines hands its finds over."""

        def emit(leaf: int, path: str, label: str, lines: list[str], origin: str) -> bool:
            return self.values(leaf, path, label, lines, origin, row)

        return emit


def _of_run(path: str, row: int | None) -> str:
    return path if row is None else PER_RUN.get(path, path)


def _pair(doc: Leaves, at: _Order, path: str, label: str, span: tuple[int, int], origin: str, row: int | None) -> None:
    if path == IGNORED:
        doc.use(*span)
        return
    session = None
    if row is not None:
        heading = heading_before(doc, span[0])
        if NO_RUNS.search(heading):
            doc.use(*span)
            return
        if SESSIONS.search(heading):
            session, row = row, None
    lines = doc.lines(*span) or [leaf.text.strip() for leaf in doc.row[slice(*span)] if leaf.icon]
    if at.values(span[0], path, label, lines, origin, row, session):
        doc.use(*span)


def _cards(doc: Leaves, at: _Order, group: list[tuple[int, int]], rows: Iterator[int]) -> None:
    """Each card is a run: its labels first, then what its lines are by their form."""
    heading = heading_before(doc, group[0][0])
    if NO_RUNS.search(heading):
        for span in group:
            doc.muted.update(range(*span))
        return
    as_sessions = bool(SESSIONS.search(heading))
    heads = column_labels(doc, group)
    left: list[list[tuple[int, int | None, str]]] = []
    for low, high in group:
        number = next(rows)
        row, session = (None, number) if as_sessions else (number, None)
        at.block(doc.text(low, high))
        if not as_sessions:
            _cells(doc, at, (low, high), heads, row)
            inside = [
                tag
                for tag in element(doc, (low, high)).find_all(["dl", "table"])
                if low <= doc.span(tag)[0] < doc.span(tag)[1] <= high
            ]
            for pair in (
                *definitions(doc, [tag for tag in inside if tag.name == "dl"], row),
                *tables(doc, [tag for tag in inside if tag.name == "table"], repeat(number)),
            ):
                _pair(doc, at, *pair[:4], row)
            Lines(doc, at.of_row(row), _no_runs, at.row).read(low, high)
        left.append([])
        for start, text, hint in _texts(doc, low, high):
            found = run_values(text, hint)
            for path, label, value in found:
                at.add(start, Fact(_of_run(path, 0), label, value, "run", row, session))
            if not found:
                left[-1].append((start, row, text))
        for index in range(low, high):  # a button that cannot be pressed says why
            if (
                not as_sessions
                and (doc.row[index].control or doc.row[index].link)
                and STATUS.fullmatch(doc.row[index].text.strip())
            ):
                at.add(index, Fact("instances.availability", "", doc.row[index].text.strip(), "run", row))
        doc.use(low, high)
    if all(len(places) == 1 and (is_place(places[0][2]) or places[0][2].casefold() == "online") for places in left):
        for (place,) in left:  # the one thing besides the date that every run of the list has
            at.add(place[0], Fact("instances.venue", "", place[2], "run", place[1]))


def _cells(doc: Leaves, at: _Order, span: tuple[int, int], heads: list[str], row: int | None) -> None:
    """The cells of a row in a grid of divs, by the labels of the row above."""
    cells = [doc.span(tag) for tag in doc.children(element(doc, span))] if heads else []
    for label, cell in zip(heads, cells, strict=False):
        path = states(label) if label else None
        if not path or path == IGNORED or len(cells) != len(heads):
            continue
        if at.values(cell[0], path, label, doc.lines(*cell), "grid column", row):
            doc.use(*cell)


def _no_runs(low: int, high: int) -> bool:  # noqa: ARG001 - a card holds no further runs
    return False


def _block(doc: Leaves, at: _Order, low: int, high: int, rows: Iterator[int]) -> bool:
    """What stands under a heading of dates: one run, or one for each line that begins with a date."""
    if NO_RUNS.search(heading_before(doc, low)):
        return False
    lines = [(start, run_values(text, hint)) for start, text, hint in _texts(doc, low, high)]
    dated = sum(any(path == "instances.dates" for path, _, _ in values) for _, values in lines)
    if not dated or 2 * dated < len(lines) / 4:
        return False
    row = None
    at.block(doc.text(low, high))
    for start, values in lines:
        for path, label, value in values:
            if path == "instances.dates" and dated > 1:
                row = next(rows)
            at.add(start, Fact(_of_run(path, row), label, value, "heading", row))
    doc.use(low, high)
    return True


def _texts(doc: Leaves, low: int, high: int) -> Iterator[tuple[int, str, str | None]]:
    """The lines between two leaves, with what their icons hint at."""
    begun: tuple[int, str] | None = None  # a range whose end stands in the next line
    for start, end in _lines(doc, low, high):
        text = doc.text(start, end)
        if begun is not None:
            start, text = begun[0], f"{begun[1]} {text}"
            begun = None
        elif _UNFINISHED.search(text) and DATE.search(text):
            begun = start, text
            continue
        if text:
            yield start, text, next((leaf.hint for leaf in doc.row[start:end] if leaf.hint), None)
    if begun is not None:
        yield *begun, None


def _lines(doc: Leaves, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Lines of unused leaves; a link that leads on from a run is none of its values."""
    links = {index for index in range(low, high) if doc.row[index].link}
    skipped = doc.used | (links if len(links) < high - low else set())
    start: int | None = None
    for index in range(low, high):
        if index in skipped or doc.row[index].gap:
            if start is not None:
                yield start, index
            start = None
        if index not in skipped and start is None:
            start = index
    if start is not None:
        yield start, high


def _named(doc: Leaves, at: _Order) -> None:
    """Elements that an attribute labels: `<td data-label="Ort">Essen</td>`, `<p aria-label="Kursort">Essen</p>`."""
    for label, tag in doc.named:
        low, high = doc.span(tag)
        path = states(label)
        if not path or not 0 < high - low <= 6 or not doc.is_free(low, high) or len(doc.text(low, high)) > 200:
            continue
        labels = any(states(leaf.text.strip()) for leaf in doc.row[low:high] if len(leaf.text) <= 60)
        if not labels and at.values(low, path, label, doc.lines(low, high), "attribute", None):
            doc.use(low, high)


def _people(doc: Leaves, at: _Order) -> None:
    """A person to ask who stands under no known label: beside an address that bears the name."""
    if at.has("contact.email") or at.has("contact.name"):
        return
    for index, leaf in enumerate(doc.row):
        if not EMAIL.search(leaf.text):
            continue
        low = index
        while low and doc.row[low].gap != NEW_BLOCK and index - low < 8:
            low -= 1
        high = index + 1
        while high < len(doc.row) and doc.row[high].gap != NEW_BLOCK and high - index < 8:
            high += 1
        found = person_of(doc.lines(low, high))
        if found:
            for path, label, value in found:
                at.add(low, Fact(path, label, value, "beside an address"))
            doc.use(low, high)
            return
