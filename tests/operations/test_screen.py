"""Verdicts on every rule and reports of every track, recorded where they belong, before anybody goes on."""

import pytest
from sqlalchemy import select

from operations.results import UnknownError
from operations.screen import judge, report
from programs import Program
from states import Move, Result
from store import tables as t
from store.types import UnfitError
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, said, why

pytestmark = on(SQLITE)


@on(*KINDS)
def test_nomination_is_accepted_once_every_rule_has_passed(luzhou):
    number = luzhou.nominate("screening")
    rules = [rule.id for rule in luzhou.program.rules_for((None, "organization"))]
    assert why(luzhou.move(number, Move.ACCEPT)) == [("rules-passed", None)]
    judge(luzhou.desk, number, dict.fromkeys(rules[:-1], Result.PASS), luzhou.act())
    assert said(luzhou.move(number, Move.ACCEPT)) == ["还有条件没有审查结论：一览表与申报表内容一致"]
    judge(luzhou.desk, number, {rules[-1]: Result.NEEDS_EVIDENCE}, luzhou.act())
    assert said(luzhou.move(number, Move.ACCEPT)) == ["还有条件没有审查结论：一览表与申报表内容一致"]
    judge(luzhou.desk, number, {rules[-1]: Result.PASS}, luzhou.act())
    assert luzhou.move(number, Move.ACCEPT).destination == "review"


@on(*KINDS)
def test_failed_rule_is_named_with_its_clause_until_a_later_verdict_replaces_it(luzhou):
    number = luzhou.nominate("screening")
    luzhou.judge_all(number)
    judge(luzhou.desk, number, {"age": Result.FAIL}, luzhou.act(), note="1958年生")
    assert said(luzhou.move(number, Move.ACCEPT)) == ["不符合条件：距法定退休年龄3年以上（二）"]
    judge(luzhou.desk, number, {"age": Result.PASS}, luzhou.act())
    assert luzhou.move(number, Move.ACCEPT).destination == "review"


def test_rejection_says_which_rules_failed(luzhou):
    number = luzhou.nominate("screening")
    judge(luzhou.desk, number, {"age": Result.FAIL}, luzhou.act())
    luzhou.move(number, Move.REJECT, "超龄")
    event = luzhou.events(number)[-1]
    assert (event["to"], event["verdicts"]) == ("rejected", {"failed": ["距法定退休年龄3年以上（二）"]})


def test_verdicts_are_an_event_with_the_note(luzhou):
    number = luzhou.nominate("screening")
    judge(luzhou.desk, number, {"age": Result.FAIL, "conduct": Result.PASS}, luzhou.act(), note="1958年生")
    event = luzhou.events(number)[-1]
    assert (event["kind"], event["verdicts"], event["note"]) == (
        "verdicts.recorded",
        {"age": "fail", "conduct": "pass"},
        "1958年生",
    )


def test_verdicts_before_the_screening_are_refused(luzhou):
    number = luzhou.nominate("recommendation.office")
    refused = judge(luzhou.desk, number, {"age": Result.PASS}, luzhou.act())
    assert (why(refused), said(refused)) == ([("stage", None)], ["此件现在“组织推荐·市级受理”"])


def test_verdicts_on_a_case_that_has_ended_are_refused(luzhou):
    number = luzhou.nominate("screening")
    luzhou.move(number, Move.WITHDRAW)
    assert why(judge(luzhou.desk, number, {"age": Result.PASS}, luzhou.act())) == [("stage", None)]


@pytest.mark.parametrize("rule", ["moon", "priority"])
def test_verdict_on_what_nobody_is_screened_by_is_an_error(office_of, shipped, rule):
    program = shipped(LUZHOU)
    preference = {"id": "priority", "name": "同等条件优先", "clause": "二", "kind": "preference"}
    rules = [*(one.model_dump() for one in program.rules), preference]
    luzhou = office_of(LUZHOU, program=Program.model_validate(program.model_dump() | {"rules": rules}))
    number = luzhou.nominate("screening")
    with pytest.raises(UnknownError, match=f"no rule {rule}; it is screened by conduct"):
        judge(luzhou.desk, number, {"age": Result.PASS, rule: Result.PASS}, luzhou.act())
    with luzhou.desk.store.read() as connection:
        assert connection.execute(select(t.verdict)).all() == []


@pytest.mark.parametrize("rule", ["standing", "leading-skill", "folk-craft", "技能领先"])
def test_rule_that_stands_behind_another_is_judged_as_well(luzhou, rule):
    number = luzhou.nominate("screening")
    assert judge(luzhou.desk, number, {rule: Result.PASS}, luzhou.act()) is None


def test_no_verdicts_at_all_record_nothing(luzhou):
    number = luzhou.nominate("screening")
    before = luzhou.contents()
    assert judge(luzhou.desk, number, {}, luzhou.act()) is None
    assert luzhou.contents() == before


def test_review_needs_a_report_of_every_track(luzhou):
    number = luzhou.nominate("review")
    assert said(luzhou.move(number, Move.ADVANCE)) == ["尚未完成：材料评审、实地考察", "排序尚未确定"]
    report(luzhou.desk, number, "materials", luzhou.act(), points=90, opinion="业绩突出")
    assert said(luzhou.move(number, Move.ADVANCE)) == ["尚未完成：实地考察", "排序尚未确定"]
    report(luzhou.desk, number, "site-visit", luzhou.act(), opinion="情况属实")
    assert said(luzhou.move(number, Move.ADVANCE)) == ["排序尚未确定"]
    luzhou.rank()
    assert luzhou.move(number, Move.ADVANCE).destination == "decision"


def test_later_report_replaces_the_earlier_one_and_both_stay_in_the_history(luzhou):
    number = luzhou.nominate("review")
    for points in (80, 85):
        report(luzhou.desk, number, "materials", luzhou.act(), points=points, opinion="业绩突出")
    with luzhou.desk.store.read() as connection:
        assert connection.execute(select(t.report.c.points)).scalars().all() == [85]
    assert [event["points"] for event in luzhou.events(number)[-2:]] == [80, 85]


def test_report_on_another_stage_or_track(luzhou):
    screened, reviewed = luzhou.nominate("screening"), luzhou.nominate("review")
    assert why(report(luzhou.desk, screened, "materials", luzhou.act(), points=80)) == [("stage", None)]
    with pytest.raises(UnknownError, match="no track moon; the stage has materials、site-visit"):
        report(luzhou.desk, reviewed, "moon", luzhou.act(), points=80)


@pytest.mark.parametrize(
    "facts",
    [{"points": 2**31}, {"points": 2**80}, {"points": -(2**31)}, {"opinion": "好\0"}],
    ids=["points", "many more points", "few points", "opinion"],
)
def test_report_that_no_database_holds_is_refused_and_leaves_nothing(luzhou, facts):
    number = luzhou.nominate("review")
    before = luzhou.contents()
    with pytest.raises(UnfitError):
        report(luzhou.desk, number, "materials", luzhou.act(), **{"opinion": "属实", **facts})
    assert luzhou.contents() == before


def test_report_that_says_nothing_is_refused(luzhou):
    number = luzhou.nominate("review")
    assert why(report(luzhou.desk, number, "materials", luzhou.act(), opinion="  ")) == [("report-stated", None)]
