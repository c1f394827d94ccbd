"""What follows an award, notice by notice: terms, assessments, benefits, and what ends them."""

from datetime import date, datetime, timedelta

import pytest

from deadlines.zone import SHANGHAI
from operations.actors import Actor, Role
from operations.acts import Act
from operations.certify import Validity, certificates_of, number_certificates, verify_code
from operations.jointly import give_opinion
from operations.lookup import show_nomination
from operations.recording import PastDraft, PastKind, list_pasts, record_past
from operations.registry import show
from operations.results import Denied, Moved
from operations.sweep import sweep
from operations.tenure.assessing import Assessed, Reported, assess, receive_report, rectify
from operations.tenure.listing import honor_of
from operations.tenure.paying import Payment, Recovery, pay, recover
from operations.tenure.precedence import own_precedences, precedences_of
from operations.tenure.revoking import Revoked, revoke, take_certificate_back
from operations.tenure.stopping import Stopped, resume_benefits, stop_benefits
from programs import date_program, decide
from programs.words import day_in_words
from states import Move
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, LUZHOU, TECHNICIAN, Office, said, why

#: What is asked here is the same on every database.
pytestmark = on(SQLITE)


@pytest.fixture
def of_2017(office_of) -> Office:
    return office_of(CRAFTSMAN_2017)


def years(office: Office, number: str, count: int, days: int = -10) -> None:
    """Come to so many years after the term began, and so many days."""
    begun = honor_of(office.desk, number, office.now).begun
    day = begun.replace(year=begun.year + count) + timedelta(days=days)
    office.now = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def paid(office: Office, number: str, benefit: str, yuan: int, **more: int):
    return pay(office.desk, number, benefit, yuan * 100, office.act(), document="财拨〔2024〕1号", **more)


# ── 巴渝特级技师 ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("category", "organizer"),
    [
        ("skilled", "市人力社保局职业能力建设处"),
        ("professional", "市人力社保局专业技术人员管理处"),
        ("heritage", "市文化旅游委"),
    ],
)
def test_T07_organizing_office_of_the_category_is_told_of_its_nominations(office_of, shipped, category, organizer):
    technician = office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))
    culture = {"nominator": "市文化旅游委", "nominator_kind": "culture"} if category == "heritage" else {}
    number = technician.nominate(category=category, **culture)
    assert show_nomination(technician.desk, number)[1]["organizer"] == organizer


# ── 梁平区技能大师工作室 ──────────────────────────────────────────────────────────────────────────


def test_G21_fifty_thousand_yuan_are_paid_once_and_no_fen_more(studio):
    number = studio.nominate("tenure")
    assert why(paid(studio, number, "subsidy", 50_001)) == [("within-the-cap", "四、（一）")]
    assert paid(studio, number, "subsidy", 50_000) == Payment(number, "subsidy", 0, 5_000_000, 5_000_000)
    years(studio, number, 1)
    assert why(paid(studio, number, "subsidy", 1)) == [("paid-once", "四、（一）")]


def test_G22_studio_whose_expert_has_a_higher_subsidy_gets_none(studio):
    identity = studio.draft().identity
    number = studio.nominate("tenure", identity=identity)
    higher = PastDraft(
        PastKind.SUBSIDY, "市级建设补助", "某人", "某厂", date(2020, 1, 1), "渝人社〔2020〕1号", identity
    )
    assert isinstance(record_past(studio.desk, higher, Act(Actor("王管理", Role.ADMINISTRATOR), studio.now)), int)
    assert why(paid(studio, number, "subsidy", 50_000)) == [("not-paid-elsewhere", "四、（一）")]


def test_G22_what_one_program_paid_another_one_sees(studio):
    number = studio.nominate("tenure")
    paid(studio, number, "subsidy", 50_000)
    (past,) = list_pasts(studio.desk, kind=PastKind.SUBSIDY)
    assert (past.name, past.known, number in past.source) == ("一次性建设补助经费", True, True)
    assert isinstance(recover(studio.desk, number, "subsidy", 5_000_000, studio.act("缴款书")), Recovery)
    assert list(list_pasts(studio.desk, kind=PastKind.SUBSIDY)) == []


def test_G23_assessed_once_in_two_years_in_two_grades(studio):
    number = studio.nominate("tenure")
    assert why(assess(studio.desk, number, "合格", studio.act())) == [("duty-open", "四、（四）")]
    years(studio, number, 2)
    assert why(assess(studio.desk, number, "优秀", studio.act())) == [("result-known", "四、（四）")]
    done = assess(studio.desk, number, "合格", studio.act())
    assert (done.period, done.passed, done.rectify_by) == (1, True, None)
    assert why(assess(studio.desk, number, "合格", studio.act())) == [("duty-open", "四、（四）")]
    years(studio, number, 4)
    assert assess(studio.desk, number, "合格", studio.act()).period == 2


def test_G24_failed_assessment_is_made_good_within_the_ruling_s_time(studio):
    number = studio.nominate("tenure")
    years(studio, number, 2)
    failed = assess(studio.desk, number, "不合格", studio.act("未开展带徒"))
    assert failed.rectify_by == studio.running_for(number).count(studio.program.tenure.rectification, studio.now).closes
    assert studio.row(number).stage == "tenure.rectification"
    studio.now = failed.rectify_by - timedelta(days=1)
    assert isinstance(rectify(studio.desk, number, "合格", studio.act()), Assessed)
    assert studio.row(number).stage == "tenure"


def test_G24_who_fails_again_is_revoked_by_the_bureau(studio):
    number = studio.nominate("tenure")
    years(studio, number, 2)
    assess(studio.desk, number, "不合格", studio.act("未开展带徒"))
    assert isinstance(rectify(studio.desk, number, "不合格", studio.act("整改不到位")), Assessed)
    assert [gate for gate, _ in why(rectify(studio.desk, number, "合格", studio.act()))] == ["rectified-once"]
    assert why(revoke(studio.desk, number, "1", studio.act())) == [("revocation-approved", "四、（四）")]
    done = revoke(studio.desk, number, "1", studio.act(), approval="局长办公会纪要")
    assert (done.ground, done.effects) == ("考核评估不合格，整改后仍不合格", ("取消称号",))
    assert studio.row(number).stage == "revoked"


def test_G24_title_is_not_taken_while_it_may_be_made_good_but_for_another_ground(studio):
    number = studio.nominate("tenure")
    years(studio, number, 2)
    failed = assess(studio.desk, number, "不合格", studio.act("未开展带徒"))
    given = {"approval": "局长办公会纪要"}
    refused = revoke(studio.desk, number, "1", studio.act(), **given)
    assert why(refused) == [("rectification-over", "四、（四）")]
    assert said(refused) == [
        f"正在整改，期限 {day_in_words(failed.rectify_by.date() - timedelta(days=1)).zh}，还没有复核"
    ]
    given |= {"despite_rectification": True}
    assert why(revoke(studio.desk, number, "1", studio.act(), **given)) == [("reason-stated", None)]
    done = revoke(studio.desk, number, "1", studio.act("弄虚作假，与考核无关"), **given)
    assert isinstance(done, Revoked)
    (event,) = [one for one in studio.events(number) if one["kind"] == "title.revoked"]
    assert event["despite_rectification"] == failed.rectify_by.isoformat()


def test_G24_title_is_taken_without_more_once_the_time_to_make_it_good_is_over(studio):
    number = studio.nominate("tenure")
    years(studio, number, 2)
    studio.now = assess(studio.desk, number, "不合格", studio.act("未开展带徒")).rectify_by
    assert isinstance(revoke(studio.desk, number, "1", studio.act(), approval="局长办公会纪要"), Revoked)


def test_G24_rectification_that_is_overdue_is_told(studio):
    number = studio.nominate("tenure")
    years(studio, number, 2)
    failed = assess(studio.desk, number, "不合格", studio.act("未开展带徒"))
    studio.now = failed.rectify_by
    assert sweep(studio.desk, studio.now).reminders > 0
    assert honor_of(studio.desk, number, studio.now).is_overdue(studio.now)
    assert studio.row(number).stage == "tenure.rectification"


def test_G25_precedence_on_naming_and_after_a_pass(studio):
    number = studio.nominate("tenure")
    named = [one.name for one in own_precedences(studio.desk, number, studio.now)]
    assert named == ["命名专家优先推荐参评重庆技能大师、全市技术能手和巴渝青年技能之星"]
    years(studio, number, 2)
    assess(studio.desk, number, "合格", studio.act())
    both = [one.name for one in own_precedences(studio.desk, number, studio.now)]
    assert both == [*named, "合格工作室优先推荐参评市级及以上工作室"]
    revoke(studio.desk, number, "1", studio.act(), approval="局长办公会纪要")
    assert own_precedences(studio.desk, number, studio.now) == []


# ── 巴渝工匠 2017 ─────────────────────────────────────────────────────────────────────────────────


def test_J12_every_member_of_the_joint_screening_must_agree(of_2017):
    number = of_2017.nominate("screening")
    last = of_2017.program.stage("screening").bodies[-1]
    assert ("bodies-agree", None) in why(of_2017.move(number, Move.ACCEPT))
    of_2017.judge_all(number)
    disagrees = give_opinion(of_2017.desk, number, last, of_2017.act(), agrees=False, note="业绩不实")
    assert disagrees is None
    assert why(of_2017.move(number, Move.ACCEPT)) == [("bodies-agree", None)]
    assert why(give_opinion(of_2017.desk, number, "某局", of_2017.act(), agrees=True)) == [("body-asked", None)]
    of_2017.concur(number)
    assert isinstance(of_2017.move(number, Move.ACCEPT), Moved)


def test_J19_precedence_is_shown_where_a_later_award_selects(of_2017, desk, office_of, shipped):
    identity = of_2017.draft().identity
    craftsman = of_2017.nominate("honored", identity=identity)
    later = shipped(LUZHOU).model_copy(update={"id": "later", "award": "全国技术能手"})
    office = office_of(LUZHOU, program=later, at=desk)
    number = office.nominate(identity=identity)
    (one,) = precedences_of(office.desk, number, of_2017.now)
    assert (one.nomination, one.clause, "全国技术能手" in one.name) == (craftsman, "五", True)
    assert isinstance(office.move(number, Move.SUBMIT), Moved)


# ── 泸州市首席技师 ────────────────────────────────────────────────────────────────────────────────


def test_S32_ten_thousand_yuan_a_year_at_most_and_only_within_the_term(luzhou):
    number = luzhou.nominate("tenure")
    assert why(paid(luzhou, number, "allowance", 10_001)) == [("within-the-cap", "五、（一）")]
    assert [paid(luzhou, number, "allowance", 10_000).period, why(paid(luzhou, number, "allowance", 1))[0][0]] == [
        1,
        "paid-once",
    ]
    assert why(paid(luzhou, number, "allowance", 1, period=2)) == [("within-the-term", "五、（一）")]
    years(luzhou, number, 1, days=10)
    assert paid(luzhou, number, "allowance", 10_000).period == 2
    years(luzhou, number, 3, days=0)
    assert why(paid(luzhou, number, "allowance", 10_000)) == [("within-the-term", "五、（一）")]


def test_S33_report_and_assessment_each_year_once(luzhou):
    number = luzhou.nominate("tenure")
    for year in (1, 2, 3):
        years(luzhou, number, year)
        assert receive_report(luzhou.desk, number, luzhou.act()) == Reported(number, year, late=False)
        assert [gate for gate, _ in why(receive_report(luzhou.desk, number, luzhou.act()))] == ["duty-open"]
        assert assess(luzhou.desk, number, "合格", luzhou.act()).period == year
        assert [gate for gate, _ in why(assess(luzhou.desk, number, "合格", luzhou.act()))] == ["duty-open"]


def test_S33_overdue_report_and_assessment_are_told_once(luzhou):
    number = luzhou.nominate("tenure")
    years(luzhou, number, 1, days=1)
    first = sweep(luzhou.desk, luzhou.now)
    assert (first.reminders, sweep(luzhou.desk, luzhou.now).reminders) == (3, 0)
    opened = honor_of(luzhou.desk, number, luzhou.now).opened
    assert [(duty.kind.value, duty.period, duty.due <= luzhou.now) for duty in opened] == [
        ("assessment", 1, True),
        ("report", 1, True),
    ]
    assert receive_report(luzhou.desk, number, luzhou.act()) == Reported(number, 1, late=True)


def test_S34_title_stays_and_benefits_stop(luzhou):
    number = luzhou.nominate("tenure")
    assert why(stop_benefits(luzhou.desk, number, "退休", luzhou.act())) == [("ground-known", "五、（一）；六；七")]
    done = stop_benefits(luzhou.desk, number, "调往市外", luzhou.act())
    assert isinstance(done, Stopped)
    assert luzhou.row(number).stage == "tenure"
    assert show_validity(luzhou, number) is Validity.VALID
    assert why(paid(luzhou, number, "allowance", 10_000)) == [("benefits-run", "五、（一）")]
    assert [gate for gate, _ in why(resume_benefits(luzhou.desk, number, luzhou.act("回到本市")))] == ["resumable"]


def test_S34_benefits_run_again_where_it_is_ruled_so(office_of, shipped):
    office = office_of(LUZHOU, program=decide(shipped(LUZHOU), {"resumption": True}))
    number = office.nominate("tenure")
    stop_benefits(office.desk, number, "1", office.act())
    assert resume_benefits(office.desk, number, office.act("回到本市")) == office.now.date()
    assert isinstance(paid(office, number, "allowance", 10_000), Payment)


@pytest.mark.parametrize("ground", range(1, 6))
def test_S35_each_of_five_grounds_after_the_committee_s_approval(luzhou, ground):
    number = luzhou.nominate("tenure")
    assert why(revoke(luzhou.desk, number, str(ground), luzhou.act())) == [
        ("revocation-approved", "五、（一）；六；七")
    ]
    done = revoke(luzhou.desk, number, str(ground), luzhou.act(), approval="评委会纪要〔2020〕2号")
    assert isinstance(done, Revoked)
    assert done.ground == luzhou.program.tenure.revocation_grounds[ground - 1]
    assert done.approved_by == "泸州市首席技师评审委员会"
    assert luzhou.row(number).stage == "revoked"


def test_S35_money_is_told_and_recovered_and_the_certificate_comes_back(luzhou):
    number = luzhou.nominate("tenure")
    number_certificates(luzhou.desk, luzhou.id, luzhou.act())
    paid(luzhou, number, "allowance", 10_000)
    assert said(revoke(luzhou.desk, number, "1", luzhou.act(), approval="评委会纪要")) == [
        "已发放 10,000.00 元，没有写明追回多少"
    ]
    done = revoke(luzhou.desk, number, "1", luzhou.act(), approval="评委会纪要", to_recover=600_000)
    assert (done.paid, done.to_recover) == (1_000_000, 600_000)
    assert done.effects == ("取消资格", "收回证书", "停止或追回待遇")
    assert recover(luzhou.desk, number, "allowance", 600_000, luzhou.act("缴款书")) == Recovery(
        number, "allowance", 1, 600_000, 400_000
    )
    (certificate,) = certificates_of(luzhou.desk, luzhou.id, luzhou.now)
    assert verify_code(luzhou.desk, certificate.code, luzhou.now).validity is Validity.REVOKED
    assert show_validity(luzhou, number) is Validity.REVOKED
    assert take_certificate_back(luzhou.desk, number, luzhou.act()) is None
    assert [gate for gate, _ in why(take_certificate_back(luzhou.desk, number, luzhou.act()))] == ["certificate-out"]


def test_S25_G18_fraud_takes_the_title_at_any_stage(luzhou):
    number = luzhou.nominate("tenure")
    done = revoke(luzhou.desk, number, "fraud", luzhou.act(), approval="评委会纪要")
    assert not isinstance(done, Denied)
    assert done.ground == "材料弄虚作假"


def show_validity(office: Office, number: str) -> Validity:
    (one,) = show(office.desk, number, office.now)
    return one.validity
