"""What of an offer is compared: its match key, read once per offer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TypeVar

from dedupe.lexicon import corrected, lexicon, phrases_in
from dedupe.providers import ProviderName, read_name
from dedupe.subjects import Subject, read_subject
from normalize.features import Features, read_features
from normalize.model import Duration, Offer
from normalize.text import fold, html_to_text
from normalize.titles import matching_form
from normalize.wordforms import stems, without_gender_forms

T = TypeVar("T")

TEXT_LIMIT = 1_500  # characters of a description that are compared
COURSE_WORDS = ("vorbereit", "lehrgang", "kurs", "schulung", "seminar", "ausbildung", "training", "schule")
LATER_WORDS = (
    "fortbildung",
    "unterweisung",
    "jaehrlich",
    "wiederhol",
    "auffrisch",
    "verlaenger",
    "nachschul",
    "update",
)
_PARTNER = re.compile(
    r"(?:Kooperation|Zusammenarbeit|Gemeinsam) mit (?:der |dem |den )?([^.,;:\n]{3,80})", re.IGNORECASE
)
TURN_WORDS = {
    "first": ("ausbildung", "grundausbildung", "erstausbildung", "erstschulung", "ersterwerb", "erstunterweisung"),
    "later": ("fortbildung", "pflichtfortbildung", "unterweisung", "jaehrlich", "wiederhol", "auffrisch", "refresh"),
}
# Stages in words that stand alone in a title: (beginning of the folded word, stage).
STAGE_WORDS = {
    "grundlag": "beginner", "grundkurs": "beginner", "grundseminar": "beginner", "grundlehrgang": "beginner",
    "grdl": "beginner", "basis": "beginner", "basic": "beginner", "einfuehr": "beginner", "einsteig": "beginner",
    "anfaeng": "beginner", "starter": "beginner", "aufbau": "advanced", "vertief": "advanced",
    "fortgeschritt": "advanced", "profi": "expert", "expert": "expert",
}  # fmt: skip
PACES = ("intensiv", "kompakt", "crash", "express")
_LACKING = re.compile(r"(^|\s)ohne (\w{3,})", re.IGNORECASE)  # "mit Baby", "ohne Baby"
# "VE 4164 Elektrofachkraft", "H4592F27 Spanisch", "UX/UI Design - Kurs PW-8039"
_NUMBERED = re.compile(r"^[A-Z]{1,3}[ -]?\d{3,}[A-Z0-9]*\s+|\s+(?:- )?(?:Kurs )?[A-Z]{1,3}-?\d{3,}[A-Z0-9]*$")
NUMBER = 4  # signs of a course number that can be told from other numbers in a title
TEXT_WORD = 5  # shorter words of a description say little


@dataclass(frozen=True, slots=True)
class Kind:
    """The typed features that can contradict each other, whatever the words say."""

    features: Features
    level: str | None
    parts: tuple[int, ...]
    format: str
    provider: ProviderName | None
    provider_key: str | None
    stages: frozenset[str]  # of the title, also in words that leave it open whether they mean a stage
    maybe_exam: bool  # the title may mean the examination itself
    maybe_refresher: bool  # the title may mean a later training


@dataclass(frozen=True, slots=True)
class Key:
    """One offer as the comparison sees it. Sets hold what its runs say together."""

    offer_id: str
    source: str
    source_kind: str
    first_seen: str
    shown_title: str
    title: frozenset[str]
    short: frozenset[str]  # words of the title that are abbreviations
    pace: frozenset[str]  # "intensiv", "kompakt": a course beside the plain one
    turn: str | None  # first | later: "Ausbildung", "Erstschulung" against "Fortbildung", "Unterweisung"
    subject: Subject
    kind: Kind
    provider_name: str | None
    number: str | None
    form: str  # as stated, or classroom where runs have a place and nothing is stated
    schedule: str
    partner: ProviderName | None  # with whom the description says the course is held
    prices: frozenset[float]  # euros
    lengths: frozenset[tuple[str, float]]  # (unit, number)
    spans: frozenset[int]  # days from start to end of a run
    starts: frozenset[str]  # ISO dates, exact to the day
    months: frozenset[str]  # "2027-03", of starts known to the day or month
    towns: frozenset[str]
    text: frozenset[str]  # stems of the longer words of the description

    @property
    def seniority(self) -> tuple[str, str]:
        """Sorts the senior first."""
        return self.first_seen, self.offer_id

    @property
    def repeats(self) -> tuple[object, ...]:
        """The values under REPEATS."""
        return tuple(getattr(self, name) for name in REPEATS)


# Offers with these values equal are exact repeats: one course published once more by the same source.
REPEATS = ("source", "title", "pace", "turn", "kind", "prices", "lengths", "schedule")


def read_key(offer: Offer, first_seen: str) -> Key:
    """The match key of an offer."""
    title = offer.title or offer.title_raw or ""
    said = _read_title(_without_number(title, offer.course_number))
    text, partner = _read_description(offer.description)
    towns = _set(_town(run.place.city) for run in offer.instances if run.place.city)
    runs = offer.instances
    features = read_features(title, offer.subtitle or "")
    return Key(
        offer_id=offer.offer_id,
        source=offer.source,
        source_kind=offer.source_kind,
        first_seen=first_seen,
        shown_title=title,
        title=_shared(_without(said.content, towns)),
        short=said.subject.short,
        pace=said.pace,
        turn=said.turn,
        subject=said.subject,
        kind=_shared(
            Kind(
                features=features,
                level=offer.level,
                parts=offer.parts,
                format=_format(offer, features),
                provider=read_name(offer.provider.name) if offer.provider else None,
                provider_key=offer.provider.key if offer.provider else None,
                stages=said.stages | frozenset(features.stages),
                maybe_exam=said.maybe_exam,
                maybe_refresher=said.maybe_refresher,
            )
        ),
        provider_name=offer.provider.name if offer.provider else None,
        number=_number(offer.course_number),
        form=_form(offer, features),
        schedule=_schedule(offer, features),
        partner=partner,
        prices=_set(
            (float(price.amount) for price in (offer.price, *(run.price for run in runs)) if price and price.amount),
            float,
        ),
        lengths=_set(
            (length for duration in (offer.duration, *(run.duration for run in runs)) for length in _lengths(duration)),
            tuple,
        ),
        spans=_set(
            (days for run in runs if (days := _span(run.start, run.end)) is not None and run.precision == "day"), int
        ),
        starts=_set(run.start for run in runs if run.start and run.precision == "day"),
        months=_set(run.start[:7] for run in runs if run.start and run.precision in ("day", "month")),
        towns=towns,
        text=text,
    )


@lru_cache(maxsize=1 << 18)
def _shared(value: T, _kind: type | None = None) -> T:
    """The first of equal values of a kind (1 and 1.0 are two), so that what a million offers share is kept once."""
    return value


def _set(values: Iterable[T], kind: type = str) -> frozenset[T]:
    found: frozenset[T] = _shared(frozenset(values), kind)
    return found


@lru_cache(maxsize=1 << 14)
def _town(city: str) -> str:
    return fold(city).split("(")[0].strip()


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words of a title say beside the typed features, see `Key` and `Kind`."""

    content: frozenset[str]
    stages: frozenset[str]
    pace: frozenset[str]
    turn: str | None
    subject: Subject
    maybe_exam: bool
    maybe_refresher: bool


@lru_cache(maxsize=1 << 16)
def _read_title(title: str) -> _Said:
    title = corrected(title)
    folded = fold(title)
    words = folded.split()
    return _Said(
        content=title_words(title),
        stages=frozenset(filter(None, map(_stage, words))),
        pace=frozenset(pace for word in words for pace in PACES if word.startswith(pace)),
        turn=_turn(words),
        subject=_shared(read_subject(title)),
        maybe_exam="pruefung" in folded and not any(word in folded for word in COURSE_WORDS),
        maybe_refresher=any(word in folded for word in LATER_WORDS),
    )


@lru_cache(maxsize=1 << 16)
def title_words(title: str) -> frozenset[str]:
    """The words a title is compared by: its matching form, what has several names under one of them."""
    title = _LACKING.sub(r"\1 ohne\2", corrected(title))
    words = set(matching_form(title).split())
    for phrase, name in phrases_in(fold(without_gender_forms(title)), lexicon().names):
        words.difference_update(matching_form(phrase).split())
        words.add(name)
    content = {word for word in words - _adverts() if _stage(word) is None}
    return frozenset(content or words or fold(title).split())


@lru_cache(maxsize=1 << 16)
def _stage(word: str) -> str | None:
    """The stage that a folded word or its stem names."""
    return next((stage for beginning, stage in STAGE_WORDS.items() if word.startswith(beginning)), None)


@cache
def _adverts() -> frozenset[str]:
    """The words of advertising and their stems."""
    words = lexicon().adverts
    return words | {stem for word in words for stem in matching_form(word).split()}


@lru_cache(maxsize=1 << 14)
def _read_description(description: str | None) -> tuple[frozenset[str], ProviderName | None]:
    """Of a description's beginning the stems of the longer words, and whom it names as the partner of a joint
    course."""
    if not description:
        return frozenset(), None
    text = html_to_text(description)[:TEXT_LIMIT]
    partner = _PARTNER.search(text)
    words = frozenset(stem for word in fold(text).split() if len(word) >= TEXT_WORD for stem in stems(word))
    return words, read_name(partner[1]) if partner else None


def _turn(words: Iterable[str]) -> str | None:
    """Whether the words speak of a first training or of a later one; None if of neither or of both."""
    found = {turn for word in words for turn, beginnings in TURN_WORDS.items() if any(map(word.startswith, beginnings))}
    return found.pop() if len(found) == 1 else None


def _format(offer: Offer, features: Features) -> str:
    """The form of an offer: its own word, else its title's, else the one form of all its runs."""
    if offer.format != "unknown":
        return offer.format
    forms = {run.format or ("online" if run.place.online else "unknown") for run in offer.instances}
    return features.form or _one(forms)


def _form(offer: Offer, features: Features) -> str:
    """The form as stated; a place of an offer that states none speaks for the classroom."""
    stated = _format(offer, features)
    if stated != "unknown":
        return stated
    return "onsite" if any(run.place.city and not run.place.online for run in offer.instances) else "unknown"


def _without_number(title: str, number: str | None) -> str:
    """A title without the course number before or behind it: the offer's own, or what looks like one."""
    if number and len(number) >= NUMBER:
        spelled = r"\W?".join(re.escape(sign) for sign in number if sign.isalnum())
        title = re.sub(rf"(?<!\w){spelled}(?!\w)", " ", title)
    return _NUMBERED.sub("", title) or title


def _without(words: frozenset[str], towns: frozenset[str]) -> frozenset[str]:
    """A title's words without the towns of its runs, if any are left."""
    return words - {stem for town in towns for part in town.split() for stem in (part, *stems(part))} or words


def _schedule(offer: Offer, features: Features) -> str:
    """The schedule of an offer: its own word, else its title's, else the one of all its runs."""
    if offer.schedule != "unknown":
        return offer.schedule
    return features.schedule or _one({run.schedule or "unknown" for run in offer.instances})


def _one(values: Iterable[str]) -> str:
    """The only known value, or unknown."""
    known = {value for value in values if value != "unknown"}
    return known.pop() if len(known) == 1 else "unknown"


def _number(number: str | None) -> str | None:
    """A course number without punctuation; one without digits is no number."""
    plain = re.sub(r"\s", "", fold(number)) if number else ""
    return plain if any(sign.isdigit() for sign in plain) else None


def _lengths(duration: Duration | None) -> list[tuple[str, float]]:
    if duration is None:
        return []
    units = ("teaching_units", "hours", "days", "weeks", "months")
    return [(unit, value) for unit in units if (value := getattr(duration, unit)) is not None]


def _span(start: str | None, end: str | None) -> int | None:
    if not start or not end:
        return None
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
