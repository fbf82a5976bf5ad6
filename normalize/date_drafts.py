"""Drafts: what a text says about one run of a course, collected but not yet weighed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from normalize.date_grammar import Piece
from normalize.date_points import Point
from normalize.times import Hours


@dataclass(slots=True)
class Day:
    """One single day of a run, with the hours written beside it."""

    point: Point
    hours: Hours | None
    start: int
    end: int
    status: str = ""
    cancelled: bool = False


@dataclass(slots=True)
class Group:
    """Weekdays with the hours that hold on them."""

    weekdays: frozenset[int]
    recurring: bool
    hours: Hours | None = None


@dataclass(slots=True)
class Draft:
    """What the text says about one run, not yet weighed."""

    days: list[Day] = field(default_factory=list)
    ranges: list[tuple[Point, Point]] = field(default_factory=list)
    until: Point | None = None
    groups: list[Group] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    counts: list[Piece] = field(default_factory=list)
    every: list[int] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    skip_public: bool = False
    skip_school: bool = False
    excepted: list[Point] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    open: bool = False
    open_says_start: bool = False
    starts: bool = False  # "Beginn", "ab": the days are first days
    alternatives: bool = False  # "Starttermine", "nächste Termine": each day is a run
    blocks: bool = False
    block_label: bool = False
    restarted: bool = False
    orphans: list[Day] = field(default_factory=list)
    unclear: str = ""
    span: tuple[int, int] = (0, 0)

    @property
    def dated(self) -> bool:
        """Whether any date was read."""
        return bool(self.days or self.ranges or self.until)

    @property
    def timed(self) -> bool:
        """Whether any time of day was read."""
        return bool(self.hours) or any(day.hours for day in self.days) or any(group.hours for group in self.groups)


def with_times(drafts: Iterable[Draft], context: Draft) -> list[Draft]:
    """Gives the runs what a separate field of times says, where their own text does not say it."""
    merged = list(drafts)
    for draft in merged:
        if not draft.groups:
            draft.groups = [Group(group.weekdays, group.recurring, group.hours) for group in context.groups]
        elif not draft.timed:
            for group in draft.groups:
                group.hours = next((other.hours for other in context.groups if other.weekdays >= group.weekdays), None)
        if not draft.timed or _only_starts(draft, context):
            for day in draft.days:
                day.hours = context.hours[0] if len(context.hours) == 1 else None
            draft.hours = list(context.hours)
        elif context.hours and context.hours != draft.hours:
            draft.hours += [hours for hours in context.hours if hours not in [day.hours for day in draft.days]]
        draft.every = draft.every or context.every
        draft.counts = draft.counts or context.counts
        draft.hints += [hint for hint in context.hints if hint not in draft.hints]
        draft.statuses = draft.statuses or list(context.statuses)
        draft.skip_public, draft.skip_school = (
            draft.skip_public or context.skip_public,
            draft.skip_school or context.skip_school,
        )
        draft.excepted += context.excepted
    return merged


def _only_starts(draft: Draft, context: Draft) -> bool:
    """The dates give the first minute ("10.02.2026, 19:00 Uhr"), the times the whole span."""
    starts = {day.hours.start for day in draft.days if day.hours and day.hours.end is None}
    return len(context.hours) == 1 and starts == {context.hours[0].start}
