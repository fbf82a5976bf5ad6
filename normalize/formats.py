"""How a course is taught and when: format, schedule and language, from words and from the federal agency's codes."""

import re
from collections.abc import Iterable

from normalize.memory import remembered
from normalize.reading import Doubt, Reading
from normalize.text import fold, plain, spell_out
from normalize.vocabulary import Format, Schedule

# Value list "unterrichtsform" of the federal agency: its hundreds are the form, but 204 is learning on one's own, and
# distance courses (4xx) are worked through alone.
_FORMAT_OF_HUNDRED: dict[str, Format] = {"1": "onsite", "2": "online", "3": "hybrid", "4": "self_paced"}
_FORMAT_OF_CODE: dict[str, Format] = {"204": "self_paced"}
_CODES = frozenset(
    [*map(str, range(101, 106)), *map(str, range(201, 207)), *map(str, range(301, 305)), *map(str, range(401, 404))]
)

FORMAT_WORDS: tuple[tuple[Format, re.Pattern[str]], ...] = (
    (
        "hybrid",
        re.compile(
            r"\bhybrid|\bblended|\bcombined learning|\bkombinierte?r? (?:lern|durchfuehrungs)?form|"
            r"mixedeventattendance|\bteils online|wechselunterricht"
        ),
    ),
    (
        "self_paced",
        re.compile(
            r"selbstlern|selbststudium|fernunterricht|fernlehrgang|fernstudium|fernkurs|\bon.?demand\b|"
            r"web.based.training|\bwbt\b|videokurs|self.?paced|"
            r"asynchron"
        ),
    ),
    (
        "online",
        re.compile(
            r"\bonline(?!-?\s?(?:marketing|shop|handel|redakt|anmeld|buch|recht|bank|werb|formular|"
            r"vertrieb|medien|journal|kommunikation|geschaeft))|"
            r"virtuell|virtual (?:reality|classroom)|\bwebinar|digitale?[rs]? (?:lern|durchfuehrungs|"
            r"unterrichts)?form|^digital$|\be-?learning|"
            r"\b(?:per|via|mit|ueber) (?:zoom|teams|webex|bigbluebutton)\b|videokonferenz|vhs\.cloud|"
            r"\bremote\b|onlineeventattendance"
        ),
    ),
    (
        "onsite",
        re.compile(
            r"praesenz|\bvor.ort\b|^praxistraining$|offlineeventattendance|\bon-?site\b|\bin.person\b|"
            r"\bface.to.face"
        ),
    ),
)
# Names of the agency's presence list that other sources use for any form: they count only where nothing else is said.
_WEAK_ONSITE = re.compile(r"^(?:seminar|workshop)$")
# One old class of the agency lumps several forms together.
_LUMPED = re.compile(r"e-learning\s*/\s*blended learning")

SCHEDULE_WORDS: tuple[tuple[Schedule, re.Pattern[str]], ...] = (
    (
        "full_time",
        re.compile(
            r"\bvollzeit|vollzeit\b|\bvz\b|\bfull.?time\b|\bvoll-\s?(?:und|oder|/)|tagesschule|"
            r"tageslehrgang|\bganztags\b"
        ),
    ),
    (
        "part_time",
        re.compile(
            r"\bteilzeit|teilzeit\b|\btz\b|\bpart.?time\b|berufsbegleitend|nebenberuflich|"
            r"\bteil-\s?(?:und|oder|/)\s?vollzeit"
        ),
    ),
    ("evening", re.compile(r"\babend(?!e\b)|\babends\b|feierabend|\bevening")),
    (
        "weekend",
        re.compile(
            r"wochenend|\bsamstags(?!\s*(?:und|u\.|,)?\s*(?:montags|dienstags|mittwochs|donnerstags|"
            r"freitags))|\bweekend"
        ),
    ),
)
_SCHEDULE_CODES: dict[str, Schedule] = {"1": "full_time", "2": "part_time"}  # value list "unterrichtszeit"

LANGUAGES = {
    "deutsch": "de", "german": "de", "englisch": "en", "english": "en", "franzoesisch": "fr", "french": "fr",
    "spanisch": "es", "spanish": "es", "italienisch": "it", "portugiesisch": "pt", "niederlaendisch": "nl",
    "polnisch": "pl", "russisch": "ru", "ukrainisch": "uk", "tuerkisch": "tr", "arabisch": "ar", "persisch": "fa",
    "farsi": "fa", "dari": "fa", "kurdisch": "ku", "chinesisch": "zh", "japanisch": "ja", "koreanisch": "ko",
    "rumaenisch": "ro", "bulgarisch": "bg", "ungarisch": "hu", "tschechisch": "cs", "slowakisch": "sk",
    "kroatisch": "hr", "serbisch": "sr", "bosnisch": "bs", "albanisch": "sq", "griechisch": "el",
    "schwedisch": "sv", "daenisch": "da", "norwegisch": "no", "finnisch": "fi", "latein": "la", "hebraeisch": "he",
    "vietnamesisch": "vi", "thailaendisch": "th", "tigrinya": "ti", "paschtu": "ps",
}  # fmt: skip
_ISO_3 = {
    "deu": "de", "ger": "de", "eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "tur": "tr",
    "ukr": "uk", "rus": "ru", "pol": "pl", "nld": "nl", "dut": "nl", "ara": "ar",
}  # fmt: skip
_ISO_2 = frozenset(LANGUAGES.values())
_LANGUAGE_SEPARATOR = re.compile(r"[,;/|&+]|\b(?:und|oder|and|or)\b")
_LANGUAGE_NOISE = re.compile(r"\b(?:unterrichtssprache|kurssprache|sprache|sprachen|language|in|auf|er)\b|\(.*?\)")


def read_format(texts: Iterable[str | None]) -> Reading[Format]:
    """The form of teaching from codes (`101`, `204`) and words; presence and online in one text are hybrid.

    Texts that contradict each other, and a text without a word for a form, are `unknown` with a doubt.
    """
    published = _published(texts)
    forms: list[Format] = []
    weak = False
    silent: list[str] = []
    for raw, words in published:
        form = _format_of(words)
        if form is not None:
            forms.append(form)
        elif _WEAK_ONSITE.match(words):
            weak = True
        elif not _schedules_of(words):
            silent.append(raw)
    distinct = set(forms)
    if not distinct:
        if weak:
            return Reading("onsite")
        return Reading("unknown", tuple(Doubt(raw, "no word for a form of teaching") for raw in silent))
    if len(distinct) == 1:
        return Reading(forms[0])
    if distinct == {"online", "self_paced"}:
        return Reading("self_paced")
    if "hybrid" in distinct and "self_paced" not in distinct:
        return Reading("hybrid")
    return Reading("unknown", (Doubt(" | ".join(raw for raw, _ in published), "contradictory forms of teaching"),))


def read_schedule(texts: Iterable[str | None]) -> Reading[Schedule]:
    """When lessons take place, from codes (1 full-time, 2 part-time) and words; evening and weekend are finer than
    part-time, both together are part-time. Full-time beside any other is `unknown` with a doubt.
    """
    published = _published(texts)
    found: set[Schedule] = set()
    silent: list[str] = []
    for raw, words in published:
        said = _schedules_of(words)
        found |= said
        if not said and _format_of(words) is None and not _WEAK_ONSITE.match(words):
            silent.append(raw)
    if not found:
        return Reading("unknown", tuple(Doubt(raw, "no word for a schedule") for raw in silent))
    if len(found) == 1:
        return Reading(found.pop())
    if "full_time" in found:
        return Reading("unknown", (Doubt(" | ".join(raw for raw, _ in published), "contradictory schedules"),))
    finer = found - {"part_time"}
    return Reading(finer.pop() if len(finer) == 1 else "part_time")


def read_languages(text: str | None) -> Reading[tuple[str, ...]]:
    """The languages of instruction as ISO 639-1 codes, in the order named; unknown words become doubts."""
    words = plain(text)
    if text is None or words is None:
        return Reading(())
    found: dict[str, None] = {}
    doubts = []
    for part in _LANGUAGE_SEPARATOR.split(words.lower()):
        name = fold(_LANGUAGE_NOISE.sub(" ", part))
        if not name:
            continue
        head = name.split()[0]
        code = LANGUAGES.get(head) or _ISO_3.get(head) or (head if head in _ISO_2 else None)
        if code is None:
            doubts.append(Doubt(text, f"not a language we know: {part.strip()}"))
        else:
            found[code] = None
    return Reading(tuple(found), tuple(doubts))


def _published(texts: Iterable[str | None]) -> list[tuple[str, str]]:
    """Each text as published, and lower-case in one line; blanks left out."""
    return [(text, spell_out(words)) for text in texts if text and (words := plain(text))]


@remembered(4096)
def _format_of(words: str) -> Format | None:
    """The form one text names."""
    if words in _CODES:
        return _FORMAT_OF_CODE.get(words) or _FORMAT_OF_HUNDRED[words[0]]
    if _LUMPED.search(words):
        return None
    said = {form for form, pattern in FORMAT_WORDS if pattern.search(words)}
    if "hybrid" in said or ("onsite" in said and len(said) > 1):
        return "hybrid"
    if "self_paced" in said:
        return "self_paced"
    return said.pop() if said else None


@remembered(4096)
def _schedules_of(words: str) -> frozenset[Schedule]:
    """The schedules one text names."""
    if words in _SCHEDULE_CODES:
        return frozenset({_SCHEDULE_CODES[words]})
    return frozenset(schedule for schedule, pattern in SCHEDULE_WORDS if pattern.search(words))
