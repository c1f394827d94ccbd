"""Tables as offices send them: real files of three kinds, with titles, merged headings and notes."""

import io
import zipfile

import pytest
import xlsxwriter

from documents.errors import DocumentError
from documents.headings import folded
from documents.tables import read_table

MEANINGS = {
    "姓名": "nominee",
    "身份证号": "identity",
    "工作单位": "unit",
    "推荐单位": "nominator",
    "联系人电话": "phone",
}


def workbook(rows: list[list[object]], *, merged: tuple[tuple[int, int, int, int], ...] = ()) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.write(at, place, value)
    for first, left, last, right in merged:
        sheet.merge_range(first, left, last, right, rows[first][left])
    book.close()
    return buffer.getvalue()


def read(content: bytes, name: str = "表.xlsx", needed: str = "nominee"):
    return read_table(content, name, MEANINGS.get, needed)


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("姓  名", "姓名"),
        ("推荐\n排序", "推荐排序"),
        ("职业(工种)", "职业"),
        ("推荐单位（盖章）：", "推荐单位"),
        ("*身份证号", "身份证号"),
    ],
)
def test_heading_is_read_without_what_makes_no_difference(heading, plain):
    assert folded(heading) == plain


def test_table_is_found_below_a_title_and_above_notes():
    rows = [["汇总表"], ["推荐单位（盖章）：江阳区"], ["序号", "姓  名", "身份证号"], [1, "王一", "x"], ["说明：略"]]
    table = read(workbook(rows, merged=((0, 0, 0, 2),)))
    assert (table.columns, table.first, table.above) == ({"nominee": 1, "identity": 2}, 3, {"nominator": "江阳区"})
    assert table.column("nominee").tolist() == ["王一", ""]
    assert table.unknown == ("序号",)


def test_heading_over_two_rows_is_read_with_the_merged_cell_above_it():
    rows = [["姓名", "联系人", "", "工作"], ["", "姓", "电话", "单位"], ["王一", "李", "1", "某厂"]]
    table = read(workbook(rows, merged=((0, 1, 0, 2),)))
    assert (table.columns, table.first) == ({"nominee": 0, "phone": 2, "unit": 3}, 2)


def test_label_above_a_table_may_stand_in_a_cell_of_its_own():
    table = read(workbook([["推荐单位：", "江阳区", "填报时间："], ["姓名", "身份证号"], ["王一", "x"]]))
    assert table.above == {"nominator": "江阳区"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize(("between", "ending"), [(",", ".csv"), ("\t", ".csv"), ("\t", ".txt")])
def test_text_is_read_in_every_encoding_of_chinese(encoding, between, ending):
    content = "申报表\n姓名,身份证号\n王一,001\n".replace(",", between).encode(encoding)
    table = read(content, f"表{ending}")
    assert [table.column(one).tolist() for one in ("nominee", "identity")] == [["王一"], ["001"]]


def test_numbers_and_text_are_both_read_as_text():
    table = read(workbook([["姓名", "身份证号"], ["王一", "007"], ["王二", 13800138000]]))
    assert [text.removesuffix(".0") for text in table.column("identity")] == ["007", "13800138000"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"not a workbook", "表.xlsx", "打不开"),
        (b"", "表.xlsx", "表.xlsx 是空文件"),
        (b"", "表.csv", "表.csv 是空文件"),
        ("姓名\t工作单位".encode("utf-16-be"), "表.csv", "没有找到表格"),
        (b"\xff\xfe\x00", "表.csv", "读不出来"),
        (b"a,b\n1,2\n", "表.csv", "没有找到表格"),
        ("姓名\n".encode(), "表.pdf", "不是表格文件"),
    ],
)
def test_file_that_is_no_table_is_told(content, name, said):
    with pytest.raises(DocumentError) as refused:
        read(content, name)
    assert said in refused.value.words.zh


def test_table_without_the_column_that_is_needed_is_none():
    with pytest.raises(DocumentError):
        read(workbook([["工作单位", "身份证号"], ["某厂", "1"]]))


def test_cell_merged_downwards_stands_in_each_row_of_its_own():
    rows = [
        ["推荐单位", "姓名", "工作单位"],
        ["江阳区", "张三", "某厂"],
        ["", "李四", ""],
        ["", "", "续表"],
        ["龙马潭区", "王五", "别的厂"],
    ]
    table = read(workbook(rows, merged=((1, 0, 3, 0), (1, 2, 2, 2))))
    assert table.column("nominator").tolist() == ["江阳区", "江阳区", "", "龙马潭区"]
    assert table.column("unit").tolist() == ["某厂", "某厂", "续表", "别的厂"]


def test_name_merged_downwards_is_one_person():
    rows = [["姓名", "工作单位"], ["张三", "某厂"], ["", "续"], ["李四", "某厂"]]
    beyond = ((1, 0, 2, 0), (3, 1, 900, 1), (1, 40, 2, 41), (950, 0, 960, 0))
    rows = [[*row, *[""] * 40] for row in rows] + [[""] * 42 for _ in range(960)]
    assert read(workbook(rows, merged=beyond)).column("nominee").tolist()[:3] == ["张三", "", "李四"]


def far(row: int, column: int, *, written: str | None = None) -> bytes:
    """Return a workbook with one cell far off; `written`: how it says where it is."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["姓名", "工作单位"])
    sheet.write_row(1, 0, ["甲", "某厂"])
    sheet.write(row - 1, column - 1, "远")
    book.close()
    if written is None:
        return buffer.getvalue()
    remade = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(remade, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(f' r="{_at(row, column)}"'.encode(), written.encode())
            new.writestr(part.filename, content)
    return remade.getvalue()


def _at(row: int, column: int) -> str:
    return xlsxwriter.utility.xl_rowcol_to_cell(row - 1, column - 1)


@pytest.mark.parametrize(
    "written",
    [None, "\tr='XFD1048576'", ' r = "XFD1048576"', '\nr="XFD1048576"', " r='XFD1048576'", ' r="xfd1048576"'],
)
def test_workbook_with_a_cell_far_off_is_told_instead_of_read(written):
    with pytest.raises(DocumentError) as refused:
        read(far(1_048_576, 16_384, written=written))
    assert refused.value.words.zh.startswith("表.xlsx 的表格延伸到第 1048576 行、第 16384 列，无法读取")


def renamed(content: bytes, **names: str) -> bytes:
    """Return a workbook whose sheet has another name within it, and a damaged part in front."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            inside = old.read(part)
            if part.filename.endswith((".rels", "[Content_Types].xml")):
                inside = inside.replace(b"worksheets/sheet1.xml", names["to"].encode())
            new.writestr(part.filename.replace("worksheets/sheet1.xml", names["to"]), inside)
    return made.getvalue()


@pytest.mark.parametrize("to", ["data/a.xml", "worksheets/a.bin"])
def test_workbook_with_a_cell_far_off_is_told_whatever_its_sheet_is_called(to):
    with pytest.raises(DocumentError, match="reaches to row 1048576"):
        read(renamed(far(1_048_576, 16_384), to=to))


def test_workbook_with_a_damaged_part_is_told_instead_of_read():
    content = far(2, 2)
    marked = content.replace(b"docProps/app.xml", b"docProps/xpp.xml", 1)
    with pytest.raises(DocumentError, match="cannot be opened"):
        read(marked)


def test_text_that_looks_like_a_cell_far_off_is_text():
    table = read(workbook([["姓名", "工作单位"], ["甲", ' r="XFD1048576"']]))
    assert table.value(2, "unit") == 'r="XFD1048576"'


@pytest.mark.parametrize(("row", "column"), [(3, 700), (100_001, 2), (9000, 30)])
def test_workbook_that_is_only_long_or_wide_is_read(row, column):
    table = read(far(row, column))
    assert (table.value(2, "nominee"), table.cells.shape) == ("甲", (row, column))


def test_workbook_that_unpacks_to_too_much_is_told_instead_of_unpacked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/a.xml", "w") as part:
        for _ in range(501):
            part.write(bytes(1_000_000))
    with pytest.raises(DocumentError, match="unpacks to more than 500 MB"):
        read(content.getvalue())


def test_text_table_that_is_too_wide_is_told_instead_of_read():
    with pytest.raises(DocumentError, match="too many"):
        read(("姓名" + "," * 30_000 + "\n").encode() + b"a\n" * 1000, "表.csv")
