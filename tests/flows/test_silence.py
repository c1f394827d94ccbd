"""Runs that were killed are marked as crashed; those that could not be heard, or are over, are left alone."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from prefect import flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry, Cancelling, Completed, Pending, Running, Scheduled

from flows.clock import instant
from flows.deployments import DEPLOYMENTS
from flows.silence import LATE, LOOK_EVERY, PAGE, PASSED_OVER, SILENT, Listening, drop_older_late, mark_crashed
from flows.sweeps import deadline_sweep
from tests.flows.seen import runs_of

SILENCE = timedelta(seconds=90)


class Server:
    """A server that has one run, and what it has heard of it."""

    def __init__(self, state, seconds: float, *, heard: bool = False, paused: bool = False) -> None:
        state = state.model_copy(update={"timestamp": instant(None) - timedelta(seconds=seconds)})
        self.run = SimpleNamespace(id=uuid4(), state=state, deployment_id=uuid4())
        self.heard, self.paused, self.away = heard, paused, False
        self.others: list[SimpleNamespace] = []
        self.begun = 0
        self.asked: list[dict] = []

    async def hello(self) -> None:
        if self.away:
            raise httpx.ConnectError("away")

    async def read_flow_runs(self, *, flow_run_filter, limit, offset, **_asked):
        await self.hello()
        if flow_run_filter.tags:
            return []
        kinds = flow_run_filter.state.type.any_
        return [run for run in (*self.others, self.run) if run.state.type in kinds][offset : offset + limit]

    async def request(self, _method, _path, json):
        self.asked.append(json["filter"])
        return httpx.Response(200, json={"total": int(self.heard)})

    async def set_flow_run_state(self, _run, state):
        self.run.state = state
        return SimpleNamespace(status=SetStateStatus.ACCEPT)

    async def read_deployment(self, _id):
        return SimpleNamespace(id=_id, paused=self.paused, schedules=[SimpleNamespace(active=True)])

    async def create_flow_run_from_deployment(self, _id) -> None:
        self.begun += 1


@pytest.mark.parametrize(
    ("state", "seconds", "heard", "marked"),
    [
        (Running, 91, False, True),
        (Running, 80, False, False),
        (Running, 3600, True, False),
        # It is about to begin.
        (Pending, 91, False, False),
        (Pending, 601, False, True),
        (Completed, 3600, False, False),
    ],
)
def test_a_run_is_dead_that_has_said_nothing_for_so_long(state, seconds, heard, marked):
    server = Server(state(), seconds, heard=heard)
    found = asyncio.run(mark_crashed(server, SILENCE, timedelta(minutes=10)))
    assert (bool(found), server.run.state.name == "Crashed") == (marked, marked)
    if marked:
        assert server.run.state.message == SILENT
    for one in server.asked:
        assert one["resource"] == {"id": [f"prefect.flow-run.{server.run.id}"]}


def test_a_dead_run_behind_many_others_is_found():
    server = Server(Running(), 3600)
    living = Pending(timestamp=instant(None))
    server.others = [SimpleNamespace(id=uuid4(), state=living) for _ in range(PAGE)]
    assert asyncio.run(mark_crashed(server, SILENCE, timedelta(minutes=10))) == [server.run]


def test_silent_runs_that_are_not_the_products_are_left_alone():
    @flow(name="somebody-elses")
    def theirs() -> None: ...

    async def marked() -> list[tuple[str, str]]:
        async with get_client() as client:
            runs = {"alone": await client.create_flow_run(theirs, state=Running())}
            for name, one in (("theirs", theirs), ("ours", deadline_sweep)):
                deployment = await client.create_deployment(await client.create_flow(one), "deadline-sweep")
                runs[name] = await client.create_flow_run_from_deployment(deployment, state=Running())
            await mark_crashed(client, timedelta(0), timedelta(0))
            return [(name, (await client.read_flow_run(run.id)).state.name) for name, run in runs.items()]

    assert asyncio.run(marked()) == [("alone", "Running"), ("theirs", "Running"), ("ours", "Crashed")]


@pytest.mark.parametrize(
    ("crowd", "expected"),
    [
        (12, [("AwaitingRetry", False), *[("Cancelled", True)] * 5, ("Scheduled", False), ("Scheduled", False)]),
        # They are gone.
        (5, [("AwaitingRetry", False), ("Scheduled", False), ("Scheduled", False)]),
    ],
)
def test_one_of_the_late_runs_of_a_schedule_is_left_and_what_is_none_of_them(monkeypatch, crowd, expected):
    """As they pile up while all workers are away, and the server is not."""
    monkeypatch.setattr("flows.silence.CROWD", crowd)
    monkeypatch.setattr("flows.silence.AT_ONCE", 3)

    async def go() -> list[tuple[str, bool]]:
        async with get_client() as client:
            now = instant(None)
            since = now - timedelta(minutes=35)
            deployment = await DEPLOYMENTS[0].to_runner().aapply()
            # Tests share a server.
            before = {run.id for run in await runs_of(deployment)}
            many = {"start_time": since.isoformat(), "end_time": now.isoformat(), "min_runs": 7, "max_runs": 7}
            await client.request("POST", f"/deployments/{deployment}/schedule", json=many)
            [first, *_] = await since_then(deployment, before)
            await client.set_flow_run_state(first.id, AwaitingRetry(scheduled_time=since), force=True)
            await client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=now))
            await drop_older_late(client, now + LATE)
            runs = await since_then(deployment, before)
            await client.delete_deployment(deployment)
        soon = instant(None)
        return [(run.state_name, run.state.message == PASSED_OVER) for run in runs if run.expected_start_time <= soon]

    async def since_then(deployment: UUID, before: set[UUID]) -> list[FlowRun]:
        runs = [run for run in await runs_of(deployment) if run.id not in before]
        return sorted(runs, key=lambda run: run.expected_start_time)

    assert asyncio.run(go()) == expected


def listened(server, seconds) -> int:
    """Look every so often for so long; returns when the run was taken for dead, in seconds."""
    listening, now = Listening(SILENCE, lambda: now), 1000.0

    async def go() -> int:
        nonlocal now
        for passed, away in seconds:
            now, server.away = 1000.0 + passed, away
            try:
                await listening.look(server)
            except httpx.ConnectError:
                assert away
            if server.run.state.name == "Crashed":
                return passed
        return -1

    return asyncio.run(go())


def every(count: int, away: range = range(0)):
    return [(LOOK_EVERY * place, LOOK_EVERY * place in away) for place in range(count)]


def test_a_silent_run_is_marked_once_somebody_has_listened_for_so_long_and_another_is_begun():
    server = Server(Running(), 3600)
    assert listened(server, every(20)) == SILENCE.total_seconds()
    assert server.begun == 1


def test_the_time_for_which_the_server_was_away_does_not_count():
    assert listened(Server(Running(), 3600), every(20, range(30, 100))) == 105 + SILENCE.total_seconds()


def test_the_time_for_which_the_machine_slept_does_not_count():
    asleep = [(0.0, False), (15.0, False), *((7200 + passed, away) for passed, away in every(20))]
    assert listened(Server(Running(), 3600), asleep) == 7200 + SILENCE.total_seconds()


def test_another_is_begun_only_where_a_schedule_would():
    server = Server(Running(), 3600, paused=True)
    assert (listened(server, every(20)) > 0, server.begun) == (True, 0)


def test_dead_run_of_a_deployment_that_was_deleted_keeps_no_other_from_being_looked_for():
    class Deleted(Server):
        async def read_deployment(self, _id):
            raise ObjectNotFound(httpx.HTTPError("404"))

    server = Deleted(Running(), 3600)
    assert (listened(server, every(20)), server.begun) == (SILENCE.total_seconds(), 0)


def test_server_itself_ends_a_run_whose_machine_died_while_it_was_being_cancelled():
    async def cancelled() -> str:
        async with get_client() as client:
            run = await client.create_flow_run(deadline_sweep, state=Running())
            await client.set_flow_run_state(run.id, Cancelling())
            for _ in range(300):
                state = (await client.read_flow_run(run.id)).state
                if not state.is_cancelling():
                    return state.name
                await asyncio.sleep(0.1)
        return "Cancelling"

    assert asyncio.run(cancelled()) == "Cancelled"


def test_dead_runs_are_found_though_late_ones_cannot_be_passed_over(monkeypatch):
    server, now = Server(Running(), 3600), [1000.0]

    async def refused(_client, _now):
        raise RuntimeError("405")

    monkeypatch.setattr("flows.silence.drop_older_late", refused)
    listening = Listening(SILENCE, lambda: now[0])

    async def look() -> None:
        for _ in range(20):
            with suppress(RuntimeError):
                await listening.look(server)
            now[0] += LOOK_EVERY

    asyncio.run(look())
    assert server.run.state.is_crashed()
