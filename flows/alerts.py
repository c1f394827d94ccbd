"""A word to those who look after the product: started by Prefect's automations, or by hand to try the way."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from prefect import State, get_client, runtime
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, Scheduled

from flows.account import UnansweredError, answer_to
from flows.clock import instant
from flows.forms import form
from flows.wording import in_words
from notifications.channels import DeliveryFailed
from operations.alerting import alert
from operations.channels import open_alert_channel
from operations.settings import Settings

#: After how many seconds, each time, an alert that did not go out is tried again.
AGAIN_AFTER = (30, 120, 600, 3600)

#: For so long what goes wrong with one deployment is one letter.
GATHERED: Final = timedelta(hours=1)

#: So long after a letter it is looked whether more failed that nobody was written to about: by then the next letter, of
#: what went on failing, would have begun.
LOOKED_AGAIN: Final = GATHERED + timedelta(minutes=10)

#: More than so many are not counted.
_MOST: Final = 200


def _name(asked: Mapping[str, Any]) -> str:
    return f"通知管理员：{asked['subject']}{'（其后）' if asked['since'] else ''}"


@form("通知管理员", _name, timeout_seconds=7200)
async def notify_administrators(
    subject: str,
    body: str = "",
    matter: str | None = None,
    deployment: str | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> State[Mapping[str, Any]]:
    """Write to the administrators through the product's channel, for some 70 minutes while a mail server is away.

    The database is not opened: it may be what went wrong. Of a `deployment` it is said how often it failed of late, and
    a run is planned that looks what failed in the hour after. That one has a `since`: it writes of what failed since
    then, unless nothing did, or another letter has told of it.
    """
    settings = Settings()
    at = instant(now)
    told: Sequence[str] = ()
    if deployment and since:
        try:
            failed = await answer_to(lambda: _failed(deployment, after=instant(since)))
            told_elsewhere = bool(failed) and await answer_to(lambda: _is_told(deployment, after=instant(since)))
        except UnansweredError as error:
            return Failed(message=error.words.zh)
        if not failed or told_elsewhere:
            return Completed(message="其后没有须另外写信的失败", data={"sent": 0})
        subject = f"{subject}（其后又有 {_count(failed)}）"
        last = failed[0]
        told = [
            f"{instant(since):%m-%d %H:%M} 的信之后，同一流程又失败或崩溃 {_count(failed)}。",
            f"最近一次：{last.name}：{(last.state and last.state.message) or ''}",
        ]
    elif deployment:
        told = await _gathered(deployment)
        await _look_again(subject, deployment, at)
    pages = [f"控制台：{settings.console_url}"] if settings.console_url else []
    text = in_words("\n\n".join([body or subject, *told, *pages, f"运行：{flow_run.name}"]))
    about = matter or str(flow_run.id)
    for wait in (*AGAIN_AFTER, None):
        try:
            sent = await asyncio.to_thread(
                alert, open_alert_channel(settings), settings.administrator_mails, subject, text, at, matter=about
            )
            return Completed(message=f"已发出 {sent} 封", data={"sent": sent})
        except DeliveryFailed as failure:
            if wait is None or failure.permanent:
                return Failed(message=f"{failure.words.zh}（收件地址：LINXUAN_ADMINISTRATORS）")
            get_run_logger().warning("%s；%d 秒后再试", failure.words.zh, wait)
            await asyncio.sleep(wait)
    raise AssertionError("the last try returns")


async def _gathered(deployment: str) -> list[str]:
    """Say how often a deployment failed within the time that one letter stands for, where that can be told."""
    try:
        failed = await _failed(deployment, after=instant(None) - GATHERED)
    except Exception as error:  # noqa: BLE001 - whatever it is, the letter matters more than the count
        get_run_logger().warning("没有数出失败的次数：%s", type(error).__name__)
        return []
    return [
        f"过去一小时，这个流程失败或崩溃 {_count(failed)}。同一流程一小时只写一封信；其后又有失败的，一小时后再写。"
    ]


async def _failed(deployment: str, after: datetime) -> list[FlowRun]:
    """Return the runs of a deployment that failed or crashed after an instant, the last first, `_MOST` at most."""
    kinds = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    async with get_client() as client:
        return await client.read_flow_runs(
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[deployment])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=kinds), end_time=FlowRunFilterEndTime(after_=after)
            ),
            sort=FlowRunSort.END_TIME_DESC,
            limit=_MOST,
        )


def _count(failed: Sequence[FlowRun]) -> str:
    return f"{_MOST} 次以上" if len(failed) == _MOST else f"{len(failed)} 次"


async def _is_told(deployment: str, after: datetime) -> bool:
    """Say whether another letter about a deployment was begun after an instant: it counts the failures of its hour."""
    async with get_client() as client:
        begun = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[notify_administrators.name])),
            flow_run_filter=FlowRunFilter(start_time=FlowRunFilterStartTime(after_=after)),
            limit=_MOST,
        )
    return any(
        one.parameters.get("deployment") == deployment and not one.parameters.get("since")
        for one in begun
        if one.state_type in (StateType.RUNNING, StateType.COMPLETED)
    )


async def _look_again(subject: str, deployment: str, at: datetime) -> None:
    """Plan the run that looks what failed in the hour after; none for a letter that nothing has deployed."""
    if not runtime.deployment.id:
        return
    asked = {"subject": subject, "deployment": deployment, "since": at.isoformat()}
    try:
        async with get_client() as client:
            await client.create_flow_run_from_deployment(
                UUID(str(runtime.deployment.id)),
                name=_name(asked),
                parameters=asked,
                state=Scheduled(scheduled_time=at + LOOKED_AGAIN),
                # A run that is begun again plans the same one.
                idempotency_key=f"{flow_run.id}-later",
            )
    except Exception as error:  # noqa: BLE001 - whatever it is, the letter matters more
        get_run_logger().warning("没有排定一小时后再看：%s", type(error).__name__)
