"""Reads how long a course takes: teaching units, hours, days, weeks, months, meetings, alone or combined.

A teaching unit is 45 minutes. Bounds and classes ("bis zu 3 Monate", "mehr als 6 Monate bis 1 Jahr") give no number
(ruling of the contract); the text itself is always kept in `Duration.text`. Also here: whether a duration can be true
beside the dates of a run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from normalize.date_tokens import prepared
from normalize.date_when import When
from normalize.duration_words import UNCLEAR, Word, words
from normalize.memory import remembered
from normalize.model import Duration
from normalize.reading import Doubt, Reading
from normalize.text import plain

_LONGEST = {"teaching_units": 8000, "hours": 8000, "days": 1500, "weeks": 260, "months": 72, "sessions": 400}
_NUMERIC = ("number", "unit")
_ISO_PARTS = (("months", 12, "Y"), ("months", 1, "M"), ("weeks", 1, "W"), ("days", 1, "D"))
_ISO_TIMES = (("hours", 1, "H"), ("hours", 1 / 60, "M"), ("hours", 1 / 3600, "S"))
_RATES = {"täglich": "days", "wöchentlich": "weeks", "monatlich": "months"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One number with its unit.

    `role` says what the number is: total | bound | each (of what stands before) | per (`of` a unit) | part | plus (to
    be added) | sum (of a machine's parts) | unclear.
    """

    unit: str
    value: float
    raw: str
    role: str = "total"
    of: str = ""
    minutes: bool = False


def read_duration(text: str | None) -> Reading[Duration]:
    """The duration; a field that the text does not give stays None, and what it says unclearly is a doubt."""
    if not text or not text.strip():
        return Reading(Duration())
    return _read_duration(text)


@remembered(4096)
def _read_duration(text: str) -> Reading[Duration]:
    source = prepared(text)
    measures, doubts = _measures(source)
    totals = _totals(measures, doubts)
    values: dict[str, float] = {}
    for unit, numbers in totals.items():
        value = numbers[0]
        if len(set(numbers)) > 1:
            doubts.append(Doubt(text, f"several different numbers of {unit}"))
        elif not 0 < value <= _LONGEST[unit] or (unit == "sessions" and value != int(value)):
            doubts.append(Doubt(text, f"{value:g} {unit} are not credible"))
        else:
            values[unit] = round(value, 4)
    if not values and not doubts:
        doubts.append(Doubt(text, "no duration found"))
    duration = Duration(
        teaching_units=values.get("teaching_units"),
        hours=values.get("hours"),
        days=values.get("days"),
        weeks=values.get("weeks"),
        months=values.get("months"),
        sessions=int(values["sessions"]) if "sessions" in values else None,
        text=plain(text),
    )
    return Reading(duration, tuple(dict.fromkeys(doubts)))


# --- from words to measures ---


def _measures(source: str) -> tuple[list[Measure], list[Doubt]]:
    """All numbers with a unit, in order, and a doubt for each number without one."""
    said = list(words(source))
    found: list[Measure] = []
    doubts: list[Doubt] = []
    length = next((word.number for word in said if word.kind == "length"), None)
    here = 0
    while here < len(said):
        word = said[here]
        if word.kind == "iso":
            found.extend(_iso(word.text))
        elif word.kind == "number":
            measure, after = _measure(said, here, source)
            if measure is None:
                doubts.append(Doubt(source[word.start : word.end], "a number without a unit"))
            else:
                found.append(measure)
                here = after
                continue
        here += 1
    return [_of_length(measure, length) for measure in found], doubts


def _measure(said: Sequence[Word], here: int, source: str) -> tuple[Measure | None, int]:
    """The number at this position with its unit, and the next position."""
    first = here
    value = said[here].number
    if here + 1 < len(said) and said[here + 1].kind == "number" and said[here + 1].number < 1 <= value:
        half = said[here + 1]  # "1 ½ Jahre", but "ein halbes Jahr"
        value, here = (value * half.number if half.text[0] in "hH" else value + half.number), here + 1
    after = here + 1
    unit = said[after] if after < len(said) and said[after].kind == "unit" else None
    if unit is None:
        return _labelled(said, first, after, value, source)
    after += 1
    raw = source[said[first].start : unit.end]
    role, of = _role(said, first, unit), ""
    if after < len(said) and said[after].kind == "rate":
        role, of, after = "per", _RATES[said[after].text.lower()], after + 1
    elif after + 1 < len(said) and said[after].kind in ("per", "each", "slash") and said[after + 1].kind == "unit":
        role, of, after = "per", said[after + 1].unit, after + 2
    elif after + 1 < len(said) and said[after].kind == "to" and said[after + 1].kind == "number":
        same = said[after].text.lower() == "bis" or _unit_after(said, after + 1) == unit.unit
        role = "bound" if same else role
    return Measure(unit.unit, value * unit.number, raw, role, of, unit.number == 1 / 60), after


def _labelled(said: Sequence[Word], first: int, after: int, value: float, source: str) -> tuple[Measure | None, int]:
    """ "Unterrichtsstunden: 320"; or the first number of a range, whose unit follows the second."""
    if after + 1 < len(said) and said[after].kind == "to" and (unit := _unit_after(said, after + 1)):
        return Measure(unit, value, source[said[first].start : said[after].end], "bound"), after
    before = said[first - 1] if first else None
    free = first < 2 or said[first - 2].kind != "number"
    if (
        before
        and free
        and before.kind == "unit"
        and before.unit != "times"
        and ":" in source[before.end : said[first].start]
    ):
        return Measure(before.unit, value * before.number, source[before.start : said[after - 1].end]), after
    return None, after


def _unit_after(said: Sequence[Word], here: int) -> str | None:
    following = next((word for word in said[here : here + 3] if word.kind != "number"), None)
    return following.unit if following and following.kind == "unit" else None


def _role(said: Sequence[Word], first: int, unit: Word) -> str:
    """What the word before a number makes of it."""
    if not first:
        return "total"
    before = said[first - 1]
    earlier = said[first - 2] if first > 1 else None
    if any(word.text.lower() == "zwischen" for word in said[max(0, first - 4) : first]):
        return "bound"
    match before.kind:
        case "unit" if unit.number == 1 / 60 and before.unit in ("teaching_units", "hours", UNCLEAR):
            return "each" if said[first].number in (45, 60) else "total"
        case "unit" if unit.number == 1 / 60 and before.unit == "sessions":
            return "unclear"
        case "bound":
            return "bound"
        case "to" if before.text.lower() == "bis":
            return "bound"
        case "to" if earlier and (earlier.kind == "number" or (earlier.kind == "unit" and earlier.unit == unit.unit)):
            return "bound"
        case "each":
            return "each"
        case "unit" if before.unit == "times":
            return "each"
        case "part" | "plus":
            return before.kind
    return "total"


def _iso(text: str) -> list[Measure]:
    """ISO 8601 durations, as schema.org has them: "PT22H", "P3M"; parts of zero beside others are left out."""
    days, _, times = text.upper().removeprefix("P").partition("T")
    found = []
    for part, units in ((days, _ISO_PARTS), (times, _ISO_TIMES)):
        for unit, worth, letter in units:
            if match := re.search(rf"([\d.,]+){letter}", part):
                found.append(Measure(unit, float(match[1].replace(",", ".")) * worth, text, "sum"))
    return [measure for measure in found if measure.value] or found


def _of_length(measure: Measure, length: float | None) -> Measure:
    """A text that says how long its units are ("1 UE = 60 Min.") decides whether they are teaching units."""
    if length is None or measure.minutes or measure.unit not in ("teaching_units", "hours", UNCLEAR):
        return measure
    return _units_of(measure, length)


def _units_of(measure: Measure, minutes: float) -> Measure:
    if minutes == 45:
        return replace(measure, unit="teaching_units")
    return replace(measure, unit="hours", value=measure.value * minutes / 60)


# --- from measures to totals ---


def _totals(measures: Sequence[Measure], doubts: list[Doubt]) -> dict[str, list[float]]:
    """The numbers by field of the contract. Rates and "à" are multiplied by the count they belong to."""
    totals: dict[str, list[float]] = {}
    counted: list[Measure] = []
    for measure in measures:
        match measure.role:
            case "each" if counted and measure.minutes and counted[-1].unit in ("teaching_units", "hours", UNCLEAR):
                unit = counted.pop()
                _forget(totals, unit)
                measure = _units_of(unit, measure.value * 60)
            case "each" | "unclear" if not counted or measure.role == "unclear":
                doubts.append(Doubt(measure.raw, "it is unclear whether of each or in all"))
                continue
            case "each":
                if measure.unit in ("sessions", "times"):
                    doubts.append(Doubt(measure.raw, "it is unclear what is counted"))
                    continue
                measure = replace(measure, value=measure.value * counted[-1].value)
            case "per":
                base = [other.value for other in measures if other.role == "total" and _same(other.unit, measure.of)]
                if len(set(base)) != 1 or _same(measure.unit, measure.of):
                    doubts.append(Doubt(measure.raw, "a rate, no total"))
                    continue
                measure = replace(measure, value=measure.value * base[0])
            case "bound":
                doubts.append(Doubt(measure.raw, "a bound, no number"))
                continue
            case "part" | "plus":
                doubts.append(Doubt(measure.raw, "only a part"))
                if measure.role == "plus":
                    totals.pop(_field(measure.unit), None)
                continue
        counted.append(measure)
        if measure.unit == UNCLEAR:
            doubts.append(Doubt(measure.raw, "an unclear unit"))
            continue
        _add(totals, measure, counted)
    return totals


def _add(totals: dict[str, list[float]], measure: Measure, counted: Sequence[Measure]) -> None:
    """Adds a number; months after years, and parts of an ISO duration, add up."""
    numbers = totals.setdefault(_field(measure.unit), [])
    previous = counted[-2] if len(counted) > 1 else None
    years_before = (
        previous is not None and previous.unit == "months" and "ahr" in previous.raw and "onat" in measure.raw
    )
    if numbers and (measure.role == "sum" or (years_before and measure.unit == "months" and measure.value < 12)):
        numbers[-1] += measure.value
    else:
        numbers.append(measure.value)


def _forget(totals: dict[str, list[float]], measure: Measure) -> None:
    numbers = totals.get(_field(measure.unit), [])
    if measure.value in numbers:
        numbers.remove(measure.value)
    if not numbers:
        totals.pop(_field(measure.unit), None)


def _field(unit: str) -> str:
    return "sessions" if unit == "times" else unit


def _same(unit: str, other: str) -> bool:
    return _field(unit) == _field(other)


# --- beside the dates ---


def takes_more_than_a_day(duration: Duration) -> bool:
    """True if the duration itself says that the run cannot be over on the day it begins."""
    several = max(duration.sessions or 0, duration.days or 0) > 1
    return several or bool(duration.weeks or duration.months)


def duration_doubts(duration: Duration, when: When) -> tuple[Doubt, ...]:
    """Where the duration contradicts the dates and times of a run: for people to look at, nothing is corrected."""
    raw = duration.text or ""
    reasons: list[str] = []
    if duration.sessions and when.sessions and duration.sessions != len(when.sessions):
        reasons.append(f"{duration.sessions} meetings, but {len(when.sessions)} are dated")
    if when.start and when.end and when.precision == "day":
        reasons += _against_span(duration, when, (when.end - when.start).days + 1)
    return tuple(Doubt(raw, reason) for reason in reasons)


def _against_span(duration: Duration, when: When, span: int) -> list[str]:
    """Contradictions with the calendar days from start to end; weeks and months may be off by half."""
    reasons = []
    meetings = duration.sessions if duration.sessions and not when.sessions else None
    for number, unit in ((duration.days, "days"), (meetings, "meetings")):
        if number and number > span:
            reasons.append(f"{number:g} {unit} in {span} calendar days")
    for number, length, unit in ((duration.weeks, 7.0, "weeks"), (duration.months, 30.4, "months")):
        if number and not number * length / 2 - 7 <= span <= number * length * 2 + 7:
            reasons.append(f"{number:g} {unit}, but {span} calendar days")
    minutes = max((duration.hours or 0) * 60, (duration.teaching_units or 0) * 45)
    if minutes > span * 12 * 60:
        reasons.append(f"{minutes / 60:g} hours in {span} calendar days")
    elif span == 1 and when.start_time and when.end_time:
        available = _clock(when.end_time) - _clock(when.start_time)
        if 0 < available < minutes - 15:
            reasons.append(f"{minutes:g} minutes of teaching between {when.start_time} and {when.end_time}")
    return reasons


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
