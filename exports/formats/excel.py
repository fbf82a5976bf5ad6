"""Cells that a German Excel shows as they are meant: 22.11.2026, 1.234,00, words instead of codes.

A spreadsheet takes a text that begins with = + - @ for a formula (CWE-1236). The texts come from foreign pages, so such
a one is given an apostrophe in front, which spreadsheets take as "this is text". A telephone number that begins with +
has it too.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from exports.formats.edition import Item
from normalize.labels import label

COURSES = (
    "Kurs-Kennung", "Stand", "Titel", "Untertitel", "Beschreibung", "Anbieter", "Kursnummer", "Niveau", "Themen",
    "Unterrichtsform", "Zeitmodell", "Unterrichtsstunden (45 min)", "Zeitstunden", "Dauer", "Preisart", "Preis (EUR)",
    "Günstigster Preis (EUR)", "Prüfungsgebühr (EUR)", "Nächster Beginn", "Termine", "Orte", "Förderung", "Abschluss",
    "Art des Abschlusses", "Voraussetzungen", "Zielgruppe", "Kontakt", "Telefon", "E-Mail", "Seite des Anbieters",
    "Vollständigkeit (von 100)",
)  # fmt: skip
INSTANCES = (
    "Kurs-Kennung", "Titel", "Anbieter", "Stand", "Beginn", "Ende", "Genauigkeit", "Einstieg jederzeit", "Uhrzeit von",
    "Uhrzeit bis", "Wochentage", "Anmeldeschluss", "Unterrichtsform", "Zeitmodell", "Preisart", "Preis (EUR)",
    "Haus", "Raum", "Straße", "PLZ", "Ort", "Online", "Plätze", "Freie Plätze", "Seite des Termins",
)  # fmt: skip
LONGEST = 32_000  # a cell of Excel holds 32,767 characters
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def course_cells(item: Item) -> list[str]:
    """The row of a course in kurse.csv."""
    record, contact = item.record, item.record["contact"] or {}
    price, duration, best = record["price"], record["duration"], record["best_price"]
    towns = sorted({run["place"]["city"] for run in record["instances"] if run["place"]["city"]})
    return [
        text(record["course_id"]),
        label("status", record["status"]),
        text(record["title"]),
        text(record["subtitle"]),
        text(item.description),
        text(record["provider"] and record["provider"]["name"]),
        text(record["course_number"]),
        word("level", record["level"]),
        words("topic", record["topics"]),
        word("format", record["format"]),
        word("schedule", record["schedule"]),
        number(duration["teaching_units"]),
        number(duration["hours"]),
        text(duration["text"]),
        word("price_kind", price["kind"]),
        amount(price["amount"]),
        amount(best and best["amount"]),
        amount(price["exam_fee"]),
        day(record["next_start"]),
        str(len(record["instances"])),
        text(", ".join(towns)),
        words("funding", record["funding"]),
        text(record["certificate"]),
        word("certificate", record["certificate_kind"]),
        text(record["requirements"]),
        text(record["target_group"]),
        text(contact.get("name")),
        text(contact.get("phone")),
        text(contact.get("email")),
        text(record["url"]),
        str(record["completeness"]),
    ]


def instance_cells(item: Item) -> Iterator[list[str]]:
    """The rows of a course's runs in termine.csv."""
    record = item.record
    for run in item.runs:
        place, seats = run["place"], run["availability"]
        yield [
            text(record["course_id"]),
            text(record["title"]),
            text(record["provider"] and record["provider"]["name"]),
            label("status", run["status"]),
            day(run["start"]),
            day(run["end"]),
            word("precision", run["precision"]),
            yes(run["open_start"]),
            run["start_time"] or "",
            run["end_time"] or "",
            words("weekday", run["weekdays"]),
            day(run["deadline"]),
            word("format", run["format"]),
            word("schedule", run["schedule"]),
            word("price_kind", run["price"]["kind"]),
            amount(run["price"]["amount"]),
            text(place["venue"]),
            text(place["room"]),
            text(place["street"]),
            text(place["postcode"]),
            text(place["city"]),
            yes(place["online"]),
            word("availability", seats["status"]),
            number(seats["free"]),
            text(run["url"]),
        ]


def text(value: str | None) -> str:
    """Foreign text that no spreadsheet takes for a formula, no longer than a cell holds."""
    if not value:
        return ""
    value = value.replace("\r", " ").replace("\0", "")[:LONGEST]
    return f"'{value}" if value.lstrip(" \xa0").startswith(_FORMULA) else value


@cache
def day(value: str | None) -> str:
    """2026-11-22 as 22.11.2026."""
    return f"{date.fromisoformat(value):%d.%m.%Y}" if value else ""


@cache
def amount(value: str | None) -> str:
    """1234.5 as 1.234,50."""
    return f"{Decimal(value):,.2f}".translate(_GERMAN) if value else ""


def number(value: float | None) -> str:
    """12.5 as 12,5 and 12.0 as 12."""
    return "" if value is None else f"{value:g}".replace(".", ",") if abs(value) < 100_000 else str(round(value))


def yes(value: Any) -> str:
    """Ja or nein."""
    return "ja" if value else "nein"


def word(kind: str, key: str | None) -> str:
    """The German word for a code."""
    return label(kind, key) if key else ""


def words(kind: str, keys: Iterable[str]) -> str:
    """The German words for codes."""
    return ", ".join(label(kind, key) for key in keys)


_GERMAN = str.maketrans(",.", ".,")
