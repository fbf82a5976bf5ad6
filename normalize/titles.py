"""Course titles: the title for display, with status, dates, number and town taken out, and the form for matching."""

import re
from dataclasses import dataclass, field

from normalize.features import Features, read_features, without_features
from normalize.memory import remembered
from normalize.reading import Doubt, Reading
from normalize.text import fold, plain
from normalize.towns import town_named
from normalize.vocabulary import AvailabilityStatus
from normalize.wordforms import compared_form, words


@dataclass(frozen=True, slots=True)
class Title:
    """A title read: `display` is None only for a blank one. `dates_text` and `number` are as published, `town` is the
    name of a known town; all three and `status` were taken out of `display`.
    """

    display: str | None
    status: AvailabilityStatus | None = None
    dates_text: str | None = None
    town: str | None = None
    number: str | None = None
    features: Features = field(default_factory=Features)


_STATUSES: tuple[tuple[AvailabilityStatus, str], ...] = (
    ("waitlist", r"(?:ausgebucht\W+)?(?:(?:nur )?(?:noch )?(?:auf )?warteliste(?: möglich)?)"),
    ("cancelled", r"(?:leider )?(?:abgesagt|storniert|entfällt|fällt (?:leider )?aus|findet nicht statt)"),
    (
        "few_left",
        r"(?:(?:nur )?noch (?:wenige|einzelne|\d) (?:freie )?plätze?(?: frei)?|(?:wenige |nur )?restplätze(?: frei)?|"
        r"wenige (?:freie )?plätze(?: frei)?|fast ausgebucht)",
    ),
    (
        "full",
        r"(?:(?:leider |schon |bereits )*(?:ausgebucht|voll belegt)|keine (?:freien )?plätze(?: mehr)?(?: frei)?)",
    ),
    ("available", r"(?:(?:ausreichend |noch )*freie plätze|(?:noch )?plätze frei|anmeldung (?:noch )?möglich)"),
    ("closed", r"(?:anmeldung geschlossen|anmeldeschluss (?:vorbei|erreicht)|nicht (?:mehr )?buchbar)"),
    ("planned", r"in planung"),
)
_ANY_STATUS = "|".join(pattern for _, pattern in _STATUSES)
_STATUS_HINT = re.compile(
    r"gebucht|belegt|abgesagt|storniert|f[äÄ]llt|findet nicht|pl[äÄ]tze|warteliste|anmeld|buchbar|in planung",
    re.IGNORECASE,
)
_STATUS_ALONE = re.compile(rf"^\W*(?P<status>{_ANY_STATUS})\W*$", re.IGNORECASE)
_STATUS_BEHIND = re.compile(rf"[\s\-–—:|(\[*!,/]+(?P<status>{_ANY_STATUS})[\s!.*)\]\-–]*$", re.IGNORECASE)
_STATUS_BEFORE = re.compile(rf"^[\s*!(\[-]*(?P<status>{_ANY_STATUS})\s*[!:\-–—|)\].*]+\s*(?=\w)", re.IGNORECASE)
_STATUS_WITHIN = re.compile(rf"\s*[(\[]\s*(?P<status>{_ANY_STATUS})\s*[!.]*\s*[)\]]", re.IGNORECASE)

_MONTH = (
    r"(?:Jan(?:uar)?|Feb(?:ruar)?|März?|Mrz|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|"
    r"Nov(?:ember)?|Dez(?:ember)?)\.?"
)
_YEAR = r"20[2-4]\d"  # earlier ones are history ("1938"), later ones visions
_DAY = r"\d{1,2}\.\s?\d{1,2}\."
_DATED = (
    rf"(?:{_DAY}(?:{_YEAR}|\d\d)(?!\d)|\d{{1,2}}\.\s?{_MONTH}\s+{_YEAR}|{_MONTH}\s+{_YEAR}|"
    rf"(?:Frühjahr|Frühling|Sommer|Herbst|Winter)\s+{_YEAR}|(?<!\d)\d{{1,2}}/{_YEAR}|{_YEAR}-\d\d-\d\d|"
    rf"{_YEAR}\s?/\s?(?:20)?[2-4]\d(?!\d))"
)
_SPAN = rf"(?:(?:{_DAY}|\d{{1,2}}\.\s?(?:{_MONTH})?|{_DATED}|{_MONTH})\s*(?:-|–|—|bis)\s*)?{_DATED}"
_FROM = r"(?:(?:ab|am|vom|bis|Start(?:termin)?|Beginn|Termin)(?:\s*:)?\s+(?:(?:Mo|Di|Mi|Do|Fr|Sa|So)\w*\.?,?\s+)?)"
_DATE_BEFORE = re.compile(rf"^{_FROM}?(?P<dates>{_SPAN})\s*[:\-–—|,]\s*(?=\w)", re.IGNORECASE)
_DATE_BEHIND = re.compile(
    rf"[\s,(\[\-–—|:]+(?P<dates>{_FROM}?{_SPAN}|{_FROM}(?:{_DAY}|{_YEAR}(?!\d)))[\s)\].]*$", re.IGNORECASE
)
_DATE_WITHIN = re.compile(rf"\s*[(\[]\s*(?P<dates>{_FROM}?{_SPAN})\s*[)\]]", re.IGNORECASE)

_CODE = r"\d{2}[A-Z]{1,2}-?\d{3,5}[A-Z]?(?:-\d+)?"
_NUMBER_BEFORE = re.compile(rf"^\s*[\[(]?(?P<number>\d{{5,}}|{_CODE})[\])]?(?:\s*[-–:|]\s*|\s+)(?=\w)")
_NUMBER_BEHIND = re.compile(rf"\s*(?:[\[(](?P<number>\d{{5,}}|{_CODE})[\])]|[-–|]\s+(?P<bare>\d{{5,}}|{_CODE}))\s*$")
_LABELLED_NUMBER = re.compile(
    r"[\s,(\[|–-]*(?<!\w)(?:Kurs|Lehrgangs?|Seminar|Veranstaltungs)(?:-?\s?Nr\.?|-?nummer)\s*:?\s*"
    r"(?P<number>[A-Z0-9][\w./-]*\d[A-Z0-9]*)\s*[)\]]?",
    re.IGNORECASE,
)

_TOWN = r"(?P<town>[A-ZÄÖÜ][\w.() -]{2,28}?)"
_TOWN_BEHIND = re.compile(
    rf"\s*(?:\s[-–—|/]\s+|,\s+|(?P<bracket>[(\[]))\s*(?P<in>(?:in|Standort|Ort:)\s+)?{_TOWN}[)\]]?\s*$"
)
_TOWN_AFTER_FORM = re.compile(rf"\s+(?P<in>in)\s+{_TOWN}\s*$")
_FORM = re.compile(
    r"(?:Vollzeit|Teilzeit|berufsbegleitend|Präsenz|kurs|lehrgang|seminar|schulung|weiterbildung)$", re.IGNORECASE
)
_ALSO_A_WORD = frozenset({"essen", "wetter", "senden", "heiden", "horst", "erle", "hassel", "oer", "ebel", "werne"})

_SLUG = re.compile(r"[a-z0-9äöüß]+(?:-[a-z0-9äöüß]+){2,}")
_EMPTY_BRACKETS = re.compile(r"\s*[(\[]\s*[)\]]")
_LOOSE_ENDS = re.compile(r"^[\s\-–—|:,;/*]+(?=\s|\w)|(?:\s+[-–—|:,;/*]+|(?<=\w):)\s*$")
MAX_ROUNDS = 4  # a title carries at most one of each: status, dates, number, town

_SMALL_WORDS = (
    "und oder für mit in im der die das den dem des von vom zu zum zur am an auf aus bei nach bis ab ohne als über "
    "unter ein eine einer sowie"
)
_FUNCTION_WORDS = frozenset(_SMALL_WORDS.split())
_ROMAN = re.compile(r"(?:I{1,3}|IV|VI{0,3})")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
SHOUTING_SHARE = 0.85  # of the letters
SHOUTING_LETTERS = 6  # shorter ones are names: "EXCEL", "AEVO"


def read_title(title_raw: str | None) -> Reading[Title]:
    """The display title with what does not belong in a title taken out into its own field.

    A slug ("maurer-meisterschule-teile-i-und-ii") stays as it is, and no title becomes empty. Gender forms stay.
    """
    return _read(title_raw)


def matching_form(title: str) -> str:
    """The title for comparing: folded, stemmed, without gender forms, words of the trade and typed features.

    A title made of nothing else keeps them, so that only a title without a letter or digit gives "".
    """
    return _matching(title)


@remembered(16384)
def _matching(title: str) -> str:
    return compared_form(without_features(title)) or compared_form(title) or fold(title)


@remembered(8192)
def _read(title_raw: str | None) -> Reading[Title]:
    text = plain(title_raw)
    if text is None:
        return Reading(Title(None), (Doubt(title_raw or "", "no title"),))
    if _SLUG.fullmatch(text):
        return Reading(Title(text, features=read_features(text)))
    taken: dict[str, str] = {}
    display = text
    for _ in range(MAX_ROUNDS):
        before = display
        display = _without_town(_without_number(_without_dates(_without_status(display, taken), taken), taken), taken)
        if display == before:
            break
    display = _tidy(display)
    if not fold(display):
        display = text
    display = _calm(display)
    return Reading(
        Title(
            display=display,
            status=_status_of(taken["status"]) if "status" in taken else None,
            dates_text=taken.get("dates"),
            town=taken.get("town"),
            number=taken.get("number"),
            features=read_features(display),
        )
    )


def _without_status(text: str, taken: dict[str, str]) -> str:
    if "status" in taken or not _STATUS_HINT.search(text):
        return text
    for pattern in (_STATUS_ALONE, _STATUS_BEHIND, _STATUS_WITHIN, _STATUS_BEFORE):
        if found := pattern.search(text):
            taken["status"] = found["status"]
            return _joined(text, found)
    return text


def _status_of(words_said: str) -> AvailabilityStatus | None:
    said = " ".join(words_said.casefold().split())
    return next((status for status, pattern in _STATUSES if re.fullmatch(pattern, said)), None)


def _without_dates(text: str, taken: dict[str, str]) -> str:
    if "dates" in taken or not re.search(r"\d", text):
        return text
    for pattern in (_DATE_BEHIND, _DATE_BEFORE, _DATE_WITHIN):
        if found := pattern.search(text):
            taken["dates"] = found["dates"].strip()
            return _joined(text, found)
    return text


def _without_number(text: str, taken: dict[str, str]) -> str:
    if "number" in taken or not re.search(r"\d", text):
        return text
    for pattern in (_LABELLED_NUMBER, _NUMBER_BEFORE, _NUMBER_BEHIND):
        if found := pattern.search(text):
            taken["number"] = found["number"] or found["bare"]
            return _joined(text, found)
    return text


def _without_town(text: str, taken: dict[str, str]) -> str:
    """A known town behind a separator, in brackets, or as "in Marl" behind a word for the form of the course."""
    found = _TOWN_BEHIND.search(text)
    if found is None:
        found = _TOWN_AFTER_FORM.search(text)
        if found is None or not _FORM.search(text[: found.start()]):
            return text
    said = found["town"].strip(" )")
    sure = found["in"] or found.groupdict().get("bracket")
    town = None if len(said) < 4 or (fold(said) in _ALSO_A_WORD and not sure) else town_named(said)
    if town is None or "town" in taken or not fold(text[: found.start()]):
        return text
    taken["town"] = town.name
    return text[: found.start()]


def _joined(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip()


def _tidy(text: str) -> str:
    """Without empty brackets, separators at the ends and double blanks."""
    return " ".join(_LOOSE_ENDS.sub("", _EMPTY_BRACKETS.sub("", text)).split())


def _calm(text: str) -> str:
    """A title in capitals throughout in readable case: words capitalised, small words not, acronyms kept."""
    letters = [character for character in text if character.isalpha()]
    upper = sum(character.isupper() for character in letters)
    if len(letters) < SHOUTING_LETTERS or upper < SHOUTING_SHARE * len(letters):
        return text
    acronyms = words().acronyms
    if all(word.casefold() in acronyms for word in _WORD.findall(text)):
        return text

    def calm(found: re.Match[str]) -> str:
        word = found[0]
        lower = word.lower()
        if lower in acronyms:
            return acronyms[lower]
        if not word.isupper() or _ROMAN.fullmatch(word) or any(character.isdigit() for character in word):
            return word
        if lower in _FUNCTION_WORDS and found.start() > 0:
            return lower
        return lower.replace("schweiss", "schweiß").capitalize()

    return _WORD.sub(calm, text)
