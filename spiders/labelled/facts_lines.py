"""Labels in running markup: "Label: value" lines, labels beside or above their values, headed blocks, icons, panels."""

import re
from collections.abc import Callable, Iterator

from bs4 import Tag

from spiders.labelled.facts_places import (
    LEAD,
    Span,
    above,
    beside,
    end_of_address,
    end_of_block,
    end_of_lines,
    form_of,
    panel_of,
    rank_of,
    top_of,
)
from spiders.labelled.labels import IGNORED, LONGEST, lexicon, states
from spiders.labelled.leaves import NEW_BLOCK, NEW_LINE, SAME_LINE, Leaves, is_inline
from spiders.labelled.shapes import EMAIL, OPEN, PHONE, SHORT_PATHS, settled

Emit = Callable[[int, str, str, list[str], str], bool]  # leaf, path, label, lines, origin -> is it a value of the path

_DATES = ("instances.dates", "instances.start")
_DASH = re.compile(r"^([^–—:|]{2,40}?)\s+[–—-]\s+(.+)$", re.DOTALL)
_INNER = re.compile(r"(?<=[\s,;/])([A-ZÄÖÜ][\w./()-]{1,30}(?:[ -][\w./()&-]{1,20}){0,3}?)\s*:\s")
_SEPARATOR = re.compile(r"\s*[|·•‖]\s*")
_BARE = re.compile(
    r"^(?:[\d€]|EUR\b|ab\s|am\s|vom\s|ca\.|(?:Mo|Di|Mi|Do|Fr|Sa|So)\w*\.?,?\s|[A-Z]{1,5}[-/ ]?\d|"
    r"laufend|jederzeit|auf Anfrage)"
)
_WORD = r"(?:Kurs|Lehrgangs?|Seminar|Veranstaltungs?|Schulungs?|Angebots?|Workshop|Modul)"
_CODE = re.compile(
    rf"(?:^|[\s(–—|/·-])({_WORD}[- ]?(?i:Nr|Nummer|Kennung|Code|"
    rf"ID)\b\.?:?)\s*((?=\S*\d)[A-Z0-9][\w./-]*\w|[A-Z]+-[A-Z]+)\)?(?=\s|$|[|,;)])"
)
_TITLE_CODE = re.compile(
    rf"({_WORD})\s+([A-Z]{{1,5}}[-./ ]?\d[\w./-]*|\d\w*[-./][\w./-]*\w|(?!(?:19|20)\d\d$)\d{{4,}})"
)
_CONTACT_LINES = 8


class Lines:
    """Reads the labels between two leaves and hands every value to `emit`."""

    def __init__(
        self,
        doc: Leaves,
        emit: Emit,
        emit_runs: Callable[[int, int], bool],
        emit_row: Callable[[int, list[tuple[str, str]]], None],
    ) -> None:
        self._doc = doc
        self._emit = emit
        self._emit_runs = emit_runs
        self._emit_row = emit_row

    def read(self, low: int, high: int) -> None:
        """Read all labels from leaf `low` up to leaf `high`."""
        for index in range(low, high):
            leaf = self._doc.row[index]
            if index in self._doc.used or leaf.link or leaf.control:
                continue
            end, path, label = self._label(index, high)
            if path:
                self._labelled(index, end, path, label, high)
            elif leaf.gap or index == low or index - 1 in self._doc.used or self._doc.row[index - 1].icon:
                self._line(index, high)

    # --- labels -----------------------------------------------------------------------------------------------------

    def _label(self, index: int, high: int) -> tuple[int, str | None, str]:
        """The label that starts at a leaf and fills it: the leaf after it, its path (or IGNORED), its text."""
        leaf = self._doc.row[index]
        text = leaf.text.strip()
        if len(text) <= LONGEST and (path := states(text)):
            return index + 1, path, text.rstrip(" :")
        tag = leaf.tag
        for _ in range(2):  # a label broken by markup: <strong>Gebühr <small>(netto)</small></strong>
            low, end = self._doc.span(tag)
            if (
                low == index
                and 1 < end - index <= 3
                and end <= high
                and (leaf.bold or tag.name in ("label", "span", "div"))
            ):
                whole = " ".join(self._doc.row[at].text.strip() for at in range(index, end))
                if len(whole) <= LONGEST and (path := states(whole)):
                    return end, path, whole.rstrip(" :")
            if tag.parent is None:
                break
            tag = tag.parent
        return index + 1, None, ""

    # --- a label with its value in other leaves ---------------------------------------------------------------------

    def _labelled(self, index: int, end: int, path: str, label: str, high: int) -> None:
        doc = self._doc
        leaf = doc.row[index]
        colon = leaf.text.rstrip().endswith((":", "?")) or (
            end < high and doc.row[end].gap == SAME_LINE and doc.row[end].text.lstrip().startswith(":")
        )
        top = top_of(self._doc, index, end)
        strong = colon or leaf.icon
        weak = lexicon().is_weak(label) and not (strong or (leaf.bold and end < high and doc.row[end].gap == SAME_LINE))
        if path == IGNORED:
            return
        if index in doc.muted and not (leaf.bold and (strong or path in SHORT_PATHS)):
            return
        for span, origin in self._places(index, end, top, high, path):
            if origin in ("heading", "panel") and path in _DATES and self._emit_runs(*span):
                doc.use(index, end)
                return
            lines = [line.lstrip(" :") for line in doc.lines(*span, free=True)]
            lines = [line for line in lines if line]
            if weak and not self._is_beyond_doubt(path, origin, lines):
                continue
            if origin == "heading" and path == "description":
                doc.muted.update(range(*span))
                return
            if lines and self._emit(index, path, label, lines, origin):
                doc.use(index, end)
                if path != "contact.name" or len(lines) <= _CONTACT_LINES:
                    doc.use(*span)
                return

    def _is_beyond_doubt(self, path: str, origin: str, lines: list[str]) -> bool:
        """Whether a weak label is one after all: a short text beside it, or a number to call below it."""
        text = " ".join(lines)
        if path.startswith("contact."):
            return bool(PHONE.search(text) or EMAIL.search(text)) and len(text) <= 300
        return origin == "beside" and len(text) <= 100

    def _places(self, index: int, end: int, top: Tag | None, high: int, path: str) -> Iterator[tuple[Span, str]]:
        """Where the value of a label may stand, the likeliest first."""
        doc = self._doc
        if top is not None and (panel := panel_of(self._doc, index, top)) is not None:
            yield panel, "panel"
        inside = top.parent if top is not None else doc.row[index].tag
        last = min(doc.span(inside)[1] if inside is not None else high, high)
        if end < last:
            following = doc.row[end]
            kind = "icon" if doc.row[index].icon else form_of(self._doc, index)
            if following.gap == SAME_LINE or (following.gap == NEW_LINE and (top is None or is_inline(top))):
                yield (
                    (
                        end,
                        end_of_address(self._doc, end, last)
                        if path == "instances.venue"
                        else end_of_lines(self._doc, end, last, path),
                    ),
                    kind,
                )
                return
            rank = rank_of(self._doc, index, top)
            if top is not None and rank:
                yield (end, end_of_block(self._doc, top, rank, last, path)), "heading"
            elif top is not None:
                if (span := beside(self._doc, top, path)) is not None:
                    yield span, "beside"
            elif doc.row[index].text.rstrip().endswith(":") and following.gap == NEW_BLOCK:
                yield (end, end_of_lines(self._doc, end, last)), kind
        elif top is not None and (span := above(self._doc, top)) is not None:
            yield span, "above"

    # --- label and value in one text --------------------------------------------------------------------------------

    def _line(self, index: int, high: int) -> None:
        doc = self._doc
        leaf = doc.row[index]
        text = leaf.text.strip()
        if len(text) > 1500:
            return
        pieces = [piece for piece in _SEPARATOR.split(text) if piece]
        if (
            len(pieces) > 1
            and sum(bool(states(piece)) for piece in pieces) == len(pieces)
            and self._emit_rows(index, pieces)
        ):
            return
        leads = [self._lead(piece, muted=index in doc.muted) for piece in pieces]
        if not any(leads):
            return
        end = (
            end_of_lines(self._doc, index + 1, high)
            if index + 1 < high and doc.row[index + 1].gap == SAME_LINE
            else index + 1
        )
        end = max(end, index + 1)
        used = False
        for number, lead in enumerate(leads):
            if lead is None:
                continue
            label, path, value = lead
            if number == len(leads) - 1 and end > index + 1:
                value = f"{value}{' ' if leaf.text[-1:].isspace() else ''}{doc.text(index + 1, end)}"
            for part_label, part_path, part in _inner(label, path, value):
                if part_path != IGNORED and part:
                    used |= self._emit(index, part_path, part_label, [" ".join(part.split())], f"{leaf.tag.name} text")
        if used:
            doc.use(index, end)

    def _emit_rows(self, index: int, heads: list[str]) -> bool:
        """A table in plain text: a line of labels, and below it lines of as many values, parted by the same sign."""
        doc = self._doc
        end = index + 1
        while (
            end < len(doc.row)
            and doc.row[end].gap
            and len(values := _SEPARATOR.split(doc.row[end].text.strip())) == len(heads)
        ):
            self._emit_row(end, list(zip(heads, values, strict=True)))
            end += 1
        if end > index + 1:
            doc.use(index, end)
        return end > index + 1

    def _lead(self, text: str, *, muted: bool) -> tuple[str, str, str] | None:
        """Label, path and value of "Label: value", "Label – value" or "Label value"; None without a label."""
        lead = LEAD.match(text)
        if lead and (path := states(lead[1])):
            if muted and path not in SHORT_PATHS:
                return None
            return lead[1].strip(), path, lead[2].strip()
        if muted:
            return None
        dash = _DASH.match(text)
        if (
            dash
            and (path := states(dash[1]))
            and not lexicon().is_weak(dash[1])
            and path in SHORT_PATHS | {"instances.venue"}
            and len(text) <= 120
        ):
            return dash[1].strip(), path, dash[2].strip()
        words = text.split(None, 4)
        if len(text) > 100 or len(words) < 2:
            return None
        for count in (3, 2, 1):
            label, rest = " ".join(words[:count]), text.split(None, count)[-1] if len(words) > count else ""
            path = states(label) if rest else None
            if (
                path
                and path in SHORT_PATHS
                and not lexicon().is_weak(label)
                and _BARE.match(rest)
                and settled(path, rest) == path
            ):
                return label, path, text if OPEN.match(rest) and path in _DATES else rest
        return _numbered(text)


def _numbered(text: str) -> tuple[str, str, str] | None:
    """A course number in a short line under the title: "Lehrgang FL-031", "für Einsteiger – Kurs-Nr. 4711"."""
    match = _CODE.search(text) or _TITLE_CODE.fullmatch(text)
    return (match[1].strip(" .:"), "course_number", match[2]) if match else None


def _inner(label: str, path: str, value: str) -> Iterator[tuple[str, str, str]]:
    """Further labels inside a value: "5 Tage, Gebühr: 300 €"."""
    for match in _INNER.finditer(value):
        if found := states(match[1]):
            yield label, path, value[: match.start()].strip(" ,;/")
            yield from _inner(match[1], found, value[match.end() :].strip())
            return
    yield label, path, value
