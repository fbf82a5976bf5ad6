"""Points in time as they are written, often incomplete (`12.`, `14.12.`, `März`), and how they become days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

EARLIEST, LATEST = 1990, 2099  # years outside are misprints or no dates at all


@dataclass(frozen=True, slots=True)
class Point:
    """A day, month, year or week as written; 0 is what the text leaves out.

    `last_month` and `last_year` close a span of months (quarter, season). `minute` is a time written with the day,
    `weekday` (Monday is 0) stands beside it in the text.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    week: int = 0
    last_month: int = 0
    last_year: int = 0
    minute: int | None = None
    weekday: int | None = None

    @property
    def precision(self) -> str:
        """day (a week too), month or year."""
        if self.day or self.week:
            return "day"
        return "month" if self.month else "year"

    def extent(self) -> tuple[date, date] | None:
        """First and last day; None if a part is missing or there is no such day."""
        if not EARLIEST <= self.year <= LATEST:
            return None
        try:
            if self.week:
                return date.fromisocalendar(self.year, self.week, 1), date.fromisocalendar(self.year, self.week, 7)
            if self.day:
                day = date(self.year, self.month, self.day)
                return day, day
            first = date(self.year, self.month or 1, 1)
            year, month = self.last_year or self.year, self.last_month or self.month or 12
            following = date(year + month // 12, month % 12 + 1, 1)
        except ValueError:
            return None
        return first, following - timedelta(days=1)


def complete(points: Sequence[Point], today: date | None) -> tuple[tuple[Point, ...], str | None]:
    """Gives every point of one list or range its month and year, and says in words what had to be supposed.

    A left-out year or month comes from the next point that has it, so that the list runs forward ("14.12. bis
    22.01.2027" starts in 2026), else from the one before. If no point has a year, the year is the one whose weekday
    fits, else that of the next occurrence after `today`.
    """
    whole = list(points)
    for index in range(len(whole) - 2, -1, -1):
        if not whole[index].month and whole[index].day:
            whole[index] = replace(whole[index], month=whole[index + 1].month)
            if whole[index].day > whole[index + 1].day and whole[index + 1].day:
                return tuple(points), "days without a month do not run forward"
    doubt = None
    if not any(point.year for point in whole):
        if today is None:
            return tuple(whole), "a date without a year"
        whole[0], doubt = _next_occurrence(whole[0], today)
    for index in range(len(whole) - 2, -1, -1):
        if not whole[index].year and whole[index + 1].year:
            later = whole[index + 1]
            whole[index] = replace(whole[index], year=later.year - (_in_year(whole[index]) > _in_year(later)))
    for index in range(1, len(whole)):
        if not whole[index].year:
            earlier = whole[index - 1]
            last_year = earlier.last_year or earlier.year
            whole[index] = replace(whole[index], year=last_year + (_in_year(whole[index]) < _in_year(earlier)))
    return tuple(whole), doubt


def _in_year(point: Point) -> tuple[int, int]:
    """Where in the year, for comparing two points; a month without a day counts as its first."""
    return point.month or (point.week * 7) // 31 + 1, point.day or point.week


def _next_occurrence(point: Point, today: date) -> tuple[Point, str | None]:
    """The year of a point without one: the one whose weekday fits, else the first that is not over, with a doubt."""
    for year in range(today.year, min(today.year + 9, MAXYEAR)):
        extent = replace(point, year=year).extent()
        if extent and extent[1] >= today:
            break
    else:
        return point, "no such day"
    if point.weekday is not None and point.day:
        for candidate in (year, year - 1, year + 1, year - 2):
            extent = replace(point, year=candidate).extent()
            if extent and extent[0].weekday() == point.weekday:
                return replace(point, year=candidate), None
    return replace(point, year=year), "a date without a year: the next occurrence is taken"
