"""Is a harvest good enough to replace last night's data? Pure rules; every reason is a sentence for a steward.

One failing rule holds the source: its last good data stay published and are marked stale, the other sources go on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from flows.words import field_name

REMEMBERED = 5  # good runs whose median is the yardstick
LEAST_SHARE = 0.70  # of that median
FILL_DROP = 0.10  # by so much a key field may be filled less often than in the last good run
MOST_FAILED = 0.05  # of the pages may be lost without holding the source
KEY_FIELDS = (
    "title", "url", "provider", "description", "price",
    "instances", "instances.dates", "instances.city", "instances.price",
)  # fmt: skip


@dataclass(frozen=True)
class Harvest:
    """What a harvest says about itself. `fill` is the share of listings (0 to 1) in which a field is published.

    A harvest that is not `complete` may still be good: it only proves nothing about what it did not meet.
    """

    listings: int
    failure: str | None = None  # why it did not come to its end, a German sentence
    complete: bool = True
    failed_pages: int = 0
    declared_total: int | None = None
    duplicates: int = 0
    fill: Mapping[str, float] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    pages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Expectation:
    """What the source's TOML expects: a least number of listings, and a least fill rate per key field."""

    min_listings: int = 1
    fill: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class GoodRun:
    """An earlier run of the source that passed its gates."""

    run_id: str
    listings: int
    fill: Mapping[str, float] = field(default_factory=dict)


def reasons_to_hold(
    harvest: Harvest, expected: Expectation, good: Sequence[GoodRun], released: str | None = None
) -> tuple[str, ...]:
    """Why this harvest is held, in German; empty if it is good.

    `good` are earlier good runs in any order. `released` is the run a steward released last: what was before it is no
    yardstick any more, so a new baseline grows from the first good run after it.
    """
    baseline = sorted((run for run in good if released is None or run.run_id > released), key=lambda run: run.run_id)
    failure = _failure(harvest)
    if failure is not None:
        return (failure,)
    if harvest.listings == 0:
        return ("Der Katalog war leer: kein einziger Eintrag wurde gefunden.",)
    return (
        *_too_few(harvest, expected, baseline),
        *_total_missed(harvest),
        *_fields_lost(harvest, expected, baseline),
    )


def _failure(harvest: Harvest) -> str | None:
    """The harvest did not come to its end, or lost too much; what it brought is not judged further."""
    if harvest.failure is not None:
        return harvest.failure
    every = harvest.pages + harvest.failed_pages
    if harvest.failed_pages > MOST_FAILED * every:
        detail = f" Erste Meldung: {harvest.errors[0]}" if harvest.errors else ""
        return f"Zu viele Seiten waren nicht zu lesen: {harvest.failed_pages} von {every}.{detail}"
    return None


def _too_few(harvest: Harvest, expected: Expectation, baseline: Sequence[GoodRun]) -> Iterator[str]:
    if not baseline:
        if harvest.listings < expected.min_listings:
            yield f"Nur {_listings(harvest.listings)}; erwartet werden mindestens {expected.min_listings}."
        return
    recent = baseline[-REMEMBERED:]
    usual = median(run.listings for run in recent)
    if harvest.listings < LEAST_SHARE * usual:
        runs = "dem letzten guten Lauf" if len(recent) == 1 else f"den letzten {len(recent)} guten Läufen"
        yield (
            f"Nur {_listings(harvest.listings)}; in {runs} waren es üblicherweise {usual:.0f} "
            f"(mindestens {_percent(LEAST_SHARE)} davon werden verlangt)."
        )


def _total_missed(harvest: Harvest) -> Iterator[str]:
    """The source states how many it has. A listing met twice was still met; more than stated is no failure."""
    if harvest.declared_total is not None and harvest.listings + harvest.duplicates < harvest.declared_total:
        yield f"Die Quelle nennt {harvest.declared_total} Einträge, gelesen wurden {harvest.listings}."


def _fields_lost(harvest: Harvest, expected: Expectation, baseline: Sequence[GoodRun]) -> Iterator[str]:
    """The last good run is the yardstick; before there is one, the share the TOML expects."""
    before = baseline[-1].fill if baseline else {}
    for name in sorted({*expected.fill, *(before.keys() & set(KEY_FIELDS))}):
        now = harvest.fill.get(name, 0.0)
        if name in before:
            if before[name] - now > FILL_DROP + 1e-9:
                yield (
                    f"Das Feld „{field_name(name)}“ ist nur noch in {_percent(now)} der Einträge gefüllt "
                    f"(letzter guter Lauf: {_percent(before[name])})."
                )
        elif now < expected.fill[name] - 1e-9:
            yield (
                f"Das Feld „{field_name(name)}“ ist nur in {_percent(now)} der Einträge gefüllt "
                f"(erwartet: mindestens {_percent(expected.fill[name])})."
            )


def _listings(number: int) -> str:
    return "1 Eintrag" if number == 1 else f"{number} Einträge"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
