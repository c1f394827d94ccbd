"""The pool, draws, invitations and pledges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from notifications.channels import MemoryChannel
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
from operations.experts.seats import PLEDGE, confirm, decline, invite, make_pledge, pledge_version
from operations.remind import pending, remind
from operations.results import UnknownError
from programs.panels import Ground
from states.draws import candidates_digest, draw_order
from states.recusals import Tie
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import said, why
from tests.operations.panels import REVIEW, PanelOffice

pytestmark = on(SQLITE)


@pytest.fixture
def office(panel_office) -> PanelOffice:
    return panel_office()


def kinds(office: PanelOffice) -> list[str]:
    return [event["kind"] for event in office.events()]


# The pool


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


def test_who_is_out_of_the_pool_is_listed_only_when_asked_for_and_never_drawn(office):
    office.fill_the_pool(4)
    assert retire_expert(office.desk, "专家2", office.keeper) is None
    assert retire_expert(office.desk, "专家2", office.keeper) is None
    assert [one.draft.name for one in list_experts(office.desk)] == ["专家1", "专家3", "专家4"]
    assert len(list_experts(office.desk, everybody=True)) == 4
    assert {seat.name for seat in office.draw().seats} == {"专家1", "专家3", "专家4"}


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


@on(*KINDS)
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


def test_stage_that_draws_no_experts_is_told(office, luzhou_plain):
    with pytest.raises(UnknownError, match="screening draws no experts; review do"):
        draw_panel(office.desk, office.id, "screening", office.act())
    assert why(show_panel(office.desk, office.id, REVIEW)) == [("panel-drawn", None)]
    with pytest.raises(UnknownError, match="no stage of the program draws experts"):
        draw_panel(luzhou_plain.desk, luzhou_plain.id, REVIEW, luzhou_plain.act())


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


def test_who_was_drawn_before_a_second_draw_confirms_nothing(office):
    office.fill_the_pool(9)
    before = {seat.name for seat in office.draw("1").seats}
    invite(office.desk, office.id, REVIEW, office.act())
    after = draw_panel(office.desk, office.id, REVIEW, office.act("重抽"), seed="4", again=True)
    gone = sorted(before - {seat.name for seat in after.seats})
    assert gone
    assert why(confirm(office.desk, office.id, REVIEW, gone[0], office.as_expert(gone[0]))) == [("on-the-panel", None)]
    assert pending(office.desk, office.now + timedelta(days=1)) == []


def test_pledge_is_of_the_words_that_were_shown(panel_office):
    office = panel_office(pledge="本人郑重承诺。")
    office.fill_the_pool(3)
    (name, *_) = office.seat()
    assert office.program.panels()[REVIEW].pledge != PLEDGE
    events = [event for event in office.events() if event["kind"] == "pledge.made"]
    assert {event["text"] for event in events} == {pledge_version(office.program.panels()[REVIEW])}
    assert make_pledge(office.desk, office.id, REVIEW, name, office.as_expert(name)) is None
    assert len([kind for kind in kinds(office) if kind == "pledge.made"]) == 3
