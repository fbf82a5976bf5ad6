"""How advanced a course is: language levels of the CEFR, and stages in words."""

import re
from typing import Literal, cast, get_args

from normalize.text import fold
from normalize.titletext import TitleText, numeral
from normalize.vocabulary import Level

Stage = Literal["beginner", "intermediate", "advanced", "expert"]

_LEVELS = frozenset(get_args(Level))
_STAGE_ORDER: tuple[Stage, ...] = get_args(Stage)

# A letter and a digit mean many things: driving licences, drones, modules, rooms. These words make it a language level.
_LANGUAGE = re.compile(
    r"deutsch(?!land|e[rnsm]? )|englisch|english|franzoesisch|spanisch|italienisch|niederlaendisch|russisch|tuerkisch|"
    r"arabisch|polnisch|portugiesisch|griechisch|chinesisch|japanisch|koreanisch|schwedisch|norwegisch|daenisch|"
    r"finnisch|ukrainisch|persisch|farsi|kroatisch|serbisch|rumaenisch|tschechisch|ungarisch|hebraeisch|bulgarisch|"
    r"albanisch|kurdisch|vietnamesisch|islaendisch|irisch|katalanisch|francais|espanol|italiano|"
    r"\b(?:daf|daz|dtz|telc|goethe|testdaf|toefl|bsk|deufoev|ger|cefr|fremdsprachen?)\b|"
    r"sprachkurs|sprachpruefung|sprachniveau|integrationskurs|berufssprach|konversation|conversation|gebaerdensprache|"
    r"alphabetisierung"
)
_HINT = re.compile(r"[ABCabc][ -]?[12]")
_GLUED = re.compile(r"\b((?i:Stufe|Niveau))(?=[ABC]\s?[12](?!\d))")
_LEVEL = re.compile(
    r"(?:\b(?P<word>(?i:Sprachniveau|Niveau(?:stufe)?|Stufe|Level))\s*)?"
    r"(?<![\w§.])(?P<letter>[ABCabc])(?P<gap>[ -]?)(?P<digit>[12])(?:[.,](?P<half>\d)|/(?P<slash>[1-4])(?!\d))?"
    r"(?P<plus>\s?\+(?![\s+]*[\w+])|plus\b)?(?!\w|[.,]\d|-\w{3,})"
)
_NO_LEVEL_BEFORE = re.compile(
    r"(?:klassen?|fahrerlaubnis\w*|fuehrerschein\w*|kl|fs|kategorien?|drohnen\w*|lkw|raum|gebaeude|haus|halle) $"
)
_LICENCE = re.compile(
    r"fuehrerschein|fahrerlaubnis|fahrschule|drohne|berufskraftfahrer|bkf|fernpilot|motorrad|kompetenznachweis"
)

_COURSE = r"(?:kurse?|lehrg[aä]nge?|seminare?|schulung(?:en)?|stufe|training|workshop|modul|wissen|ausbildung)"
_INNEN = r"(?:[*:_/]-?innen)?"
_UNIT = r"\s*(?:x|UE|U?-?Std|Stunden|Tage?|Wochen|Abende|Termine)"
_NUMBERED = rf"(?:\s+(?P<number>(?:VI|IV|V|III|II|I|[1-9])(?![\w.,]))(?!{_UNIT}))?"
# "Quereinsteiger" and "Wiedereinsteiger" are no beginners, "Digital Sales Expert" is a job, "Aufbaukeramik" a craft.
_STAGES: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (
        "beginner",
        re.compile(
            rf"(?<!\w)(?:(?:Grund|Basis|Einführungs|Grundlagen|Starter)[ -]?{_COURSE}|Grund-(?=\s*(?:und|&|/))|"
            rf"Basics?|Anfänger\w*|Einsteiger\w*|Foundation(?:\s+Level)?|Beginners?){_INNEN}(?![\w-]){_NUMBERED}",
            re.IGNORECASE,
        ),
    ),
    ("intermediate", re.compile(rf"(?<!\w)(?:Mittelstufe|Intermediate)(?!\w){_NUMBERED}", re.IGNORECASE)),
    (
        "advanced",
        re.compile(
            rf"(?<!\w)(?:(?:Aufbau|Vertiefungs|Fortgeschrittenen)[ -]?{_COURSE}|Aufbau(?=\s*$|\s*[-–:,(])|"
            rf"Fortgeschritt\w*|Vertiefung|Advanced(?:\s+Level)?|Practitioner|Oberstufe){_INNEN}(?!\w){_NUMBERED}",
            re.IGNORECASE,
        ),
    ),
    (
        "expert",
        re.compile(
            rf"(?<!\w)(?:(?:Experten|Expert|Profi)-?{_COURSE}|(?:für|for) (?:Expert|Profi)(?:en|s)?|Expert Level)"
            rf"{_INNEN}(?!\w)",
            re.IGNORECASE,
        ),
    ),
    # "Grundlagen" qualifies the title at its beginning or end; in the middle it is one more topic.
    (
        "beginner",
        re.compile(
            r"(?:^|[-–:(|]\s+)Grundlagen(?!\w|,|\s+(?:und|&)\s+(?!Vertief|Aufbau|Fortgeschritt))|"
            r"(?<!und )(?<!mit )(?<!& )(?<![\w-])Grundlagen(?=\s*$|\s*[-–:(|]|\s+(?:mit|bis)\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "beginner",
        re.compile(r"(?<!\w)(?:(?:eine|praktische)\s+)?Einführung(?=\s+(?:in|ins|zu[rm]?)\b|\s*$)", re.IGNORECASE),
    ),
)


def is_about_language(text: TitleText) -> bool:
    """Whether the title or its context speaks of a language course."""
    return _LANGUAGE.search(text.context) is not None


def take_levels(text: TitleText) -> tuple[str, ...]:
    """CEFR levels as named ("A2.4", also spelled "A2/4"; "B1+"), cut out of the title.

    Letter and digit alone need a word about languages; the form "A1.1" or a word such as "Stufe" is enough, unless
    the title is about licences.
    """
    if not _HINT.search(text.rest):
        return ()
    text.rest = _GLUED.sub(r"\1 ", text.rest)
    language = is_about_language(text)
    licence = _LICENCE.search(text.context) is not None

    def is_level(match: re.Match[str]) -> bool:
        before = fold(text.rest[max(0, match.start() - 40) : match.start()]) + " "
        if _NO_LEVEL_BEFORE.search(before) or (licence and not language):
            return False
        if language:
            return True
        spelled = match["letter"].isupper() and not match["gap"] and not before.endswith("modul ")
        return spelled and (match["word"] is not None or match["half"] is not None)

    return tuple(sorted({_spelling(match) for match in text.take(_LEVEL, is_level)}))


def take_stages(text: TitleText) -> tuple[tuple[Stage, ...], set[int]]:
    """The stages in words and the numbers behind them ("Grundkurs II"), cut out of the title."""
    stages: set[Stage] = set()
    numbers: set[int] = set()
    for stage, pattern in _STAGES:
        for match in text.take(pattern):
            stages.add(stage)
            if number := match.groupdict().get("number"):
                numbers.add(numeral(number))
    return tuple(sorted(stages, key=_STAGE_ORDER.index)), numbers


def vocabulary_level(level: str) -> Level | None:
    """The level of the closed vocabulary: "B1+" and "A2.7" are shown as B1 and A2."""
    for candidate in (level, level[:2]):
        if candidate in _LEVELS:
            return cast(Level, candidate)
    return None


def _spelling(match: re.Match[str]) -> str:
    step = match["half"] or match["slash"]
    half = f".{step}" if step else ""
    return f"{match['letter'].upper()}{match['digit']}{half}{'+' if match['plus'] else ''}"
