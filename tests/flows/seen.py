"""What an administrator sees of a run: its name, tags, state, message, tables and how far it has come."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect import Flow, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    DeploymentFilter,
    DeploymentFilterId,
)
from prefect.client.schemas.objects import FlowRun


@dataclass(frozen=True)
class Seen:
    name: str
    tags: set[str]
    state: str
    message: str
    result: Any
    tables: dict[str, list[dict[str, Any]]]
    progress: dict[str, float]
    descriptions: dict[str, str]
    pages: dict[str, str]


def run(flow: Flow[..., Any], *arguments: object, **parameters: object) -> Seen:
    """Run a flow, and look at it as the server shows it."""
    return asyncio.run(_run(flow, *arguments, **parameters))


async def _run(flow: Flow[..., Any], *arguments: object, **parameters: object) -> Seen:
    state = await flow(*arguments, **parameters, return_state=True)
    async with get_client() as client:
        known = await client.read_flow_run(state.state_details.flow_run_id)
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[known.id]))
        )
    return Seen(
        name=known.name,
        tags=set(known.tags),
        state=known.state_name,
        message=known.state.message,
        result=await state.aresult() if state.is_completed() else None,
        tables={artifact.key: json.loads(artifact.data) for artifact in artifacts if artifact.type == "table"},
        progress={artifact.key: float(artifact.data) for artifact in artifacts if artifact.type == "progress"},
        pages={artifact.key: artifact.data for artifact in artifacts if artifact.type == "markdown"},
        descriptions={artifact.key: artifact.description for artifact in artifacts},
    )


async def runs_of(deployment: UUID) -> list[FlowRun]:
    """Read the runs of a deployment.

    Tests share a server: of all its runs it would give any 200.
    """
    async with get_client() as client:
        return await client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])))
