"""Corrections as a steward gives them: what may be corrected, what a value must be, and when a correction needs a look.

What a correction does to the course stands in `dedupe.overrides`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, get_args

from dedupe.journal import Event
from dedupe.overrides import HIDDEN, PLACE, PLACE_PARTS, is_over
from normalize.labels import label
from normalize.links import URL_LIMIT, read_url
from normalize.model import Course, Instance, Offer
from normalize.places import read_place
from normalize.text import plain
from normalize.topics import MOST_TOPICS, all_topics
from normalize.vocabulary import Level

LONGEST_TITLE = 300
LONGEST_REASON = 500
LONGEST_YEARS = 3  # a correction that nobody looks at any more must end

FIELDS = {"title": "Titel", "subtitle": "Untertitel", "topics": "Themen", "level": "Niveau", "url": "Adresse der Seite"}

Given = Mapping[str, Sequence[str]]  # the fields of a form


class UnfitError(ValueError):
    """A value that cannot be what its field is; the message tells a steward in German what to do."""


class Standing(StrEnum):
    """How a correction stands today."""

    HOLDS = "gilt"
    CHANGED = "Quelle geändert"
    OVER = "abgelaufen"
    GONE = "Angebot nicht mehr da"


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that nobody took back: how it stands, and what its source says now."""

    event: Event
    standing: Standing
    now: Any = None

    @property
    def field(self) -> str:
        """The field as the steward knows it."""
        return field_de(str(self.event["field"]))


def field_de(field: str) -> str:
    """The German name of a field of overrides."""
    if field.startswith(PLACE):
        return "Ort eines Termins"
    return "Auf dem Portal" if field == HIDDEN else FIELDS.get(field, field)


def value_de(field: str, value: Any) -> str:
    """A value of an override, or what a source says of its field, for a German reader."""
    if value in (None, "", [], {}):
        return "nichts"
    if field == HIDDEN:
        return "ausgeblendet"
    if field == "topics" and isinstance(value, list | tuple):
        return ", ".join(label("topic", str(key)) for key in value)
    if field == "level":
        return label("level", str(value))
    if field.startswith(PLACE) and isinstance(value, dict):
        town = " ".join(str(value[part]) for part in ("postcode", "city") if value.get(part))
        told = [str(value[part]) for part in ("venue", "room", "street") if value.get(part)]
        return ", ".join([*told, *[town] * bool(town), *["online"] * bool(value.get("online"))])
    return str(value)


def read_value(field: str, given: Given) -> Any:
    """The value for the journal. Raises UnfitError if the form does not give one that the field can have."""
    if field.startswith(PLACE):
        return _place(given)
    if field == HIDDEN:
        return True
    text = " ".join((given.get("value") or ("",))[0].split())
    match field:
        case "title" | "subtitle":
            return _text(text)
        case "url":
            return _url(text)
        case "level":
            if text not in get_args(Level):
                raise UnfitError("Bitte ein Niveau aus der Liste wählen.")
            return text
        case "topics":
            return _topics(given.get("value") or ())
    raise UnfitError("Dieses Feld lässt sich nicht korrigieren.")


def read_until(text: str, today: date) -> str:
    """The last day of a correction. Raises UnfitError."""
    try:
        until = date.fromisoformat(text)
    except ValueError:
        raise UnfitError("Bitte angeben, bis wann die Korrektur gilt.") from None
    if until < today:
        raise UnfitError("Das Ende liegt in der Vergangenheit.")
    if (until - today).days > 366 * LONGEST_YEARS:
        raise UnfitError(f"Eine Korrektur gilt höchstens {LONGEST_YEARS} Jahre; danach schaut wieder jemand hin.")
    return until.isoformat()


def read_reason(text: str) -> str:
    """Why; nobody corrects without saying so. Raises UnfitError."""
    reason = plain(text, LONGEST_REASON)
    if reason is None:
        raise UnfitError("Bitte kurz begründen.")
    return reason


def bearer(course: Course, field: str) -> str:
    """The offer that a correction of a field binds: whose value is shown, else the senior one."""
    if field.startswith(PLACE):
        runs = {run.instance_id: run.offer_id for run in course.instances}
        if (offer_id := runs.get(field.removeprefix(PLACE))) is None:
            raise UnfitError("Diesen Termin gibt es nicht mehr.")
        return offer_id
    origin = course.provenance.get(field)
    return origin.offer_id if origin else course.members[0].offer_id


def source_value(offer: Offer, field: str) -> Any:
    """What the source says of a field, as JSON: kept with a correction to see when it becomes another."""
    if field.startswith(PLACE):
        run = next((one for one in offer.instances if one.instance_id == field.removeprefix(PLACE)), None)
        return None if run is None else place_strings(run)
    if field == HIDDEN:
        return offer.match_hash
    return offer.model_dump(mode="json", include={field}).get(field)


def place_strings(run: Instance) -> dict[str, str]:
    """The place of a run in the strings that say it."""
    told = {name: getattr(run.place, name) for name in PLACE_PARTS if name != "online"}
    return {name: text for name, text in told.items() if text} | ({"online": "ja"} if run.place.online else {})


def look_at(event: Event, offer: Offer | None, today: date) -> Correction:
    """How a correction stands. What its source said when it was made is in `seen`, if the desk made it."""
    if offer is None:
        return Correction(event, Standing.GONE)
    now = source_value(offer, str(event["field"]))
    if is_over(event, today.isoformat()):
        return Correction(event, Standing.OVER, now)
    changed = "seen" in event and event["seen"] != now
    return Correction(event, Standing.CHANGED if changed else Standing.HOLDS, now)


def _text(text: str) -> str:
    value = plain(text)
    if value is None:
        raise UnfitError("Bitte einen Text eingeben.")
    if value != text:
        raise UnfitError("Bitte nur einfachen Text eingeben, ohne Auszeichnungen und Steuerzeichen.")
    if len(value) > LONGEST_TITLE:
        raise UnfitError(f"Höchstens {LONGEST_TITLE} Zeichen.")
    return value


def _url(text: str) -> str:
    value = read_url(text).value
    if value is None:
        raise UnfitError(f"Bitte eine vollständige Adresse mit https:// eingeben (höchstens {URL_LIMIT} Zeichen).")
    return value


def _topics(keys: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(filter(None, keys)))
    if not chosen or not set(chosen) <= all_topics().keys():
        raise UnfitError("Bitte mindestens ein Thema aus der Liste wählen.")
    if len(chosen) > MOST_TOPICS:
        raise UnfitError(f"Höchstens {MOST_TOPICS} Themen.")
    return chosen


def _place(given: Given) -> dict[str, str]:
    strings = {name: " ".join((given.get(name) or ("",))[0].split()) for name in PLACE_PARTS}
    told = {name: text for name, text in strings.items() if text}
    if not told.keys() & {"city", "postcode", "online"}:
        raise UnfitError("Bitte Postleitzahl und Ort angeben, oder dass der Termin online ist.")
    for name in told.keys() - {"online"}:
        _text(told[name])
    read = read_place(**{"venue": None, **told}).value
    if told.keys() & {"city", "postcode"} and read.in_region is None:
        raise UnfitError("Diesen Ort kennen wir nicht, oder Postleitzahl und Ort passen nicht zusammen.")
    return told
