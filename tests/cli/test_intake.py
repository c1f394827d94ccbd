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
    passed_over = (
        "未读的栏目：参工 时间、职业(工种)、主要工作 经历、主要技术成果、贡献\n"
        "条件要用、表中没有的栏目：民间传统技艺人才不受职业资格限制、竞赛名次、徒弟竞赛名次、"
        "每年为本单位培养5名以上青年高技能人才\n"
    )
    passed_over += "没有登记过的推荐单位，请核对是否写错：江阳区\n"
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
        "unheard_of": [],
    }


def test_file_that_is_no_table_is_told_in_words(opened, tmp_path):
    for name, content, said in (
        ("表.xlsx", b"no workbook", "打不开"),
        ("表.xlsx", b"", "表.xlsx 是空文件"),
        ("表.docx", b"x", "不是表格文件"),
        ("表.xlsx", workbook([["a", "b"], ["1", "2"]]), "没有找到表格"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        run = opened("intake", LUZHOU, str(file), *AT)
        assert (run.code, said in run.err) == (2, True), run


def test_heading_that_is_nearly_known_is_told_which_is_meant(opened, tmp_path):
    file = tmp_path / "汇总.csv"
    file.write_text("姓名,单位,推荐单位,身份证号,职业资格等极\n李四,龙马厂,江阳区人社局,1,技师\n", "utf-8")
    run = opened("intake", LUZHOU, str(file), *AT)
    assert "未读的栏目：职业资格等极（是否想写“职业资格等级”？）\n" in run.out


def test_table_without_rows_is_a_warning_that_says_what_a_row_is(opened, tmp_path):
    file = tmp_path / "表.txt"
    for rows in ("姓名\t工作单位\t身份证号\r\n", "姓名\r\n甲\r\n"):
        file.write_bytes(rows.encode("utf-16"))
        run = opened("intake", LUZHOU, str(file), *AT)
        assert (run.code, run.out.startswith("※ 表头读到了，但没有可登记的行：一行至少要写两格")) == (0, True)


def test_file_that_is_not_there_is_named(linxuan, tmp_path):
    missing = tmp_path / "没有'的.xlsx"
    said = f"'FILE' 的值不对：没有文件“{missing}”，请核对路径"
    assert linxuan("intake", LUZHOU, str(missing), *AT).err.splitlines()[0] == said
    said = f"'FILE' 的值不对：“{tmp_path}”是文件夹，应为文件"
    assert linxuan("intake", LUZHOU, str(tmp_path), *AT).err.splitlines()[0] == said
    file = tmp_path / "a"
    file.touch()
    said = f"'DIR' 的值不对：“{file}”是文件，应为文件夹"
    assert said in linxuan("template", "export", str(file)).err
