"""Is a harvest good enough to replace last night's data? Pure rules; every reason is a sentence for a steward.

One failing rule holds the source: its last good data stay published and are marked stale, the other sources go on. The
yardstick is the baseline: the good runs since a steward last released one, and that run itself. A rule about the
harvest alone forgives what the newest run of the baseline did too, so what was released once passes again and only
getting worse holds.
"""

import codecs
from collections.abc import Iterator, Sequence
from statistics import median

from flows.evidence import Expectation, GoodRun, Harvest, Reading
from flows.words import field_name

__all__ = ["REMEMBERED", "Expectation", "GoodRun", "Harvest", "Reading", "reasons_to_hold", "reasons_to_hold_reading"]

REMEMBERED = 30  # good runs at most whose median is the yardstick: a month, so that a season's decline is no alarm
FEWEST_RUNS = 3  # below so many the TOML's minimum is the yardstick
LEAST_SHARE = 0.70  # of the median
FILL_DROP = 0.10  # by so much a key field may be filled less often than in the last good run
MOST_FAILED = 0.05  # of the pages may be lost without holding the source
MOST_REPEATED = 0.02  # of the rows may carry a ref that was read before; a single one is no alarm
LEAST_ALIKE = 0.50  # of the marks of the pages must be those of the last good run (Jaccard)
FEWEST_MARKS = 5  # on either side, or there is nothing to compare
MOST_LOST = 0.30  # of the offers known before may vanish in one night
FEWEST_OFFERS = 5  # known before, or their share says nothing
FEWEST_DATES = 5  # runs with a date, or it says nothing that all are over
KEY_FIELDS = (
    "title", "url", "provider", "description", "price",
    "instances", "instances.dates", "instances.city", "instances.price",
)  # fmt: skip


def reasons_to_hold(
    harvest: Harvest, expected: Expectation, good: Sequence[GoodRun], released: str | None = None
) -> tuple[str, ...]:
    """Why this harvest is held, in German; empty if it is good as far as its own statistics tell.

    `good` are earlier good runs in any order, and the run that a steward `released` last: what was before it is no
    yardstick any more.
    """
    baseline = since(good, released)
    failure = _failure(harvest)
    if failure is not None:
        return (failure,)
    if harvest.listings == 0:
        return ("Der Katalog war leer: kein einziger Eintrag wurde gefunden.",)
    return (
        *_too_few(harvest, expected, baseline),
        *_total_missed(harvest, baseline),
        *_refs_repeated(harvest, expected, baseline),
        *_fields_lost(harvest, expected, baseline),
        *_robots_changed(harvest, baseline),
        *_charset_changed(harvest, baseline),
        *_template_changed(harvest, baseline),
    )


def reasons_to_hold_reading(
    reading: Reading, good: Sequence[GoodRun] = (), released: str | None = None
) -> tuple[str, ...]:
    """Why a harvest is held after it was read, in German: too much would vanish, or it is a catalogue of the past."""
    return (*_too_much_lost(reading), *_all_over(reading, since(good, released)))


def since(good: Sequence[GoodRun], released: str | None) -> tuple[GoodRun, ...]:
    """The baseline, oldest first."""
    runs = (run for run in good if released is None or run.run_id >= released)
    return tuple(sorted(runs, key=lambda run: run.run_id))


def is_all_past(reading: Reading) -> bool:
    """Whether a catalogue with dates has none that is not over."""
    return reading.dated >= FEWEST_DATES and reading.ahead == 0


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
    recent = baseline[-REMEMBERED:]
    if len(recent) < FEWEST_RUNS:
        least = min([expected.min_listings, *(run.listings for run in recent if run.released)])
        if harvest.listings < least:
            yield f"Nur {_listings(harvest.listings)}; erwartet werden mindestens {least}."
        return
    usual = median(run.listings for run in recent)
    if harvest.listings < LEAST_SHARE * usual:
        yield (
            f"Nur {_listings(harvest.listings)}; in den letzten {len(recent)} guten Läufen waren es üblicherweise "
            f"{usual:.0f} (mindestens {_percent(LEAST_SHARE)} davon werden verlangt)."
        )


def _total_missed(harvest: Harvest, baseline: Sequence[GoodRun]) -> Iterator[str]:
    """The source states how many it has; more than stated is no failure."""
    if harvest.unmet > (baseline[-1].unmet if baseline else 0):
        yield f"Die Quelle nennt {harvest.declared_total} Einträge; {harvest.unmet} davon waren nicht zu finden."


def _refs_repeated(harvest: Harvest, expected: Expectation, baseline: Sequence[GoodRun]) -> Iterator[str]:
    most = max(MOST_REPEATED, baseline[-1].repeated if baseline else 0.0)
    if not expected.repeats and harvest.duplicates > 1 and harvest.repeated > most + 1e-9:
        rows = harvest.listings + harvest.duplicates
        yield (
            f"{harvest.duplicates} von {rows} Einträgen ({_percent(harvest.repeated)}) tragen eine Kennung, die schon "
            f"vergeben war (höchstens {_percent(most)} sind erlaubt)."
        )


def _fields_lost(harvest: Harvest, expected: Expectation, baseline: Sequence[GoodRun]) -> Iterator[str]:
    """The last good run is the yardstick; before there is one, the share the TOML expects. One listing is no alarm."""
    before = baseline[-1].fill if baseline else {}
    for name in sorted({*expected.fill, *(before.keys() & set(KEY_FIELDS))}):
        now = harvest.fill.get(name, 0.0)
        if name in before:
            drop = before[name] - now
            if drop > FILL_DROP + 1e-9 and drop * harvest.listings > 1 + 1e-9:
                yield (
                    f"Das Feld „{field_name(name)}“ ist nur noch in {_percent(now)} der Einträge gefüllt "
                    f"(letzter guter Lauf: {_percent(before[name])})."
                )
        elif now < expected.fill[name] - 1e-9:
            yield (
                f"Das Feld „{field_name(name)}“ ist nur in {_percent(now)} der Einträge gefüllt "
                f"(erwartet: mindestens {_percent(expected.fill[name])})."
            )


def _robots_changed(harvest: Harvest, baseline: Sequence[GoodRun]) -> Iterator[str]:
    """Another robots.txt may be another will of the owner: a person reads it before the harvest goes on."""
    before = next((run.robots for run in reversed(baseline) if run.robots), {})
    for host in sorted(before.keys() & harvest.robots.keys()):
        old, new = before[host], harvest.robots[host]
        if old != new:
            what = "ist neu" if old is None else "ist verschwunden" if new is None else "hat sich geändert"
            yield f"Die robots.txt von {host} {what}; ob der Abruf noch erlaubt ist, muss ein Mensch prüfen."


def _charset_changed(harvest: Harvest, baseline: Sequence[GoodRun]) -> Iterator[str]:
    before = next((run.charset for run in reversed(baseline) if run.charset), None)
    if before and harvest.charset and _codec(before) != _codec(harvest.charset):
        yield (
            f"Die Seiten haben jetzt meist die Zeichenkodierung {harvest.charset} "
            f"(letzter guter Lauf: {before}); Umlaute könnten verfälscht sein."
        )


def _template_changed(harvest: Harvest, baseline: Sequence[GoodRun]) -> Iterator[str]:
    before = next((run.marks for run in reversed(baseline) if run.marks), frozenset[str]())
    if min(len(before), len(harvest.marks)) < FEWEST_MARKS:
        return
    common, every = len(before & harvest.marks), len(before | harvest.marks)
    if common / every < LEAST_ALIKE:
        yield (
            f"Die Kursseiten sind anders aufgebaut als im letzten guten Lauf: nur {common} von {every} Merkmalen "
            f"stimmen überein ({_percent(common / every)}, mindestens {_percent(LEAST_ALIKE)} werden verlangt)."
        )


def _too_much_lost(reading: Reading) -> Iterator[str]:
    """The first absence counts already: two such nights would take the offers from the portal."""
    if reading.expected >= FEWEST_OFFERS and reading.lost > MOST_LOST * reading.expected:
        yield (
            f"{reading.lost} von {reading.expected} bekannten Angeboten ({_percent(reading.lost / reading.expected)}) "
            f"fehlen; mehr als {_percent(MOST_LOST)} auf einmal werden nicht zurückgezogen. "
            "Angebote, deren Termine vorbei sind, zählen nicht mit."
        )


def _all_over(reading: Reading, baseline: Sequence[GoodRun]) -> Iterator[str]:
    if is_all_past(reading) and not (baseline and baseline[-1].all_past):
        yield f"Alle {reading.dated} Termine mit Datum liegen in der Vergangenheit."


def _codec(name: str) -> str:
    """One name for the spellings of an encoding."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def _listings(number: int) -> str:
    return "1 Eintrag" if number == 1 else f"{number} Einträge"


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0").replace(".", ",") + " %"
