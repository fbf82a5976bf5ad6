"""Which pieces of a published date belong together: one draft for each run of the course."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from normalize.date_drafts import Day, Draft, Group
from normalize.date_grammar import DATED, Piece
from normalize.date_points import Point, complete
from normalize.date_values import AND, OR
from normalize.times import NO_HOURS, joined

PROSE = 6  # so many unread words make a text prose, in which single words are no statements about the run
_SCHEDULES = ("voll", "teil", "beruf")


def completed(pieces: Sequence[Piece], today: date | None) -> tuple[list[Piece], list[tuple[Piece, str]]]:
    """The pieces with whole dates, and those dates that are none or lack a year, with the reason."""
    failed = [(piece, "no such date") for piece in pieces if piece.kind == "bad"]
    dated = [piece for piece in pieces if piece.kind in DATED or piece.kind == "except"]
    if failed:
        failed += [(piece, "beside a date that could not be read") for piece in dated]
        return [piece for piece in pieces if piece.kind not in (*DATED, "except", "bad")], failed
    if not dated:
        return list(pieces), []
    points, doubt = complete([point for piece in dated for point in piece.points], today)
    whole: dict[int, Piece] = {}
    notes: list[tuple[Piece, str]] = [(replace(dated[0], end=dated[-1].end), doubt)] if doubt else []
    position = 0
    for piece in dated:
        mine = points[position : position + len(piece.points)]
        position += len(piece.points)
        if all(point.extent() for point in mine):
            whole[id(piece)] = replace(piece, points=mine)
        elif not doubt or all(point.year for point in mine):
            notes.append((piece, "no such date"))
    kept = (whole.get(id(piece)) if piece.kind in DATED or piece.kind == "except" else piece for piece in pieces)
    return [piece for piece in kept if piece is not None], notes


def outermost(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Pieces that count, and those in brackets that only comment on an equal statement outside."""
    outside = {_matter(piece) for piece in pieces if not piece.depth}
    inside = {
        id(piece)
        for piece in pieces
        if piece.depth and _matter(piece) in ("date", "hours") and _matter(piece) in outside
    }
    return [piece for piece in pieces if id(piece) not in inside], [piece for piece in pieces if id(piece) in inside]


def _matter(piece: Piece) -> str:
    return "date" if piece.kind in DATED else piece.kind


def drafts_of(pieces: Sequence[Piece], text: str) -> list[Draft]:
    """One draft for each run that the pieces speak of, in their order; one draft at least."""
    return _Folder(pieces, text).fold()


class _Folder:
    """Walks over the pieces once and decides for each date whether it continues the run or begins another."""

    def __init__(self, pieces: Sequence[Piece], text: str) -> None:
        self.pieces, self.text = pieces, text
        self.drafts = [Draft()]
        self.link: int | None = None  # how the next date is joined to the last
        self.bare = True  # nothing stands between the last date and here
        self.or_hours = False
        self.first_day = False  # "Beginn" or "ab" stands before the next date
        self.pending: list[Piece] = []
        dates = [index for index, piece in enumerate(pieces) if piece.kind in DATED]
        before = pieces[: dates[0]] if dates else ()
        # "Mo-Do 8-16 Uhr: 12.01.2026 ..., Fr 14-19 Uhr: 16.01.2026 ...": what precedes a date belongs to it
        self.leading = len(dates) > 1 and any(piece.kind in ("weekdays", "hours", "hint") for piece in before)

    def fold(self) -> list[Draft]:
        previous: Piece | None = None
        for piece in self.pieces:
            if piece.kind == "join":
                self.link = max(piece.numbers[0], self.link or 0) if self.link != OR else OR
                self.or_hours = self.or_hours or piece.numbers[0] == OR
                continue
            if piece.kind in DATED:
                self._place(piece)
                self.link, self.bare, self.or_hours = None, True, False
            else:
                self.bare = self.bare and piece.kind in ("restart", "start", "from")
                if self.leading and self.drafts[-1].dated and piece.kind in ("weekdays", "hours", "hint", "count"):
                    self.pending.append(piece)
                else:
                    self._attach(self.drafts[-1], piece, previous)
            previous = piece
        self._flush(self.drafts[-1])
        return self.drafts

    def _flush(self, draft: Draft) -> None:
        previous = None
        for piece in self.pending:
            self._attach(draft, piece, previous)
            previous = piece
        self.pending = []

    # --- dates ---

    def _place(self, piece: Piece) -> None:
        current = self.drafts[-1]
        if (
            current.restarted
            and current.days
            and not current.ranges
            and not current.orphans
            and not any(d.hours for d in current.days)
        ):
            current.orphans, current.days = current.days, []
        if self._continues(current, piece):
            self._flush(current)
        elif current.dated:
            current = self._another(current)
        current.starts, self.first_day = current.starts or self.first_day, False
        current.span = (current.span[0] if current.dated or current.orphans else piece.start, piece.end)
        match piece.kind:
            case "day":
                hours = piece.hours if piece.hours != NO_HOURS else None
                current.days.append(Day(piece.points[0], hours, piece.start, piece.end))
            case "range":
                current.ranges.append((piece.points[0], piece.points[1]))
            case _ if len(current.days) == 1 and not current.ranges:
                current.ranges.append((current.days.pop().point, piece.points[0]))
            case _:
                current.until = piece.points[0]

    def _continues(self, current: Draft, piece: Piece) -> bool:
        """Whether the date belongs to the run that is being read."""
        if not current.dated:
            return True
        if piece.kind == "until":
            return not current.ranges and not current.until and len(current.days) == 1
        if current.ranges:
            if piece.kind == "day" and any(_within(piece.points[0], span) for span in current.ranges):
                return True
            together = current.block_label or (self.link == AND and self.bare)
            current.blocks = current.blocks or together
            return together
        if piece.kind == "range":
            inside = all(_within(day.point, (piece.points[0], piece.points[1])) for day in current.days)
            return inside or current.block_label or (self.link == AND and self.bare)
        return self._continues_list(current, piece)

    def _continues_list(self, current: Draft, piece: Piece) -> bool:
        last = current.days[-1] if current.days else None
        if last is None or current.alternatives or self.link == OR or piece.points[0].precision != "day":
            return False
        if last.point == piece.points[0]:
            return True
        if (
            current.starts
            or self.first_day
            or (last.status and not last.cancelled)
            or (self._schedule_follows(current))
        ):
            return False
        if self.link is None and last.hours is None and not current.groups:
            current.unclear = "two dates side by side"
        return True

    def _schedule_follows(self, current: Draft) -> bool:
        return (
            not self.bare
            and not self.leading
            and bool(current.hints)
            and current.hints[-1].lower().startswith(_SCHEDULES)
        )

    def _another(self, current: Draft) -> Draft:
        """A further run; in a text where conditions lead, it inherits them unless new ones were read."""
        fresh = Draft(
            alternatives=current.alternatives, starts=current.alternatives and current.starts, block_label=False
        )
        if self.leading and not self.pending:
            fresh.groups = [Group(group.weekdays, group.recurring, group.hours) for group in current.groups]
            fresh.hours, fresh.hints = list(current.hours), list(current.hints)
        self.drafts.append(fresh)
        self._flush(fresh)
        return fresh

    # --- everything else ---

    def _attach(self, draft: Draft, piece: Piece, previous: Piece | None) -> None:
        words = self.text[piece.start : piece.end]
        if not draft.dated:
            draft.span = (draft.span[0] if draft.span[1] else piece.start, piece.end)
        match piece.kind:
            case "weekdays":
                group = Group(piece.weekdays, piece.recurring)
                if (
                    previous
                    and previous.kind == "hours"
                    and draft.hours
                    and previous.hours == draft.hours[-1]
                    and len(draft.hours) == 1
                ):
                    group.hours = draft.hours.pop()  # "8:00-16:15 Uhr Mo-Do, ..."
                draft.groups.append(group)
            case "hours":
                self._attach_hours(draft, piece, previous)
            case "count":
                draft.counts.append(piece)
                if piece.weekdays:
                    draft.groups.append(Group(piece.weekdays, True))
            case "every":
                draft.every.append(piece.numbers[0])
            case "skip":
                draft.skip_public = draft.skip_public or bool(piece.numbers[0])
                draft.skip_school = draft.skip_school or bool(piece.numbers[1])
                draft.skips.append(words)
            case "except":
                draft.excepted.extend(piece.points)
            case "status":
                self._attach_status(draft, words, cancels=bool(piece.numbers[0]))
            case "hint":
                draft.hints.append(words.removeprefix("in ").strip())
            case "open":
                draft.open, draft.open_says_start = True, draft.open_says_start or bool(piece.numbers[0])
            case "start" | "from":
                self.first_day = True
                draft.alternatives = draft.alternatives or piece.numbers == (1,)
            case "restart":
                draft.restarted = True
            case "block":
                draft.block_label = draft.blocks = True

    def _attach_hours(self, draft: Draft, piece: Piece, previous: Piece | None) -> None:
        hours = piece.hours
        lacking = [day for day in draft.days if day.hours is None]
        if draft.groups and draft.groups[-1].hours is None and previous and previous.kind not in (*DATED, "hours"):
            lacking_groups = [group for group in draft.groups if group.hours is None]
            for group in lacking_groups:
                group.hours = hours
            for day in lacking:
                if any(_falls_on(day.point, group.weekdays) for group in lacking_groups):
                    day.hours = hours
            return
        if lacking:
            for day in lacking:
                day.hours = hours
            return
        owner: Group | Day | None = None
        if draft.groups and draft.groups[-1].hours:
            owner = draft.groups[-1]
        elif len(draft.days) == 1:
            owner = draft.days[0]
        if owner and owner.hours and not self.or_hours and (whole := joined(owner.hours, hours)):
            owner.hours = whole
        elif not owner and draft.hours and not self.or_hours and (whole := joined(draft.hours[-1], hours)):
            draft.hours[-1] = whole
        else:
            draft.hours.append(hours)

    def _attach_status(self, draft: Draft, words: str, *, cancels: bool) -> None:
        draft.statuses.append(words)
        if draft.days and (cancels or not draft.ranges):
            draft.days[-1].status = words
            draft.days[-1].cancelled = cancels


def _within(point: Point, span: tuple[Point, Point]) -> bool:
    inner, first, last = point.extent(), span[0].extent(), span[1].extent()
    return bool(inner and first and last and point.day and first[0] <= inner[0] and inner[1] <= last[1])


def _falls_on(point: Point, weekdays: frozenset[int]) -> bool:
    extent = point.extent()
    return extent is not None and extent[0].weekday() in weekdays
