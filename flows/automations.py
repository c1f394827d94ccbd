"""What Prefect does by itself when something goes wrong: declared once, and brought up to date at every deployment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.telling import OUTBOX, PARKED

#: A run says that it lives every so many seconds; it is taken for dead when it has not for three times as long.
HEARTBEAT = 30
SILENCE = timedelta(seconds=3 * HEARTBEAT)

#: How long nothing may have been swept before somebody is told.
UNSWEPT = timedelta(hours=1)

#: How long after a run of a program's course broke down the next one begins.
COURSE_AGAIN = timedelta(hours=1)

#: All that are ours; one of these that is not declared any more is taken away.
PREFIX = "遴选："


def automations(deployments: Mapping[str, UUID]) -> tuple[AutomationCore, ...]:
    """Return the automations, given the deployments by their names."""
    watched = ("deadline-sweep", "close-publicity", "send-reminders", "backup", "audit", "calendar-watch", "course")
    ours = ResourceSpecification({"prefect.resource.id": [f"prefect.deployment.{deployments[one]}" for one in watched]})
    sweeps = ResourceSpecification({"prefect.resource.id": f"prefect.deployment.{deployments['deadline-sweep']}"})
    runs = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})
    return (
        AutomationCore(
            name=f"{PREFIX}没有音讯的运行标为崩溃",
            description="进程被杀或机器断电的运行不会自己结束；连续 90 秒没有心跳即标为崩溃，让出位置。",
            trigger=EventTrigger(
                posture=Posture.Proactive,
                match=runs,
                after={"prefect.flow-run.heartbeat"},
                expect={
                    "prefect.flow-run.heartbeat",
                    "prefect.flow-run.Completed",
                    "prefect.flow-run.Failed",
                    "prefect.flow-run.Cancelled",
                    "prefect.flow-run.Crashed",
                    "prefect.flow-run.TimedOut",
                    "prefect.flow-run.AwaitingRetry",
                },
                for_each={"prefect.resource.id"},
                threshold=1,
                within=SILENCE,
            ),
            actions=[ChangeFlowRunState(state=StateType.CRASHED, message="进程没有音讯，可能已被杀死")],
        ),
        AutomationCore(
            name=f"{PREFIX}定时流程失败或崩溃",
            description="到期巡检、公示期满、发送提醒、备份、核验等失败或崩溃时，写信给管理员；同一小时只写一次。",
            trigger=EventTrigger(
                posture=Posture.Reactive,
                match=runs,
                match_related=ours,
                expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
                threshold=1,
                within=timedelta(0),
            ),
            actions=[
                _notify(
                    deployments,
                    subject="运行失败：{{ flow_run.name }}",
                    body="“{{ flow_run.name }}”的状态是 {{ flow_run.state.name }}：{{ flow_run.state.message }}\n\n"
                    "已经办理的仍然有效，下一次运行会接着办。连续失败请查看 Prefect 页面和 linxuan doctor。",
                    matter="failed-{{ flow_run.id }}",
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
                within=UNSWEPT,
            ),
            actions=[
                _notify(
                    deployments,
                    subject="一小时没有完成到期巡检",
                    body="到期的申报没有人办理。请核对定时流程的进程是否在运行、有无卡住的运行，再看 linxuan doctor。",
                    matter=None,
                )
            ],
        ),
        AutomationCore(
            name=f"{PREFIX}日程中断",
            description="项目日程的运行随机器一起中断，没有排定下一次；一小时后接着运行这个项目的日程。",
            trigger=EventTrigger(
                posture=Posture.Reactive,
                match=runs,
                match_related=ResourceSpecification(
                    {"prefect.resource.id": f"prefect.deployment.{deployments['course']}"}
                ),
                expect={"prefect.flow-run.Crashed"},
                threshold=1,
                within=timedelta(0),
            ),
            actions=[
                RunDeployment(
                    source="selected",
                    deployment_id=deployments["course"],
                    parameters={
                        "program": _template("{{ flow_run.parameters['program'] }}"),
                        # A run that was to be the only one stays so.
                        "follow": {
                            "__prefect_kind": "json",
                            "value": _template(
                                "{{ (flow_run.parameters['follow'] | default(true) and not flow_run.parameters['now'])"
                                " | tojson }}"
                            ),
                        },
                    },
                    schedule_after=COURSE_AGAIN,
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


def _notify(deployments: Mapping[str, UUID], *, subject: str, body: str, matter: str | None) -> RunDeployment:
    told = {"subject": subject, "body": body} | ({"matter": matter} if matter else {})
    return RunDeployment(
        source="selected",
        deployment_id=deployments["notify-administrators"],
        parameters={name: _template(text) if "{{" in text else text for name, text in told.items()},
    )


def _template(text: str) -> dict[str, Any]:
    return {"__prefect_kind": "jinja", "template": text}


async def declare(client: PrefectClient, deployments: Mapping[str, UUID]) -> None:
    """Have the server know these automations, each once. One that an administrator has paused stays so."""
    known = {one.name: one for one in await client.read_automations() if one.name.startswith(PREFIX)}
    for one in automations(deployments):
        there = known.pop(one.name, None)
        if there is None:
            await client.create_automation(one)
        else:
            await client.update_automation(there.id, one.model_copy(update={"enabled": there.enabled}))
    for left in known.values():
        await client.delete_automation(left.id)
