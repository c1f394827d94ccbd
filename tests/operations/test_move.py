"""One move: the row, its event, its link and what it owes, or a refusal and nothing at all."""

from datetime import UTC, datetime, timedelta

import pytest

from operations.actors import Actor, Role
from operations.acts import Act
from operations.many import move_each
from operations.move import move
from operations.objections import Outcome, lodge, settle
from operations.results import Denied, Moved, UnknownError
from states import Move
from store import verify
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import LUZHOU, STUDIO, put_on, said, why

pytestmark = on(SQLITE)


@on(*KINDS)
def test_move_returns_where_the_case_stands_who_must_act_and_until_when(luzhou):
    number = luzhou.nominate(nominee="陈立秋", unit="长江厂", nominator="江阳区")
    assert luzhou.move(number, Move.SUBMIT) == Moved(
        number=number,
        nominee="陈立秋",
        unit="长江厂",
        nominator="江阳区",
        move=Move.SUBMIT,
        source="recommendation.unit",
        destination="recommendation.recommender",
        version=2,
        holder="江阳区",
        due_at=datetime.fromisoformat("2019-07-31T00:00+08:00"),
    )


@on(*KINDS)
def test_move_is_one_event_that_says_all_about_it(luzhou):
    number = luzhou.nominate("recommendation.recommender", nominator="江阳区")
    before = len(luzhou.events())
    act = Act(Actor("李经办", Role.OPERATOR, "江阳区"), luzhou.now, "  请补盖公章  ")
    move(luzhou.desk, number, Move.RETURN, act)
    (event,) = luzhou.events()[before:]
    assert {key: value for key, value in event.items() if key not in ("digest", "position")} == {
        "kind": "nomination.moved",
        "program": LUZHOU,
        "nomination": number,
        "move": "return",
        "from": "recommendation.recommender",
        "to": "recommendation.unit",
        "version": 3,
        "clause": "四、（一）",
        "due": "2019-07-31T00:00:00+08:00",
        "holder": "第1厂",
        "actor": "李经办",
        "role": "operator",
        "organization": "江阳区",
        "reason": "请补盖公章",
        "now": luzhou.now.isoformat(),
    }


@on(*KINDS)
def test_holders_follow_the_pipeline(luzhou):
    number = luzhou.nominate(unit="长江厂", nominator="江阳区")
    holders = []
    for stage in ("unit", "recommender", "office"):
        luzhou.bring(number, f"recommendation.{stage}")
        holders.append(luzhou.row(number).holder)
    for stage in ("screening", "review", "decision", "publicity"):
        luzhou.bring(number, stage)
        holders.append(luzhou.row(number).holder)
    assert holders == [
        "长江厂",
        "江阳区",
        "泸州市人力资源和社会保障局",
        "泸州市首席技师评审委员会办公室",
        "专家评议小组",
        "泸州市首席技师评审委员会",
        "泸州市人力资源和社会保障局",
    ]


def test_correction_is_the_nominator_s_for_five_working_days(luzhou):
    number = luzhou.nominate("screening", nominator="江阳区")
    luzhou.now = datetime.fromisoformat("2019-08-01T10:00+08:00")
    done = luzhou.move(number, Move.RETURN, "事迹与申报表不一致")
    assert (done.destination, done.holder) == ("screening.correction", "江阳区")
    assert done.due_at == datetime.fromisoformat("2019-08-09T00:00+08:00")


def test_ended_case_has_no_holder_and_is_never_due(luzhou):
    done = luzhou.move(luzhou.nominate(), Move.WITHDRAW, "放弃")
    assert (done.destination, done.holder, done.due_at) == ("withdrawn", None, None)


def test_refused_move_changes_nothing(luzhou):
    number = luzhou.nominate("screening")
    before = luzhou.contents()
    assert why(luzhou.move(number, Move.ACCEPT)) == [("rules-passed", None)]
    assert why(luzhou.move(number, Move.CHOOSE)) == [("no-such-move", None)]
    assert why(luzhou.move(number, Move.RETURN, reason=" ")) == [("reason-stated", None)]
    assert why(luzhou.move(number, Move.CLOSE)) == [("authority", None)]
    assert luzhou.contents() == before


def test_move_of_an_unknown_nomination_is_an_error(luzhou):
    with pytest.raises(UnknownError, match="there is no nomination moon"):
        luzhou.move("moon", Move.SUBMIT)


def test_move_on_what_was_seen_is_made(luzhou):
    number = luzhou.nominate()
    assert luzhou.move(number, Move.SUBMIT, seen_version=1).version == 2
    assert luzhou.move(number, Move.ENDORSE, seen_version=2).version == 3


def test_move_on_what_was_seen_before_somebody_else_moved_it_says_who_when_and_where_to(luzhou):
    number = luzhou.nominate("recommendation.recommender")
    clerk = Act(Actor("李经办", Role.OPERATOR), luzhou.now.astimezone(UTC))
    move(luzhou.desk, number, Move.ENDORSE, clerk, endorsement=put_on(luzhou.desk, number))
    before = luzhou.contents()
    refused = luzhou.move(number, Move.RETURN, seen_version=2)
    assert why(refused) == [("seen-version", None)]
    assert said(refused) == ["此件已被李经办于 2019年7月15日 10:00 办到“组织推荐·市级受理”"]
    assert refused.number == number
    assert luzhou.contents() == before


def test_move_sent_twice_is_told_of_the_first_though_another_holds_it_since(luzhou):
    number = luzhou.nominate("recommendation.recommender")
    clerk = Act(Actor("李经办", Role.OPERATOR, "江阳区"), luzhou.now, "放弃")
    sent = (number, Move.ENDORSE, clerk)
    put = put_on(luzhou.desk, number)
    assert isinstance(move(luzhou.desk, *sent, endorsement=put, seen_version=2), Moved)
    assert why(move(luzhou.desk, *sent, endorsement=put, seen_version=2)) == [("seen-version", None)]
    (denied,) = move_each(luzhou.desk, [number], Move.ENDORSE, clerk, endorsement=put, seen={number: 2}).denied
    assert why(denied) == [("seen-version", None)]
    # What stands is still judged: it is not theirs any more. Nor is it told to those who do not see it, or never move.
    assert why(move(luzhou.desk, *sent, endorsement=put, seen_version=3)) == [("jurisdiction", None)]
    for role, where, gate in ((Role.OPERATOR, "龙马潭区", "jurisdiction"), (Role.SUPERVISOR, "江阳区", "authority")):
        other = Act(Actor("他人", role, where), luzhou.now, "放弃")
        assert why(move(luzhou.desk, number, Move.ENDORSE, other, seen_version=2)) == [(gate, None)]
        assert [why(one) for one in move_each(luzhou.desk, [number], Move.ENDORSE, other, seen={number: 2}).denied] == [
            [(gate, None)]
        ]


def test_intake_that_has_closed_stops_what_has_not_reached_it(luzhou):
    late, there = luzhou.nominate("recommendation.recommender"), luzhou.nominate("recommendation.office")
    luzhou.now = luzhou.running().closes["recommendation.office"]
    assert why(luzhou.move(late, Move.ENDORSE)) == [("in-time", "三、（八）")]
    assert why(luzhou.move(there, Move.RETURN)) == [("in-time", "三、（八）")]
    assert luzhou.move(there, Move.ACCEPT).destination == "screening"


@pytest.mark.parametrize(
    "stage", ["recommendation.unit", "recommendation.office", "screening", "review", "decision", "publicity.running"]
)
def test_fraud_disqualifies_at_any_stage_before_the_document(luzhou, stage):
    number = luzhou.nominate(stage)
    assert luzhou.move(number, Move.DISQUALIFY, "弄虚作假").destination == "disqualified"


def test_case_that_has_ended_is_moved_no_more(luzhou):
    number = luzhou.nominate()
    luzhou.move(number, Move.WITHDRAW)
    by_hand = [what for what in Move if not what.by_clock and not what.by_use_case]
    refused = {what: why(luzhou.move(number, what)) for what in by_hand}
    assert set(map(tuple, refused.values())) == {(("no-such-move", None),)}


@pytest.mark.parametrize(
    ("stage", "what"),
    [
        ("publicity", Move.PUBLISH),
        ("publicity.running", Move.OBJECT),
        ("publicity.objected", Move.SETTLE),
        ("publicity.objected", Move.UPHOLD),
        ("issuance", Move.ISSUE),
    ],
)
def test_move_that_is_part_of_a_use_case_is_not_made_by_itself(luzhou, stage, what):
    number = luzhou.nominate("publicity.running" if stage == "publicity.objected" else stage)
    if stage == "publicity.objected":
        lodge(luzhou.desk, number, "某单位", "反映问题", luzhou.act())
    before = luzhou.row(number)

    refused = luzhou.move(number, what, reason="理由", document_number="泸市人社发〔2019〕9号")

    assert why(refused) == [("part-of-more", None)]
    assert (before.stage, luzhou.row(number)) == (stage, before)


def test_whole_way_of_a_nomination_is_an_unbroken_history(luzhou):
    number = luzhou.nominate("publicity.running")
    objection = lodge(luzhou.desk, number, "某单位", "反映问题", luzhou.act())
    settle(luzhou.desk, objection, Outcome.DISMISSED, "不属实", luzhou.act())
    luzhou.bring(number, "tenure")
    moves = [event["move"] for event in luzhou.events(number) if event["kind"] == "nomination.moved"]
    assert moves == [
        "submit",
        "endorse",
        "accept",
        "accept",
        "advance",
        "choose",
        "publish",
        "object",
        "settle",
        "close",
        "issue",
    ]
    with luzhou.desk.store.read() as connection:
        assert verify(connection).broken == ()


def test_municipal_unit_reaches_the_bureau_without_a_department(studio):
    number = studio.nominate(route="municipal-direct", nominator="某大学", nominator_kind="municipal-unit")
    assert studio.program.id == STUDIO
    assert studio.move(number, Move.SUBMIT).destination == "recommendation.bureau"


def test_studio_s_intake_closes_at_six_in_the_afternoon(studio):
    number = studio.nominate("recommendation.department")
    closes = datetime.fromisoformat("2023-08-31T18:00+08:00")
    studio.now = closes
    assert isinstance(studio.move(number, Move.ENDORSE), Denied)
    studio.now = closes - timedelta(seconds=1)
    assert isinstance(studio.move(number, Move.ENDORSE), Moved)
