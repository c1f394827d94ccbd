"""What is found out about a nomination by the API, as by its page: verdicts, facts, opinions and personal data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.materials import receive
from operations.move import move
from operations.results import Denied, KeyMissingError
from programs import Program, Words
from states import Endorsement, Move
from store import INSTALLATION, events_of
from tests.console.filled import SMALL
from tests.console.people import browser_of
from tests.console.reading import read_page
from tests.console.test_api import APRIL, Asking, problem
from tests.console.test_entering import RULES
from tests.console.working import UNIT_OPINION, number, worked, working_program

pytestmark = pytest.mark.usefixtures("quick_passwords")

ONE = f"/nominations/{number(1)}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A program in whose joint screening one nomination stands."""
    document: dict[str, Any] = working_program().model_dump(mode="json")
    document["rules"] += RULES
    document["stages"][1]["bodies"] = ["甲局", "乙局"]
    found = worked(tmp_path, screened=False, program=Program.model_validate(document))
    act = Act(Actor("总管理"), APRIL)
    assert receive(found, number(1), [("form", None)], act, seen=True) is None
    for what in (Move.SUBMIT, Move.ACCEPT):
        stated = Endorsement({UNIT_OPINION: "好"}, sealed=True) if what is Move.SUBMIT else None
        assert not isinstance(move(found, number(1), what, act, endorsement=stated), Denied)
    yield found
    found.store.close()


def asking(desk: Desk, name: str) -> Asking:
    return Asking(desk, name, now=APRIL)


def gates(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [one["gate"] for one in problem(answer)["refusals"]]


def refused(desk: Desk) -> list[str]:
    """What was asked for that is not the asker's, as the history has it."""
    with desk.store.read() as connection:
        return [one["asked"] for one in events_of(connection, INSTALLATION) if one["kind"] == "access.refused"]


def last(desk: Desk) -> dict[str, Any]:
    with desk.store.read() as connection:
        return dict([*events_of(connection, SMALL)][-1])


def test_verdicts_are_recorded_and_told(desk: Desk) -> None:
    asked = {"verdicts": [{"rule": "conduct", "result": "pass"}], "note": "已核对"}
    told = asking(desk, "局审查").post(f"{ONE}/verdicts", asked).json()["verdicts"]
    assert {one["rule"]: one["result"] for one in told}["conduct"] == "pass"
    assert (last(desk)["verdicts"], last(desk)["note"]) == ({"conduct": "pass"}, "已核对")


def test_return_names_what_is_not_met_and_what_is_to_be_mended(desk: Desk) -> None:
    asked, moves = asking(desk, "局审查"), f"{ONE}/moves"
    back = {"move": "return", "version": asked.get(ONE).json()["version"], "rules": ["conduct"], "reason": "请补"}
    for wrong in ({"materials": ["moon"]}, {"rules": ["conduct"] * 2}, {"move": "accept"}):
        assert asked.post(moves, back | wrong).status_code == 422
    assert asked.post(moves, back | {"materials": ["form"]}).json()["destination"] == "screening.correction"
    assert last(desk)["lacking"] == {"rules": ["conduct"], "materials": ["form"]}
    assert last(desk)["reason"] == "条件未满足：品行端正；材料须补正：申报表；请补"
    to_mend = asking(desk, "局管理").get(ONE).json()["to_mend"]
    assert to_mend == [{"name": name, "mended": False} for name in ("品行端正", "申报表")]


def test_grade_is_given_by_nobody_at_a_stage_that_gives_none(desk: Desk) -> None:
    asked = asking(desk, "局审查")
    back = {"move": "return", "version": asked.get(ONE).json()["version"], "reason": "请补"}
    for grade in ("moon", "某市工匠", "craftsman"):
        assert gates(asked.post(f"{ONE}/moves", back | {"grade": grade})) == ["no-grade"]
    assert asked.post(f"{ONE}/moves", back).status_code == 200


def test_facts_are_told_stated_and_taken_back(desk: Desk) -> None:
    asked = asking(desk, "局经办")

    def stated(facts: list[dict[str, Any]]) -> dict[str, list[str] | None]:
        answer = asked.post(f"{ONE}/facts", {"facts": facts})
        assert answer.status_code == 200, answer.text
        return {one["fact"]: one["values"] for one in answer.json()["facts"] if one["values"] is not None}

    (skill, team, *_) = asked.get(f"{ONE}/facts").json()["facts"]
    assert (skill["fact"], skill["values"], "技师" in skill["choices"], skill["several"]) == (
        "skill",
        None,
        True,
        False,
    )
    assert (team["name"], team["hint"]) == ("团队人数", "数字")
    both = [{"fact": "skill", "values": ["技师"]}, {"fact": "competition", "values": ["国家一类:3", "国家一类:5"]}]
    assert stated(both) == {"skill": ["技师"], "competition": ["国家一类:3", "国家一类:5"]}
    assert stated([{"fact": "competition", "values": []}]) == {"skill": ["技师"], "competition": []}
    assert stated([{"fact": "skill", "values": []}]) == {"competition": []}


def test_bodies_answer_one_by_one(desk: Desk) -> None:
    asked = asking(desk, "局审查")
    assert [one["agrees"] for one in asked.get(f"{ONE}/opinions").json()["opinions"]] == [None, None]
    assert gates(asked.post(f"{ONE}/opinions", {"body": "丙局", "agrees": True})) == ["body-asked"]
    assert gates(asked.post(f"{ONE}/opinions", {"body": "甲局", "agrees": False})) == ["reason-stated"]
    told = asked.post(f"{ONE}/opinions", {"body": "乙局", "agrees": False, "note": "待核实"}).json()["opinions"]
    assert [(one["body"], one["agrees"], one["note"], one["given_by"]) for one in told] == [
        ("甲局", None, "", None),
        ("乙局", False, "待核实", "局审查"),
    ]
    assert asking(desk, "局监督").get(f"{ONE}/opinions").json() == {"opinions": []}


def test_personal_data_is_told_for_a_reason_alone(desk: Desk) -> None:
    asked = asking(desk, "局经办")
    assert gates(asked.post(f"{ONE}/details", {"reason": " "})) == ["reason-stated"]
    (identity,) = asked.post(f"{ONE}/details", {"reason": "核对身份"}).json()["details"]
    assert (identity["kind"], identity["name"], len(identity["value"])) == ("identity", "身份证号码", 18)
    assert (last(desk)["kind"], last(desk)["actor"], last(desk)["reason"]) == ("details.seen", "局经办", "核对身份")


def test_what_is_not_the_asker_s_to_do_is_refused_and_recorded(desk: Desk) -> None:
    sent = {
        "verdicts": {"verdicts": [{"rule": "conduct", "result": "pass"}]},
        "facts": {"facts": [{"fact": "skill", "values": ["技师"]}]},
        "opinions": {"body": "甲局", "agrees": True},
        "details": {"reason": "想看"},
    }
    before = last(desk)
    for name, status in (("局监督", 409), ("外经办", 404)):
        asked = asking(desk, name)
        assert [asked.post(f"{ONE}/{what}", form).status_code for what, form in sent.items()] == [status] * 4
    assert (last(desk), len(refused(desk))) == (before, 8)


@pytest.mark.parametrize(
    ("what", "form", "said"),
    [
        (
            "verdicts",
            {"verdicts": [{"rule": "moon", "result": "pass"}]},
            "没有条件 moon；此件的审查条件：品行端正（conduct）",
        ),
        ("facts", {"facts": [{"fact": "moon", "values": ["1"]}]}, "没有条件用到“moon”；可填：skill"),
        ("facts", {"facts": [{"fact": "skill", "values": ["技师", "高级技师"]}]}, "“skill”只能填一项"),
        ("facts", {"facts": [{"fact": "team-size", "values": ["许多"]}]}, "应填数字，不是“许多”"),
        (
            "facts",
            {"facts": [{"fact": "skill", "values": [one]} for one in ("技师", "高级技师")]},
            "“skill”写了不止一次",
        ),
        (
            "verdicts",
            {"verdicts": [{"rule": "conduct", "result": one} for one in ("pass", "fail")]},
            "“conduct”写了不止一次",
        ),
        ("receipts", {"materials": [{"material": "moon"}]}, "没有材料 moon；本项目的材料：申报表（form）"),
    ],
)
def test_word_that_the_program_does_not_have_is_answered_with_those_it_has(
    desk: Desk, what: str, form: dict[str, Any], said: str
) -> None:
    told = problem(asking(desk, "总管理").post(f"{ONE}/{what}", form))
    assert (told["status"], said in told["detail"], refused(desk)) == (422, True, [])


def test_missing_key_is_told_to_api_and_page_and_is_nobody_s_refusal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_connection: object) -> None:
        raise KeyMissingError(Words("缺少密钥文件 /secret/place", "the key file /secret/place is missing"))

    api, browser = asking(desk, "局经办"), browser_of(desk, "局经办", APRIL)
    monkeypatch.setattr(desk, "sealing", missing)
    told = problem(api.post(f"{ONE}/details", {"reason": "核对身份"}))
    shown = browser.post(f"{ONE}/details", {"reason": "核对身份"})
    assert (told["status"], shown.status_code, refused(desk)) == (503, 503, [])
    for text in (told["detail"], read_page(shown.text).one("main").text):
        assert ("缺少密钥" in text, "/secret/place" in text) == (True, False)


def test_page_says_which_words_a_program_has_and_records_nothing(desk: Desk) -> None:
    client = browser_of(desk, "局审查", APRIL)
    answer = client.post(f"{ONE}/receipts", {"material": "moon:paper"})
    assert (answer.status_code, "没有材料 moon" in answer.text, refused(desk)) == (422, True, [])
