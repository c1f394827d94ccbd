"""Forms are filled in with what is known; personal data only for who may see it, for a reason."""

import io

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from documents.errors import DocumentError
from documents.filling import Templates
from operations.dossiers import state_facts
from operations.forms import Asked, Paper, form_of, forms_of
from operations.recommending import Ordered, order
from operations.results import Moved, UnknownError
from states import Endorsement, Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, why

pytestmark = on(SQLITE)


def paper(office: Office, material: str, *numbers: str, reason: str = "", nominator: str | None = None) -> Paper:
    asked = Asked(numbers, nominator, personal=bool(reason))
    done = form_of(office.desk, office.id, material, asked, office.act(reason))
    assert isinstance(done, Paper), done
    return done


def refusal(call) -> str:
    with pytest.raises((UnknownError, DocumentError)) as caught:
        call()
    return caught.value.words.zh


def words(made: Paper) -> list[str]:
    (table,) = Document(io.BytesIO(made.content)).tables
    return [cell.text for row in table.rows for cell in row.cells]


def cover(made: Paper) -> str:
    """What stands outside of the table."""
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(made.content)).paragraphs)


def cells(made: Paper) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_index(0)
    return [list(map(str, row)) for row in sheet.to_python()]


@pytest.fixture
def nominated(luzhou) -> tuple[Office, list[str]]:
    numbers = [luzhou.nominate(nominee=name, nominator="江阳区", phone="13800138000") for name in ("甲", "乙", "丙")]
    state_facts(luzhou.desk, numbers[0], [("skill", "高级技师")], luzhou.act())
    return luzhou, numbers


@on(*KINDS)
def test_form_is_filled_in_without_personal_data(nominated):
    office, numbers = nominated
    before = len(office.events())
    told = words(paper(office, "application-form", numbers[0]))
    assert {"甲", "第1厂", "高级技师"} <= set(told)
    assert not [one for one in told if any(digits in one for digits in ("13800138000", "19", "男", "女"))]
    assert len(office.events()) == before


def test_form_with_personal_data_needs_a_reason_and_is_on_record(nominated):
    office, numbers = nominated
    refused = form_of(office.desk, office.id, "application-form", Asked(numbers[:1], personal=True), office.act())
    assert why(refused) == [("reason-stated", None)]
    told = words(paper(office, "application-form", numbers[0], reason="打印申报表"))
    assert "13800138000" in told
    assert [one for one in told if one in ("男", "女")]
    event = office.events()[-1]
    assert (event["kind"], event["nomination"], event["reason"]) == ("details.seen", numbers[0], "打印申报表")


def test_S12_summary_stands_in_the_order_of_recommendation(nominated):
    office, numbers = nominated
    assert [row[0:3] for row in cells(paper(office, "summary", nominator="江阳区"))[3:6]] == [
        ["1", "江阳区", "甲"],
        ["2", "江阳区", "乙"],
        ["3", "江阳区", "丙"],
    ]
    done = order(office.desk, office.id, "江阳区", [numbers[2], numbers[0]], office.act())
    assert done == Ordered("江阳区", (numbers[2], numbers[0], numbers[1]))
    assert [row[0:3:2] for row in cells(paper(office, "summary", nominator="江阳区"))[3:6]] == [
        ["1", "丙"],
        ["2", "甲"],
        ["3", "乙"],
    ]
    event = office.events()[-1]
    assert (event["kind"], event["nominations"]) == ("nominees.ordered", [numbers[2], numbers[0]])


def test_ranking_again_takes_the_place_of_the_earlier_one(nominated):
    office, numbers = nominated
    order(office.desk, office.id, "江阳区", numbers[::-1], office.act())
    done = order(office.desk, office.id, "江阳区", numbers[:1], office.act())
    assert done == Ordered("江阳区", tuple(numbers))


def test_ranking_of_others_or_twice_is_refused(nominated):
    office, numbers = nominated
    other = office.nominate(nominator="龙马潭区")
    assert other in refusal(lambda: order(office.desk, office.id, "江阳区", [numbers[0], other], office.act()))
    twice = [numbers[0], numbers[0]]
    assert refusal(lambda: order(office.desk, office.id, "江阳区", twice, office.act())) == "有编号写了两次，请只留一次"


def test_S12_overview_has_a_sheet_for_each(nominated):
    office, numbers = nominated
    made = paper(office, "overview", *numbers[:2])
    assert CalamineWorkbook.from_filelike(io.BytesIO(made.content)).sheet_names == ["1 甲", "2 乙"]


def test_who_has_withdrawn_is_listed_no_more(nominated):
    office, numbers = nominated
    office.move(numbers[1], Move.WITHDRAW)
    assert [row[2] for row in cells(paper(office, "summary", nominator="江阳区"))[3:6]] == ["甲", "丙", ""]


def test_what_cannot_be_filled_in_is_told(nominated):
    office, numbers = nominated
    other = office.nominate(nominator="龙马潭区")
    asked = (
        (("nothing", Asked(numbers[:1])), "项目没有写明表格“nothing”的内容；可填的表：application-form＝"),
        (("certificates", Asked(numbers[:1])), "项目没有写明表格“certificates”的内容"),
        (("application-form", Asked(numbers)), "这份表一人一表，请只写一个编号"),
        (("application-form", Asked()), "请写明给谁填表"),
        (("application-form", Asked(("x",))), "没有编号为 x 的申报"),
        (("summary", Asked((), "无此单位")), "“无此单位”没有可列入的申报"),
        (("summary", Asked((numbers[0], other))), "汇总表一个推荐单位一份"),
    )
    for (material, those), told in asked:
        assert refusal(lambda: form_of(office.desk, office.id, material, those, office.act())).startswith(told)  # noqa: B023 - called at once


def test_office_s_own_template_is_used_and_a_folder_that_is_none_is_told(nominated, tmp_path):
    office, numbers = nominated

    def told(folder):
        asked = Asked(numbers[:1])
        return refusal(
            lambda: form_of(office.desk, office.id, "application-form", asked, office.act(), Templates(folder))
        )

    assert told(tmp_path / "x").startswith(f"没有模板文件夹 {tmp_path / 'x'}")
    (tmp_path / "nominee-form.docx").write_text("不是 Word")
    assert told(tmp_path) == "模板 nominee-form.docx 打不开，它应是一个 .docx 文件"


def test_program_lists_its_forms(luzhou):
    assert [(form_id, content.kind) for form_id, _, content in forms_of(luzhou.program)] == [
        ("application-form", "form"),
        ("overview", "overview"),
        ("summary", "list"),
        ("apprentices", "form"),
    ]


def test_S23_form_bears_the_number_that_the_bureau_gave_it_and_none_before(nominated):
    office, numbers = nominated
    assert numbers[0] not in cover(paper(office, "application-form", numbers[0]))
    office.bring(numbers[0], "recommendation.office")
    put = Endorsement(form_number="泸技〔2019〕7")
    assert isinstance(office.move(numbers[0], Move.ACCEPT, endorsement=put), Moved)
    assert "泸技〔2019〕7" in cover(paper(office, "application-form", numbers[0]))
