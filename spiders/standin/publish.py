"""Decides which source publishes which course, under which refs and in which words: the truth about duplicates."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from spiders.standin.catalogue import Catalogue, Course, Run
from spiders.standin.dice import Dice
from spiders.standin.inventory import Provider, Site
from spiders.standin.nights import ListingState, born, gone, listing_state, runs_state
from spiders.standin.wording import ADDITIONS, description, foreign_title, own_title

SOURCES = ("mein-now", "hbz", "vhs-recklinghausen", "dekra", "slv", "bz")
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
class Slot:
    """A place in a source that a course takes for its whole life: the ref, and the runs shown under it."""

    source: str
    ref: str
    serial: int  # counts the listings of a source; part of addresses
    course: Course
    runs: tuple[int, ...]
    first: int  # the night in which it appears


@dataclass(frozen=True, slots=True)
class Publication:
    """One listing as a source shows it in one night; sites turn it into pages.

    `price` is in cents, None where the source names none; `note` is what it says about the price instead or besides.
    """

    source: str
    ref: str
    serial: int
    course: Course
    title: str
    provider: str
    provider_site: Site
    runs: tuple[Run, ...]
    price: int | None
    note: str
    paragraphs: tuple[str, ...]
    bullets: tuple[str, ...]
    number: str  # the house's own course number, where shown
    category: str
    second_category: str | None
    state: ListingState

    @property
    def dice(self) -> Dice:
        """Draws for details of spelling that stay the same every night."""
        return Dice("page", self.source, self.ref)


def _grouped(runs: Iterable[int], dice: Dice, most: int) -> list[tuple[int, ...]]:
    """Runs in groups of 1 to `most` neighbours."""
    left, groups = list(runs), []
    while left:
        size = dice.between(1, most)
        groups.append(tuple(left[:size]))
        left = left[size:]
    return groups


def _by_site(course: Course) -> list[tuple[int, ...]]:
    sites: dict[str, list[int]] = {}
    for run in course.runs:
        sites.setdefault(run.site.venue if run.site else "", []).append(run.number)
    return [tuple(numbers) for numbers in sites.values()]


def _own_groups(source: str, course: Course, dice: Dice) -> list[tuple[int, ...]]:
    """How a house cuts the runs of a course into listings on its own site."""
    numbers = [run.number for run in course.runs]
    if source == "hbz":  # the same course has several ids for its runs, each at one site
        return [group for at_site in _by_site(course) for group in _grouped(at_site, dice, 2)]
    if source == "vhs-recklinghausen":  # a course number is one run
        return [(number,) for number in numbers]
    if source == "dekra":  # a page per site
        return _by_site(course)
    if source == "slv":
        return _grouped(numbers, dice, 3)
    return [tuple(numbers)]


def _federal_groups(course: Course, dice: Dice) -> list[tuple[int, ...]]:
    """How the federal search cuts them: an id per site of the house, or some ids, or one with everything."""
    if course.provider.per_site_name and dice.percent(60):
        return _by_site(course)
    if dice.percent(45 if course.provider.source else 25):
        return [tuple(run.number for run in course.runs)]
    return _grouped([run.number for run in course.runs], dice, 3)


def _groups(seed: int, course: Course) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The listings of a course: source and run numbers."""
    for house in (course.provider, course.partner):
        if house is None or house.source is None:
            continue
        source = house.source
        for group in _own_groups(source, course, Dice(seed, "own", source, course.key)):
            yield source, group
    if course.federal:
        for group in _federal_groups(course, Dice(seed, "federal", course.key)):
            yield "mein-now", group


def _ref(slot_source: str, serial: int, course: Course, group: tuple[int, ...]) -> str:
    """The id a source gives; only the Volkshochschule puts the half-year of the run into it."""
    run = course.runs[group[0]]
    if slot_source == "mein-now":
        return str(10_300_000_000 + serial * 7919 + Dice("agency", serial).below(7919))
    if slot_source == "hbz":
        return str(90_000 + serial * 11 + Dice("hbz", serial).below(11))
    if slot_source == "dekra":
        place = run.site.city[:2].upper() if run.site else "ON"
        return f"{place}-{70_000 + serial * 3}"
    if slot_source == "slv":
        return f"{2000 + serial}.{group[0] + 1:02d}"
    if slot_source == "bz":
        return f"H{1000 + serial * 3}"
    digit = CATEGORIES[course.series.category][1]
    day = run.start or date.min
    return f"{day:%y}{'A' if day.month < 7 else 'B'}-{digit}{serial:03d}"


def slots(catalogue: Catalogue, night: int) -> Iterator[Slot]:
    """All listings there have ever been by a night. Earlier ones come first, so a ref never depends on later nights."""
    serials: Counter[str] = Counter()
    for course in catalogue.until(night):
        first = born(course.index, catalogue.courses)
        for source, group in _groups(catalogue.seed, course):
            counter = f"{source}/{course.series.category}" if source == "vhs-recklinghausen" else source
            serials[counter] += 1
            ref = _ref(source, serials[counter], course, group)
            yield Slot(source, ref, serials[counter], course, group, first)


def alive(catalogue: Catalogue, night: int) -> Iterator[Slot]:
    """The listings shown in a night."""
    for slot in slots(catalogue, night):
        if night == slot.first or night < gone(catalogue.seed, slot.source, slot.ref, slot.first):
            yield slot


def _named_by(provider: Provider, dice: Dice, site: Site) -> str:
    """The provider as the federal search names it."""
    name = dice.pick(provider.names)
    if provider.per_site_name and dice.percent(50):
        return f"{name}{dice.pick((' ', ' - ', ', Standort '))}{site.city}"
    return name


def _runs(catalogue: Catalogue, slot: Slot, night: int) -> tuple[Run, ...]:
    """The runs of a listing with what has happened to them; the federal search learns of it a night later."""
    seen = max(slot.first, night - 1) if slot.source == "mein-now" else night
    state = runs_state(catalogue.seed, slot.course.key, len(slot.course.runs), slot.first, seen)
    runs = []
    for number in slot.runs:
        run = slot.course.runs[number]
        by = timedelta(state.moved.get(number, 0))
        if by and run.start and not run.month_only:
            run = replace(run, start=run.start + by, end=run.end and run.end + by)
        if number in state.sold_out:
            run = replace(run, booked=run.capacity)
        runs.append(run)
    return tuple(runs)


def _price(course: Course, state: ListingState, dice: Dice, federal: bool) -> tuple[int | None, str]:
    price = course.price * state.price_percent // 100
    if not course.price:
        return 0, "kostenfrei"
    if not federal:
        return (None, "auf Anfrage") if course.provider.key != "vhs" and dice.percent(4) else (price, "")
    fate = dice.below(100)
    if fate < 50:
        return price, dice.pick(("", "", "MwSt. befreit", "<p>Inklusive Schulungsunterlagen</p>"))
    if fate < 60:
        return price * dice.pick((95, 103, 110)) // 100, ""  # an older or a rounded price
    return None, dice.pick(("auf Anfrage", "<p>Gebühren auf Anfrage.</p>", "", "Förderung möglich, bitte anfragen"))


def _publication(catalogue: Catalogue, slot: Slot, night: int, numbers: list[str]) -> Publication:
    course, seed = slot.course, catalogue.seed
    federal = slot.source == "mein-now"
    foreign = federal or slot.source != course.provider.source
    dice = Dice(seed, "published", slot.source, slot.ref)
    state = listing_state(seed, slot.source, slot.ref, slot.first, night)
    runs = _runs(catalogue, slot, night)
    site = next((run.site for run in runs if run.site), None)
    title = (
        foreign_title(course, dice)
        if foreign
        else own_title(course, dice, site.city if site and slot.source in ("dekra", "hbz") else None)
    )
    if state.sold_out_in_title:
        title += ": Ausgebucht!" if slot.source == "vhs-recklinghausen" else " - ausgebucht"
        runs = tuple(replace(run, booked=run.capacity) for run in runs)
    home = (
        dice.pick(course.provider.sites) if course.provider.per_site_name and site is None else course.provider.sites[0]
    )
    home = site if site and course.provider.per_site_name else home
    paragraphs, bullets = description(course, dice, short=foreign)
    if foreign and not federal:
        paragraphs.append(f"Eine Kooperation mit {course.provider.names[0]}.")
    paragraphs += [ADDITIONS[number % len(ADDITIONS)] for number in range(state.additions)]
    price, note = _price(course, state, dice, federal)
    categories = list(CATEGORIES)
    category = categories[(categories.index(course.series.category) + state.relocations) % len(categories)]
    return Publication(
        source=slot.source,
        ref=slot.ref,
        serial=slot.serial,
        course=course,
        title=title,
        provider=_named_by(course.provider, dice, home) if federal else course.provider.names[0],
        provider_site=home,
        runs=runs,
        price=price,
        note=note,
        paragraphs=tuple(paragraphs),
        bullets=tuple(bullets),
        number=slot.ref if not federal else (dice.pick(numbers) if numbers and dice.percent(50) else ""),
        category=category,
        second_category=dice.pick([other for other in categories if other != category]) if dice.percent(8) else None,
        state=state,
    )


def publish(catalogue: Catalogue, night: int = 1) -> dict[str, tuple[Publication, ...]]:
    """What every source shows in a night (the first is 1): equal arguments give equal listings on any machine."""
    if night < 1:
        raise ValueError(f"nights count from 1, not {night}")
    shown = list(alive(catalogue, night))
    numbers: dict[str, list[str]] = {}
    for slot in shown:
        if slot.source != "mein-now":
            numbers.setdefault(slot.course.key, []).append(slot.ref)
    sources: dict[str, list[Publication]] = {source: [] for source in SOURCES}
    for slot in shown:
        sources[slot.source].append(_publication(catalogue, slot, night, numbers.get(slot.course.key, [])))
    return {source: tuple(publications) for source, publications in sources.items()}


def truth(catalogue: Catalogue, night: int = 1) -> list[tuple[str, str]]:
    """For every listing shown in a night the offer id `<source>:<ref>` and the key of the course it is, by offer id."""
    return sorted((f"{slot.source}:{slot.ref}", slot.course.key) for slot in alive(catalogue, night))
