from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import SHANGHAI, WorkCalendar
from deadlines.ladders import CLOSES, OPENS
from notifications import (
    Owed,
    OwedKind,
    arrival_reminder,
    deadline_reminders,
    invitation,
    notice,
    working_days_left,
)

CALENDAR = WorkCalendar.china()
PROGRAM = "luzhou-chief-technician-2019"
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2026, 11, 30), timezones=st.just(SHANGHAI))  # noqa: DTZ001 - Hypothesis adds the zone
STEPS = st.lists(st.integers(0, 30), max_size=6)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ladder(due: datetime, steps: list[int], now: datetime, recipient: str = "江阳区人社局") -> tuple[Owed, ...]:
    return deadline_reminders(PROGRAM, "recommendation.city", recipient, due, calendar=CALENDAR, steps=steps, now=now)


def test_ladder_steps_back_over_days_off():
    rungs = ladder(instant("2019-07-31T00:00"), [5, 3, 1, 0], instant("2019-07-01T08:00"))
    assert [(rung.step, rung.send_at.isoformat()) for rung in rungs] == [
        (5, "2019-07-23T09:00:00+08:00"),
        (3, "2019-07-25T09:00:00+08:00"),
        (1, "2019-07-29T09:00:00+08:00"),
        (0, "2019-07-30T09:00:00+08:00"),
    ]


def test_ladder_before_a_deadline_on_a_holiday_starts_from_the_last_working_day():
    rungs = ladder(instant("2017-05-01T00:00"), [1, 0], instant("2017-04-01T08:00"))
    assert [rung.send_at.date().isoformat() for rung in rungs] == ["2017-04-27", "2017-04-28"]


def test_ladder_before_a_deadline_at_dawn_leaves_a_day_to_act():
    rungs = ladder(instant("2023-08-31T08:30"), [0], instant("2023-08-01T08:00"))
    assert [rung.send_at.isoformat() for rung in rungs] == ["2023-08-30T09:00:00+08:00"]


def test_ladder_before_a_day_that_may_not_count_is_a_day_earlier():
    due, now = instant("2021-07-22T00:00"), instant("2021-07-01T08:00")
    rungs = deadline_reminders(
        PROGRAM, "recommendation.city", "某局", due, calendar=CALENDAR, steps=[0], now=now, day_before=True
    )
    assert [rung.send_at.isoformat() for rung in rungs] == ["2021-07-20T09:00:00+08:00"]


def test_ladder_says_all_that_the_store_keeps():
    due, now = instant("2019-07-31T00:00"), instant("2019-07-29T10:00")
    assert ladder(due, [1, 0], now) == (
        Owed(
            key=f"deadline|{PROGRAM}|recommendation.city|2019-07-31T00:00:00+08:00|0|江阳区人社局",
            kind=OwedKind.DEADLINE,
            recipient="江阳区人社局",
            program=PROGRAM,
            stage="recommendation.city",
            due=due,
            step=0,
            nomination=None,
            send_at=instant("2019-07-30T09:00"),
            facts={},
        ),
    )


def test_ladder_for_an_instant_of_another_zone_has_the_same_keys():
    now, there = instant("2019-07-01T08:00"), datetime.fromisoformat("2019-07-30T16:00:00+00:00")
    assert ladder(there, [1, 0], now) == ladder(instant("2019-07-31T00:00"), [1, 0], now)


@given(INSTANTS, STEPS, INSTANTS)
def test_ladder_is_within_working_hours_and_never_in_the_past(due, steps, now):
    rungs = ladder(due, steps, now)
    assert all(CALENDAR.is_working_day(rung.send_at.date()) for rung in rungs)
    assert all(OPENS <= rung.send_at.time() < CLOSES for rung in rungs)
    assert all(now <= rung.send_at < due for rung in rungs)
    assert [rung.send_at for rung in rungs] == sorted({rung.send_at for rung in rungs})


@given(INSTANTS, STEPS)
def test_ladder_planned_early_has_every_step_once(due, steps):
    rungs = ladder(due, steps, due - timedelta(days=90))
    assert [rung.step for rung in rungs] == sorted(set(steps), reverse=True)
    assert [working_days_left(CALENDAR, rung.send_at, due) for rung in rungs] == [rung.step for rung in rungs]


@given(INSTANTS, INSTANTS, STEPS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_ladder_planned_later_is_what_is_left_of_the_earlier_one(due, now, steps, later):
    earlier = ladder(due, steps, now)
    assert ladder(due, steps, now + later) == tuple(rung for rung in earlier if rung.send_at >= now + later)


NAMES = st.text(st.sampled_from("江阳|%7C区"), max_size=4)


@given(st.lists(st.tuples(INSTANTS, st.integers(0, 9), NAMES), max_size=8, unique=True))
def test_ladder_keys_tell_all_apart(owed):
    early = instant("2014-06-01T00:00")
    keys = [rung.key for due, step, name in owed for rung in ladder(due, [step], early, name)]
    assert len(set(keys)) == len(keys) == len(owed)


def test_arrivals_for_the_same_day_share_a_reminder():
    evening, night = instant("2026-03-13T20:00"), instant("2026-03-14T03:00")
    first, second = (
        arrival_reminder(PROGRAM, "screening", "泸州市人社局", calendar=CALENDAR, now=now) for now in (evening, night)
    )
    assert first == second
    assert first == Owed(
        key=f"arrival|{PROGRAM}|screening|2026-03-16|泸州市人社局",
        kind=OwedKind.ARRIVAL,
        recipient="泸州市人社局",
        program=PROGRAM,
        stage="screening",
        due=None,
        step=None,
        nomination=None,
        send_at=instant("2026-03-16T09:00"),
        facts={},
    )


def test_arrival_within_working_hours_is_told_at_once():
    now = instant("2026-03-11T15:20")
    assert arrival_reminder(PROGRAM, "screening", "泸州市人社局", calendar=CALENDAR, now=now).send_at == now


def returned(number: str = "LZ-0007", version: int = 4, recipient: str = "江阳区人社局") -> Owed:
    return notice(
        PROGRAM,
        number,
        version,
        "screening.correction",
        recipient,
        facts={"reason": "缺劳动合同"},
        calendar=CALENDAR,
        now=instant("2019-08-05T22:00"),
    )


def test_notice_carries_its_facts():
    assert returned() == Owed(
        key=f"notice|{PROGRAM}|LZ-0007|4|screening.correction|江阳区人社局",
        kind=OwedKind.NOTICE,
        recipient="江阳区人社局",
        program=PROGRAM,
        stage="screening.correction",
        due=None,
        step=None,
        nomination="LZ-0007",
        send_at=instant("2019-08-06T09:00"),
        facts={"reason": "缺劳动合同"},
    )


@pytest.mark.parametrize("other", [{"number": "LZ-0008"}, {"version": 5}, {"recipient": "龙马潭区人社局"}])
def test_notice_of_another_move_or_to_another_recipient_is_another(other):
    assert returned(**other).key != returned().key


def test_invitation_is_owed_once_by_each_panel_and_sent_when_offices_open():
    (owed,) = invitation(PROGRAM, "review", "3", "张三", calendar=CALENDAR, now=instant("2019-08-05T22:00"))
    assert owed == Owed(
        key=f"invitation|{PROGRAM}|review|3|张三",
        kind=OwedKind.INVITATION,
        recipient="张三",
        program=PROGRAM,
        stage="review",
        due=None,
        step=None,
        nomination=None,
        send_at=instant("2019-08-06T09:00"),
        facts={"panel": "3"},
    )


def test_invitation_that_is_to_be_answered_has_a_ladder_behind_it_and_none_on_its_own_day():
    asked = {"calendar": CALENDAR, "now": instant("2019-08-05T10:00"), "due": instant("2019-08-09T00:00")}
    owed = invitation(PROGRAM, "review", "7", "张三", steps=(3, 1, 0), **asked)
    assert [(one.kind, one.send_at, one.due, one.step) for one in owed] == [
        (OwedKind.INVITATION, instant("2019-08-05T10:00"), asked["due"], None),
        (OwedKind.DEADLINE, instant("2019-08-07T09:00"), asked["due"], 1),
        (OwedKind.DEADLINE, instant("2019-08-08T09:00"), asked["due"], 0),
    ]
    assert {(one.recipient, one.facts["panel"]) for one in owed} == {("张三", "7")}
    again = invitation(PROGRAM, "review", "7", "张三", steps=(3, 1, 0), **asked)
    other = invitation(PROGRAM, "review", "8", "张三", steps=(3, 1, 0), **asked)
    assert (owed == again, {one.key for one in owed} & {one.key for one in other}) == (True, set())


def test_notice_facts_cannot_be_changed():
    with pytest.raises(TypeError):
        returned().facts["reason"] = ""
