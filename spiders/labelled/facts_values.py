"""From the lines a label points at to facts: one value, several dates, a price with notes, a person with a number."""

import re
from collections.abc import Iterator
from html import escape

from spiders.labelled.labels import FEE_NOTE, label_key, states
from spiders.labelled.shapes import (
    AMOUNT,
    CLOCK,
    DATE,
    EMAIL,
    OPEN,
    PHONE,
    POSTCODE,
    SHORT_PATHS,
    TIMES,
    WEEKDAY,
    WHEN,
    settled,
)
from spiders.listing import LIST_FIELDS

Value = tuple[str, str, str]  # contract path, label, published string

_DATES = ("instances.dates", "instances.start")
_FEE = re.compile(r"^\W*([A-ZÄÖÜa-zäöü][^:\d€]{2,50}?)\s*(?::|–|\.{2,}|\s)\s*((?:€|EUR|ab\s|\d).*)$")
_ADDRESS_LINES = 5
_LONGEST_MEMBER = 80  # characters of a member of a list
_PERSON_CUT = re.compile(r"\s*(?:[,;|·(]|\s[–—-]\s|\bTel(?:efon)?\b\.?|\bFon\b|\bE-?Mail\b|\bunter\b|☎|✆)")
_PERSON = re.compile(
    r"(?:(?:Frau|Herrn?|Dr\.|Prof\.|Dipl\.-\S+|M\.A\.)\s+)*(?:(?:Frau|Herrn?)\s+[A-ZÄÖÜ][\w'’-]+|"
    r"[A-ZÄÖÜ][\w.'’-]*(?:\s+(?:von|van|de|zu|der|el|al|[A-ZÄÖÜ][\w.'’-]*)){1,3})"
)
_NO_PERSON = re.compile(
    r"\d|@|\b(?:uns|Sie|wir|Ihnen|Öffnungszeiten|Uhr|GmbH|e\.\s?V\.|Anfrage|Formular|beraten|Fragen|helfen)\b"
)
_ONLY_VAT = re.compile(
    r"^\W*(?:(?:inkl|zzgl|exkl|zuzüglich|inklusive)\b.{0,60}|(?:MwSt|USt|umsatzsteuer|"
    r"mehrwertsteuer)\S*.{0,40}|.{0,40}(?:befreit|steuerfrei).{0,20}|pro Person|pro Teilnehmer\S*|"
    r"netto|brutto)\W*$",
    re.IGNORECASE,
)


def values_of(path: str, label: str, lines: list[str]) -> list[Value]:
    """The facts that a label's lines state; none if they look like no value of its field."""
    if not lines:
        return []
    if path in _DATES:
        return list(_dates(path, label, lines))
    if path == "price":
        return _price(label, lines)
    if path == "contact.name":
        return list(_contact(label, lines))
    if path in ("instances.venue", "instances.street"):
        return list(_place(path, label, _address(lines)))
    if path == "description":
        value = lines[0] if len(lines) == 1 else "".join(f"<p>{escape(line)}</p>" for line in lines)
        return [(path, label, value)]
    if path in LIST_FIELDS and all(len(line) <= _LONGEST_MEMBER for line in lines):
        return [value for line in lines for value in _one(path, label, line)]
    if path in SHORT_PATHS:
        whole = list(_one(path, label, " ".join(lines))) if len(lines) <= 3 else []
        return whole or list(_one(path, label, lines[0]))
    return list(_one(path, label, " ".join(lines)))


def _address(lines: list[str]) -> list[str]:
    """The lines of an address: up to the one with the postcode, without telephone, mail and what else stands below."""
    end = next((number for number, line in enumerate(lines) if POSTCODE.search(line)), len(lines)) + 1
    kept = (
        line.rstrip(" ,")
        for line in lines[: min(end, _ADDRESS_LINES)]
        if not (EMAIL.search(line) or re.match(r"(?:Tel|Fon|Fax|Mobil|E-?Mail)\b", line))
    )
    return [line for line in kept if line]


_STREET = r"[A-ZÄÖÜ][^,\d]*?[a-zäöüß.]\s\d{1,4}\s?[a-z]?(?:\s?[-–/+]\s?\d{1,4}\s?[a-z]?)?"
_ADDRESS = re.compile(rf"^(?:.+?,\s*)?({_STREET}),\s*(?:D-)?(\d{{5}})\s+([A-ZÄÖÜ][^,;()\d]*?)$")
_POSTAL = re.compile(r"(?:^|,\s*)(?:D-)?(\d{5})\s+([A-ZÄÖÜ][^,;()\d]*?)$")
_ONLY_STREET = re.compile(rf"^[^,\d]+,\s*({_STREET})$")


def _place(path: str, label: str, lines: list[str]) -> Iterator[Value]:
    """A place as published, and the parts of its address where commas or lines part them beyond doubt."""
    whole = ", ".join(lines)
    found = settled(path, whole)
    if not found:
        return
    yield found, label, whole
    if path != "instances.venue":
        return
    if match := _ADDRESS.match(whole):
        parts = dict(zip(("street", "postcode", "city"), match.groups(), strict=True))
    elif match := _POSTAL.search(whole):
        parts = dict(zip(("postcode", "city"), match.groups(), strict=True))
    elif match := _ONLY_STREET.match(whole):
        parts = {"street": match[1]}
    else:
        return
    yield from ((f"instances.{name}", label, value) for name, value in parts.items())


def _one(path: str, label: str, value: str) -> Iterator[Value]:
    found = settled(path, value)
    if found:
        yield found, label, value


def _dates(path: str, label: str, lines: list[str]) -> Iterator[Value]:
    """One fact for each line that begins with a date; a line of hours beside a single date is its time."""
    dated = [line for line in lines if (begin := WHEN.match(_NUMBERED.sub("", line))) and DATE.search(begin[0])]
    if len(dated) > 1:
        if path == _DATES[0] and len(dated) == 2 and re.search(r"(?:-|–|—|\bbis)\s*$", dated[0]):
            yield from _one(path, label, " ".join(dated))  # one range, broken into two lines
            return
        for line in dated:
            found = run_values(line)
            yield from (
                ((stated, label, value) for stated, _, value in found) if len(found) > 1 else ((path, label, line),)
            )
        return
    blocks = [line for line in lines if DATE.search(line)]
    if not dated and len(blocks) > 1:  # blocks of one run: "Block 1: ..."
        lines = [" ".join(blocks), *(line for line in lines if line not in blocks)]
        dated = lines[:1] if len(lines[0]) <= 300 else []
    first, *others = lines
    if dated and dated[0] != first and len(first) > 60:
        return
    yield from _one(path, label, dated[0] if dated else first)
    for line in others:
        if dated and line != dated[0] and _is_times(line):
            yield "instances.times", label, line


def _price(label: str, lines: list[str]) -> list[Value]:
    """The price, and the fees and reductions beside it with their own labels."""
    price: str | None = None
    found: list[Value] = []
    for line in lines[:12]:
        fee = _FEE.match(line)
        name = fee[1].strip(" :") if fee else None
        stated = states(name) if name else None
        if fee and name and stated in (FEE_NOTE, "certificate") and len(lines) > 1:
            found.append((FEE_NOTE, name, fee[2]))
        elif price is None and fee and stated in ("price", "title") and settled("price", fee[2]):
            price = fee[2]
        elif price is None and settled("price", line):
            price = line
        elif price is not None and _ONLY_VAT.match(line) and len(price) < 80 and not AMOUNT.search(line):
            price = f"{price} {line}"
        elif (
            price is not None
            and AMOUNT.search(line)
            and len(line) <= 120
            and not re.search(r"bis zu|sparen|förder", line, re.IGNORECASE)
        ):
            found.append((FEE_NOTE, label, line))
    return [("price", label, price), *found] if price else found


def _contact(label: str, lines: list[str]) -> Iterator[Value]:
    """Name, number and address of the person to ask; the house's own lines are none."""
    for line in lines[:8]:
        name = _PERSON_CUT.split(line)[0].strip()
        if _PERSON.fullmatch(name) and not _NO_PERSON.search(name) and not states(name):
            yield "contact.name", label, name
            break
    text = " ".join(lines[:8])
    if phone := PHONE.search(re.sub(r"\b(?:Fax|Telefax)\b\S*\s*[\d\s/()+.-]+", "", text)):
        yield "contact.phone", label, phone[0].strip()
    if email := EMAIL.search(text):
        yield "contact.email", label, email[0]


def person_of(lines: list[str]) -> list[Value]:
    """Name, number and address of a person, if the address bears a part of the name; the house's own does not."""
    text = " ".join(lines)
    email = EMAIL.search(text)
    if not email:
        return []
    mailbox = label_key(re.split(r"@|\(at\)|\[at\]", email[0])[0])
    for part in re.split(r"[,:|·]|\s[–—-]\s", ", ".join(lines)):
        name = _PERSON_CUT.split(part.strip())[0].strip()
        if _PERSON.fullmatch(name) and any(
            len(word) > 2 and label_key(word) in mailbox for word in re.split(r"[\s.-]+", name)
        ):
            phone = PHONE.search(text)
            return [
                ("contact.name", "", name),
                ("contact.email", "", email[0]),
                *([("contact.phone", "", phone[0].strip())] if phone else []),
            ]
    return []


def run_values(line: str, hint: str | None = None) -> list[Value]:
    """What a line of a run states by its form alone, without any label: date, hours, price, places, address."""
    line = _NUMBERED.sub("", line)
    begin = WHEN.match(line)
    if begin and DATE.search(begin[0]):
        rest = line[begin.end() :].strip(" ,;|·•–—-:()")
        dates = begin[0].strip(" ,;|·•–—-:(") if rest else line
        parts = [(part, run_values(part)) for part in _parts(rest)]
        named = [part for part, values in parts if not values and is_place(part)]
        place = [("instances.venue", "", named[0])] if len(named) == 1 else []
        return [("instances.dates", "", dates), *(value for _, values in parts for value in values), *place]
    if AMOUNT.search(line) and len(line) <= 60 and settled("price", line) and not POSTCODE.search(line):
        return [("price", "", line)]
    if _is_times(line):
        return [("instances.times", "", line)]
    if len(line) <= 60 and _PLACES.search(line):
        return [("instances.availability", "", line)]
    if POSTCODE.search(line) and len(line) <= 120:
        return list(_place("instances.venue", "", [line]))
    if _ONLINE.fullmatch(line):
        return [("instances.venue", "", line)]
    if _SCHEDULE.fullmatch(line):
        return [("schedule", "", line)]
    if len(line) <= 60 and OPEN.match(line) and len(line.split()) <= 5:
        return [("instances.dates", "", line)]
    if hint == "place" and len(line) <= 100:
        return list(_place("instances.venue", "", [line]))
    if match := re.match(r"^in ([A-ZÄÖÜ][\wäöüß-]+(?: [A-ZÄÖÜ(][\wäöüß().-]+){0,3})$", line):
        return [("instances.venue", "", match[1])]
    return []


def _is_times(line: str) -> bool:
    """Whether a line states hours: only those, or those and on which days."""
    begin = TIMES.match(line)
    if not begin or len(line) > 80 or DATE.search(line) or AMOUNT.search(line) or not re.search(r"\d", line):
        return False
    return (begin[0] == line or bool(CLOCK.search(begin[0]))) and settled("instances.times", line) == "instances.times"


def is_place(text: str) -> bool:
    """Whether a text beside a date can be the name of a place: a few capitalised words that say nothing else."""
    return bool(_PLACE.fullmatch(text)) and not _NO_PLACE.search(text) and not WEEKDAY_ONLY.fullmatch(text)


def _parts(rest: str) -> list[str]:
    return [part for piece in re.split(r"\s*[|·•;()]\s*|,\s+|\s+[–—]\s+", rest) if (part := piece.strip(" ()"))]


_PLACES = re.compile(
    r"\b(?:ausgebucht|warteliste|\d+\s+(?:freie?r?\s+)?(?:rest)?pl[aä]tze?|freie? plätze|plätze frei|"
    r"keine plätze|wenige plätze|restplätze?|plätze verfügbar|buchbar|abgesagt|fällt aus|"
    r"garantiert\w*|"
    r"nur noch \d+|noch \d+ (?:frei|plätze)|platz frei|\d+ von \d+|belegt|verfügbar|entfällt|findet statt)\b",
    re.IGNORECASE,
)
_SCHEDULE = re.compile(
    r"(?:vollzeit|teilzeit|berufsbegleitend|abendkurs|wochenendkurs|abendlehrgang|tageslehrgang|"
    r"tagesform)(?:\s*[/,]\s*\w+)?",
    re.IGNORECASE,
)
_ONLINE = re.compile(
    r"(?:live[- ])?online(?:[- ](?:live|kurs|seminar|unterricht))?(?:\s*\([^)]{0,30}\))?", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\(?\d{1,2}\)\s+")  # "1) 05.03.2027"
WEEKDAY_ONLY = re.compile(WEEKDAY, re.IGNORECASE)
_PLACE = re.compile(
    r"[A-ZÄÖÜ][\wäöüß.-]{2,24}(?:[ -](?:[A-ZÄÖÜ(][\wäöüß.()/-]*|am|an|der|im|in|bei|a\.d\.|i\.\s?W\.)){0,4}"
)
_NO_PLACE = re.compile(
    r"\d|\b(?:Details?|Infos?|Mehr|Jetzt|Neu|Kurs\w*|Seminar\w*|Lehrgang\w*|Termin\w*|Modul\w*|"
    r"Block\w*|Teil\w*|Tag\w*|Woche\w*|Monat\w*|Abend\w*|Wochenend\w*|Vollzeit\w*|Teilzeit\w*|"
    r"Präsenz\w*|"
    r"Online\w*|Hybrid\w*|Live\w*|Webinar\w*|Anmeld\w*|Buch\w*|Warte\w*|Plätze|Platz|Frei|Gruppe\w*|"
    r"Prüfung\w*|MwSt\w*|Preis\w*|Frau|Herr|Uhr|Ferien\w*|Englisch|Deutsch|Zertifikat\w*|Start\w*|"
    r"Beginn\w*|Ende|Sommer|Winter|Herbst|Frühjahr|Garantiert\w*|Durchführung\w*|Inhouse|Intensiv\w*|"
    r"Basis\w*|Grund\w*|Aufbau\w*|Dozent\w*|Leitung|Dr)\b",
    re.IGNORECASE,
)
