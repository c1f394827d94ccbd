import io
import re
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from deadlines import SHANGHAI
from documents.register import RegisterRow, register

TITLE = "2019年泸州市首席技师申报人员汇总表"
HEADINGS = ["编号", "推荐单位", "姓名/单位", "工作单位", "类别", "推荐渠道", "环节", "期限", "奖项"]
FIRST = RegisterRow(
    number="0001",
    nominator="江阳区人力资源和社会保障局",
    nominee="陈立秋",
    employer="泸州某液压机械有限公司",
    category="技能类",
    route="组织推荐",
    stage="推荐·市级受理",
    due=datetime(2019, 7, 31, tzinfo=SHANGHAI),
    award="泸州市首席技师",
)
SECOND = RegisterRow(number="0002", nominator="龙马潭区人社局", nominee="欧阳明远", employer="某酒业公司")


def cells(content: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["汇总表"]
    return book.get_sheet_by_index(0).to_python()


def sheet(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


def test_register_has_title_headings_and_rows_in_order():
    assert cells(register([FIRST, SECOND], TITLE)) == [
        [TITLE, *[""] * 8],
        HEADINGS,
        [
            "0001",
            "江阳区人力资源和社会保障局",
            "陈立秋",
            "泸州某液压机械有限公司",
            "技能类",
            "组织推荐",
            "推荐·市级受理",
            "2019-07-30 24:00",
            "泸州市首席技师",
        ],
        ["0002", "龙马潭区人社局", "欧阳明远", "某酒业公司", "", "", "", "", ""],
    ]


def test_register_of_nobody_has_its_headings():
    assert cells(register([], TITLE)) == [[TITLE, *[""] * 8], HEADINGS]


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        (datetime(2023, 8, 31, 18, 0, tzinfo=SHANGHAI), "2023-08-31 18:00"),
        (datetime(2017, 5, 1, tzinfo=SHANGHAI), "2017-04-30 24:00"),
        (datetime.fromisoformat("2017-04-30T16:00:00+00:00"), "2017-04-30 24:00"),
        (None, ""),
    ],
)
def test_deadline_is_shown_as_people_say_it(due, shown):
    row = RegisterRow("0001", "某局", "陈立秋", "某公司", due=due)
    assert cells(register([row], TITLE))[2][7] == shown


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_text_stays_text(words):
    found = cells(register([RegisterRow("0001", "某局", "陈立秋", words)], TITLE))
    assert found[2][3] == words


@pytest.mark.parametrize("words", ["=1+1", "+86", "@sum", "00123", "3.10", "http://example.cn", "1E5", "TRUE", "nan"])
def test_text_that_looks_like_something_else_stays_text(words):
    content = register([RegisterRow(words, words, words, words, words, words, words, None, words)], TITLE)
    assert cells(content)[2] == [words] * 7 + ["", words]
    assert "<f>" not in sheet(content)
    assert "<hyperlink" not in sheet(content)


def test_headings_stay_in_view_and_filter_the_rows():
    found = sheet(register([FIRST, SECOND], TITLE))
    assert '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/>' in found
    assert '<autoFilter ref="A2:I4"/>' in found


def test_register_prints_on_a4_across_with_its_headings_on_every_page():
    content = register([FIRST, SECOND], TITLE)
    found = sheet(content)
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in found
    assert '<pageSetUpPr fitToPage="1"/>' in found
    book = zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml").decode()
    assert "汇总表!$1:$2</definedName>" in book


def test_columns_are_wide_enough_for_chinese_but_not_endless():
    long = RegisterRow("0001", "某局" * 100, "陈立秋", "泸州某液压机械有限公司")
    widths = [
        float(width)
        for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet(register([long], TITLE)))
    ]
    assert [int(width) for width in widths[:4]] == [8, 40, 11, 24]
    assert min(widths) >= 8


def test_title_spans_all_columns():
    assert '<mergeCell ref="A1:I1"/>' in sheet(register([FIRST], TITLE))


def test_register_holds_no_date_cell_that_a_reader_would_shift():
    assert not any(isinstance(cell, date) for row in cells(register([FIRST], TITLE)) for cell in row)


def test_same_register_gives_the_same_bytes_whenever_it_is_made(monkeypatch):
    rows = [RegisterRow("1", "江阳区", "陈立秋", "某厂")]
    first = register(rows, "名册")
    later = datetime(2030, 1, 1, tzinfo=SHANGHAI)
    monkeypatch.setattr("xlsxwriter.workbook.datetime", type("Later", (datetime,), {"now": lambda *_: later}))
    assert register(rows, "名册") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert "1980-01-01T00:00:00Z" in archive.read("docProps/core.xml").decode()
