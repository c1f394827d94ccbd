"""How letters reach people from here: mail by the environment, robots and text messages by a file of their secrets.

The file is TOML, `channels.toml` in the data folder or what `LINXUAN_CHANNELS` names, and only its owner may read it:

    [robots]
    "江阳区人社局群" = "wecombot://KEY"
    "专家群" = "dingtalk://SECRET@TOKEN"

    [sms]
    url = "https://sms.example.org/messages"
    token = "…"
"""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from notifications.channels import Channel, FileChannel, SmtpChannel
from notifications.kinds import ChannelKind
from notifications.robots import Robot, RobotChannel, robot_of
from notifications.sms import SmsChannel, is_safe
from notifications.switchboard import Switchboard
from operations.results import UnknownError
from operations.settings import Settings
from programs import Words

_NO_ROBOTS: Mapping[str, Robot] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Beside:
    """What is set up beside mail: robots by their names, and the gateway of text messages."""

    robots: Mapping[str, Robot] = field(default_factory=lambda: _NO_ROBOTS)
    sms: tuple[str, str] | None = field(default=None, repr=False)

    def reaches(self, kind: ChannelKind, value: str) -> bool:
        """Whether an address can be used, as far as the settings tell."""
        if kind.is_robot:
            robot = self.robots.get(value)
            return robot is not None and robot.kind is kind
        return kind is ChannelKind.MAIL or self.sms is not None


def open_channel(settings: Settings) -> Channel:
    """Return the channel that reaches people: mail where a server is set, else a folder of .eml files; and the others.

    Raises `UnknownError` for a file of channels that cannot be read, or that others can read.
    """
    found = beside(settings)
    page = settings.letterhead.console
    channels: dict[ChannelKind, Channel] = {ChannelKind.MAIL: _mail(settings)}
    if found.robots:
        robots = RobotChannel(dict(found.robots), page)
        channels |= {robot.kind: robots for robot in found.robots.values()}
    if found.sms:
        channels[ChannelKind.SMS] = SmsChannel(*found.sms, page)
    return Switchboard(channels)


def open_alert_channel(settings: Settings) -> Channel:
    """Return the channel for alerts: mail alone where the file of the others cannot be used; they may be about that."""
    try:
        return open_channel(settings)
    except UnknownError:
        return Switchboard({ChannelKind.MAIL: _mail(settings)})


def is_kept_in_files(settings: Settings) -> bool:
    """Whether letters by mail are put into a folder instead."""
    return settings.smtp_host is None


def outbox_of(settings: Settings) -> Path:
    """Return that folder."""
    return settings.outbox or settings.data / "outbox"


def channels_file(settings: Settings) -> Path:
    """Return where the file of the channels beside mail is, or would be."""
    return settings.channels or settings.data / "channels.toml"


def beside(settings: Settings) -> Beside:
    """Return what is set up beside mail; nothing without a file. Raises `UnknownError`, which tells no secret."""
    file = channels_file(settings)
    try:
        if settings.channels is None and not file.exists():
            return Beside()
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise UnknownError(
                Words(
                    "通知方式的配置文件 {file} 别人也能读，其中有密钥；请运行 chmod 600 {file}",
                    "others can read {file}, which holds keys; run chmod 600 {file}",
                ).format(file=file)
            )
        told = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # What a TOML error says is a place, and at most one character.
        raise _unfit(file, str(getattr(error, "strerror", None) or error)) from None
    return _read(file, told)


def _read(file: Path, told: Mapping[str, Any]) -> Beside:
    if unknown := sorted(told.keys() - {"robots", "sms"}):
        raise _unfit(file, f"[{unknown[0]}]")
    robots, sms = told.get("robots", {}), told.get("sms")
    if not isinstance(robots, dict) or not isinstance(sms, (dict, type(None))):
        raise _unfit(file, "[robots], [sms]")
    found = {}
    for name, url in robots.items():
        try:
            found[name] = robot_of(url if isinstance(url, str) else "")
        except ValueError as error:
            raise _unfit(file, f"[robots] {name}: {error}") from None
    if sms is None:
        return Beside(found)
    url, token = sms.get("url"), sms.get("token")
    if sms.keys() != {"url", "token"} or not isinstance(url, str) or not isinstance(token, str) or not token.isascii():
        raise _unfit(file, "[sms] url, token")
    if not is_safe(url):
        raise _unfit(file, "[sms] url: https://…")
    return Beside(found, (url, token.strip()))


def _unfit(file: Path, why: str) -> UnknownError:
    return UnknownError(
        Words(
            "通知方式的配置文件 {file} 不对：{why}；写法见 docs/channels.md",
            "the file of channels {file} is wrong: {why}; docs/channels.md says how to write it",
        ).format(file=file, why=why)
    )


def _mail(settings: Settings) -> Channel:
    if settings.smtp_host is None:
        return FileChannel(outbox_of(settings))
    password = settings.smtp_password
    return SmtpChannel(
        settings.smtp_host,
        settings.smtp_port,
        sender=settings.smtp_sender,
        user=settings.smtp_user or None,
        password=password.get_secret_value() if password else None,
        security=settings.smtp_security,
        connections=settings.smtp_connections,
    )
