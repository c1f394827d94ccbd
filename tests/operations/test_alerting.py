"""Alerts reach every administrator who can be reached."""

from datetime import datetime

import pytest

from deadlines import SHANGHAI
from notifications.channels import DeliveryFailed, MemoryChannel
from notifications.letters import Letter
from operations.alerting import alert
from programs import Words

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
MAILS = ("gone@example.org", "first@example.org", "second@example.org")


class Refusing(MemoryChannel):
    """A channel that some addresses are refused at for good."""

    def __init__(self, *refused: str) -> None:
        super().__init__()
        self._refused = refused

    def deliver(self, letter: Letter) -> None:
        if letter.address in self._refused:
            raise DeliveryFailed(Words("没有这个地址", "there is no such address"), permanent=True)
        super().deliver(letter)


def test_address_that_is_refused_keeps_nobody_else_from_being_written_to():
    channel = Refusing("gone@example.org")
    assert alert(channel, MAILS, "备份失败", "请查看", NOW, matter="backup") == 2
    assert [one.address for one in channel.letters] == ["first@example.org", "second@example.org"]


class Unforeseen(Refusing):
    """A channel that fails at some addresses, and at its end, as nobody has thought of."""

    def deliver(self, letter: Letter) -> None:
        if letter.address in self._refused:
            raise UnicodeError("label too long")
        super().deliver(letter)

    def close(self) -> None:
        raise RuntimeError("a plugin's")


def test_address_at_which_the_program_fails_keeps_nobody_else_from_being_written_to():
    channel = Unforeseen("gone@example.org")
    assert alert(channel, MAILS, "备份失败", "请查看", NOW, matter="backup") == 2
    with pytest.raises(DeliveryFailed, match="the program failed") as raised:
        alert(Unforeseen(*MAILS), MAILS, "备份失败", "请查看", NOW, matter="backup")
    assert not raised.value.permanent


def test_alert_that_reaches_nobody_has_failed():
    with pytest.raises(DeliveryFailed, match="no such address"):
        alert(Refusing(*MAILS), MAILS, "备份失败", "请查看", NOW, matter="backup")
