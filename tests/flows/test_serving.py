import asyncio
import os
import time
from datetime import datetime

import pytest
from prefect import get_client
from prefect.runner import Runner
from prefect.states import Running

from deadlines import SHANGHAI
from flows.deployments import DEPLOYMENTS
from flows.serving import AFTER_THE_START, _deploy, deploy_to_pool, runner_of_all
from flows.silence import SILENT
from operations.upkeep import is_night_owed


@pytest.fixture(autouse=True)
def _own(settings) -> None:
    """The settings of an empty folder, for all here."""


def test_starting_resumes_schedules_buries_what_a_killed_process_left_and_catches_up(monkeypatch):
    monkeypatch.setenv("LINXUAN_SILENCE", "2")

    async def go():
        runner = Runner(name="linxuan")
        async with get_client() as client:
            await _deploy(runner)
            sweep = await client.read_deployment_by_name("到期巡检/deadline-sweep")
            [first] = [run for run in await client.read_flow_runs() if run.deployment_id == sweep.id]
            await client.set_flow_run_state(first.id, Running(), force=True)
            await client.pause_deployment(sweep.id)
            await asyncio.sleep(1)
            await _deploy(runner)
            sweep = await client.read_deployment(sweep.id)
            runs = [run for run in await client.read_flow_runs() if run.deployment_id == sweep.id]
            return sweep, first.id, {run.id: run for run in runs}

    sweep, first, runs = asyncio.run(go())
    assert sweep.paused is False
    left_behind = runs.pop(first)
    assert (left_behind.state_name, left_behind.state.message) == ("Crashed", SILENT)
    [caught_up] = runs.values()
    assert caught_up.state_name == "Scheduled"


@pytest.mark.parametrize(("hours", "made_good"), [(25, ["backup", "audit"]), (23, [])])
def test_a_machine_that_was_off_by_night_does_its_work_a_while_after_the_start(settings, hours, made_good):
    begun = datetime.now(SHANGHAI)
    assert is_night_owed(settings, begun)
    settings.backup_folder.mkdir()
    file, made = settings.backup_folder / "linxuan-2026-11-20.backup", time.time() - 3600 * hours
    file.touch()
    os.utime(file, times=(made, made))

    async def go():
        async with get_client() as client:
            before = {one.id for one in await client.read_flow_runs()}
            await _deploy(Runner(name="linxuan"))
            names = {one.id: one.name for one in await client.read_deployments()}
            runs = [one for one in await client.read_flow_runs() if one.id not in before and not one.auto_scheduled]
            runs = [(one.expected_start_time, names[one.deployment_id]) for one in runs]
            return sorted(one for one in runs if one[1] in {"backup", "audit"})

    runs = asyncio.run(go())
    assert [name for _, name in runs] == made_good
    assert all(at >= begun + AFTER_THE_START * place for place, (at, _) in enumerate(runs, start=1))


def test_no_run_waits_for_those_of_other_deployments_and_stopping_stops_no_schedule():
    runner = runner_of_all()
    assert (runner.limit, runner.pause_on_shutdown) == (len(DEPLOYMENTS), False)


def test_what_was_left_to_a_pool_is_served_again_where_it_is_started():
    async def go():
        async with get_client() as client:
            pools = []
            for deploy in (lambda: deploy_to_pool("elsewhere"), lambda: _deploy(Runner(name="linxuan"))):
                await deploy()
                deployment = await client.read_deployment_by_name("到期巡检/deadline-sweep")
                pools.append((deployment.work_pool_name, deployment.paused))
            return pools

    assert asyncio.run(go()) == [("elsewhere", False), (None, False)]
