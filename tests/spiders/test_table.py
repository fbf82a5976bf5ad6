"""Tables as providers hand them in: any spreadsheet's CSV, workbooks with their oddities, and what is sent back."""

import csv
import gzip
import io
import json
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from spiders.labelled.labels import lexicon
from spiders.merge import merged_by_ref
from spiders.page import Note, Page, UnreadableError
from spiders.platforms import table
from spiders.source import bare_source
from spiders.tables import template as upload_template
from spiders.tables import workbook

DOCS = Path(__file__).parents[2] / "docs"


def read(body: bytes, content_type: str | None = None, **changes: Any) -> list[Any]:
    source = bare_source("table").model_copy(update=changes)
    return list(table.read(Page("file:///upload", body, content_type=content_type), source))


def records(found: list[Any]) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)]


def messages(found: list[Any], kind: str = "row_rejected") -> list[str]:
    return [each.message for each in found if isinstance(each, Note) and each.kind == kind]


def book(*sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"Blatt{number}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


HEADS = ["Kursnummer", "Titel", "Gebühr"]

# --- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "iso-8859-15"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_every_common_csv(delimiter: str, encoding: str, ending: str) -> None:
    file = io.StringIO()
    lines = csv.writer(file, delimiter=delimiter, lineterminator=ending)
    lines.writerows([HEADS, ["7", f'Nähen{delimiter} "für" alle{ending}und mehr', "5 €"]])
    (record,) = records(read(file.getvalue().encode(encoding)))
    assert (record["ref"], record["price"]) == ("7", "5 €")
    assert record["title"] == f'Nähen{delimiter} "für" alle{ending}und mehr'


def test_the_encoding_that_the_server_states_counts() -> None:
    body = "Kursnummer;Titel\n1;Ж\n".encode("cp1251")
    assert records(read(body, "text/csv; charset=windows-1251"))[0]["title"] == "Ж"


def test_a_title_above_the_heads_and_blank_columns_and_rows_are_no_data() -> None:
    above = b"Unser Programm 2027;;;;\nStand: 1.1.2027, Kontakt: kurse@example.org;;;;\n;;;;\n"
    body = above + b"Kursnummer;Titel;;Ort;\n;;;;\n1;A;;Marl;\n"
    (record,) = records(read(body))
    assert record["raw"] == {"Kursnummer": "1", "Titel": "A", "Ort": "Marl"}
    assert record["instances"][0]["venue"] == "Marl"


def test_a_value_below_a_blank_head_is_kept_and_said() -> None:
    found = read(b"Kursnummer;Titel;\n1;A;nur Montag\n")
    assert records(found)[0]["raw"]["(Spalte 3)"] == "nur Montag"
    assert "(Spalte 3)" in messages(found, "column_unread")[0]


def test_an_unknown_and_a_doubled_column_are_said_in_german() -> None:
    found = read(b"Kursnummer;Titel;Gebuehr;Preis;Farbe;Leer\n1;A;5;6;rot;\n".replace(b"Gebuehr", "Gebühr".encode()))
    assert records(found)[0]["price"] == "5"
    assert [message.split("“")[0] for message in messages(found, "column_unread")] == [
        "Die Spalte „Preis",
        "Die Spalte „Farbe",
    ]


def test_a_row_that_is_no_row_is_rejected_with_its_number_and_the_others_are_read() -> None:
    body = (
        b"Kursnummer;Titel;Ort\n1;A;Marl\n2;B;Herne;zu viel\n3;Zeile\ngebrochen;Marl\n"
        b'4;"D" x;Marl\n;E;Marl\n6;;Marl\n7;G;Marl\n8;H;Marl\n9;I;Marl\n10;J;Marl\n11;K;\n'
    )
    found = read(body)
    assert [record["ref"] for record in records(found)] == ["1", "7", "8", "9", "10", "11"]
    assert [message.split(":")[0] for message in messages(found)] == [
        "Zeile 6",  # a stray quotation mark, found while reading the file
        "Zeile 3",
        "Zeile 4",
        "Zeile 5",
        "Zeile 7",
        "Zeile 8 (6)",
    ]
    assert "4 Zellen bei 3 Spalten" in messages(found)[1]


def test_a_file_of_which_most_rows_are_broken_is_another_file() -> None:
    with pytest.raises(UnreadableError, match="row 2 has fewer cells"):
        read(b"Kursnummer;Titel;Ort\n1;A\n2;B\n3;C;Marl\n")


def test_a_quotation_mark_that_never_ends_refuses_the_file() -> None:
    with pytest.raises(UnreadableError, match="line 3 never ends"):
        read(b'Kursnummer;Titel\n1;A\n2;"B\n3;C\n4;D\n')


def test_rows_of_one_number_are_runs_and_differing_course_fields_conflicts() -> None:
    body = "Kursnummer;Titel;Gebühr;Beginn;Ende\n1;A;5 €;01.02.2027;02.02.2027\n1;A;6 €;01.03.2027;\n".encode()
    ((record, conflicts),) = merged_by_ref(records(read(body)))
    assert [run["dates"] for run in record["instances"]] == ["01.02.2027 - 02.02.2027", "01.03.2027"]
    assert conflicts == ["price: '5 €' and '6 €'"]


def test_a_bare_number_takes_the_unit_of_its_head() -> None:
    heads = "Kursnummer;Titel;UE;Freie Plätze;Gebühr;Prüfungsgebühr"
    first, second = records(read(f"{heads}\n1;A;40;3;1.690,50;80\n2;B;40 UE;ausgebucht;120;80 EUR\n".encode()))
    assert (first["price"], first["price_note"]) == ("1.690,50 €", "Prüfungsgebühr: 80 €")
    assert (second["price"], second["price_note"]) == ("120", "Prüfungsgebühr: 80 EUR")
    assert first["raw"]["Prüfungsgebühr"] == "80"
    assert (first["duration"], first["instances"][0]["availability"]) == ("40 UE", "Freie Plätze: 3")
    assert (second["duration"], second["instances"][0]["availability"]) == ("40 UE", "ausgebucht")


def test_a_gzipped_table() -> None:
    assert records(read(gzip.compress(b"Kursnummer;Titel\n1;A\n")))[0]["title"] == "A"


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_rows_that_are_no_objects_are_rejected_alone() -> None:
    found = read(json.dumps([{"Nr": 1, "Titel": "A"}, 5, {"Nr": 2, "Titel": "B"}]).encode())
    assert [record["ref"] for record in records(found)] == ["1", "2"]
    assert messages(found) == ["Eintrag 2: Der Eintrag ist kein Objekt."]


def test_half_a_character_of_a_json_row_can_be_stored() -> None:
    (record,) = records(read(b'[{"Nr": 1, "Titel": "A \\ud83d"}]'))
    assert record["title"] == "A �"


# --- workbooks ------------------------------------------------------------------------------------------------------


def test_cells_are_what_a_person_sees() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    heads = ["Kursnummer", "Titel", "Beginn", "Ende", "Uhrzeit", "PLZ", "Gebühr", "Rabatt", "Umfang", "Dabei", "Ratio"]
    sheet.append(heads)
    end = datetime.fromisoformat("2027-03-05T18:30")
    cells = [7, "Löten", date(2027, 3, 1), end, time(18, 30), 1067, 120.1 + 0.2, 0.15, timedelta(hours=40), True, 2.0]
    sheet.append(cells)
    sheet["F2"].number_format = "00000"
    sheet["H2"].number_format = "0%"
    sheet["I2"].number_format = "[h]:mm"
    file = io.BytesIO()
    made.save(file)
    (record,) = records(read(file.getvalue()))
    assert list(record["raw"].values()) == [
        "7", "Löten", "2027-03-01", "2027-03-05 18:30", "18:30", "01067", "120.3", "15 %", "40:00", "WAHR", "2",
    ]  # fmt: skip
    assert record["instances"][0]["dates"] == "2027-03-01 - 2027-03-05 18:30"


def test_the_first_sheet_with_heads_is_read() -> None:
    body = book([["Hinweise"], ["Bitte beachten"]], [["Programm"], [], HEADS, ["1", "A", 5]], [HEADS, ["2", "B", 6]])
    assert [record["ref"] for record in records(read(body))] == ["1"]


def test_heads_on_two_lines_are_one() -> None:
    body = book(
        [
            ["Kursnummer", "Titel", "Termin", None, "Ort"],
            [None, None, "Beginn", "Ende", None],
            ["1", "A", "1.2.2027", "3.2.2027", "Marl"],
        ]
    )
    (record,) = records(read(body))
    assert (record["instances"][0]["dates"], record["instances"][0]["venue"]) == ("1.2.2027 - 3.2.2027", "Marl")


def test_a_cell_that_cannot_be_read_is_named_and_loses_no_other() -> None:
    body = book([HEADS, ["1", "A", "#REF!"], ["2", "B", "=A1*2"], ["3", "C", 7]])
    found = read(body)
    assert [(record["ref"], record["price"]) for record in records(found)] == [("1", None), ("2", None), ("3", "7")]
    assert messages(found, "cell_unreadable") == [
        "Blatt „Blatt0“, Zelle C2: Fehlerwert #REF!.",
        "Blatt „Blatt0“, Zelle C3: Formel ohne Ergebnis.",
    ]


def test_a_date_out_of_range_is_one_unreadable_cell() -> None:
    made = Workbook()
    for row in (["Kursnummer", "Titel", "Beginn"], ["1", "A", 99_999_999], ["2", "B", date(2027, 1, 1)]):
        made.worksheets[0].append(row)
    made.worksheets[0]["C2"].number_format = "yyyy-mm-dd"
    file = io.BytesIO()
    made.save(file)
    found = read(file.getvalue())
    assert [len(record["instances"]) for record in records(found)] == [0, 1]
    assert messages(found, "cell_unreadable") == ["Blatt „Sheet“, Zelle C2: Fehlerwert #VALUE!."]


def test_a_workbook_that_unpacks_to_a_mountain_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(UnreadableError, match="unpacks to 2000000 bytes"):
        read(file.getvalue())


def test_a_sheet_that_claims_a_million_columns_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Workbook()
    made.worksheets[0].append(HEADS)
    for row in range(2, 40):
        made.worksheets[0].cell(row, 16_000, "x")
    file = io.BytesIO()
    made.save(file)
    monkeypatch.setattr(workbook, "MAX_CELLS", 100_000)
    with pytest.raises(UnreadableError, match="too large"):
        read(file.getvalue())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused(at: int, byte: int) -> None:
    body = bytearray(book([HEADS, ["1", "A", 5]]))
    body[at % len(body)] = byte
    with suppress(UnreadableError):
        read(bytes(body))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='AB;,\t|"\n\r[]{}: 0ä', max_size=120).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(UnreadableError):
        read(body)


# --- the template for providers -------------------------------------------------------------------------------------


def test_every_head_of_the_template_is_read_and_none_twice() -> None:
    paths = [lexicon().path(head) for head, _, _ in upload_template.COLUMNS]
    assert None not in paths
    assert len(set(paths)) == len(paths)


def test_the_template_in_the_documentation_is_the_current_one(tmp_path: Path) -> None:
    upload_template.main(tmp_path)
    assert (DOCS / "vorlage-kurse.csv").read_bytes() == (tmp_path / "vorlage-kurse.csv").read_bytes()
    kept, made = (load_workbook(folder / "vorlage-kurse.xlsx") for folder in (DOCS, tmp_path))
    assert kept.sheetnames == made.sheetnames == ["Kurse", "Hinweise"]
    for name in kept.sheetnames:
        assert list(kept[name].values) == list(made[name].values)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_example_of_the_template_is_a_whole_course(ending: str) -> None:
    found = read((DOCS / f"vorlage-kurse.{ending}").read_bytes())
    (record,) = found
    (run,) = record["instances"]
    assert (record["ref"], record["title"], record["price"]) == ("M-101", "Schweißen für Einsteiger", "690,00 €")
    assert (run["dates"], run["postcode"], run["availability"]) == (
        "11.01.2027 - 15.01.2027",
        "45657",
        "Freie Plätze: 8",
    )
