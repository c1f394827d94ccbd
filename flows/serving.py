"""Runs the deployments on this machine: waits for their time, or for an operator, and starts a process for each run."""

import asyncio
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.states import Scheduled

from flows.automations import declare
from flows.clock import instant
from flows.deployments import DEPLOYMENTS
from flows.silence import mark_crashed
from flows.telling import keep_telling
from operations.settings import Settings, open_desk

#: Seconds between two looks for runs. Scheduled ones are fetched ahead; an operator who starts one waits this long.
LOOK_EVERY = 3

#: When what a machine that was off by night owes is made good: the heavy work is none of a start's.
AFTER_THE_START = timedelta(minutes=10)

#: Seconds after which stopping is cut short: a server that is gone already would be waited for much longer.
STOP_WITHIN = 10


def serve(ready: Path | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Creates the file `ready` once every deployment is known to the server."""
    runner = runner_of_all()
    asyncio.run(_deploy(runner))
    if ready:
        ready.touch()
    asyncio.run(_run(runner))


def runner_of_all() -> Runner:
    """Return what runs the deployments here.

    Another one may serve them too: stopping this one must not stop their schedules. Prefect would run five at once, and
    what takes hours (an audit, rehearsals), or all that begins at a start, would keep a sweep waiting: there is a place
    for each.
    """
    return Runner(name="linxuan", query_seconds=LOOK_EVERY, pause_on_shutdown=False, limit=len(DEPLOYMENTS))


async def _deploy(runner: Runner) -> None:
    """Declare every deployment, and run the scheduled ones once now: what fell due meanwhile has waited long enough."""
    async with get_client() as client:
        known: dict[str, UUID] = {}
        for deployment in DEPLOYMENTS:
            known[deployment.name] = await runner.aadd_deployment(deployment.to_runner())
            await _take_back(client, known[deployment.name])
        # Whoever has said nothing for a while, or has not begun: they died with the process before this one.
        settings = Settings()
        silence = timedelta(seconds=settings.silence) / 2
        await mark_crashed(client, silence, silence)
        await declare(client, known)
        now, later = instant(None), AFTER_THE_START
        for deployment in DEPLOYMENTS:
            if deployment.cron and deployment.catches_up:
                await client.create_flow_run_from_deployment(known[deployment.name])
            elif deployment.owed is not None and deployment.owed(settings, now):
                # One after the other.
                state: State[Any] = Scheduled(scheduled_time=now + later)
                await client.create_flow_run_from_deployment(known[deployment.name], state=state)
                later += AFTER_THE_START


async def deploy_to_pool(pool: str) -> dict[str, UUID]:
    """Declare every deployment for a work pool, which is made where there is none; returns them by their names.

    Runs of workers elsewhere may be under way, so none is marked as crashed here: whoever tells of moves listens for
    them.
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


async def _run(runner: Runner) -> None:
    """Run until a signal; then what is running is cancelled and marked so, or its slot would stay taken.

    The runner's own handler forgets to wait for that. It is set before the runner first waits, so ours comes after.
    """
    running = asyncio.create_task(runner.start())
    # In a loop of its own: the runner's cancels what waits in it when the server goes away.
    settings = Settings()
    telling = partial(keep_telling, open_desk(settings), timedelta(seconds=settings.silence))
    Thread(target=lambda: asyncio.run(telling()), name="telling", daemon=True).start()
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
