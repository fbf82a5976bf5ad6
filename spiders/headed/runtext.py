"""What a line of text says about a run, told by its shape alone: for sites that state runs without labels.

Only sorting happens here: every value stays as it was published, understanding it is normalisation's job.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Kind = Literal["availability", "dates", "price", "duration", "form", "times"]

_DAY = r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\d{2}(?!\d))?"
_MONTH_NAME = (
    r"(?:Jan(?:uar)?|Feb(?:ruar)?|März|Mrz|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|"
    r"Nov(?:ember)?|Dez(?:ember)?)\b\.?"
)
_WITH_YEAR = (
    rf"(?:{_DAY}|(?:\d{{1,2}}\.\s?)?{_MONTH_NAME}\s+\d{{4}}|\d{{1,2}}[./]\d{{4}}(?!\d)|\d{{4}}-\d\d-\d\d|"
    r"(?:Frühjahr|Frühling|Sommer|Herbst|Winter|Jahresbeginn|Ende|Anfang|Mitte)\s+\d{4}(?:/\d{2,4})?|"
    r"\d\.\s?(?:Quartal|Halbjahr)\s+\d{4}|KW\s?\d{1,2}(?:\s?/\s?|\s)\d{4})"
)
_WEEKDAY = r"(?:(?:Mon|Diens|Donners|Frei|Sams|Sonn)tags?|Mittwochs?|Sonnabends?|(?:Mo|Di|Mi|Do|Fr|Sa|So)(?:\.|(?!\w)))"
_DATE = rf"(?:{_WEEKDAY},?\s+(?:den\s+)?)?{_WITH_YEAR}"
_FIRST = rf"(?:{_DATE}|(?:\d{{1,2}}\.\s?)?{_MONTH_NAME})"  # the first date of a range may lack its year
_DATES = re.compile(
    rf"(?:(?:ab|vom|am|voraussichtlich(?: ab)?)\s+)?(?:{_FIRST}\s*(?:[-–—]|bis(?:\s+zum)?)\s*{_DATE}|{_DATE})"
)
_OPEN = re.compile(
    r"(?:nächster )?(?:termine?|beginn|start|einstieg|starttermin)?\s*:?\s*(?:auf anfrage|"
    r"nach (?:vereinbarung|absprache)|in planung|jederzeit|laufend)(?: möglich)?\.?",
    re.IGNORECASE,
)
_OPEN_FIRST = re.compile(r"(?:nächster )?termine?\s+(?:folgt|folgen|auf anfrage|in planung)\b", re.IGNORECASE)
_FORM_WORD = (
    r"(?:Vollzeit|Teilzeit|Abend|Wochenend|Tages|Samstags(?=-?[kl])|Berufsbegleitend|Nebenberuflich|Block|Ganztags|Halbtags|"
    r"Blended[ -]?Learning|Live-Online|Online|E-Learning|Präsenz|Hybrid|Fern)"
    r"(?:-?(?:kurse?|lehrg[aä]nge?|seminare?|form|unterricht|schule|modell|veranstaltung|phasen?|maßnahme))?(?:e[rsn]?)?"
    r"(?![\w-])"
)
_FORM = re.compile(
    rf"(?:in\s+)?{_FORM_WORD}(?:\s*(?:/|,|\+|&|und|oder|mit|\s)\s*{_FORM_WORD})*(?:\s*\([^()]{{1,60}}\))?",
    re.IGNORECASE,
)
_TAUGHT = re.compile(r"online|präsenz|hybrid|blended|e-learning|\bfern", re.IGNORECASE)
_WHEN = re.compile(
    r"zeit|abend|wochenend|\btages|samstags|berufsbegleitend|nebenberuflich|block|ganztags|halbtags", re.IGNORECASE
)
_AVAILABILITY = re.compile(
    r"\b(?:(?:rest|kurs|lehrgangs|teilnehmer)?pl(?:ä|ae)tzen?\b|ausgebucht|warteliste|nachrückliste|interessentenliste|"
    r"termin folgt|termine? (?:steht|stehen) noch nicht fest|garantiert\w* durchführung|"
    r"durchführung (?:ist )?garantiert|findet (?:sicher|garantiert) statt|abgesagt|nicht buchbar|"
    r"platz (?:frei|verfügbar))",
    re.IGNORECASE,
)
_LONGEST_STATUS = 80
_LONGEST = 300  # characters: what is longer is prose, and no pattern is tried on it
_AMOUNT = re.compile(r"\d\s*(?:,-+\s*)?(?:€|EUR\b|Euro\b)|(?:€|\bEUR|\bEuro)\s*\d", re.IGNORECASE)
_NO_AMOUNT = re.compile(
    r"(?:kostenlos|kostenfrei|gebührenfrei|(?:preis |gebühren? |kosten )?auf anfrage)\.?", re.IGNORECASE
)
# An amount in running text is advertising; a fee begins with its amount or with a word for a fee.
_FEE = re.compile(
    r"(?:(?:ab|ca\.|nur|derzeit|€|EUR|Euro)\s*)*\d|(?:\w*(?:gebühr|preis|kosten|entgelt|material|lernmittel|unterlagen)\w*|"
    r"kurs|lehrgang|seminar|prüfung|zzgl|zuzüg|inkl)\b(?!.*\b(?:förder|spar|rabatt|bonus))[^.!?]{0,40}?\d",
    re.IGNORECASE,
)
_LONGEST_FEE = 120
_DURATION = re.compile(
    r"(?:ca\.|rund|etwa|insgesamt)?\s*\d[\d.,]*\s*(?:Std\b|Stunden|U-?\s?Std|UStd|UE\b|U\.?-?Stunden|Unterrichts\w+|"
    r"Lehrgangsstunden|Zeitstunden|Lehreinheiten|Tage?\b|Wochen?\b|Monate?\b)",
    re.IGNORECASE,
)
_TIMES = re.compile(
    rf"\d{{1,2}}[:.]\d\d\s*(?:[-–]|bis|Uhr)|\bUhr\b|^{_WEEKDAY}(?![\w-])|^(?:werk|wochen)tags\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?:^|(?<=[\s,]))(?:D[-\s])?(\d{5})\s+(\D.*)$")
_HOUSE_NUMBER = re.compile(r"\D\s\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/+]\s?\d{1,4}\s?[a-zA-Z]?)*$")
_NO_TOWN = re.compile(
    r"\d|zentrum|akademie|campus|schule|haus\b|halle\b|werkstatt|raum\b|online|virtuell|gmbh|verein|kammer|bildung|"
    r"institut|standort|innung|technik|siehe|verschieden|\bBTZ\b|\bBBZ\b|\bTBZ\b|\bHWK\b",
    re.IGNORECASE,
)
_LONGEST_TOWN = 4  # words: "Mülheim an der Ruhr"
_COURSE_FEE = re.compile(r"kurs|lehrgang|seminar|teilnahme|teilnehmer|gebühr(?:en)?$|preis$|kosten$", re.IGNORECASE)
_OTHER_FEE = re.compile(
    r"prüf|lernmittel|lehrmittel|material|zulass|anmelde|unterlagen|ermäßig|mitglied|zzgl|zuzüg|bücher|skript|"
    r"verpflegung|unterkunft|übernacht|wiederhol|förder|rate",
    re.IGNORECASE,
)


class Dated(NamedTuple):
    """A line that begins with dates: the dates, the form that follows them, and what is left."""

    dates: str
    form: str | None
    rest: str | None


def kind(text: str) -> Kind | None:
    """What a line says about a run; None if its shape does not tell."""
    if len(text) > _LONGEST:
        return None
    if _DATES.match(text) or _OPEN.fullmatch(text):
        return "dates"
    if len(text) <= _LONGEST_STATUS and _AVAILABILITY.search(text):
        return "availability"
    if (len(text) <= _LONGEST_FEE and _AMOUNT.search(text) and _FEE.match(text)) or _NO_AMOUNT.fullmatch(text):
        return "price"
    if _DURATION.match(text):
        return "duration"
    if _FORM.fullmatch(text):
        return "form"
    return "times" if _TIMES.search(text) else None


def dated(text: str) -> Dated | None:
    """Split "07.09.2026 - 22.04.2027: Vollzeit Schweißen" into its three parts; None if it begins with no date.

    Clock times stay with the dates they follow.
    """
    if _OPEN.fullmatch(text[:_LONGEST]):
        return Dated(text, None, None)
    found = _DATES.match(text[:_LONGEST]) or _OPEN_FIRST.match(text)
    if found is None:
        return None
    tail = text[found.end() :].lstrip(" :,;|\u00a0")
    if _TIMES.match(tail) or tail.startswith("von "):
        return Dated(text, None, None)
    form = _FORM.match(tail)
    rest = tail[form.end() :] if form else tail
    return Dated(found[0], form[0] if form else None, rest.strip(" :,;|-\u00a0") or None)


def form_fields(form: str | None) -> dict[str, str]:
    """The fields in which a form belongs: "Teilzeit" is a schedule, "Online" a format, "Teilzeit / Online" both."""
    if not form:
        return {}
    fields = {}
    if _TAUGHT.search(form):
        fields["format"] = form
    if _WHEN.search(form) or not fields:
        fields["schedule"] = form
    return fields


def place(texts: Sequence[str]) -> dict[str, str]:
    """An address from its lines: house, street, postcode and town, each where its shape tells it."""
    fields: dict[str, str] = {}
    houses: list[str] = []
    for text in texts:
        if len(text) > _LONGEST:
            houses.append(text)
            continue
        town = _POSTCODE.search(text)
        if town and "postcode" not in fields:
            fields["postcode"], fields["city"] = town[1], town[2]
            text = text[: town.start()].rstrip(" ,;")
            head, comma, street = text.rpartition(",")
            if comma and _HOUSE_NUMBER.search(street):
                houses.append(head.strip())
                text = street.strip()
        if text and _HOUSE_NUMBER.search(text) and "street" not in fields:
            fields["street"] = text
        elif text:
            houses.append(text)
    if houses and "city" not in fields and _may_be_town(houses[-1]):
        fields["city"] = houses.pop()
    if houses:
        fields["venue"] = ", ".join(dict.fromkeys(houses))
    return fields


def has_postcode(text: str) -> bool:
    """Whether a line ends like an address: "97424 Schweinfurt"."""
    return _POSTCODE.search(text) is not None


def has_amount(text: str) -> bool:
    """Whether a line names a sum of money, or says in place of one that there is none."""
    return _AMOUNT.search(text) is not None or _NO_AMOUNT.fullmatch(text) is not None


def fees(parts: Iterable[tuple[str | None, str]]) -> tuple[str | None, str | None]:
    """The course fee, and the other fees with their labels, from labelled amounts in their published order."""
    known = list(dict.fromkeys(parts))
    candidates = [part for part in known if not (_OTHER_FEE.search(part[0] or "") or _is_addition(part[1]))]
    named = [part for part in candidates if part[0] and _COURSE_FEE.search(part[0])]
    main = next(iter(named or candidates), None)
    others = [f"{label}: {value}" if label else value for label, value in known if (label, value) != main]
    return main[1] if main else None, "; ".join(others) or None


def _is_addition(value: str) -> bool:
    return re.match(r"(?:zzgl|zuzüg|inkl|davon)", value, re.IGNORECASE) is not None


def _may_be_town(text: str) -> bool:
    return len(text.split()) <= _LONGEST_TOWN and text[:1].isupper() and not _NO_TOWN.search(text)
