"""Reads when a course takes place, from what providers write: days, ranges, series, open starts, times, weekdays.

The tokens are in `date_tokens`, the grammar in `date_grammar`; `date_runs` groups its pieces into runs; `date_when`
weighs a run under the rulings of the contract. What is not understood is a doubt and never a date.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from normalize.date_drafts import Day, Draft, with_times
from normalize.date_grammar import DATED, Piece, merged, read_pieces
from normalize.date_runs import PROSE, completed, drafts_of, outermost
from normalize.date_tokens import LIMIT, prepared
from normalize.date_when import When, covers, weighed
from normalize.memory import remembered
from normalize.reading import Doubt, Reading

_ANCHORS = (*DATED, "weekdays")  # a word beside one of these speaks of the run, in prose too

__all__ = ["When", "read_day", "read_when"]


def read_when(dates: str | None, times: str | None, today: date | None) -> Reading[tuple[When, ...]]:
    """All runs that the two texts of a listing speak of, in their order; none if there is nothing to read.

    `today` serves only dates without a year; without it these are doubts. An unread rest is a doubt with its text.
    """
    return _read_when(dates, times, today)


@remembered(8192)
def _read_when(dates: str | None, times: str | None, today: date | None) -> Reading[tuple[When, ...]]:
    doubts: list[Doubt] = []
    drafts = _drafts(dates, today, doubts, loose=False)
    context = _drafts(times, today, doubts, loose=True)
    if context and drafts:
        if context[0].open and not context[0].open_says_start:
            context[0].open = False
            doubts.append(Doubt(times or "", "hours by arrangement"))
        drafts = _combined(drafts, context, times or "", doubts)
    found: list[When] = []
    raw = " | ".join(text for text in (dates, times) if text)
    for draft in drafts or context:
        reading = weighed(draft, raw)
        doubts.extend(reading.doubts)
        if reading.value != When() and reading.value not in found:
            found.append(reading.value)
    if not found and not doubts and raw.strip():
        doubts.append(Doubt(raw, "no date and no time found"))
    return Reading(tuple(found), tuple(dict.fromkeys(doubts)))


def read_day(text: str | None, today: date | None) -> Reading[date | None]:
    """A single day, such as a deadline; anything but exactly one day is a doubt."""
    if not text or not text.strip():
        return Reading(None)
    whole, failed = completed(read_pieces(prepared(text), labels=False), today)
    days = {point for piece in whole if piece.kind in DATED for point in piece.points}
    extents = {point.extent() for point in days if point.day}
    doubts = tuple(Doubt(text, reason) for _, reason in failed)
    if len(extents) == 1 and len(days) == len(extents) and (extent := extents.pop()):
        return Reading(extent[0], doubts)
    return Reading(None, doubts or (Doubt(text, "not a single day"),))


# --- from text to drafts ---


def _drafts(text: str | None, today: date | None, doubts: list[Doubt], *, loose: bool) -> list[Draft]:
    """The runs one text speaks of; its unread parts are added to the doubts."""
    if not text or not text.strip():
        return []
    source = prepared(text)
    pieces, failed = completed(read_pieces(source, loose=loose), today)
    pieces, comments = outermost(_without_stray_words(pieces))
    doubts.extend(Doubt(_raw(source, piece), reason) for piece, reason in failed)
    doubts.extend(Doubt(_raw(source, piece), "in brackets, not used") for piece in comments)
    doubts.extend(Doubt(_raw(source, piece), "not read") for piece in pieces if piece.kind == "rest")
    if len(text) > LIMIT:
        doubts.append(Doubt(text, f"only the first {LIMIT} characters were read"))
    drafts = drafts_of([piece for piece in pieces if piece.kind != "rest"], source)
    for draft in drafts:
        doubts.extend(
            Doubt(_day_raw(source, day), "not a date of the run") for day in draft.orphans if not covers(draft, day)
        )
        doubts.extend(
            Doubt(_day_raw(source, day), "session cancelled")
            for day in draft.days
            if day.cancelled and len(draft.days) > 1
        )
    return drafts


def _raw(source: str, piece: Piece) -> str:
    return source[piece.start : piece.end].strip()


def _day_raw(source: str, day: Day) -> str:
    return source[day.start : day.end]


def _without_stray_words(pieces: Sequence[Piece]) -> list[Piece]:
    """In prose, single words and single times say nothing about the run: they become unread."""
    if sum(piece.words for piece in pieces) <= PROSE:
        return list(pieces)
    dated = any(piece.kind in DATED for piece in pieces)
    kept: list[Piece] = []
    content = [piece for piece in pieces if piece.kind != "join"]
    beside = {
        id(each) for pair in pairwise(content) for each in pair if pair[0].kind in _ANCHORS or pair[1].kind in _ANCHORS
    }
    for piece in pieces:
        stray = (
            (piece.kind == "open" and piece.numbers == (0,))
            or (piece.kind == "status" and not dated)
            or (piece.kind == "hours" and None in (piece.hours.start, piece.hours.end))
            or (piece.kind == "hint" and id(piece) not in beside)
        )
        kept.append(Piece("rest", piece.start, piece.end, piece.depth, words=1) if stray else piece)
    return merged(kept)


def _combined(drafts: list[Draft], context: list[Draft], times: str, doubts: list[Doubt]) -> list[Draft]:
    """The runs of the dates, completed by the text of times; its own dates count as sessions within the run."""
    base = context[0]
    dated = [draft for draft in context if draft.dated]
    if not any(draft.dated for draft in drafts):
        if dated:
            return with_times(context, drafts[0])
        base.open, base.open_says_start = base.open or drafts[0].open, True
        return with_times([base], drafts[0])
    if not dated:
        return with_times(drafts, base)
    days = [day for draft in dated for day in draft.days]
    only = drafts[0]
    if len(drafts) == 1 and days and not any(draft.ranges or draft.until for draft in dated) and _fits(only, days):
        only.days = days if not only.ranges else only.days + days
        return with_times(drafts, Draft(groups=base.groups))
    doubts.append(Doubt(times, "dates among the times that do not fit the run"))
    return drafts


def _fits(draft: Draft, days: Iterable[Day]) -> bool:
    if draft.ranges:
        return all(covers(draft, day) for day in days)
    return all(own.point.extent() in [day.point.extent() for day in days] for own in draft.days)
