"""What the gates judge by: what a harvest says of itself, what was read from it, and what earlier runs were like."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flows.outcome import SourceNote
from warehouse.alive import AliveOffer
from warehouse.load import Gone


@dataclass(frozen=True)
class Harvest:
    """What a harvest says about itself. `fill` is the share of listings (0 to 1) in which a field is published.

    A harvest that is not `complete` may still be good: it only proves nothing about what it did not meet. What the
    harvest does not tell (an old one, a file) is empty or None, and nothing is compared with it.
    """

    listings: int
    failure: str | None = None  # why it did not come to its end, a German sentence
    complete: bool = True
    failed_pages: int = 0
    declared_total: int | None = None  # what the source says it has, the sum of its queries
    unmet: int = 0  # how many of these it did not show
    duplicates: int = 0  # rows whose ref was read before
    fill: Mapping[str, float] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    pages: int = 0
    seconds: float = 0.0
    robots: Mapping[str, str | None] = field(default_factory=dict)  # host -> hash of its robots.txt, None: it has none
    charset: str | None = None  # of most pages
    marks: frozenset[str] = frozenset()  # names that nearly all course pages carry
    gone: tuple[Gone, ...] = ()  # course pages that answered 404 or 410
    notes: tuple[SourceNote, ...] = ()

    @property
    def repeated(self) -> float:
        """The share (0 to 1) of rows whose ref was read before."""
        return self.duplicates / (self.listings + self.duplicates) if self.duplicates else 0.0


@dataclass(frozen=True)
class Expectation:
    """What the source's TOML expects: a least number of listings, and a least fill rate per key field.

    `repeats`: rows with the same ref are its nature, because it lists per query or gives one row per run.
    """

    min_listings: int = 1
    fill: Mapping[str, float] = field(default_factory=dict)
    repeats: bool = False


@dataclass(frozen=True)
class GoodRun:
    """An earlier run of the source that passed its gates, or that a steward `released`: a yardstick for later ones."""

    run_id: str
    listings: int
    fill: Mapping[str, float] = field(default_factory=dict)
    robots: Mapping[str, str | None] = field(default_factory=dict)
    charset: str | None = None
    marks: frozenset[str] = frozenset()
    unmet: int = 0
    repeated: float = 0.0
    all_past: bool = False
    released: bool = False

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "GoodRun":
        """From the record of a run in the warehouse; what an older program did not record is unknown."""
        return cls(
            run_id=record["run_id"],
            listings=record["listings"] or 0,
            fill=record.get("fill") or {},
            robots=record.get("robots") or {},
            charset=record.get("charset"),
            marks=frozenset(record.get("marks") or ()),
            unmet=record.get("unmet") or 0,
            repeated=record.get("repeated") or 0.0,
            all_past=bool(record.get("all_past")),
            released=record["status"] != "fresh",
        )


@dataclass(frozen=True)
class Reading:
    """What was read from a harvest: its dates, and which of the offers known before it met again.

    `known` and `met` count all offers that were alive before; `expected` those of them that a later night than the last
    release saw and whose runs are not over, and `lost` what of these is gone or provably absent.
    """

    dated: int = 0  # runs with a date
    ahead: int = 0  # of these, not over yet
    known: int = 0
    met: int = 0
    expected: int = 0
    lost: int = 0


def compared(
    alive: Iterable[AliveOffer], met: Set[str], harvest: Harvest, *, lists_all: bool, day: date, released: str | None
) -> Reading:
    """How a harvest of `day` that met these offer ids stands to the offers known before; dates are not counted here.

    `lists_all`: the source lists everything it has, so that absence from a complete harvest proves something.
    `released` is the run a steward released last: what nobody has seen since then is not expected any more.
    """
    refs = {gone.ref for gone in harvest.gone if gone.ref}
    urls = {gone.url for gone in harvest.gone if gone.url}
    known = found = expected = lost = 0
    for offer in alive:
        known += 1
        if offer.offer_id in met:
            found += 1
        if offer.is_over(day) or (released is not None and offer.last_seen <= released):
            continue
        expected += 1
        gone = offer.ref in refs or offer.url in urls
        lost += offer.offer_id not in met and harvest.complete and (lists_all or gone)
    return Reading(known=known, met=found, expected=expected, lost=lost)
