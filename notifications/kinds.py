"""The ways by which somebody is reached, and how their addresses are shown where not everybody may read them."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from programs import Words


class ChannelKind(StrEnum):
    """A kind of channel. An address of a robot is its name in the settings; of mail a mailbox, of SMS a number."""

    MAIL = "mail"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS = "sms"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]

    @property
    def is_robot(self) -> bool:
        """Whether its letters go through a robot of a group chat."""
        return self not in (ChannelKind.MAIL, ChannelKind.SMS)


_LABELS: Final = {
    ChannelKind.MAIL: Words("邮件", "mail"),
    ChannelKind.WECOM: Words("企业微信", "WeCom"),
    ChannelKind.DINGTALK: Words("钉钉", "DingTalk"),
    ChannelKind.FEISHU: Words("飞书", "Feishu"),
    ChannelKind.SMS: Words("短信", "SMS"),
}

#: So much of what a server has answered is kept.
ANSWER_LENGTH: Final = 160
_HIDDEN: Final = "…"
_MAILBOX: Final = re.compile(r"[^\s<>@,;:\"'()]+@[\w.-]+")
_NUMBER: Final = re.compile(r"(?<![\w+])\+?\d{11,15}(?!\w)")
#: What follows an address is a path or a query, which may be a robot's key.
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)


def shown_address(kind: ChannelKind, value: str) -> str:
    """Return an address so that whoever knows it finds it again, and nobody else learns it."""
    if kind.is_robot:
        return value
    if kind is ChannelKind.SMS:
        return f"{value[:-8]}****{value[-4:]}" if len(value) > 8 else "****"
    name, _, domain = value.rpartition("@")
    return f"{name[:1]}***@{domain}" if name else "***"


def shown_answer(answer: str, secrets: Iterable[str] = ()) -> str:
    """Return what a server has answered, short and in one line, without secrets, addresses and numbers of people."""
    for secret in secrets:
        if secret:
            answer = answer.replace(secret, _HIDDEN)
    answer = _URL.sub(_HIDDEN, answer)
    answer = _MAILBOX.sub(lambda found: shown_address(ChannelKind.MAIL, found[0]), answer)
    answer = _NUMBER.sub(lambda found: shown_address(ChannelKind.SMS, found[0]), answer)
    line = "".join(one if one.isprintable() else " " for one in answer)
    line = " ".join(line.split())
    return line if len(line) <= ANSWER_LENGTH else line[: ANSWER_LENGTH - 1] + _HIDDEN
