"""Assignments and recusals, from the pledge to the first report, and what experts see."""

from collections import Counter

import pytest
from sqlalchemy import select

from operations.actors import Actor, Role
from operations.acts import Act
from operations.experts.assigning import assign_experts
from operations.experts.listing import list_assignments
from operations.experts.pool import (
    declare_tie,
)
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import confirm, decline, invite, make_pledge
from operations.experts.sight import unseen
from operations.lookup import list_nominations
from operations.results import Denied
from programs.panels import Ground
from states.recusals import Tie
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import INTAKE, said, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel

pytestmark = on(SQLITE)


@pytest.fixture
def office(panel_office) -> PanelOffice:
    return panel_office()


def pairs(office: PanelOffice) -> dict[str, tuple[str, ...]]:
    """Who evaluates what."""
    return {one.number: one.experts for one in list_assignments(office.desk, office.id, REVIEW) if one.experts}


# Assignments


@on(*KINDS)
def test_everything_is_assigned_evenly_to_as_many_as_the_notice_says(panel_office):
    office = panel_office(size=5, per_nominee=3, at_least=2, at_most=4)
    office.fill_the_pool(5)
    numbers = [office.nominate(REVIEW) for _ in range(5)]
    office.seat()
    done = office.assign()
    assert (done.nominations, done.assigned, done.recused, done.released) == (5, 15, 0, 0)
    assert set(done.loads.values()) == {3}
    found = pairs(office)
    assert {number: len(set(experts)) for number, experts in found.items()} == dict.fromkeys(numbers, 3)
    assert Counter(name for experts in found.values() for name in experts) == done.loads
    told = {
        event["nomination"]: tuple(sorted(event["experts"]))
        for event in office.events()
        if event["kind"] == "experts.assigned"
    }
    assert told == {number: tuple(sorted(experts)) for number, experts in found.items()}
    assert office.assign().assigned == 0
    assert pairs(office) == found


def test_what_comes_later_is_assigned_beside_what_is_there(office):
    office.fill_the_pool(3)
    office.nominate(REVIEW)
    office.seat()
    office.assign()
    before = pairs(office)
    for _ in range(2):
        office.nominate(REVIEW)
    assert office.assign().assigned == 2
    after = pairs(office)
    assert {number: after[number] for number in before} == before
    assert sorted(Counter(name for some in after.values() for name in some).values()) == [1, 1, 1]


def test_ties_recuse_by_themselves_by_employer_kin_project_and_nominator(panel_office):
    office = panel_office(size=5, per_nominee=1)
    office.add("同单位", employer="长江厂")
    office.add("推荐单位", employer="江阳区局")
    for name in ("亲属", "合作", "无关"):
        office.add(name)
    declare_tie(office.desk, "亲属", Tie(Ground.KINSHIP, "王一"), office.as_expert("亲属"))
    declare_tie(office.desk, "合作", Tie(Ground.PROJECT, "长江厂"), office.as_expert("合作"))
    number = office.nominate(REVIEW, nominee="王一", unit="长江厂", nominator="江阳区局")
    office.seat()
    assert office.assign().recused == 4
    (one,) = list_assignments(office.desk, office.id, REVIEW)
    assert (one.number, one.experts) == (number, ("无关",))
    assert {each.expert: (each.ground, each.declared) for each in one.recused} == {
        "同单位": (Ground.EMPLOYER, False),
        "推荐单位": (Ground.NOMINATOR, False),
        "亲属": (Ground.KINSHIP, False),
        "合作": (Ground.PROJECT, False),
    }


def test_nominations_that_cannot_be_served_are_named_and_nothing_is_kept(office):
    for place in range(3):
        office.add(f"专家{place}", employer="长江厂")
    number = office.nominate(REVIEW, unit="长江厂")
    office.nominate(REVIEW)
    office.seat()
    before = office.contents()
    refused = assign_experts(office.desk, office.id, REVIEW, office.act())
    assert said(refused) == [f"1 件申报每件还需 1 名专家，可评的只有 0 名（专家组中有 3 名回避）：{number}"]
    assert office.contents() == before


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (
            {"at_most": 1},
            "4 件申报只能由 3 名专家（专家1、专家2、专家3）评议，共需 4 份，每人最多 1 件，只能承担 3 份：{numbers}",
        ),
        ({"at_least": 2}, "3 名专家（专家1、专家2、专家3）每人至少 2 件，共需 6 件，可分给他们的只有 4 件"),
    ],
)
def test_bounds_that_cannot_be_kept_are_counted(panel_office, bounds, expected):
    office = panel_office(**bounds)
    office.fill_the_pool(3)
    numbers = [office.nominate(REVIEW) for _ in range(4)]
    office.seat()
    refused = assign_experts(office.desk, office.id, REVIEW, office.act())
    assert said(refused) == [expected.format(numbers="、".join(numbers))]


def test_experts_of_a_field_evaluate_its_categories_only(desk, shipped):
    program = shipped("bayu-special-grade-technician")
    ids = [one.id for one in program.categories]
    fields = [
        {"id": "skill", "name": "技能", "size": 2, "categories": ids[:1]},
        {"id": "heritage", "name": "非遗", "size": 1, "categories": ids[1:]},
    ]
    office = PanelOffice(desk, with_panel(program, fields=fields), INTAKE["bayu-special-grade-technician"])
    office.open()
    office.add("甲", fields=("技能",))
    office.add("乙", fields=("技能",))
    office.add("丙", fields=("非遗",))
    numbers = {category: office.nominate(REVIEW, category=category) for category in ids}
    office.seat()
    office.assign()
    found = pairs(office)
    assert set(found[numbers[ids[0]]]) <= {"甲", "乙"}
    assert [found[numbers[category]] for category in ids[1:]] == [("丙",)] * len(ids[1:])


def test_nobody_is_assigned_before_everybody_has_confirmed(office):
    office.fill_the_pool(5)
    office.nominate(REVIEW)
    names = [seat.name for seat in office.draw().seats]
    invite(office.desk, office.id, REVIEW, office.act())
    confirm(office.desk, office.id, REVIEW, names[0], office.act())
    refused = assign_experts(office.desk, office.id, REVIEW, office.act())
    assert said(refused) == [f"还有 2 名专家没有确认参加：{names[1]}、{names[2]}"]


def test_fewer_than_the_notice_asks_for_need_a_reason(office):
    office.fill_the_pool(3)
    office.nominate(REVIEW)
    name, *_ = office.seat()
    assert decline(office.desk, office.id, REVIEW, name, office.act("住院")) is None
    assert why(assign_experts(office.desk, office.id, REVIEW, office.act())) == [("panel-full", "四、（三）")]
    assert office.assign("专家库已用尽，经主任办公会同意").vacant == 1


def test_what_somebody_leaves_is_given_to_whoever_takes_their_place(panel_office):
    office = panel_office(size=3, per_nominee=2)
    office.fill_the_pool(4)
    numbers = [office.nominate(REVIEW) for _ in range(3)]
    office.seat()
    office.assign()
    (left, *_) = pairs(office)[numbers[0]]
    following = decline(office.desk, office.id, REVIEW, left, office.act("住院"))
    confirm(office.desk, office.id, REVIEW, following, office.act())
    done = office.assign()
    found = pairs(office)
    assert {len(experts) for experts in found.values()} == {2}
    assert left not in {name for experts in found.values() for name in experts}
    assert done.loads[following] == done.assigned == 2


# What an expert sees and does


def gates(outcome: object) -> list[str]:
    return [gate for gate, _ in why(outcome)] if isinstance(outcome, Denied) else []


def test_expert_reports_on_what_they_are_assigned_once_they_have_pledged_and_on_nothing_else(office):
    office.fill_the_pool(3)
    numbers = [office.nominate(REVIEW) for _ in range(3)]
    names = office.seat(pledged=False)
    mine = names[0]
    assert gates(office.reports(mine, numbers[0])) == ["assigned"]
    office.assign()
    own = next(number for number, experts in pairs(office).items() if experts == (mine,))
    assert gates(office.reports(mine, own)) == ["pledged"]
    assert gates(
        list_assignments(office.desk, office.id, REVIEW, actor=office.as_expert(mine).actor, now=office.now)
    ) == ["pledged"]
    assert make_pledge(office.desk, office.id, REVIEW, mine, office.as_expert(mine)) is None
    assert {number: gates(office.reports(mine, number)) for number in numbers} == {
        number: [] if number == own else ["assigned"] for number in numbers
    }
    actor = office.as_expert(mine).actor
    assert {number: gates(unseen(office.desk, number, actor, office.now)) for number in numbers} == {
        number: [] if number == own else ["assigned"] for number in numbers
    }
    seen = list_nominations(office.desk, seen_by=Act(actor, office.now))
    assert [one.number for one in seen] == [own]
    (told,) = list_assignments(office.desk, office.id, REVIEW, actor=actor, now=office.now)
    assert (told.number, told.experts, told.recused) == (own, (mine,), ())


@pytest.mark.parametrize(
    ("role", "where", "sees"),
    [
        (Role.ADMINISTRATOR, "泸州市首席技师评审委员会办公室", True),
        (Role.ADMINISTRATOR, "别处", False),
        (Role.OPERATOR, "专家评议小组", True),
        (Role.OPERATOR, "第1厂", False),
        (Role.SCREENING, "专家评议小组", False),
        (Role.SUPERVISOR, None, True),
    ],
)
def test_who_evaluates_what_is_for_the_office_and_for_supervisors(office, role, where, sees):
    office.fill_the_pool(3)
    office.nominate(REVIEW)
    office.seat()
    office.assign()
    found = list_assignments(office.desk, office.id, REVIEW, actor=Actor("某人", role, where), now=office.now)
    assert (not isinstance(found, Denied)) == sees


def test_other_roles_report_and_see_as_before(office):
    office.fill_the_pool(3)
    number = office.nominate(REVIEW)
    office.report(number, "materials")
    for role in (Role.ADMINISTRATOR, Role.OPERATOR, Role.SUPERVISOR):
        assert unseen(office.desk, number, Actor("某人", role), office.now) is None


def test_expert_of_a_program_that_draws_none_reports_as_before(luzhou_plain):
    number = luzhou_plain.nominate(REVIEW)
    assert luzhou_plain.reports("某专家", number) is None
    assert unseen(luzhou_plain.desk, number, luzhou_plain.as_expert("某专家").actor, luzhou_plain.now) is None


def test_recused_expert_sees_nothing_in_any_role_and_is_told_the_ground_alone(office):
    office.fill_the_pool(4)
    number = office.nominate(REVIEW)
    office.seat()
    office.assign()
    ((mine,),) = pairs(office).values()
    assert office.reports(mine, number) is None
    assert why(recuse(office.desk, number, mine, Ground.KINSHIP, office.as_expert(mine))) == [("reason-stated", None)]
    assert recuse(office.desk, number, mine, Ground.KINSHIP, office.as_expert(mine, "是本人的外甥")) is None
    assert recuse(office.desk, number, mine, Ground.KINSHIP, office.as_expert(mine, "是本人的外甥")) is None
    event = office.events(number)[-1]
    assert (event["kind"], event["ground"], event["declared"], event["released"], event["reports"]) == (
        "expert.recused",
        "kinship",
        True,
        1,
        1,
    )
    for role in (Role.EXPERT, Role.OPERATOR, Role.ADMINISTRATOR):
        refused = unseen(office.desk, number, Actor(mine, role, office.program.office), office.now)
        assert said(refused) == ["您应回避此件：与候选人有亲属关系"]
    outcome = office.reports(mine, number)
    assert said(outcome) == ["您应回避此件：与候选人有亲属关系"]
    told = "".join(words for refusal in outcome.refusals for words in (*refusal.reason, *refusal.remedy))
    row = office.row(number)
    assert not any(secret in told for secret in (row.nominee, row.unit, row.nominator, row.number, "专家评议小组"))
    with office.desk.store.read() as connection:
        assert connection.execute(select(t.report)).all() == []
    office.assign()
    ((another,),) = pairs(office).values()
    assert another != mine


def test_tie_that_is_declared_later_recuses_at_once_and_is_taken_back_with_the_next_assignment(office):
    office.fill_the_pool(3)
    number = office.nominate(REVIEW)
    office.seat()
    office.assign()
    ((mine,),) = pairs(office).values()
    declare_tie(office.desk, mine, Tie(Ground.PROJECT, office.row(number).unit), office.as_expert(mine))
    assert gates(office.reports(mine, number)) == ["recused"]
    done = office.assign()
    assert (done.recused, done.released, done.assigned) == (1, 1, 1)
    assert pairs(office)[number] != (mine,)


def test_recusal_that_rests_on_an_error_is_lifted_by_the_office(office):
    office.fill_the_pool(3)
    number = office.nominate(REVIEW)
    office.seat()
    recuse(office.desk, number, "专家1", Ground.OTHER, office.act("误记"))
    assert why(lift_recusal(office.desk, number, "专家2", office.act("误记"))) == [("recused", None)]
    assert lift_recusal(office.desk, number, "专家1", office.act("误记")) is None
    (one,) = list_assignments(office.desk, office.id, REVIEW)
    assert one.recused == ()


def test_panel_that_assigns_nothing_lets_everybody_evaluate_but_who_is_recused(panel_office):
    office = panel_office(assigned=False, per_nominee=None)
    office.add("专家1", employer="长江厂")
    office.add("专家2")
    office.add("专家3")
    number = office.nominate(REVIEW, unit="长江厂")
    office.seat()
    assert {name: gates(office.reports(name, number)) for name in ("专家1", "专家2", "专家3", "路人")} == {
        "专家1": ["recused"],
        "专家2": [],
        "专家3": [],
        "路人": ["assigned"],
    }
    assert office.assign().assigned == 0


def test_report_of_somebody_whose_tie_is_declared_later_is_taken_back(office):
    office.fill_the_pool(3)
    number = office.nominate(REVIEW)
    office.seat()
    office.assign()
    ((mine,),) = pairs(office).values()
    assert office.reports(mine, number) is None
    declare_tie(office.desk, mine, Tie(Ground.KINSHIP, office.row(number).nominee), office.as_expert(mine))
    office.assign()
    recused = [event for event in office.events(number) if event["kind"] == "expert.recused"]
    assert [(event["expert"], event["declared"], event["reports"]) for event in recused] == [(mine, False, 1)]
    with office.desk.store.read() as connection:
        assert connection.execute(select(t.report)).all() == []
