"""Experts who are drawn and score: what they are assigned, themselves or typed in for, and nothing once recused."""

import pytest
from sqlalchemy import select, update

from operations.actors import Actor, Role
from operations.acts import Act
from operations.attachments import take_copies
from operations.boards import board_of
from operations.evaluated import standing_here
from operations.experts.recusing import lift_recusal, rankings_with, recuse
from operations.experts.seats import decline
from operations.ranked import Ranked
from operations.rankings import ranking_at, settle_ranking
from operations.reading_results import revisions_of, scores_at
from operations.registers import write_register
from operations.score_sheets import export_sheet, import_sheet
from operations.scores import Scored, enter_score
from programs.panels import Ground
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, POSTGRESQL, SQLITE
from tests.operations.office import LUZHOU, why
from tests.operations.panels import REVIEW, PanelOffice, with_panel
from tests.operations.test_scores import with_track

pytestmark = on(SQLITE)


@pytest.fixture
def judging(scene_of, desk, shipped) -> tuple[PanelOffice, dict[str, str]]:
    """Three nominations at a review that is scored, each assigned to one of three experts, by its number."""
    program = with_panel(with_track(shipped(LUZHOU)))
    office, _ = scene_of(LUZHOU, program=program, kind=PanelOffice, brought=(REVIEW, [{}] * 3))
    office.fill_the_pool(3)
    office.seat()
    office.assign()
    query = (
        select(t.nomination.c.number, t.expert.c.name)
        .join_from(t.assignment, t.nomination)
        .join(t.expert, t.expert.c.id == t.assignment.c.expert_id)
    )
    with desk.store.read() as connection:
        rows = connection.execute(query.order_by("number")).all()
    return office, {row.number: row.name for row in rows}


def score(office: PanelOffice, number: str, expert: str, act: Act | None = None):
    points = {"work": "28", "skill": "60"}
    return enter_score(office.desk, number, "materials", points, act or office.as_expert(expert), evaluator=expert)


def test_expert_scores_what_is_assigned_and_nothing_else(judging):
    office, assigned = judging
    for number, expert in assigned.items():
        for other in set(assigned.values()) - {expert}:
            assert [gate for gate, _ in why(score(office, number, other))] == ["assigned"]
        assert isinstance(score(office, number, expert), Scored)


@on(*KINDS)
def test_board_tells_how_many_each_expert_owes(judging):
    office, assigned = judging

    def owed():
        return board_of(office.desk, office.id, REVIEW, office.act().actor, office.now).owed

    assert owed() == dict.fromkeys(assigned.values(), 1)
    number, expert = next(iter(assigned.items()))
    score(office, number, expert)
    assert owed() == {name: 1 for name in assigned.values() if name != expert}


def test_clerk_types_in_for_those_only_who_are_assigned(judging):
    office, assigned = judging
    clerk = Act(Actor("李经办", Role.OPERATOR, office.program.stage(REVIEW).office), office.now)
    number, expert = next(iter(assigned.items()))
    another = next(other for other in assigned.values() if other != expert)
    assert [gate for gate, _ in why(score(office, number, another, clerk))] == ["assigned"]
    assert isinstance(score(office, number, expert, clerk), Scored)


def test_sheet_holds_nobody_else_and_takes_nobody_else_in(judging):
    office, assigned = judging
    number, expert = next(iter(assigned.items()))
    act = office.as_expert(expert)
    content = export_sheet(office.desk, office.id, REVIEW, "materials", act)
    done = import_sheet(office.desk, content, "评分表.xlsx", act)
    assert (done.numbers, done.blank) == ((), 1)
    assert not [other for other in assigned if other != number and other.encode() in content]
    # A sheet of nobody is none.
    clerk = Act(Actor("李经办", Role.OPERATOR, office.program.stage(REVIEW).office), office.now)
    stranger = export_sheet(office.desk, office.id, REVIEW, "materials", clerk, evaluator="没有分到的人")
    assert [gate for gate, _ in why(stranger)] == ["scored-here"]


def test_score_of_whoever_is_recused_later_counts_no_more(judging):
    office, assigned = judging
    number, expert = next(iter(assigned.items()))
    score(office, number, expert)
    assert [one.score.evaluator for one in scores_at(office.desk, office.id, REVIEW)] == [expert]
    assert recuse(office.desk, number, expert, Ground.KINSHIP, office.act("系近亲属")) is None
    assert scores_at(office.desk, office.id, REVIEW) == []
    assert [gate for gate, _ in why(score(office, number, expert))] == ["recused"]


def test_files_are_seen_by_whom_they_are_assigned_to_only(judging, tmp_path):
    office, assigned = judging
    number, expert = next(iter(assigned.items()))
    another = next(other for other in assigned.values() if other != expert)
    refused = take_copies(office.desk, number, tmp_path, office.as_expert(another))
    assert [gate for gate, _ in why(refused)] == ["assigned"]


def test_expert_who_may_again_scores_again(judging):
    office, assigned = judging
    number, expert = next(iter(assigned.items()))
    score(office, number, expert)
    assert recuse(office.desk, number, expert, Ground.KINSHIP, office.act("系近亲属")) is None
    assert lift_recusal(office.desk, number, expert, office.act("查无此事")) is None
    office.assign()
    done = score(office, number, expert)
    assert (done.revision, [one.score.evaluator for one in scores_at(office.desk, office.id, REVIEW)]) == (2, [expert])


def test_score_of_whoever_declines_later_counts_no_more(judging):
    office, assigned = judging
    office.add("递补专家")
    number, expert = next(iter(assigned.items()))
    score(office, number, expert)
    decline(office.desk, office.id, REVIEW, expert, office.as_expert(expert, "因病"))
    assert scores_at(office.desk, office.id, REVIEW) == []


def test_register_shows_experts_only_whom_they_are_assigned(judging, tmp_path):
    office, assigned = judging
    expert = next(iter(assigned.values()))
    written = write_register(office.desk, office.id, tmp_path / "名册.xlsx", office.as_expert(expert))
    assert written.rows == 1


def test_settled_ranking_stays_as_it_is_when_somebody_is_recused_after_it(judging):
    office, assigned = judging
    for number, expert in assigned.items():
        score(office, number, expert)
    assert isinstance(office.rank(REVIEW), Ranked)
    number, expert = next(iter(assigned.items()))
    assert recuse(office.desk, number, expert, Ground.KINSHIP, office.act("系近亲属")) is None
    found = ranking_at(office.desk, office.id, REVIEW)
    assert (found.agrees, [line.missing for line in found.ranking.lines]) == (True, [()] * 3)
    assert rankings_with(office.desk, number, expert) == [(REVIEW, 1)]


def test_expert_sees_their_own_scores_alone_until_the_ranking_is_settled(judging):
    office, assigned = judging
    for number, expert in assigned.items():
        score(office, number, expert)
    (number, mine), (_, other) = list(assigned.items())[:2]
    own = office.as_expert(mine)
    assert [one.score.evaluator for one in scores_at(office.desk, office.id, REVIEW, act=own)] == [mine]
    assert [one["evaluator"] for one in revisions_of(office.desk, REVIEW, number, act=office.as_expert(other))] == []
    assert why(ranking_at(office.desk, office.id, REVIEW, act=own)) == [("ranking-settled", None)]
    assert isinstance(office.rank(REVIEW), Ranked)
    assert {one.score.evaluator for one in scores_at(office.desk, office.id, REVIEW, act=own)} == set(assigned.values())
    assert ranking_at(office.desk, office.id, REVIEW, act=own).round == 1


def test_ranking_has_nothing_of_whom_its_reader_is_recused_from(judging):
    office, assigned = judging
    for number, expert in assigned.items():
        score(office, number, expert)
    hidden, mine = next(iter(assigned.items()))
    others = [number for number in assigned if number != hidden]
    assert recuse(office.desk, hidden, mine, Ground.KINSHIP, office.act("系近亲属")) is None
    office.assign()
    # One of the two was assigned it instead.
    for other in set(assigned.values()) - {mine}:
        score(office, hidden, other)
    reader = Act(Actor(mine, Role.ADMINISTRATOR, office.program.office), office.now)
    told = [
        ranking_at(office.desk, office.id, REVIEW, act=reader),
        settle_ranking(office.desk, office.id, REVIEW, reader),
    ]
    told.append(ranking_at(office.desk, office.id, REVIEW, act=office.as_expert(mine)))
    for found in told:
        assert [line.number for line in found.ranking.lines] == list(found.nominees) == others
    assert sorted(ranking_at(office.desk, office.id, REVIEW).nominees) == sorted(assigned)


def test_results_are_shown_to_the_office_and_to_nobody_beside_it(judging):
    office, assigned = judging
    number, expert = next(iter(assigned.items()))
    score(office, number, expert)
    stranger = Act(Actor("某人", Role.OPERATOR, "别处"), office.now)
    for seen in (
        scores_at(office.desk, office.id, REVIEW, act=stranger),
        revisions_of(office.desk, REVIEW, number, act=stranger),
        ranking_at(office.desk, office.id, REVIEW, act=stranger),
    ):
        assert why(seen) == [("jurisdiction", None)]
    assert [one.number for one in scores_at(office.desk, office.id, REVIEW, act=office.act())] == [number]


@on(POSTGRESQL)
def test_whoever_comes_while_a_ranking_is_settled_is_not_in_it(judging, monkeypatch):
    office, assigned = judging
    *ranked, late = assigned
    for number in ranked:
        score(office, number, assigned[number])

    def stand(stage: str) -> None:
        with office.desk.store.engine.begin() as connection:
            connection.execute(update(t.nomination).where(t.nomination.c.number == late).values(stage=stage))

    def lock_and_let_somebody_come(*given, **more):
        rows = standing_here(*given, **more)
        stand(REVIEW)
        return rows

    stand("screening")
    monkeypatch.setattr("operations.rankings.standing_here", lock_and_let_somebody_come)
    settled = settle_ranking(office.desk, office.id, REVIEW, office.act())
    assert isinstance(settled, Ranked), settled
    assert sorted(settled.nominees) == ranked
