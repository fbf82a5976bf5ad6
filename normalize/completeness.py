"""How completely a provider describes an offer or course, and in German what is missing, so that they can be told.

Weights and German names are data (`data/completeness.toml`); here stands when a field counts as stated. What a course
cannot have is not asked for: an open start has no end, an online course no street.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import cast

from normalize.model import Course, Instance, Offer
from normalize.vocabulary import Gap

Described = Offer | Course

ENOUGH_KEYWORDS = 2
MOST_FREQUENT = 5  # missing fields that are named to a provider

_MARKUP = re.compile(r"<[^<>]*>|&\w{2,8};")


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` is 0 to 100, rounded down: only the whole is 100. `missing` is what is not stated, weightiest first."""

    score: int
    missing: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class ProviderCompleteness:
    """The mean `score` of a provider's `offers`; `missing` pairs a German field name with the offers that lack it."""

    key: str
    name: str
    offers: int
    score: float
    missing: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Field:
    key: Gap
    name: str
    points: float
    minimum: bool


@dataclass(slots=True)
class _Tally:
    name: str
    offers: int = 0
    score: float = 0.0
    missing: Counter[str] = field(default_factory=Counter)


def completeness(offer: Described) -> Completeness:
    """The score of one offer or course. A field of its runs counts only if every run states it.

    The extra points count only where the minimum is whole; what is missing beyond the minimum is named all the same.
    """
    lacking = [each for each in _fields() if not _STATED[each.key](offer)]
    whole = not any(each.minimum for each in lacking)
    stated = [each for each in _fields() if each not in lacking and (each.minimum or whole)]
    return Completeness(int(sum(each.points for each in stated)), tuple(each.key for each in lacking))


def german(missing: Iterable[Gap]) -> tuple[str, ...]:
    """The German names of missing fields, in the given order."""
    names = {each.key: each.name for each in _fields()}
    return tuple(names[gap] for gap in missing)


def request(missing: Iterable[Gap]) -> str | None:
    """The German sentence that asks a provider for what one offer lacks; None if it lacks nothing."""
    names = german(missing)
    return f"Bitte ergänzen Sie: {', '.join(names)}." if names else None


def letter(found: ProviderCompleteness) -> str:
    """The German paragraph that tells a provider how complete its offers are and what to add first."""
    offers = "Ihr Angebot ist" if found.offers == 1 else f"Ihre {found.offers} Angebote sind im Mittel"
    score = f"{found.score:g}".replace(".", ",")
    lines = [f"{offers} zu {score} % vollständig beschrieben."]
    if found.missing:
        gaps = (f"{name} (fehlt bei {count})" for name, count in found.missing)
        lines.append(f"Bitte ergänzen Sie: {', '.join(gaps)}.")
    return " ".join(lines)


def by_provider(offers: Iterable[Offer]) -> tuple[ProviderCompleteness, ...]:
    """Mean score and most frequently missing fields per provider, worst first; offers without a provider are left out.

    Offers may be a stream: only one small tally is kept for each provider.
    """
    tallies: dict[str, _Tally] = {}
    for offer in offers:
        if offer.provider is None:
            continue
        tally = tallies.setdefault(offer.provider.key, _Tally(offer.provider.name))
        found = completeness(offer)
        tally.offers += 1
        tally.score += found.score
        tally.missing.update(german(found.missing))
    summed = (
        ProviderCompleteness(key, tally.name, tally.offers, round(tally.score / tally.offers, 1), _frequent(tally))
        for key, tally in tallies.items()
    )
    return tuple(sorted(summed, key=lambda each: (each.score, each.key)))


def _frequent(tally: _Tally) -> tuple[tuple[str, int], ...]:
    """The most frequent ones; of equally frequent ones the weightier first."""
    order = [each.name for each in _fields()]
    ranked = sorted(tally.missing.items(), key=lambda item: (-item[1], order.index(item[0])))
    return tuple(ranked[:MOST_FREQUENT])


@cache
def _fields() -> tuple[_Field, ...]:
    data = tomllib.loads((files("normalize") / "data" / "completeness.toml").read_text(encoding="utf-8"))
    read = (
        _Field(cast(Gap, row["key"]), row["name"], float(row["points"]), row.get("minimum", False))
        for row in data["field"]
    )
    return tuple(sorted(read, key=lambda each: (not each.minimum, -each.points)))


# --- when a field is stated ---


def _on_every_run(stated: Callable[[Described, Instance], bool]) -> Callable[[Described], bool]:
    """A rule about runs for an offer: learning at one's own pace needs none, anything else at least one."""

    def holds(offer: Described) -> bool:
        if not offer.instances:
            return offer.format == "self_paced"
        return all(stated(offer, run) for run in offer.instances)

    return holds


def _description(offer: Described) -> bool:
    """More words than the title has: the description is sanitised, so what is no tag and no entity is text."""
    return offer.description is not None and len(_MARKUP.sub("", offer.description).strip()) > len(offer.title or "")


def _price(offer: Described) -> bool:
    """A price, or a voucher that pays it."""
    if {"bildungsgutschein", "aktivierungsgutschein"} & set(offer.funding):
        return True
    if not offer.instances:
        return _is_price(offer, None)
    return all(_is_price(offer, run) for run in offer.instances)


def _is_price(offer: Described, run: Instance | None) -> bool:
    price = run.price if run and run.price and run.price.kind != "unknown" else offer.price
    return price.kind in ("fixed", "from", "free")


def _remote(offer: Described, run: Instance) -> bool:
    return run.place.online or (run.format or offer.format) in ("online", "self_paced")


def _undated(offer: Described, run: Instance) -> bool:
    """One may begin at any time, so that neither an end nor hours can be stated."""
    return run.open_start or (run.format or offer.format) == "self_paced"


def _teaching_time(offer: Described, run: Instance) -> bool:
    durations = [each for each in (run.duration, offer.duration) if each]
    return any(each.teaching_units is not None or each.hours is not None for each in durations)


def _number(offer: Described) -> bool:
    return offer.course_number is not None or (bool(offer.instances) and all(run.ref for run in offer.instances))


def _participants(offer: Described, run: Instance) -> bool:
    return run.availability.capacity is not None or (run.format or offer.format) == "self_paced"


_STATED: dict[Gap, Callable[[Described], bool]] = {
    "description": _description,
    "start": _on_every_run(lambda offer, run: run.start is not None or _undated(offer, run)),
    "town": _on_every_run(lambda offer, run: bool(run.place.postcode or run.place.city) or _remote(offer, run)),
    "price": _price,
    "number": _number,
    "teaching_time": lambda offer: (
        all(_teaching_time(offer, run) for run in offer.instances)
        if offer.instances
        else offer.duration.teaching_units is not None or offer.duration.hours is not None
    ),
    "end": _on_every_run(lambda offer, run: run.end is not None or _undated(offer, run)),
    "participants": _on_every_run(_participants),
    "start_time": _on_every_run(lambda offer, run: run.start_time is not None or _undated(offer, run)),
    "end_time": _on_every_run(lambda offer, run: run.end_time is not None or _undated(offer, run)),
    "street": _on_every_run(lambda offer, run: run.place.street is not None or _remote(offer, run)),
    "keywords": lambda offer: len(offer.keywords) >= ENOUGH_KEYWORDS,
}
