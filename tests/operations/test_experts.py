"""The pool, draws, invitations, pledges, assignments and recusals, from the draw to the first report."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from notifications.channels import MemoryChannel
from operations.actors import Actor, Role
from operations.acts import Act
from operations.experts.assigning import assign_experts
from operations.experts.listing import list_assignments
from operations.experts.panels import draw_panel, explain_panel, show_panel
from operations.experts.pool import (
    ExpertDraft,
    add_expert,
    change_expert,
    declare_tie,
    list_experts,
    retire_expert,
    withdraw_tie,
)
from operations.experts.recusing import lift_recusal, recuse
from operations.experts.seats import PLEDGE, confirm, decline, invite, make_pledge, pledge_version
from operations.experts.sight import unseen
from operations.lookup import list_nominations
from operations.remind import pending, remind
from operations.results import Denied, UnknownError
from programs.panels import Ground
from states.draws import candidates_digest, draw_order
from states.recusals import Tie
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import INTAKE, LUZHOU, said, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel


@pytest.fixture
def panel_office(desk, shipped):
    """Open the office with a panel of this kind, within the intake."""

    def opened(**changes) -> PanelOffice:
        office = PanelOffice(desk, with_panel(shipped(LUZHOU), **changes), INTAKE[LUZHOU])
        office.open()
        return office

    return opened


@pytest.fixture
def office(panel_office) -> PanelOffice:
    return panel_office()


def pairs(office: PanelOffice) -> dict[str, tuple[str, ...]]:
    """Who evaluates what."""
    return {one.number: one.experts for one in list_assignments(office.desk, office.id, REVIEW) if one.experts}


def kinds(office: PanelOffice) -> list[str]:
    return [event["kind"] for event in office.events()]


# The pool


@on(SQLITE)
def test_pool_keeps_what_it_is_told_and_changes_only_what_is_said(office):
    draft = ExpertDraft(
        "张三", "某大学", ("机械", "钳工"), "教授", 1968, "zhang@example.cn", date(2019, 1, 1), date(2021, 12, 31)
    )
    number = add_expert(office.desk, draft, office.keeper)
    (one,) = list_experts(office.desk)
    assert (one.id, one.draft, one.retired_at, one.ties) == (number, draft, None, ())
    change_expert(office.desk, "张三", {"employer": "某学院"}, office.keeper)
    assert [one.draft for one in list_experts(office.desk)] == [replace(draft, employer="某学院")]
    assert [one.id for one in list_experts(office.desk, field="机械")] == [number]
    assert list_experts(office.desk, field="焊接") == []


@on(SQLITE)
@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"name": "李四"}, "expert-new"),
        ({"born": 68}, "expert-fit"),
        ({"term_from": date(2020, 1, 2), "term_until": date(2020, 1, 1)}, "expert-fit"),
    ],
)
def test_expert_that_cannot_be_is_refused_and_nothing_is_kept(office, changes, gate):
    office.add("李四")
    before = office.contents()
    assert why(add_expert(office.desk, replace(ExpertDraft("王五", "某厂"), **changes), office.keeper)) == [
        (gate, None)
    ]
    assert office.contents() == before


@on(SQLITE)
def test_who_is_out_of_the_pool_is_listed_only_when_asked_for_and_never_drawn(office):
    office.fill_the_pool(4)
    assert retire_expert(office.desk, "专家2", office.keeper) is None
    assert retire_expert(office.desk, "专家2", office.keeper) is None
    assert [one.draft.name for one in list_experts(office.desk)] == ["专家1", "专家3", "专家4"]
    assert len(list_experts(office.desk, everybody=True)) == 4
    assert {seat.name for seat in office.draw().seats} == {"专家1", "专家3", "专家4"}


@on(SQLITE)
def test_tie_is_declared_once_and_withdrawn_with_a_reason(office):
    office.add("张三")
    tie = Tie(Ground.KINSHIP, "第1人", "第1厂")
    number = declare_tie(office.desk, "张三", tie, office.as_expert("张三"))
    assert declare_tie(office.desk, "张三", tie, office.keeper) == number
    assert [[each.tie for each in one.ties] for one in list_experts(office.desk)] == [[tie]]
    assert why(withdraw_tie(office.desk, "张三", number, office.as_expert("张三"))) == [("reason-stated", None)]
    assert withdraw_tie(office.desk, "张三", number, office.keeper) is None
    assert [one.ties for one in list_experts(office.desk)] == [()]
    with pytest.raises(UnknownError, match="no tie"):
        withdraw_tie(office.desk, "张三", number, office.keeper)


# The draw


def test_draw_is_what_the_recorded_seed_gives(office):
    office.fill_the_pool(9)
    drawn = office.draw("2026年5月20日公证")
    ids = {one.id: one.draft.name for one in list_experts(office.desk)}
    order = draw_order(ids, "2026年5月20日公证", "any")
    assert [seat.name for seat in drawn.seats] == [ids[one] for one in order[:3]]
    assert (drawn.round, drawn.digest, drawn.candidates) == (1, candidates_digest({"any": list(ids)}), {"any": 9})
    (event,) = [event for event in office.events() if event["kind"] == "panel.drawn"]
    assert (event["seed"], event["candidates"], [one["name"] for one in event["seats"]]) == (
        drawn.seed,
        drawn.digest,
        [seat.name for seat in drawn.seats],
    )


def test_draw_without_a_seed_makes_one_that_is_recorded_and_never_the_same(office):
    office.fill_the_pool(5)
    first = draw_panel(office.desk, office.id, REVIEW, office.act())
    second = draw_panel(office.desk, office.id, REVIEW, office.act("专家名单有误"), again=True)
    assert (len(first.seed), len(second.seed), first.seed != second.seed) == (32, 32, True)
    assert (first.round, second.round) == (1, 2)
    explained = explain_panel(office.desk, office.id, REVIEW)
    assert (explained.panel, explained.wrong) == (second, ())


@on(SQLITE)
@pytest.mark.parametrize(
    ("changes", "drawn"),
    [
        ({}, True),
        ({"term_from": date(2019, 7, 15), "term_until": date(2019, 7, 15)}, True),
        ({"term_from": date(2019, 7, 16)}, False),
        ({"term_until": date(2019, 7, 14)}, False),
        ({"born": 1954}, True),
        ({"born": 1953}, False),
        ({"born": None}, False),
    ],
)
def test_only_who_is_in_term_and_young_enough_is_drawn(panel_office, changes, drawn):
    office = panel_office(size=1, age_at_most=65)
    office.add("张三", **({"born": 1970} | changes))
    done = draw_panel(office.desk, office.id, REVIEW, office.act())
    assert [seat.name for seat in done.seats] == ["张三"] if drawn else why(done) == [("experts-enough", "四、（三）")]


@on(SQLITE)
def test_draw_by_field_takes_so_many_of_each_and_says_of_which_there_are_too_few(panel_office):
    fields = [{"id": "fitting", "name": "钳工", "size": 2}, {"id": "welding", "name": "焊接", "size": 1}]
    office = panel_office(fields=fields)
    office.add("甲", fields=("钳工",))
    office.add("乙", fields=("钳工", "焊接"))
    refused = draw_panel(office.desk, office.id, REVIEW, office.act(), seed="1")
    assert said(refused) == ["“焊接”专业应抽 1 名专家，符合条件的只有 1 名，还差 1 名"]
    office.add("丙", fields=("焊接",))
    assert {(seat.urn, seat.name) for seat in office.draw().seats} == {
        ("fitting", "甲"),
        ("fitting", "乙"),
        ("welding", "丙"),
    }
    assert explain_panel(office.desk, office.id, REVIEW).wrong == ()


@on(SQLITE)
def test_second_draw_needs_to_be_said_and_explained_and_comes_too_late_once_something_is_assigned(office):
    office.fill_the_pool(5)
    office.nominate(REVIEW)
    office.seat()
    assert why(draw_panel(office.desk, office.id, REVIEW, office.act())) == [("drawn-once", None)]
    assert why(draw_panel(office.desk, office.id, REVIEW, office.act(), again=True)) == [("reason-stated", None)]
    office.assign()
    assert why(draw_panel(office.desk, office.id, REVIEW, office.act("重抽"), again=True)) == [
        ("not-assigned-yet", None)
    ]


@on(SQLITE)
def test_record_that_was_tampered_with_is_told(office):
    office.fill_the_pool(6)
    office.draw()
    seated = [seat.expert for seat in show_panel(office.desk, office.id, REVIEW).seats]
    other = next(one.id for one in list_experts(office.desk) if one.id not in seated)
    with office.desk.store.write() as transaction:
        of = t.panel_seat.c
        transaction.connection.execute(update(t.panel_seat).where(of.expert_id == seated[1]).values(expert_id=other))
    wrong = explain_panel(office.desk, office.id, REVIEW).wrong
    assert [words.zh.startswith("第 2 席应为") for words in wrong] == [True]
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.panel).values(candidates={"any": seated}))
    assert explain_panel(office.desk, office.id, REVIEW).wrong[0].zh == "候选专家名单与记录的摘要不符"


@on(SQLITE)
def test_stage_that_draws_no_experts_is_told(office, luzhou_plain):
    with pytest.raises(UnknownError, match="screening draws no experts; review do"):
        draw_panel(office.desk, office.id, "screening", office.act())
    assert why(show_panel(office.desk, office.id, REVIEW)) == [("panel-drawn", None)]
    with pytest.raises(UnknownError, match="no stage of the program draws experts"):
        draw_panel(luzhou_plain.desk, luzhou_plain.id, REVIEW, luzhou_plain.act())


@pytest.fixture
def luzhou_plain(desk, shipped):
    """The shipped program, which draws no experts, in the same database under another id."""
    program = shipped(LUZHOU).model_copy(update={"id": "luzhou-plain"})
    office = PanelOffice(desk, program, INTAKE[LUZHOU])
    office.open()
    return office


# Invitations


def test_invitation_is_mailed_to_whoever_waits_for_it_and_confirmed_or_declined(office):
    office.fill_the_pool(5, mail="expert@example.cn")
    names = [seat.name for seat in office.draw().seats]
    assert invite(office.desk, office.id, REVIEW, office.act()) == tuple(names)
    assert invite(office.desk, office.id, REVIEW, office.act()) == ()
    assert confirm(office.desk, office.id, REVIEW, names[0], office.as_expert(names[0])) is None
    letters = pending(office.desk, office.now + timedelta(days=1))
    assert {letter.recipient for letter in letters} == set(names[1:])
    assert {letter.address for letter in letters} == {"expert@example.cn"}
    assert "邀请您参加专家评议" in letters[0].subject
    assert "确认能否参加评审" in letters[0].body
    channel = MemoryChannel()
    assert remind(office.desk, channel, office.now).sent == 2
    following = decline(office.desk, office.id, REVIEW, names[1], office.as_expert(names[1], "出差"))
    assert {letter.recipient for letter in pending(office.desk, office.now)} == {following}
    states = {seat.name: (seat.state, seat.replaces) for seat in show_panel(office.desk, office.id, REVIEW).seats}
    assert states == {
        names[0]: ("confirmed", None),
        names[1]: ("declined", None),
        names[2]: ("invited", None),
        following: ("invited", names[1]),
    }
    assert kinds(office)[-4:] == ["panel.drawn", "experts.invited", "invitation.confirmed", "invitation.declined"]


def test_who_declines_is_followed_by_the_next_of_the_recorded_order_until_there_is_none(office):
    office.fill_the_pool(5)
    drawn = office.draw("7")
    order = [name for _, name in explain_panel(office.desk, office.id, REVIEW).orders["any"]]
    assert [seat.name for seat in drawn.seats] == order[:3]
    declined = [decline(office.desk, office.id, REVIEW, name, office.act("本人来电")) for name in order[:3]]
    assert declined == [order[3], order[4], None]
    explained = explain_panel(office.desk, office.id, REVIEW)
    assert (explained.wrong, [seat.state for seat in explained.panel.seats]) == ((), ["declined"] * 3 + ["drawn"] * 2)


@on(SQLITE)
def test_answers_that_cannot_be_are_refused(office):
    office.fill_the_pool(5)
    names = [seat.name for seat in office.draw().seats]
    one, other = names[0], next(name for name in ("专家1", "专家2", "专家3", "专家4", "专家5") if name not in names)
    ask = (office.desk, office.id, REVIEW)
    assert why(confirm(*ask, one, office.as_expert(one))) == [("invited", None)]
    invite(*ask, office.act())
    assert why(confirm(*ask, other, office.as_expert(other))) == [("on-the-panel", None)]
    assert why(decline(*ask, one, office.as_expert(one))) == [("reason-stated", None)]
    assert why(make_pledge(*ask, one, office.as_expert(one))) == [("confirmed", None)]
    assert confirm(*ask, one, office.as_expert(one)) is None
    assert confirm(*ask, one, office.as_expert(one)) is None
    assert decline(*ask, one, office.act("病假")) is not None
    assert why(confirm(*ask, one, office.as_expert(one))) == [("not-declined", None)]
    assert why(decline(*ask, one, office.act("病假"))) == [("not-declined", None)]
    with pytest.raises(UnknownError, match="no expert 某人"):
        confirm(*ask, "某人", office.act())


@on(SQLITE)
def test_who_was_drawn_before_a_second_draw_confirms_nothing(office):
    office.fill_the_pool(9)
    before = {seat.name for seat in office.draw("1").seats}
    invite(office.desk, office.id, REVIEW, office.act())
    after = draw_panel(office.desk, office.id, REVIEW, office.act("重抽"), seed="4", again=True)
    gone = sorted(before - {seat.name for seat in after.seats})
    assert gone
    assert why(confirm(office.desk, office.id, REVIEW, gone[0], office.as_expert(gone[0]))) == [("on-the-panel", None)]
    assert pending(office.desk, office.now + timedelta(days=1)) == []


@on(SQLITE)
def test_pledge_is_of_the_words_that_were_shown(panel_office):
    office = panel_office(pledge="本人郑重承诺。")
    office.fill_the_pool(3)
    (name, *_) = office.seat()
    assert office.program.panels()[REVIEW].pledge != PLEDGE
    events = [event for event in office.events() if event["kind"] == "pledge.made"]
    assert {event["text"] for event in events} == {pledge_version(office.program.panels()[REVIEW])}
    assert make_pledge(office.desk, office.id, REVIEW, name, office.as_expert(name)) is None
    assert len([kind for kind in kinds(office) if kind == "pledge.made"]) == 3


# Assignments


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


@on(SQLITE)
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


@on(SQLITE)
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


@on(SQLITE)
def test_nobody_is_assigned_before_everybody_has_confirmed(office):
    office.fill_the_pool(5)
    office.nominate(REVIEW)
    names = [seat.name for seat in office.draw().seats]
    invite(office.desk, office.id, REVIEW, office.act())
    confirm(office.desk, office.id, REVIEW, names[0], office.act())
    refused = assign_experts(office.desk, office.id, REVIEW, office.act())
    assert said(refused) == [f"还有 2 名专家没有确认参加：{names[1]}、{names[2]}"]


@on(SQLITE)
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


@on(SQLITE)
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


@on(SQLITE)
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


@on(SQLITE)
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


@on(SQLITE)
def test_recusal_that_rests_on_an_error_is_lifted_by_the_office(office):
    office.fill_the_pool(3)
    number = office.nominate(REVIEW)
    office.seat()
    recuse(office.desk, number, "专家1", Ground.OTHER, office.act("误记"))
    assert why(lift_recusal(office.desk, number, "专家2", office.act("误记"))) == [("recused", None)]
    assert lift_recusal(office.desk, number, "专家1", office.act("误记")) is None
    (one,) = list_assignments(office.desk, office.id, REVIEW)
    assert one.recused == ()


@on(SQLITE)
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


@on(SQLITE)
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
