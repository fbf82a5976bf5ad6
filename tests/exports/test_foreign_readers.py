"""Each format of a version by somebody else's reader: of a full and hostile version, and of a night on the stand-in."""

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import foreign_readers
import openpyxl
import pytest

from flows.home import Home
from tests.flows.season import Season


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The version of a night on three stand-in sites."""
    season = Season(Home(tmp_path_factory.mktemp("night"), "standin"), sources=("slv", "bz", "mein-now"))
    season.night(1)
    return season.current


@pytest.mark.parametrize("read", foreign_readers.READERS, ids=lambda read: read.__name__)
def test_a_full_and_a_hostile_course(version: Path, read: Callable[[Path], None]) -> None:
    read(version)


@pytest.mark.slow
@pytest.mark.parametrize("read", foreign_readers.READERS, ids=lambda read: read.__name__)
def test_a_night_on_the_standin(night: Path, read: Callable[[Path], None]) -> None:
    assert len(foreign_readers.records(night)) > 20
    read(night)


def opened(program: str, folder: Path, table: Path, separator: str) -> list[list[Any]]:
    """The cells of a CSV file as LibreOffice, told nothing but its separator and that it is German, shows them."""
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        f"--infilter=CSV:{ord(separator)},34,76,1,,1031,false,true", "--convert-to", "xlsx", "--outdir", str(folder),
        str(table),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    sheet = openpyxl.load_workbook(folder / f"{table.stem}.xlsx").active
    assert sheet is not None
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]  # no text is a formula
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.libreoffice
def test_libreoffice_shows_german_cells_and_no_formula(version: Path, libreoffice: str, tmp_path: Path) -> None:
    heads, full, hostile, over = opened(libreoffice, tmp_path, version / "kurse.csv", ";")
    shown = dict(zip(heads, full, strict=True))
    assert (shown["Titel"], shown["Beschreibung"]) == (
        "MAG-Schweißen; Grundkurs, Teil 1",
        "Sie üben Nähte.\nZeile zwei.",
    )
    assert (shown["Preis (EUR)"], shown["Günstigster Preis (EUR)"]) == (1234.5, 999)
    assert shown["Nächster Beginn"] == datetime(2026, 12, 1)  # noqa: DTZ001 - a cell has no zone
    assert dict(zip(heads, hostile, strict=True))["Untertitel"] == 'Er sagt "ja";\nund geht'
    assert "HYPERLINK" in str(dict(zip(heads, hostile, strict=True))["Titel"])
    assert len(over) == len(heads)
    heads, first, *more = opened(libreoffice, tmp_path, version / "termine.csv", ";")
    assert (len(more), dict(zip(heads, first, strict=True))["PLZ"]) == (3, 45879)


@pytest.mark.slow
@pytest.mark.libreoffice
def test_libreoffice_opens_a_night(night: Path, libreoffice: str, tmp_path: Path) -> None:
    courses = foreign_readers.records(night)
    _, *rows = opened(libreoffice, tmp_path, night / "kurse.csv", ";")
    assert [row[0] for row in rows] == [one["course_id"] for one in courses]
    _, *rows = opened(libreoffice, tmp_path, night / "termine.csv", ";")
    assert len(rows) == sum(len(one["instances"]) for one in courses)
