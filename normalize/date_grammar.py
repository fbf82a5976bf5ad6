"""From tokens to pieces: the days, ranges, times, weekdays, counts and words of a published date, in their order.

A piece is one statement of the text. What they mean together is decided in `date_runs`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from normalize.date_points import Point
from normalize.date_tokens import Token, tokens
from normalize.date_values import COMMA, SLASH, WEEKDAY_MEETINGS
from normalize.memory import remembered
from normalize.times import NO_HOURS, Hours, read_hours, read_until, read_weekdays

DATED = ("day", "range", "until")
_NUMERIC = frozenset({"number", "dotted", "day", "date", "instant", "month", "short_month", "year", "bad"})
_UNREAD = frozenset({"word", "number", "dotted", "day", "duration", "school_year", "short_month"})
_SILENT = frozenset({"filler", "pause", "ordinal"})
_PLAIN = frozenset({"join", "count", "every", "skip", "status", "hint", "open", "start", "restart", "block", "each"})
_LONGEST_LIST = 31  # days that share one month, as in "1., 8., 15. und 22. März"


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement with the span it was read from.

    kind: day (one point) | range (two) | until (its end) | except (points) | hours | weekdays | count | every | skip |
    status | hint | open | start | from | restart | block | each | join | rest (not read) | bad (a date that is none)
    """

    kind: str
    start: int
    end: int
    depth: int = 0
    points: tuple[Point, ...] = ()
    hours: Hours = NO_HOURS
    weekdays: frozenset[int] = frozenset()
    recurring: bool = False
    numbers: tuple[int, ...] = ()
    words: int = 0


@remembered(4096)  # sessions repeat their days and their hours, though not together
def read_pieces(text: str, *, loose: bool = False, labels: bool = True) -> tuple[Piece, ...]:
    """All pieces of a prepared text. `loose`: a text about times; without `labels`, dates of other events count too."""
    return tuple(_Parser(text, loose, labels).pieces())


class _Parser:
    """A cursor over the tokens of one text."""

    def __init__(self, text: str, loose: bool, labels: bool) -> None:
        self.text, self.loose, self.labels = text, loose, labels
        self.tokens: Sequence[Token] = tokens(text)

    def pieces(self) -> list[Piece]:
        found: list[Piece] = []
        here = 0
        while here < len(self.tokens):
            piece, after = self._next(here, found)
            if piece is not None:
                found.append(piece)
            here = after
        return merged(found)

    def _next(self, here: int, found: Sequence[Piece]) -> tuple[Piece | None, int]:
        token = self.tokens[here]
        if dated := self._dated(here):
            piece, after = dated
            return (self._piece("bad", here, after) if self._follows_torn_range(here) else piece), after
        if group := read_weekdays(self.tokens, here):
            weekdays, after, recurring = group
            return self._piece("weekdays", here, after, weekdays=weekdays, recurring=recurring), after
        loose = self.loose or bool(found and found[-1].kind == "weekdays")
        if hours := read_hours(self.tokens, here, loose=loose):
            return self._piece("hours", here, hours[1], hours=hours[0]), hours[1]
        return self._worded(token, here)

    def _worded(self, token: Token, here: int) -> tuple[Piece | None, int]:
        after = here + 1
        match token.kind:
            case "to" if self._says_until(here):
                if point := self._point(self._skip(after, 2)):
                    kind = "bad" if here and self.tokens[here - 1].kind in _NUMERIC else "until"
                    return self._piece(kind, here, point[1], points=(point[0],)), point[1]
                if until := read_until(self.tokens, here):
                    return self._piece("hours", here, until[1], hours=until[0]), until[1]
            case "end":
                if point := self._point(self._skip(after, 2)):
                    return self._piece("until", here, point[1], points=(point[0],)), point[1]
            case "from":
                follows = self._skip(after, 2)
                return (self._piece("from", here, after) if self._dated(follows) else None), after
            case "except":
                return self._excepted(here)
            case "elsewhere" if self.labels:
                return self._elsewhere(here)
            case "count" if token.numbers[1] == WEEKDAY_MEETINGS:
                weekday = frozenset({token.numbers[2]})
                return self._piece("count", here, after, weekdays=weekday, numbers=token.numbers), after
            case "bad":
                return self._piece("bad", here, after), after
            case kind if kind in _PLAIN:
                return self._piece(kind, here, after, numbers=token.numbers), after
            case kind if kind in _UNREAD:
                return self._piece("rest", here, after, words=1), after
        return None, after

    # --- dates ---

    def _dated(self, here: int) -> tuple[Piece, int] | None:
        """A day or a range at this position."""
        first = self._point(here)
        if first is None:
            return self._weeks(here)
        start, after = first
        moment = self._moment(after) if start.day else None
        link = moment[1] if moment else after
        linked = link < len(self.tokens) and self._links(link, start)
        if linked and (end := self._point(self._skip(link + 1, 3), closing=True)):
            finish, after = end
            if moment:
                start = replace(start, minute=moment[0])
                if closing := self._moment(after, alone=True):
                    finish, after = replace(finish, minute=closing[0]), closing[1]
            kind = "bad" if bool(start.week) != bool(finish.week) else "range"
            return self._piece(kind, here, after, points=(start, finish)), after
        if linked and start.minute is not None and (until := read_until(self.tokens, link)):
            hours = Hours(start.minute, until[0].end)  # "2026-03-14 09:00 - 16:00"
            return self._piece("day", here, until[1], points=(replace(start, minute=None),), hours=hours), until[1]
        return self._piece("day", here, after, points=(start,)), after

    def _weeks(self, here: int) -> tuple[Piece, int] | None:
        """ "KW 10 - 12/2027"."""
        if here >= len(self.tokens) or self.tokens[here].kind != "weeks":
            return None
        first, last, year = self.tokens[here].numbers
        return self._piece("range", here, here + 1, points=(Point(year, week=first), Point(year, week=last))), here + 1

    def _links(self, here: int, start: Point) -> bool:
        """Whether the token joins two ends of a range: a dash or "bis", the slash of an ISO interval, of two months."""
        token = self.tokens[here]
        if token.kind == "to":
            return True
        if token.kind != "join" or token.numbers[0] != SLASH or here + 1 >= len(self.tokens):
            return False
        following = self.tokens[here + 1].kind
        return (following == "instant" == self.tokens[here - 1].kind) or (
            following == "month" and bool(start.month) and not start.day
        )

    def _point(self, here: int, *, closing: bool = False) -> tuple[Point, int] | None:
        """A point in time with the weekday before it; one without a month only if a later one completes it."""
        weekday, at = None, here
        if self._single_weekday(at) and not (at and self.tokens[at - 1].kind == "every"):
            weekday, at = self.tokens[at].numbers[0], at + 1
            while at < len(self.tokens) and self._is_glue(at):
                at += 1
        if at >= len(self.tokens):
            return None
        token = self.tokens[at]
        point: Point | None = None
        match token.kind, token.numbers:
            case "instant", (year, month, day, minute):
                point = Point(year, month, day, minute=None if minute < 0 else minute)
            case "date", (day, month, year):
                point = Point(year, month, day)
            case "day" | "number", (day,) if self._completed_later(at):
                point = Point(day=day)
            case "dotted", (day, month) if 0 < day <= 31 and 0 < month <= 12 and self._before_dated_end(at):
                point = Point(month=month, day=day)
            case "month", (month, year) if weekday is None:
                point = Point(year, month)
            case "short_month", (month, year) if self._before_month(at):
                point = Point(year, month)
            case "months", (month, year, last_month, last_year) if weekday is None:
                point = Point(year, month, last_month=last_month, last_year=last_year)
            case "week", (week, year) if weekday is None:
                point = Point(year, week=week)
            case "year", (year,) if weekday is None and (closing or self._year_may_stand()):
                point = Point(year)
        if point is None:
            return None
        if weekday is None and point.day and self._single_weekday(at + 1) and self.tokens[at + 1].depth > token.depth:
            weekday, at = self.tokens[at + 1].numbers[0], at + 1  # "02.03.2026 (Mo)"
        return replace(point, weekday=weekday), at + 1

    def _single_weekday(self, at: int) -> bool:
        """A weekday that names one day: no "dienstags", no "Mo-Fr"."""
        if at >= len(self.tokens) or self.tokens[at].kind != "weekday" or self.tokens[at].numbers[1]:
            return False
        group = read_weekdays(self.tokens, at)
        return group is not None and group[1] == at + 1

    def _is_glue(self, at: int) -> bool:
        token = self.tokens[at]
        return (token.kind == "join" and token.numbers[0] == COMMA) or (
            token.kind in ("filler", "from")
            and self.text[token.start : token.end].lower() in ("den", "dem", "der", "am")
        )

    def _completed_later(self, at: int) -> bool:
        """`12.` in "12. und 13. März", "12.-16.01.2026"; a bare number only beside "/", "und" or a dash."""
        for _ in range(_LONGEST_LIST):
            if at + 2 >= len(self.tokens):
                return False
            token, link, following = self.tokens[at], self.tokens[at + 1], self.tokens[at + 2]
            if token.kind not in ("day", "number") or not 0 < token.numbers[0] <= 31:
                return False
            if link.kind != "to" and (link.kind != "join" or (link.numbers[0] == COMMA and token.kind == "number")):
                return False
            at += 2
            if following.kind == "weekday":
                at += 1
                while at < len(self.tokens) and self._is_glue(at):
                    at += 1
            if at < len(self.tokens) and self.tokens[at].kind == "date":
                return True
        return False

    def _before_dated_end(self, at: int) -> bool:
        return (
            at + 2 < len(self.tokens)
            and self.tokens[at + 1].kind == "to"
            and self.tokens[at + 2].kind == "date"
            and not self._follows_torn_range(at)
        )

    def _before_month(self, at: int) -> bool:
        """ "Jan." in "Jan.-März 2027"."""
        return (
            at + 2 < len(self.tokens)
            and self.tokens[at + 1].kind in ("to", "join")
            and self.tokens[at + 2].kind == "month"
        )

    def _year_may_stand(self) -> bool:
        """A bare year is a date only in a text that says nothing else of weight."""
        return all(
            token.kind in _SILENT or token.kind in ("year", "to", "from", "start", "hint") for token in self.tokens
        )

    def _moment(self, here: int, *, alone: bool = False) -> tuple[int, int] | None:
        """A time of day behind a date (`, um 18:00 Uhr`); `alone`: only if no span begins with it."""
        here = self._skip(here, 2, joins=True)
        if here >= len(self.tokens) or self.tokens[here].kind != "clock" or not self.tokens[here].numbers[1]:
            return None
        if alone and here + 1 < len(self.tokens) and self.tokens[here + 1].kind == "to":
            return None
        return self.tokens[here].numbers[0], here + 1

    def _skip(self, here: int, most: int, *, joins: bool = False) -> int:
        """Past at most so many words without weight."""
        for _ in range(most):
            if here < len(self.tokens) and (
                self.tokens[here].kind == "filler"
                or (joins and self.tokens[here].kind == "join" and not self.tokens[here].numbers[0])
            ):
                here += 1
        return here

    def _says_until(self, here: int) -> bool:
        return self.text[self.tokens[here].start].lower() == "b"

    def _follows_torn_range(self, here: int) -> bool:
        """A dash stands before this date and something numeric before the dash: the other end was not understood."""
        if here < 2 or self.tokens[here - 1].kind != "to" or self.tokens[here - 2].kind not in _NUMERIC:
            return False
        return self.tokens[here - 1].depth == self.tokens[here - 2].depth

    # --- clauses ---

    def _excepted(self, here: int) -> tuple[Piece, int]:
        """Days that are left out: `außer 07.04. und 05.05.2026`."""
        points: list[Point] = []
        at = self._skip(here + 1, 2)
        after = at
        while dated := self._dated(at):
            points.extend(dated[0].points)
            after = dated[1]
            at = after + 1 if after < len(self.tokens) and self.tokens[after].kind == "join" else len(self.tokens)
        return self._piece("except", here, after, points=tuple(points)), after

    def _elsewhere(self, here: int) -> tuple[Piece, int]:
        """A label of something that is not the run (deadline, exam, info evening), with the date or time it governs."""
        at = here + 1
        for _ in range(3):
            if at < len(self.tokens) and self.tokens[at].kind in ("filler", "from", "to", "start", "each"):
                at += 1
        after = here + 1
        while dated := self._dated(at):
            after = dated[1]
            at = after + 1 if after < len(self.tokens) and self.tokens[after].kind == "join" else len(self.tokens)
        at = self._skip(after if after > here + 1 else at, 2, joins=True)
        if hours := read_hours(self.tokens, at, loose=self.loose) if at < len(self.tokens) else None:
            after = hours[1]
        return self._piece("rest", here, after, words=1), after

    def _piece(
        self,
        kind: str,
        first: int,
        after: int,
        *,
        points: tuple[Point, ...] = (),
        hours: Hours = NO_HOURS,
        weekdays: frozenset[int] = frozenset(),
        recurring: bool = False,
        numbers: tuple[int, ...] = (),
        words: int = 0,
    ) -> Piece:
        begin, last = self.tokens[first], self.tokens[after - 1]
        return Piece(kind, begin.start, last.end, begin.depth, points, hours, weekdays, recurring, numbers, words)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Unread pieces with nothing but commas between them as one, with the number of its words."""
    found: list[Piece] = []
    for piece in pieces:
        before = next((index for index in range(len(found) - 1, -1, -1) if found[index].kind != "join"), None)
        if piece.kind == "rest" and before is not None and found[before].kind == "rest":
            first = found[before]
            found[before:] = [replace(first, end=piece.end, words=first.words + piece.words)]
        else:
            found.append(piece)
    return found
