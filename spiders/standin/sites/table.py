"""A small house that hands in a table: one row per run, as a CSV from a German Excel and as a workbook."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from spiders.standin.catalogue import Run
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, days_of, free, german, month

HEADS = (
    "Kursnummer", "Kurstitel", "Beschreibung", "Beginn", "Ende", "Uhrzeit", "Dauer", "Gebühr", "Prüfungsgebühr",
    "Kursort", "Straße", "PLZ", "Stadt", "Unterrichtsform", "Abschluss", "Förderung", "Freie Plätze",
)  # fmt: skip
FORMS = {"onsite": "Präsenz", "online": "Online", "self_paced": "Selbstlernkurs"}
Cell = str | int | Decimal | date | None
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WRITTEN = datetime(2026, 7, 1, tzinfo=UTC).replace(tzinfo=None)  # a workbook knows no time zone


class Table:
    """`/kurse.csv` and `/kurse.xlsx` with the same rows, below a title line, with a blank row somewhere."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications

    def answer(self, request: Request) -> Reply | None:
        """The two files."""
        if request.path == "/kurse.csv":
            return Reply(self._csv(), "text/csv")  # as servers send it: without the encoding
        if request.path == "/kurse.xlsx":
            return Reply(self._workbook(), SPREADSHEET)
        return None

    def _rows(self) -> Iterator[list[Cell]]:
        for offer in self._publications:
            for run in offer.runs:
                yield _row(offer, run)

    def _csv(self) -> bytes:
        file = io.StringIO()
        write = csv.writer(file, delimiter=";", lineterminator="\r\n").writerow
        write(["Unser Kursprogramm", *[""] * (len(HEADS) - 1)])
        write([""] * len(HEADS))
        write(HEADS)
        for row in self._rows():
            write([_german(cell) for cell in row])
        return file.getvalue().encode("cp1252", "replace")

    def _workbook(self) -> bytes:
        from openpyxl import Workbook  # takes 0.3 s

        book = Workbook()
        book.properties.created = book.properties.modified = _WRITTEN
        book.remove(book.worksheets[0])
        book.create_sheet("Hinweise").append(["Diese Mappe enthält unser Programm auf dem zweiten Blatt."])
        sheet = book.create_sheet("Kurse")
        sheet.append(["Unser Kursprogramm"])
        sheet.append([])
        sheet.append(list(HEADS))
        for row in self._rows():
            sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()


def _row(offer: Publication, run: Run) -> list[Cell]:
    course, site = offer.course, run.site
    begin: Cell = run.start
    if run.start is None:
        begin = "Einstieg jederzeit"
    elif run.month_only:
        begin = month(run.start)
    return [
        offer.ref,
        offer.title,
        "\n".join(offer.paragraphs),  # line breaks inside of a cell
        begin,
        None if run.month_only else run.end,
        f"{days_of(run)} {run.start_time} - {run.end_time} Uhr" if run.start_time else None,
        f"{course.ue} UE",
        Decimal(offer.price) / 100 if offer.price else offer.note or None,
        Decimal(course.exam_price) / 100 if course.exam_price else None,
        site.venue if site else "Online",
        site.street if site else None,
        site.postcode if site else None,
        site.city if site else None,
        FORMS[course.form],
        course.series.certificate,
        ", ".join(course.series.funding) or None,
        free(run),
    ]


def _german(cell: Cell) -> str:
    """A cell as Excel writes it into a CSV in Germany."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return german(cell)
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)
