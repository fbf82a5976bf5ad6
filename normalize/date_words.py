"""The vocabulary of published dates: month names, and the phrases that stand around dates and times.

A phrase is a list of alternatives; a blank in them is any white space, and all of them end at the end of a word.
"""

MONTHS: dict[str, int] = {
    "januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feb": 2, "febr": 2, "märz": 3, "maerz": 3, "mär": 3, "mrz": 3,
    "april": 4, "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8, "aug": 8,
    "september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11, "dezember": 12, "dez": 12,
}  # fmt: skip

WEEKDAY_STEMS: dict[str, int] = {
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonntag": 6,
    "sonnabend": 5,
}  # fmt: skip

SMALL_NUMBERS: dict[str, int] = {
    "ein": 1, "eine": 1, "einem": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip


def _any(*alternatives: str) -> str:
    """One pattern of all alternatives, inside which a blank is any white space."""
    return f"(?:{'|'.join(alternatives)})".replace(" ", r"\s+")


def _words(*alternatives: str) -> str:
    """The same, and the end of a word must follow."""
    return _any(*alternatives) + r"(?!\w)"


_START = _any("einstieg(?:e|s|stermine?)?", "beginn", "start", "starttermine?", "eintritt", "teilnahmebeginn")
_NO_LESSON = _any("kein(?:e|en)? (?:kurs|unterricht|termin|veranstaltung)\\w*")
_OFF = _any("außer(?:halb)?", "ausser(?:halb)?", "nicht", "ausgenommen", "ohne", _NO_LESSON)
_FREE = _any(r"\w*feiertag\w*", r"\w*ferien\w*")
_ON_WEEKDAY = r"(?=mo|di|mi|do|fr|sa|so)"
_MINUTES = r"min(?:uten|ütige|ütiger|\.)?"
_PLACES = "(?:rest)?pl[aä]tze?"
_COURSE_OF = _any("kurs", "lehrgang", "weiterbildung", "maßnahme", "qualifizierung", "umschulung", "seminar")
_KINDS = _any("kurs", "lehrgang", "lehrgangs", "seminar", "unterrichts", "veranstaltungs", "schulungs", "ausbildungs")
_BREAK_SPAN = r"\d{1,2}[:.]\d\d\s*(?:uhr\s*)?(?:-|–|bis)\s*\d{1,2}[:.]\d\d(?:\s*uhr)?"

# "15 Min. Pause", "inkl. Mittagspause", "Pause: 12:00 - 12:30 Uhr": read and of no weight.
_PAUSE = (
    rf"(?:(?:inkl(?:usive|\.)?|zzgl\.?|mit|abzgl\.?|ohne|je|davon|einer|eine)\s+)*"
    rf"(?:\d{{1,3}}\s*-?\s?(?:{_MINUTES}|std\.?|stunden?|h)\s*)?[a-zäöü]*pausen?(?!\w)"
    rf"(?::?\s*(?:von\s+|à\s+)?(?:{_BREAK_SPAN}|\d{{1,3}}\s*{_MINUTES}))?"
)

# Days on which nothing takes place: public and school holidays, or dates that follow.
_SKIP = _any(
    rf"{_OFF}\b[^.;,()\d<]{{0,40}}?{_FREE}(?:\s*(?:und|oder|sowie|,|&|/)\s*(?:[a-zäöü]+ ){{0,4}}?{_FREE})?",
    rf"{_FREE}(?:\s*(?:und|oder|sowie|&|/)\s*(?:[a-zäöü]+ ){{0,3}}?{_FREE})? (?:sind |bleiben )?"
    r"(?:ausgenommen|frei|kursfrei|unterrichtsfrei)(?!\w)",
)
_EXCEPT = _any(_OFF, "entfällt", "fällt aus") + (
    rf"\s*(?:am|an|:)?(?=\s*(?:den\s+)?(?:{_ON_WEEKDAY}\w+\.?,?\s*)?\d{{1,2}}\.)"
)

# Open starts that name the start, and words that mean one if they stand alone.
_OFTEN = _any(
    "jede[nr]?", "alle", "regelmäßig", "wöchentlich", "monatlich", "täglich", "individuell", "flexibel", "variabel",
    "frei wählbar", "jederzeit", "laufend", "fortlaufend",
)  # fmt: skip
_OFTEN_START = _any(
    "individuelle", "flexible", "regelmäßige", "wöchentliche", "monatliche", "laufende", "fortlaufende", "permanente",
    "freie", "sofortige", "variable",
)  # fmt: skip
_ARRANGED = _any(
    "nach (?:individueller |persönlicher |telefonischer )?(?:termin)?(?:absprache|vereinbarung|bedarf|rücksprache)"
)
_OPEN_START = _any(
    rf"{_START}(?:et)?(?: (?:ist|des|der|jeweils|und|zum|in|die|dieser|den|am|immer|{_COURSE_OF}e?s?))*\s*:?\s*"
    rf"{_OFTEN}(?!\w)[^.;!?\d<]{{0,60}}(?=[.;!?<]|$)",
    rf"{_OFTEN_START}[rnms]? (?:\w+-?\s?/\s?)?{_START}(?: (?:ist )?möglich)?(?!\w)",
    rf"{_START} (?:ist )?{_ARRANGED}(?!\w)",
    rf"(?:termine?|{_START}) (?:ist |sind )?auf (?:an|nach)frage(?!\w)",
    r"(?:individuelle )?(?:terminvereinbarung|terminabsprache)(?!\w)",
)
_OPEN = _words(
    "(?:fort)?laufend", "jederzeit", "(?:ab )?sofort", "auf (?:an|nach)frage", "ganzjährig", "permanent",
    r"n\.\s?v\.", _ARRANGED,
)  # fmt: skip

_CANCEL = _words("(?:ist |wurde )?abgesagt", "storniert", "ausgefallen", "fällt (?:leider )?aus", "entfällt")
_STATUS = _words(
    rf"(?:es gibt )?(?:(?:nur )?noch )?(?:(?:wenige|ausreichend|genügend|einige|keine) )?(?:freie )?{_PLACES}"
    r"(?:\s*:\s*\d+|(?: (?:mehr|noch))? (?:frei|verfügbar|vorhanden|buchbar))?",
    rf"\d{{1,3}} (?:freie )?{_PLACES}(?: (?:frei|verfügbar))?",
    rf"\d{{1,3}} von \d{{1,3}} {_PLACES}(?: \w+)?",
    "(?:kurs )?(?:leider )?(?:bereits )?ausgebucht", "belegt", "verschoben", "warteliste", "interessentenliste",
    "(?:jetzt |nicht |noch )?(?:buchbar|buchen)", r"anmeldung (?:noch )?(?:möglich|geschlossen|offen)(?!\s+bis)",
    "(?:termine? )?(?:noch )?in planung", "(?:neuer? |weitere )?termine? (?:folgt|folgen)", "geplant",
    "(?:genauer )?(?:termine? )?(?:steht|stehen|ist|sind) noch (?:nicht fest|offen)", "noch offen", "termine? offen",
    "wird noch bekannt ?gegeben", "wird noch bekannt gegeben", "noch keine termine",
    "(?:(?:derzeit|aktuell|zurzeit|momentan) )?keine? termine?", "läuft bereits", "bereits (?:begonnen|gestartet)",
    "(?:kurs )?beendet", "garantierte? durchführung", "durchführungsgarantie", "durchführung (?:gesichert|garantiert)",
)  # fmt: skip

_BIWEEKLY = _any(
    r"(?:zwei|2|14|vierzehn)\s?-?\s?(?:wöchentlich|wöchig|tägig|täglich|tägl\.?)\w*", r"alle (?:zwei|2) wochen(?!\w)",
    rf"jede[nr]? (?:zweiten?|2\.) (?:woche(?!\w)|{_ON_WEEKDAY})", "im 14-?tage-rhythmus",
)  # fmt: skip
_MONTHLY = _any(
    r"monatlich(?!\w)", "(?:einmal|1x) im monat", "jeden monat", "alle (?:drei|3|vier|4) wochen",
    rf"jeden (?:\d\.|ersten|dritten|vierten|letzten) {_ON_WEEKDAY}",
)  # fmt: skip
_WEEKLY = _any(
    r"wöchentlich(?!\w)", "(?:einmal|1x) (?:die|pro|in der) woche", "jede woche", rf"jede[nr]? {_ON_WEEKDAY}",
    r"wöchtl\.?",
)  # fmt: skip
_DAILY = _any(r"(?:werk)?tägl(?:ich(?!\w)|\.)", r"jeden (?:werk)?tag(?!\w)")

# Labels: several first days, one first day, a last day, something else than the run, parts of one run.
_STARTS = _words(
    "(?:(?:nächste|mögliche|neue|weitere|die|alle) ){0,3}(?:kurs|lehrgangs)?"
    "(?:starttermine|startdaten|einstiegstermine|beginntermine|starts)",
    "(?:nächste|weitere|alle|mögliche|neue|alternative) (?:kurs|lehrgangs)?(?:termine|durchführungen|kurse|lehrgänge)",
)  # fmt: skip
_FIRST = _words(
    f"{_KINDS}?(?:beginn(?:t|datum|termin)?|start(?:et|termin|datum)?|anfang|auftakt)(?: (?:ist )?am)?",
    "(?:nächster )?einstieg(?:stermin)?", "früheste[rn]? (?:start|beginn)",
)  # fmt: skip
_LAST = _words(f"{_KINDS}?(?:ende|endet|endtermin|enddatum|schluss)(?: am)?")
_ELSEWHERE = r"(?:(?:inkl(?:usive|\.)?|mit|einer|zzgl\.?)\s+)*" + _words(
    "anmelde(?:schluss|frist|zeitraum|ende)", "anmeldung(?:en)? (?:möglich |noch )?(?:bis|ab)",
    "bewerbungs(?:schluss|frist)", "bewerbung bis", "einsendeschluss", r"storn\w+ bis", r"rücktritt\w*",
    r"stand(?: vom)?(?=[\s:]*\d)", r"(?:schriftliche |mündliche |praktische )?\w*-?prüfung(?:en|stag|s?termine?)?",
    "info(?:rmations)?-?(?:abende?|veranstaltung(?:en)?|termine?|tage?)", "kick-?off", "vorbesprechung", "vortreffen",
    "(?:pflicht-?)?kernzeit(?:en)?", "einlass", "check-?in", "(?:büro|öffnungs|sprech|service|beratungs)-?zeiten",
    "beratungstermine?", r"frühbucher\w*", "schnuppertermine?", "gültig", "aktualisiert", "erstellt", "veröffentlicht",
    "praktikum",
)  # fmt: skip
_RESTART = _words("(?:kurs|unterrichts)?zeiten", "(?:kurs|unterrichts|einzel)(?:tage|termine)")
_BLOCK = (
    r"(?:\d{1,2}\.\s*)?(?:(?:präsenz)?block|blockwoche|modul|teil|(?:präsenz)?phase|abschnitt|woche)"
    r"(?:\s*(?:\d{1,2}|[IVX]{1,4})(?![\w.:]\d|\w))?(?=\s*[:(–-]|\s+\d|\s+vom\b)"
)
_MEETING = "(?:termin|kurstag|tag|abend|treffen|wochenende|sitzung|veranstaltung|einheit)"
_ORDINAL = rf"\d{{1,2}}\.\s*{_MEETING}(?!\w)|{_MEETING}\s+\d{{1,2}}(?=\s*[:)]|\s+\d)"

# Words on format and schedule that stand beside a date.
_HINT = r"(?:in\s+)?" + _any(
    "vollzeit", "teilzeit", "berufsbegleitend", "blended", "live-online", "online-live", "online", "präsenz", "hybrid",
    "e-learning", "fernlehrgang", "fernunterricht", "selbststudium", "ganztags", "halbtags", "ganztägig", "halbtägig",
    "tagesform", "tageslehrgang", "abendform", "abendkurs", "abendlehrgang", "abendschule", "wochenend",
    "samstag(?=s-?(?:kurs|lehrgang))",
)  # fmt: skip
_HINT += r"(?:s?-?(?:kurs|lehrgang|form|unterricht|seminar|veranstaltung|e|s|learning|maßnahme|variante)|enden?"
_HINT += r"|\s+learning|phasen?)?(?!\w|-\w)"
_DAYTIME = r"(?:abends?|vormittags?|nachmittags?|morgens|mittags)(?!\w)"

PHRASES: tuple[tuple[str, str], ...] = (
    ("pause", _PAUSE), ("skip", _SKIP), ("except", _EXCEPT),
    ("open_start", _OPEN_START), ("open", _OPEN), ("cancel", _CANCEL), ("status", _STATUS),
    ("biweekly", _BIWEEKLY), ("monthly", _MONTHLY), ("weekly", _WEEKLY), ("daily", _DAILY),
    ("starts", _STARTS), ("start", _FIRST), ("end", _LAST), ("elsewhere", _ELSEWHERE),
    ("restart", _RESTART), ("block", _BLOCK), ("ordinal", _ORDINAL),
    ("each", _words("jeweils", "immer", "je", "beide tage")), ("from", _words("(?:frühestens )?ab(?: dem)?")),
    ("hint", f"{_HINT}|{_DAYTIME}"),
)  # fmt: skip

_FILLER_TEXT = """
    uhr am an den dem der die das des im in vom von zum zur zu um ca circa etwa gegen stets und sowie dann auf weiteres
    termin termine termin(e) terminen datum zeitraum laufzeit zeit zeitangabe uhrzeit uhrzeiten wann dauer anzahl
    unterricht unterrichtszeit kurszeit lehrgangszeit veranstaltungstermin veranstaltungszeitraum kurstermin
    kurstermine lehrgangstermin kurs lehrgang seminar veranstaltung workshop schulung meisterkurs kompaktkurs crashkurs
    nächster nächste nächsten neuer neue findet finden statt ist sind wird werden läuft dauert es möglich verfügbar
    inkl inklusive einschl einschließlich tag tage wochentag wochentage voraussichtlich insgesamt gesamt zwischen
    durchgehend live mez mesz durchführung regelmäßig regulär täglicher zeitplan rhythmus turnus ganzer kompakt
    einstieg eintritt start jahr monat bitte beachten
"""
FILLER: frozenset[str] = frozenset(_FILLER_TEXT.split())
