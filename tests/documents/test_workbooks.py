"""汇总表 and 一览表: the paper, the pages, the columns, and that text stays text."""

import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from documents.errors import DocumentError
from documents.forms import Filled
from documents.workbooks import overview, plain_table, summary
from programs.forms import Datum
from tests.documents.test_forms import LUZHOU, blank

ONE = Filled({Datum.NAME: "陈立秋", Datum.RANK: "1", Datum.IDENTITY: "510502198003070011"}, {"skill": "高级技师"})
TWO = Filled({Datum.NAME: "=丁一", Datum.RANK: "2"})
A4, A3 = "9", "8"


def printed(content: bytes, sheet: int = 1) -> dict[str, str]:
    """How a sheet is printed: the attributes of its page setup."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    (setup,) = re.findall(r"<pageSetup ([^/]*)/>", text)
    return dict(re.findall(r'(\w+)="([^"]*)"', setup)) | {"fits": str('<pageSetUpPr fitToPage="1"/>' in text)}


def cells(content: bytes, sheet: int = 0) -> list[list[str]]:
    return [
        list(map(str, row))
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()
    ]


def test_S12_annex_2_is_one_page_of_a3_lying_on_its_side():
    content = overview(blank(LUZHOU, "overview"), [("陈立秋", ONE), ("丁/一", TWO)], nominator="江阳区")
    for sheet in (1, 2):
        how = printed(content, sheet)
        assert (how["paperSize"], how["orientation"], how["fits"]) == (A3, "landscape", "True")
        # A fit of one page each way is what is left out.
        assert (how.get("fitToWidth", "1"), how.get("fitToHeight", "1")) == ("1", "1")
    rows = cells(content)
    assert rows[0][0] == "泸州市首席技师申报人员基本情况一览表"
    assert "陈立秋" in rows[3]
    assert [row[0] for row in rows[4:11]] == [
        "主要学习和工作经历",
        "绝技绝活及创造先进操作法情况",
        "技能竞赛及竞赛获奖情况",
        "技术成果及获得技能奖项情况",
        "技术革新及解决技术难题情况",
        "带徒传艺及人才培养情况",
        "获得荣誉及奖励情况",
    ]


def test_S12_annex_3_has_its_columns_in_order_on_a4_one_page_wide():
    content = summary(blank(LUZHOU, "summary"), [ONE, TWO], nominator="江阳区")
    how = printed(content)
    assert (how["paperSize"], how["fits"], how["fitToHeight"]) == (A4, "True", "0")
    rows = cells(content)
    assert rows[2] == [
        *("推荐排序", "推荐单位", "姓名", "性别", "出生年月", "身份证号", "工作单位", "文化程度", "参工时间"),
        *("职业（工种）", "现职业资格及取得时间", "主要工作经历", "主要技术成果、贡献"),
    ]
    assert [(row[0], row[2], row[5], row[10]) for row in rows[3:5]] == [
        ("1", "陈立秋", "510502198003070011", "高级技师"),
        ("2", "=丁一", "", ""),
    ]


def test_G11_list_of_studios_counts_their_team():
    content = summary(
        blank("liangping-master-studio-2023", "summary-form"), [Filled({}, {"team-size": "8"})], nominator="某局"
    )
    heading, first = cells(content)[2:4]
    assert dict(zip(heading, first, strict=True))["团队人数"] == "8"


def test_overview_of_nobody_is_refused():
    with pytest.raises(DocumentError) as caught:
        overview(blank(LUZHOU, "overview"), [], nominator="江阳区")
    assert caught.value.words.zh == "没有可填表的申报"


@pytest.mark.parametrize(
    "make",
    [
        lambda: summary(blank(LUZHOU, "summary"), [ONE], nominator="江阳区"),
        lambda: overview(blank(LUZHOU, "overview"), [("陈立秋", ONE)], nominator="江阳区"),
        lambda: plain_table("人才库", "人才库", [("姓名", 10), ("单位", 10)], [["陈立秋", "某厂"]]),
    ],
)
def test_same_table_gives_the_same_bytes(make):
    assert make() == make()
