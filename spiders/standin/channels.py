"""Who publishes where besides the federal search: how a source cuts a course's runs into listings and numbers them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spiders.standin.catalogue import Course, slug
from spiders.standin.dice import Dice

Group = tuple[int, ...]  # numbers of the runs that one listing shows
Cut = Callable[[Course, Dice], list[Group]]
Numbering = Callable[[int, Course, Group], str]  # from the serial of the listing in its source

# Category pages of the Volkshochschule: the site's own number, the digit that begins course numbers, the name.
CATEGORIES = {
    "politik-und-gesellschaft": (4, 1, "Politik und Gesellschaft"),
    "kultur-gestalten": (12, 2, "Kultur gestalten"),
    "gesundheit": (21, 3, "Gesundheit"),
    "sprachen": (26, 4, "Sprachen"),
    "digitales-und-beruf": (31, 5, "Digitales und Beruf"),
    "grundbildung": (35, 6, "Grundbildung"),
    "junge-vhs": (40, 7, "junge vhs"),
}


@dataclass(frozen=True, slots=True)
class Channel:
    """A source in which these houses publish; `percent` of their courses, all of them by default.

    `by_category`: each category is numbered by itself, as in the programme of a Volkshochschule.
    """

    houses: tuple[str, ...]
    cut: Cut
    ref: Numbering
    percent: int = 100
    by_category: bool = False


def neighbours(runs: Iterable[int], dice: Dice, most: int) -> list[Group]:
    """Runs in groups of 1 to `most` neighbours."""
    left, groups = list(runs), []
    while left:
        size = dice.between(1, most)
        groups.append(tuple(left[:size]))
        left = left[size:]
    return groups


def at_each_site(course: Course, dice: Dice) -> list[Group]:  # noqa: ARG001 - a cut
    """A listing per site of the house."""
    sites: dict[str, list[int]] = {}
    for run in course.runs:
        sites.setdefault(run.site.venue if run.site else "", []).append(run.number)
    return [tuple(numbers) for numbers in sites.values()]


def each_run(course: Course, dice: Dice) -> list[Group]:  # noqa: ARG001 - a cut
    """A listing per run."""
    return [(run.number,) for run in course.runs]


def all_runs(course: Course, dice: Dice) -> list[Group]:  # noqa: ARG001 - a cut
    """One listing with everything."""
    return [tuple(run.number for run in course.runs)]


def up_to_three(course: Course, dice: Dice) -> list[Group]:
    """Listings of one to three runs."""
    return neighbours((run.number for run in course.runs), dice, 3)


def pairs_at_each_site(course: Course, dice: Dice) -> list[Group]:
    """The same course has several ids for its runs, each at one site."""
    return [group for at_site in at_each_site(course, dice) for group in neighbours(at_site, dice, 2)]


def one_or_all(course: Course, dice: Dice) -> list[Group]:
    """A third of the courses have one id for all runs, the others one for each."""
    return all_runs(course, dice) if dice.percent(33) else each_run(course, dice)


def _half_year(course: Course, group: Group) -> str:
    day = course.runs[group[0]].start or date.min
    return f"{day:%y}{'A' if day.month < 7 else 'B'}"


def _vhs(serial: int, course: Course, group: Group) -> str:
    return f"{_half_year(course, group)}-{CATEGORIES[course.series.category][1]}{serial:03d}"


def _dekra(serial: int, course: Course, group: Group) -> str:
    site = course.runs[group[0]].site
    return f"{site.city[:2].upper() if site else 'ON'}-{70_000 + serial * 3}"


def _slv(serial: int, course: Course, group: Group) -> str:  # noqa: ARG001 - a numbering
    return f"{2000 + serial}.{group[0] + 1:02d}"


def _guid(serial: int, course: Course, group: Group) -> str:
    high, low = (Dice("guid", serial, course.key, group[0], half).below(2**64) for half in (0, 1))
    return str(UUID(int=high << 64 | low, version=4))


def _spread(pattern: str, first: int, step: int) -> Numbering:
    """Growing numbers with gaps that nobody can guess."""

    def number(serial: int, course: Course, group: Group) -> str:  # noqa: ARG001 - a numbering
        return pattern.format(first + serial * step + Dice(pattern, serial).below(step))

    return number


def _words(serial: int, course: Course, group: Group) -> str:
    return f"{slug(course.series.id)[:4].upper()} {serial:03d}/{group[0] + 1}"


def _hbz(serial: int, course: Course, group: Group) -> str:  # noqa: ARG001 - a numbering
    return str(90_000 + serial * 11 + Dice("hbz", serial).below(11))


def _bz(serial: int, course: Course, group: Group) -> str:  # noqa: ARG001 - a numbering
    return f"H{1000 + serial * 3}"


CHANNELS = {
    "hbz": Channel(("hbz",), pairs_at_each_site, _hbz),
    "vhs-recklinghausen": Channel(("vhs",), each_run, _vhs, by_category=True),
    "dekra": Channel(("dekra",), at_each_site, _dekra),
    "slv": Channel(("slv",), up_to_three, _slv),
    "bz": Channel(("bz",), all_runs, _bz),
    "gafoeg": Channel(("gafoeg",), all_runs, _spread("GAF-{}", 300, 7)),
    "ihk-nord-westfalen": Channel(("ihk-nw",), up_to_three, _spread("ZL{}", 24_000, 9)),
    "kh-emscher-lippe-west": Channel(("kh-elw",), all_runs, _spread("KH/{}", 100, 3)),
    "nordstern": Channel(("nordstern",), one_or_all, _spread("{}", 39_000, 17)),
    "campus-vest": Channel(("campus-vest",), all_runs, _spread("{}", 5_100, 23)),
    "morgenrot": Channel(("morgenrot",), each_run, _vhs, by_category=True),
    "lippeaue": Channel(("lippeaue",), each_run, _words),
    "lernbruecke": Channel(("lernbruecke",), each_run, _spread("L{}", 2_600, 3)),
    "krueger": Channel(("krueger",), all_runs, _spread("K-{}", 40, 3)),
    "digitalpfad": Channel(("digitalpfad",), all_runs, _spread("DP{}", 880, 3)),
    "openqcat": Channel(("wissenshafen", "karrierewerk"), up_to_three, _spread("OQ{}", 7_000_000, 97), percent=60),
    "openvhs": Channel(("vhs",), each_run, _guid, percent=20),
    "kursnet": Channel(("viadukt", "digitalpfad"), up_to_three, _spread("{}", 61_000_000, 911), percent=50),
}
