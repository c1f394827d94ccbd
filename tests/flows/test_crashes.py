"""A real server and real processes: killed in the middle of a run, gone for a week, away while moves go on."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

import pytest
from prefect.client.orchestration import PrefectClient
from sqlalchemy import insert

from cli.ports import answers, choose_port
from deadlines import SHANGHAI
from flows.automations import declare
from flows.server import RETENTION_DAYS
from flows.silence import SILENT
from operations.audit import audit
from operations.settings import Settings, open_desk
from store import events_of
from store import tables as t
from tests.cli.test_supervisor import wait_until
from tests.flows.conftest import GATHERS
from tests.prefect_api import PrefectApi

PROGRAM = "luzhou-chief-technician-2019"
LOCALHOST = "127.0.0.1"
LINXUAN = Path(sys.executable).with_name("linxuan")

#: A run of the deployment whose process dies once its first batch of one is committed, and the server with it.
DIES = """
import asyncio, os, signal, sys
from prefect import get_client
from prefect.flow_engine import run_flow
from flows.deployments import DEPLOYMENTS
from operations import sweep

sweep.BATCH = 1
batch = sweep._Pass._batch
def dies(self, size):
    batch(self, size)
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
sweep._Pass._batch = dies

async def go():
    [one] = [one for one in DEPLOYMENTS if one.name == "close-publicity"]
    deployment = await one.to_runner().aapply()
    async with get_client() as client:
        run = await client.create_flow_run_from_deployment(deployment)
        print(run.id, flush=True)
        await run_flow(one.flow, flow_run=run, return_type="state")

asyncio.run(go())
"""


class Machine:
    """Processes on one data folder, with a Prefect server at one port."""

    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.port = choose_port(LOCALHOST, 4300, None)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINXUAN_", "PREFECT_"))}
        self.environment = kept | {
            "LINXUAN_DATA": str(folder),
            "PREFECT_API_URL": f"http://{LOCALHOST}:{self.port}/api",
            "PYTHONUNBUFFERED": "1",
            # What is told happened in 2019, by the clock of a program of then: the server clears away by that date.
            "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7300D",
            # Who was killed is found out soon; whoever lives says so every thirty seconds, however busy the machine is.
            "LINXUAN_SILENCE": "35",
            "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": str(GATHERS),
        }
        prefect = PrefectApi(self.environment["PREFECT_API_URL"])
        self.ask, self.close = prefect.ask, prefect.close
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        log = (self.data / f"{module[0]}-{len(self.started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", *module], env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.started.append(process)
        return process

    def serve(self) -> None:
        self.server = self.start("flows.server", "--port", str(self.port))
        assert wait_until(lambda: answers(LOCALHOST, self.port, "/api/health"), 120)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        return self.ask("/flow_runs/filter", {"deployments": {"name": {"any_": [deployment]}}, "limit": 200})

    def told(self) -> list[int]:
        """The positions of the moves that the server was told of."""
        wanted = {"event": {"name": ["linxuan.nomination.moved"]}, "occurred": {"since": "2019-01-01T00:00:00Z"}}
        page = self.ask("/events/filter", {"filter": wanted, "limit": 50})
        return [page["total"], *sorted(one["payload"]["position"] for one in page["events"])]

    def crash(self, run: str) -> None:
        """Have a run fail, as when its process dies."""
        self.ask(f"/flow_runs/{run}/set_state", {"state": {"type": "CRASHED"}, "force": True})

    def begin(self, deployment: str, at: str = "2026-11-01T00:00:00Z") -> str:
        """Have a run of a deployment begin, now where its instant is over, and return its id."""
        [known] = self.ask("/deployments/filter", {"deployments": {"name": {"any_": [deployment]}}})
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": at}}
        return self.ask(f"/deployments/{known['id']}/create_flow_run", {"state": state})["id"]

    def declare(self, **given: timedelta) -> None:
        """Declare the automations as `linxuan up` does, with other times."""

        async def declared() -> None:
            async with PrefectClient(self.environment["PREFECT_API_URL"]) as client:
                known = {one.name: one.id for one in await client.read_deployments()}
                await declare(client, known, **given)

        asyncio.run(declared())

    def letters(self) -> list[str]:
        """The subjects of what the administrators were written."""
        files = (self.data / "outbox").glob("alert-*.eml")
        return sorted(message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] for file in files)

    def linxuan(self, *arguments: str) -> Any:
        done = subprocess.run(
            [LINXUAN, *arguments, "--json"], env=self.environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, _played_once: Callable[[str], Path], new_prefect: Path
) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    copytree(_played_once("2019-08-22T16:00+08:00"), folder, dirs_exist_ok=True)
    (folder / "prefect").mkdir()
    copyfile(new_prefect, folder / "prefect" / "prefect.db")
    machine = Machine(folder)
    try:
        machine.serve()
        yield machine
    finally:
        machine.close()
        for process in machine.started:
            if process.poll() is None:
                machine.kill(process)


def moves(data: Path) -> list[dict[str, Any]]:
    desk = open_desk(Settings(data=data))
    assert audit(desk).breaks == 0
    with desk.store.read() as connection:
        found = [one for one in events_of(connection, PROGRAM) if one["kind"] == "nomination.moved"]
    desk.store.close()
    return found


def closed(data: Path) -> list[str]:
    return sorted(one["nomination"] for one in moves(data) if one["move"] == "close")


@dataclass(frozen=True)
class Outage:
    """A machine that lost its server and a run in its middle, both by SIGKILL, and began the server again.

    Somebody moved a nomination meanwhile: `here`. `before` it began again, so many publicities were closed.
    """

    killed: str
    before: list[str]
    here: str
    teller: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def outage(machine) -> Outage:
    teller = machine.start("flows.telling")
    flow = machine.ask("/flows/", {"name": "long-ago"})["id"]
    ended = [machine.ask("/flow_runs/", {"flow_id": flow, "state": {"type": "COMPLETED"}})["id"] for _ in range(2)]
    assert wait_until(lambda: machine.told()[0] == len(moves(machine.data)), 120)
    died = subprocess.run(
        [sys.executable, "-c", DIES, str(machine.server.pid)], env=machine.environment, capture_output=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert machine.server.wait(10) == -signal.SIGKILL
    before = closed(machine.data)
    here = machine.linxuan("nomination", "list", "--stage", "issuance")[0]["number"]
    machine.linxuan("nomination", "move", here, "withdraw", "--actor", "张三", "--reason", "放弃")
    for run, days in zip(ended, (RETENTION_DAYS + 1, RETENTION_DAYS - 1), strict=True):
        grow_old(machine.data, run, days)
    machine.serve()
    return Outage(died.stdout.decode().strip(), before, here, teller)


def grow_old(data: Path, run: str, days: int) -> None:
    """Have a run be one that ended so many days ago, in the database of a server that is not running."""
    at = datetime.now(UTC) - timedelta(days=days)
    with closing(sqlite3.connect(data / "prefect" / "prefect.db")) as database, database:
        database.execute("UPDATE flow_run SET end_time = ? WHERE id = ?", (f"{at:%Y-%m-%d %H:%M:%S.%f}", run))


@pytest.mark.usefixtures("outage")
def test_server_clears_its_own_history_away(machine):
    def left() -> list[int]:
        runs = machine.ask("/flow_runs/filter", {"flows": {"name": {"any_": ["long-ago"]}}})
        return [(datetime.now(UTC) - datetime.fromisoformat(run["end_time"])).days for run in runs]

    assert wait_until(lambda: left() == [RETENTION_DAYS - 1], 120), left()


def test_moves_go_on_while_the_server_is_away_and_are_told_when_it_is_back(machine, outage):
    assert moves(machine.data)[-1]["nomination"] == outage.here
    assert wait_until(lambda: machine.told()[0] == len(moves(machine.data)), 180)
    assert outage.teller.poll() is None


def test_killed_processes_a_weeks_outage_and_two_schedulers_lose_nothing_and_do_nothing_twice(
    machine, outage, tmp_path
):
    left = next(one for one in machine.runs("close-publicity") if one["id"] == outage.killed)
    assert left["state_name"] in {"Running", "Crashed"}
    # As a week without flows leaves them behind; and somebody sweeps by command meanwhile.
    for day in range(1, 8):
        machine.begin("close-publicity", f"2026-11-{day:02}T00:00:00Z")
    first, second = (machine.start("flows", "--ready", str(tmp_path / f"ready-{place}")) for place in range(2))
    byhand = machine.linxuan("sweep")

    def late() -> list[dict[str, Any]]:
        runs = [one for one in machine.runs("close-publicity") if one["id"] != outage.killed]
        return [one for one in runs if one["expected_start_time"] < "2026-11-08"]

    def settled() -> bool:
        going = {"SCHEDULED", "PENDING", "RUNNING"}
        runs = [one["state_type"] for one in machine.runs("close-publicity") if one["start_time"]]
        return "COMPLETED" in runs and not going & {*runs, *(one["state_type"] for one in late())}

    assert wait_until(lambda: len(list(tmp_path.glob("ready-*"))) == 2 and settled(), 480)
    by_id = {one["id"]: one for one in machine.runs("close-publicity")}
    assert (by_id[outage.killed]["state_name"], by_id[outage.killed]["state"]["message"]) == ("Crashed", SILENT)
    after = closed(machine.data)
    assert (len(outage.before), len(after), len(set(after))) == (1, 6, 6)
    # One did all that was left; of the late runs few began, and the others gave way.
    said = [one["state"]["message"] for one in by_id.values() if one["state_type"] == "COMPLETED"]
    did = [byhand["moved"], *(int(found[1]) for one in said if (found := re.match(r"办理 (\d+) 件", one)))]
    assert max(did) == sum(did) == len(after) - len(outage.before)
    ended = Counter(one["state_name"] for one in late())
    assert ended["Cancelled"] == len(late()) - ended["Completed"] >= 4
    count = len(moves(machine.data))
    assert wait_until(lambda: machine.told()[0] == count, 60)

    # One of the two is stopped in order: the other goes on with all that is scheduled, and with what somebody starts.
    first.terminate()
    assert first.wait(60) is not None
    deployments = machine.ask("/deployments/filter", {})
    assert [one["name"] for one in deployments if one["paused"]] == []
    assert second.poll() is None
    administrators_are_written_to(machine)
    machine.kill(second)


def administrators_are_written_to(machine):
    """Of what keeps failing once an hour, when nothing has been swept for long, and of letters that were parked."""
    machine.declare(unswept=timedelta(seconds=10))
    swept = machine.begin("deadline-sweep")
    unswept = "一小时没有完成到期巡检"

    def asked() -> set[str]:
        return {one["parameters"].get("subject", "") for one in machine.runs("notify-administrators")}

    assert wait_until(lambda: unswept in asked(), 120), machine.runs("deadline-sweep")
    machine.declare()
    # Only now: automations that are declared anew have forgotten what they have fired for.
    for _ in range(3):
        machine.crash(machine.begin("backup", "2099-01-01T00:00:00Z"))
    desk = open_desk(Settings(data=machine.data))
    letter = {"recipient": "某局", "subject": "到件提醒", "body": "请办理", "written_at": datetime.now(SHANGHAI)}
    with desk.store.write() as transaction:
        transaction.connection.execute(insert(t.message).values(id="undelivered", state="parked", attempts=9, **letter))
    desk.store.close()
    expected = {f"【遴选】{unswept}", "【遴选】1 封信函没有送达，已搁置"}
    assert wait_until(lambda: expected <= set(machine.letters()), 120), machine.letters()

    def state() -> str:
        return next(one["state_name"] for one in machine.runs("deadline-sweep") if one["id"] == swept)

    # It gives way to one of the schedule.
    assert wait_until(lambda: state() in {"Completed", "Cancelled"}, 120), state()

    def of_backup() -> list[bool]:
        told = [one["parameters"] for one in machine.runs("notify-administrators")]
        return sorted(one.get("since") is None for one in told if one.get("deployment") == "backup")

    # One letter, and a look that is planned for an hour later.
    assert wait_until(lambda: len(of_backup()) > 1, 120)
    assert of_backup() == [False, True]
