"""Official names of the federal agency's codes (value lists of KURSNET, November 2025), where a feed gives only a code.

A code without a name here is told by the platform that met it. Of the Länder only NRW is listed.
"""

from collections.abc import Mapping

COURSE_TYPES = {
    "2": "Studienangebot",
    "3": "Maßnahmeangebot AVGS",
    "4": "Angebot zur Sprachförderung",
    "5": "Weiterbildungsangebot",
}  # 1 is "Bildungsangebot", which says nothing

DURATIONS = {
    "1": "bis 3 Tage",
    "2": "mehr als 3 Tage bis 1 Woche",
    "3": "mehr als 1 Woche bis 1 Monat",
    "4": "mehr als 1 Monat bis 3 Monate",
    "5": "mehr als 3 Monate bis 6 Monate",
    "6": "mehr als 6 Monate bis 1 Jahr",
    "7": "mehr als 1 Jahr bis 2 Jahre",
    "8": "mehr als 2 Jahre bis 3 Jahre",
    "9": "mehr als 3 Jahre",
}  # 0 is "Keine Angabe"

INSTRUCTION_FORMS = {
    "0": "Auf Anfrage",
    "1": "Vor-Ort-Vollzeit",
    "2": "Vor-Ort-Teilzeit",
    "3": "Wochenendveranstaltung",
    "4": "Fernunterricht/ Fernstudium",
    "5": "E-Learning/ Blended Learning / Virtuelles Klassenzimmer",
    "6": "Blockunterricht",
    "7": "Inhouse-/ Firmenseminar",
    "8": "Einzelmaßnahme (Einzelbetreuung)",
    "9": "Gruppenmaßnahme",
    "101": "Präsenzunterricht",
    "102": "Seminar",
    "103": "Workshop",
    "104": "Praxistraining",
    "105": "Sonstige Präsenzveranstaltung",
    "201": "Virtuelles Klassenzimmer",
    "202": "Online-Seminar",
    "203": "Online-Coaching",
    "204": "Selbstlernmodul",
    "205": "Virtual Reality",
    "206": "Sonstige Digitale Lernform",
    "301": "Blended Learning",
    "302": "Combined Learning",
    "303": "Hybrid Learning",
    "304": "Sonstige Kombinierte Lernform",
    "401": "Fernunterricht",
    "402": "Fernlehrgang",
    "403": "Sonstiger Fernunterricht",
}

EXECUTION_FORMS = {
    "1": "Präsenzveranstaltung",
    "2": "Digitale Durchführungsform",
    "3": "Kombinierte Durchführungsform",
}

INSTRUCTION_TIMES = {"1": "Vollzeit", "2": "Teilzeit"}

EDUCATION_TYPES = {
    "100": "Allgemeinbildung",
    "101": "Berufliche Grundqualifikation",
    "102": "Berufsausbildung",
    "103": "Gesetzlich/gesetzesähnlich geregelte Fortbildung/Qualifizierung",
    "104": "Fortbildung/Qualifizierung",
    "105": "Nachholen des Berufsabschlusses",
    "106": "Rehabilitation",
    "107": "Studienangebot - grundständig",
    "108": "Studienangebot - weiterführend",
    "109": "Umschulung",
    "110": "Berufssprachkurse",
    "130": "Aktivierung/berufliche Eingliederung",
}  # 0 is "Keine Zuordnung möglich"

FUNDING_FEDERAL = {
    "1": "Aufstiegs-BAföG (AFBG)",
    "2": "Bildungsgutschein",
    "4": "Aufstiegsstipendium bei der Stiftung Begabtenförderung berufliche Bildung (SBB)",
    "5": "Weiterbildungsstipendium bei der Stiftung Begabtenförderung berufliche Bildung (SBB)",
    "6": "Förderung beruflicher Weiterbildung in der Binnenschifffahrt",
    "7": "Förderung von Weiterbildung im Güterkraftverkehr",
    "8": "Qualifizierungsgeld zur Förderung der beruflichen Weiterbildung Beschäftigter",
    "9": "Förderung beruflicher Weiterbildung für Beschäftigte in Transfergesellschaften",
    "10": "KOMPASS - Förderung der beruflichen Weiterbildung von Solo-Selbstständigen",
    "11": "Zuschuss bei der Qualifizierung Beschäftigter",
    "12": "Arbeitslosengeld bei beruflicher Weiterbildung",
    "13": "Förderung von Menschen mit gesundheitlicher Beeinträchtigung",
}

FUNDING_REGIONAL = {"40": "Arbeitnehmerweiterbildung / Bildungsurlaub in Nordrhein-Westfalen"}

# The coded elements of openQ-cat: their `type` by these lists. "0" says that nothing is said, except for a form.
CODED: Mapping[str, Mapping[str, str]] = {
    "DURATION": DURATIONS,
    "INSTRUCTION_FORM": INSTRUCTION_FORMS,
    "INSTRUCTION_TIME": INSTRUCTION_TIMES,
    "EXECUTION_FORM": EXECUTION_FORMS,
    "EDUCATION_TYPE": EDUCATION_TYPES,
    "FUNDING_TYPES_FEDERAL": FUNDING_FEDERAL,
    "FUNDING_TYPES_REGIONAL": FUNDING_REGIONAL,
}
