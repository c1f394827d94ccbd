import asyncio

from prefect import get_client
from prefect.runner import Runner
from prefect.states import Running

from flows.serving import _deploy, deploy_to_pool


def test_starting_resumes_schedules_buries_what_a_killed_process_left_and_catches_up():
    async def go():
        runner = Runner(name="linxuan")
        async with get_client() as client:
            await _deploy(runner)
            sweep = await client.read_deployment_by_name("到期巡检/deadline-sweep")
            [first] = [run for run in await client.read_flow_runs() if run.deployment_id == sweep.id]
            await client.set_flow_run_state(first.id, Running(), force=True)
            await client.pause_deployment(sweep.id)
            await _deploy(runner)
            sweep = await client.read_deployment(sweep.id)
            runs = [run for run in await client.read_flow_runs() if run.deployment_id == sweep.id]
            return sweep, first.id, {run.id: run for run in runs}

    sweep, first, runs = asyncio.run(go())
    assert sweep.paused is False
    left_behind = runs.pop(first)
    assert (left_behind.state_name, left_behind.state.message) == ("Crashed", "上次停机时没有结束")
    [caught_up] = runs.values()
    assert caught_up.state_name == "Scheduled"


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
