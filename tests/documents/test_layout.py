"""The shipped templates keep to GB/T 9704-2012; the numbers here are the standard's."""

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from documents.drafts import FOLDER, TEMPLATES

#: What keeps to the standard in full: the public notices and the award document. Minutes and forms share its page.
OFFICIAL = ["award-document.docx", "publicity-notice.docx", "replacement-notice.docx"]


@pytest.fixture(params=OFFICIAL)
def document(request):
    return Document(FOLDER / request.param)


@pytest.fixture(params=[*OFFICIAL, "minutes.docx", "nominee-form.docx", "objection-record.docx"])
def upright(request):
    return Document(FOLDER / request.param)


def styles(document):
    return {style.name: style for style in document.styles}


def type_area(document):
    (section,) = document.sections
    return (
        Emu(section.page_width - section.left_margin - section.right_margin),
        Emu(section.page_height - section.top_margin - section.bottom_margin),
    )


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_shipped_template_is_the_one_that_is_drawn_up(name):
    assert (FOLDER / name).read_bytes() == TEMPLATES[name]()


def test_page_is_a4_with_the_standard_margins(upright):
    (section,) = upright.sections
    measures = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.right_margin,
        section.bottom_margin,
        section.left_margin,
    )
    assert [measure.mm for measure in measures] == [
        pytest.approx(expected, abs=0.05) for expected in (210, 297, 37, 26, 35, 28)
    ]


def test_type_area_is_156_by_225_mm(upright):
    assert [side.mm for side in type_area(upright)] == [pytest.approx(156, abs=0.05), pytest.approx(225, abs=0.05)]


@pytest.mark.parametrize(
    ("name", "font", "size"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("公文正文", "仿宋_GB2312", 16),
        ("正文末段", "仿宋_GB2312", 16),
        ("主送机关", "仿宋_GB2312", 16),
        ("发文字号", "仿宋_GB2312", 16),
        ("署名", "仿宋_GB2312", 16),
        ("成文日期", "仿宋_GB2312", 16),
        ("附件标记", "黑体", 16),
        ("单页码", "宋体", 14),
        ("双页码", "宋体", 14),
    ],
)
def test_style_has_the_standard_font_for_chinese_and_latin(document, name, font, size):
    style = styles(document)[name]
    fonts = style.element.rPr.find(qn("w:rFonts"))
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {font}
    assert style.font.size == Pt(size)


def test_body_has_22_lines_of_28_characters(document):
    width, height = type_area(document)
    style = styles(document)["公文正文"]
    line = style.paragraph_format.line_spacing
    assert style.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert line == Pt(28.95)
    assert height // line == 22
    squeeze = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert width.pt // (style.font.size.pt + squeeze) == 28


def test_body_begins_two_characters_in_and_is_justified(document):
    style = styles(document)["公文正文"]
    assert style.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY


def test_fonts_that_may_be_missing_have_alternatives(document):
    (part,) = [part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"]
    alternatives = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")) for font in parse_xml(part.blob)
    }
    assert alternatives == {
        "方正小标宋简体": "方正小标宋_GBK,小标宋体,华文中宋,宋体",
        "仿宋_GB2312": "仿宋,华文仿宋,方正仿宋_GBK",
        "黑体": "SimHei,方正黑体_GBK",
        "宋体": "SimSun,方正书宋_GBK",
    }


def test_page_numbers_stand_between_dashes_at_the_outer_edge(document):
    (section,) = document.sections
    assert document.settings.odd_and_even_pages_header_footer is True
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        (paragraph,) = footer.paragraphs
        assert [run.text for run in paragraph.runs] == ["— ", " —"]
        assert [field.get(qn("w:instr")) for field in footer.part.element.iter(qn("w:fldSimple"))] == ["PAGE"]
        assert paragraph.style.paragraph_format.alignment == alignment


def test_signature_never_stands_on_a_page_without_text(document):
    kept = [paragraph.style.name for paragraph in document.paragraphs]
    last_of_text, date = kept.index("正文末段"), kept.index("成文日期")
    assert all(paragraph.style.paragraph_format.keep_with_next for paragraph in document.paragraphs[last_of_text:date])


def test_annex_begins_a_page_and_its_table_repeats_the_heading(document):
    assert styles(document)["附件标记"].paragraph_format.page_break_before is True
    table = document.tables[0]
    heading, _, row, *_ = document.element.body.iter(qn("w:tr"))
    assert heading.trPr.find(qn("w:tblHeader")) is not None
    assert row.trPr.find(qn("w:cantSplit")) is not None
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(156), rel=0.01)


def test_record_of_an_objection_is_one_table_across_the_type_area_in_the_form_s_fonts():
    document = Document(FOLDER / "objection-record.docx")
    (table,) = document.tables
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(156), rel=0.01)
    labels = [row.cells[0].paragraphs[0] for row in table.rows]
    assert [one.text for one in labels] == [
        *("评选项目", "公示环节", "被异议人", "异议人", "登记日期", "异议内容", "证据材料"),
        *("受理意见", "承办人", "核查情况", "处理结果", "处理结论", "办理用时", "审签"),
    ]
    fonts = {one.style.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) for one in labels}
    told = [row.cells[-1].paragraphs[0].style.name for row in table.rows]
    assert (fonts, set(told)) == ({"黑体"}, {"表格内容", "表格说明"})
    assert [paragraph.style.name for paragraph in document.paragraphs[:3]] == ["公文标题", "公文标题", "居中"]


def test_head_of_the_award_document_is_red_and_ruled():
    document = Document(FOLDER / "award-document.docx")
    mark, number = (styles(document)[name] for name in ("发文机关标志", "发文字号"))
    assert str(mark.font.color.rgb) == "FF0000"
    assert mark.paragraph_format.space_before.mm == pytest.approx(35, abs=0.1)
    rule = number.element.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (rule.get(qn("w:color")), rule.get(qn("w:space"))) == ("FF0000", "11")


def test_imprint_stands_at_the_bottom_between_lines_across_the_type_area():
    document = Document(FOLDER / "award-document.docx")
    imprint = document.tables[-1]
    properties = imprint._tbl.tblPr  # noqa: SLF001 - python-docx has no door to it
    place = properties.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")
    borders = properties.find(qn("w:tblBorders"))
    # 0.35 mm and 0.25 mm, in eighths of a point.
    assert {line.tag.rpartition("}")[2]: line.get(qn("w:sz")) for line in borders} == {
        "top": "8",
        "bottom": "8",
        "insideH": "6",
    }
    assert sum(column.width for column in imprint.columns) == pytest.approx(Mm(156), rel=0.01)
    style = styles(document)["版记"]
    assert (style.font.size, [stop.alignment for stop in style.paragraph_format.tab_stops]) == (
        Pt(14),
        [WD_TAB_ALIGNMENT.RIGHT],
    )


def test_certificate_lies_on_its_side_and_begins_a_page_for_each():
    document = Document(FOLDER / "certificate.docx")
    (section,) = document.sections
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [297, 210]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.footer.paragraphs[0].text == ""
    assert styles(document)["证书名称"].paragraph_format.page_break_before is True


def test_styles_are_all_named_in_chinese_but_the_default(document):
    names = [style.name for style in document.styles]
    assert names[0] == "Normal"
    assert all(not name.isascii() for name in names[1:])


def test_document_ends_with_a_paragraph_as_word_requires(document):
    assert [child.tag for child in document.element.body][-2:] == [qn("w:p"), qn("w:sectPr")]
