"""What becomes of a run that runs out of time, and of one whose server is away when the work is done."""

import asyncio
import threading
import time

import httpx
import pytest
from prefect import flow
from prefect.exceptions import PrefectHTTPStatusError

from flows import account
from flows.account import Account, Table, carry_out
from flows.batches import move_batch
from flows.progress import MARGIN, Progress
from flows.sweeps import swept
from operations import sweep
from operations.settings import open_desk
from states import Move
from tests.flows.seen import run
from tests.flows.test_sweeps import PUBLICITY_OVER, at

PROGRAM = "luzhou-chief-technician-2019"
OVER = "时间到了，没有做完；已经办理的仍然有效，其余的没有办理"


@pytest.fixture(autouse=True)
def _own(settings) -> None:
    """The settings of an empty folder, for all here."""


def test_a_run_that_is_broken_off_does_not_wait_for_its_thread():
    released = threading.Event()

    @flow(timeout_seconds=0.3)
    async def stuck():
        return await carry_out("test", lambda _desk: released.wait(20) and Account("办完了", {}))

    begun = time.monotonic()
    state = asyncio.run(stuck(return_state=True))
    took = time.monotonic() - begun
    [working] = [one for one in threading.enumerate() if one.name == "work"]
    # As the process ends, so does it.
    assert (state.name, took < 10, working.daemon) == ("TimedOut", True, True)
    released.set()
    working.join()


def test_a_sweep_that_runs_out_of_time_says_what_it_has_done_and_leaves_the_rest_due(played, settings, monkeypatch):
    played("2019-08-22T16:00+08:00")
    monkeypatch.setattr(sweep, "BATCH", 2)
    progress, looks = Progress(), iter([True, True])
    monkeypatch.setattr(progress, "has_time", lambda: next(looks, False))
    desk = open_desk(settings)
    done = swept(desk, at(PUBLICITY_OVER), (Move.CLOSE,), progress=progress)
    assert (done.facts["moved"], done.failed, done.summary.endswith("其余的由下一次运行接着办")) == (4, True, True)
    rest = swept(desk, at(PUBLICITY_OVER), (Move.CLOSE,), progress=Progress(limit=MARGIN + 60))
    assert (rest.facts["moved"], rest.failed) == (2, False)
    desk.store.close()


def test_what_is_done_as_a_whole_is_not_done_once_time_is_over(played, settings, monkeypatch):
    played("2019-08-22T16:00+08:00")
    before = history(settings)
    monkeypatch.setattr("flows.batches._LIMIT", MARGIN)
    given = {"program": PROGRAM, "stage": "publicity", "dry_run": False, "reason": "本人放弃"}
    seen = run(move_batch, move="withdraw", actor="张三", now="2019-08-22T16:30", **given)
    assert (seen.state, seen.message, history(settings)) == ("Failed", OVER, before)


def history(settings):
    desk = open_desk(settings)
    with desk.store.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM event").scalar_one()
    desk.store.close()
    return count


def answered(status: int) -> PrefectHTTPStatusError:
    request = httpx.Request("POST", "http://server")
    return PrefectHTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


@pytest.mark.parametrize(
    ("limit", "error", "away", "kept"),
    [
        (None, httpx.ConnectError("away"), 2, True),
        (None, httpx.ConnectError("away"), 99, False),
        # Some minutes' tries are over, and the run has time left.
        (600, answered(502), 20, True),
        (60, httpx.ConnectError("away"), 20, False),
        # It is there, and does not take this.
        (600, answered(500), 20, False),
    ],
)
def test_work_that_is_done_is_told_as_done_whenever_the_server_is_there(monkeypatch, limit, error, away, kept):
    tries, real = [], account.acreate_table_artifact

    async def create(**given):
        tries.append(1)
        if len(tries) <= away:
            raise error
        return await real(**given)

    monkeypatch.setattr(account, "acreate_table_artifact", create)
    monkeypatch.setattr(account, "TELL_AGAIN", (0, 0, 0))
    monkeypatch.setattr(account, "WHILE_AWAY", 0)

    @flow(timeout_seconds=limit)
    async def told():
        table = Table("moved", "已办理", [{"编号": "1"}])
        return await carry_out("test", lambda _desk: Account("办了", {"moved": 1}, tables=(table,)))

    seen = run(told)
    assert (seen.state, seen.message, seen.result) == ("Completed", "办了", {"moved": 1})
    assert ("test-moved" in seen.tables) is kept


@pytest.mark.parametrize(("away", "answered"), [(2, True), (99, False)])
def test_what_a_run_has_to_know_of_the_server_is_asked_again_and_then_told_in_a_sentence(monkeypatch, away, answered):
    tries: list[int] = []

    async def ask() -> int:
        tries.append(1)
        if len(tries) <= away:
            raise httpx.ConnectError("away")
        return 7

    monkeypatch.setattr(account, "TELL_AGAIN", (0, 0, 0))
    if answered:
        assert asyncio.run(account.answer_to(ask)) == 7
    else:
        with pytest.raises(account.UnansweredError) as raised:
            asyncio.run(account.answer_to(ask))
        assert raised.value.words.zh == "Prefect 服务器没有答复（ConnectError），请看它是否在运行"
