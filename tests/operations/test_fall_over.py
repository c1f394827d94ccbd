"""A message goes to its recipient's next address when one fails; each try is logged, and nobody is sent it twice."""

from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from notifications.channels import Channel, DeliveryFailed, MemoryChannel
from notifications.kinds import ChannelKind
from notifications.letters import Letter
from notifications.sms import SmsChannel
from notifications.switchboard import Switchboard
from operations.actors import Actor, Role
from operations.acts import Act
from operations.addresses import (
    MOST,
    add_address,
    list_addresses,
    prefer_address,
    remove_address,
)
from operations.messages import Released, release
from operations.outbox import Delivered, claim, note
from operations.remind import LEASE, Delivery, next_delivery, remind
from operations.results import Denied, UnknownError
from operations.tracing import trace
from programs import Words
from store import INSTALLATION, events_of
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.http_server import serving
from tests.operations.office import Office

pytestmark = on(SQLITE)

NUMBER, SHOWN = "+8613800138000", "+86138****8000"
FULL = DeliveryFailed(Words("邮箱已满", "full"), permanent=False, answer="452 4.2.2 full")
NONE = DeliveryFailed(Words("没有此人", "nobody"), permanent=True, answer="550 5.1.1 nobody")
LOST = DeliveryFailed(Words("没有应答", "no answer"), permanent=False, answer="ReadTimeout", unsure=True)


class Ways(Channel):
    """Delivers by every kind of channel, and fails by those that it is told fail, in the way that it is told."""

    def __init__(self, **failing: DeliveryFailed) -> None:
        self.failing = failing
        self.accepted: list[Letter] = []
        self.tried: list[tuple[str, str | None]] = []

    def deliver(self, letter: Letter) -> str:
        self.tried.append((letter.by.value, letter.address))
        if failure := self.failing.get(letter.by.value):
            raise failure
        self.accepted.append(letter)
        return f"250 {letter.by}"


def of_all(office: Office) -> Act:
    return Act(Actor("总管理", Role.ADMINISTRATOR), office.now)


@pytest.fixture
def owing(luzhou) -> Office:
    """Owes one message to a unit that is reached by mail, then a robot of WeCom, then a telephone."""
    luzhou.nominate(unit="长江厂")
    with luzhou.desk.store.write() as transaction:
        of = t.organization
        transaction.connection.execute(update(of).where(of.c.name == "长江厂").values(mail="office@example.cn"))
    for kind, value in ((ChannelKind.WECOM, "长江厂群"), (ChannelKind.SMS, "13800138000")):
        assert not isinstance(add_address(luzhou.desk, "长江厂", kind, value, of_all(luzhou)), Denied)
    return luzhou


def message_of(office: Office):
    with office.desk.store.read() as connection:
        return connection.execute(select(t.message)).one()


def log(office: Office) -> list[tuple]:
    of = t.delivery.c
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(of.channel, of.address, of.outcome, of.answer))]


def deliver_until_it_is_over(office: Office, channel: Channel) -> None:
    now = office.now
    while now is not None:
        remind(office.desk, channel, now)
        with office.desk.store.read() as connection:
            waits = connection.execute(select(t.message.c.next_attempt_at)).scalars().all()
        now = min((at for at in waits if at), default=None)


def test_message_is_sent_to_the_first_address_alone_and_that_is_logged(owing):
    channel = Ways()
    assert remind(owing.desk, channel, owing.now) == Delivery(gathered=1, sent=1)
    assert channel.tried == [("mail", "office@example.cn")]
    assert log(owing) == [("mail", "o***@example.cn", "accepted", "250 mail")]
    found = trace(owing.desk, message_of(owing).id, owing.act())
    (one,) = found.tries
    assert (one.text, found.text, one.tried_at) == (sha256(found.body.encode()).hexdigest(), one.text, owing.now)


def test_address_that_fails_is_tried_again_with_pauses_before_the_next_one_takes_it(owing):
    channel = Ways(mail=FULL)
    deliver_until_it_is_over(owing, channel)
    assert Counter(channel.tried) == {("mail", "office@example.cn"): 5, ("wecom", "长江厂群"): 1}
    assert [(letter.by, letter.address) for letter in channel.accepted] == [(ChannelKind.WECOM, "长江厂群")]
    row = message_of(owing)
    assert (row.state, row.attempts, row.problem, row.unsure) == ("sent", 5, None, False)
    assert log(owing) == [
        *[("mail", "o***@example.cn", "failed", "452 4.2.2 full")] * 5,
        ("wecom", "长江厂群", "accepted", "250 wecom"),
    ]


def test_address_that_refuses_for_good_is_left_in_the_same_round(owing):
    channel = Ways(mail=NONE, wecom=NONE)
    assert remind(owing.desk, channel, owing.now) == Delivery(gathered=1, put_off=2, sent=1)
    assert channel.tried == [("mail", "office@example.cn"), ("wecom", "长江厂群"), ("sms", NUMBER)]
    assert [one[:3] for one in log(owing)] == [
        ("mail", "o***@example.cn", "refused"),
        ("wecom", "长江厂群", "refused"),
        ("sms", SHOWN, "accepted"),
    ]


@pytest.mark.parametrize(("said", "waits"), [("1800", 30), ("5", 1), ("1000000", 240)])
def test_gateway_is_not_asked_again_before_it_said_and_no_later_than_some_hours(owing, said, waits):
    prefer_address(owing.desk, "长江厂", list_addresses(owing.desk, ["长江厂"])["长江厂"][2].number, of_all(owing))
    owing.now = owing.now.replace(hour=10)
    with serving() as web:
        web.answers, web.retry_after = [(429, "slow down")], said
        channel = Switchboard({ChannelKind.MAIL: MemoryChannel(), ChannelKind.SMS: SmsChannel(web.url, "token")})
        assert remind(owing.desk, channel, owing.now).put_off == 1
        again = message_of(owing).next_attempt_at
        assert again - owing.now == timedelta(minutes=waits)
        assert remind(owing.desk, channel, again - timedelta(seconds=1)).sent == 0
        assert remind(owing.desk, channel, again).sent == 1
        assert len(web.asked) == 2


def test_message_is_parked_when_every_address_has_failed_and_goes_all_the_way_again_when_it_is_let_go(owing):
    channel = Ways(mail=FULL, wecom=NONE, sms=FULL)
    deliver_until_it_is_over(owing, channel)
    row = message_of(owing)
    assert (row.state, row.attempts) == ("parked", 15)
    assert Counter(kind for kind, _ in channel.tried) == {"mail": 7, "wecom": 1, "sms": 7}
    later = owing.now = row.written_at + timedelta(days=14)
    assert release(owing.desk, [row.id], owing.act()) == Released(("长江厂",))
    channel.failing.clear()
    assert remind(owing.desk, channel, later.replace(hour=10)).sent >= 1
    assert [one[:3] for one in log(owing)][15] == ("mail", "o***@example.cn", "accepted")
    assert len([letter for letter in channel.accepted if letter.message_id == row.id]) == 1


def test_try_of_which_nobody_knows_is_told_and_tried_again_at_the_same_address(owing):
    channel = Ways(mail=LOST)
    remind(owing.desk, channel, owing.now)
    row = message_of(owing)
    assert (row.state, row.unsure, row.problem) == ("waiting", True, "没有应答")
    assert trace(owing.desk, row.id, owing.act()).unsure
    channel.failing.clear()
    with owing.desk.store.read() as connection:
        again = next_delivery(connection, owing.id)
    remind(owing.desk, channel, again)
    assert [kind for kind, _ in channel.tried] == ["mail", "mail"]
    assert [one[2] for one in log(owing)] == ["unsure", "accepted"]
    # The same letter both times, so that a mail server or a gateway can tell it.
    assert {letter.message_id for letter in channel.accepted} == {row.id}


@on(*KINDS)
def test_failure_of_a_claim_that_another_has_taken_over_changes_nothing_and_is_logged(owing):
    remind(owing.desk, Ways(mail=FULL), owing.now)
    first_at = message_of(owing).next_attempt_at
    (slow,) = claim(owing.desk, first_at, lease=LEASE, program_id=None).claimed
    (other,) = claim(owing.desk, first_at + LEASE, lease=LEASE, program_id=None).claimed
    before = message_of(owing)
    assert note(owing.desk, [Delivered(slow, NONE)], first_at + LEASE) == [False]
    assert message_of(owing) == before
    assert note(owing.desk, [Delivered(other, answer="250 ok")], first_at + LEASE) == [True]
    assert message_of(owing).state == "sent"
    # The slow one finds that it was delivered after all: nobody is sent it again.
    assert note(owing.desk, [Delivered(slow, FULL)], first_at + LEASE) == [False]
    assert message_of(owing).state == "sent"
    assert [one[2] for one in log(owing)] == ["failed", "refused", "accepted", "failed"]


@on(*KINDS)
@pytest.mark.parametrize("change", [update(t.delivery).values(outcome="accepted"), delete(t.delivery)])
def test_log_refuses_changes(owing, change):
    remind(owing.desk, Ways(mail=FULL), owing.now)
    with pytest.raises(DBAPIError, match="append-only"), owing.desk.store.write() as transaction:
        transaction.connection.execute(change)


def test_addresses_have_an_order_that_can_be_changed(owing):
    desk, act = owing.desk, of_all(owing)

    def shown() -> list[str]:
        return [one.shown for one in list_addresses(desk, ["长江厂"])["长江厂"]]

    mail, robot, number = list_addresses(desk, ["长江厂"])["长江厂"]
    assert shown() == ["o***@example.cn", "长江厂群", SHOWN]
    assert add_address(desk, "长江厂", ChannelKind.SMS, "+86 138 0013 8000", act) == number.number
    assert shown() == ["o***@example.cn", "长江厂群", SHOWN]
    assert prefer_address(desk, "长江厂", number.number, act) is None
    assert shown() == [SHOWN, "o***@example.cn", "长江厂群"]
    first = add_address(desk, "长江厂", ChannelKind.MAIL, "two@example.cn", act, first=True)
    assert shown() == ["t***@example.cn", SHOWN, "o***@example.cn", "长江厂群"]
    assert prefer_address(desk, "长江厂", mail.number, act) is None
    assert shown() == ["o***@example.cn", "长江厂群", "t***@example.cn", SHOWN]
    for gone in (first, robot.number):
        assert remove_address(desk, "长江厂", gone, act) is None
    assert shown() == ["o***@example.cn", SHOWN]
    with owing.desk.store.read() as connection:
        told = [one for one in events_of(connection, INSTALLATION) if one["kind"].startswith("address.")]
    assert [(one["kind"], one.get("address")) for one in told] == [
        ("address.added", "长江厂群"),
        ("address.added", SHOWN),
        ("address.preferred", SHOWN),
        ("address.added", "t***@example.cn"),
        ("address.preferred", None),
        ("address.removed", "t***@example.cn"),
        ("address.removed", "长江厂群"),
    ]
    assert NUMBER[3:] not in str(told)


def test_what_is_no_address_or_of_nobody_is_refused_without_repeating_it(owing):
    desk, act = owing.desk, of_all(owing)
    for kind, value in (
        (ChannelKind.SMS, "1390099001"),
        (ChannelKind.MAIL, "office"),
        (ChannelKind.WECOM, "wecombot://693a91f6"),
        (ChannelKind.FEISHU, " "),
    ):
        with pytest.raises(UnknownError) as caught:
            add_address(desk, "长江厂", kind, value, act)
        assert kind is ChannelKind.MAIL or not value.strip() or value not in str(caught.value.words)
    with pytest.raises(UnknownError, match="neither"):
        add_address(desk, "没有的单位", ChannelKind.SMS, NUMBER, act)
    for number in (0, 4711):
        with pytest.raises(UnknownError, match="no address"):
            remove_address(desk, "长江厂", number, act)
    with pytest.raises(UnknownError, match="no address"):
        prefer_address(desk, "长江厂", 4711, act)
    for one in range(MOST - 2):
        add_address(desk, "长江厂", ChannelKind.WECOM, f"群{one}", act)
    refused = add_address(desk, "长江厂", ChannelKind.WECOM, "再一个", act)
    assert [one.gate for one in refused.refusals] == ["addresses-few"]


def test_addresses_are_kept_sealed(owing):
    with owing.desk.store.read() as connection:
        rows = connection.execute(select(t.address.c.sealed, t.address.c.fingerprint, t.address.c.shown)).all()
    assert not any(NUMBER[3:].encode() in row.sealed or NUMBER[3:] in row.fingerprint + row.shown for row in rows)
