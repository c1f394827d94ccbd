"""Who may be honored, notice by notice: each row of the checklist that is a rule, asked of nominees."""

from datetime import date

import pytest
from stdnum.cn import ric

from operations.actors import Actor
from operations.acts import Act
from operations.nominate import nominate
from operations.recording import PastDraft, PastKind, record_past
from programs import Program, check_program, date_program
from programs.errors import Severity
from states import Move, Result
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import CRAFTSMAN_2017, TECHNICIAN, said, why

#: What is asked here is the same on every database; others race on both.
pytestmark = on(SQLITE)

PASS, FAIL, OPEN = Result.PASS, Result.FAIL, Result.NEEDS_EVIDENCE


def born(day: str, *, man: bool) -> str:
    """An identity number of somebody made up who was born on that day."""
    body = f"510000{day}99{7 if man else 6}"
    return body + ric.calc_check_digit(f"{body}0")


@pytest.fixture
def technician(office_of, shipped):
    """The notice has no year; it is ruled to be that of 2021."""
    return office_of(TECHNICIAN, program=date_program(shipped(TECHNICIAN), date(2021, 6, 28)))


# ── 巴渝特级技师 ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("honors", "result"),
    [
        (["中华技能大奖获得者"], PASS),
        (["重庆技能大师"], PASS),
        (["重庆英才·高技能领军人才", "全国技术能手"], PASS),
        (["重庆英才·高技能领军人才"], FAIL),
        (["全国技术能手"], FAIL),
        (["世界技能大赛教练组组长"], PASS),
        (["市级技术能手"], FAIL),
        (["重庆英才·名家名师"], FAIL),
    ],
)
def test_T04_title_of_the_category_is_held(technician, screened, honors, result):
    found = screened(technician, category="skilled").states(*(f"honor={one}" for one in honors)).verdicts
    assert found["skilled-scope"] is result
    assert "professional-scope" not in found


@pytest.mark.parametrize(("level", "result"), [("区县级", FAIL), ("市级", PASS), ("国家级", PASS)])
def test_T03_heritage_of_the_city_is_included(technician, screened, level, result):
    assert screened(technician, category="heritage").states(f"heritage={level}").verdicts["heritage-scope"] is result


@pytest.mark.parametrize("met", ["breakthrough", "method", "product", "unique_skill", None])
def test_T05_basic_conditions_and_any_one_of_four(technician, screened, met):
    nominee = screened(technician, category="skilled").states("honor=重庆技能大师", "applied=重庆技能大师")
    nominee.attests(basic=True, **dict.fromkeys(("breakthrough", "method", "product", "unique_skill"), False))
    if met:
        technician_judges = {met: True}
        nominee.attests(**technician_judges)
    assert nominee.verdicts["one-of-four"] is (PASS if met else FAIL)
    nominee.attests(basic=False)
    assert nominee.verdicts["basic"] is FAIL
    assert not nominee.is_accepted


def test_T13_identity_number_is_checked_by_its_last_digit(technician):
    number = technician.draft().identity
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    refused = nominate(technician.desk, technician.id, technician.draft(identity=wrong), technician.act())
    assert why(refused) == [("identity-number", None)]


@pytest.mark.parametrize(
    ("applied", "result"),
    [(["重庆技能大师"], PASS), (["重庆技能大师", "全国技术能手"], FAIL), (["劳动模范"], FAIL)],
)
def test_T14_one_title_is_applied_with(technician, screened, applied, result):
    nominee = screened(technician, category="skilled").states(*(f"applied={one}" for one in applied))
    assert nominee.verdicts["applied-title"] is result


# ── 最美巴渝工匠 2022 ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "age", "men": 60, "women": 55},
        {"kind": "level", "vocabulary": "education", "at_least": "大专"},
        {"kind": "quantity", "of": "years-at-unit", "at_least": 3},
    ],
    ids=["sex", "education", "seniority"],
)
def test_Z02_rule_on_what_must_not_gate_is_an_error_and_keeps_the_program_closed(shipped, rule):
    program = shipped("bayu-craftsman-2022")
    rules = [*(one.model_dump() for one in program.rules), {"id": "gate", "name": "门槛", "clause": "五", **rule}]
    faults = check_program(Program.model_validate(program.model_dump() | {"rules": rules}))
    assert [(fault.severity, fault.place) for fault in faults if fault.severity is Severity.ERROR] == [
        (Severity.ERROR, "rules.gate")
    ]


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        (["skill=技师", "title=初级", "heritage=区县级"], PASS),
        (["skill=高级工", "title=中级", "heritage=区县级"], PASS),
        (["skill=高级工", "title=初级", "heritage=市级"], PASS),
        (["skill=高级工", "title=初级", "heritage=区县级"], FAIL),
        (["skill=高级工"], OPEN),
    ],
)
def test_Z03_one_of_three_paths(craftsman, screened, facts, result):
    assert screened(craftsman).states(*facts).verdicts["qualification"] is result


@pytest.mark.parametrize(("met", "result"), [(["method"], PASS), ([], FAIL)])
def test_Z04_any_one_of_four(craftsman, screened, met, result):
    parts = ("breakthrough", "method", "product", "unique_skill")
    nominee = screened(craftsman).attests(**{part: part in met for part in parts})
    assert nominee.verdicts["one-of-four"] is result


def test_Z05_who_has_won_is_not_nominated_again(craftsman, screened):
    identity = craftsman.draft().identity
    act = Act(Actor("王管理"), craftsman.now)
    record_past(
        craftsman.desk,
        PastDraft(PastKind.HONOR, "最美巴渝工匠", "王一", "某厂", date(2020, 5, 1), "渝人社发〔2020〕1号", identity),
        act,
    )
    nominee = screened(craftsman, identity=identity).attests_the_rest()
    assert (
        nominee.refusal == "不符合条件：已当选者不再申报（五）：2020年5月1日 已获“最美巴渝工匠”（渝人社发〔2020〕1号）"
    )


# ── 梁平区技能大师工作室 ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("category", "own", "other"), [
    ("enterprise", "enterprise-conditions", "college-conditions"),
    ("college", "college-conditions", "enterprise-conditions"),
])  # fmt: skip
def test_G02_each_kind_of_unit_has_conditions_of_its_own(studio, screened, category, own, other):
    found = screened(studio, category=category).verdicts
    assert (found[own], other in found) == (OPEN, False)


@pytest.mark.parametrize(("months", "result"), [(5, FAIL), (6, PASS), (12, PASS)])
def test_G03_six_months_a_year_in_the_studio(studio, screened, months, result):
    assert screened(studio).states(f"months-a-year={months}").verdicts["months-in-studio"] is result


@pytest.mark.parametrize(("size", "result"), [(2, FAIL), (3, PASS), (15, PASS), (16, FAIL)])
def test_G04_team_of_three_to_fifteen(studio, screened, size, result):
    nominee = screened(studio).states(f"team-size={size}")
    assert nominee.verdicts["team"] is result
    if result is FAIL:
        nominee.attests_the_rest()
        assert nominee.refusal == f"不符合条件：领衔3—15人专家团队（二、（二））：填报为 {size}"


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        (["skill=技师", "title=中级", "heritage=区县级"], PASS),
        (["skill=高级工", "title=副高级", "heritage=区县级"], PASS),
        (["skill=高级工", "title=高级工程师"], PASS),
        (["skill=高级工", "title=中级"], OPEN),
    ],
)
def test_G05_one_of_three_levels(studio, screened, facts, result):
    assert screened(studio).states(*facts).verdicts["qualification"] is result


@pytest.mark.parametrize("need", [1, 3])
def test_G06_how_many_achievements_are_needed_is_a_ruling(office_of, screened, need):
    office = office_of("liangping-master-studio-2023")
    if need != 1:  # which is the file's, confirmed when the program was opened
        office.rule("conditions-needed", need)
    parts = ["innovation", "problem_solving", "new_products", "training", "tradition"]
    for met in range(len(parts) + 1):
        nominee = screened(office, unit=f"第{met}梁平厂").attests(**{part: at < met for at, part in enumerate(parts)})
        assert nominee.verdicts["achievements"] is (PASS if met >= need else FAIL)


def test_G19_one_expert_leads_one_studio(studio, screened):
    identity = studio.draft().identity
    record_past(
        studio.desk,
        PastDraft(
            PastKind.STUDIO, "重庆市技能大师工作室", "王一", "某厂", date(2019, 5, 1), "渝人社发〔2019〕1号", identity
        ),
        Act(Actor("王管理"), studio.now),
    )
    found = screened(studio, identity=identity).attests_the_rest()
    assert (found.verdicts["one-studio"], found.is_accepted) == (FAIL, False)


@pytest.mark.parametrize(("years", "result"), [(1, FAIL), (2, PASS)])
def test_G20_expert_of_a_branch_has_been_there_two_years(studio, screened, years, result):
    branch = screened(studio, traits=frozenset({"branch"})).states(f"years-at-unit={years}")
    assert branch.verdicts["years-at-branch"] is result
    assert "years-at-branch" not in screened(studio).verdicts


# ── 巴渝工匠 2017 ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def of_2017(office_of):
    return office_of(CRAFTSMAN_2017)


def test_J05_only_who_works_at_the_front_line(of_2017, screened):
    nominee = screened(of_2017, route="organization").attests(front_line=False).attests_the_rest()
    assert nominee.refusal == "不符合条件：直接从事生产、技术、研发等工作的一线劳动者（三）"


@pytest.mark.parametrize("missing", ["craft", "skill", "leadership", "contribution", None])
def test_J06_all_four_apply(of_2017, screened, missing):
    parts = ("craft", "skill", "leadership", "contribution")
    nominee = screened(of_2017, route="organization").attests(**{part: part != missing for part in parts})
    assert nominee.verdicts["all-four"] is (FAIL if missing else PASS)


# ── 泸州市首席技师 ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "front_line", "is_accepted"),
    [("技师", True, True), ("高级技师", True, True), ("高级工", True, False), ("技师", False, False)],
)
def test_S02_level_and_front_line_are_both_needed(luzhou, screened, level, front_line, is_accepted):
    nominee = screened(luzhou).states(f"skill={level}").attests(front_line=front_line).attests_the_rest()
    assert nominee.is_accepted is is_accepted


@pytest.mark.parametrize(
    ("day", "man", "result"),
    [("19610731", True, PASS), ("19610730", True, FAIL), ("19710731", False, PASS), ("19710730", False, FAIL)],
)
def test_S03_age_at_the_close_of_the_intake_by_sex(luzhou, screened, day, man, result):
    assert screened(luzhou, identity=born(day, man=man)).verdicts["age"] is result


def test_S03_day_at_which_the_age_is_taken_is_a_ruling(luzhou, screened):
    """On the day of the notice, 8 July 2019, he was 57 still."""
    luzhou.rule("age-as-of", "issued")
    assert screened(luzhou, identity=born("19610730", man=True)).verdicts["age"] is PASS


@pytest.mark.parametrize("met", ["problem_solving", "invention", None])
def test_S04_any_one_of_five(luzhou, screened, met):
    parts = ("leading_skill", "folk_skill", "problem_solving", "invention", "team_work")
    nominee = screened(luzhou).states("competition=无:9", "apprentice=无:9", "trainees-a-year=4")
    nominee.attests(**{part: part == met for part in parts})
    assert nominee.verdicts["one-of-five"] is (PASS if met else FAIL)


OWN = {"国家一类": 6, "国家二类": 3, "省级一类": 3, "省级二类": 1, "市级一类": 1, "市级二类": 0}


@pytest.mark.parametrize("level", OWN)
def test_S05_place_in_a_competition_of_one_s_own(luzhou, screened, level):
    nominee = screened(luzhou)
    found = [nominee.states(f"competition={level}:{place}").verdicts["own-competitions"] for place in range(1, 8)]
    assert found == [PASS if place <= OWN[level] else FAIL for place in range(1, 8)]


@pytest.mark.parametrize(("level", "last"), [("国家一类", 6), ("国家二类", 3), ("省级一类", 3), ("省级二类", 0)])
def test_S06_place_of_an_apprentice(luzhou, screened, level, last):
    nominee = screened(luzhou)
    found = [nominee.states(f"apprentice={level}:{place}").verdicts["apprentice-competitions"] for place in range(1, 8)]
    assert found == [PASS if place <= last else FAIL for place in range(1, 8)]


def test_S07_folk_craft_is_free_of_the_level_and_of_nothing_else(luzhou, screened):
    young, old = (
        screened(luzhou, identity=born(day, man=True)).states("skill=高级工", "grant=四川省工艺美术大师")
        for day in ("19800101", "19500101")
    )
    assert (young.verdicts["skill-level"], young.verdicts["age"]) == (PASS, PASS)
    assert (old.verdicts["skill-level"], old.verdicts["age"]) == (PASS, FAIL)
    assert young.attests_the_rest().is_accepted
    assert not old.attests_the_rest().is_accepted


@pytest.mark.parametrize(("count", "result"), [(4, FAIL), (5, PASS)])
def test_S08_five_trainees_a_year(luzhou, screened, count, result):
    assert screened(luzhou).states(f"trainees-a-year={count}").verdicts["trainees"] is result


def test_S09_nobody_applies_alone(luzhou):
    refused = nominate(luzhou.desk, luzhou.id, luzhou.draft(route="self", nominator_kind=None), luzhou.act())
    assert why(refused) == [("route-accepted", "四、（一）")]
    assert said(refused) == ["不受理“个人申请”"]


@pytest.mark.parametrize("written", ["二级（技师）", "技师", "国家职业资格二级"])
def test_S20_levels_are_known_by_their_names(luzhou, screened, written):
    assert screened(luzhou).states(f"skill={written}").verdicts["skill-level"] is PASS


def test_S20_name_that_is_none_is_asked_for_again(luzhou, screened):
    nominee = screened(luzhou).states("skill=大工匠")
    (verdict,) = [one for one in nominee.verdicts_of() if one.rule == "skill-level"]
    assert (verdict.result, "“大工匠”不是职业技能等级的规范名称" in verdict.words.zh) == (OPEN, True)


def test_S25_fraud_disqualifies(luzhou):
    number = luzhou.nominate("screening")
    luzhou.move(number, Move.DISQUALIFY, "材料弄虚作假")
    assert luzhou.row(number).stage == "disqualified"
