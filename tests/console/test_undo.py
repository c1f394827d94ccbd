"""Taking the last move back, from a nomination's page, by the API and by the command."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.lookup import show_nomination
from operations.move import move
from operations.results import Moved
from operations.screen import judge
from programs import Program
from states import Move, Result
from tests.console.filled import NOW
from tests.console.people import browser_of, hash_quickly
from tests.console.reading import read_page
from tests.console.test_api import Asking, problem
from tests.console.working import number, worked, working_program


def with_undo() -> Program:
    document = working_program().model_dump(mode="json")
    document["stages"][1]["undo"] = {"moves": ["reject", "return"], "hours": 24, "basis": "办公室纪要第2号"}
    return Program.model_validate(document)


@pytest.fixture
def acted(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    hash_quickly(monkeypatch)
    desk = worked(tmp_path_factory.mktemp("acted"), program=with_undo())
    yield desk
    desk.store.close()


def stage(desk: Desk) -> str:
    return show_nomination(desk, number(1))[0].stage


def test_page_says_what_will_happen_and_takes_it_back(acted):
    address = f"/nominations/{number(1)}"
    screener, operator = browser_of(acted, "局审查"), browser_of(acted, "局经办")
    assert "撤销最近一步" not in screener.get(address).text
    form = {"reason": "材料不符", "version": "3"}
    assert screener.post(f"{address}/moves/reject", form).status_code == 303
    assert stage(acted) == "rejected"
    page = read_page(operator.get(address).text).one("main").text
    assert "“撤销操作”须由局审查本人办理，您是局经办" in page
    page = read_page(screener.get(address).text)
    told = page.one("main").text
    assert "局审查于" in told
    assert "回到“资格审查”" in told
    assert "尚未发出的结果通知不再发出；已经发出的，另发更正通知" in told
    assert operator.post(f"{address}/undo", {"reason": "误操作", "version": "4"}).status_code == 409
    assert screener.post(f"{address}/undo", {"reason": " ", "version": "4"}).status_code == 409
    assert screener.post(f"{address}/undo", {"reason": "误操作", "version": "3"}).status_code == 409
    assert stage(acted) == "rejected"
    done = screener.post(f"{address}/undo", {"reason": "误操作", "version": "4"})
    assert (done.status_code, done.headers["location"]) == (303, f"{address}?done=5")
    assert stage(acted) == "screening"
    assert (
        "已办理：撤销“不予通过”，回到“资格审查”" in read_page(screener.get(f"{address}?done=5").text).one("main").text
    )


def test_api_tells_what_can_be_taken_back_and_takes_it_back(acted):
    asking = Asking(acted, "局经办")
    path = f"/nominations/{number(1)}"
    assert asking.get(path).json()["undoing"] is None
    assert problem(asking.post(f"{path}/undo", {"reason": "误操作", "version": 3}))["refusals"][0]["gate"] == "own"
    assert asking.post(f"{path}/moves", {"move": "return", "reason": "补正", "version": 3}).status_code == 200
    told = asking.get(path).json()["undoing"]
    assert (told["move"], told["by"], told["destination"]) == ("return", "局经办", "screening")
    assert told["refusals"] == []
    late = Asking(acted, "局经办", now=NOW + timedelta(days=2))
    refused = problem(late.post(f"{path}/undo", {"reason": "误操作", "version": 4}))
    assert [one["gate"] for one in refused["refusals"]] == ["in-time-to-undo"]
    done = asking.post(f"{path}/undo", {"reason": "误操作", "version": 4}).json()
    assert (done["move"], done["source"], done["destination"]) == ("undo", "screening.correction", "screening")


def test_whose_move_took_it_out_of_their_sight_takes_it_back_on_the_page_and_by_the_api(tmp_path, monkeypatch):
    hash_quickly(monkeypatch)
    document = with_undo().model_dump(mode="json")
    document["stages"][1]["undo"]["moves"] = ["accept"]
    document["stages"][2]["office"] = "评审委员会"
    desk = worked(tmp_path, program=Program.model_validate(document))
    screening = Actor("局审查", Role.SCREENING, "某市人社局")
    assert judge(desk, number(1), {"conduct": Result.PASS}, Act(screening, NOW)) is None
    address = f"/nominations/{number(1)}"
    screener = browser_of(desk, "局审查")
    # What somebody else moved there is none of theirs.
    assert screener.get(f"/nominations/{number(2)}").status_code == 404
    moved = screener.post(f"{address}/moves/accept", {"version": "3"})
    assert moved.headers["location"] == f"{address}?done=4"
    assert (stage(desk), "撤销最近一步" in screener.get(address).text) == ("review", True)
    assert browser_of(desk, "局审查", NOW + timedelta(days=2)).get(address).status_code == 404
    asking = Asking(desk, "局审查")
    assert asking.get(address).json()["undoing"]["refusals"] == []
    done = asking.post(f"{address}/undo", {"reason": "误操作", "version": 4})
    assert (done.status_code, stage(desk)) == (200, "screening")
    moved = move(desk, number(1), Move.ACCEPT, Act(screening, NOW))
    assert isinstance(moved, Moved)
    assert screener.post(f"{address}/undo", {"reason": "误操作", "version": "6"}).status_code == 303
    assert stage(desk) == "screening"
    desk.store.close()
