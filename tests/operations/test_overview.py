import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import String, cast, event, func, insert, literal, select, true, update

from deadlines import SHANGHAI
from operations.actors import Actor
from operations.acts import Act
from operations.desk import Desk
from operations.issue import issue
from operations.move import move_many
from operations.objections import Outcome, settle
from operations.opening import open_program
from operations.overview import Dated, Overview, overview, program_overview
from operations.overview.events import SCANNED
from operations.results import Denied, UnknownError
from operations.sweep import sweep
from programs.dates import Window
from programs.stages import Tenure
from states import End, Move
from store import tables as t
from tests.console.filled import COUNTS, LUZHOU, NOW, SMALL, fill, small_program


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk)
    return desk


def _stored_counts(desk: Desk, program_id: str) -> dict[str, int]:
    with desk.store.read() as connection:
        stages = connection.execute(
            select(t.nomination.c.stage).where(t.nomination.c.program_id == program_id)
        ).scalars()
        found: dict[str, int] = {}
        for stage in stages:
            found[stage] = found.get(stage, 0) + 1
        return found


def _dated(dates: tuple[Dated, ...], key_date: str) -> Dated:
    (found,) = (dated for dated in dates if dated.key.id == key_date)
    return found


def _act(moment: datetime, reason: str = "") -> Act:
    return Act(Actor("王管理"), moment, reason)


def test_an_empty_store_has_nothing_to_tell(desk: Desk) -> None:
    counts = {"waiting": 0, "parked": 0, "overdue": 0}
    assert overview(desk, NOW) == Overview(NOW, (), (), (), **counts, stuck=(), schedule_missing=None)


def test_counts_are_those_of_the_store(filled: Desk) -> None:
    small, luzhou = overview(filled, NOW).programs
    counted = {one.key: one.count for stage in small.stages for one in stage.standings if one.count}
    counted |= {one.end.value: one.count for one in small.ends}
    assert counted == _stored_counts(filled, SMALL) == COUNTS
    assert (small.under_way, small.total, small.astray) == (3, 7, 0)
    assert [stage.id for stage in small.stages] == [stage.id for stage in small.program.held_stages]
    assert (luzhou.total, luzhou.opened_at, luzhou.rulings_left) == (0, None, 6)
    assert small.rulings_left == 0
    assert program_overview(filled, SMALL, NOW).state == small


def test_the_next_dates_come_first_and_none_is_past(filled: Desk) -> None:
    dates = overview(filled, NOW).dates
    assert [dated.key.id for dated in dates] == ["publicity.period", "issuance"]
    later = overview(filled, NOW + timedelta(days=5)).dates
    assert [dated.key.id for dated in later] == ["issuance"]


def test_a_publicity_bears_the_days_that_were_counted(filled: Desk) -> None:
    dated = _dated(program_overview(filled, SMALL, NOW).dates, "publicity.period")
    with filled.store.read() as connection:
        row = connection.execute(select(t.publicity)).one()
    assert dated.key.closes == row.closes_at == datetime(2026, 5, 13, tzinfo=SHANGHAI)
    assert dated.key.last_day == row.last_day
    assert dated.key.venue == "局官网"
    # After Friday: a Saturday that is worked, Monday and Tuesday.
    assert dated.working_days_left == 3


def test_every_list_of_a_publicity_has_its_days(filled: Desk) -> None:
    again: dict[str, Any] = {
        "program_id": SMALL,
        "stage": "publicity",
        "published_at": NOW,
        "venue": "报纸",
        "period": {"days": 1},
        "first_day": NOW.date(),
        "last_day": NOW.date(),
        "closes_at": datetime(2026, 5, 9, tzinfo=SHANGHAI),
        "objections_close_at": datetime(2026, 5, 9, tzinfo=SHANGHAI),
        "provisional": True,
    }
    with filled.store.write() as transaction:
        transaction.connection.execute(insert(t.publicity).values(again))
    dates = program_overview(filled, SMALL, NOW).dates
    first, second = (_dated(dates, key) for key in ("publicity.period", "publicity.period.2"))
    assert (first.key.venue, first.working_days_left, first.provisional) == ("局官网", 3, False)
    assert (second.key.venue, second.working_days_left, second.provisional) == ("报纸", 0, True)


def test_what_is_past_or_open_has_no_days_left(filled: Desk) -> None:
    dates = program_overview(filled, SMALL, NOW).dates
    assert _dated(dates, "recommendation.city").working_days_left is None
    open_dates = program_overview(filled, LUZHOU, NOW).dates
    assert _dated(open_dates, "tenure.term").key.closes is None
    assert _dated(open_dates, "tenure.term").working_days_left is None


@pytest.mark.parametrize(
    ("phrase", "left", "provisional"),
    [("2027年6月30日", True, True), ("2061年6月30日", False, False)],
)
def test_days_left_are_provisional_or_unknown_where_the_calendar_is(
    desk: Desk, phrase: str, *, left: bool, provisional: bool
) -> None:
    program = small_program()
    last = program.stages[-1].model_copy(update={"window": Window(phrase=phrase, clause="四")})
    program = program.model_copy(update={"stages": (*program.stages[:-1], last)})
    assert not isinstance(open_program(desk, program, _act(NOW)), Denied)
    dated = _dated(program_overview(desk, SMALL, NOW).dates, "issuance")
    assert (dated.working_days_left is not None) is left
    assert dated.provisional is provisional


def test_a_term_begins_with_the_document(filled: Desk) -> None:
    program = small_program()
    tenure = Tenure(id="tenure", name="聘期", clause="五", years=3)
    longer = program.model_copy(update={"stages": (*program.stages, tenure)})
    with filled.store.write() as transaction:
        transaction.connection.execute(
            update(t.program)
            .where(t.program.c.id == SMALL)
            .values(definition=longer.model_dump(mode="json"), version=t.program.c.version + 1)
        )
    settle(filled, 1, Outcome.DISMISSED, "查无实据", _act(NOW))
    sweep(filled, datetime(2026, 5, 13, 0, 5, tzinfo=SHANGHAI))
    issued = issue(filled, SMALL, "某人社〔2026〕1号", _act(datetime(2026, 6, 1, 9, tzinfo=SHANGHAI)))
    assert not isinstance(issued, Denied)
    found = program_overview(filled, SMALL, datetime(2026, 6, 2, tzinfo=SHANGHAI))
    assert _dated(found.dates, "tenure.term").key.closes == datetime(2029, 6, 1, tzinfo=SHANGHAI)
    assert [document.number for document in found.documents] == ["某人社〔2026〕1号"]
    assert found.events[0].kind == "document.issued"
    assert {one.key: one.count for stage in found.state.stages for one in stage.standings if one.count} == {"tenure": 3}


def test_messages_and_what_is_due_are_counted(filled: Desk) -> None:
    found = overview(filled, NOW)
    with filled.store.read() as connection:
        states = list(connection.execute(select(t.message.c.state)).scalars())
    assert (found.waiting, found.parked) == (states.count("waiting"), states.count("parked")) == (6, 1)
    assert found.overdue == 0
    after = datetime(2026, 5, 13, tzinfo=SHANGHAI)
    assert overview(filled, after).overdue == program_overview(filled, SMALL, after).overdue == 2
    sweep(filled, after)
    assert overview(filled, after).overdue == 0


def test_the_latest_events_are_the_newest_of_all_programs(filled: Desk) -> None:
    events = overview(filled, NOW, latest=4).events
    assert [(one.program.id, one.kind, one.count) for one in events] == [
        (LUZHOU, "ruling.confirmed", 1),
        (SMALL, "objection.lodged", 1),
        (SMALL, "publicity.started", 1),
        (SMALL, "nomination.moved", 1),
    ]
    assert all(event.nominee is None for event in events)
    assert events[3].destination == End.NOT_CHOSEN.label


def test_what_one_stroke_did_to_many_is_told_once(filled: Desk) -> None:
    events = program_overview(filled, SMALL, NOW).events
    (created,) = (one for one in events if one.kind == "nomination.created")
    assert created.count == 7
    assert not created.and_more
    assert created.nominee == "候选人6"


def test_a_stroke_that_is_longer_than_what_is_read_says_so(filled: Desk) -> None:
    with filled.store.write() as transaction:
        for place in range(SCANNED + 1):
            transaction.record(
                SMALL, "materials.received", nomination=f"{SMALL}-{place}", materials=["a"], **_act(NOW).signature()
            )
    (received,) = program_overview(filled, SMALL, NOW).events
    assert received.count == SCANNED
    assert received.and_more


def test_nominations_at_a_stage_that_was_ruled_out_are_not_lost(filled: Desk) -> None:
    with filled.store.write() as transaction:
        for table in (t.nomination, t.standing):
            gone = update(table).where(table.c.stage == "publicity.objected").values(stage="gone")
            transaction.connection.execute(gone)
    state = program_overview(filled, SMALL, NOW).state
    assert (state.under_way, state.astray, state.total) == (2, 1, 7)


def test_places_are_those_of_the_store(filled: Desk) -> None:
    places = program_overview(filled, SMALL, NOW).places
    taken = {key: (one.taken, one.owners, one.most) for key, one in places.items()}
    assert taken == {"seats.craftsman": (3, 1, 3), "keep.review": (4, 1, 4), "quota.district": (5, 1, 5)}


def test_rulings_bear_their_decisions(filled: Desk) -> None:
    first, *others = program_overview(filled, LUZHOU, NOW).rulings
    assert (first.decision, first.confirmed_by) == ("24:00", "王<i>管理</i>")
    assert first.confirmed_at == datetime(2026, 5, 7, 11, tzinfo=SHANGHAI)
    assert [one.decision for one in others] == ["recommendation.office", 10, 1, False, 15, 0]
    assert {one.confirmed_at for one in others} == {None}


def test_an_unknown_program_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownError):
        program_overview(desk, "nowhere", NOW)


def _multiply(desk: Desk, times: int) -> None:
    """Store more nominations like the first one, without their histories."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        first = connection.execute(select(func.min(t.nomination.c.id))).scalar_one()
        place = select(literal(1).label("place")).cte(recursive=True)
        place = place.union_all(select(place.c.place + 1).where(place.c.place < times))
        columns = [column for column in t.nomination.c if column.name not in ("id", "number", "identity_hash")]
        copies = select("copy-" + cast(place.c.place, String), *columns).select_from(t.nomination.join(place, true()))
        copies = copies.where(t.nomination.c.id == first)
        connection.execute(insert(t.nomination).from_select(["number", *columns], copies))
        stood = connection.execute(select(t.nomination).where(t.nomination.c.id == first)).one()
        of = t.standing.c
        here = (of.program_id == stood.program_id, of.stage == stood.stage, of.holder == (stood.holder or ""))
        counted = update(t.standing).where(*here).values(nominations=of.nominations + times)
        assert connection.execute(counted).rowcount == 1


def test_a_hundred_thousand_nominations_cost_no_further_question_and_little_time(filled: Desk) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    def look() -> tuple[int, int]:
        asked.clear()
        return overview(filled, NOW).programs[0].total, program_overview(filled, SMALL, NOW).state.total

    event.listen(filled.store.engine, "before_cursor_execute", note)
    look()  # compiles the programs
    assert look() == (7, 7)
    few = list(asked)
    _multiply(filled, 100_000)
    started = time.perf_counter()
    assert look() == (100_007, 100_007)
    assert time.perf_counter() - started < 1.5
    assert asked == few


def test_a_move_shows_at_once(filled: Desk) -> None:
    with filled.store.write() as transaction:
        rows = transaction.connection.execute(
            select(t.nomination).where(t.nomination.c.stage == "publicity.running")
        ).all()
        move_many(filled, transaction, rows[:1], Move.WITHDRAW, _act(NOW, "放弃"))
    state = program_overview(filled, SMALL, NOW).state
    assert (state.under_way, state.total) == (2, 7)
