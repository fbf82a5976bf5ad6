"""The table that a small provider fills in and hands over: its columns, one invented example, and what belongs where.

`python -m spiders.tables.template docs` writes `vorlage-kurse.csv` and `vorlage-kurse.xlsx`.
"""

import csv
import sys
from datetime import datetime
from pathlib import Path

NAME = "vorlage-kurse"
_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook knows no time zone; a fixed day keeps the file the same

# Column head, example, what belongs there. The heads are read by the lexicon of labels.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("Kursnummer", "M-101", "Pflicht. Ihre eigene Nummer; sie bleibt, auch wenn Titel oder Termin sich ändern."),
    ("Kurstitel", "Schweißen für Einsteiger", "Pflicht. Nur der Titel, ohne „ausgebucht“ oder Termin."),
    ("Anbieter", "Werkschule Musterhof", "Ihr Name, wie er erscheinen soll."),
    ("Beschreibung", "Erste Nähte an Stahlblech, mit Übungen in der Werkstatt.", "Inhalte in einigen Sätzen."),
    ("Beginn", "11.01.2027", "Erster Tag, zum Beispiel 11.01.2027; bei ständigem Einstieg „jederzeit“."),
    ("Ende", "15.01.2027", "Letzter Tag; leer, wenn er nicht feststeht."),
    ("Uhrzeit", "Mo - Fr 08:00 - 15:00 Uhr", "Wochentage und Uhrzeiten."),
    ("Anmeldeschluss", "04.01.2027", "Letzter Tag der Anmeldung."),
    ("Dauer", "40 UE", "Mit Einheit: UE (45 Minuten), Stunden, Tage, Wochen oder Monate."),
    ("Gebühr", "690,00 €", "Was alle zahlen; „kostenfrei“ oder „auf Anfrage“ geht auch."),
    ("Prüfungsgebühr", "120,00 €", "Nur wenn sie zur Gebühr hinzukommt."),
    ("Kursort", "Lehrwerkstatt Musterhof", "Name des Hauses; bei Online-Kursen „Online“."),
    ("Raum", "Halle 2", "Wenn er feststeht."),
    ("Straße", "Musterstraße 5", "Mit Hausnummer."),
    ("PLZ", "45657", "Fünf Ziffern."),
    ("Stadt", "Recklinghausen", ""),
    ("Unterrichtsform", "Präsenz", "Präsenz, Online, Präsenz und online, Selbstlernkurs."),
    ("Zeitmodell", "Vollzeit", "Vollzeit, Teilzeit, berufsbegleitend, abends, am Wochenende."),
    ("Abschluss", "Teilnahmebescheinigung", "Zeugnis oder Zertifikat."),
    ("Zielgruppe", "Auszubildende in Metallberufen", ""),
    ("Voraussetzungen", "keine", ""),
    ("Förderung", "Bildungsgutschein", "Nur was für diesen Kurs gilt."),
    ("Freie Plätze", "8", "Eine Zahl, „ausgebucht“ oder „Warteliste“."),
    ("Telefon", "0221 4710-100", "Für Rückfragen von Interessierten."),
    ("E-Mail", "kurse@example.org", "Eine Adresse des Hauses, keine private."),
    ("Link", "https://example.org/kurse/m-101", "Seite des Kurses, wenn es eine gibt."),
)  # fmt: skip

NOTES = (
    "Eine Zeile je Termin. Mehrere Termine eines Kurses haben dieselbe Kursnummer und denselben Titel.",
    "Die Zeile mit den Spaltennamen bleibt, wie sie ist; Spalten dürfen fehlen oder anders geordnet sein.",
    "Die Beispielzeile M-101 ist erfunden und wird gelöscht oder überschrieben.",
    "Was nicht zutrifft, bleibt leer. Nichts schätzen: lieber leer als falsch.",
    "Namen von Lehrkräften gehören nicht in die Tabelle.",
)


def main(folder: Path) -> None:
    """Write both files into a folder."""
    write_csv(folder / f"{NAME}.csv")
    write_workbook(folder / f"{NAME}.xlsx")


def write_csv(path: Path) -> None:
    """Heads and example as a German Excel opens them: semicolons, UTF-8 with its mark."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
        lines.writerow(head for head, _, _ in COLUMNS)
        lines.writerow(example for _, example, _ in COLUMNS)


def write_workbook(path: Path) -> None:
    """The same as a workbook, with a second sheet that says what belongs into each column."""
    from openpyxl import Workbook  # takes 0.3 s
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.properties.created = book.properties.modified = _WRITTEN
    book.remove(book.worksheets[0])
    courses, notes = book.create_sheet("Kurse"), book.create_sheet("Hinweise")
    courses.append([head for head, _, _ in COLUMNS])
    courses.append([example for _, example, _ in COLUMNS])
    courses.freeze_panes = "A2"
    for line in NOTES:
        notes.append([line])
    notes.append([])
    notes.append(["Spalte", "Was hinein gehört"])
    for head, _, note in COLUMNS:
        notes.append([head, note])
    for cell in [*courses[1], *notes[len(NOTES) + 2]]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 22), ("B", 90)):
        notes.column_dimensions[letter].width = width
    for column in range(1, len(COLUMNS) + 1):
        courses.column_dimensions[courses.cell(1, column).column_letter].width = 20
        for row in range(2, 102):
            courses.cell(row, column).number_format = "@"  # text: a date stays as it was typed
    for cell in courses[2]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.save(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
