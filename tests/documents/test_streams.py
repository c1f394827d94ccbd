"""A workbook of any length: every cell stays text, and the rows pass by."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from documents.errors import DocumentError
from documents.streams import Column, stream_table

COLUMNS = [Column("编号", 12), Column("姓名", 20)]


def written(tmp_path: Path, *rows: list[str]) -> bytes:
    file = tmp_path / "名册.xlsx"
    assert stream_table(file, "某市工匠申报名册", "说明", COLUMNS, rows) == len(rows)
    assert [one.name for one in tmp_path.iterdir()] == ["名册.xlsx"]
    return file.read_bytes()


def cells(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def sheet(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_title_remark_headings_and_rows_stand_in_order(tmp_path):
    assert cells(written(tmp_path, ["1", "张三"], ["2", ""])) == [
        ["某市工匠申报名册", ""],
        ["说明", ""],
        ["编号", "姓名"],
        ["1", "张三"],
        ["2", ""],
    ]


def test_register_of_nobody_has_its_headings(tmp_path):
    content = written(tmp_path)
    assert cells(content)[2:] == [["编号", "姓名"]]
    assert "<autoFilter" not in sheet(content)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+8613800138000", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "00123", "1E5", "510228197501019961",
     "http://example.cn", "TRUE", "<b>&\"'", "nan", "{=1+1}"],
)  # fmt: skip
def test_text_that_looks_like_something_else_stays_text(tmp_path, text):
    content = written(tmp_path, [text, "张三"])
    assert cells(content)[3] == [text, "张三"]
    assert "<f>" not in sheet(content)
    assert "<hyperlink" not in sheet(content)
    assert 't="n"' not in sheet(content)


def test_what_begins_like_a_formula_is_kept_from_becoming_one_when_it_is_edited(tmp_path):
    content = written(tmp_path, ["=1+1", "张三"])
    styles = zipfile.ZipFile(io.BytesIO(content)).read("xl/styles.xml").decode()
    assert styles.count('quotePrefix="1"') == 1


def test_more_rows_than_a_sheet_has_are_refused(tmp_path):
    rows = ([str(number), "张三"] for number in range(4))
    with pytest.raises(DocumentError) as error:
        stream_table(tmp_path / "名册.xlsx", "名册", "", COLUMNS, rows, most=3)
    assert error.value.words.zh == "超过一张表的 3 行，请按环节或类别分开导出"


def test_four_times_the_rows_take_the_same_memory(tmp_path):
    def peak(count: int) -> int:
        tracemalloc.start()
        rows = ([str(number), f"第{number}人"] for number in range(count))
        assert stream_table(tmp_path / f"{count}.xlsx", "名册", "", COLUMNS, rows) == count
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(12_000) < 1.25 * peak(3000)
