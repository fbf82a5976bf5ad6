"""Decides which source publishes which course, under which refs and in which words: the truth about duplicates."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from spiders.standin.catalogue import Catalogue, Course, Run
from spiders.standin.channels import CATEGORIES, CHANNELS, Group, all_runs, at_each_site, up_to_three
from spiders.standin.dice import Dice
from spiders.standin.inventory import Provider, Site
from spiders.standin.nights import ListingState, born, gone, listing_state, runs_state
from spiders.standin.wording import ADDITIONS, description, foreign_title, own_title

SOURCES = ("mein-now", *CHANNELS)
FOREIGN = ("mein-now", "kursnet")  # they tell of courses in their own words


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a source that a course takes for its whole life: the ref, and the runs shown under it."""

    source: str
    ref: str
    serial: int  # counts the listings of a source; part of addresses
    course: Course
    runs: Group
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


def _federal_groups(course: Course, dice: Dice) -> list[Group]:
    """How the federal search cuts them: an id per site of the house, or some ids, or one with everything."""
    if course.provider.per_site_name and dice.percent(60):
        return at_each_site(course, dice)
    if dice.percent(45 if course.provider.lane != "federal" else 25):
        return all_runs(course, dice)
    return up_to_three(course, dice)


def _groups(seed: int, course: Course) -> Iterator[tuple[str, Group]]:
    """The listings of a course: source and run numbers."""
    for house in (course.provider, course.partner):
        for source, channel in CHANNELS.items():
            if house is None or house.key not in channel.houses:
                continue
            if channel.percent == 100 or Dice(seed, "shown", source, course.key).percent(channel.percent):
                for group in channel.cut(course, Dice(seed, "own", source, course.key)):
                    yield source, group
    if course.federal:
        for group in _federal_groups(course, Dice(seed, "federal", course.key)):
            yield "mein-now", group


def _ref(source: str, serial: int, course: Course, group: Group) -> str:
    """The id a source gives."""
    if source == "mein-now":
        return str(10_300_000_000 + serial * 7919 + Dice("agency", serial).below(7919))
    return CHANNELS[source].ref(serial, course, group)


def slots(catalogue: Catalogue, night: int) -> Iterator[Slot]:
    """All listings there have ever been by a night. Earlier ones come first, so a ref never depends on later nights."""
    serials: Counter[str] = Counter()
    for course in catalogue.until(night):
        first = born(course.index, catalogue.courses)
        for source, group in _groups(catalogue.seed, course):
            by_category = source in CHANNELS and CHANNELS[source].by_category
            counter = f"{source}/{course.series.category}" if by_category else source
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


def _house_number(slot: Slot, numbers: dict[Group, str], dice: Dice) -> str:
    """The house's own course number: in its own sources always, in the federal search sometimes any of them."""
    if slot.source in FOREIGN:
        return dice.pick(list(numbers.values())) if numbers and dice.percent(50) else ""
    return numbers.get(slot.runs, slot.ref) if slot.source == "openvhs" else slot.ref


def _publication(catalogue: Catalogue, slot: Slot, night: int, numbers: dict[Group, str]) -> Publication:
    course, seed = slot.course, catalogue.seed
    federal = slot.source in FOREIGN
    foreign = federal or course.provider.key not in CHANNELS[slot.source].houses
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
        number=_house_number(slot, numbers, dice),
        category=category,
        second_category=dice.pick([other for other in categories if other != category]) if dice.percent(8) else None,
        state=state,
    )


def publish(catalogue: Catalogue, night: int = 1) -> dict[str, tuple[Publication, ...]]:
    """What every source shows in a night (the first is 1): equal arguments give equal listings on any machine."""
    if night < 1:
        raise ValueError(f"nights count from 1, not {night}")
    shown = list(alive(catalogue, night))
    numbers: dict[str, dict[Group, str]] = {}
    for slot in shown:
        if slot.source not in (*FOREIGN, "openvhs"):
            numbers.setdefault(slot.course.key, {})[slot.runs] = slot.ref
    sources: dict[str, list[Publication]] = {source: [] for source in SOURCES}
    for slot in shown:
        sources[slot.source].append(_publication(catalogue, slot, night, numbers.get(slot.course.key, {})))
    return {source: tuple(publications) for source, publications in sources.items()}


def truth(catalogue: Catalogue, night: int = 1) -> list[tuple[str, str]]:
    """For every listing shown in a night the offer id `<source>:<ref>` and the key of the course it is, by offer id."""
    return sorted((f"{slot.source}:{slot.ref}", slot.course.key) for slot in alive(catalogue, night))
