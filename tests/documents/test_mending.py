"""Cells of a workbook mended where they stand: colors, merged cells and other sheets stay, or nothing is done."""

import io
import zipfile

import pytest
import xlsxwriter

from documents.mending import mended
from documents.tables import sheets_of

SHEET = "名单 & 表"


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("说明").write(0, 0, "请填写")
    sheet = book.add_worksheet(SHEET)
    red = book.add_format({"bg_color": "#FF0000"})
    sheet.merge_range(0, 0, 0, 3, "某市工匠推荐表", red)
    sheet.write_row(1, 0, ["姓名", "单位", "人数", "合计"])
    sheet.write_row(2, 0, ["甲某", "甲厂", 3], red)
    sheet.write_formula(2, 3, "=C3*2", red, 6)
    sheet.write(3, 0, "乙某")
    book.close()
    return buffer.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def test_cells_are_mended_and_nothing_else_changes():
    sent = workbook()
    found = mended(sent, "表.xlsx", SHEET, {(2, 1): "乙<厂> & 丙", (2, 2): "", (3, 1): "丁\u3000厂"})
    assert found is not None
    (cells,) = [cells for name, cells in sheets_of(found, "表.xlsx") if name == SHEET]
    assert cells.to_numpy().tolist()[2:] == [["甲某", "乙<厂> & 丙", "", "6"], ["乙某", "丁\u3000厂", "", ""]]
    before, after = parts(sent), parts(found)
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet2.xml"}
    sheet = after["xl/worksheets/sheet2.xml"]
    assert (b'<mergeCell ref="A1:D1"/>' in sheet, b"<f>C3*2</f>" in sheet) == (True, True)
    assert b'<c r="B3" s="1" t="inlineStr">' in sheet


@pytest.mark.parametrize(
    ("name", "sheet", "where"),
    [
        ("表.csv", SHEET, (2, 0)),
        ("表.xlsm", SHEET, (2, 0)),
        ("表.xlsx", "没有的", (2, 0)),
        ("表.xlsx", SHEET, (2, 3)),
        ("表.xlsx", SHEET, (0, 1)),
        ("表.xlsx", SHEET, (9, 0)),
    ],
)
def test_what_cannot_be_mended_by_itself_is_left(name: str, sheet: str, where: tuple[int, int]):
    assert mended(workbook(), name, sheet, {where: "某"}) is None


def test_what_is_no_workbook_is_left():
    assert mended(b"x", "表.xlsx", SHEET, {(2, 0): "某"}) is None
    # A text that no workbook can hold is not written into one.
    assert mended(workbook(), "表.xlsx", SHEET, {(2, 0): "\x0b"}) is None
