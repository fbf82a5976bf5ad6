"""Names of the people who teach are cut out of running text; the portal does not need them.

A name is recognised by what stands before it alone: a label ("Dozentin: Eva Beispiel", "Leitung Frau Beispiel") or a
phrase ("Ihr Trainer Klaus Mustermann", "geleitet von Dr. Beispiel"). Only the name goes, never the sentence. Names
without such words, and the contact persons of a house, stay.
"""

import re

from normalize.text import fold

HIDDEN = "…"

_ENDING = r"(?:in(?:nen)?|[/*:_]-?in(?:nen)?|Innen|en|/-?innen|\(in(?:nen)?\)|s)?"
# Whoever is named behind these words teaches; "Leitung" alone may also lead a department.
_ROLE = (
    rf"(?:Dozent{_ENDING}|(?:Kurs|Seminar|Lehrgangs|Workshop|Schulungs)-?leit(?:ung|er{_ENDING})|Referent{_ENDING}"
    rf"|(?:Fach)?trainer{_ENDING}|Trainer{_ENDING}|Lehrkr(?:aft|äfte)|Lehrer{_ENDING}|Vortragende[rn]?|Coach|Unterrichtende[rn]?)"
)
_LEADER = r"(?:Leitung|Leiter(?:in)?|Moderation|Vortrag)"
_TAGS = r"(?:\s|</?(?:strong|b|em|i|p|br|li|ul|h[345])>){0,8}"

_TITLE = (
    r"(?:Prof\.|Professor(?:in)?|Dr\.|PD|Dipl\.-?\s?\w{1,12}\.?|Ing\.|Mag\.|M\.\s?A\.|B\.\s?A\.|med\.|phil\.|rer\.|nat\.|"
    r"jur\.|h\.\s?c\.)"
)
_HONORIFIC = r"(?:Frau|Herrn?|Hr\.|Fr\.)"
_PARTICLE = r"(?:von|van|vom|zu|de|der|den|di|da|el|al|ten|ter)"
_NAME_WORD = r"(?:[A-ZÄÖÜÉ][a-zäöüßéèáàíóúçñğışćčžš']{1,20}(?:-[A-ZÄÖÜ][a-zäöüßéèáíóúç]{1,20})?)(?![\w-])"
_INITIAL = r"[A-ZÄÖÜ]\."
_FULL = rf"(?:(?:{_NAME_WORD}|{_INITIAL})\s+){{1,3}}(?:{_PARTICLE}\s+){{0,2}}{_NAME_WORD}"
_TITLED = (
    rf"(?:(?:{_HONORIFIC}|{_TITLE})\s+){{1,4}}(?:(?:{_NAME_WORD}|{_INITIAL})\s+){{0,3}}(?:{_PARTICLE}\s+){{0,2}}"
    rf"{_NAME_WORD}"
)
_PERSON = rf"(?:{_TITLED}|{_FULL})"
_PERSONS = rf"{_PERSON}(?:(?:,\s?|;\s?|\s?/\s?|\s?&amp;\s?|\s?&\s?|\s(?:und|u\.|sowie)\s){_PERSON}){{0,5}}"
_REVERSED = rf"{_NAME_WORD},\s?{_NAME_WORD}"  # "Beispiel, Eva"
_ALONE = rf"{_NAME_WORD}(?=\s*(?:$|\n|<|\||[.;]\s*(?:$|<)))"  # "Dozent: Beispiel" that nothing follows

_COLON = rf"(?:{_TAGS}:{_TAGS}|{_TAGS}[–-]\s{_TAGS})"

# Where a label may begin: literals alone, so that a text without any is passed over quickly.
_START = re.compile(
    r"Dozent|Kurs-?leit|Seminar-?leit|Lehrgangs-?leit|Workshop-?leit|Schulungs-?leit|Referent|Fachtrainer|Trainer|Lehrkr|"
    r"Lehrer|Vortrag|Coach|Unterrichtend|Leit|Moderation|geleitet|unterrichtet|gehalten|moderiert|durchgeführt|betreut"
)
_INSIDE = re.compile(r"[\w/-]$")  # the middle of another word, "Teamleitung", "E-Trainer"
_OF = re.compile(r"\b(?:der|des|die|den|von)\s$")  # "Rolle der Trainer: ..." is a list of contents
_OURS = re.compile(r"\b(?:[Uu]nsere?[rmn]?|Ihre?[rmn]?|(?:mit|von|durch)\sde[rm])\s(?:\w{3,20}\s)?$")
_LABELLED = re.compile(rf"(?P<label>{_ROLE}{_COLON})(?P<name>{_REVERSED}(?=\s*(?:$|\n|<))|{_PERSONS}|{_ALONE})")
_OF_OURS = re.compile(rf"(?P<label>{_ROLE}\s(?:ist\s)?)(?P<name>{_PERSONS})")
_LED = re.compile(
    rf"(?P<label>{_LEADER}{_COLON}|(?:geleitet|unterrichtet|gehalten|moderiert)\s(?:von|durch)\s)(?P<name>{_PERSONS})"
)
_ADDRESSED = re.compile(
    rf"(?P<label>(?:{_ROLE}|{_LEADER}|durchgeführt|betreut){_TAGS}(?:ist\s|durch\s|von\s)?)(?P<name>{_TITLED})"
)

# Capitalised words behind such a label that are no names, folded: whole words, beginnings, ends.
_NO_NAME = re.compile(
    r"(?:auf|n|nach|noch|siehe|team|unser|unsere|ihre|alle|die|der|das|ein|eine|ihk|hwk|vhs|dekra|slv|tuev|ort|uhr|zeit|"
    r"land|stadt|kreis|recht|bitte|weitere|mehrere|excel|thema|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag|soziale?)$"
    r"|(?:verschieden|divers|wechsel|erfahren|qualifiziert|ausgebildet|zertifiziert|praktiker|expert|externe|interne|"
    r"freiberuf|honorar|fach|hand(?:werk|el)|volkshoch|industrie|deutsch|englisch|online|kurs[^a]|seminar|projekt|personal|"
    r"marketing|vertrieb|kueche|grundlag|rolle|aufgabe|themen|inhalt|lohn|rechtsanw|steuerb|ingenieur|meister[^a]|"
    r"psycholog|paedagog|dozent|trainer|referent|termin|dauer|preis|gebuehr|datum|betrieb|service|produktion|logistik|"
    r"medien|method|technik|digital|kommunik|fuehrung|coach)"
    r"|.*(?:akademie|kammer|schule|zentrum|institut|gmbh|verein|verband|bereich|abteilung|management|technik|wesen|kunde|"
    r"beratung|bildung|schaft|heit|keit|tion|leitung|berater|beraterin|anwalt|anwaeltin|kraefte|kraft|deutschland)$"
)


def without_teachers(text: str) -> tuple[str, tuple[str, ...]]:
    """Plain text or sanitised HTML with teachers' names replaced by "…", and the labels they stood behind."""
    pieces: list[str] = []
    labels: list[str] = []
    done = 0
    for start in _START.finditer(text):
        at = start.start()
        cut = _cut_at(text, at) if at >= done else None
        if cut:
            found, names = cut
            pieces += [text[done : found.start("name")], names]
            labels.append(" ".join(re.sub(r"<[^<>]*>", " ", found["label"]).split()))
            done = found.end()
    return "".join([*pieces, text[done:]]), tuple(labels)


def _cut_at(text: str, at: int) -> tuple[re.Match[str], str] | None:
    """The label at this place with the names behind it, and what is shown instead of them."""
    before = text[max(at - 40, 0) : at]
    if _INSIDE.search(before):
        return None
    patterns = [_LED, _ADDRESSED]
    if not _OF.search(before):
        patterns.insert(0, _LABELLED)
    if _OURS.search(before):
        patterns.append(_OF_OURS)
    for pattern in patterns:
        found = pattern.match(text, at)
        if found and (names := _names(found["name"])):
            return found, names
    return None


def _names(found: str) -> str | None:
    """The words behind a label with the name hidden, what is no name kept; None if there is no name among them."""
    titled = re.match(rf"(?:{_HONORIFIC}|{_TITLE})\s", found)
    words = found.split()
    kept = 0
    while kept < len(words) and not titled and _NO_NAME.match(fold(words[kept])):
        kept += 1  # "Referent: Steuerberater Max Beispiel"
    rest = words[kept:]
    if not rest or any(_NO_NAME.match(fold(word)) for word in rest[1:] if not titled):
        return None
    if kept and len(rest) < 2:
        return None
    return " ".join([*words[:kept], HIDDEN])
