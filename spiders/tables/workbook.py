"""An XLSX workbook as lines of strings, one list per sheet: what a person sees in a cell, as far as the file says it.

Dates become ISO text, as a cell holds no other published string. A cell that holds an error (`#REF!`) or a formula
without its result is blank and reported; it loses no other cell.
"""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import BadZipFile, ZipFile

from spiders.page import UnreadableError

MAX_UNPACKED = 200_000_000  # bytes of the whole workbook
MAX_ROWS = 100_000
MAX_CELLS = 5_000_000


@dataclass
class Sheet:
    """One sheet: its rows, blank ones too, and the cells that could not be read (`B3`, with the reason in German)."""

    name: str
    lines: list[list[str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def sheets(body: bytes) -> Iterator[Sheet]:
    """The sheets of a workbook in their order. Raises UnreadableError if it is damaged, encrypted or far too large."""
    from openpyxl import load_workbook  # takes 0.3 s, and few tables need it

    _check_size(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of a workbook that are no cells
            results = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
            formulas = load_workbook(io.BytesIO(body), read_only=True) if _has_formulas(body) else None
            for sheet in results.worksheets:
                yield _sheet(sheet, formulas[sheet.title] if formulas else None)
    except UnreadableError:
        raise
    except Exception as error:  # a hostile workbook can break its library anywhere
        raise UnreadableError(f"the workbook cannot be read: {type(error).__name__}: {error}") from error


def _check_size(body: bytes) -> None:
    """A small archive can unpack to a size that fills the memory; the archive says how large, and unpacks no more."""
    try:
        with ZipFile(io.BytesIO(body)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableError(f"the workbook cannot be read: {error}") from error
    if size > MAX_UNPACKED:
        raise UnreadableError(f"the workbook unpacks to {size} bytes, more than {MAX_UNPACKED}")


def _has_formulas(body: bytes) -> bool:
    with ZipFile(io.BytesIO(body)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in content or b"<f " in content for content in map(archive.read, names))


def _sheet(results: Any, formulas: Any) -> Sheet:
    sheet = Sheet(results.title)
    cells = 0
    results.reset_dimensions()  # what a file says of its own size may be wrong, or a million rows
    if formulas is not None:
        formulas.reset_dimensions()
    others = iter(formulas.iter_rows()) if formulas is not None else None
    for number, row in enumerate(results.iter_rows(), start=1):
        other = next(others, ()) if others is not None else ()
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise UnreadableError(
                f"the sheet {sheet.name!r} is too large: more than {MAX_ROWS} rows or {MAX_CELLS} cells"
            )
        for cell, formula in zip(row, other, strict=False):
            if cell.value is None and formula.data_type == "f":
                sheet.unreadable.append(f"{_place(formula)}: Formel ohne Ergebnis")
        sheet.unreadable += [f"{_place(cell)}: Fehlerwert {cell.value}" for cell in row if cell.data_type == "e"]
        sheet.lines.append([_shown(cell) for cell in row])
    return sheet


def _place(cell: Any) -> str:
    return f"Zelle {cell.coordinate}"


def _shown(cell: Any) -> str:
    value, shape = cell.value, str(getattr(cell, "number_format", "") or "")
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "WAHR" if value else "FALSCH"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        return _clock(value)
    if isinstance(value, int | float):
        return _number(value, shape)
    return str(value)


def _clock(span: timedelta) -> str:
    """A time that may be beyond a day: 40:00."""
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _number(value: float, shape: str) -> str:
    """A number without the noise of binary fractions; a per cent sign and leading zeros (postcodes) are format."""
    if "%" in shape:
        return f"{value * 100:.10g} %"
    if shape and not shape.strip("0") and float(value).is_integer():
        return f"{int(value):0{len(shape)}d}"
    return str(value) if isinstance(value, int) else f"{value:.15g}"
