"""Tokens of published durations: numbers, units, and the words that make a number a bound, a rate or a part.

Kinds: number | unit | bound (max., mehr als) | to (dash, bis) | each (à, je) | per (pro) | slash | part (davon, inkl.)
| plus | rate (wöchentlich) | length (minutes of one unit, "1 UE = 45 Min.") | iso (PT90M) | skip (clock, date) | word
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

UNCLEAR = "unclear"  # counts something of which the contract has no field
NUMBER_WORDS: dict[str, float] = {
    "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "anderthalb": 1.5, "eineinhalb": 1.5,
    "zweieinhalb": 2.5, "dreieinhalb": 3.5, "halbe": 0.5, "halber": 0.5, "halbes": 0.5, "halben": 0.5, "½": 0.5,
    "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75,
}  # fmt: skip

_N = r"\d{1,7}(?:[.,]\d{1,6})?"  # a number of an ISO 8601 duration
_STUNDE = r"(?:stunden?|std\.?)"
# The field of the contract, what one unit is worth in it, and how the unit is written; the first that fits counts.
UNITS: tuple[tuple[str, float, str], ...] = (
    ("sessions", 1, r"(?:(?:kurs|präsenz|unterrichts|seminar|einzel|abend|online|live|wochenend|samstags)?-?termine?n?"
     r"|(?:kurs|unterrichts|seminar)?-?(?:abende?n?|vormittage?n?|nachmittage?n?)|-?\s?mal|treffen|sitzung(?:en)?"
     r"|veranstaltung(?:en)?|(?:mon|diens|donners|frei|sams|sonn)tage|sonnabende|mittwoche|sessions?|webinare?)"),
    ("times", 1, r"[x×]"),
    ("teaching_units", 1, rf"(?:ue(?:['’]?s|n)?|u\.\s?e\.|u\.?\s?-?\s?{_STUNDE}|ustd\.?"
     rf"|unterrichts?\.?-?\s?(?:{_STUNDE}|einheit(?:en)?)"
     rf"|unterr\.?-?\s?{_STUNDE}|lehr(?:stunden?|einheit(?:en)?)|schulstunden?|akademische\s+stunden?)"),
    (UNCLEAR, 1, rf"(?:lern(?:einheit(?:en)?|stunden?)|(?:teilnehmer|tn)-?\s?{_STUNDE}|le|lektionen|einheit(?:en)?"
     r"|semestern?|wochenenden?|modulen?|module|blöcken?|blöcke|block"
     r"|(?:kurs|lehrgangs|doppel|präsenz|seminar|praktikums|theorie|praxis)stunden?)"),
    ("hours", 1, rf"(?:(?:zeit|gesamt)?-?\s?{_STUNDE}|zeitstd\.?|h|hours?|-?stündige?[rnms]?)"),
    ("hours", 1 / 60, r"(?:minuten?|min\.?|-?minütige?[rnms]?)"),
    ("days", 1, r"(?:(?:kurs|seminar|werk|arbeits|unterrichts|schulungs|präsenz|lehrgangs|trainings)?-?tage?n?"
     r"|-?\s?tägige?[rnms]?|-?\s?tägig|days?)"),
    ("weeks", 1, r"(?:(?:kalender|lehrgangs)?wochen?|-?\s?wöchige?[rnms]?|-?\s?wöchig|wo\.|weeks?)"),
    ("months", 1, r"(?:(?:kalender)?monate?n?|-?\s?monatige?[rnms]?|-?\s?monatig|mon\.|months?)"),
    ("months", 12, r"(?:(?:schul|ausbildungs)?jahre?n?|-?\s?jährige?[rnms]?|-?\s?jährig|years?)"),
)  # fmt: skip

_SMALL = "|".join(sorted((word for word in NUMBER_WORDS if word.isalpha()), key=len, reverse=True))
_RULES: tuple[tuple[str, str], ...] = (
    ("join", r"\s+|[,;:()\[\]|]|<[^<>]{0,200}>"),
    ("iso", rf"P(?=T?\d)(?:{_N}Y)?(?:{_N}M)?(?:{_N}W)?(?:{_N}D)?(?:T(?:{_N}H)?(?:{_N}M)?(?:{_N}S)?)?(?!\w)"),
    ("skip", r"\d{1,2}[.:]\d\d\s*(?:-|–|bis)\s*\d{1,2}[.:]\d\d\s*Uhr"
     r"|\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d)?(?![\d])|\d{4}-\d\d-\d\d\S*|\d{1,2}\.(?=\s*[^\W\d_])"
     r"|\d{1,2}(?::\d\d(?:\s*(?:Uhr|h)(?!\w))?|[.]\d\d\s*Uhr|\s*Uhr(?!\w))|§\s*\d+\w*"),
    ("length", r"(?:1|eine?)\s*(?:UE|U\.?-?\s?Std\.?|Unterrichts\w+|Std\.?|Stunde)\s*"
     r"(?:=|entspricht|à|sind|beträgt|dauert)\s*(?P<minutes>\d\d)\s*Min\w*\.?"),
    ("number", r"[½¼¾]|[13]/[24](?![\d/])|\d{1,3}(?:[.\u00a0\u202f\u2009]\d{3})+(?:,\d+)?(?![\d.,]\d)"
     r"|\d+(?:[.,]\d+)?(?![.,]?\d)"
     rf"|(?:{_SMALL})(?=\s|tägig|wöchig|monatig|jährig|stündig|minütig)"),
    ("skip", r"\d+(?:[.,/]\d+)+"),
    *((f"unit{index}", rf"{pattern}(?:\((?:en?|n|s)\))?(?![^\W_])") for index, (_, _, pattern) in enumerate(UNITS)),
    ("bound", r"(?:bis\s+zu|max(?:imal|\.)?|höchstens|mind(?:estens|\.)|minimal|mehr\s+als|länger\s+als|weniger\s+als"
     r"|kürzer\s+als|unter|über|ab|zwischen)(?!\w)|[<>≤≥]"),
    ("to", r"--?|[–—−]|bis(?!\w)"),
    ("each", r"(?:à|á|a|je|jeweils|(?:zu|mit|von)\s+jeweils|(?:zu|mit|von)\s+je)(?!\w)"
     r"|(?:zu|=|entspricht)(?=\s*\d\d\s*Min)"),
    ("per", r"(?:pro|am|in\s+der|die)(?!\w)"),
    ("slash", r"/"),
    ("part", r"(?:inkl(?:usive|\.)?|davon|darin|darunter|einschl(?:ießlich|\.)?)(?!\w)"),
    ("plus", r"(?:zzgl\.?|zuzüglich|plus|sowie|und\s+weitere)(?!\w)|\+"),
    ("rate", r"(?:täglich|wöchentlich|monatlich)(?!\w)"),
    ("about", r"(?:ca\.?|circa|etwa|rund|ungefähr|insgesamt|gesamt|je\s+nach\s+\w+)(?!\w)"),
    ("word", r"[^\W\d_][\w-]*\.?"),
    ("other", r"."),
)  # fmt: skip

_LEXER = re.compile(
    "|".join(f"(?P<_{at}>{pattern})" for at, (_, pattern) in enumerate(_RULES)), re.IGNORECASE | re.DOTALL
)
_KINDS = {_LEXER.groupindex[f"_{at}"]: kind for at, (kind, _) in enumerate(_RULES)}


@dataclass(frozen=True, slots=True)
class Word:
    """A token with its span; `number` is a number's value or a unit's worth, `unit` the field a unit belongs to."""

    kind: str
    text: str
    start: int
    end: int
    number: float = 0
    unit: str = ""


def words(text: str) -> Iterator[Word]:
    """The tokens of the text that mean something, in order."""
    for match in _LEXER.finditer(text):
        kind, said = _KINDS[match.lastindex or 0], match.group()
        number, unit = 0.0, ""
        if kind in ("join", "other", "about"):
            continue
        if kind.startswith("unit"):
            unit, number, _ = UNITS[int(kind[4:])]
            kind = "unit"
        elif kind == "number":
            value = german_number(said)
            kind, number = ("skip", 0) if value is None else ("number", value)
        elif kind == "length":
            number = float(match["minutes"])
        yield Word(kind, said, match.start(), match.end(), number, unit)


def german_number(text: str) -> float | None:
    """The value of a number as Germans write it: "1.200" is 1200, "1,5" and a machine's "30.0" are decimals.

    None for what may be either ("1,200").
    """
    if (word := text.lower()) in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    if re.fullmatch(r"\d{1,3},\d{3}", text):
        return None
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.\u00a0\u202f\u2009]\d{3})+(?:,\d+)?", text):
        text = re.sub(r"[.\u00a0\u202f\u2009]", "", text)
    digits = text.replace(",", ".")
    return float(digits) if re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?", digits) else None
