"""`linxuan intake`: a table is checked cell by cell, and drawn up whole or not at all."""

import pytest

from tests.documents.test_tables import workbook
from tests.operations.test_taking_in import HEADINGS, annex, row

LUZHOU = "luzhou-chief-technician-2019"
AT = ("--actor", "王管理", "--now", "2019-07-10T09:00")


@pytest.fixture
def opened(linxuan):
    for ruling in linxuan("program", "show", LUZHOU, "--json").document["rulings"]:
        assert linxuan("program", "rule", LUZHOU, ruling["id"], "--accept", *AT).code == 0
    assert linxuan("program", "open", LUZHOU, *AT).code == 0
    return linxuan


def test_table_is_checked_then_drawn_up(opened, tmp_path):
    file = tmp_path / "汇总表.xlsx"
    file.write_bytes(annex(row(1), row(2)))
    told = ("intake", LUZHOU, str(file), "--nominator-kind", "district", *AT)
    passed_over = "未读的栏目：参工 时间、职业(工种)、主要工作 经历、主要技术成果、贡献\n"
    assert opened(*told, "--dry-run").out == f"{passed_over}2 行，可以登记（只核对，没有登记）\n"
    assert opened(*told).out == f"{passed_over}2 行，已登记 2 件\n"
    assert len(opened("nomination", "list", "--json").document) == 2


def test_faulty_table_is_told_cell_by_cell_and_written_with_notes(opened, tmp_path):
    file, out = tmp_path / "汇总表.xlsx", tmp_path / "核对.xlsx"
    file.write_bytes(annex(row(1), row(2, 工作单位="")))
    run = opened("intake", LUZHOU, str(file), "--nominator-kind", "district", "--out", str(out), *AT)
    assert (run.code, run.out.splitlines()[0], run.out.splitlines()[-1]) == (
        1,
        "✗ 第 4 行工作单位：没有写工作单位",
        "2 行，有问题须改正，一件也没有登记",
    )
    assert out.stat().st_size > 1000
    assert opened("nomination", "list", "--json").document == []


def test_findings_are_told_in_json(opened, tmp_path):
    file = tmp_path / "汇总表.xlsx"
    file.write_bytes(annex(row(1, 工作单位="")))
    run = opened("intake", LUZHOU, str(file), "--nominator-kind", "district", "--json", *AT)
    assert run.document == {
        "program": LUZHOU,
        "rows": 1,
        "nominations": [],
        "findings": [{"row": 3, "column": "unit", "words": "没有写工作单位", "blocks": True}],
        "passed_over": [heading for heading in HEADINGS if heading[:2] in ("参工", "职业", "主要")],
    }


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("表.xlsx", b"no workbook", "打不开"),
        ("表.docx", b"x", "不是表格文件"),
        ("表.xlsx", workbook([["a", "b"], ["1", "2"]]), "没有找到表格"),
    ],
)
def test_file_that_is_no_table_is_told_in_words(opened, tmp_path, name, content, said):
    file = tmp_path / name
    file.write_bytes(content)
    run = opened("intake", LUZHOU, str(file), *AT)
    assert (run.code, said in run.err) == (2, True), run


def test_heading_that_is_nearly_known_is_told_which_is_meant(opened, tmp_path):
    file = tmp_path / "汇总.csv"
    file.write_text("姓名,单位,推荐单位,身份证号,职业资格等极\n李四,龙马厂,江阳区人社局,1,技师\n", "utf-8")
    run = opened("intake", LUZHOU, str(file), *AT)
    assert "未读的栏目：职业资格等极（是否想写“职业资格等级”？）\n" in run.out
