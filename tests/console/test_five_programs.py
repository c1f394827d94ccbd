"""The five shipped programs, driven through all their stages in the console by people of different organizations.

Each is dated as its notice is: the console goes by the clock that it is made with. What time itself does (`sweep`,
`remind`) is called as the flows call it. On the way every kind of page is looked at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit
from zlib import crc32

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from console import create_app
from deadlines import SHANGHAI
from deadlines.editions import redate
from notifications.channels import MemoryChannel
from notifications.letters import Letterhead
from operations.actors import Actor, Role
from operations.acts import Act
from operations.amend import amend
from operations.audit import audit
from operations.ballots.holding import open_ballot, record_attendance
from operations.certify import certificates_of
from operations.desk import Desk
from operations.experts.listing import list_assignments
from operations.experts.seats import confirm, invite, make_pledge
from operations.opening import Opened, confirm_ruling, open_program
from operations.organizations import place_organization
from operations.ranked import Ranked
from operations.rehearse.people import make_identity
from operations.remind import remind
from operations.results import Denied
from operations.scores import enter_score
from operations.sweep import sweep
from programs import Program, load_program
from programs.loader import program_text
from tests import files
from tests.console.driving import Clock, Drive, served
from tests.console.filled import new_desk
from tests.console.looking import DESKTOP, OUTPUT, Looker, chromium, needs_chromium
from tests.console.people import PASSWORD, hash_quickly
from tests.operations.balloting import MEMBERS, with_ballot
from tests.operations.panels import PanelOffice, with_panel
from tests.operations.test_scores import with_track
from tests.operations.test_second_factor import code

pytestmark = needs_chromium

CRAFTSMAN_2017 = "bayu-craftsman-2017"
LUZHOU = "luzhou-chief-technician-2019"
TECHNICIAN = "bayu-special-grade-technician"
CRAFTSMAN_2022 = "bayu-craftsman-2022"
STUDIO = "liangping-master-studio-2023"

LEADERS = "“巴渝工匠”评选领导小组"

POINTS = {"work": "28", "skill": "60"}
WHY = "理由（记入办理记录）"
ON = "进入下一环节"


@dataclass
class Stage:
    """The window in which everybody works, and who looks at its pages."""

    drive: Drive
    looker: Looker
    desk: Desk
    channel: MemoryChannel
    app: FastAPI

    def open(self, program_id: str, *, dated: date | None = None) -> Program:
        """Confirm every ruling as it stands, and open the program."""
        act = Act(Actor("总管理"), self.drive.now)
        program = load_program(program_id)
        for ruling in program.rulings:
            decided = dated if ruling.id == "year" else None
            confirmed = confirm_ruling(self.desk, program, ruling.id, decided, act)
            assert isinstance(confirmed, Program), confirmed
            program = confirmed
        assert open_program(self.desk, program, act) == Opened(program_id, self.drive.now)
        return program

    def look(self, name: str, who: str | None, path: str) -> None:
        """Have somebody look at a page as it stands."""
        self.drive.go(who, path)
        self.looker.look(name)

    def look_here(self, name: str) -> None:
        """Look at what a form has given."""
        self.looker.look(name, english=False)

    def place(self, organization: str, parent: str) -> None:
        """Put an organization below another one."""
        assert place_organization(self.desk, organization, parent, Act(Actor("总管理"), self.drive.now)) is None

    def told(self, recipient: str, *words: str) -> None:
        """Send what is owed now; one of the letters to somebody says all of this."""
        before = len(self.channel.letters)
        remind(self.desk, self.channel, self.drive.now)
        letters = [one.body for one in self.channel.letters[before:] if one.recipient == recipient]
        assert any(all(word in letter for word in words) for letter in letters), letters

    def link(self, kind: str) -> str:
        """Where the last letter that has such a link leads with it."""
        links = [getattr(one.links, kind) for one in self.channel.letters]
        return urlsplit([one for one in links if one][-1]).path

    def wait(self, moment: str) -> None:
        """Let time pass until then, and do what is due."""
        self.drive.at(moment)
        sweep(self.desk, self.drive.now)
        remind(self.desk, self.channel, self.drive.now)


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[Stage]:
    OUTPUT.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched, chromium() as browser:
        hash_quickly(patched)
        desk = new_desk(tmp_path_factory.mktemp("five"))
        clock = Clock(datetime(2017, 3, 1, 9, tzinfo=SHANGHAI))
        channel = MemoryChannel()
        app = create_app(desk, clock, channel=channel)
        context = browser.new_context(viewport={"width": DESKTOP, "height": 900})
        context.set_default_timeout(10_000)
        with served(app) as address:
            desk.letterhead = Letterhead(console=address, public=address)
            page = context.new_page()
            drive = Drive(page, address, desk, clock)
            drive.staff({"总管理": (Role.ADMINISTRATOR, None), "总监督": (Role.SUPERVISOR, None)})
            yield Stage(drive, Looker(page, address, app), desk, channel, app)
            context.close()
        desk.store.close()


def table(*people: tuple[str, str], **columns: str) -> str:
    """A nominators' table of made-up people: who, and where they work; further columns say the same of each."""
    lines = [",".join(["姓名", "工作单位", "身份证号码", *columns])]
    for name, unit in people:
        identity = make_identity(crc32(name.encode()) % 9000, Random(1))  # noqa: S311 - made-up people need no secrets
        lines.append(",".join([name, unit, identity, *columns.values()]))
    return "\n".join(lines)


def test_craftsman_2017_is_screened_jointly_voted_on_and_decided_twice(stage: Stage) -> None:  # noqa: PLR0915 - its whole course
    drive, program = stage.drive, CRAFTSMAN_2017
    opened = stage.open(program)
    drive.staff(
        {
            "机械厂经办": (Role.OPERATOR, "山城机械厂"),
            "区工会经办": (Role.OPERATOR, "沙坪坝区总工会"),
            "活动办经办": (Role.OPERATOR, f"{LEADERS}办公室"),
            "会审员": (Role.SCREENING, LEADERS),
            "领导小组经办": (Role.OPERATOR, LEADERS),
            "遴选专家": (Role.EXPERT, "遴选审核小组"),
            "遴选组经办": (Role.OPERATOR, "遴选审核小组"),
        }
    )
    stage.place(f"{LEADERS}办公室", LEADERS)
    drive.at("2017-04-10T10:00")
    names = ("秦铁生", "罗明远", "谭素芬")
    people = table(*zip(names, ("山城机械厂", "嘉陵电器厂", "歌乐印刷厂"), strict=True))
    fields = {"推荐单位": "沙坪坝区总工会", "推荐单位类型": "区县总工会", "推荐渠道": "组织推荐"}
    first, second, third = numbers = drive.take_in("区工会经办", program, people, fields)
    drive.hand_in("机械厂经办", first)
    drive.move("机械厂经办", first, "申报")
    drive.hand_in("区工会经办", second, third)
    drive.together("区工会经办", program, "recommendation.unit", "申报", 2)
    drive.together("区工会经办", program, "recommendation.district", "推荐上报", 3)
    drive.at("2017-04-25T09:00")
    drive.together("活动办经办", program, "recommendation.city", "受理通过", 3)
    drive.at("2017-05-03T09:00")
    drive.judge("会审员", *numbers)
    (*bodies, last) = opened.stage("screening").bodies
    for body in bodies:
        drive.answer("会审员", program, "screening", body, letter=f"{body}复函.pdf")
    drive.concur("会审员", third, last, "照片与事迹不符，请核实")
    assert f"联合初审不同意：{last}" in (drive.page.locator(".shut").text_content() or "")
    stage.look("nomination-screened-jointly", "会审员", f"/nominations/{third}")
    opinions = f"/programs/{program}/stages/screening/opinions"
    stage.look("opinions", "会审员", opinions)
    stage.look("opinions-recorded", "会审员", f"{opinions}?body={last}&which=all")
    drive.answer("会审员", program, "screening", last, *numbers)
    drive.together("会审员", program, "screening", "受理通过", 3)
    drive.at("2017-05-10T09:00")
    drive.together("活动办经办", program, "coverage", ON, 3)
    drive.at("2017-05-16T09:00")
    votes = dict(zip(numbers, (3000, 2000, 1000), strict=True))
    drive.tally("活动办经办", program, "vote", votes, opened.stage("vote").platforms)
    stage.look("board-vote", "活动办经办", f"/programs/{program}/stages/vote")
    stage.look("ranking", "活动办经办", f"/programs/{program}/stages/vote/ranking")
    assert drive.settle("活动办经办", program, "vote") == [("1", "秦铁生"), ("2", "罗明远"), ("3", "谭素芬")]
    drive.decide("活动办经办", program, "vote", dict.fromkeys(numbers, ON), "投票统计")
    drive.at("2017-05-22T09:00")
    drive.evaluate("遴选专家", dict(zip(names, (90, 80, 85), strict=True)), "技艺精湛")
    assert drive.settle("遴选组经办", program, "review") == [("1", "秦铁生"), ("2", "罗明远"), ("3", "谭素芬")]
    drive.decide("遴选组经办", program, "review", dict.fromkeys(numbers, ON), "评审纪要")
    drive.at("2017-05-26T09:00")
    fates = dict(zip(numbers, ("巴渝工匠", "巴渝工匠", "候补：巴渝工匠"), strict=True))
    drive.decide("领导小组经办", program, "choosing", fates, "领导小组会议纪要")
    drive.at("2017-06-01T09:00")
    address = drive.publish("活动办经办", program)
    drive.at("2017-06-02T10:00")
    stage.look("public-list", None, address)
    stage.look("objection-form", None, f"{address}/objection")
    objection, asked = drive.object_to(address, "罗明远", "某职工", "所列专利不是本人完成")
    stage.look_here("objection-receipt")
    stage.look("objection-asked", None, "/publicity/receipt")
    assert drive.stages([second]) == ["publicity.objected"]
    assert drive.handle("活动办经办", objection, "受理", {WHY: "有事实依据"}, "受理，开始核查") == "核查中"
    drive.at("2017-06-05T10:00")
    drive.handle("活动办经办", objection, "登记核查情况", {"核查情况": "专利登记簿所载并非其人"}, "登记")
    stage.look("objection", "活动办经办", f"/objections/{objection}")
    stage.look("objections", "活动办经办", "/objections")
    page = drive.go(None, "/publicity/receipt")
    page.get_by_label("异议编号").fill(objection)
    page.get_by_label("查询码").fill(asked)
    drive.press(page.get_by_role("button", name="查询"))
    stage.look_here("objection-progress")
    settled = {"异议成立，撤下该人选": "✓", "核查结论": "异议属实"}
    assert drive.handle("活动办经办", objection, "办结", settled, "办结异议") == "成立，撤下"
    stage.look("publicity", "领导小组经办", f"/programs/{program}/publicity")
    drive.replace("领导小组经办", program, "罗明远撤下")
    assert drive.publish("活动办经办", program) != address
    assert "（第2次）" in drive.go(None, "/publicity").locator("main").inner_text()
    stage.wait("2017-06-15T00:05")
    assert drive.stages(numbers) == ["final-decision", "removed", "final-decision"]
    drive.at("2017-06-16T09:00")
    drive.decide("领导小组经办", program, "final-decision", dict.fromkeys([first, third], ON), "专题会议纪要")
    drive.at("2017-06-20T09:00")
    assert "证书已编号 2 份" in drive.issue("活动办经办", program, "渝工发〔2017〕30号")
    drive.at("2017-10-09T09:00")
    drive.together("活动办经办", program, "broadcast", ON, 2)
    assert drive.stages(numbers) == ["honored", "removed", "honored"]


def test_chief_technicians_are_returned_corrected_ranked_and_appointed_for_a_term(stage: Stage) -> None:  # noqa: PLR0915 - its whole course
    drive, program = stage.drive, LUZHOU
    drive.at("2019-07-08T10:00")
    stage.open(program)
    bureau, committee = "泸州市人力资源和社会保障局", "泸州市首席技师评审委员会"
    drive.staff(
        {
            "酒厂经办": (Role.OPERATOR, "江阳酒厂"),
            "江阳经办": (Role.OPERATOR, "江阳区人力资源和社会保障局"),
            "市局经办": (Role.OPERATOR, bureau),
            "评办审查": (Role.SCREENING, f"{committee}办公室"),
            "评办经办": (Role.OPERATOR, f"{committee}办公室"),
            "评议专家": (Role.EXPERT, "专家评议小组"),
            "评议组经办": (Role.OPERATOR, "专家评议小组"),
            "评委会经办": (Role.OPERATOR, committee),
        }
    )
    drive.at("2019-07-15T10:00")
    names = ("邓长河", "易小红")
    people = table(*zip(names, ("江阳酒厂", "沱江机械厂"), strict=True), 职业资格等级="高级技师")
    fields = {"推荐单位": "江阳区人力资源和社会保障局", "推荐单位类型": "县（区）、园区管委会"}
    first, second = numbers = drive.take_in("江阳经办", program, people, fields)
    drive.hand_in("酒厂经办", first)
    drive.move("酒厂经办", first, "申报")
    drive.hand_in("江阳经办", second)
    drive.together("江阳经办", program, "recommendation.unit", "申报", 1)
    drive.together("江阳经办", program, "recommendation.recommender", "推荐上报", 2)
    drive.at("2019-07-25T09:00")
    for place, number in enumerate(numbers, start=1):
        drive.move("市局经办", number, "受理通过", form_number=f"2019-{place:03d}")
    drive.at("2019-08-05T09:00")
    said = drive.move("评办经办", first, "退回补正", "请补盖骑缝章", lacking="《泸州市首席技师申报表》")
    assert "到“资格审查·补正”" in said
    assert "材料须补正：《泸州市首席技师申报表》；请补盖骑缝章" in said
    stage.look_here("nomination-returned")
    drive.at("2019-08-07T09:00")
    stage.told("江阳酒厂", "邓长河", "请补盖骑缝章")
    drive.send_files("江阳经办", first, "《泸州市首席技师申报表》", "申报表.pdf", files.pdf(2))
    drive.move("江阳经办", first, "申报")
    drive.at("2019-08-13T09:00")
    drive.judge("评办审查", *numbers)
    drive.together("评办审查", program, "screening", "受理通过", 2)
    drive.at("2019-08-20T09:00")
    stage.look("evaluations", "评议专家", "/evaluations")
    stage.look("evaluation", "评议专家", f"/evaluations/{program}/review/{first}")
    drive.evaluate("评议专家", dict(zip(names, (95, 90), strict=True)), "技艺领先，同意推荐")
    assert drive.settle("评议组经办", program, "review") == [("1", "邓长河"), ("2", "易小红")]
    stage.look("board-ranking", "评议组经办", f"/programs/{program}/stages/review")
    drive.decide("评议组经办", program, "review", dict.fromkeys(numbers, ON), "评议小组意见")
    drive.at("2019-09-02T09:00")
    drive.decide("评委会经办", program, "decision", dict.fromkeys(numbers, "泸州市首席技师"), "评委会纪要")
    drive.at("2019-09-05T09:00")
    address = drive.publish("市局经办", program, "市人社局官网")
    drive.at("2019-09-09T10:00")
    objection, _ = drive.object_to(address, "易小红", "某同事", "任职年限不足")
    drive.handle("市局经办", objection, "受理", {WHY: "实名，有线索"}, "受理，开始核查")
    settled = {"异议不成立，继续办理": "✓", "核查结论": "劳动合同所载年限相符"}
    assert drive.handle("市局经办", objection, "办结", settled, "办结异议") == "不成立"
    stage.wait("2019-09-20T00:05")
    assert drive.stages(numbers) == ["issuance", "issuance"]
    drive.at("2019-09-25T09:00")
    stage.look("issuance", "评办经办", f"/programs/{program}/issuance")
    assert "证书已编号 2 份" in drive.issue("评办经办", program, "泸市人社发〔2019〕88号")
    assert drive.stages(numbers) == ["tenure", "tenure"]
    drive.at("2020-09-28T09:00")
    term = f"/programs/{program}/honors/{first}"
    drive.do("评办经办", term, "收到履职报告", {"说明（可不填）": "带徒三名"}, "登记")
    page = drive.do("评办经办", term, "考核", {"结果": "合格"}, "登记")
    assert "第1期考核：合格" in page.locator("main").inner_text()
    drive.do("评办经办", term, "发放待遇", {"金额": "10000", "拨付文号或凭证号": "泸财社〔2020〕9号"}, "登记发放")
    stage.look("term", "评办经办", term)
    stage.look("honors", "评办经办", f"/programs/{program}/honors")
    (certificate, *_) = certificates_of(stage.desk, program, drive.now)
    stage.look("certificate", None, f"/verify/{certificate.code}")
    stage.wait("2020-10-09T00:05")


def test_special_grade_technicians_of_two_categories_go_through_different_offices(stage: Stage) -> None:
    drive, program = stage.drive, TECHNICIAN
    drive.at("2021-06-28T10:00")
    stage.open(program, dated=date(2021, 6, 28))
    office, committee = "重庆市人力资源和社会保障局", "“巴渝特级技师”专家评审委员会"
    drive.staff(
        {
            "渝中经办": (Role.OPERATOR, "渝中区人力资源和社会保障局"),
            "文旅经办": (Role.OPERATOR, "市文化旅游委"),
            "鉴定经办": (Role.OPERATOR, "市职业技能鉴定指导中心"),
            "评审审查": (Role.SCREENING, committee),
            "评审经办": (Role.OPERATOR, committee),
            "市人社经办": (Role.OPERATOR, office),
        }
    )
    drive.at("2021-07-05T10:00")
    district = {"推荐单位": "渝中区人力资源和社会保障局", "推荐单位类型": "区县（自治县）人力社保部门"}
    people = table(("何定坤", "渝中电器厂"), ("蒲光荣", "解放碑印务公司"), 类别="技能类")
    first, second = drive.take_in("渝中经办", program, people, district)
    culture = {"推荐单位": "市文化旅游委", "推荐单位类型": "市文化旅游委", "类别": "非遗类"}
    (third,) = drive.take_in("文旅经办", program, table(("冉秀珍", "荣昌陶器坊")), culture)
    numbers = [first, second, third]
    stage.look("today", "渝中经办", "/")
    drive.rank("渝中经办", first, second)
    stage.look("register", "渝中经办", f"/programs/{program}/register")
    for name, some in (("渝中经办", [first, second]), ("文旅经办", [third])):
        drive.hand_in(name, *some)
        drive.together(name, program, "recommendation.unit", "申报", len(some))
    drive.together("渝中经办", program, "recommendation.district", "推荐上报", 2)
    drive.together("文旅经办", program, "recommendation.culture", "推荐上报", 1)
    drive.at("2021-07-21T16:00")
    drive.together("鉴定经办", program, "recommendation.centre", "受理通过", 3)
    drive.at("2021-08-02T09:00")
    stage.look("program", "市人社经办", f"/programs/{program}")
    stage.look("usage", "市人社经办", f"/programs/{program}/usage")
    stage.look("nominations", "评审审查", f"/nominations?program={program}")
    stage.look("nomination", "评审审查", f"/nominations/{first}")
    drive.judge("评审审查", first, third)
    drive.move("评审审查", second, "不予通过", "不具备技能类遴选范围的称号")
    drive.together("评审审查", program, "screening", "受理通过", 2)
    drive.at("2021-08-16T09:00")
    drive.decide("评审经办", program, "review", dict.fromkeys([first, third], ON), "专家评审意见")
    drive.decide("评审经办", program, "decision", dict.fromkeys([first, third], "巴渝特级技师"), "评审会议纪要")
    drive.at("2021-09-01T09:00")
    address = drive.publish("市人社经办", program)
    listed = drive.go(None, "/publicity").locator("main").inner_text()
    stage.looker.look("public-lists")
    assert "技能类 1 名，非遗类 1 名" in listed
    drive.at("2021-09-02T10:00")
    objection, _ = drive.object_to(address, "冉秀珍", "某人", "道听途说")
    assert drive.handle("市人社经办", objection, "不予受理", {WHY: "没有事实依据"}, "不予受理") == "不予受理"
    stage.wait("2021-09-10T00:05")
    drive.at("2021-09-15T09:00")
    assert "证书已编号 2 份" in drive.issue("市人社经办", program, "渝人社发〔2021〕60号")
    drive.together("市人社经办", program, "promotion", ON, 2)
    assert drive.stages(numbers) == ["honored", "rejected", "honored"]


def test_craftsman_2022_is_late_for_one_voted_on_and_given_two_grades(stage: Stage) -> None:  # noqa: PLR0915 - as above
    drive, program = stage.drive, CRAFTSMAN_2022
    drive.at("2022-05-05T10:00")
    stage.open(program)
    bureau, office = "长寿区人力资源和社会保障局", "市高技办"
    drive.staff(
        {
            "轴承厂经办": (Role.OPERATOR, "长寿轴承厂"),
            "长寿经办": (Role.OPERATOR, bureau),
            "高技办经办": (Role.OPERATOR, office),
            "高技办审查": (Role.SCREENING, office),
            "专家组经办": (Role.OPERATOR, "专家组"),
        }
    )
    drive.at("2022-06-06T10:00")
    people = table(("向开云", "长寿轴承厂"), ("陶玉兰", "长寿化工厂"), 职业资格等级="高级技师")
    fields = {"推荐单位": bureau, "推荐单位类型": "区县人力社保部门"}
    stage.look("intake", "长寿经办", f"/intake?program={program}")
    stage.look("entry", "长寿经办", f"/intake/one?program={program}")
    drive.send_table("长寿经办", program, people.replace("长寿化工厂", ""), fields)
    stage.looker.look("intake-findings")
    first, second = numbers = drive.take_in("长寿经办", program, people, fields)
    stage.look_here("intake-done")
    page = drive.open("长寿经办", second)
    page.get_by_text("邀请候选人查看本人的申报").click()
    page.get_by_label("候选人的邮箱").fill("tao@example.org")
    drive.press(page.get_by_role("button", name="发出邀请"))
    told = page.locator("#nominees ~ * b.number").inner_text()
    (link,) = re.findall(r"http://[^/\s]+(/\S+)", stage.channel.letters[-1].text)
    stage.look("invitation", None, link)
    page = drive.go(None, link)
    page.get_by_label("推荐单位告诉您的验证码").fill(told)
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    drive.press(page.get_by_role("button", name="查看"))
    stage.look("own-nomination", None, urlsplit(page.url).path)
    stage.look("own-nominations", None, "/mine")
    drive.press(drive.go(None, "/mine").get_by_role("button", name="退出"))
    drive.hand_in("轴承厂经办", first)
    drive.move("轴承厂经办", first, "申报")
    drive.hand_in("长寿经办", second)
    drive.together("长寿经办", program, "recommendation.unit", "申报", 1)
    drive.together("长寿经办", program, "recommendation.recommender", "推荐上报", 2)
    drive.at("2022-06-30T16:00")
    drive.together("高技办经办", program, "recommendation.office", "受理通过", 2)
    drive.at("2022-07-12T09:00")
    drive.judge("高技办审查", first)
    drive.move("高技办审查", first, "受理通过")
    # The other one is left until the time that the notice plans for it is over: somebody new finds it.
    drive.at("2022-09-01T09:00")
    page = drive.go("高技办经办", "/")
    waits = page.locator(".waiting tr", has_text="审核并优选50名")
    drive.press(waits.get_by_role("link", name="1 件已逾期"))
    drive.press(page.locator("table.nominations").get_by_role("link", name="陶玉兰"))
    assert "已逾期 1 天" in page.locator(".standing").inner_text()
    said = drive.move("高技办经办", second, "退回补正", "请补交获奖证书复印件", lacking="获奖证书复印件")
    assert "长寿化工厂" in said.partition("将发出消息：")[2]
    drive.press(page.get_by_role("link", name="查看消息"))
    letter = page.locator("#messages ~ ul details[open] pre").inner_text()
    assert letter.startswith("长寿化工厂：")
    assert "请补交获奖证书复印件" in letter
    stage.told("长寿化工厂", "陶玉兰", "请补交获奖证书复印件")
    drive.move("长寿经办", second, "申报")
    drive.at("2022-09-05T09:00")
    drive.judge("高技办审查", second)
    drive.together("高技办审查", program, "screening", "受理通过", 1)
    drive.together("高技办经办", program, "profiles", ON, 2)
    drive.at("2022-09-12T09:00")
    drive.tally("高技办经办", program, "vote", dict(zip(numbers, (4000, 5000), strict=True)), ())
    assert drive.settle("高技办经办", program, "vote") == [("1", "陶玉兰"), ("2", "向开云")]
    drive.decide("高技办经办", program, "vote", dict.fromkeys(numbers, ON), "投票统计")
    drive.at("2022-09-19T09:00")
    drive.decide("专家组经办", program, "review", dict.fromkeys(numbers, ON), "专家审评意见")
    fates = dict(zip(numbers, ("最美巴渝工匠", "最美巴渝工匠提名"), strict=True))
    drive.decide("专家组经办", program, "decision", fates, "专家组会议纪要")
    drive.at("2022-09-26T09:00")
    address = drive.publish("高技办经办", program)
    drive.at("2022-09-27T10:00")
    objection, _ = drive.object_to(address, "陶玉兰", "陶玉兰", "等级应为技师")
    drive.handle("高技办经办", objection, "受理", {WHY: "本人更正"}, "受理，开始核查")
    corrected = {"更正后继续办理": "✓", "核查结论": "证书为技师", "更正的情况": "skill=技师"}
    assert drive.handle("高技办经办", objection, "办结", corrected, "办结异议") == "已更正"
    # What was put right is published again.
    drive.publish("高技办经办", program)
    stage.wait("2022-10-12T00:05")
    stage.look("letter-unsubscribe", None, stage.link("unsubscribe"))
    drive.together("高技办经办", program, "campaign", ON, 2)
    drive.at("2022-11-15T09:00")
    assert "证书已编号 2 份" in drive.issue("高技办经办", program, "渝高技办〔2022〕9号")
    drive.together("高技办经办", program, "wrap-up", ON, 2)
    assert drive.stages(numbers) == ["honored", "honored"]


def test_studio_of_2023_is_chosen_put_off_and_replaced_and_is_assessed(stage: Stage) -> None:
    drive, program = stage.drive, STUDIO
    drive.at("2023-07-26T10:00")
    stage.open(program)
    section, bureau, branch = "区人力社保局就业促进科", "区人力社保局", "梁平区经济和信息化委员会"
    drive.staff(
        {
            "柚业经办": (Role.OPERATOR, "梁平柚业公司"),
            "经信经办": (Role.OPERATOR, branch),
            "就业科经办": (Role.OPERATOR, section),
            "人社审查": (Role.SCREENING, bureau),
            "人社经办": (Role.OPERATOR, bureau),
            "梁平经办": (Role.OPERATOR, f"梁平{section}"),
        }
    )
    stage.place(f"梁平{section}", bureau)
    drive.at("2023-08-01T10:00")
    people = table(("唐守义", "梁平柚业公司"), ("游春华", "梁平竹编厂"), 类别="依托企业", 推荐渠道="行业主管部门推荐")
    fields = {"推荐单位": branch, "推荐单位类型": "行业主管部门"}
    first, second = numbers = drive.take_in("经信经办", program, people, fields)
    drive.hand_in("柚业经办", first)
    drive.move("柚业经办", first, "申报")
    drive.hand_in("经信经办", second)
    drive.together("经信经办", program, "recommendation.unit", "申报", 1)
    drive.together("经信经办", program, "recommendation.department", "推荐上报", 2)
    drive.at("2023-08-31T17:00")
    drive.together("就业科经办", program, "recommendation.bureau", "受理通过", 2)
    drive.at("2023-09-05T09:00")
    drive.judge("人社审查", *numbers)
    drive.together("人社审查", program, "screening", "受理通过", 2)
    drive.at("2023-09-12T09:00")
    fates = dict(zip(numbers, ("梁平区技能大师工作室", "候补：梁平区技能大师工作室"), strict=True))
    drive.decide("人社经办", program, "decision", fates, "局办公会纪要")
    address = drive.publish("梁平经办", program)
    drive.at("2023-09-14T10:00")
    objection, _ = drive.object_to(address, "唐守义", "某企业职工", "场地正在纠纷中")
    drive.handle("梁平经办", objection, "受理", {WHY: "实名，有线索"}, "受理，开始核查")
    put_off = {"暂缓，留待下届": "✓", "核查结论": "权属诉讼未结"}
    assert drive.handle("梁平经办", objection, "办结", put_off, "办结异议") == "暂缓，下届再议"
    drive.replace("人社经办", program, "唐守义暂缓")
    drive.publish("梁平经办", program)
    stage.wait("2023-09-25T00:05")
    drive.at("2023-10-10T09:00")
    assert "证书已编号 1 份" in drive.issue("梁平经办", program, "梁人社发〔2023〕45号")
    assert drive.stages(numbers) == ["deferred", "tenure"]
    drive.at("2025-10-11T09:00")
    page = drive.do("梁平经办", f"/programs/{program}/honors/{second}", "考核", {"结果": "合格"}, "登记")
    assert "第1期考核：合格" in page.locator("main").inner_text()
    assert drive.stages(numbers) == ["deferred", "tenure"]


def test_edition_that_draws_experts_and_votes_by_name_is_looked_at(stage: Stage) -> None:
    """None of the five notices says how experts are drawn or how a committee votes; an office may."""
    drive, days = stage.drive, (date(2025, 10, 20) - date(2019, 7, 8)).days
    drive.at("2025-10-20T10:00")
    stated = with_ballot(with_panel(with_track(load_program(LUZHOU)), pledge="我承诺公正评议"), secret=False, of="cast")
    program = redate(stated, f"{LUZHOU}-next", "2025年", days, stage.desk.calendar)
    seats, board = program.stage("review").office, f"/programs/{program.id}/stages/"
    drive.staff(
        {
            "王管理": (Role.ADMINISTRATOR, program.office),
            "总管": (Role.ADMINISTRATOR, None),
            **{f"专家{place}": (Role.EXPERT, seats) for place in range(1, 4)},
            MEMBERS[0]: (Role.EXPERT, "评委会"),
        }
    )
    office = PanelOffice(stage.desk, program, drive.now)
    office.open()
    experts = office.fill_the_pool(3)
    young = [make_identity(place, Random(place), date(1985, 1, 1)) for place in range(2)]  # noqa: S311 - made up
    numbers = [office.nominate("review", identity=one) for one in young]
    office.draw()
    invite(stage.desk, program.id, "review", office.act())
    stage.told("专家1", "邀请")
    stage.look("letter-received", None, stage.link("confirm"))
    stage.look("evaluations-invited", "专家1", "/evaluations")
    for name in experts:
        act = office.as_expert(name)
        assert confirm(stage.desk, program.id, "review", name, act) is None
        assert make_pledge(stage.desk, program.id, "review", name, act) is None
    office.assign()
    for one in list_assignments(stage.desk, program.id, "review", now=drive.now):
        for name in one.experts:
            scored = enter_score(stage.desk, one.number, "materials", POINTS, office.as_expert(name))
            assert not isinstance(scored, Denied), scored
    assert isinstance(office.rank(), Ranked)
    stage.look("board-panel", "王管理", f"{board}review")
    assert office.decide("review", dict.fromkeys(numbers)).denied == ()
    place = (stage.desk, program.id, "decision")
    assert isinstance(open_ballot(*place, office.act(), members=MEMBERS), int)
    assert not isinstance(record_attendance(*place, MEMBERS, office.act()), Denied)
    stage.look("ballot-paper", MEMBERS[0], f"{board}decision/ballot/members/{quote(MEMBERS[0])}")
    stage.look("board-ballot", "王管理", f"{board}decision")
    drive.meet("王管理", f"{board}decision", "三楼会议室", MEMBERS)
    stage.look("meeting", "王管理", f"{board}decision/meeting")
    page = drive.go("总管", "/experts")
    page.get_by_text("查看完整信息并更正").first.click()
    page.get_by_label(WHY).locator("visible=true").fill("核对回避")
    drive.press(page.get_by_role("button", name="查看", exact=True).locator("visible=true"))
    stage.look_here("expert-in-full")
    changed = program.model_copy(update={"title": f"{program.title}（修订）"})
    assert not isinstance(amend(stage.desk, changed, office.act("某人社发〔2025〕90号")), Denied)
    stage.look("migration", "王管理", f"/programs/{program.id}/migration")


def test_pages_of_administrators_and_of_everybody_are_looked_at(stage: Stage) -> None:
    drive = stage.drive
    stage.look("sign-in", None, "/sign-in")
    stage.look("verify", None, "/verify")
    for name, path in (
        ("overview", "/"),
        ("organizations", "/organizations"),
        ("people", "/people"),
        ("experts", "/experts"),
        ("calendar", "/calendar"),
        ("audit", "/audit"),
        ("account", "/account"),
        ("account-calendars", "/account/calendars"),
        ("messages", "/messages"),
        ("rehearsal", f"/programs/{LUZHOU}/rehearsal"),
        ("opening", f"/programs/{LUZHOU}/opening"),
        ("program-files", "/program-files"),
        ("draft", "/program-files/new"),
        ("amendment", f"/programs/{LUZHOU}/amendment"),
        ("extension", f"/programs/{LUZHOU}/extension"),
        ("nowhere", "/nowhere"),
    ):
        stage.look(name, "总管理", path)
    page = drive.go("总管理", "/program-files")
    text = program_text(LUZHOU).replace(LUZHOU, "next-edition").encode()
    sent: Any = {"name": "下一届.toml", "mimeType": "text/plain", "buffer": text}
    page.get_by_label("项目文件（.toml）").set_input_files(sent)
    drive.press(page.get_by_role("button", name="上传并核对"))
    stage.look_here("program-file")
    page = drive.go("总管理", f"/programs/{LUZHOU}/amendment")
    changed = program_text(LUZHOU).replace('name = "单位申报"', 'name = "单位推荐申报"').encode()
    page.get_by_label("项目文件（.toml）").set_input_files({**sent, "buffer": changed})
    drive.press(page.get_by_role("button", name="上传并对照"))
    stage.look_here("amendment-compared")
    written = drive.go("总管理", "/messages").locator("main td a").first.get_attribute("href")
    stage.look("message", "总管理", written or "")
    stage.look("second-factor", "总监督", "/account/second-factor")
    page = drive.go("总监督", "/account/second-factor")
    page.get_by_label("现在的密码").fill(PASSWORD)
    drive.press(page.get_by_role("button", name="开始设置"))
    stage.look_here("second-factor-begun")
    page.get_by_label("应用显示的 6 位数字").fill(code(page.locator("code").inner_text(), drive.now))
    drive.press(page.get_by_role("button", name="启用"))
    stage.look_here("second-factor-codes")
    (recovery, *_) = page.locator("ul.codes code").all_inner_texts()
    drive.press(page.get_by_role("button", name="退出"))
    page.get_by_label("姓名").fill("总监督")
    page.get_by_label("密码").fill(PASSWORD)
    drive.press(page.get_by_role("button", name="登录"))
    stage.looker.look("code")
    page = drive.go("总监督", "/sign-in/code")
    page.get_by_label("应用显示的 6 位数字").fill(recovery)
    drive.press(page.get_by_role("button", name="继续"))
    assert page.locator(".whoami b").inner_text() == "总监督"


def test_terms_of_all_programs_end_and_their_history_is_whole(stage: Stage) -> None:
    stage.wait("2026-01-05T00:05")
    assert stage.drive.stages([f"{LUZHOU}-0001", f"{LUZHOU}-0002"]) == ["completed", "completed"]
    page = stage.drive.go("总管理", "/audit")
    stage.drive.press(page.get_by_role("button", name="现在核验"))
    stage.look_here("audit-verified")
    found = audit(stage.desk, files=True)
    assert (found.breaks, found.broken) == (0, ())


#: Answers that are no pages: files, and what machines ask for.
NO_PAGES = {
    "/health",
    "/assets/{digest}/{name}",
    "/programs/{program_id}/dates.ics",
    "/programs/{program_id}/file.toml",
    "/programs/{program_id}/papers/{paper}",
    "/programs/{program_id}/stages/{stage}/minutes",
    "/intake/blank",
    "/intake/{token}/workbook",
    "/calendars/{token}.ics",
}


def test_every_page_was_looked_at_and_was_quiet(stage: Stage) -> None:
    pages = {one.path for one in stage.app.routes if isinstance(one, Route) and "GET" in (one.methods or ())}
    assert stage.looker.seen == pages - NO_PAGES
    assert stage.looker.said == []
