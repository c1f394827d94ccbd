from contextlib import suppress
from datetime import timedelta

import pytest

from flows.progress import Progress
from flows.reminders import LetterCount, Watched, send_reminders
from flows.sweeps import deadline_sweep
from notifications.channels import Channel, DeliveryFailed, MemoryChannel
from operations.remind import Delivery
from operations.results import OutsideError
from programs import Words
from tests.flows.seen import run


def test_owed_reminders_are_delivered_once(played, settings):
    played("2019-07-30T23:00+08:00")
    run(deadline_sweep, now="2019-07-31T00:00")
    seen = run(send_reminders, now="2019-07-31T09:00")
    assert seen.name == "提醒 07-31 09:00"
    letters = list((settings.data / "outbox").glob("*.eml"))
    assert seen.result["sent"] == len(letters) > 0
    [row] = seen.tables["send-reminders-delivered"]
    assert row["发出信函"] == len(letters)
    assert f"发出信函 {len(letters)}" in seen.message
    assert seen.tags == {"luzhou-chief-technician-2019"}
    again = run(send_reminders, now="2019-07-31T09:15")
    assert again.message == "没有应发的提醒"
    assert again.tables == {}


class Refusing(Channel):
    def deliver(self, letter: object) -> None:
        del letter
        raise DeliveryFailed(Words("收件人不存在", "no such recipient"), permanent=True)


@pytest.mark.parametrize("channel", [MemoryChannel(), Refusing()])
def test_letters_are_the_progress_of_their_run_whatever_becomes_of_them(channel):
    progress = Progress()
    watched = Watched(channel, LetterCount(progress, 2))
    shown = []
    # One more has come since they were counted.
    for _ in range(3):
        with suppress(DeliveryFailed):
            watched.deliver(object())
        shown.append((progress.percent, progress.words))
    assert shown == [(50.0, "第 1 封，共 2 封"), (100.0, "第 2 封，共 2 封"), (100.0, "第 3 封，共 3 封")]


class Several(MemoryChannel):
    """A channel with others beside it."""

    def __init__(self, *others: Channel) -> None:
        super().__init__()
        self._others = others

    def beside(self):
        return self._others


def test_a_run_sends_over_all_connections_of_its_channel_and_counts_them_together():
    progress, other = Progress(), MemoryChannel()
    channel = Several(other)
    watched = Watched(channel, LetterCount(progress, 4))
    [beside] = watched.beside()
    for one in (watched, beside, beside):
        one.deliver("letter")
    assert (len(channel.letters), len(other.letters), progress.words) == (1, 2, "第 3 封，共 4 封")


def test_another_try_counts_its_leases_from_its_own_instant(settings, monkeypatch):
    del settings
    tries = []

    def away(_desk, _channel, now, *, clock, has_time):
        assert has_time()
        tries.append((now, clock()))
        if len(tries) == 1:
            raise OutsideError(Words("数据库服务器不在", "away"))
        return Delivery()

    monkeypatch.setattr("flows.reminders.remind", away)
    monkeypatch.setattr("flows.reminders.PATIENTLY", (0.05,))
    assert run(send_reminders, now="2019-07-31T09:00").state == "Completed"
    instants = [instant for one in tries for instant in one]
    assert instants == sorted(set(instants))
    assert instants[2] - instants[0] >= timedelta(seconds=0.05)
