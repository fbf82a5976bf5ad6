"""Tables to take away, as XLSX: what a source wrote stays text, whatever it begins with."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from fastapi.responses import Response
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

LONGEST = 32_000  # characters of a cell; Excel takes 32,767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Value = str | float | datetime | None


def workbook(title: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Value]]) -> bytes:
    """A workbook with one sheet: `heads` are the names of its columns and their widths in characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, (_, width) in enumerate(heads):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    bold, wrapped = Font(bold=True), Alignment(vertical="top", wrap_text=True)

    def cell(value: Value, font: Font | None = None) -> Cell:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
            made.quotePrefix = True  # nor one after somebody edited it
        if font:
            made.font = font
        if isinstance(value, datetime):
            made.number_format = "dd.mm.yyyy hh:mm"
        made.alignment = wrapped
        return made

    sheet.append([cell(name, bold) for name, _ in heads])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def download(name: str, book: bytes) -> Response:
    """The answer that lets a browser save a workbook under a name (letters, digits, hyphens)."""
    return Response(book, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
