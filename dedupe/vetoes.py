"""What no evidence outweighs: typed features in which two offers contradict each other."""

import re
from collections.abc import Callable, Iterable

from dedupe.keys import Kind
from normalize.features import Features, conflicts

FORMS_DE = {"onsite": "Präsenz", "online": "online", "hybrid": "hybrid", "self_paced": "Selbststudium"}
SCHEDULES_DE = {"full_time": "Vollzeit", "part_time": "Teilzeit", "evening": "abends", "weekend": "Wochenende"}
SMALL = frozenset("123456789")
STAGES_DE = {
    "beginner": "Grundstufe",
    "intermediate": "Mittelstufe",
    "advanced": "Aufbaustufe",
    "expert": "Expertenstufe",
}
# Typed features that cannot differ within one course, with the words for it.
VETOES_DE = {
    "level": "andere Stufe",
    "stage": "andere Stufe",
    "parts": "andere Teile",
    "part_number": "anderer Teil",
    "modules": "anderes Modul",
    "norms": "andere Norm",
    "processes": "anderes Verfahren",
    "exam": "Prüfung gegen Kurs",
    "refresher": "Auffrischung gegen ersten Kurs",
    "form": "andere Form",
}
_FIELDS = {"level": "levels", "stage": "stages", "part_number": "part_numbers"}


def contradictions(left: Kind, right: Kind) -> tuple[str, ...]:
    """Why two offers cannot be the same course, in German; empty if nothing contradicts.

    Another level, part, module, norm, process, stage, exam or refresher, another form. A level and its half steps
    ("B1", "B1.1") do not contradict by themselves: sources round.
    """
    found = [name for name in conflicts(left.features, right.features) if name in VETOES_DE]
    for name, is_doubtful in _DOUBTS.items():
        if name in found and is_doubtful(left, right):
            found.remove(name)
    texts = [f"{VETOES_DE[name]}: {side(left, name)} / {side(right, name)}" for name in found]
    if {left.format, right.format} in ({"onsite", "online"}, {"onsite", "self_paced"}) and "form" not in found:
        texts.append(f"andere Form: {FORMS_DE[left.format]} / {FORMS_DE[right.format]}")
    if "stage" not in found and left.stages and right.stages and not left.stages & right.stages:
        texts.append(f"{VETOES_DE['stage']}: {_stages(left)} / {_stages(right)}")
    texts += [] if texts else _other_number(left.features, right.features)
    if "full_time" in (ones := {left.features.schedule, right.features.schedule}) and len(ones - {None}) > 1:
        texts.append(f"andere Unterrichtszeit: {_schedule(left)} / {_schedule(right)}")
    return tuple(texts)


def _stages(kind: Kind) -> str:
    return ", ".join(STAGES_DE[stage] for stage in sorted(kind.stages))


def _schedule(kind: Kind) -> str:
    return SCHEDULES_DE.get(kind.features.schedule or "", "")


def _other_number(left: Features, right: Features) -> list[str]:
    """The contradiction of "Buchhaltung 1" and "Buchhaltung Teil 2", of "ISO 9606-1" and "ISO 9606 Teil 2": whatever
    words a place in a series stands in, it is another one.
    """
    ones, others = (series(one) | numerals(one.norms) & SMALL for one in (left, right))
    if not ones or not others or ones <= others or others <= ones:
        return []
    return [f"anderer Teil: {', '.join(sorted(ones))} / {', '.join(sorted(others))}"]


def series(features: Features) -> set[str]:
    """The places in a series that a title names: parts, modules, and numbers too small to be anything else."""
    found = {str(number) for number in (*features.parts, *features.part_numbers)} | module_places(features.modules)
    return found | {number for number in features.numbers if number in SMALL}


def _is_course(kind: Kind) -> bool:
    """True for a "Meisterprüfung in Teilzeit": no examination is held so, it is the course that leads to it."""
    return kind.features.exam and kind.features.schedule is not None


def _same_parts(left: Kind, right: Kind) -> bool:
    """True for "Meisterschule Teil IV" and "Teil IV der Meisterprüfung": few sell the examination by parts."""
    return bool(left.features.parts) and left.features.parts == right.features.parts


def _same_part_numbers(left: Kind, right: Kind) -> bool:
    """True for "TQ 2" and "Modul 2": one series under two words."""
    return module_places(left.features.modules) == module_places(right.features.modules)


def module_places(modules: Iterable[str]) -> set[str]:
    """Modules without their kinds: "modul 4" and "tq 4" are 4, "modul B" is B."""
    places = {module.rpartition(" ")[2] for module in modules}
    return numerals(modules) | {place for place in places if place[:1].isupper()}


def _norm_within(left: Kind, right: Kind) -> bool:
    """True if one title names fewer norms, or a norm less exactly, than the other."""
    ones, others = numerals(left.features.norms), numerals(right.features.norms)
    return ones <= others or others <= ones


def numerals(values: Iterable[str]) -> set[str]:
    """What is left of names without the words: "§43b SGB XI" is 43b."""
    return {number for value in values for number in re.findall(r"\d+[a-z]?", value)}


_DOUBTS: dict[str, Callable[[Kind, Kind], bool]] = {
    "level": lambda left, right: _levels_fit(left.features.levels, right.features.levels),
    "modules": _same_part_numbers,
    "norms": _norm_within,
    "exam": lambda left, right: (
        (left.maybe_exam and right.maybe_exam) or _is_course(left) or _is_course(right) or _same_parts(left, right)
    ),
    "refresher": lambda left, right: left.maybe_refresher and right.maybe_refresher,
}


def side(kind: Kind, name: str) -> str:
    """What one side says of a typed feature, for the steward."""
    value = getattr(kind.features, _FIELDS.get(name, name))
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, tuple):
        return ", ".join(STAGES_DE.get(one, str(one)) for one in value)
    return FORMS_DE.get(value, str(value))


def _levels_fit(left: Iterable[str], right: Iterable[str]) -> bool:
    """True if the levels are the same but for half steps, and not two different half steps."""
    ones, others = whole_levels(left), whole_levels(right)
    if {one[:2] for one in ones} != {other[:2] for other in others}:
        return False
    return not any("." in one for one in ones) or not any("." in other for other in others) or ones == others


def whole_levels(levels: Iterable[str]) -> set[str]:
    """Levels with both half steps of one replaced by it: A1.1 and A1.2 are A1."""
    found = set(levels)
    for base in {level[:2] for level in found}:
        if {f"{base}.1", f"{base}.2"} <= found:
            found = {level for level in found if not level.startswith(base)} | {base}
    return found
