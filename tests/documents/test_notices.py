import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docxtpl.template import DocxTemplate

from documents.drafts import FOLDER, TEMPLATES
from documents.errors import DocumentError
from documents.layout import BODY, official_document, text
from documents.notices import (
    AwardDocument,
    Conferment,
    Honoree,
    PublicityNotice,
    award_document,
    publicity_notice,
    replacement_notice,
    require_document_number,
)
from programs.counting import Unit
from programs.model import NomineeKind

HONOREES = (
    Honoree("陈立秋", "泸州某液压机械有限公司", "泸州市首席技师"),
    Honoree("欧阳明远", "泸州某酿酒有限责任公司", "泸州市首席技师"),
)

CONFERMENT = Conferment(
    award="泸州市首席技师",
    edition="2019年",
    issuers=("泸州市人力资源和社会保障局", "泸州市财政局"),
    basis="《关于做好泸州市首席技师评审推荐工作的通知》（泸市人社办〔2019〕94号）",
    nominee=NomineeKind.PERSON,
    honorees=HONOREES,
    dated=date(2019, 9, 2),
)

NOTICE = PublicityNotice(
    CONFERMENT, 5, Unit.WORKING, date(2019, 9, 3), date(2019, 9, 9), "泸州市首席技师评审委员会办公室"
)

AWARD = AwardDocument(CONFERMENT, "泸市人社发〔2019〕126号", "各县（区）人力资源和社会保障局、财政局")


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs if paragraph.text]


def rows(content: bytes) -> list[list[str]]:
    (table,) = Document(io.BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def refusal(call, *arguments) -> str:
    with pytest.raises(DocumentError) as caught:
        call(*arguments)
    return caught.value.words.zh


def test_publicity_notice_says_all_that_a_reader_needs():
    assert lines(publicity_notice(NOTICE)) == [
        "关于2019年泸州市首席技师",
        "候选人名单的公示",
        (
            "根据《关于做好泸州市首席技师评审推荐工作的通知》（泸市人社办〔2019〕94号）要求，经推荐、审查和评审，"
            "现将2019年泸州市首席技师候选人名单（共2名同志）予以公示，接受社会监督。"
        ),
        "公示期为5个工作日，自2019年9月3日至2019年9月9日。",
        (
            "公示期间，如有异议，请以书面形式向泸州市首席技师评审委员会办公室反映。以单位名义反映的，须加盖单位公章；"
            "以个人名义反映的，须署真实姓名并提供联系方式。"
        ),
        "附件：2019年泸州市首席技师候选人名单",
        "泸州市人力资源和社会保障局",
        "泸州市财政局",
        "2019年9月2日",
        "附件",
        "2019年泸州市首席技师候选人名单",
    ]


def test_replacement_notice_says_who_takes_a_vacated_place_and_not_whose():
    reserve = replace(HONOREES[1], replaces="陈立秋")
    content = replacement_notice(replace(NOTICE, conferment=replace(CONFERMENT, honorees=(reserve,))))
    assert lines(content)[:5] == [
        "关于2019年泸州市首席技师",
        "递补候选人名单的公示",
        (
            "2019年泸州市首席技师候选人名单现空出1个名额。根据《关于做好泸州市首席技师评审推荐工作的通知》（泸市人社办〔2019〕94号）"
            "要求，按照评审确定的候补次序，拟由1名同志递补，现将递补候选人名单予以公示，接受社会监督。"
        ),
        "公示期为5个工作日，自2019年9月3日至2019年9月9日。",
        lines(publicity_notice(NOTICE))[4],
    ]
    assert rows(content)[1:] == [["1", "欧阳明远", "泸州某酿酒有限责任公司", "泸州市首席技师"]]
    assert "陈立秋" not in str(lines(content))


def test_office_that_names_whose_place_is_taken_says_so_in_its_own_template(tmp_path):
    own = tmp_path / "replacement-notice.docx"
    own.write_bytes(
        official_document([text(BODY, "{% for one in honorees %}{{ one.name }}递补{{ one.replaces }}{% endfor %}")])
    )
    reserve = replace(HONOREES[1], replaces="陈立秋")
    notice = replace(NOTICE, conferment=replace(CONFERMENT, honorees=(reserve,)))
    assert lines(replacement_notice(notice, own)) == ["欧阳明远递补陈立秋"]


def test_publicity_notice_says_until_when_objections_are_heard_where_that_is_later():
    later = lines(publicity_notice(replace(NOTICE, objections_last=date(2019, 9, 16))))
    same = lines(publicity_notice(replace(NOTICE, objections_last=NOTICE.last_day)))
    assert same == lines(publicity_notice(NOTICE))
    assert [line for line in later if line not in same] == [
        (
            "如有异议，请在2019年9月16日前（含当日）以书面形式向泸州市首席技师评审委员会办公室反映。"
            "以单位名义反映的，须加盖单位公章；以个人名义反映的，须署真实姓名并提供联系方式。"
        )
    ]


def test_publicity_notice_of_a_list_that_is_public_longer_says_at_least():
    assert "公示期为不少于5个工作日" in lines(publicity_notice(replace(NOTICE, at_least=True)))[3]


def test_provisional_publicity_notice_says_that_its_days_may_change():
    settled, provisional = (lines(publicity_notice(replace(NOTICE, provisional=one))) for one in (False, True))

    assert [line for line in provisional if line not in settled] == [
        "公示期为5个工作日，自2019年9月3日至2019年9月9日。起止日期涉及尚未公布的放假安排，公布后如有变化，另行公告。"
    ]


def test_award_document_bears_its_number_and_all_issuers():
    assert lines(award_document(AWARD)) == [
        "泸州市人力资源和社会保障局文件",
        "泸市人社发〔2019〕126号",
        "关于公布2019年泸州市首席技师",
        "名单的通知",
        "各县（区）人力资源和社会保障局、财政局：",
        (
            "根据《关于做好泸州市首席技师评审推荐工作的通知》（泸市人社办〔2019〕94号）要求，经推荐、审查、评审和公示，"
            "决定授予2名同志“泸州市首席技师”称号，现予公布。"
        ),
        "希望上述人员珍惜荣誉，发挥示范带动作用，作出新的更大贡献。",
        "附件：2019年泸州市首席技师名单",
        "泸州市人力资源和社会保障局",
        "泸州市财政局",
        "2019年9月2日",
        "附件",
        "2019年泸州市首席技师名单",
    ]


def test_list_stands_in_the_order_given():
    assert rows(publicity_notice(NOTICE)) == [
        ["序号", "姓名", "工作单位", "拟授予称号"],
        ["1", "陈立秋", "泸州某液压机械有限公司", "泸州市首席技师"],
        ["2", "欧阳明远", "泸州某酿酒有限责任公司", "泸州市首席技师"],
    ]


def test_list_of_studios_is_headed_and_counted_as_such():
    studios = replace(
        CONFERMENT,
        nominee=NomineeKind.STUDIO,
        issuers=("重庆市梁平区人力资源和社会保障局",),
        honorees=(Honoree("陈立秋技能大师工作室", "梁平某职业教育中心", "区级"),),
    )
    content = publicity_notice(replace(NOTICE, conferment=studios))
    assert rows(content)[0] == ["序号", "工作室名称", "依托单位", "拟授予称号"]
    assert "候选工作室名单的公示" in lines(content)
    assert "（共1个工作室）" in lines(content)[2]


def test_award_of_several_grades_says_how_many_of_each():
    grades = ["最美巴渝工匠", "最美巴渝工匠提名", "最美巴渝工匠"]
    honorees = tuple(Honoree("陈立秋", "某公司", grade) for grade in grades)
    content = award_document(replace(AWARD, conferment=replace(CONFERMENT, honorees=honorees)))
    assert "称号（其中最美巴渝工匠2名同志、最美巴渝工匠提名1名同志），现予公布。" in lines(content)[5]


def test_calendar_days_are_called_days():
    assert "公示期为7天" in lines(publicity_notice(replace(NOTICE, days=7, unit=Unit.CALENDAR)))[3]


def test_names_may_hold_any_character():
    odd = Honoree("阿依古丽·买买提", "A&B <机械> {{ count }} 公司\n（分公司）", "“首席”")
    assert rows(award_document(replace(AWARD, conferment=replace(CONFERMENT, honorees=(odd,)))))[1] == [
        "1",
        "阿依古丽·买买提",
        "A&B <机械> {{ count }} 公司 （分公司）",
        "“首席”",
    ]


def test_list_of_hundreds_keeps_every_line():
    honorees = tuple(Honoree(f"某人{number}号", "某公司", "称号") for number in range(300))
    content = publicity_notice(replace(NOTICE, conferment=replace(CONFERMENT, honorees=honorees)))
    assert [row[1] for row in rows(content)[1:]] == [honoree.name for honoree in honorees]


def test_list_without_anybody_is_refused():
    empty = replace(CONFERMENT, honorees=())
    assert refusal(publicity_notice, replace(NOTICE, conferment=empty)) == "名单是空的，没有可以公布的人选"
    assert refusal(award_document, replace(AWARD, conferment=empty)) == "名单是空的，没有可以公布的人选"


@pytest.mark.parametrize(
    "private",
    [
        pytest.param("11010519491231002X", id="identity number"),
        pytest.param("138 0013 8000", id="mobile phone"),
        pytest.param("0830-3109900", id="phone"),
        pytest.param("６２２２ ０２１２ ３４５６ ７８９０", id="account in full-width digits"),
    ],
)
@pytest.mark.parametrize("place", ["name", "employer", "grade"])
def test_list_with_a_personal_number_is_refused_without_repeating_it(private, place):
    honoree = replace(HONOREES[0], **{place: f"陈立秋{private}"})
    said = refusal(publicity_notice, replace(NOTICE, conferment=replace(CONFERMENT, honorees=(honoree,))))
    assert said == (
        f"“陈立秋{'…' if place == 'name' else ''}”一行含有像证件号、电话或账号的数字，公开文件不得载明；请先删去"
    )


def test_factory_with_a_number_in_its_name_is_no_personal_number():
    honoree = replace(HONOREES[0], employer="国营第7435厂2019年组建的第24车间")
    assert rows(publicity_notice(replace(NOTICE, conferment=replace(CONFERMENT, honorees=(honoree,)))))[1][2] == (
        "国营第7435厂2019年组建的第24车间"
    )


@pytest.mark.parametrize("number", ["泸市人社发〔2019〕1号", "渝高技办〔2022〕7号", "渝人社〔2026〕1203号"])
def test_document_number_in_the_standard_form_is_taken(number):
    require_document_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "泸市人社发[2019]94号",
        "泸市人社发（2019）94号",
        "泸市人社发〔19〕94号",
        "泸市人社发〔2019〕094号",
        "泸市人社发〔2019〕第94号",
        "泸市人社发〔2019〕94",
        "〔2019〕94号",
        "泸市人社发〔2019〕94号\n",
        "",
    ],
)
def test_document_number_in_another_form_is_refused(number):
    assert refusal(award_document, replace(AWARD, number=number)).startswith(f"发文字号“{number}”不合规范；应为")


@pytest.fixture
def own(tmp_path) -> Path:
    return tmp_path / "本局公示.docx"


def test_own_template_takes_the_place_of_the_shipped_one(own):
    own.write_bytes(official_document([text(BODY, "{{ award }}，{{ days }}，{{ honorees[0].name }}")]))
    assert lines(publicity_notice(NOTICE, own)) == ["泸州市首席技师，5个工作日，陈立秋"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ awrad }}", "模板 本局公示.docx 用了没有的名称“awrad”；请对照模板说明（README.md）改正"),
        ("{{ number }}", "模板 本局公示.docx 用了没有的名称“number”；请对照模板说明（README.md）改正"),
        ("{{ honorees[0].phone }}", "模板 本局公示.docx 用了没有的名称“phone”；"),
        ("{% if award %}", "模板 本局公示.docx 的花括号或百分号写错："),
        ("{{ award.__class__.__mro__ }}", "模板 本局公示.docx 用了不允许的写法："),
        ("{{ 1 / 0 }}", "模板 本局公示.docx 填不出来："),
    ],
)
def test_own_template_with_a_mistake_is_explained(own, words, said):
    own.write_bytes(official_document([text(BODY, words)]))
    assert refusal(publicity_notice, NOTICE, own).startswith(said)


def test_own_template_that_is_no_word_file_is_refused(own):
    missing = refusal(publicity_notice, NOTICE, own)
    own.write_text("公示")
    assert {missing, refusal(publicity_notice, NOTICE, own)} == {"模板 本局公示.docx 打不开，它应是一个 .docx 文件"}


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_guide_names_every_value_that_a_template_uses(template):
    guide = (FOLDER / "README.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `(\w+)`", guide, re.MULTILINE))
    used = DocxTemplate(FOLDER / template).get_undeclared_template_variables()
    assert used - explained == set()


def test_guide_names_no_value_that_there_is_not(own):
    guide = (FOLDER / "README.md").read_text("utf-8")
    parts = guide.split("## ")[1:4]
    common, notice, award = (set(re.findall(r"^\| `(\w+)`", part, re.MULTILINE)) for part in parts)
    own.write_bytes(official_document([text(BODY, f"{{{{ {name} }}}}") for name in sorted(common | notice)]))
    stroked = replace(CONFERMENT, by_strokes=True)
    outlasted = replace(NOTICE, objections_last=date(2019, 9, 16), conferment=stroked)
    assert len(lines(publicity_notice(outlasted, own))) == len(common | notice) - 1
    own.write_bytes(official_document([text(BODY, f"{{{{ {name} }}}}") for name in sorted(common | award)]))
    printed = replace(AWARD, conferment=stroked, disclosure="公开发布", copies=("市总工会",), printer="办公室")
    assert len(lines(award_document(printed, own))) == len(common | award) - 1


def test_award_document_bears_its_class_and_its_imprint_where_they_are_said():
    bare = award_document(AWARD)
    printed = award_document(
        replace(AWARD, disclosure="依申请公开", copies=("市委组织部", "市总工会"), printer="泸州市人社局办公室")
    )
    assert [line for line in lines(printed) if line not in lines(bare)] == ["（此件依申请公开）"]
    imprint = Document(io.BytesIO(printed)).tables[-1]
    assert [row.cells[0].text for row in imprint.rows] == [
        "　抄送：市委组织部，市总工会。",
        "　泸州市人社局办公室\t2019年9月2日印发",
    ]
    assert len(Document(io.BytesIO(bare)).tables) == 1
    alone = award_document(replace(AWARD, printer="泸州市人社局办公室"))
    assert len(Document(io.BytesIO(alone)).tables[-1].rows) == 1


def test_list_by_strokes_says_so_below_its_title():
    content = award_document(replace(AWARD, conferment=replace(CONFERMENT, by_strokes=True)))
    assert lines(content)[-2:] == ["2019年泸州市首席技师名单", "（按姓氏笔画为序）"]


@pytest.mark.parametrize("make", [lambda: publicity_notice(NOTICE), lambda: award_document(AWARD)])
def test_same_content_gives_the_same_bytes(make):
    assert make() == make()
