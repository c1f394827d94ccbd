"""What Prefect does by itself when something goes wrong: declared once, and brought up to date at every deployment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.events.actions import RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.alerts import GATHERED
from flows.telling import OUTBOX, PARKED
from flows.wording import STATES

#: How long nothing may have been swept before somebody is told.
UNSWEPT = timedelta(hours=1)

#: What the state of a run is called, in the language of templates.
_STATE = f"{{{{ {dict(STATES)}.get(flow_run.state.name, flow_run.state.name) }}}}"

#: All that are ours; one of these that is not declared any more is taken away.
PREFIX = "遴选："


def automations(deployments: Mapping[str, UUID], unswept: timedelta = UNSWEPT) -> tuple[AutomationCore, ...]:
    """Return the automations, given the deployments by their names, and how long nothing may have been swept."""
    watched = (
        *("deadline-sweep", "close-publicity", "send-reminders", "backup", "audit", "calendar-watch"),
        *("course", "course-watch", "daily-summary"),
    )
    ours = ResourceSpecification({"prefect.resource.id": [f"prefect.deployment.{deployments[one]}" for one in watched]})
    sweeps = ResourceSpecification({"prefect.resource.id": f"prefect.deployment.{deployments['deadline-sweep']}"})
    runs = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
    return (
        AutomationCore(
            name=f"{PREFIX}定时流程失败或崩溃",
            description="到期巡检、公示期满、发送提醒、备份、核验等失败或崩溃时，写信给管理员；同一流程一小时只写一次，写明次数，其后又有的补写一封。",
            trigger=EventTrigger(
                posture=Posture.Reactive,
                match=runs,
                match_related=ours,
                expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
                # The first is told at once; what fails within the hour after it waits for the next letter, or the look
                # that each letter plans.
                for_each={"related:deployment:prefect.resource.id"},
                threshold=1,
                within=GATHERED,
            ),
            actions=[
                _notify(
                    deployments,
                    subject="运行失败：{{ flow_run.name }}",
                    body="“{{ flow_run.name }}”的状态是 " + _STATE + "：{{ flow_run.state.message }}\n\n"
                    "已经办理的仍然有效，下一次运行会接着办。连续失败请查看 Prefect 页面和 linxuan doctor。",
                    matter="failed-{{ flow_run.id }}",
                    deployment="{{ deployment.name }}",
                )
            ],
        ),
        AutomationCore(
            name=f"{PREFIX}一小时没有巡检",
            description="到期巡检每 5 分钟一次；一小时没有一次完成，写信给管理员。",
            trigger=EventTrigger(
                posture=Posture.Proactive,
                match=runs,
                match_related=sweeps,
                expect={"prefect.flow-run.Completed"},
                threshold=1,
                within=unswept,
            ),
            actions=[
                _notify(
                    deployments,
                    subject="一小时没有完成到期巡检",
                    body="到期的申报没有人办理。请核对定时流程的进程是否在运行、有无卡住的运行，再看 linxuan doctor。",
                )
            ],
        ),
        AutomationCore(
            name=f"{PREFIX}信函搁置",
            description="有提醒多次发送失败、已经搁置时，写信给管理员。",
            trigger=EventTrigger(
                posture=Posture.Reactive,
                match=ResourceSpecification({"prefect.resource.id": OUTBOX}),
                expect={PARKED},
                threshold=1,
                within=timedelta(0),
            ),
            actions=[
                _notify(
                    deployments,
                    subject="{{ event.payload.count }} 封信函没有送达，已搁置",
                    body="收件人的地址可能有误，或邮件服务器拒收。请运行 linxuan doctor 查看，更正后重新发送。",
                    matter="parked-{{ event.id }}",
                )
            ],
        ),
    )


def _notify(deployments: Mapping[str, UUID], **told: str) -> RunDeployment:
    """Write to the administrators; `told` are the parameters of the flow that does it."""
    return RunDeployment(
        source="selected",
        deployment_id=deployments["notify-administrators"],
        parameters={name: _template(text) if "{{" in text else text for name, text in told.items()},
    )


def _template(text: str) -> dict[str, Any]:
    return {"__prefect_kind": "jinja", "template": text}


async def declare(client: PrefectClient, deployments: Mapping[str, UUID], unswept: timedelta = UNSWEPT) -> None:
    """Have the server know these automations, each once. One that an administrator has paused stays so."""
    known = {one.name: one for one in await client.read_automations() if one.name.startswith(PREFIX)}
    for one in automations(deployments, unswept):
        there = known.pop(one.name, None)
        if there is None:
            await client.create_automation(one)
        else:
            await client.update_automation(there.id, one.model_copy(update={"enabled": there.enabled}))
    for left in known.values():
        await client.delete_automation(left.id)
