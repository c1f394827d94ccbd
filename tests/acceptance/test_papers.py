"""Papers, notice by notice: forms, documents, certificates and the registry, as nominees and offices get them."""

import io
import re
from datetime import date, datetime

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from deadlines.zone import SHANGHAI
from documents.minutes import Meeting
from operations.certify import Numbered, certificates_of, number_certificates, verify_code
from operations.forms import Asked, Paper, form_of
from operations.meetings import record_meeting
from operations.papers import document_of, notice_of
from operations.printing import certificates_paper, handing_over, minutes_of
from operations.registry import Wanted, search, show
from programs import date_program
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, LUZHOU, TECHNICIAN, Office
from tests.operations.test_reserves import decided, with_reserves

pytestmark = on(SQLITE)

ADDRESS = "https://linxuan.example.cn"
#: An identity number, a phone or an account.
PERSONAL = re.compile(r"\d{11,}")


@pytest.fixture
def technician(office_of, shipped) -> Office:
    return office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))


@pytest.fixture
def of_2017(office_of) -> Office:
    return office_of(CRAFTSMAN_2017)


def honor(office: Office, numbers: list[str], document: str) -> dict[str, str]:
    """Bring everybody to the document, issue it, and number the certificates."""
    for number in numbers:
        office.bring(number, "issuance")
    office.issue(document)
    done = number_certificates(office.desk, office.id, office.act())
    assert isinstance(done, Numbered)
    return done.certificates


def words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    told = [paragraph.text for paragraph in document.paragraphs]
    told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(told)


def table(content: bytes) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(map(str, row)) for row in sheet.to_python()]


def form_for(office: Office, material: str, number: str) -> str:
    done = form_of(office.desk, office.id, material, Asked([number]), office.act())
    assert isinstance(done, Paper)
    return words(done.content)


def test_T08_application_form_is_filled_in(technician):
    told = form_for(technician, "application-form", technician.nominate(category="skilled", nominee="陈立秋"))
    assert all(one in told for one in ("巴渝特级技师申报表", "陈立秋", "技能类", "申请对象称号"))


def test_T20_certificate_is_sealed_by_the_bureau_and_verified(technician):
    number = technician.nominate("publicity", category="skilled", nominee="陈立秋", phone="13800138000")
    assert honor(technician, [number], "渝人社〔2021〕60号") == {number: "20210001"}
    printed = words(certificates_paper(technician.desk, technician.id, ADDRESS, technician.now))
    assert "“特级技师”证书" in printed
    assert "陈立秋同志：" in printed
    assert "重庆市人力资源和社会保障局\n" in printed
    assert "重庆市人力资源和社会保障局办公室" not in printed
    (one,) = certificates_of(technician.desk, technician.id, technician.now)
    assert verify_code(technician.desk, one.code, technician.now) == one


def test_T21_honorees_enter_the_registry_which_is_searched(technician):
    number = technician.nominate("publicity", category="skilled", nominee="陈立秋")
    other = technician.nominate(
        "publicity", category="heritage", nominee="丁一", nominator="市文化旅游委", nominator_kind="culture"
    )
    honor(technician, [number, other], "渝人社〔2021〕60号")
    assert [one.registry for one in show(technician.desk, number, technician.now)] == ["“巴渝特级技师”人才库"]
    found = search(technician.desk, Wanted(category="非遗", program=technician.id), technician.now)
    assert [(one.name, one.certificate) for one in found] == [("丁一", "20210002")]


def test_T22_document_says_its_disclosure_class(technician):
    honor(technician, [technician.nominate("publicity", category="skilled")], "渝人社〔2021〕60号")
    assert "（此件依申请公开）" in words(document_of(technician.desk, technician.id))


def test_Z12_Z18_recommendation_form_is_filled_in(craftsman):
    number = craftsman.nominate(nominee="陈立秋", nominator="渝中区", unit="长江厂")
    told = form_for(craftsman, "recommendation-form", number)
    assert all(one in told for one in ("2022年“寻找最美巴渝工匠”推荐表", "陈立秋", "长江厂", "用A4纸双面打印"))


def test_Z27_both_grades_get_certificate_and_trophy(craftsman):
    numbers = [craftsman.nominate("decision", nominator=f"第{place}区") for place in range(2)]
    craftsman.decide("decision", dict(zip(numbers, ("craftsman", "runner-up"), strict=True)))
    given = honor(craftsman, numbers, "渝高技办〔2022〕30号")
    heading, *rows = table(handing_over(craftsman.desk, craftsman.id, craftsman.now))[1:]
    assert heading == ["序号", "姓名/名称", "工作单位", "称号", "证书编号", "证书", "奖杯", "领取人签字", "领取日期"]
    assert [row[3:7] for row in rows] == [
        ["最美巴渝工匠", given[numbers[0]], "1", "1"],
        ["最美巴渝工匠提名", given[numbers[1]], "1", "1"],
    ]
    printed = words(certificates_paper(craftsman.desk, craftsman.id, ADDRESS, craftsman.now, nominations=numbers[1:]))
    assert "“最美巴渝工匠提名”称号" in printed


def test_G11_both_forms_of_a_studio(studio):
    number = studio.nominate(nominee="某某技能大师工作室", nominator="区经信委")
    assert "某某技能大师工作室" in form_for(studio, "application-form", number)
    summary = form_of(studio.desk, studio.id, "summary-form", Asked((), "区经信委"), studio.act())
    assert table(summary.content)[3][:4] == ["1", "某某技能大师工作室", "第1厂", "区经信委"]


def test_J18_medal_is_handed_over_with_a_certificate(of_2017):
    number = of_2017.nominate("publicity", nominee="陈立秋")
    honor(of_2017, [number], "渝工发〔2017〕60号")
    heading, row = table(handing_over(of_2017.desk, of_2017.id, of_2017.now))[1:]
    assert dict(zip(heading, row, strict=True))["重庆五一劳动奖章"] == "1"
    assert "重庆市总工会\n" in words(certificates_paper(of_2017.desk, of_2017.id, ADDRESS, of_2017.now))


def test_S28_minutes_tell_whom_the_committee_chose(luzhou):
    numbers = [luzhou.nominate("decision", nominee=name, unit=f"{name}厂") for name in ("甲", "乙", "丙")]
    luzhou.now = datetime(2019, 8, 15, 9, tzinfo=SHANGHAI)
    luzhou.decide("decision", dict.fromkeys(numbers[:2], "chief-technician"))
    meeting = Meeting(chair="某主任")
    record_meeting(luzhou.desk, luzhou.id, "decision", luzhou.act(), meeting=meeting, held_on=date(2019, 8, 15))
    told = words(minutes_of(luzhou.desk, luzhou.id, None))
    for line in (
        "时间：2019年8月15日",
        "主持：某主任",
        "1．拟授予“泸州市首席技师”（2名同志）：甲（甲厂）、乙（乙厂）。",
        "2．不予通过（1名同志）：丙（丙厂）。",
        "泸州市首席技师评审委员会",
    ):
        assert line in told.split("\n")


def test_minutes_tell_who_waits_in_reserve_and_in_which_order(office_of, shipped):
    office = office_of(LUZHOU, program=with_reserves(shipped(LUZHOU)))
    decided(office)
    told = words(minutes_of(office.desk, office.id, None)).split("\n")
    assert "2．列为“泸州市首席技师”候补，按以下次序递补（2名同志）：第4人（第4厂）、第3人（第3厂）。" in told
    assert "对4名同志逐一评议" in "".join(told)


def test_S29_S30_public_papers_name_both_issuers_the_lead_s_number_and_nothing_personal(luzhou):
    numbers = [luzhou.nominate("publicity", nominee=name, phone="13800138000") for name in ("赵六", "王五", "丁一")]
    luzhou.publicize()
    notice = words(notice_of(luzhou.desk, luzhou.id, order="strokes"))
    for number in numbers:
        luzhou.bring(number, "issuance")
    luzhou.issue("泸市人社发〔2019〕126号")
    document = words(document_of(luzhou.desk, luzhou.id, order="strokes"))
    for told in (notice, document):
        assert re.findall("赵六|王五|丁一", told) == ["丁一", "王五", "赵六"]
        assert "（按姓氏笔画为序）" in told
        assert "泸州市人力资源和社会保障局\n泸州市财政局" in told
        assert not PERSONAL.search(told)
    assert document.count("〔2019〕126号") == 1
    assert "泸州市人力资源和社会保障局文件" in document
