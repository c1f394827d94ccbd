"""Whether letters can go by the channels that people are reached by, and what failed of late."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from notifications.kinds import ChannelKind, shown_address
from operations.alerting import RECIPIENT, way_to
from operations.channels import Beside, beside, channels_file, is_kept_in_files
from operations.checks import Check, State, well
from operations.results import UnknownError
from operations.settings import Settings
from programs import Words
from store import Vault
from store import tables as t
from store.vault import vault_of

#: How far back tries are counted, and how many of them at most.
_LATELY, _TRIES = timedelta(days=1), 5000


def channel_checks(settings: Settings, connection: Connection, now: datetime) -> Iterator[Check]:
    """Check the file of channels, the addresses that need it, and the tries of the last day."""
    try:
        found = beside(settings)
    except UnknownError as error:
        yield Check("channels", State.WRONG, error.words, Words("linxuan remind 在此之前不能发送", "mend it"))
        return
    yield _set_up(settings, connection, found)
    yield _tries(connection, now)


def _set_up(settings: Settings, connection: Connection, found: Beside) -> Check:
    """Look for addresses that no setting serves."""
    of = t.address.c
    rows = connection.execute(select(of.recipient, of.channel, of.sealed, of.shown).order_by(of.id)).all()
    vault = _vault(settings, connection) if rows else None
    lost = []
    for row in rows:
        kind = ChannelKind(row.channel)
        # A number is as good as another here; of a robot the name is what is looked for, and that is shown.
        value = row.shown if kind.is_robot or vault is None else _unsealed(vault, row.sealed)
        if not found.reaches(kind, value):
            lost.append((row.recipient, kind, row.shown))
    for told in settings.administrator_mails:
        kind, value = way_to(told)
        if not found.reaches(kind, value):
            lost.insert(0, (RECIPIENT, kind, shown_address(kind, value)))
    if lost:
        recipient, kind, shown = lost[0]
        message = Words(
            "{count} 个收件地址投不出去，首个：{recipient}（{kind} {shown}）",
            "{count} addresses cannot be used, the first: {recipient} ({kind} {shown})",
        ).format(count=len(lost), recipient=recipient, kind=kind.label, shown=shown)
        remedy = Words(
            "请在 {file} 中设置机器人或短信网关，或用 linxuan address remove 删去；"
            "系统管理员的写在 LINXUAN_ADMINISTRATORS",
            "set the robot or the gateway up in {file}, or remove the address: linxuan address remove; "
            "those of administrators stand in LINXUAN_ADMINISTRATORS",
        ).format(file=channels_file(settings))
        return Check("channels", State.WARNING, message, remedy)
    if not settings.administrator_mails and not is_kept_in_files(settings):
        message = Words(
            "没有人收告警：流程失败、信函搁置都不会有人知道",
            "nobody gets alerts: of runs that fail nobody is told",
        )
        remedy = Words(
            "请把 LINXUAN_ADMINISTRATORS 设为系统管理员的邮箱，并以流程 notify-administrators 试投",
            "set LINXUAN_ADMINISTRATORS to a mailbox, and try it with the flow notify-administrators",
        )
        return Check("channels", State.WARNING, message, remedy)
    robots, sms = len(found.robots), int(found.sms is not None)
    return well(
        "channels",
        f"通知方式：邮件，机器人 {robots} 个，短信网关 {sms} 个",
        f"channels: mail, {robots} robots, {sms} SMS gateways",
    )


def _vault(settings: Settings, connection: Connection) -> Vault | None:
    try:
        return vault_of(settings.secrets(), connection.execute(select(t.vault_key.c.fingerprint)).scalar())
    except (OSError, ValueError):
        # That the key is missing or wrong is another check's to say.
        return None


def _unsealed(vault: Vault, sealed: bytes) -> str:
    try:
        return vault.unseal(sealed)
    except InvalidTag:
        return ""


def _tries(connection: Connection, now: datetime) -> Check:
    of = t.delivery.c
    newest = connection.execute(select(func.max(of.id))).scalar() or 0
    query = select(of.channel, of.outcome).where(of.id > newest - _TRIES, of.tried_at > now - _LATELY)
    counted = Counter(connection.execute(query).tuples().all())
    kinds = sorted({channel for channel, _ in counted})
    # A channel is down where nothing of what was tried has gone out.
    down = [one for one in kinds if not counted[one, "accepted"]]
    said = [
        (ChannelKind(one).label, counted[one, "accepted"], sum(counted[one, what] for what in _NOT)) for one in kinds
    ]
    zh = "；".join(f"{label.zh} 发出 {good} 次，未成 {bad} 次" for label, good, bad in said) or "没有投递"
    en = "; ".join(f"{label.en} {good} taken, {bad} not" for label, good, bad in said) or "nothing was tried"
    if down:
        remedy = Words(
            "请检查该通知方式的设置和网络；每次投递的应答见 linxuan remind show",
            "check that channel and the network; linxuan remind show tells what was answered",
        )
        return Check("deliveries", State.WARNING, Words(f"近一日：{zh}", f"within a day: {en}"), remedy)
    return well("deliveries", f"近一日：{zh}", f"within a day: {en}")


_NOT: Final = ("refused", "failed", "unsure")
