"""What the value of a field looks like: a label is believed only if what follows it can be such a value.

Nothing is interpreted here. A value is kept as published, moved to the neighbouring field that its form belongs to
("Zeit: 12.03.2027" is a date), or refused: a wrong value is worse than none.
"""

import re
from collections.abc import Callable
from functools import lru_cache

MONTH = (
    r"(?:Januar|Jänner|Februar|März|Maerz|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|"
    r"Jan|Feb|Mär|Mrz|Apr|Jun|Jul|Aug|Sept?|Okt|Nov|Dez)\b\.?"
)
WEEKDAY = (
    r"(?:(?:jeweils\s+)?(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag)(?:s|"
    r"abends?)?|Mo|Di|Mi|Do|Fr|Sa|So)\b\.?"
)
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\s?(?:\d{{1,2}}\.\s?(?:(?:19|20)\d\d|\d\d\b(?![.:]))?|"
    rf"{MONTH}(?:\s*(?:20\d\d|\d\d\b(?![.:])))?)"
    rf"|\b(?:Frühjahr|Frühling|Sommer|Herbst|Winter)\s+20\d\d|\d{{1,2}}/\d{{1,2}}/(?:20)?\d\d|"
    rf"{MONTH}\s+20\d\d|\b(?:0?[1-9]|1[0-2])[./]20\d\d\b|\bKW\s?\d{{1,2}}\b)"
)
_CLOCK = r"(?:\b\d{1,2}[:.]\d\d\b(?!\.)(?:\s*(?:Uhr|h)\b)?|\b\d{1,2}(?:\s*(?:-|–|bis)\s*\d{1,2})?\s*Uhr\b)"
DATE = re.compile(_DAY, re.IGNORECASE)
CLOCK = re.compile(_CLOCK, re.IGNORECASE)
_LINK = r"[\s,;:()–—‐-]|\b(?:bis|und|am|vom|ab|von|der|den|ca\.?|zum|um|Uhr|sowie|jeweils)\b|&|/|\+"
WHEN = re.compile(rf"(?:{WEEKDAY}|{_DAY}|{_CLOCK}|\b\d{{1,2}}\.|{_LINK})+", re.IGNORECASE)
TIMES = re.compile(rf"(?:{WEEKDAY}|{_CLOCK}|\b\d{{1,2}}\b(?!\.\d)|{_LINK})+", re.IGNORECASE)
OPEN = re.compile(
    r"\b(?:laufend\w*|jederzeit|fortlaufend\w*|auf Anfrage|nach (?:Absprache|Vereinbarung|Bedarf)|"
    r"individuell\w*|flexibel|folgt|folgen|in (?:Planung|Vorbereitung)|"
    r"sofort|ganzjährig|regelmäßig|monatlich|wöchentlich|n\.\s?V\.|(?:Frühjahr|Sommer|Herbst|Winter|"
    r"Frühling|Quartal|Anfang|Mitte|Ende|Halbjahr)\b|noch offen|alle \w+ Wochen|"
    r"auf Nachfrage|steht noch nicht fest|steht.{0,20}nicht fest|vierteljährlich|quartalsweise|mehrmals)",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"(?:€|\bEUR\b|\bEuro\b)\s*\d|\d[\d.\u00a0 ']*(?:,\s?(?:\d\d|-{1,2}|–|—))?(?:\s|\u00a0)*(?:€|EUR\b|Euro\b)",
    re.IGNORECASE,
)
_BARE_AMOUNT = re.compile(r"^(?:ab\s+)?\d{1,3}(?:[. ]?\d{3})*(?:,(?:\d\d|-{1,2}|–|—))?$")
_FREE = re.compile(
    r"\b(?:kostenfrei\w*|kostenlos\w*|gebührenfrei|entgeltfrei|gratis|umsonst|(?:Preis\s+|"
    r"Kosten\s+)?auf Anfrage|auf Nachfrage|nach (?:Vereinbarung|Absprache|Aufwand)|Bitte fragen|"
    r"fragen Sie|individuelles Angebot|keine(?: Kosten)?|"
    r"frei|n\.\s?V\.)(?!\w)",
    re.IGNORECASE,
)
MARKETING = re.compile(
    r"\b(?:bis zu|sparen|spare|maximal|max\.|Zuschuss|Zuschüsse|gefördert\w*|Förderung|fördern|Bonus|"
    r"Rabatt|Gutschein\w*|Bildungsgutschein|Bildungsscheck|Aufstiegs-BAföG|Prämie|Steuern?|"
    r"Weiterbildungsgeld)\b",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:frei\w*|ausgebucht|warteliste|verfügbar\w*|buchbar|plätze|platz|restpl\w+|belegt|voll|"
    r"wenige|ausreichend|garantiert|garantie|findet statt|fällt aus|abgesagt|offen|"
    r"geschlossen|anmeldung möglich|möglich|\d+\s+von\s+\d+|\d+\s*/\s*\d+|buchung\w*|storniert|"
    r"entfällt|verschoben|geplant|vormerk\w+|ja|nein)\b|^\W*\d{1,3}\W*$|verfügbar",
    re.IGNORECASE,
)
STATUS = re.compile(
    r"\W*(?:(?:leider |noch |nur noch |bereits )?(?:ausgebucht|belegt|nicht buchbar|abgesagt|entfällt|"
    r"buchbar|(?:wenige )?(?:freie )?(?:rest)?plätze(?: frei| verfügbar)?|"
    r"(?:noch )?\d+ (?:freie? )?(?:rest)?pl[aä]tze?(?: frei| verfügbar)?|durchführung garantiert|"
    r"garantierte durchführung)|(?:(?:zur|auf die|auf) )?warteliste(?: setzen)?)\W*",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\d|\b(?:ein|eine|einen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|halb\w*|"
    r"ganz\w*)\b|\b\w*(?:tägig|wöchig|monatig|jährig)\w*|individuell|nach",
    re.IGNORECASE,
)
_FULL_OR_PART = re.compile(
    r"\b(?:vollzeit|teilzeit|berufsbegleitend\w*|abend\w*|wochenend\w*|nebenberuflich|ganztags?|"
    r"tagesform|blockunterricht)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?=.*\d|[A-ZÄÖÜ0-9./_-]+$)[\w][\w./\-–+#: ]{0,38}\w\)?$|^\d$")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\d.,/-])(?:\+49|\(?0[1-9])[\d\s()/.\u00a0–-]{4,20}\d")
POSTCODE = re.compile(r"(?<!\d)\d{5}\s+[A-ZÄÖÜ]")
_SHORT = {"language": 80, "provider": 120, "subtitle": 250}
SHORT_PATHS = frozenset({
    "course_number", "price", "duration", "instances.dates", "instances.start", "instances.end",
    "instances.times", "instances.deadline", "instances.ref", "instances.postcode",
})  # fmt: skip


def settled(path: str, value: str) -> str | None:
    """The contract path that a labelled value belongs to by its shape, or None if it is no such value."""
    return _settled(path, value) if len(value) <= 4000 else None


@lru_cache(maxsize=4096)
def _settled(path: str, value: str) -> str | None:
    name = path.removeprefix("instances.")
    if name in _CHECKS:
        return _CHECKS[name](path, value)
    limit = _SHORT.get(name)
    if limit and len(value) > limit:
        return None
    return path if any(character.isalnum() for character in value) else None


def _dates(path: str, value: str) -> str | None:
    if len(value) > 400:
        return None
    if DATE.search(value) or OPEN.search(value):
        return path
    if CLOCK.search(value) or re.search(WEEKDAY, value):
        return "instances.times"
    return None


def _deadline(path: str, value: str) -> str | None:
    return (
        path
        if len(value) <= 160 and (DATE.search(value) or OPEN.search(value) or re.search(r"\d+\s+(Tage|Wochen)", value))
        else None
    )


def _times(path: str, value: str) -> str | None:
    if len(value) > 300 or POSTCODE.search(value):
        return None
    if (
        DATE.search(value)
        and not re.match(rf"(?:{WEEKDAY})?\W*{_CLOCK}", value, re.IGNORECASE)
        and path == "instances.times"
    ):
        return "instances.dates" if WHEN.fullmatch(value) else path if CLOCK.search(value) else None
    if CLOCK.search(value) or re.search(WEEKDAY, value, re.IGNORECASE) or re.search(r"\d\s?(?:-|–|bis)\s?\d", value):
        return "instances.times"
    if _FULL_OR_PART.search(value):
        return "schedule" if path == "instances.times" else path
    return path if (path == "schedule" and len(value) <= 200) or OPEN.search(value) else None


def _price(path: str, value: str) -> str | None:
    if len(value) > 300:
        return None
    amount = AMOUNT.search(value)
    if not amount:
        return path if _BARE_AMOUNT.match(value) or (_FREE.search(value) and len(value) <= 120) else None
    if MARKETING.search(value[: amount.start()]):
        return None
    return path


def _note(path: str, value: str) -> str | None:
    return path if len(value) <= 400 and any(character.isalnum() for character in value) else None


def _duration(path: str, value: str) -> str | None:
    if len(value) > 250:
        return None
    if WHEN.fullmatch(value) and DATE.search(value):
        return "instances.dates"
    if _MEASURE.search(value):
        return path
    return "schedule" if _FULL_OR_PART.search(value) else None


def _number(path: str, value: str) -> str | None:
    return (
        path
        if _NUMBER.match(value) and not DATE.fullmatch(value) and not AMOUNT.search(value) and len(value.split()) <= 4
        else None
    )


def _availability(path: str, value: str) -> str | None:
    return path if len(value) <= 120 and _PLACES.search(value) and not AMOUNT.search(value) else None


def _venue(path: str, value: str) -> str | None:
    if len(value) > 250 or not re.search(r"[A-Za-zÄÖÜäöü]{2}", value) or AMOUNT.search(value):
        return None
    return None if DATE.match(value) or EMAIL.fullmatch(value) else path


def _person(path: str, value: str) -> str | None:
    return path if 3 <= len(value) <= 200 and re.search(r"[A-Za-zÄÖÜäöü]{2}", value) else None


def _phone(path: str, value: str) -> str | None:
    return path if PHONE.search(value) or len(re.findall(r"\d", value)) >= 5 else None


def _email(path: str, value: str) -> str | None:
    return path if EMAIL.search(value) else None


def _postcode(path: str, value: str) -> str | None:
    return path if re.match(r"\d{5}\b", value) else None


def _certificate(path: str, value: str) -> str | None:
    if AMOUNT.search(value) and len(value) <= 40:
        return "+price_note"  # what the certificate costs
    return path if re.search(r"[A-Za-zÄÖÜäöü]{2}", value) and not DATE.fullmatch(value) else None


def _format(path: str, value: str) -> str | None:
    if len(value) > 200 or not re.search(r"[A-Za-zÄÖÜäöü]{2}", value):
        return None
    return "schedule" if path == "format" and _FULL_OR_PART.fullmatch(value) else path


def _title(path: str, value: str) -> str | None:
    if AMOUNT.search(value) and len(value) <= 40:
        return "price"  # a column or line "Kurs" beside one "Prüfung"
    return path if len(value) <= 250 and re.search(r"[A-Za-zÄÖÜäöü]{2}", value) else None


_CHECKS: dict[str, Callable[[str, str], str | None]] = {
    "dates": _dates, "start": _dates, "end": _dates, "deadline": _deadline, "times": _times, "schedule": _times,
    "price": _price, "+price_note": _note, "duration": _duration, "course_number": _number, "ref": _number,
    "availability": _availability, "venue": _venue, "city": _venue, "street": _venue, "contact.name": _person,
    "contact.phone": _phone, "contact.email": _email, "postcode": _postcode, "certificate": _certificate,
    "format": _format, "title": _title,
}  # fmt: skip
