"""Parts and modules: of the master craftsman's examination (Teile I to IV), of any other series, of a qualification."""

import re

from normalize.titletext import JOIN, NUMERAL, TitleText, numeral, numerals

_PART = re.compile(
    rf"(?<!\w)(?P<word>(?:haupt)?teile?n?)[ .-]*(?P<list>{NUMERAL}(?:{JOIN}(?:teile?\s*)?{NUMERAL})*)", re.IGNORECASE
)
_IN_BRACKETS = re.compile(rf"(?<=\()(?P<list>{NUMERAL}(?:{JOIN}{NUMERAL})*)(?=\))")
# Who speaks of the crafts: numbered parts are then those of the master's examination.
_CRAFT = re.compile(
    r"(?<!buerger)(?<!haus)(?<!bade)meister(?!haft|werk|schaft|stueck)|handwerk|\bhwo\b|betriebsfuehrung|"
    r"\bgewerke?\b|ausbildereignung|\baevo\b|\bada\b"
)
# "Meisterprüfung III/IV" leaves the word out; one numeral alone would be too little.
_ROMANS = re.compile(rf"(?<!\w)(?P<list>[IV]{{1,3}}(?:{JOIN}[IV]{{1,3}})+)(?!\w)")
# The course modules of the German welding society: E for electrodes, G gas, M active gas, T tungsten, W for WIG.
_WELDING = re.compile(r"schweiss|\bdvs\b|\bwig\b|\bmag\b|e hand")
_WELDING_MODULE = re.compile(r"(?<![\w-])(?P<code>[EGMTW][1-6])(?![\w.-])")
_CODED = re.compile(r"(?<!\w)(?:Stufe|Modul|Baustein|Kurs)\s+(?P<code>[A-Z]\d{1,2})(?![\w.])")
_MODULE = re.compile(
    rf"(?<!\w)(?P<kind>TQ|Teilqualifi(?:kation|zierung)(?:en)?|Modul[en]?|Bausteine?|Lernfeld(?:er)?|Block|Leistungsgruppen?|LG)(?:\s*[:#-])?\s*"
    rf"(?P<list>\d{{1,2}}\.\d{{1,2}}(?![\w.])|(?:{NUMERAL})(?:{JOIN}(?:TQ\s*|Modul\s*|LG\s*)?{NUMERAL})*|[A-H](?![\w-]))",
    re.IGNORECASE,
)
_MODULE_KINDS = {
    "tq": "tq", "tei": "tq", "mod": "modul", "bau": "baustein", "ler": "lernfeld", "blo": "block",
    "lei": "leistungsgruppe", "lg": "leistungsgruppe",
}  # fmt: skip
_SERIES = re.compile(
    rf"(?<!\w)(?:Stufe|Level|Satz|Kurs|Abschnitt|Semester|Phase)\s+(?P<number>{NUMERAL})", re.IGNORECASE
)
_FINAL = re.compile(r"(?<=\w)\s+(?P<number>VI|IV|V|III|II|I)(?=\s*$|\s*[(:–|,]|\s+-\s)")


def take_parts(text: TitleText, *, of_language: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Parts of the master's examination (1 to 4) and part numbers of any other series, cut out of the title.

    They are the master's only in a context of the crafts, with Roman numerals, or with the plural "Teile"; never in a
    language course.
    """
    craft = _CRAFT.search(text.context) is not None
    parts: set[int] = set()
    numbers: set[int] = set()
    for match in text.take(_PART):
        values = numerals(match["list"])
        roman = not any(character.isdigit() for character in match["list"])
        plural = "teile" in match["word"].casefold()
        of_master = craft or ((roman or plural) and not of_language)
        (parts if of_master and _of_four(values) else numbers).update(values)
    if craft and "hwo" in text.context.split():
        brackets = text.take(_IN_BRACKETS, lambda match: _of_four(numerals(match["list"])))
        parts.update(value for match in brackets for value in numerals(match["list"]))
    if craft and not parts:
        romans = text.take(_ROMANS, lambda match: _of_four(numerals(match["list"])))
        parts.update(value for match in romans for value in numerals(match["list"]))
    return tuple(sorted(parts)), tuple(sorted(numbers))


def take_modules(text: TitleText) -> tuple[str, ...]:
    """ "Modul 4", "TQ3", "Teilqualifikation 1 und 2", "Stufe E3" as "modul 4", "tq 3", "tq 1", "tq 2", "modul E3"; cut
    out of the title."""
    coded = text.take(_CODED)
    if _WELDING.search(text.context):
        coded += text.take(_WELDING_MODULE)
    found = {f"modul {match['code']}" for match in coded}
    for match in text.take(_MODULE):
        kind = _MODULE_KINDS[match["kind"][:3].casefold()]
        listed = re.sub(r"(?i)tq|modul|lg", "", match["list"])
        names = [listed.upper()] if re.fullmatch(r"[A-Ha-h]|\d+\.\d+", listed) else [str(n) for n in numerals(listed)]
        found.update(f"{kind} {name}" for name in names)
    return tuple(sorted(found))


def take_series(text: TitleText) -> set[int]:
    """The number of a series in other words ("Satz 2", "Fit am Computer I"), cut out of the title."""
    return {numeral(match["number"]) for match in text.take(_SERIES) + text.take(_FINAL)}


def _of_four(values: list[int]) -> bool:
    """Whether all are among the four parts of the master's examination."""
    return min(values) >= 1 and max(values) <= 4
