"""Runs the deployments on this machine: waits for their time, or for an operator, and starts a process for each run."""

import asyncio
import signal
from pathlib import Path
from threading import Thread
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.states import Crashed

from flows.automations import declare
from flows.deployments import DEPLOYMENTS
from flows.telling import keep_telling
from operations.settings import Settings, open_desk

#: Seconds between two looks for runs. Scheduled ones are fetched ahead; an operator who starts one waits this long.
LOOK_EVERY = 3

#: Seconds after which stopping is cut short: a server that is gone already would be waited for much longer.
STOP_WITHIN = 10


def serve(ready: Path | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Creates the file `ready` once every deployment is known to the server."""
    runner = Runner(name="linxuan", query_seconds=LOOK_EVERY, pause_on_shutdown=True)
    asyncio.run(_deploy(runner))
    if ready:
        ready.touch()
    asyncio.run(_run(runner))


async def _deploy(runner: Runner) -> None:
    """Declare every deployment, and run the scheduled ones once now: what fell due meanwhile has waited long enough."""
    async with get_client() as client:
        known: dict[str, UUID] = {}
        for deployment in DEPLOYMENTS:
            known[deployment.name] = await runner.aadd_deployment(deployment.to_runner())
            await _take_back(client, known[deployment.name])
            await _bury(client, known[deployment.name])
        await declare(client, known)
        for deployment in DEPLOYMENTS:
            if deployment.cron and deployment.catches_up:
                await client.create_flow_run_from_deployment(known[deployment.name])


async def deploy_to_pool(pool: str) -> dict[str, UUID]:
    """Declare every deployment for a work pool, which is made where there is none; returns them by their names.

    Runs of workers elsewhere may be under way, so nothing is buried here: the automation does that.
    """
    async with get_client() as client:
        try:
            await client.read_work_pool(pool)
        except ObjectNotFound:
            await client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
        known = {one.name: await one.to_runner(pool).aapply(work_pool_name=pool) for one in DEPLOYMENTS}
        await declare(client, known)
    return known


async def _take_back(client: PrefectClient, deployment: UUID) -> None:
    """Take a deployment back from the pool that `linxuan deploy` gave it to: it is served here now."""
    if (await client.read_deployment(deployment)).work_pool_name:
        await client.request(
            "PATCH", "/deployments/{id}", path_params={"id": deployment}, json={"work_pool_name": None}
        )


async def _bury(client: PrefectClient, deployment: UUID) -> None:
    """Mark what a killed process left behind as crashed, or its slot would stay taken: nothing can be running yet."""
    left_behind = await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
        ),
    )
    for run in left_behind:
        await client.set_flow_run_state(run.id, Crashed(message="上次停机时没有结束"))


async def _run(runner: Runner) -> None:
    """Run until a signal; then what is running is cancelled and marked so, or its slot would stay taken.

    The runner's own handler forgets to wait for that. It is set before the runner first waits, so ours comes after.
    """
    running = asyncio.create_task(runner.start())
    # In a loop of its own: the runner's cancels what waits in it when the server goes away.
    Thread(target=lambda: asyncio.run(keep_telling(open_desk(Settings()))), name="telling", daemon=True).start()
    await asyncio.sleep(0)
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    stop = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        signal.alarm(STOP_WITHIN)
        await runner.astop()
    await running
