"""German words for the fields of a listing, so that a steward needs no dictionary."""

FIELDS = {
    "title": "Titel",
    "url": "Adresse der Seite",
    "provider": "Anbieter",
    "course_number": "Kursnummer",
    "description": "Beschreibung",
    "duration": "Dauer",
    "price": "Preis",
    "price_note": "Preishinweis",
    "instances": "Termine",
    "instances.dates": "Daten der Termine",
    "instances.sessions.date": "Daten der Treffen",
    "instances.duration": "Dauer der Termine",
    "instances.place": "Ort der Termine",
    "instances.city": "Ort der Termine",
    "instances.price": "Preis der Termine",
    "instances.availability": "freie Plätze",
    "instances.deadline": "Anmeldeschluss",
    "instances.format": "Unterrichtsform der Termine",
    "format": "Unterrichtsform",
    "schedule": "Zeitmodell",
    "language": "Sprache",
    "listing": "Eintrag",
    "ref": "Kennung",
    "funding": "Förderung",
    "certificate": "Abschluss",
    "fetched_at": "Zeit des Abrufs",
}


def field_name(name: str) -> str:
    """The German name of a field of the listing contract, else the name itself."""
    return FIELDS.get(name, name)
