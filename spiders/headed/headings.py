"""What the headings and labels of a chamber's course page state, and which of its lines state nothing."""

import re
from collections.abc import Iterator, Sequence

from spiders.headed import runtext
from spiders.headed.lines import PLAIN, Line
from spiders.labelled.labels import FEE_NOTE, label_key, lexicon

RUN, PLACE, FEES, CONTACT, FORM = "+run", "+place", "+fees", "+contact", "+form"
SIBLINGS, PROSE = "+siblings", "+prose"

# What these sites' headings state; the lexicon knows the rest.
_PATHS = {
    RUN: ("unterricht", "unterrichtszeiten", "lehrgangszeiten", "termin", "termine", "naechstertermin", "zeitraum"),
    PLACE: ("lehrgangsort", "ort", "kursort", "veranstaltungsort", "unterrichtsort", "seminarort", "standort"),
    FEES: ("gebuehren", "gebuehr", "kosten", "preis", "kursgebuehr", "lehrgangsgebuehr", "preise", "kursgebuehren"),
    FEE_NOTE: ("pruefungsgebuehr", "pruefungsgebuehren"),
    CONTACT: ("ansprechpartner", "ansprechpartnerin", "kontakt", "beratung", "ansprechperson", "ansprechpersonen"),
    FORM: ("kurstyp", "lehrgangsform", "unterrichtsform", "zeitmodell", "kursart", "kursform", "lehrgangsart"),
    "duration": ("lehrgangsdauer", "seminardauer", "kursdauer", "dauer", "umfang", "unterrichtsdauer"),
    "course_number": ("angebotsnummer", "kursnummer", "kursnr", "lehrgangsnummer", "seminarnummer"),
    "instances.deadline": ("anmeldeschluss",),
    "description": ("lehrgangsinhalt", "seminarinhalt", "lehrgangsziel", "ziel", "beschreibung"),
}
_PATH_OF = {key: path for path, keys in _PATHS.items() for key in keys}
_LEXICON_PATHS = frozenset(
    {"description", "requirements", "target_group", "certificate", "funding", "language", "duration", "course_number",
     "categories", "instances.start", "instances.end", "instances.times", "instances.availability",
     "instances.deadline", "instances.room", FEE_NOTE}
)  # fmt: skip
OF_A_RUN = frozenset({RUN, PLACE, FEES, FEE_NOTE, FORM, "duration", "course_number"})
LABELS = frozenset({"unterricht", "gebühren", "kosten", "lehrgangsort", "lehrgangsdauer", "angebotsnummer", "termin"})

_SIBLINGS_HEAD = re.compile(
    r"^(?:alle|weitere|andere|alternative|alternativ|sonstige|zusätzliche|mögliche|kommende|künftige|frühere)\s+"
    r"(?:[\w-]+\s+)?[\w-]*(?:termine|kurse|lehrgänge|angebote|seminare|durchführungen|veranstaltungen|zeiträume|"
    r"zeiten|orte|formen|modelle|varianten)\b|^termin\w*(?:übersicht|alternativen)|^termine im überblick|"
    r"^übersicht|interessieren|^(?:ähnliche|verwandte|passende|empfehl)|auch interessant",
    re.IGNORECASE,
)
_YOUR = re.compile(r"^(?:ihre?|unsere?|die|der|das)\s+", re.IGNORECASE)
_GENDERED = re.compile(r"[/(:*-]+in(?:nen)?\)?$")
# A label may stand before its value in one line, with a colon or (these few) without one.
_WITH_COLON = re.compile(r"^([^:]{3,40}?)\s*:\s*(.+)$")
_WITHOUT_COLON = re.compile(
    r"^((?:Lehrgangs|Seminar|Kurs)?dauer|Umfang|(?:Kurs|Lehrgangs|Prüfungs)?gebühr(?:en)?|Kurstyp|Kursort|"
    r"Kurs-?(?:Nr\.|nummer)|Angebotsnummer|Termin|Zeitraum)\s+(.+)$",
    re.IGNORECASE,
)
_BEFORE_AMOUNT = re.compile(r"^([A-ZÄÖÜ][^\d€:(]{2,38}?)\s+(\d[\d.,]*(?:,-+)?\s*(?:€|EUR|Euro).*)$")
_BETWEEN_FEES = re.compile(r"\s*[,;|]\s+(?=[A-ZÄÖÜ][^\d,;|€]{2,40}?:?\s*\d[\d.,]*\s*(?:€|EUR|Euro))")
_LONGEST_PAIR = 80  # characters of a label without a colon and its value; what is longer is a sentence
PHONE = re.compile(r"^(?:Tel|Telefon|Fon|Phone|Mobil)\b\.?\s*:?\s*(.*\d.*)$", re.IGNORECASE)
BARE_PHONE = re.compile(r"^\+?[\d(][\d\s()/–-]{6,}$")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.-]+")
FAX = re.compile(r"^(?:Tele)?fax\b", re.IGNORECASE)
_BUTTON = re.compile(
    r"(?:(?:jetzt|kurs|lehrgang|online|zur|zum|in den|auf die|diesen kurs|seite)\s+)*(?:buchen|buchung|anmelden|"
    r"anmeldung|online-anmeldung|merken|drucken|teilen|weiterempfehlen|empfehlen|details|mehr(?: erfahren| infos?)?|"
    r"warenkorb|merkliste|zurück(?: zur .*)?|weiter|anfragen|pdf|ical|kalender|buchungsanfrage)\W*",
    re.IGNORECASE,
)


def path_of(label: str) -> str | None:
    """What a heading states: a path of the listing, one of the kinds of section above, or nothing known."""
    text = _YOUR.sub("", label.strip().rstrip(": "))
    if not text or len(text) > 60:
        return None
    if _SIBLINGS_HEAD.search(text):
        return SIBLINGS
    for name in (text, _GENDERED.sub("", text)):
        path = _PATH_OF.get(label_key(name)) or lexicon().path(name)
        if path in _PATHS or path in _LEXICON_PATHS:
            return path
    return None


def labelled(text: str) -> tuple[str, str, str] | None:
    """A line that is label and value in one: path, label, value."""
    for pattern in (_WITH_COLON, _WITHOUT_COLON):
        found = pattern.match(text[:400])
        path = path_of(found[1]) if found else None
        without = pattern is _WITHOUT_COLON
        if not found or not path or path == SIBLINGS or (without and len(text) > _LONGEST_PAIR):
            continue
        if not (without and path == RUN) or runtext.kind(found[2]) == "dates":
            return path, found[1], text[found.start(2) :]
    return None


def labelled_amount(text: str) -> tuple[str | None, str]:
    """ "Kurs: 9.140,00 €" and "Kursgebühr 1.500,00 Euro" as label and amount; without a label None and the text."""
    start = text[:400]
    found = _WITH_COLON.match(start) or _WITHOUT_COLON.match(start) or _BEFORE_AMOUNT.match(start)
    return (found[1], text[found.start(2) :]) if found else (None, text)


def fee_parts(text: str) -> list[str]:
    """A line with several labelled amounts in its parts: "Kurs: 900,00 €, Prüfung: 100,00 €"."""
    return _BETWEEN_FEES.split(text) if len(text) < 400 else [text]


def is_button(text: str) -> bool:
    """Whether a line is a control of the page and says nothing of the course."""
    return len(text) < 60 and _BUTTON.fullmatch(text) is not None


def is_contact(text: str) -> bool:
    """Whether a line is a telephone number or an address of e-mail."""
    return bool(PHONE.match(text) or ("@" in text and EMAIL.search(text)) or FAX.match(text))


def says_when(line: Line) -> bool:
    """Whether a line is a date and not a sentence that begins with one."""
    if line.light or runtext.kind(line.text) != "dates":
        return False
    found = runtext.dated(line.text)
    is_short = found is not None and (not found.rest or found.form is not None or runtext.kind(found.rest) is not None)
    return is_short or line.level < PLAIN or line.link is not None


def whole_dates(found: Sequence[Line]) -> Iterator[Line]:
    """The lines with a date that is broken after its dash made whole again."""
    held: Line | None = None
    for line in found:
        if held and held.block is line.block:
            line = Line(f"{held.text} {line.text}", line.block, line.level, line.link, line.light)
        elif held:
            yield held
        held = None
        if line.text.endswith(("-", "–", "—", " bis")) and runtext.kind(line.text.rstrip(" -–—")) == "dates":
            held = line
        else:
            yield line
    if held:
        yield held
