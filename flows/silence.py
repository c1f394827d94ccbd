"""Runs that have gone silent: whoever was killed does not say so, and their place is taken until somebody frees it.

A run says every half a minute that it lives. Whoever looks counts only the time in which the server could be told:
after an outage of the server each run has as long again to say something.

And runs that nobody has begun: Prefect goes on planning them while all workers are away, two thousand of each sweep in
a week. One of a deployment does what the others would have done, so they are passed over.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from deadlines.zone import SHANGHAI

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.objects import FlowRun
    from prefect.client.schemas.responses import OrchestrationResult
    from prefect.client.schemas.sorting import FlowRunSort

SILENT: Final = "进程没有音讯，可能已被杀死"

#: How long a run may be about to begin: on a busy machine its process takes a while to start.
PENDING: Final = timedelta(minutes=10)

#: How many runs the server is asked for at once: it gives no more.
PAGE: Final = 200

#: How long after its instant a run is late.
LATE: Final = timedelta(minutes=1)

#: How many runs the server deletes at once: it takes no more.
AT_ONCE: Final = 50

#: So many late runs of a deployment are a crowd.
CROWD: Final = 12

PASSED_OVER: Final = "一个更晚的运行也已到点，由它一并办理"

#: Seconds between two looks.
LOOK_EVERY: Final = 15.0

#: So many seconds without a look mean that nobody listened.
GAP: Final = 60.0


class Listening:
    """Looks again and again for runs that have gone silent, and begins another in the place of a scheduled one."""

    def __init__(self, silence: timedelta, clock: Callable[[], float] = time.time) -> None:
        self._silence = silence.total_seconds()
        self._clock = clock
        self._since: float | None = None
        self._last = 0.0

    async def look(self, client: "PrefectClient") -> None:
        """Look, unless that was just now. Raises what the client does where the server is away."""
        now = self._clock()
        if 0 <= now - self._last < LOOK_EVERY:
            return
        # After a failure, a machine that slept and a clock that was set it begins to listen anew.
        since = self._since if 0 <= now - self._last < GAP else None
        self._since, self._last = None, now
        if since is not None and now - since >= self._silence:
            for run in await mark_crashed(client, timedelta(seconds=self._silence), PENDING):
                await _begin_another(client, run)
        else:
            await client.hello()
        self._since = now if since is None else since
        await drop_older_late(client, datetime.now(SHANGHAI))


async def mark_crashed(client: "PrefectClient", silence: timedelta, pending: timedelta) -> list["FlowRun"]:
    """Mark runs as crashed that gave no sign of life for so long, and those that were about to begin; returns them.

    Only runs of the product's own deployments: other flows on the same server need not say that they live.
    """
    from prefect.client.schemas.responses import SetStateStatus  # noqa: PLC0415 - Prefect reads the environment as it is imported
    from prefect.states import Crashed  # noqa: PLC0415

    now, marked = datetime.now(SHANGHAI), []
    for run in await _under_way(client):
        if run.state is None:
            continue
        patience = pending if run.state.is_pending() else silence
        if now - run.state.timestamp >= patience and not await _heard(client, run.id, now - patience):
            answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Crashed(message=SILENT))
            # It may have ended meanwhile, or somebody else has marked it.
            if answer.status is SetStateStatus.ACCEPT:
                marked.append(run)
    return marked


async def _under_way(client: "PrefectClient") -> list["FlowRun"]:
    """Return every run of the product's deployments that runs or is about to, whatever number there are."""
    from prefect.client.schemas import filters  # noqa: PLC0415 - Prefect reads the environment as it is imported
    from prefect.client.schemas.objects import StateType  # noqa: PLC0415
    from prefect.client.schemas.sorting import FlowRunSort  # noqa: PLC0415

    kinds = filters.FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    under_way = filters.FlowRunFilter(state=filters.FlowRunFilterState(type=kinds))
    found: list[FlowRun] = []
    while True:
        page = await _page(client, under_way, FlowRunSort.ID_DESC, offset=len(found))
        found += page
        if len(page) < PAGE:
            return found


async def _page(
    client: "PrefectClient", wanted: "FlowRunFilter", sort: "FlowRunSort", *, offset: int = 0
) -> list["FlowRun"]:
    """Return a page of runs of the product's deployments."""
    from prefect.client.schemas import filters  # noqa: PLC0415 - Prefect reads the environment as it is imported

    from flows.deployments import DEPLOYMENTS  # noqa: PLC0415

    # A deployment of somebody else's flow may have the same name.
    flows = filters.FlowFilterName(any_=sorted({one.flow.name for one in DEPLOYMENTS}))
    names = filters.DeploymentFilterName(any_=[one.name for one in DEPLOYMENTS])
    return await client.read_flow_runs(
        flow_filter=filters.FlowFilter(name=flows),
        flow_run_filter=wanted,
        deployment_filter=filters.DeploymentFilter(name=names),
        sort=sort,
        limit=PAGE,
        offset=offset,
    )


async def drop_older_late(client: "PrefectClient", now: datetime) -> None:
    """Leave the newest of each schedule's late runs that nobody has begun: it does what the others would have done.

    A few are cancelled, to be seen; whoever takes one meanwhile finds it so, or does what is to be done. Of a crowd
    they are deleted, as the server takes long to cancel thousands.
    """
    from prefect.client.schemas import filters  # noqa: PLC0415 - Prefect reads the environment as it is imported
    from prefect.client.schemas.sorting import FlowRunSort  # noqa: PLC0415
    from prefect.states import Cancelled  # noqa: PLC0415

    late = filters.FlowRunFilter(
        # A run that somebody started, or that tries again, is not one of many.
        tags=filters.FlowRunFilterTags(all_=["auto-scheduled"]),
        state=filters.FlowRunFilterState(name=filters.FlowRunFilterStateName(any_=["Scheduled", "Late"])),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(before_=now - LATE),
    )
    while page := await _page(client, late, FlowRunSort.EXPECTED_START_TIME_DESC):
        of_each: dict[UUID, list[UUID]] = defaultdict(list)
        for run in page:
            if run.deployment_id is not None:
                of_each[run.deployment_id].append(run.id)
        for _, *older in of_each.values():
            if len(older) >= CROWD:
                await _delete(client, older)
            else:
                for one in older:
                    await client.set_flow_run_state(one, Cancelled(message=PASSED_OVER))
        if len(page) < PAGE:
            return


async def _delete(client: "PrefectClient", runs: Sequence[UUID]) -> None:
    """Delete runs, unless somebody has taken them meanwhile."""
    for first in range(0, len(runs), AT_ONCE):
        ids = [str(one) for one in runs[first : first + AT_ONCE]]
        some = {"id": {"any_": ids}, "state": {"type": {"any_": ["SCHEDULED"]}}}
        # The client's list of what a server answers lacks it.
        await client.request("POST", "/flow_runs/bulk_delete", json={"flow_runs": some})  # type: ignore[arg-type]


async def _heard(client: "PrefectClient", run: UUID, since: datetime) -> bool:
    """Say whether a run has said since then that it lives."""
    wanted = {
        "event": {"name": ["prefect.flow-run.heartbeat"]},
        "resource": {"id": [f"prefect.flow-run.{run}"]},
        "occurred": {"since": since.isoformat()},
    }
    found = await client.request("POST", "/events/filter", json={"filter": wanted, "limit": 1})
    return bool(found.json()["total"])


async def _begin_another(client: "PrefectClient", run: "FlowRun") -> None:
    """Begin another run in the place of one that its schedule would have begun again; one by hand is somebody's own."""
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415 - Prefect reads the environment as it is imported

    if run.deployment_id is None:
        return
    try:
        deployment = await client.read_deployment(run.deployment_id)
    except ObjectNotFound:
        # It was deleted meanwhile. The others that were marked still get another run each.
        return
    if not deployment.paused and any(one.active for one in deployment.schedules):
        await client.create_flow_run_from_deployment(deployment.id)
