"""Rulings confirmed, the program opened, its deadlines extended: who decided what, and what moves along."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from deadlines.errors import OutsideCalendarError
from operations.dates import dates_so_far
from operations.intakes import as_changed, extend_deadline, held, redefine
from operations.opening import Opened, confirm_ruling, open_program
from operations.results import Denied, UnknownError
from operations.sweep import sweep
from programs import Program, ProgramError, load_program
from programs import extend as extend_program
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import INTAKE, LUZHOU, STUDIO, TECHNICIAN, Office, said, why

pytestmark = on(SQLITE)

CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")
LATER = datetime.fromisoformat("2019-08-15T00:00+08:00")


@pytest.fixture
def preparing(desk) -> Office:
    """The program without a year, which nobody has ruled on yet."""
    return Office(desk, load_program(TECHNICIAN), INTAKE[TECHNICIAN])


def rule(office: Office, ruling: str, decision=None):
    return confirm_ruling(office.desk, office.program, ruling, decision, office.act("局办公会"))


def extend(office: Office, closes: datetime, deadline="recommendation.office", authority="泸市人社办〔2019〕101号"):
    return extend_deadline(office.desk, office.id, deadline, closes, authority, office.act())


def ladder(office: Office) -> list[tuple[datetime, int]]:
    query = select(t.reminder.c.due_at, t.reminder.c.step).where(t.reminder.c.kind == "deadline")
    with office.desk.store.read() as connection:
        return sorted({tuple(row) for row in connection.execute(query)})


@on(*KINDS)
def test_program_without_a_year_is_not_opened_and_says_so(preparing):
    refused = open_program(preparing.desk, preparing.program, preparing.act())
    unconfirmed = ["rulings-confirmed" for _ in preparing.program.rulings]
    assert [gate for gate, _ in why(refused)] == [*unconfirmed, "deadlines-dated"]
    assert said(refused)[0] == f"裁定 year 未确认：{preparing.program.rulings[0].question}（无默认决定）"
    assert said(refused)[-1] == "期限“7月21日前”无法确定日期"


@on(*KINDS)
def test_refusal_to_open_names_each_ruling_with_its_clause_and_the_command_that_confirms_it(desk, shipped):
    office = Office(desk, shipped(STUDIO), INTAKE[STUDIO])
    refused = open_program(desk, office.program, office.act())
    assert why(refused) == [("rulings-confirmed", ruling.clause) for ruling in office.program.rulings]
    assert refused.refusals[0].remedy.zh.startswith(f"linxuan program rule {STUDIO} conditions-needed ")


def test_refused_opening_leaves_nothing_behind(preparing):
    before = preparing.contents()
    open_program(preparing.desk, preparing.program, preparing.act())
    assert preparing.contents() == before


def test_ruling_on_the_year_dates_the_deadline(preparing):
    assert rule(preparing, "year", date(2021, 6, 28)).issued == date(2021, 6, 28)
    assert preparing.running().closes == {"recommendation.centre": datetime.fromisoformat("2021-07-22T00:00+08:00")}


def test_program_opens_once_every_ruling_is_confirmed(preparing):
    rule(preparing, "year", date(2021, 6, 28))
    for ruling in preparing.program.rulings[1:]:
        rule(preparing, ruling.id)
    opened = open_program(preparing.desk, preparing.program, preparing.act())
    assert opened == Opened(TECHNICIAN, preparing.now)
    again = open_program(preparing.desk, preparing.program, preparing.act())
    assert (why(again), said(again)) == ([("not-open-yet", None)], ["项目已于 2021年7月5日 10:00 开通"])


def test_ruling_without_a_default_is_not_confirmed_without_a_decision(preparing):
    refused = rule(preparing, "year")
    assert [gate for gate, _ in why(refused)] == ["ruling-decided"]


@pytest.mark.parametrize("decision", ["2021", "昨天", 7.5, True])
def test_decision_that_makes_no_valid_program_is_an_error_and_changes_nothing(preparing, decision):
    before = preparing.contents()
    with pytest.raises(ProgramError):
        rule(preparing, "year", decision)
    assert preparing.contents() == before


def test_unknown_ruling_is_an_error_that_names_the_others(preparing):
    with pytest.raises(UnknownError, match="there is no ruling moon; the program has year、before-inclusive"):
        rule(preparing, "moon")


def test_ruling_is_an_event_and_the_last_decision_holds(preparing):
    for decision in (False, True):
        rule(preparing, "before-inclusive", decision)
    events = preparing.events()
    assert [(event["kind"], event["ruling"], event["decision"]) for event in events] == [
        ("ruling.confirmed", "before-inclusive", False),
        ("ruling.confirmed", "before-inclusive", True),
    ]
    with preparing.desk.store.read() as connection:
        assert connection.execute(select(t.ruling.c.decision)).scalars().all() == [True]


def test_open_program_is_ruled_on_again_for_a_reason_only_and_where_that_changes_something(luzhou):
    before = luzhou.contents()
    without = confirm_ruling(luzhou.desk, luzhou.program, "closing-hour", "18:00", luzhou.act())
    again = rule(luzhou, "closing-hour")
    clause = next(one.clause for one in luzhou.program.rulings if one.id == "closing-hour")
    assert (why(again), why(without)) == ([("ruling-changed", clause)], [("reason-stated", clause)])
    assert (said(again)[0].startswith("王管理已于2019年"), luzhou.contents() == before) == (True, True)
    assert (isinstance(rule(luzhou, "closing-hour", "18:00"), Program), luzhou.events()[-1]["reason"]) == (
        True,
        "局办公会",
    )


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(days=1)])
def test_close_in_the_past_is_refused_and_lapses_nobody(luzhou, earlier):
    number = luzhou.nominate()
    refused = extend(luzhou, luzhou.now - earlier)
    assert [gate for gate, _ in why(refused)] == ["close-ahead"]
    assert luzhou.running().closes == {"recommendation.office": CLOSES}
    assert sweep(luzhou.desk, luzhou.now).named == []
    assert luzhou.row(number).due_at == CLOSES


def test_extended_deadline_names_its_authority_among_the_dates(luzhou):
    extend(luzhou, LATER)
    date_ = dates_so_far(luzhou.desk, luzhou.program)["recommendation.office"]
    assert (date_.closes, date_.authority) == (LATER, "泸市人社办〔2019〕101号")


def test_ruling_that_moves_announced_deadlines_says_which(luzhou):
    rule(luzhou, "closing-hour", "17:30")
    event = luzhou.events()[-1]
    assert (event["kind"], event["deadlines"]) == (
        "ruling.confirmed",
        {"recommendation.office": {"from": CLOSES.isoformat(), "to": "2019-07-30T17:30:00+08:00"}},
    )
    rule(luzhou, "text-tolerance", 20)
    assert "deadlines" not in luzhou.events()[-1]


def test_change_that_was_taken_back_is_not_taken_for_the_next_one(luzhou):
    """Both make the same version of the program."""
    with luzhou.desk.store.write() as transaction:
        current = held(luzhou.desk, transaction, LUZHOU)
        changed = as_changed(current, extend_program(current.program, "recommendation.office", LATER, "某文"))
        redefine(transaction, current, changed, luzhou.now)
        assert luzhou.desk.running(transaction.connection, LUZHOU).closes == {"recommendation.office": LATER}
        transaction.abandon()
    assert luzhou.running().closes == {"recommendation.office": CLOSES}
    extend(luzhou, LATER + timedelta(days=1))
    assert luzhou.running().closes == {"recommendation.office": LATER + timedelta(days=1)}


def test_ruling_that_leaves_a_stage_out_changes_the_pipeline(desk, shipped):
    office = Office(desk, shipped(STUDIO), INTAKE[STUDIO])
    decided = rule(office, "publicity-left-out", decision=True)
    assert [stage.id for stage in decided.held_stages] == [
        "recommendation",
        "screening",
        "decision",
        "issuance",
        "tenure",
    ]


def test_ruling_that_would_leave_a_nomination_standing_nowhere_is_refused(studio):
    number = studio.nominate("publicity")
    before = studio.contents()
    refused = rule(studio, "publicity-left-out", decision=True)
    assert why(refused) == [("nobody-stranded", "三、（一）")]
    assert said(refused) == ["有 1 件申报正处在“公示·待公示”"]
    assert studio.contents() == before
    studio.bring(number, "issuance")
    assert isinstance(rule(studio, "publicity-left-out", decision=True), Program)


def test_ruling_on_the_closing_hour_moves_what_waits_along(luzhou):
    number = luzhou.nominate()
    rule(luzhou, "closing-hour", "18:00")
    assert luzhou.row(number).due_at == datetime.fromisoformat("2019-07-30T18:00+08:00")


def test_extension_moves_what_waits_and_its_reminders_along(luzhou):
    numbers = [luzhou.nominate(f"recommendation.{tier}") for tier in ("unit", "recommender", "office")]
    assert {due for due, _ in ladder(luzhou)} == {CLOSES}
    extend(luzhou, LATER)
    assert [luzhou.row(number).due_at for number in numbers] == [LATER, LATER, None]
    assert [step for due, step in ladder(luzhou) if due == LATER] == [0, 1, 3, 5]
    luzhou.now = CLOSES
    assert luzhou.move(numbers[1], Move.ENDORSE).destination == "recommendation.office"
    luzhou.now = LATER
    assert why(luzhou.move(numbers[0], Move.SUBMIT)) == [("in-time", "三、（八）")]


def test_extension_is_an_event_with_both_instants_and_the_authority(luzhou):
    extend(luzhou, LATER)
    event = luzhou.events()[-1]
    assert (event["kind"], event["from"], event["to"], event["authority"]) == (
        "deadline.extended",
        CLOSES.isoformat(),
        LATER.isoformat(),
        "泸市人社办〔2019〕101号",
    )


def test_extension_keeps_the_notice_s_phrase(luzhou):
    deadline = extend(luzhou, LATER).deadline("recommendation.office")
    assert (deadline.phrase, deadline.closes) == ("2019年7月30日", LATER)


def test_extension_without_an_authority_is_refused(luzhou):
    before = luzhou.contents()
    assert why(extend(luzhou, LATER, authority="  ")) == [("authority-stated", None)]
    assert luzhou.contents() == before


@pytest.mark.parametrize(
    ("deadline", "closes"),
    [("recommendation.unit", LATER), ("moon", LATER), ("recommendation.office", datetime(2019, 8, 15))],  # noqa: DTZ001
)
def test_extension_of_no_deadline_or_to_no_instant_is_an_error(luzhou, deadline, closes):
    with pytest.raises(ProgramError):
        extend(luzhou, closes, deadline)


def test_extension_that_fails_is_forgotten_by_the_process_too(luzhou):
    """Beyond the calendar no ladder can be planned; the next extension is judged on what the store holds."""
    number = luzhou.nominate()
    with pytest.raises(OutsideCalendarError):
        extend(luzhou, datetime.fromisoformat("2130-01-01T00:00+08:00"))
    assert luzhou.running().closes == {"recommendation.office": CLOSES}
    extend(luzhou, LATER)
    assert luzhou.running().closes == {"recommendation.office": LATER}
    luzhou.now = LATER + timedelta(days=1)
    assert isinstance(luzhou.move(number, Move.SUBMIT), Denied)


def test_extension_of_an_unknown_program_is_an_error(luzhou):
    assert luzhou.id == LUZHOU
    luzhou.id = "moon"
    with pytest.raises(UnknownError, match="the database has no program moon"):
        extend(luzhou, LATER)
