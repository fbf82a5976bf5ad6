"""The small picture of a source over the last nights: pure geometry, drawn by the report's template as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flows.outcome import PastNight

BERLIN = ZoneInfo("Europe/Berlin")
WIDTH, TOP, GAP, MOVED = 280, 64, 14, 44  # user units: width, height of the counts, gap, height of the movements
TALLEST = 4.0  # user units of a single movement, so that one changed offer does not look like an upheaval


@dataclass(frozen=True)
class Bar:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # count | held | new | changed | gone


@dataclass(frozen=True)
class NightMark:
    """All that one night shows: its bars, the middle of its column, and the words for a reader or a pointer."""

    bars: tuple[Bar, ...]
    middle: float
    held: bool
    label: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture of `width` x `height` user units; `most` is the highest count, `axis` the line of no movement."""

    nights: tuple[NightMark, ...]
    width: int
    height: int
    floor: float
    axis: float
    most: int
    text: str


def chart(history: Sequence[PastNight]) -> Chart:
    """Counts above as bars from a common zero; below, new and changed upwards and gone downwards.

    A held night is hatched and crossed, so that it is seen without colour.
    """
    most = max((night.listings for night in history), default=0)
    settled = [night for night in history if not _first(night)]
    up = max((night.new + night.changed for night in settled), default=0)
    down = max((night.gone for night in settled), default=0)
    scale = min(MOVED / max(up + down, 1), TALLEST)
    axis = TOP + GAP + MOVED - down * scale
    step = WIDTH / max(len(history), 7)
    nights = tuple(_mark(night, index * step, step, most, axis, scale) for index, night in enumerate(history))
    return Chart(nights, WIDTH, TOP + GAP + MOVED, TOP, axis, most, _summary(history))


def _mark(night: PastNight, left: float, step: float, most: int, axis: float, scale: float) -> NightMark:
    width = min(step * 0.7, 24.0)
    x = left + (step - width) / 2
    height = TOP * night.listings / max(most, 1)
    bars = [Bar(x, TOP - height, width, height, "held" if night.held else "count")]
    if not night.held and not _first(night):
        new, changed, gone = night.new * scale, night.changed * scale, night.gone * scale
        bars += [
            Bar(x, axis - new, width, new, "new"),
            Bar(x, axis - new - changed, width, changed, "changed"),
            Bar(x, axis, width, gone, "gone"),
        ]
    visible = tuple(bar for bar in bars if bar.height > 0)
    return NightMark(visible, left + step / 2, night.held, day(night.run_id), describe(night))


def _first(night: PastNight) -> bool:
    """The night a source was harvested first: all is new, which would dwarf every later movement."""
    return night.listings > 0 and night.new == night.listings


def describe(night: PastNight) -> str:
    """One night in words."""
    if night.held:
        return f"{day(night.run_id)}: zurückgehalten, {night.listings} Einträge gelesen"
    moved = f"{night.new} neu, {night.changed} geändert, {night.gone} weg"
    return f"{day(night.run_id)}: {night.listings} Einträge, {moved}"


def day(run_id: str) -> str:
    """The day of a run in Berlin, "22.11."."""
    return moment(run_id).strftime("%d.%m.")


def moment(run_id: str) -> datetime:
    """The moment a run id names, in Berlin time."""
    return datetime.strptime(run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(BERLIN)


def _summary(history: Sequence[PastNight]) -> str:
    held = sum(night.held for night in history)
    nights = "1 Nacht" if len(history) == 1 else f"{len(history)} Nächte"
    return f"{nights}, davon {held} zurückgehalten; zuletzt {history[-1].listings} Einträge" if history else "noch leer"
