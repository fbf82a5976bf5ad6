"""Tables to take away: a workbook that Excel opens, in which nothing from outside is ever a formula."""

from io import BytesIO

from openpyxl import load_workbook

from dedupe.desk.workbook import LONGEST, workbook

HOSTILE = [
    "=1+1",
    '=HYPERLINK("https://evil.example")',
    "+49 209 1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "a\x00b\x1fc",
    "x" * 40_000,
]


def test_what_a_source_wrote_stays_text() -> None:
    book = load_workbook(BytesIO(workbook("Liste", [("Name", 30), ("Zahl", 8)], [(text, 1.5) for text in HOSTILE])))
    sheet = book["Liste"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[:6]] == HOSTILE[:6]
    assert cells[6].value == "abc"
    assert len(str(cells[7].value)) == LONGEST
    assert all(cell.quotePrefix for cell in cells)
    assert sheet["B2"].value == 1.5


def test_the_head_stays_in_sight() -> None:
    sheet = load_workbook(BytesIO(workbook("Liste", [("Name", 30)], [])))["Liste"]
    assert (sheet["A1"].value, sheet["A1"].font.b, sheet.freeze_panes) == ("Name", True, "A2")
    assert sheet.column_dimensions["A"].width == 30
