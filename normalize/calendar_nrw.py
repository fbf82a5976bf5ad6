"""The calendar of North Rhine-Westphalia: public holidays, school holidays, and series of weekdays that skip them.

Public holidays come from the library `holidays`. School holidays come from `nrw_school_holidays.tsv`, the Land's
official dates (Ferienordnung); they are known from FIRST_KNOWN to LAST_KNOWN and nothing is assumed beyond.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import holidays

FIRST_KNOWN, LAST_KNOWN = date(2025, 9, 1), date(2028, 8, 31)
LONGEST_SERIES = 200  # meetings


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The statutory holidays of a year, Sundays that are holidays by law included."""
    return frozenset(holidays.country_holidays("DE", subdiv="NW", years=year))


@cache
def school_holidays() -> tuple[tuple[str, date, date], ...]:
    """Name, first and last day of all known school holidays."""
    rows = (files("normalize") / "nrw_school_holidays.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple(
        (name, date.fromisoformat(first), date.fromisoformat(last))
        for name, first, last in (row.split("\t") for row in rows)
    )


def in_school_holidays(day: date, names: Collection[str] = ()) -> bool:
    """Whether the schools are closed; `names` restricts it to some holidays ("ostern", "sommer", ...)."""
    return any(first <= day <= last and (not names or name in names) for name, first, last in school_holidays())


def weekday_series(
    first: date,
    weekdays: Collection[int],
    count: int,
    *,
    every: int = 1,
    skip_public: bool = False,
    skip_school: bool = False,
    vacations: Collection[str] = (),
    except_days: Collection[date] = (),
) -> tuple[date, ...]:
    """The first `count` meetings on `weekdays` (Monday is 0) from `first` on, in every `every`-th week.

    Days are left out only as the arguments say; a skipped day lengthens the series. Empty if the series is longer than
    LONGEST_SERIES or runs beyond the known school holidays while these are to be skipped.
    """
    if not 0 < count <= LONGEST_SERIES or not weekdays:
        return ()
    monday = first - timedelta(days=first.weekday())
    meetings: list[date] = []
    for week in range(0, 2 * LONGEST_SERIES * every, every):
        for weekday in sorted(weekdays):
            day = monday + timedelta(days=7 * week + weekday)
            if day < first or day in except_days:
                continue
            if skip_school and not FIRST_KNOWN <= day <= LAST_KNOWN:
                return ()
            if (skip_public and day in public_holidays(day.year)) or (
                skip_school and in_school_holidays(day, vacations)
            ):
                continue
            meetings.append(day)
            if len(meetings) == count:
                return tuple(meetings)
    return ()
