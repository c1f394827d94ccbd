import pytest

from flows.batches import move_batch, with_grades
from operations.lookup import history_of, list_nominations
from operations.results import Batch, UnknownError
from operations.settings import open_desk
from tests.flows.seen import run

PROGRAM = "luzhou-chief-technician-2019"
NOW = "2019-08-01T09:00"


@pytest.fixture(autouse=True)
def _mid_summer(played):
    played("2019-07-30T23:00+08:00")


def stages(settings) -> dict[str, str]:
    desk = open_desk(settings)
    found = {one.number: one.stage for one in list_nominations(desk, program_id=PROGRAM)}
    desk.store.close()
    return found


def withdraw(**told: object):
    told.setdefault("reason", "本人放弃")
    return run(move_batch, "withdraw", "张三", now=NOW, **told)


def test_a_batch_is_looked_at_first_and_changes_nothing(settings):
    before = stages(settings)
    there = sorted(before)
    seen = withdraw(numbers=there)
    assert (seen.state, seen.name) == ("Completed", f"预览 撤回 {len(there)} 件")
    assert seen.message.endswith("（预览，没有办理）")
    assert sorted(seen.result["moved"] + seen.result["refused"]) == there
    assert len(seen.result["moved"]) > 1
    assert stages(settings) == before
    assert "**可以办理**" in seen.descriptions["batch-moved"]


def test_a_batch_does_what_its_preview_said_and_tells_why_it_refuses_the_rest(settings):
    there = sorted(stages(settings))
    assert withdraw(numbers=there[:1], dry_run=False).result["moved"] == there[:1]
    looked = withdraw(numbers=there)
    seen = withdraw(numbers=there, dry_run=False)
    assert (seen.result["moved"], seen.result["refused"]) == (looked.result["moved"], looked.result["refused"])
    assert there[0] in seen.result["refused"]
    after = stages(settings)
    assert {after[number] for number in seen.result["moved"]} == {"withdrawn"}
    assert {row["编号"] for row in seen.tables["batch-refused"]} == set(seen.result["refused"])
    assert all(row["原因"] and row["怎么办"] for row in seen.tables["batch-refused"])
    assert PROGRAM in seen.tags
    assert any(tag.startswith("环节:") for tag in seen.tags)
    assert seen.progress == {"batch-progress": 100.0}


def test_numbers_may_be_pasted_and_each_counts_once(settings):
    first, second, *_ = sorted(stages(settings))
    seen = withdraw(numbers=[f"{first}, {second}，{first}；{second}、{first} "])
    assert seen.name == "预览 撤回 2 件"
    assert len(seen.result["moved"]) + len(seen.result["refused"]) == 2


def test_all_at_a_stage_are_meant_by_its_name(settings):
    here = {number for number, stage in stages(settings).items() if stage.startswith("recommendation.")}
    seen = withdraw(program=PROGRAM, stage="recommendation")
    assert set(seen.result["moved"]) | set(seen.result["refused"]) == here


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"program": PROGRAM},
        {"numbers": ["x"], "program": PROGRAM},
        {"numbers": ["x"], "program": PROGRAM, "stage": "recommendation"},
    ],
)
def test_what_is_meant_has_to_be_said_in_one_way(told):
    seen = withdraw(**told)
    assert (seen.state, seen.message) == ("Failed", "请写明编号，或写明项目和环节，二者选一")


def test_a_number_that_is_not_there_keeps_everything_as_it_was(settings):
    before = stages(settings)
    seen = withdraw(numbers=[*before, f"{PROGRAM}-9999"], dry_run=False)
    assert seen.state == "Failed"
    assert seen.message.startswith(f"没有这些编号的申报：{PROGRAM}-9999")
    assert stages(settings) == before


def test_the_policy_is_asked_of_each():
    seen = run(move_batch, "lapse", "张三:operator", program=PROGRAM, stage="recommendation", now=NOW)
    assert seen.result["moved"] == []
    assert {row["关口"] for row in seen.tables["batch-refused"]} != set()


def test_a_move_that_is_part_of_a_use_case_names_it():
    seen = run(move_batch, "publish", "张三", numbers=[f"{PROGRAM}-0001"], now=NOW)
    assert {row["关口"] for row in seen.tables["batch-refused"]} == {"part-of-more"}


def test_disqualification_of_many_names_its_ground_or_says_that_it_leaves_no_ban(settings):
    told = {"program": PROGRAM, "stage": "screening", "reason": "集体造假", "now": NOW}
    unknown = run(move_batch, "disqualify", "张三", ground="moon", **told)
    assert unknown.result["moved"] == []
    assert {row["关口"] for row in unknown.tables["batch-refused"]} == {"ground-known"}
    silent = run(move_batch, "disqualify", "张三", **told)
    assert "没有写明情形，不留禁报" in silent.message
    done = run(move_batch, "disqualify", "张三", ground="fraud", dry_run=False, **told)
    assert "禁报" not in done.message
    assert done.result["moved"] == silent.result["moved"] != []
    desk = open_desk(settings)
    assert {history_of(desk, number)[-1]["ground"] for number in done.result["moved"]} == {"fraud"}
    desk.store.close()


def test_each_form_bears_the_number_that_it_is_given(settings, monkeypatch):
    first, second, *_ = sorted(stages(settings))
    given = []

    def moved(_desk, numbers, _what, _act, *, form_numbers, **_how):
        given.append((numbers, form_numbers))
        return Batch()

    monkeypatch.setattr("flows.batches.move_each", moved)
    told = {"numbers": [first, second], "now": NOW}
    run(move_batch, "accept", "张三", form_numbers={first: " 2019-001 ", second: ""}, **told)
    assert given == [([first, second], {first: "2019-001"})]
    other = run(move_batch, "accept", "张三", form_numbers={f"{PROGRAM}-9999": "1"}, **told)
    assert (other.state, f"{PROGRAM}-9999 不在" in other.message, len(given)) == ("Failed", True, 1)


@pytest.mark.parametrize(
    ("asked", "grade", "found"),
    [
        (["p-1", "p-2"], None, (["p-1", "p-2"], {})),
        (["p-1", "p-2"], "first", (["p-1", "p-2"], {"p-1": "first", "p-2": "first"})),
        (["p-1=second", "p-2"], "first", (["p-1", "p-2"], {"p-1": "second", "p-2": "first"})),
        (["p-1=second", "p-2", "p-1=second"], None, (["p-1", "p-2"], {"p-1": "second"})),
    ],
)
def test_each_has_the_grade_behind_its_number_or_that_of_all(asked, grade, found):
    assert with_grades(asked, grade) == found


def test_a_number_with_two_grades_is_not_guessed_at():
    with pytest.raises(UnknownError):
        with_grades(["p-1=first", "p-1=second"], None)
