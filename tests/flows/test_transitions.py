import pytest

from flows.rehearsals import rehearse
from flows.sweeps import deadline_sweep
from flows.transitions import transition
from states import Move
from tests.flows.seen import run

PROGRAM = "luzhou-chief-technician-2019"
LATE = f"{PROGRAM}-0002"
HERE = f"{PROGRAM}-0001"


@pytest.fixture(autouse=True)
def _mid_summer(played):
    played("2019-07-30T23:00+08:00")


def test_a_move_is_made_and_told():
    seen = run(transition, HERE, Move.WITHDRAW, "张三", reason="本人放弃", now="2019-08-01T09:00")
    assert seen.state == "Completed"
    assert seen.message.endswith("撤回，现环节：已撤回")
    assert seen.result["moved"] == HERE
    assert seen.result["to"] == "withdrawn"
    assert seen.name == f"办理 {HERE} 撤回"
    assert seen.tags == {PROGRAM, "环节:screening"}
    assert seen.tables["transition-moved"][0]["现环节"] == "已撤回"


def test_a_refusal_completes_the_run_and_says_why():
    seen = run(transition, LATE, "submit", "张三", now="2019-08-01T09:00")
    assert seen.state == "Completed"
    assert seen.message.startswith("不予办理：")
    [row] = [row for row in seen.tables["transition-refused"] if row["关口"] == "in-time"]
    assert "已于 2019年7月30日 24:00 截止" in row["原因"]
    assert row["怎么办"]
    assert row["依据"] != "—"
    assert seen.tags == {PROGRAM}
    assert "transition-moved" not in seen.tables


def test_the_policy_is_asked_like_everywhere_else():
    seen = run(transition, HERE, "lapse", "张三:operator", now="2019-08-01T09:00")
    assert "只能由到期巡检办理" in seen.message


def test_an_unknown_number_fails_the_run_in_a_sentence():
    seen = run(transition, f"{PROGRAM}-9999", "withdraw", "张三", reason="放弃")
    assert seen.state == "Failed"
    assert seen.message.startswith(f"没有编号为 {PROGRAM}-9999 的申报")


def test_an_actor_that_cannot_be_read_fails_the_run_in_a_sentence():
    seen = run(transition, HERE, "withdraw", "张三:emperor", reason="放弃")
    assert seen.state == "Failed"
    assert seen.message.startswith("办理人写成")


def test_disqualification_names_a_ground_of_the_program():
    seen = run(transition, HERE, "disqualify", "张三", reason="查实造假", ground="moon", now="2019-08-01T09:00")
    assert seen.message.startswith("不予办理：通知没有这一取消情形")
    seen = run(transition, HERE, "disqualify", "张三", reason="查实造假", ground="fraud", now="2019-08-01T09:00")
    assert (seen.result["to"], "禁报" in seen.message) == ("disqualified", False)


@pytest.mark.parametrize(
    ("flow", "asked", "told"),
    [
        (
            deadline_sweep,
            {"now": "2026-13-40"},
            "“办理时刻”“2026-13-40”不对：没有这个时刻，请写成 2026-11-28T09:00，即北京时间",
        ),
        (
            rehearse,
            {"program": PROGRAM, "issued": "2021-06-31"},
            "“印发日期”“2021-06-31”不对：没有这一天，请写成 2026-11-28",
        ),
        (rehearse, {"program": PROGRAM, "nominations": -4}, "“申报件数”不对：不能小于 1"),
        (transition, {"number": " ", "move": "withdraw", "actor": "王管理"}, "请填写“申报编号”"),
        (transition, {"number": "x-1", "move": "fly", "actor": "王管理"}, "“操作”“fly”不对：请按表单上的说明填写"),
    ],
)
def test_what_does_not_fit_fails_the_run_in_words_and_under_a_name_in_words(flow, asked, told):
    seen = run(flow, **asked)
    assert (seen.state, seen.message, seen.name) == ("Failed", told, f"{flow.name}（填写有误）")
