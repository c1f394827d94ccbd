"""`linxuan publicity`: an objection from the letter to its end, as an office types it."""

import pytest

from tests.cli.selection import LUZHOU, Office

RAISED = "2019-08-21T09:00"


@pytest.fixture
def office(linxuan) -> Office:
    return Office(linxuan)


def test_objection_is_taken_admitted_looked_into_and_settled(office, tmp_path):
    office.opens()
    number = office.draws_up()
    office.hands_in(number)
    office.screens(number)
    office.chooses(number)
    office.publishes()
    letter = tmp_path / "信.txt"
    letter.write_text("反映业绩不实。", "utf-8")
    who = ("--as", "person", "--objector", "李群众", "--contact", "13800138000")
    raised = ("--grounds", "业绩归属有争议", "--evidence", str(letter))
    raised = office.does(RAISED, "publicity", "object", number, *who, *raised)
    assert (len(raised.pop("code")), raised) == (19, {"number": number, "objection": 1})
    handling = ("--handler", "张核查", "--reason", "署名、有事实")
    assert office.does(RAISED, "publicity", "admit", "1", *handling) == {
        "objection": 1,
        "handler": "张核查",
        "due_at": "2019-09-12T00:00:00+08:00",
        "provisional": False,
    }
    prolonged = office.does(RAISED, "publicity", "prolong", "1", "--until", "2019-09-30", "--reason", "疑难")
    assert prolonged["due_at"] == "2019-10-01T00:00:00+08:00"
    office.does(RAISED, "publicity", "investigate", "1", "--finding", "已调取合同")
    shown = office.ask(RAISED, "publicity", "objections", LUZHOU)
    assert [(one["state"], one["handler"]) for one in shown.document] == [("admitted", "张核查")]
    assert "李群众" not in shown.out
    told = office.does(RAISED, "publicity", "contact", "1", "--reason", "回访")
    assert told == {"objection": 1, "contact": "13800138000"}
    taken = office.does(RAISED, "publicity", "evidence", "1", "--out", str(tmp_path / "out"))
    assert len(taken["files"]) == 1
    out = tmp_path / "记录.docx"
    written = office.does(RAISED, "export", "objection", "1", "--out", str(out))
    assert written == {"program": LUZHOU, "paper": "objection", "out": str(out), "bytes": out.stat().st_size}
    settled = office.does(
        RAISED, "publicity", "settle", "1", "corrected", "--answer", "已更正", "--fact", "skill=高级技师"
    )
    assert settled == {"objection": 1, "outcome": "corrected", "to": "publicity"}
    second = office.ask(
        RAISED, "publicity", "settle", "1", "dismissed", "--answer", "…", "--fact", "a=b", "--actor", "王管理"
    )
    assert second.code == 2


def test_objection_that_nobody_admitted_is_admitted_as_it_is_settled_and_the_command_says_so(office, linxuan):
    office.opens()
    number = office.draws_up()
    office.hands_in(number)
    office.screens(number)
    office.chooses(number)
    office.publishes()
    told = []
    for objection in (1, 2):
        office.does(RAISED, "publicity", "object", number, "--objector", "某公司", "--grounds", "业绩不实")
        if objection == 2:
            office.does(RAISED, "publicity", "admit", "2", "--reason", "署名")
        settled = ("publicity", "settle", str(objection), "dismissed", "--answer", "查无实据")
        told.append(linxuan(*settled, "--now", RAISED, "--actor", "王管理").out)
    assert [one.partition(" → ")[0] for one in told] == ["此前没有受理，已一并受理并办结", "已办结"]


def test_objection_that_nobody_signed_is_recorded_without_a_name(office):
    office.opens()
    number = office.draws_up()
    office.hands_in(number)
    office.screens(number)
    office.chooses(number)
    office.publishes()
    raised = office.does(RAISED, "publicity", "object", number, "--as", "anonymous", "--grounds", "业绩不实")
    assert (len(raised.pop("code")), raised) == (19, {"number": number, "objection": 1})
