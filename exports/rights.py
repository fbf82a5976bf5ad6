"""What of a source may be shown: everything, facts alone, or nothing; and who is named for it.

The rule is applied to the offers, before they become a course: what may not be shown cannot win a field, a course has
no trace of it, and where another member may show its description, that one does. Facts are titles, dates, places,
prices, certificates and short labels; prose is whatever somebody had to write.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from exports.files import Record
from normalize.model import CourseSource, Duration, Offer, Price

Republish = Literal["full", "facts_only", "none"]

LABEL = 80  # characters up to which a text is a label; longer ones are prose
PROSE = ("description", "funding_evidence")  # never facts: the second quotes the first
LABELS = ("subtitle", "certificate", "requirements", "target_group")  # facts as long as they are short
TAKEN_DOWN = "takedown"
NOT_PERMITTED = "not_permitted"
HIDDEN = "hidden"  # by a steward, for a while; also the status that dedupe gives such a course
# For these reasons an id is gone and not even its title is told.
NAMELESS = frozenset({TAKEN_DOWN, NOT_PERMITTED, HIDDEN})


@dataclass(frozen=True)
class Terms:
    """On which terms a source lets its offers be shown, and how to name it."""

    name: str
    republish: Republish = "none"
    licence: str | None = None
    url: str | None = None


class CreditedSource(CourseSource):
    """A source of a course as it must be named: the house, the licence of its texts, what it lets us show, where it is
    found. All null if nobody told."""

    name: str | None = None
    licence: str | None = None
    republish: Literal["full", "facts_only"] | None = None
    url: str | None = None


@dataclass(frozen=True)
class Rights:
    """The terms of all sources by key, and the ids of the courses of which somebody had an offer taken down.

    A source without terms lets nothing be shown.
    """

    terms: Mapping[str, Terms] = field(default_factory=dict)
    taken_down: frozenset[str] = frozenset()

    def permitted(self, offer: Offer) -> Offer | None:
        """What of an offer may be shown, None if nothing."""
        terms = self.terms.get(offer.source)
        if terms is None or terms.republish == "none":
            return None
        return offer if terms.republish == "full" else facts(offer)

    def credit(self, source: str) -> Record:
        """How a source of a course is named: what CreditedSource has beyond its key."""
        terms = self.terms.get(source)
        if terms is None or terms.republish == "none":
            return {"name": None, "licence": None, "republish": None, "url": None}
        return {"name": terms.name, "licence": terms.licence, "republish": terms.republish, "url": terms.url}

    def withheld(self, clusters: Callable[[], Iterable[Record]]) -> dict[str, str]:
        """Why a course id is not published, by course id, as far as rights are the reason.

        `clusters` reads those of dedupe, {offer_id, course_id}: a course is withheld if no member's source permits any.
        """
        barred = {line["course_id"] for line in clusters() if self._is_silent(line["offer_id"])}
        if barred:
            barred -= {line["course_id"] for line in clusters() if not self._is_silent(line["offer_id"])}
        return dict.fromkeys(self.taken_down, TAKEN_DOWN) | dict.fromkeys(barred, NOT_PERMITTED)

    def silences(self, sources: Iterable[str]) -> bool:
        """Whether one of these sources, published before, permits nothing any more."""
        return any(key in self.terms and self.terms[key].republish == "none" for key in sources)

    def _is_silent(self, offer_id: str) -> bool:
        terms = self.terms.get(offer_id.partition(":")[0])
        return terms is None or terms.republish == "none"


def facts(offer: Offer) -> Offer:
    """The offer without the words somebody wrote: a visitor finds those behind its address."""
    bare: dict[str, object] = {name: type(offer).model_fields[name].get_default() for name in PROSE}
    bare |= {name: _label(getattr(offer, name)) for name in LABELS}
    bare["keywords"] = tuple(word for word in offer.keywords if _label(word))
    bare["price"], bare["duration"] = _priced(offer.price), _timed(offer.duration)
    bare["instances"] = tuple(
        run.model_copy(
            update={
                "price": run.price and _priced(run.price),
                "duration": run.duration and _timed(run.duration),
            }
        )
        for run in offer.instances
    )
    return offer.model_copy(update=bare)


def breaches(course: Record) -> Iterator[str]:
    """Where a written record shows what its source does not permit; a steward's own words are nobody else's."""
    only_facts = {source["source"] for source in course["sources"] if source.get("republish") == "facts_only"}
    sources = {member["offer_id"]: member["source"] for member in course["members"]}
    for name in PROSE:
        origin = course["provenance"].get(name)
        if course.get(name) and origin and origin["rule"] != "override":
            source = sources.get(origin["offer_id"])
            if source in only_facts:
                yield f"{name} stammt aus der Quelle {source}, die nur Tatsachen zeigen lässt"


def _label(text: str | None) -> str | None:
    return text if text is not None and len(text) <= LABEL else None


def _priced(price: Price) -> Price:
    return price if _label(price.text) == price.text else price.model_copy(update={"text": None})


def _timed(duration: Duration) -> Duration:
    return duration if _label(duration.text) == duration.text else duration.model_copy(update={"text": None})
