"""Names that our lists do not know, collected for the stewards: providers, and texts that should say where a run is."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from normalize.model import Offer
from normalize.places import unplaced
from normalize.providers import provider_names
from normalize.text import fold


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that stewards should look at: its offers in all, by source, and one of them as an example."""

    key: str
    name: str
    offers: int
    sources: tuple[tuple[str, int], ...]
    example: str  # offer id
    title: str | None


@dataclass(slots=True)
class _Tally:
    name: str
    example: str
    title: str | None
    sources: Counter[str] = field(default_factory=Counter)


class Strangers:
    """Collects names; one small tally is kept for each key.

    Spellings that share a key are one; its name and example are those of the offer with the least id, so that the
    order of the offers does not matter.
    """

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    def add(self, key: str, name: str, offer: Offer) -> None:
        """Take in a name that an offer has."""
        tally = self._tallies.setdefault(key, _Tally(name, offer.offer_id, offer.title))
        tally.sources[offer.source] += 1
        if offer.offer_id < tally.example:
            tally.name, tally.example, tally.title = name, offer.offer_id, offer.title

    def found(self) -> tuple[Unknown, ...]:
        """The stewards' list: those with most offers first."""
        found = (
            Unknown(key, tally.name, tally.sources.total(), _most_first(tally.sources), tally.example, tally.title)
            for key, tally in self._tallies.items()
        )
        return tuple(sorted(found, key=lambda each: (-each.offers, each.key)))


class Unidentified:
    """What of a stream of offers nobody has assigned yet; `settled`: keys of providers that a steward spoke about."""

    def __init__(self, settled: Collection[str] = ()) -> None:
        self._known = {*provider_names(), *settled}
        self.providers = Strangers()
        self.places = Strangers()

    def add(self, offer: Offer) -> None:
        """Take in an offer."""
        if offer.provider is not None and offer.provider.key not in self._known:
            self.providers.add(offer.provider.key, offer.provider.name, offer)
        for key, text in dict(_unplaced(offer)).items():
            self.places.add(key, text, offer)


def _unplaced(offer: Offer) -> Iterator[tuple[str, str]]:
    for run in offer.instances:
        if (text := unplaced(run.place)) is not None:
            yield fold(text), text


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
