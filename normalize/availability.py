"""Can one still book? Seven words for one state, counts with opposite meanings, icon classes (contract 4.2)."""

import re

from normalize.memory import remembered
from normalize.model import Availability
from normalize.reading import Doubt, Reading
from normalize.text import plain, spell_out
from normalize.vocabulary import AvailabilityStatus

FEW = 3  # up to so many free places are `few_left`

_PLACE = r"\w*pl(?:ae|a)tze?n?"
_ARE_FREE = r"(?:frei|verfuegbar|buchbar|offen|uebrig)"
_TAKEN = r"(?:belegt|gebucht|besetzt|vergeben)"
_OF = r"(?P<capacity>\d{1,3})(?![\d.,/]*\d)"
# Patterns of counts; the names of the groups say what is counted. "4 von 6" counts the booked ones unless a word for
# free follows; a slash is a count only where nothing else is said, since it may be a date.
_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d)(?P<free>\d{{1,3}})\s*(?:von|/|aus)\s*{_OF}\s*(?:\w+\s+)?{_ARE_FREE}",
        rf"(?<!\d)(?P<free>\d{{1,3}})\s*(?:freie|verfuegbare)\s+{_PLACE}\s*(?:von|/)\s*(?:\w+\s+)?{_OF}",
        rf"(?<![\d.,/])(?P<booked>\d{{1,3}})\s*von\s*(?:max(?:imal|\.)?\s*)?{_OF}(?:\s*{_PLACE})?(?:\s*{_TAKEN})?",
        rf"^\(?\s*(?P<booked>\d{{1,3}})\s*/\s*{_OF}\s*\)?\s*{_TAKEN}?$",
        rf"(?<![\d.,])(?P<free>\d{{1,3}})\s*(?:\w+\s+)?(?:freie|verfuegbare|offene|buchbare)[rn]?\s+{_PLACE}",
        rf"(?<![\d.,])(?P<free>\d{{1,3}})\s*{_PLACE}\s*(?:\w+\s+){{0,2}}?{_ARE_FREE}",
        rf"(?:freie|verfuegbare|offene)\s+{_PLACE}\s*[:=]\s*(?P<free>\d{{1,3}})(?!\d)",
        rf"{_PLACE}\s+frei\s*[:=]\s*(?P<free>\d{{1,3}})(?!\d)",
        rf"\bnoch\s+(?P<free>\d{{1,3}})\s*{_PLACE}",
        rf"\bmax(?:\.|imal)?\s*{_OF}\s*(?:teilnehm|personen|tn\b|plaetze)",
    )
)
_ONE = re.compile(
    r"\b(?:noch|nur)\s+ein(?:en)?\s+(?:freier |freien )?platz\b|\bein (?:freier )?platz (?:frei|verfuegbar)"
)
# The traffic light of one site software carries these words whatever its colour is.
_ALWAYS_SAID = re.compile(r"keine (?:internet|online)-?anmeldung moeglich")

# The first pattern that fits decides. A waiting list is more precise than "ausgebucht"; "nicht buchbar" contains
# "buchbar"; "keine freien Plätze" contains "freie Plätze".
_STATES: tuple[tuple[AvailabilityStatus, re.Pattern[str]], ...] = (
    (
        "cancelled",
        re.compile(
            r"\babgesagt|\bfaellt (?:leider )?aus|\bausgefallen|\bentfaellt|\bstorniert|\bcancel(?:l)?ed|"
            r"eventcancelled|"
            r"\bfindet (?:leider )?nicht statt|\bkurs(?:ausfall| ausgefallen)|\babsage\b"
        ),
    ),
    ("waitlist", re.compile(r"warteliste|wartelistenplatz|waitlist|waiting.?list|auf warteposition|back.?order")),
    (
        "full",
        re.compile(
            r"ausgebucht|\bausverkauft|\bbelegt\b|\bkurs (?:ist )?voll\b|\bvoll(?:\s?besetzt|\s?belegt)?$|"
            r"\b(?:keine|null|0)\s+(?:\w+\s+)?"
            r"(?:plaetze|freien? plaetze|platz)\b|fully.?booked|sold.?out|\bbesetzt\b|kein platz|"
            r"belegung: voll|out.?of.?stock|schema\.org/reserved"
        ),
    ),
    (
        "closed",
        re.compile(
            r"nicht (?:mehr )?(?:online )?buchbar|nichtbuchbar|nicht mehr moeglich|"
            r"anmeldung (?:\w+ )*(?:geschlossen|beendet|abgelaufen|nicht moeglich)|"
            r"anmelde(?:schluss|frist) (?:\w+ )*(?:abgelaufen|vorbei|ueberschritten|erreicht)|"
            r"anmeldefrist ist|buchung (?:\w+ )*(?:geschlossen|nicht moeglich)|"
            r"keine (?:anmeldung|buchung) (?:mehr )?moeglich|nicht (?:mehr )?verfuegbar|course.?closed|"
            r"\bgeschlossen\b|\bkurs (?:ist )?(?:beendet|abgeschlossen|gelaufen)|"
            r"\bbeendet\b|\babgelaufen\b|\bdiscontinued|/discontinued"
        ),
    ),
    (
        "planned",
        re.compile(
            r"\bin planung|\bgeplant\b|termin(?:e)? (?:folgt|folgen|in kuerze)|\bnoch kein(?:e)? termin|"
            r"\bdemnaechst|\bin vorbereitung|"
            r"\bin kuerze (?:buchbar|verfuegbar)|\bvormerk|\binteressentenliste|noch nicht buchbar|"
            r"buchbar ab|anmeldung ab|pre-?order|pre-?sale|eventpostponed|"
            r"auf unbestimmte zeit verschoben"
        ),
    ),
    (
        "few_left",
        re.compile(
            r"wenig\w* (?:\w+ )?(?:plaetze|restplaetze)|\brestplaetze|almost.?full|fast (?:ausgebucht|"
            r"voll|belegt)|letzte[rn]? plaetze?|"
            r"nur noch (?:einzelne|wenige)|einzelne (?:\w+ )?plaetze|limited.?availability|wenige frei"
        ),
    ),
    (
        "available",
        re.compile(
            r"plaetze? (?:\w+ ){0,2}?(?:frei|verfuegbar|vorhanden)|freie[rn]? plaetze?|\bbuchbar|"
            r"\bverfuegbar\b|ausreichend|jetzt (?:buchen|anmelden)|"
            r"kurs buchen|anmeldung (?:ist )?(?:\w+ )?moeglich|course.?open|\bin ?stock\b|instock|"
            r"\bavailable\b|in den warenkorb|\bfrei\b|\boffen\b|"
            r"\bgenuegend plaetze|einstieg (?:\w+ )*moeglich|anmelden$|buchen$|noch plaetze|"
            r"schema\.org/(?:online|instore)only"
        ),
    ),
)
# Words that stand where a status stands and say nothing about places.
_NO_STATUS = re.compile(
    r"garantierte? (?:durchfuehrung|termin)|durchfuehrungsgarantie|startgarantie|gesicherte durchfuehrung|"
    r"durchfuehrung (?:ist )?(?:garantiert|gesichert)|findet (?:sicher |garantiert )?statt|"
    r"event(?:scheduled|rescheduled|movedonline)|schema\.org/madetoorder"
)
_ALMOST = re.compile(r"(?:fast|beinahe|nahezu) (?:ausgebucht|voll|belegt)|almost.?(?:full|booked)")


def read_availability(text: str | None) -> Reading[Availability]:
    """Status and places from a status text, a count (`4 von 6` booked, `3 Plätze verfügbar` free) or an icon class.

    No text is `unknown` without a doubt; words that are no status are `unknown` with one.
    """
    return _read(text)


@remembered(4096)
def _read(text: str | None) -> Reading[Availability]:
    words = plain(text)
    if text is None or words is None:
        return Reading(Availability())
    said = _ALWAYS_SAID.sub(" ", spell_out(words).replace("_", "-")).strip()
    found = next((match for pattern in _COUNTS if (match := pattern.search(said))), None)
    counts = {name: int(count) for name, count in found.groupdict().items()} if found else {}
    if not found and _ONE.search(said):
        counts = {"free": 1}
    free, booked, capacity = counts.get("free"), counts.get("booked"), counts.get("capacity")
    status = _status(said.replace(found[0], " ") if found else said)
    if capacity is not None and max(free or 0, booked or 0) > capacity:
        return Reading(Availability(status=status), (Doubt(text, "more participants than there are places"),))
    if capacity is not None and booked is not None:
        free = capacity - booked
    elif capacity is not None and free is not None:
        booked = capacity - free
    if free and status == "full":
        return Reading(Availability(capacity=capacity), (Doubt(text, "free places, but it is said to be full"),))
    if free and status == "waitlist":
        return Reading(Availability(status=status, capacity=capacity))  # places on the waiting list
    if free is not None and status in ("unknown", "available", "few_left"):
        status = "full" if free == 0 else "few_left" if free <= FEW or status == "few_left" else "available"
    if status == "unknown" and not counts and not _NO_STATUS.search(said):
        return Reading(Availability(), (Doubt(text, "no word for availability"),))
    return Reading(Availability(status=status, free=free, booked=booked, capacity=capacity))


def _status(said: str) -> AvailabilityStatus:
    if _ALMOST.search(said):
        return "few_left"
    without_negation = said.replace("nicht ausgebucht", "frei")
    return next((status for status, pattern in _STATES if pattern.search(without_negation)), "unknown")
