"""German words for the values of the closed vocabularies: wherever a person reads them."""

from functools import cache
from types import MappingProxyType

from normalize.attributes import vocabulary
from normalize.topics import all_topics

WORDS = MappingProxyType(
    {
        "status": {
            "upcoming": "geplant", "open": "Einstieg jederzeit", "running": "läuft", "full": "ausgebucht",
            "unknown": "ohne Angabe", "cancelled": "abgesagt", "past": "beendet",
        },
        "format": {
            "onsite": "Präsenz", "online": "online", "hybrid": "hybrid", "self_paced": "Selbststudium",
            "unknown": "ohne Angabe",
        },
        "schedule": {
            "full_time": "Vollzeit", "part_time": "Teilzeit", "evening": "abends", "weekend": "am Wochenende",
            "unknown": "ohne Angabe",
        },
        "price_kind": {
            "fixed": "fest", "from": "ab", "free": "kostenfrei", "on_request": "auf Anfrage", "unknown": "ohne Angabe",
        },
        "availability": {
            "available": "frei", "few_left": "wenige Plätze", "full": "ausgebucht", "waitlist": "Warteliste",
            "cancelled": "abgesagt", "closed": "nicht buchbar", "planned": "in Planung", "unknown": "ohne Angabe",
        },
        "precision": {"day": "Tag", "month": "Monat", "year": "Jahr", "unknown": "ohne Angabe"},
        "level": {
            "beginner": "Grundstufe", "intermediate": "Mittelstufe", "advanced": "Aufbaustufe",
            "expert": "Expertenstufe",
        },
        "funding": {
            "bildungsgutschein": "Bildungsgutschein",
            "aktivierungsgutschein": "Aktivierungs- und Vermittlungsgutschein",
            "aufstiegs_bafoeg": "Aufstiegs-BAföG",
            "bildungsurlaub": "Bildungsurlaub",
            "bildungsscheck_nrw": "Bildungsscheck NRW",
            "qualifizierungschancengesetz": "Qualifizierungschancengesetz",
            "qualifizierungsgeld": "Qualifizierungsgeld",
            "weiterbildungsstipendium": "Weiterbildungsstipendium",
            "aufstiegsstipendium": "Aufstiegsstipendium",
            "bildungspraemie": "Bildungsprämie",
            "kompass": "KOMPASS",
            "bfd_bundeswehr": "Berufsförderungsdienst der Bundeswehr",
            "rentenversicherung": "Rentenversicherung",
            "meisterbonus": "Meisterbonus",
            "integrationskurs_bamf": "Integrationskurs (BAMF)",
            "berufssprachkurs_bamf": "Berufssprachkurs (BAMF)",
            "bafoeg": "BAföG",
            "other": "weitere Förderung",
        },
        "weekday": {"mo": "Mo", "tu": "Di", "we": "Mi", "th": "Do", "fr": "Fr", "sa": "Sa", "su": "So"},
    }
)  # fmt: skip


def label(kind: str, key: str) -> str:
    """The German word for a value of a vocabulary; what has none, like "B1.2", stands for itself."""
    return _words(kind).get(key, key)


@cache
def _words(kind: str) -> dict[str, str]:
    if kind == "topic":
        return {key: topic.label for key, topic in all_topics().items()}
    if kind in ("certificate", "audience", "prerequisite"):
        return {value.key: value.label for value in vocabulary(kind)}
    return WORDS[kind]
