"""Ladders before what no nomination is due on: the close of a window, scores, open ballots, reports of a term."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from deadlines.keydates import term_closes
from deadlines.ladders import ladder
from notifications.channels import MemoryChannel
from notifications.owed import OwedKind
from operations.amend import amend
from operations.desk import Running
from operations.letters_ahead import letters_ahead
from operations.messages import list_messages
from operations.remind import remind
from operations.rungs import next_rung, next_rung_of_terms, owe_rungs
from operations.sweep import sweep
from operations.tenure.assessing import receive_report
from programs import Program
from programs.reminding import Actor as Whose
from programs.reminding import Ladder
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.amending import change, edited
from tests.operations.balloting import DECISION, MEMBERS, BallotOffice, with_ballot
from tests.operations.office import INTAKE, LUZHOU, Office
from tests.operations.panels import REVIEW, PanelOffice, with_panel

pytestmark = on(SQLITE)

#: The close of the windows below is 31 August 2019, a Saturday.
WINDOW = {"phrase": "2019年8月", "clause": "六"}
FIVE, ONE, ZERO = (datetime.fromisoformat(f"2019-08-{day}T09:00+08:00") for day in ("23", "29", "30"))


def with_window(program: Program, stage: str) -> Program:
    return edited(program, change("stages", stage, window=WINDOW))


def told(office: Office, at: datetime) -> dict[str, str]:
    """What is sent at an instant that speaks of a close: the subject by the recipient."""
    channel = MemoryChannel()
    remind(office.desk, channel, at)
    return {letter.recipient: letter.body for letter in channel.letters if "即将截止" in letter.body}


def emptied(office: Office, at: datetime) -> None:
    """Have everything sent that is owed before an instant."""
    remind(office.desk, MemoryChannel(), at)


def test_holder_is_reminded_before_the_window_of_a_stage_closes_and_not_once_it_is_done(office_of, shipped):
    office = office_of(LUZHOU, program=with_window(shipped(LUZHOU), "screening"))
    number = office.nominate("screening")
    emptied(office, FIVE.replace(hour=8))
    assert next_rung(office.desk, office.id, FIVE.replace(hour=8)) == FIVE
    body = told(office, FIVE)[office.program.office]
    assert (number in body, "2019年8月31日（星期六）24:00，还有5个工作日" in body) == (True, True)
    assert told(office, FIVE.replace(hour=10)) == {}
    office.now = ONE.replace(hour=8)
    office.judge_all(number)
    office.step(number, "screening")
    assert told(office, ONE) == {}


def test_rung_is_not_for_what_came_after_it_and_one_is_told_after_an_outage(office_of, shipped):
    office = office_of(LUZHOU, program=with_window(shipped(LUZHOU), "screening"))
    first, second = office.nominate("screening"), office.nominate("screening")
    emptied(office, office.now)
    with office.desk.store.write() as transaction:
        came = update(t.nomination).where(t.nomination.c.number == second).values(moved_at=ONE.replace(hour=11))
        transaction.connection.execute(came)
    (body,) = told(office, ONE.replace(hour=12)).values()
    assert (first in body, second in body) == (True, True)
    with office.desk.store.write() as transaction:
        transaction.connection.execute(
            update(t.nomination).where(t.nomination.c.number == first).values(stage="review")
        )
    assert told(office, ONE.replace(hour=13)) == {}
    (body,) = told(office, ZERO).values()
    assert second in body
    assert owe_rungs(office.desk, ZERO) == 0


def _letters(office: Office, at: datetime):
    channel = MemoryChannel()
    remind(office.desk, channel, at)
    return channel.letters


def test_window_that_is_moved_is_reminded_of_by_its_new_close(office_of, shipped):
    program = with_window(shipped(LUZHOU), "screening")
    office = office_of(LUZHOU, program=program)
    office.nominate("screening")
    emptied(office, FIVE.replace(hour=8))
    assert owe_rungs(office.desk, FIVE) == 1
    later = edited(program, change("stages", "screening", window={"phrase": "2019年9月", "clause": "六"}))
    office.now = FIVE
    amend(office.desk, later, office.act("延期"))
    assert told(office, FIVE) == {}
    assert next_rung(office.desk, office.id, FIVE) == datetime.fromisoformat("2019-09-24T09:00+08:00")


def test_experts_whose_scores_are_missing_are_reminded_and_then_the_office_is_told(desk, shipped):
    office = PanelOffice(desk, with_panel(with_window(shipped(LUZHOU), REVIEW), per_nominee=1), INTAKE[LUZHOU])
    office.open()
    numbers = [office.nominate(REVIEW) for _ in range(3)]
    office.fill_the_pool(3)
    names = office.seat()
    office.assign()
    emptied(office, FIVE.replace(hour=8))
    asked = told(office, FIVE)
    assert set(asked) == {*names, office.program.stage(REVIEW).office}
    assert all("完成评分和评议意见" in asked[name] and "涉及申报1件" in asked[name] for name in names)
    done = next(name for name in names if numbers[0] in asked[name])
    office.now = FIVE.replace(hour=10)
    office.reports(done, numbers[0])
    letters = _letters(office, datetime.fromisoformat("2019-08-28T09:00+08:00"))
    (escalated,) = [one.body for one in letters if one.recipient == office.program.office]
    assert {name for name in names if f"{name}尚未办理" in escalated} == set(names) - {done}
    # The window closes on 31 August 2019, and nobody lapses by it: two working days later they are told once more.
    after = datetime.fromisoformat("2019-09-03T09:00+08:00")
    emptied(office, after.replace(hour=8))
    assert next_rung(office.desk, office.id, after.replace(hour=8)) == after
    again = {one.recipient: one.body for one in _letters(office, after) if "再次提醒" in one.body}
    # Whoever holds what stands there is told that it has waited long.
    again.pop(office.program.stage(REVIEW).office, None)
    assert set(again) == set(names) - {done}
    assert all("完成评分和评议意见" in body and "2019年8月31日" in body for body in again.values())
    # The office has been told of them by this deadline already.
    assert [one for one in _letters(office, after.replace(day=4)) if "完成评分" in one.body] == []


def test_office_is_told_of_scores_that_are_missing_after_the_close_where_it_was_not_before(desk, shipped):
    office = PanelOffice(desk, with_panel(with_window(shipped(LUZHOU), REVIEW), per_nominee=1), INTAKE[LUZHOU])
    office.open()
    for _ in range(3):
        office.nominate(REVIEW)
    office.fill_the_pool(3)
    names = office.seat()
    office.assign()
    told = [one for one in _letters(office, datetime.fromisoformat("2019-09-04T09:00+08:00")) if "评分" in one.body]
    assert {one.recipient for one in told} == {*names, office.program.office}
    assert owe_rungs(office.desk, datetime.fromisoformat("2019-09-04T09:00+08:00")) == 0
    assert owe_rungs(office.desk, datetime.fromisoformat("2020-09-04T09:00+08:00")) == 0


def test_members_of_the_pool_with_an_open_ballot_are_reminded_of_it(desk, shipped):
    program = with_ballot(with_window(shipped(LUZHOU), DECISION), secret=False)
    office = BallotOffice(desk, program, INTAKE[LUZHOU])
    office.open()
    number = office.nominate(DECISION)
    keeper = PanelOffice(desk, program, INTAKE[LUZHOU])
    for name in MEMBERS[:2]:
        keeper.add(name)
    office.opened()
    emptied(office, FIVE.replace(hour=8))
    office.cast(MEMBERS[0], number)
    assert {name: "参加表决" in body for name, body in told(office, FIVE).items()} == {
        MEMBERS[1]: True,
        program.stage(DECISION).office: False,
    }


def test_unit_that_owes_a_report_of_its_term_is_reminded_by_its_ladder(office_of, shipped, calendar):
    ladders = (Ladder(actor=Whose.TENURE, before=(3, 0)),)
    office = office_of(LUZHOU, program=shipped(LUZHOU).model_copy(update={"ladders": ladders}))
    numbers = [office.nominate("tenure", unit="长江厂") for _ in range(2)]
    with office.desk.store.read() as connection:
        begun = connection.execute(select(t.tenure.c.begun).limit(1)).scalar_one()
    with office.desk.store.write() as transaction:
        transaction.connection.execute(update(t.tenure).values(begun=begun))
    due = term_closes(begun, 1)
    three, last = ladder(calendar, due, (3, 0))
    for at in (due - timedelta(days=89), due - timedelta(days=13), three.at - timedelta(days=1)):
        sweep(office.desk, at)
        emptied(office, at.replace(hour=10))
    assert next_rung_of_terms(office.desk, office.id, three.at - timedelta(days=1)) == three.at
    assert next_rung_of_terms(office.desk, office.id, three.at) == last.at
    assert next_rung_of_terms(office.desk, office.id, last.at) is None
    body = told(office, three.at)["长江厂"]
    assert ("请办理：报送履职报告" in body, *(number in body for number in numbers)) == (True, True, True)
    office.now = three.at
    for number in numbers:
        receive_report(office.desk, number, office.act())
    assert "长江厂" not in told(office, last.at)


def test_preview_tells_every_letter_with_its_days(office_of, shipped):
    office = office_of(LUZHOU, program=with_panel(with_window(shipped(LUZHOU), "screening")))
    with office.desk.store.read() as connection:
        running = office.desk.running(connection, office.id)
    ahead = letters_ahead(running, office.now)
    kinds = {one.kind.value for one in ahead}
    assert kinds == {"arrival", "deadline", "overdue", "escalation", "invitation", "notice"}
    (window,) = [one for one in ahead if one.stage == "screening" and one.kind == "deadline" and one.dates]
    assert [f"{at:%m-%d}" for at in window.dates] == ["08-23", "08-27", "08-29", "08-30"]
    assert all(one.letter.subject and one.letter.body for one in ahead)
    assert list_messages(office.desk) == []
    english = letters_ahead(running, office.now, "en")
    assert [one.kind for one in english] == [one.kind for one in ahead]


def test_preview_has_every_letter_that_a_rehearsal_of_the_program_sends(rehearsed_store, calendar, shipped):
    program = shipped(LUZHOU)
    ahead = letters_ahead(Running(program, 0, None, calendar), datetime.fromisoformat("2019-01-10T10:00+08:00"))
    of = t.reminder.c
    with rehearsed_store.read() as connection:
        owed = connection.execute(select(of.kind, of.stage, of.facts).where(of.program_id == program.id)).all()
    # News is told of the move, wherever it leads; everything else of the place where something is to be done.
    places = {(row.kind, row.stage) for row in owed if row.kind != OwedKind.NOTICE}
    assert places - {(one.kind.value, one.stage) for one in ahead} == set()
    news = {row.facts["move"] for row in owed if row.kind == OwedKind.NOTICE}
    told = [one.when.zh for one in ahead if one.kind is OwedKind.NOTICE]
    assert {move for move in news if f"办理“{move}”后" not in told} == set()
    assert (len(places), len(news)) >= (15, 8)


def test_idle_look_reads_no_program_in_which_nobody_waits(office_of, shipped, monkeypatch):
    office = office_of(LUZHOU, program=with_window(shipped(LUZHOU), "screening"))
    read = []
    running = type(office.desk).running

    def keep(desk, connection, program_id):
        read.append(program_id)
        return running(desk, connection, program_id)

    monkeypatch.setattr(type(office.desk), "running", keep)
    assert (owe_rungs(office.desk, FIVE), set(read)) == (0, set())
    office.nominate("screening")
    read.clear()
    assert (owe_rungs(office.desk, FIVE) > 0, set(read)) == (True, {office.id})
