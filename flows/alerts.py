"""A word to those who look after the product: started by Prefect's automations, or by hand to try the way."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prefect import State, flow
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.clock import instant
from notifications.channels import DeliveryFailed
from operations.alerting import alert
from operations.settings import Settings, open_channel

#: After how many seconds, each time, an alert that did not go out is tried again.
AGAIN_AFTER = (30, 120, 600, 3600)


def _name() -> str:
    return f"通知管理员：{flow_run.parameters['subject']}"


@flow(name="通知管理员", flow_run_name=_name, timeout_seconds=7200)
async def notify_administrators(
    subject: str, body: str = "", matter: str | None = None, now: datetime | None = None
) -> State[Mapping[str, Any]]:
    """Write to the administrators through the product's channel. A mail server that is away is tried again for hours.

    The database is not opened: it may be what went wrong.
    """
    settings = Settings()
    at = instant(now)
    pages = [f"控制台：{settings.console_url}"] if settings.console_url else []
    text = "\n\n".join([body or subject, *pages, f"运行：{flow_run.name}"])
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
