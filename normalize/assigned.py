"""What stewards said of names that our lists do not know: which provider a name is, and which town a text means.

Their word is asked last: it answers only what the lists leave open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from normalize.model import Place, Provider
from normalize.places import read_place, unplaced
from normalize.providers import bare_name, provider_names
from normalize.reading import Reading
from normalize.text import fold, plain
from normalize.towns import Town, all_towns

What = Literal["provider", "place"]
ELSEWHERE = "elsewhere"  # a place that is no town of ours, but surely outside of the region


@dataclass(frozen=True)
class Assigned:
    """The stewards' word: providers by bare name, towns by folded text (None: outside of the region)."""

    providers: Mapping[str, Provider] = field(default_factory=dict)
    towns: Mapping[str, Town | None] = field(default_factory=dict)

    def provider(self, reading: Reading[Provider | None]) -> Reading[Provider | None]:
        """A provider that was read, or the one that a steward says it is."""
        read = reading.value
        known = read and reading.doubts and self.providers.get(bare_name(read.name))
        return Reading(known) if known else reading

    def place(self, reading: Reading[Place]) -> Reading[Place]:
        """A place that was read, with the town that a steward says it is in."""
        text = unplaced(reading.value)
        if not self.towns or text is None or fold(text) not in self.towns:
            return reading
        town, read = self.towns[fold(text)], reading.value
        doubts = tuple(doubt for doubt in reading.doubts if doubt.raw != text)
        if town is None:
            return Reading(read.model_copy(update={"in_region": False}), doubts)
        placed = read_place(read.venue or text, read.room, read.street, None, town.name)
        return Reading(placed.value, doubts)


NOTHING = Assigned()


def read_assignments(events: Iterable[Mapping[str, Any]]) -> Assigned:
    """The word in force of `assign` events {what, raw, key, name}, oldest first: the newest on a name counts.

    What names a key that is known no more is passed over; a provider of the stewards' own has its `name` beside.
    """
    providers: dict[str, Provider] = {}
    towns: dict[str, Town | None] = {}
    named, own = {town.name: town for town in all_towns()}, provider_names()
    for event in events:
        key, raw = str(event["key"]), str(event["raw"])
        if event["what"] == "provider":
            name = own.get(key) or plain(str(event.get("name") or raw))
            if name is not None:
                providers[bare_name(raw)] = Provider(key=key, name=name)
        elif event["what"] == "place" and (key == ELSEWHERE or key in named):
            towns[fold(raw)] = named.get(key)
    return Assigned(providers, towns)
