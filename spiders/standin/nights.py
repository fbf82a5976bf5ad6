"""What moves from night to night: what is new, what goes, what changes; and which half-year the dates belong to."""

from dataclasses import dataclass, field
from datetime import date

from spiders.standin.dice import Dice

BIRTHS_PER_1000 = 12  # new courses a night, of the catalogue's first size
LIFETIMES = 135  # a listing stays between 1 and this many nights: 7 to 8 of 1000 go every night
CHANGES_PER_1000 = 20  # listings that change in a night
MOVES_PER_1000 = 12  # courses of which a run is re-dated or sold out in a night


def season_of(today: date) -> date:
    """The first day of the half-year of a day: 1 January or 1 July."""
    return date(today.year, 1 if today.month < 7 else 7, 1)


def size_at(courses: int, night: int) -> int:
    """How many courses have ever been published by a night, of a catalogue that began with `courses`."""
    return courses + (night - 1) * courses * BIRTHS_PER_1000 // 1000


def born(index: int, courses: int) -> int:
    """The night in which the course with this index in the stream first appears."""
    if index < courses:
        return 1
    # the first night whose size exceeds the index: the inverse of size_at
    return 1 + -(-(index - courses + 1) * 1000 // (courses * BIRTHS_PER_1000))


def gone(seed: int, source: str, ref: str, first: int) -> int:
    """The night in which a listing that appeared in night `first` is withdrawn."""
    return first + 1 + Dice(seed, "gone", source, ref).below(LIFETIMES)


@dataclass(frozen=True, slots=True)
class ListingState:
    """What has become of one listing by a night."""

    sold_out_in_title: bool = False
    price_percent: int = 100
    additions: int = 0  # sentences added to the text
    relocations: int = 0  # times that its category or the words in its address changed


def listing_state(seed: int, source: str, ref: str, first: int, night: int) -> ListingState:
    """All changes of a listing from the night it appeared to this night; its ref never changes."""
    sold_out, percent, additions, relocations = False, 100, 0, 0
    for past in range(first + 1, night + 1):
        dice = Dice(seed, "listing", source, ref, past)
        if dice.below(1000) >= CHANGES_PER_1000:
            continue
        kind = dice.below(100)
        if kind < 25:
            sold_out = not sold_out
        elif kind < 55:
            percent += dice.pick((-10, 5, 8, 12))
        elif kind < 80:
            additions += 1
        else:
            relocations += 1
    return ListingState(sold_out, max(percent, 60), additions, relocations)


@dataclass(frozen=True, slots=True)
class RunsState:
    """What has become of a course's runs: days by which a run was moved, and which are sold out."""

    moved: dict[int, int] = field(default_factory=dict)
    sold_out: frozenset[int] = frozenset()


def runs_state(seed: int, course: str, runs: int, first: int, night: int) -> RunsState:
    """All moves of a course's runs from the night it appeared to this night."""
    moved: dict[int, int] = {}
    sold_out: set[int] = set()
    for past in range(first + 1, night + 1):
        dice = Dice(seed, "runs", course, past)
        if dice.below(1000) >= MOVES_PER_1000:
            continue
        run = dice.below(runs)
        if dice.percent(60):
            moved[run] = moved.get(run, 0) + dice.pick((7, 7, 14, 28))
        else:
            sold_out.add(run)
    return RunsState(moved, frozenset(sold_out))
