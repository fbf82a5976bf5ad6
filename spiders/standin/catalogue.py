"""The one catalogue behind all stand-in sites: invented courses with their runs.

A course here is a course in the sense of the project: one house, one content, one level, part, stage and form. Runs
on other dates and at other sites of the house belong to it; the neighbouring level, the examination without the course,
the refresher, the same title at another house, and the online or part-time edition sold separately are other courses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain, islice

from spiders.standin.dice import Dice
from spiders.standin.inventory import (
    FORMS,
    Provider,
    Series,
    Site,
    Value,
    inventory,
    is_exam,
    more_providers,
    providers,
)
from spiders.standin.nights import size_at

# Of 100 courses so many come from each lane: five houses have one of their own, all others share "federal".
SHARES = {"hbz": 16, "vhs": 24, "dekra": 14, "slv": 11, "bz": 12, "federal": 23}
# Who publishes joint offers with whom, and in which fields.
PARTNERS = {"bz": "vhs", "vhs": "bz", "slv": "hbz", "hbz": "slv"}
JOINT_FIELDS = ("schweissen", "edv", "aufstieg", "marketing")
JOINT_PERCENT = 25
FEDERAL_PERCENT = 55  # of the vocational courses of houses with a site of their own

# weekdays (0 = Monday), beginning, end, teaching units a day
RHYTHMS: dict[str, tuple[tuple[tuple[int, ...], ...], str, str, int]] = {
    "single": (((1,), (3,), (5,)), "09:00", "16:15", 8),
    "block": (((0, 1, 2, 3, 4),), "08:00", "15:15", 8),
    "evening": (((0, 2), (1, 3)), "18:00", "21:15", 4),
    "weekly": (((0,), (1,), (2,), (3,)), "18:30", "20:00", 2),
    "saturday": (((5,),), "09:30", "14:15", 6),
    "full_time": (((0, 1, 2, 3, 4),), "08:00", "15:15", 8),
    "part_time": (((1, 3, 5), (0, 2, 5)), "17:30", "20:45", 4),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One dated run. An open start has no dates; of a run known by its month alone `start` is the first of it."""

    number: int
    start: date | None
    end: date | None
    month_only: bool
    weekdays: tuple[int, ...]
    start_time: str
    end_time: str
    site: Site | None  # None: online
    room: str
    capacity: int
    booked: int

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return self.booked >= self.capacity

    def meetings(self) -> list[date]:
        """The days on which the run meets."""
        if self.start is None or self.end is None:
            return []
        days = (self.start + timedelta(offset) for offset in range((self.end - self.start).days + 1))
        return [day for day in days if day.weekday() in self.weekdays]


@dataclass(frozen=True, slots=True)
class Course:
    """One invented course. `ue` is its length in teaching units of 45 minutes; prices are in euro cents."""

    key: str
    index: int
    provider: Provider
    series: Series
    edition: tuple[tuple[str, Value], ...]
    title: str
    form: str  # onsite | online | self_paced
    schedule: str | None  # full_time | part_time where sold as such
    ue: int
    price: int
    exam_price: int | None
    contact: str
    phone: str
    email: str
    topics: tuple[int, ...]  # which topics of its field the description names
    runs: tuple[Run, ...]
    federal: bool  # also at the federal search
    partner: Provider | None  # publishes it too


TRANSCRIPTION = {
    ord(umlaut): letters for umlaut, letters in zip("äöüßÄÖÜ", ("ae", "oe", "ue", "ss", "Ae", "Oe", "Ue"), strict=True)
}


def transcribe(text: str) -> str:
    """Text without umlauts: "Prüfung" -> "Pruefung"."""
    return text.translate(TRANSCRIPTION)


def slug(text: str) -> str:
    """Text as it appears in an address: lower case, umlauts transcribed, hyphens."""
    text = transcribe(text.lower())
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def form_suffix(form: str, schedule: str | None) -> str:
    """How a house marks an edition in its titles."""
    suffix = {"online": " (Online)", "self_paced": ""}.get(form, "")
    return suffix + {"full_time": " in Vollzeit", "part_time": " in Teilzeit", None: ""}[schedule]


def _last(start: date, weekdays: tuple[int, ...], meetings: int) -> date:
    """The day of the last of so many meetings; `start` is the first."""
    first = weekdays.index(start.weekday())
    weeks, place = divmod(first + meetings - 1, len(weekdays))
    return start + timedelta(7 * weeks + weekdays[place] - weekdays[first])


def _runs(
    dice: Dice, provider: Provider, series: Series, schedule: str | None, form: str, ue: int, season: date
) -> tuple[Run, ...]:
    count = {"hbz": (2, 6), "vhs": (2, 5), "dekra": (4, 9), "slv": (2, 5), "bz": (1, 4)}.get(provider.key, (3, 18))
    rhythm = (schedule or "full_time") if series.rhythm == "long" else series.rhythm
    vague = provider.lane in ("federal", "dekra", "bz") and series.rhythm in ("long", "block")
    offsets = sorted(dice.between(-60, 450) for _ in range(dice.between(*count)))
    made = []
    for number, offset in enumerate(offsets):
        site = None if form != "onsite" else dice.pick(provider.sites)
        room = dice.pick(site.rooms) if site and site.rooms else ""
        capacity = dice.pick((8, 10, 12, 12, 15, 16, 20))
        booked = capacity if dice.percent(22) else dice.between(0, capacity - 1)
        if rhythm == "self" or (vague and number == 0 and dice.percent(10)):
            made.append(Run(number, None, None, False, (), "", "", site, room, capacity, min(booked, capacity - 1)))
            continue
        choices, start_time, end_time, per_day = RHYTHMS[rhythm]
        weekdays = dice.pick(choices)
        day = season + timedelta(offset)
        start = day + timedelta((dice.pick(weekdays) - day.weekday()) % 7)
        if vague and offset > 150 and dice.percent(12):
            start = start.replace(day=1)
            made.append(Run(number, start, None, True, weekdays, "", "", site, room, capacity, 0))
            continue
        meetings = 1 if rhythm == "single" else max(1, -(-ue // per_day))
        made.append(
            Run(
                number,
                start,
                _last(start, weekdays, meetings),
                False,
                weekdays,
                start_time,
                end_time,
                site,
                room,
                capacity,
                booked,
            )
        )
    return tuple(made)


def _course(
    seed: int, season: date, index: int, provider: Provider, series: Series, edition: dict[str, Value]
) -> Course:
    own = {name: value.own for name, value in edition.items()}
    key = "-".join(filter(None, [provider.key, series.id, *(slug(value) for value in own.values())]))
    dice = Dice(seed, "course", key)
    form, schedule = own.get("format", "onsite"), own.get("schedule")
    exam = any(is_exam(value) for value in own.values())
    title = " ".join(series.title.format_map(own).split()) + form_suffix(form, schedule)
    ue = series.ue[0] if exam else dice.between(*series.ue)
    low, high = series.price
    price = dice.between(low, high if not exam else low + (high - low) // 4) if high else 0
    price = round(price, -1) if price > 1000 else price
    cents = dice.pick((0, 0, 0, 50, 69)) if provider.key in ("hbz", "vhs") and price else 0
    exam_fee = dice.between(*series.exam) * 100 if series.exam and not exam else None
    contact = dice.pick(provider.contacts)
    partner = PARTNERS.get(provider.key) if series.field in JOINT_FIELDS and dice.percent(JOINT_PERCENT) else None
    if partner in series.houses:  # it sells the same under its own name: nobody could tell the two apart
        partner = None
    return Course(
        key=key,
        index=index,
        provider=provider,
        series=series,
        edition=tuple(edition.items()),
        title=title,
        form=form,
        schedule=schedule,
        ue=ue,
        price=price * 100 + cents,
        exam_price=exam_fee,
        contact=contact,
        phone=f"0221 4710-{dice.between(100, 999)}",  # a block kept free for fiction
        email=f"{slug(contact.split()[-1])}@{provider.key}.example.org",
        topics=tuple(dice.sample(range(9), 6)),
        runs=_runs(Dice(seed, "runs", key), provider, series, schedule, form, ue, season),
        federal=provider.lane == "federal" or (series.vocational and dice.percent(FEDERAL_PERCENT)),
        partner=providers()[partner] if partner else None,
    )


Kind = tuple[Provider, Series, dict[str, Value]]


def _lane(seed: int, lane: str) -> Iterator[Kind]:
    """The courses of a lane in drawn order, five near ones together; but first one of each of its houses."""
    firsts: list[Kind] = []
    others: list[list[Kind]] = []
    for provider in providers().values():
        if provider.lane != lane:
            continue
        groups: list[list[Kind]] = []
        for series in inventory():
            if provider.key in series.houses:
                kinds: list[Kind] = [(provider, series, edition) for edition in series.editions()]
                groups.extend(kinds[cut : cut + 5] for cut in range(0, len(kinds), 5))
        (first, *rest), *later = Dice(seed, "lane", lane, provider.key).shuffled(groups)
        firsts.append(first)
        others += [rest, *later]
    dice = Dice(seed, "lane", lane)
    return chain(dice.shuffled(firsts), chain.from_iterable(dice.shuffled(others)))


def _more() -> Iterator[Kind]:
    """What follows when the named houses are exhausted: eight companies at a time offer everything."""
    companies = more_providers()
    for cut in range(0, len(companies), 8):
        for series in inventory():
            if "more" in series.houses:
                for edition in series.editions():
                    for provider in companies[cut : cut + 8]:
                        yield provider, series, edition


def _stream(seed: int) -> Iterator[Kind]:
    """All courses in the order in which they enter catalogues: a smaller catalogue is the beginning of a larger one."""
    lanes = {house: _lane(seed, house) for house in SHARES}
    more = _more()
    turns = Dice(seed, "turns").shuffled([house for house, share in SHARES.items() for _ in range(share)])
    while True:
        for house in turns:
            kind = next(lanes[house], None) or next(lanes["federal"], None) or next(more, None)
            if kind is None:
                return
            yield kind


@dataclass(frozen=True)
class Catalogue:
    """Invented courses: `courses` of them on the first night, and those that later nights add."""

    seed: int
    courses: int
    season: date

    @cached_property
    def _made(self) -> list[Course]:
        return []

    def until(self, night: int) -> list[Course]:
        """The courses that have been published by a night, in the order in which they came."""
        wanted = size_at(self.courses, night)
        if wanted > len(self._made):
            kinds = islice(_stream(self.seed), len(self._made), wanted)
            self._made.extend(
                _course(self.seed, self.season, index, *kind) for index, kind in enumerate(kinds, start=len(self._made))
            )
        return self._made[:wanted]


def build_catalogue(seed: int = 1, courses: int = 400, *, season: date) -> Catalogue:
    """The catalogue of a seed: equal arguments give equal courses on any machine.

    `season` is the first day of a half-year (`season_of`); runs start from two months before it to 15 months after.
    """
    if courses < 1:
        raise ValueError(f"a catalogue needs at least one course, not {courses}")
    return Catalogue(seed, courses, season)


def wording(course: Course, template: str, dice: Dice) -> str:
    """The title in another source's words: each value in a spelling drawn from those it is known by."""
    values = {name: dice.pick((value.own, *value.others)) for name, value in course.edition if name not in FORMS}
    return " ".join(template.format_map(values).split())
