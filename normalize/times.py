"""Times of day and weekdays within a tokenised string: `9.15 Uhr`, `14 - 19 Uhr`, `Mo-Do`, `dienstags`."""

from collections.abc import Sequence
from dataclasses import dataclass

from normalize.date_tokens import Token
from normalize.date_values import AND, COMMA, SLASH
from normalize.vocabulary import WEEKDAYS, Weekday

_LATEST_NIGHT_END = 6 * 60
_EARLIEST_NIGHT_START = 17 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """When on a day: minutes after midnight, either end may be unknown; `end` may be past midnight (1440)."""

    start: int | None
    end: int | None

    @property
    def plausible(self) -> bool:
        """The end is after the start, or the span runs into the night."""
        if self.start is None or self.end is None:
            return True
        if self.start == 0 and self.end in (0, 1439, 1440):
            return False  # a placeholder of the software, or round the clock
        return self.start < self.end or (self.start >= _EARLIEST_NIGHT_START and self.end <= _LATEST_NIGHT_END)


NO_HOURS = Hours(None, None)


def clock_text(minutes: int | None) -> str | None:
    """Minutes after midnight as "HH:MM"; 24:00 is "00:00"."""
    if minutes is None:
        return None
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def in_week_order(days: set[int]) -> tuple[Weekday, ...]:
    """Weekday numbers (Monday is 0) as the contract writes them."""
    return tuple(WEEKDAYS[day] for day in sorted(days))


def read_weekdays(tokens: Sequence[Token], at: int) -> tuple[frozenset[int], int, bool] | None:
    """A group such as `Mo-Do`, `Di + Do`, `montags und mittwochs`: the days, the next position, whether it recurs."""
    if at >= len(tokens) or tokens[at].kind != "weekday":
        return None
    days: set[int] = {tokens[at].numbers[0]}
    recurring = bool(tokens[at].numbers[1])
    here = at + 1
    while here + 1 < len(tokens) and tokens[here + 1].kind == "weekday":
        link, last, following = tokens[here], tokens[here - 1].numbers[0], tokens[here + 1].numbers[0]
        if link.kind == "to":
            days.update((last + step) % 7 for step in range((following - last) % 7 + 1))
        elif link.kind == "join" and link.numbers[0] in (COMMA, AND, SLASH):
            days.add(following)
        else:
            break
        recurring = recurring or bool(tokens[here + 1].numbers[1])
        here += 2
    return frozenset(days), here, recurring or len(days) > 1


def read_hours(tokens: Sequence[Token], at: int, *, loose: bool) -> tuple[Hours, int] | None:
    """A time span or a single time at this position, and the next position.

    `loose`: the text is about times (its own field, or a weekday stands before), so `8-16` and `9.15` are times too.
    Without that a bare number is no time unless the other end of its span says so (`14 - 19 Uhr`).
    """
    first, sure = _minutes(tokens, at, loose)
    if first is None:
        return None
    after = at + 1
    if after < len(tokens) and tokens[after].kind == "to":
        here = after + 1
        while here < len(tokens) and tokens[here].kind == "filler":
            here += 1
        second, second_sure = _minutes(tokens, here, loose)
        if second is not None and (sure or second_sure or _looks_like_span(tokens[at], tokens[here], loose)):
            return Hours(first, second), here + 1
    named = at and tokens[at].kind == "dotted" and tokens[at - 1].kind in ("word", "number")  # "Raum 2.12"
    return (Hours(first, None), after) if sure and not named else None


def read_until(tokens: Sequence[Token], at: int) -> tuple[Hours, int] | None:
    """The end alone, with "bis" at this position: `bis 16 Uhr`."""
    minutes, sure = _minutes(tokens, at + 1, False)
    return (Hours(None, minutes), at + 2) if minutes is not None and sure else None


def joined(first: Hours, second: Hours) -> Hours | None:
    """Two spans of one day with a break of at most two hours between them, as one; None if they are no such pair."""
    if first == second:
        return first
    if first.end is None or second.start is None or not 0 <= second.start - first.end <= 120:
        return None
    return Hours(first.start, second.end)


def _minutes(tokens: Sequence[Token], at: int, loose: bool) -> tuple[int | None, bool]:
    """Minutes of the token if it can be a time of day, and whether it can be nothing else."""
    if at >= len(tokens):
        return None, False
    token = tokens[at]
    if token.kind == "clock":
        return token.numbers[0], bool(token.numbers[1])
    if token.kind == "dotted" and token.numbers[0] <= 24 and token.numbers[1] < 60:
        return token.numbers[0] * 60 + token.numbers[1], loose
    if token.kind == "number" and 0 <= token.numbers[0] <= 24:
        return token.numbers[0] * 60, False
    if token.kind == "date" and loose and not token.numbers[2] and token.numbers[0] <= 24 and at + 1 == len(tokens):
        return token.numbers[0] * 60 + token.numbers[1], False  # "16.00 - 18.10." at the end of the text
    return None, False


def _looks_like_span(first: Token, second: Token, loose: bool) -> bool:
    """Neither end says "Uhr": minutes that are no month, or a text about times, or `h` behind the second."""
    kinds = {first.kind, second.kind}
    if "date" in kinds:
        return loose and first.kind in ("dotted", "clock")
    if "clock" in kinds:
        return True
    if kinds == {"dotted"}:
        return loose or any(token.numbers[1] == 0 or token.numbers[1] > 12 for token in (first, second))
    return loose and first.numbers[0] < second.numbers[0]
