"""A word to those who look after the product: started by Prefect's automations, or by hand to try the way."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from prefect import State, flow, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.clock import instant
from notifications.channels import DeliveryFailed
from operations.alerting import alert
from operations.channels import open_channel
from operations.settings import Settings

#: After how many seconds, each time, an alert that did not go out is tried again.
AGAIN_AFTER = (30, 120, 600, 3600)

#: For so long what goes wrong with one deployment is one letter.
GATHERED: Final = timedelta(hours=1)

#: More than so many are not counted.
_MOST: Final = 200


def _name() -> str:
    return f"通知管理员：{flow_run.parameters['subject']}"


@flow(name="通知管理员", flow_run_name=_name, timeout_seconds=7200)
async def notify_administrators(
    subject: str, body: str = "", matter: str | None = None, deployment: str | None = None, now: datetime | None = None
) -> State[Mapping[str, Any]]:
    """Write to the administrators through the product's channel. A mail server that is away is tried again for hours.

    The database is not opened: it may be what went wrong. Of a `deployment` it is said how often it failed of late.
    """
    settings = Settings()
    at = instant(now)
    pages = [f"控制台：{settings.console_url}"] if settings.console_url else []
    text = "\n\n".join([body or subject, *await _gathered(deployment), *pages, f"运行：{flow_run.name}"])
    about = matter or str(flow_run.id)
    for wait in (*AGAIN_AFTER, None):
        try:
            sent = await asyncio.to_thread(
                alert, open_channel(settings), settings.administrator_mails, subject, text, at, matter=about
            )
            return Completed(message=f"已发出 {sent} 封", data={"sent": sent})
        except DeliveryFailed as failure:
            if wait is None or failure.permanent:
                return Failed(message=f"{failure.words.zh}（收件地址：LINXUAN_ADMINISTRATORS）")
            get_run_logger().warning("%s；%d 秒后再试", failure.words.zh, wait)
            await asyncio.sleep(wait)
    raise AssertionError("the last try returns")


async def _gathered(deployment: str | None) -> list[str]:
    """Say how often a deployment failed within the time that one letter stands for, where that can be told."""
    if not deployment:
        return []
    kinds = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    try:
        async with get_client() as client:
            failed = await client.read_flow_runs(
                deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[deployment])),
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=kinds), end_time=FlowRunFilterEndTime(after_=instant(None) - GATHERED)
                ),
                limit=_MOST,
            )
    except Exception as error:  # noqa: BLE001 - whatever it is, the letter matters more than the count
        get_run_logger().warning("没有数出失败的次数：%s", type(error).__name__)
        return []
    count = f"{_MOST} 次以上" if len(failed) == _MOST else f"{len(failed)} 次"
    return [f"过去一小时，这个流程失败或崩溃 {count}。同一流程一小时只写一封信；仍不正常的，一小时后再写。"]
