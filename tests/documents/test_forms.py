"""Forms in Word: what a program says they contain, filled in, on the paper that the notice asks for."""

import io

import pytest
from docx import Document
from docx.oxml.ns import qn

from documents.forms import Blank, Filled, form
from programs import load_program
from programs.forms import Datum

LUZHOU = "luzhou-chief-technician-2019"
FORMS = [
    (LUZHOU, "application-form"),
    (LUZHOU, "apprentices"),
    ("bayu-craftsman-2022", "recommendation-form"),
    ("bayu-craftsman-2017", "recommendation-form"),
    ("bayu-special-grade-technician", "application-form"),
    ("liangping-master-studio-2023", "application-form"),
]
FILLED = Filled({Datum.NAME: "陈立秋", Datum.UNIT: "泸州某厂", Datum.NUMBER: "第1号"}, {"skill": "高级技师"})


def blank(program_id: str, material_id: str) -> Blank:
    program = load_program(program_id)
    material = next(one for one in program.materials if one.id == material_id)
    assert material.content
    return Blank(material, material.content, program.office, {tier.id: tier.opinion for _, tier in program.tiers()})


def words(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    told = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        told += [cell.text for row in table.rows for cell in row.cells]
    return [one for one in told if one]


@pytest.mark.parametrize(("program_id", "material_id"), FORMS)
def test_form_has_every_label_that_its_program_says(program_id, material_id):
    made = blank(program_id, material_id)
    told = words(form(made, FILLED))
    labels = [entry.label for entry in made.content.entries() if entry not in made.content.cover]
    assert [label for label in labels if label not in told] == []
    assert "陈立秋" in told
    assert not [one for one in told if "{" in one or "%}" in one]


@pytest.mark.parametrize(("program_id", "material_id"), FORMS)
def test_form_is_printed_on_upright_a4_and_no_row_breaks(program_id, material_id):
    document = Document(io.BytesIO(form(blank(program_id, material_id), FILLED)))
    (section,) = document.sections
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for table in document.tables for row in table.rows)  # noqa: SLF001 - python-docx has no door to it


def test_Z18_recommendation_form_is_a4_and_duplex():
    document = Document(io.BytesIO(form(blank("bayu-craftsman-2022", "recommendation-form"), FILLED)))
    assert document.settings.element.find(qn("w:mirrorMargins")) is not None
    assert any("A4纸双面打印" in paragraph.text for paragraph in document.paragraphs)
    single = Document(io.BytesIO(form(blank("bayu-craftsman-2017", "recommendation-form"), FILLED)))
    assert single.settings.element.find(qn("w:mirrorMargins")) is None


def test_S12_S24_application_form_of_luzhou_asks_for_opinions_point_by_point():
    content = form(blank(LUZHOU, "application-form"), FILLED)
    told = words(content)
    assert list(dict.fromkeys(one.partition("\n")[0] for one in told if one.startswith("（须写明"))) == [
        "（须写明：申请资料是否属实、是否符合申报条件、是否同意上报）",
        "（须写明：材料初审情况、是否同意推荐）",
    ]
    assert told[:5] == ["泸州市首席技师申报表", "编号：第1号", "姓名：陈立秋", "工作单位：泸州某厂", "职业（工种）："]
    document = Document(io.BytesIO(content))
    assert document.settings.element.find(qn("w:mirrorMargins")) is not None


def test_S12_annex_4_is_a_blank_table_for_apprentices():
    table = Document(io.BytesIO(form(blank(LUZHOU, "apprentices"), FILLED))).tables[0]
    heading = next(row for row in table.rows if row.cells[0].text == "带徒姓名")
    kept = [cell.text for place, cell in enumerate(heading.cells) if cell not in heading.cells[:place]]
    assert list(dict.fromkeys(kept)) == [
        *("带徒姓名", "年龄", "工种", "现有等级", "职务", "身份证号", "联系电话"),
    ]
    assert len(table.rows) - [row.cells[0].text for row in table.rows].index("带徒姓名") - 1 == 10


def test_what_is_filled_in_is_text_and_breaks_no_line():
    told = words(
        form(blank("bayu-craftsman-2017", "recommendation-form"), Filled({Datum.NAME: "<b>李\n四</b>&{{7*7}}"}))
    )
    assert "<b>李 四</b>&{{7*7}}" in told


def test_same_form_gives_the_same_bytes():
    made = [form(blank(LUZHOU, "application-form"), FILLED) for _ in range(2)]
    assert made[0] == made[1]
