"""Reminders that are owed, delivered."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from prefect import State, flow

from flows.account import PATIENTLY, Account, Table, carry_out
from flows.clock import instant, named
from operations.desk import Desk
from operations.remind import remind
from operations.settings import Settings, open_channel


@flow(name="发送提醒", flow_run_name=named("提醒"), timeout_seconds=1800)
async def send_reminders(now: datetime | None = None) -> State[Mapping[str, Any]]:
    """Gather the reminders whose time has come into one letter for each recipient, and deliver what waits."""
    at = instant(now)
    return await carry_out("send-reminders", lambda desk: reminded(desk, at), again_after=PATIENTLY)


def reminded(desk: Desk, now: datetime) -> Account:
    """Deliver what is owed, and give account of it."""
    done = remind(desk, open_channel(Settings()), now)
    facts = asdict(done)
    row = {
        "汇总提醒": done.gathered,
        "已无须提醒": done.moot,
        "发出信函": done.sent,
        "稍后重试": done.put_off,
        "搁置待查": done.parked,
    }
    return Account(
        summary="，".join(f"{what} {count}" for what, count in row.items() if count) or "没有应发的提醒",
        facts=facts,
        parked=done.parked,
        tables=(Table("delivered", "提醒", [row] if any(facts.values()) else []),),
    )
