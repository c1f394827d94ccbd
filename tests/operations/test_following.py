"""What follows a reminder: told again while nothing is done, then whoever is above is told; nothing once it is done."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from notifications.channels import MemoryChannel
from operations.actors import Actor
from operations.acts import Act
from operations.experts.panels import show_panel
from operations.experts.seats import confirm, invite
from operations.messages import acknowledge, list_messages
from operations.organizations import place_organization
from operations.remind import next_delivery, remind
from operations.results import Denied, UnknownError
from programs.reminding import Actor as Whose
from programs.reminding import Ladder
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU, Office
from tests.operations.panels import REVIEW

pytestmark = on(SQLITE)


def sent_until(office: Office, end: str) -> list[tuple[str, str, str]]:
    """Deliver everything at its time; returns the day, the recipient and the kind of each letter, by its subject."""
    told = []
    until = datetime.fromisoformat(f"{end}T23:00+08:00")
    while True:
        with office.desk.store.read() as connection:
            due = next_delivery(connection, office.id)
        if due is None or due > until:
            return told
        channel = MemoryChannel()
        remind(office.desk, channel, due)
        told += [(f"{due:%m-%d}", one.recipient, one.subject) for one in channel.letters]


def below(office: Office, name: str, parent: str) -> None:
    assert place_organization(office.desk, name, parent, Act(Actor("王管理"), office.now)) is None


@pytest.fixture
def standing(office_of, shipped) -> Office:
    """A program in which the unit's superior is told two working days after the first reminder."""
    program = shipped(LUZHOU).model_copy(
        update={"ladders": (Ladder(actor=Whose.NOMINATOR, before=(5, 0), escalate=2),)}
    )
    office = office_of(LUZHOU, program=program)
    office.nominate(unit="长江厂")
    below(office, "长江厂", "江阳区")
    return office


def test_superior_is_told_once_where_the_first_reminder_before_a_deadline_was_of_no_use(standing):
    told = [one for one in sent_until(standing, "2019-07-31") if "督办" in one[2] or "截止" in one[2]]
    program = standing.program
    award = f"{program.award}（{program.edition}）"
    first, name = told[0], next(tier.name for _, tier in program.tiers())
    assert first[:2] == ("07-23", "长江厂")
    assert [one[:2] for one in told] == [("07-23", "长江厂"), ("07-25", "江阳区"), ("07-30", "长江厂")]
    assert told[1][2].startswith(f"【遴选督办】{award}：长江厂尚未办理")
    assert name


#: The rungs, when somebody is drawn up, and the days on which their superior is told two working days later at most.
LATE = [
    ((5, 3, 0), "2019-07-16", ["07-25"]),
    ((5, 3, 0), "2019-07-23", ["07-29"]),
    ((5, 3, 0), "2019-07-26", ["07-30"]),
    ((5, 0), "2019-07-24", ["07-26"]),
    ((5, 0), "2019-07-29", []),
]


@pytest.mark.parametrize(("before", "day", "told"), LATE)
def test_superior_is_told_once_of_who_came_after_the_first_rung(office_of, shipped, before, day, told):
    ladder = Ladder(actor=Whose.NOMINATOR, before=before, escalate=2)
    office = office_of(LUZHOU, program=shipped(LUZHOU).model_copy(update={"ladders": (ladder,)}))
    office.now = datetime.fromisoformat(f"{day}T10:00+08:00")
    office.nominate(unit="长江厂")
    below(office, "长江厂", "江阳区")
    assert [one[0] for one in sent_until(office, "2019-07-31") if "督办" in one[2]] == told


def test_superior_is_told_of_who_came_after_the_first_escalation_found_everything_done(office_of, shipped):
    ladder = Ladder(actor=Whose.NOMINATOR, before=(5, 3, 0), escalate=2)
    office = office_of(LUZHOU, program=shipped(LUZHOU).model_copy(update={"ladders": (ladder,)}))
    first = office.nominate(unit="长江厂")
    below(office, "长江厂", "江阳区")
    assert [one for one in sent_until(office, "2019-07-24") if "督办" in one[2]] == []
    office.now = datetime.fromisoformat("2019-07-24T10:00+08:00")
    office.bring(first, "recommendation.recommender")
    office.nominate(unit="长江厂")
    told = [one[:2] for one in sent_until(office, "2019-07-31") if "督办" in one[2]]
    assert told == [("07-29", "江阳区")]


def test_superior_is_not_told_of_what_was_done_since(standing):
    sent_until(standing, "2019-07-24")
    with standing.desk.store.read() as connection:
        (number,) = connection.execute(select(t.nomination.c.number)).scalars()
    standing.now = datetime.fromisoformat("2019-07-24T10:00+08:00")
    standing.bring(number, "recommendation.recommender")
    assert [one for one in sent_until(standing, "2019-07-26") if "督办" in one[2]] == []


def test_office_is_reminded_again_of_what_has_stood_there_since_it_was_told(luzhou):
    office = luzhou.program.office
    first = luzhou.nominate("screening")
    again = [one for one in sent_until(luzhou, "2019-07-23") if "尚未办理" in one[2]]
    assert again == [
        ("07-22", office, f"【遴选提醒】{luzhou.program.award}（{luzhou.program.edition}）：资格审查尚未办理（1件）")
    ]
    assert first


def test_nothing_is_told_again_of_what_came_later(luzhou):
    number = luzhou.nominate("screening")
    sent_until(luzhou, "2019-07-16")
    luzhou.now = datetime.fromisoformat("2019-07-17T10:00+08:00")
    luzhou.judge_all(number)
    luzhou.step(number, "screening")
    luzhou.nominate("screening")
    told = [one for one in sent_until(luzhou, "2019-07-23") if "资格审查尚未办理" in one[2]]
    assert told == []


def invited(panel_office) -> tuple[Office, list[str]]:
    office = panel_office()
    office.fill_the_pool(3)
    office.draw()
    names = list(invite(office.desk, office.id, REVIEW, office.act()))
    return office, names


def test_expert_is_reminded_and_then_the_office_is_told_unless_they_answer_or_receipt_is_confirmed(panel_office):
    office, (silent, *answered) = invited(panel_office)
    remind(office.desk, MemoryChannel(), office.now)
    for name in answered:
        assert confirm(office.desk, office.id, REVIEW, name, office.as_expert(name)) is None
    told = [(day, who) for day, who, _ in sent_until(office, "2019-07-31")]
    assert told == [("07-17", silent), ("07-18", office.program.office)]


def test_invitation_whose_receipt_was_confirmed_is_not_escalated(panel_office):
    office, (first, second, third) = invited(panel_office)
    assert confirm(office.desk, office.id, REVIEW, third, office.as_expert(third)) is None
    remind(office.desk, MemoryChannel(), office.now)
    ids = {one.recipient: one.id for one in list_messages(office.desk)}
    assert acknowledge(office.desk, ids[first], office.as_expert(first)) is None
    assert acknowledge(office.desk, ids[second], office.act()) is None
    assert acknowledge(office.desk, ids[second], office.act()) is None
    assert isinstance(acknowledge(office.desk, ids[second], office.as_expert(first)), Denied)
    assert {one.received_at for one in list_messages(office.desk)} == {office.now}
    assert sent_until(office, "2019-07-31") == []


def asked_by_the_day(panel_office) -> tuple[Office, list[str]]:
    """Experts who are to answer within five working days of Monday, 15 July 2019: until the 22nd."""
    office = panel_office(answer={"days": 5})
    office.fill_the_pool(3, mail="zhuanjia@example.cn")
    office.draw()
    names = list(invite(office.desk, office.id, REVIEW, office.act()))
    assert {seat.answer_by for seat in show_panel(office.desk, office.id, REVIEW).seats} == {
        datetime.fromisoformat("2019-07-23T00:00+08:00")
    }
    return office, names


def test_expert_is_told_the_day_by_which_to_answer_reminded_before_it_and_the_office_after_it(panel_office):
    office, (silent, *answered) = asked_by_the_day(panel_office)
    first = MemoryChannel()
    remind(office.desk, first, office.now)
    assert [("2019年7月22日" in one.body, one.body.count("邀请您参加")) for one in first.letters] == [(True, 1)] * 3
    assert remind(office.desk, MemoryChannel(), office.now).sent == 0
    for name in answered:
        assert confirm(office.desk, office.id, REVIEW, name, office.as_expert(name)) is None
    told = sent_until(office, "2019-07-31")
    steps = office.program.reminders
    rungs = [office.running().calendar.add_working_days(date(2019, 7, 22), -step) for step in sorted(steps)[::-1]]
    expected = [(f"{day:%m-%d}", silent) for day in rungs if day > office.now.date()]
    assert [(day, who) for day, who, _ in told] == [*expected, ("07-23", office.program.office)]
    assert all(subject.startswith("【遴选邀请】") for _, who, subject in told if who == silent)


def test_office_is_told_of_who_has_not_answered_by_the_day_even_where_receipt_was_confirmed(panel_office):
    office, (first, *others) = asked_by_the_day(panel_office)
    remind(office.desk, MemoryChannel(), office.now)
    ids = {one.recipient: one.id for one in list_messages(office.desk)}
    assert acknowledge(office.desk, ids[first], office.as_expert(first)) is None
    for name in others:
        assert confirm(office.desk, office.id, REVIEW, name, office.as_expert(name)) is None
    assert [day for day, who, _ in sent_until(office, "2019-07-31") if who == office.program.office] == ["07-23"]


def test_message_that_is_unknown_cannot_be_acknowledged(luzhou):
    with pytest.raises(UnknownError):
        acknowledge(luzhou.desk, "none", luzhou.act())
