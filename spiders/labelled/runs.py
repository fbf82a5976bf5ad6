"""Labelled facts put in order: what belongs to the course, what to which run, and what to a single meeting."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from spiders.labelled.facts import PER_RUN, Fact
from spiders.labelled.labels import FEE_NOTE
from spiders.labelled.shapes import CLOCK, DATE, TIMES
from spiders.listing import LIST_FIELDS, ListingDict, instance, session

Fields = dict[str, Any]

_STARTS_A_RUN = ("instances.dates", "instances.start")
_LIFTED = ("price", "duration", "format", "schedule", "price_note")
_ADDRESS = ("venue", "street", "postcode", "city", "room", "country")
_OF_ONE = ("availability", "ref")
_OF_MEETINGS = {"dates", "start", "times", "venue", "room", "duration"}
_JOINED = ("duration", "certificate", "requirements", "target_group")  # said under several labels, all of it counts


def course_fields(facts: Iterable[Fact]) -> tuple[Fields, dict[str, str]]:
    """Fields of the course and their origins; the first statement counts, fees beside the price keep their labels."""
    fields: Fields = {}
    origins: dict[str, str] = {}
    labels: dict[str, set[str]] = {}
    notes: list[str] = []
    for fact in with_runs([fact for fact in facts if fact.session is None]):
        path = fact.path
        if path.startswith("instances."):
            if fact.row is None or path not in origins:
                origins.setdefault(path, _origin(fact))
            continue
        before = fields.get(path)
        if path == FEE_NOTE or (path == "price" and before and not _within(fact.value, before)):
            notes.append(f"{fact.label}: {fact.value}")
            origins.setdefault("price_note", _origin(fact))
            continue
        if path in LIST_FIELDS:
            fields.setdefault(path, []).append(fact.value)
        elif path in _JOINED and before and fact.label not in labels[path] and not _within(fact.value, before):
            fields[path] = f"{before}, {fact.value}" if path == "duration" else f"{before} {fact.value}"
        else:
            fields.setdefault(path, fact.value)
        labels.setdefault(path, set()).add(fact.label)
        origins.setdefault(path, _origin(fact))
    if notes:
        fields["price_note"] = "; ".join(dict.fromkeys(notes))
    return fields, origins


def _origin(fact: Fact) -> str:
    return f"{fact.origin} '{fact.label}'" if fact.label else fact.origin


def _within(value: str, known: str) -> bool:
    return _squeezed(value) in _squeezed(known)


def _squeezed(value: str) -> str:
    return re.sub(r"\W+", "", value).casefold()


def with_runs(facts: list[Fact]) -> list[Fact]:
    """A price (duration, form) repeated beside repeated dates belongs to the dates; repeated texts count once."""
    once: list[Fact] = []
    seen: set[tuple[str, str]] = set()
    several_places = len({fact.value for fact in facts if fact.path == "instances.venue" and fact.row is None}) > 1
    for fact in facts:
        key = (fact.path, _squeezed(fact.value))
        if fact.row is not None or key not in seen or (several_places and fact.path.startswith("instances.")):
            once.append(fact)
        seen.add(key)
    times = Counter(fact.path for fact in once if fact.row is None)
    if not any(times[path] > 1 for path in _STARTS_A_RUN):
        return once
    several = {
        path for path in PER_RUN if times[path] > 1 and len({fact.label for fact in once if fact.path == path}) == 1
    }
    return [
        replace(fact, path=PER_RUN[fact.path]) if fact.row is None and fact.path in several else fact for fact in once
    ]


def runs_of(facts: list[Fact], fields: Fields, origins: dict[str, str]) -> list[ListingDict]:
    """Several dates stay apart: each row or card is a run, and so is each repetition of a date's label.

    What is stated once belongs to all runs; what is repeated belongs to the run it follows. The facts of a single run
    that a course has too are moved to `fields`.
    """
    of_runs = [
        fact
        for fact in with_runs([fact for fact in facts if fact.session is None])
        if fact.path.startswith("instances.")
    ]
    shared, groups = _sequence([fact for fact in of_runs if fact.row is None])
    rows: dict[int, dict[str, str]] = {}
    for fact in of_runs:
        if fact.row is not None:
            _add(rows.setdefault(fact.row, {}), fact)
    dated = [run for run in rows.values() if run.get("dates") or run.get("start") or run.get("end")]
    meetings = [_meeting(run) for run in _grouped(facts)]
    if dated and not meetings and _are_meetings(dated, shared, fields):
        meetings, dated = [_meeting(run) for run in dated], []
    if dated:
        shared = {name: value for name, value in shared.items() if name not in ("dates", "start", "end")}
    runs = [_joined(_completed(run, shared)) for run in (dated or groups or ([shared] if shared else []))]
    runs = [run for run in runs if run] or ([{"dates": _span(meetings)}] if meetings else [])
    runs = [run for number, run in enumerate(runs) if run not in runs[:number]]
    if len(runs) == 1:
        _lift(runs[0], fields, origins)
        return [_instance(runs[0], meetings)] if runs[0] or meetings else []
    return [_instance(run, []) for run in runs]


def _instance(run: dict[str, str], meetings: list[ListingDict]) -> ListingDict:
    fields: dict[str, Any] = {**run, "sessions": meetings}
    return instance(**fields)


def _completed(run: dict[str, str], shared: dict[str, str]) -> dict[str, str]:
    """A run and what is stated once for all; not the address of another place, nor the places left in another run."""
    if run is shared:
        return run
    own = {name for name in _ADDRESS if name in run}
    return {
        **{name: value for name, value in shared.items() if name not in _OF_ONE and not (own and name in _ADDRESS)},
        **run,
    }


def _add(run: dict[str, str], fact: Fact) -> None:
    """A fact of a run; the first statement counts, but all fees and both lines of an address do."""
    name = fact.path.removeprefix("instances.")
    value = f"{fact.label}: {fact.value}" if name == "price_note" else fact.value
    if (
        name in ("price_note", "venue")
        and name in run
        and not _within(value, run[name])
        and (name == "price_note" or fact.origin == "run")
    ):
        run[name] = f"{run[name]}{'; ' if name == 'price_note' else ', '}{value}"
    else:
        run.setdefault(name, value)


def _sequence(facts: list[Fact]) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Facts outside of rows: those stated once, and a group for each repetition of a date's label."""
    times = Counter(fact.path for fact in facts)
    shared: dict[str, str] = {}
    groups: list[dict[str, str]] = [{}]
    for fact in facts:
        name = fact.path.removeprefix("instances.")
        if times[fact.path] == 1:
            shared[name] = fact.value
            continue
        if fact.path in _STARTS_A_RUN and name in groups[-1]:
            groups.append({})
        _add(groups[-1], fact)
    if len(groups) == 1:
        return {**shared, **groups[0]}, []
    return shared, groups


def _joined(run: dict[str, str]) -> dict[str, str]:
    """A start and an end as one string, unless the dates are stated as such."""
    begin, end = run.pop("start", None), run.pop("end", None)
    if "dates" not in run and (begin or end):
        run["dates"] = f"{begin or ''} - {end}".strip() if end else str(begin)
    if "times" not in run and (hours := _hours(run.get("dates", ""))):
        run["times"] = hours
    return {name: value for name, value in run.items() if value}


def _hours(dates: str) -> str | None:
    """The hours that stand behind the last date: "8. März 2027, 9:00 - 16:00 Uhr"."""
    days = list(DATE.finditer(dates))
    rest = dates[days[-1].end() :].lstrip(" ,;:|·•(um").rstrip(" )") if days else ""
    return rest if rest and CLOCK.search(rest) and TIMES.fullmatch(rest) and "Uhr" in rest else None


def _lift(run: dict[str, str], fields: Fields, origins: dict[str, str]) -> None:
    """A single run: its price, duration, form and number are the course's."""
    for name in _LIFTED:
        if name in run and not fields.get(name):
            fields[name] = run.pop(name)
            origins[name] = origins.get(f"instances.{name}", "run")
    if "ref" in run and not fields.get("course_number") and not fields.get("ref"):
        fields["course_number"] = run.pop("ref")
        origins["course_number"] = origins.get("instances.ref", "run")


def _grouped(facts: list[Fact]) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for fact in facts:
        if fact.session is not None:
            found.setdefault(fact.session, {}).setdefault(fact.path.removeprefix("instances."), fact.value)
    return [run for run in found.values() if run.get("dates") or run.get("start")]


def _are_meetings(rows: list[dict[str, str]], shared: dict[str, str], fields: Fields) -> bool:
    """Whether dated rows are the single meetings of one run: the page states that run, and it begins with the first."""
    stated = shared.get("dates") or shared.get("start")
    if len(rows) < 2 or not stated or any(set(row) - _OF_MEETINGS for row in rows):
        return False
    begins = DATE.search(stated)
    first = DATE.search(rows[0].get("dates") or rows[0].get("start") or "")
    last = DATE.search(rows[-1].get("dates") or rows[-1].get("start") or "")
    if not (begins and first and last) or _squeezed(begins[0]) != _squeezed(first[0]):
        return False
    counted = re.search(
        r"\b(\d{1,3})\s*(?:x\b|-?mal\b|Termine|Tage|Abende|Vormittage|Nachmittage|Samstage|Treffen|Kurstage)",
        str(fields.get("duration", "")),
        re.IGNORECASE,
    )
    if counted:
        return int(counted[1]) >= len(rows)
    return begins[0] != last[0] and last[0] in f"{stated} {shared.get('end', '')}"


def _meeting(run: dict[str, str]) -> ListingDict:
    return session(
        date=run.get("dates") or run.get("start"), times=run.get("times"), venue=run.get("venue"), room=run.get("room")
    )


def _span(meetings: list[ListingDict]) -> str:
    dates = [str(meeting["date"]) for meeting in meetings if meeting["date"]]
    return dates[0] if len(dates) == 1 else f"{dates[0]} - {dates[-1]}"
