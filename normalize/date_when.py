"""Weighs what a text says about one run of a course, under the rulings of the contract, and writes it as a `When`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from normalize.calendar_nrw import weekday_series
from normalize.date_drafts import Day, Draft
from normalize.date_points import Point
from normalize.date_values import OTHER_UNIT, TIMES
from normalize.model import Session
from normalize.reading import Doubt, Reading
from normalize.times import NO_HOURS, Hours, clock_text, in_week_order
from normalize.vocabulary import Precision, Weekday

_LONGEST_RUN = 7 * 366  # days; a longer span is a misprint more often than a course
_VACATION = re.compile(r"(oster|pfingst|sommer|herbst|weihnacht)\w*ferien")
_VACATION_NAMES = {"pfingst": "pfingsten", "oster": "ostern", "weihnacht": "weihnachten"}
_WEEKLY, _FORTNIGHTLY = 1, 2

Meetings = tuple[tuple[date, Hours], ...]


@dataclass(frozen=True, slots=True)
class When:
    """One dated run. Times are "HH:MM"; a single day has `end` equal to `start`, a mere beginning has no `end`.

    `hint` is a word on format or schedule that stood beside the dates ("Teilzeit"), `status_text` one on availability.
    `span` is where its days stand (of an open start, the words for it) in the text of dates, or in the text of times
    where the dates name no day; places are counted after entities are decoded. It is no part of equality.
    """

    start: date | None = None
    end: date | None = None
    precision: Precision = "unknown"
    open_start: bool = False
    start_time: str | None = None
    end_time: str | None = None
    weekdays: tuple[Weekday, ...] = ()
    sessions: tuple[Session, ...] = ()
    hint: str | None = None
    status_text: str | None = None
    span: tuple[int, int] = field(default=(0, 0), compare=False)


def weighed(draft: Draft, raw: str) -> Reading[When]:
    """The run of a draft; what does not hold together is left out, with a doubt that carries `raw`."""
    return _Weighing(draft, raw).reading()


def covers(draft: Draft, day: Day) -> bool:
    """Whether the day lies within the run."""
    inside, run = day.point.extent(), _extent(draft)
    return inside is not None and run is not None and run[0] <= inside[0] and inside[1] <= run[1]


class _Weighing:
    """One draft and the doubts it raises."""

    def __init__(self, draft: Draft, raw: str) -> None:
        self.draft, self.raw = draft, raw
        self.reasons: list[str] = []
        self.weekdays = {day for group in draft.groups for day in group.weekdays}
        self.start: date | None = None
        self.end: date | None = None
        self.precision: Precision = "unknown"
        self.meetings: Meetings = ()

    def reading(self) -> Reading[When]:
        draft = self.draft
        if draft.unclear:
            self.reasons.append(draft.unclear)
        elif draft.ranges or draft.until:
            self._weigh_range()
        elif draft.days:
            self._weigh_days()
        hours = self._hours()
        if not self.meetings and any(every > _WEEKLY for every in draft.every):
            self.reasons.append("the rhythm is not kept")
        if not self.meetings and (draft.excepted or draft.skips):
            self.reasons.append("the days left out are not kept")
        if draft.open and draft.dated:
            self.reasons.append("an open start beside a date")
        when = When(
            self.start,
            self.end,
            self.precision,
            draft.open and not draft.dated,
            clock_text(hours.start),
            clock_text(hours.end),
            in_week_order(self.weekdays),
            tuple(
                Session(date=day.isoformat(), start_time=clock_text(at.start), end_time=clock_text(at.end))
                for day, at in self.meetings
            ),
            ", ".join(dict.fromkeys(draft.hints)) or None,
            ", ".join(dict.fromkeys(draft.statuses)) or None if _status_holds(draft) else None,
            draft.span,
        )
        return Reading(when, tuple(Doubt(self.raw, reason) for reason in dict.fromkeys(self.reasons)))

    # --- days ---

    def _weigh_range(self) -> None:
        draft = self.draft
        points = [point for span in draft.ranges for point in span]
        if draft.until:
            points.append(draft.until)
        self._check(points)
        self.precision = _coarsest(points)
        if any(_reversed(first, last) for first, last in draft.ranges):
            self.precision = "unknown"
            self.reasons.append("the end is before the start")
            return
        extent = _extent(draft)
        if not extent:
            return
        self.start, self.end = extent
        if not draft.ranges:
            self.start = None
            self.reasons.append("an end without a start")
        if len(draft.ranges) > 1:
            self.reasons.append("several blocks are read as one run")
        elif (self.end - extent[0]).days > _LONGEST_RUN:
            self.reasons.append("longer than seven years")
        if draft.days:
            self._add_weekdays(draft.days)
            self.meetings = self._listed()
        elif self.start:
            series = self._series(self.start)
            if series and series[-1] == self.end:
                self.meetings = self._with_hours(series)

    def _weigh_days(self) -> None:
        draft = self.draft
        days = [day for day in draft.days if not day.cancelled] or draft.days
        self._check([day.point for day in days])
        self._add_weekdays(days)
        meetings = self._listed()
        if len(meetings) > 1:
            self.start, self.end, self.precision, self.meetings = meetings[0][0], meetings[-1][0], "day", meetings
            if (self.end - self.start).days > _LONGEST_RUN:
                self.reasons.append("longer than seven years")
            if (count := self._count()) and count != len(meetings):
                self.reasons.append(f"{len(meetings)} days are listed, {count} are counted")
            return
        point = days[0].point
        extent = point.extent()
        if not extent:
            return
        self.start, self.precision = extent[0], _coarsest([point])
        if not point.day:
            self.end = None if draft.starts else extent[1]
        elif series := self._series(self.start):
            if series[0] == self.start:
                self.end, self.meetings = series[-1], self._with_hours(series)
            else:
                self.reasons.append("the first day is not on a weekday of the series")
        elif self._one_day(days[0], self.start):
            self.end = self.start

    def _one_day(self, day: Day, start: date) -> bool:
        """One day is shown: with a time span or "1 Termin", and nothing says that it is only the first of several."""
        draft = self.draft
        if self._count() == 1:
            return True
        if draft.starts or draft.every or any(group.recurring for group in draft.groups):
            return False
        if any(start.weekday() not in group.weekdays for group in draft.groups):
            self.reasons.append("the weekday does not fit the date")
            return False
        if self._count():
            return False
        spans = [day.hours, *(group.hours for group in draft.groups), *draft.hours]
        return any(hours and hours.start is not None and hours.end is not None for hours in spans)

    def _add_weekdays(self, days: Iterable[Day]) -> None:
        """The weekdays written beside single days, where they fit."""
        for day in days:
            extent = day.point.extent()
            if day.point.weekday is not None and extent and extent[0].weekday() == day.point.weekday:
                self.weekdays.add(day.point.weekday)

    def _check(self, points: Iterable[Point]) -> None:
        """What is read with a supposition, and weekdays that do not fit."""
        for point in points:
            extent = point.extent()
            if point.week:
                self.reasons.append("a calendar week is read as Monday to Sunday")
            elif point.last_month and point.month % 3 == 0:
                self.reasons.append("a season is read as its three months")
            elif extent and point.weekday is not None and extent[0].weekday() != point.weekday:
                self.reasons.append("the weekday does not fit the date")

    # --- meetings ---

    def _listed(self) -> Meetings:
        """The single days of the text as meetings, in order, cancelled ones left out."""
        found: dict[tuple[date, Hours], None] = {}
        for day in self.draft.days:
            extent = day.point.extent()
            if extent and point_is_day(day.point) and not day.cancelled:
                found[(extent[0], self._hours_on(extent[0], day.hours))] = None
        return tuple(sorted(found, key=lambda meeting: (meeting[0], meeting[1].start or 0)))

    def _count(self) -> int | None:
        """How many meetings the text counts; None if it does not say or says several numbers."""
        numbers = {piece.numbers[0] for piece in self.draft.counts if piece.numbers[1] != OTHER_UNIT}
        return numbers.pop() if len(numbers) == 1 else None

    def _series(self, start: date) -> tuple[date, ...]:
        """The meetings of "10 x dienstags ab 10.03.2026"; empty if the text does not determine them."""
        draft, count = self.draft, self._count()
        every = draft.every[0] if draft.every else _WEEKLY
        weekdays = {day for group in draft.groups for day in group.weekdays}
        if not weekdays and draft.every and not draft.ranges:
            weekdays = {start.weekday()}
        if not count or count < 2 or not weekdays or every not in (_WEEKLY, _FORTNIGHTLY) or len(set(draft.every)) > 1:
            return ()
        if len(weekdays) > 1 and any(piece.numbers[1] == TIMES for piece in draft.counts) and not draft.ranges:
            self.reasons.append("it is unclear whether days or weeks are counted")
            return ()
        names = {_VACATION_NAMES.get(name, name) for text in draft.skips for name in _VACATION.findall(text.lower())}
        series = weekday_series(
            start,
            weekdays,
            count,
            every=every,
            skip_public=draft.skip_public,
            skip_school=draft.skip_school,
            vacations=names,
            except_days=[extent[0] for point in draft.excepted if (extent := point.extent())],
        )
        if not series:
            self.reasons.append("the series is longer than the known school holidays or than is credible")
        return series

    def _with_hours(self, days: Sequence[date]) -> Meetings:
        own = self.draft.days[0].hours if len(self.draft.days) == 1 else None
        return tuple((day, self._hours_on(day, own)) for day in days)

    # --- hours ---

    def _hours_on(self, day: date, own: Hours | None) -> Hours:
        """The hours of a meeting: its own, else those of its weekday, else those of the whole run."""
        if own:
            return own if own.plausible else NO_HOURS
        groups = [group.hours for group in self.draft.groups if group.hours]
        mine = [group.hours for group in self.draft.groups if group.hours and day.weekday() in group.weekdays]
        pool = mine or groups or self.draft.hours
        return _common([hours for hours in pool if hours.plausible])

    def _hours(self) -> Hours:
        """The hours of the run: what all its days have in common."""
        draft = self.draft
        days = [day for day in draft.days if not day.cancelled] or draft.days
        stated = [day.hours for day in days if day.hours] + [group.hours for group in draft.groups if group.hours]
        stated += draft.hours + [_moment(first, last) for first, last in draft.ranges]
        stated += [Hours(day.point.minute, None) for day in days if day.point.minute is not None]
        pool = _fullest([hours for hours in stated if hours != NO_HOURS])
        if any(not hours.plausible for hours in pool):
            self.reasons.append("an end of day before its start")
            pool = [hours for hours in pool if hours.plausible]
        shown = _fullest([hours for _, hours in self.meetings])
        if len(pool) > 1 and not set(pool) <= set(shown):
            self.reasons.append("the hours differ")
        return _common(pool)


def point_is_day(point: Point) -> bool:
    """A single day, no week, month or year."""
    return bool(point.day)


def _extent(draft: Draft) -> tuple[date, date] | None:
    points = [point for span in draft.ranges for point in span] + [day.point for day in draft.days if not day.cancelled]
    extents = [extent for point in points + [draft.until] * bool(draft.until) if point and (extent := point.extent())]
    return (min(first for first, _ in extents), max(last for _, last in extents)) if extents else None


def _reversed(first: Point, last: Point) -> bool:
    start, end = first.extent(), last.extent()
    return bool(start and end and end[1] < start[0])


def _coarsest(points: Iterable[Point]) -> Precision:
    found = {point.precision for point in points}
    return "year" if "year" in found else "month" if "month" in found else "day"


def _moment(first: Point, last: Point) -> Hours:
    """The times at the two ends of a range: when the first day begins and the last one ends."""
    return Hours(first.minute, last.minute)


def _fullest(hours: Sequence[Hours]) -> list[Hours]:
    """Distinct hours, without a lone start or end that a whole span repeats."""
    whole = [each for each in dict.fromkeys(hours) if None not in (each.start, each.end)]
    starts, ends = {each.start for each in whole}, {each.end for each in whole}
    partial = [each for each in dict.fromkeys(hours) if each not in whole]
    return whole + [each for each in partial if each != NO_HOURS and each.start not in starts and each.end not in ends]


def _common(hours: Sequence[Hours]) -> Hours:
    """The start and the end that all of them share."""
    starts, ends = {each.start for each in hours}, {each.end for each in hours}
    return Hours(starts.pop() if len(starts) == 1 else None, ends.pop() if len(ends) == 1 else None)


def _status_holds(draft: Draft) -> bool:
    """A cancelled session does not cancel the run."""
    cancelled = [day for day in draft.days if day.cancelled]
    return bool(draft.statuses) and (not cancelled or len(cancelled) == len(draft.days))
