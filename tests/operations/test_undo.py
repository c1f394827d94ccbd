"""Taking the last move back: by whom, until when, what it gives back and takes again, and what keeps it from going."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from notifications.channels import MemoryChannel
from operations.actors import Actor, Role
from operations.acts import Act
from operations.audit import audit
from operations.bulk import TWINS
from operations.disagreements import disagreements
from operations.many import move_each
from operations.move import move
from operations.remind import remind
from operations.results import Denied, Moved
from operations.screen import judge
from operations.sweep import sweep
from operations.undo import undo
from operations.undoing import limit_named, undoing
from programs import Program
from states import Endorsement, Move, Result
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import LUZHOU, STUDIO, Office, said, why
from tests.states.test_undoing import with_undo

pytestmark = on(SQLITE)


@pytest.fixture
def office(office_of, shipped) -> Office:
    """The chief technicians of Luzhou, whose office lets moves be taken back within 24 hours."""
    return office_of(LUZHOU, program=with_undo(shipped(LUZHOU)))


def back(office: Office, number: str, reason: str = "误操作", *, act: Act | None = None) -> Moved | Denied:
    return undo(office.desk, number, act or office.act(reason))


def clean(office: Office) -> bool:
    with office.desk.store.read() as connection:
        return list(disagreements(connection)) == [] and audit(office.desk).breaks == 0


def row_of(office: Office, number: str) -> tuple:
    row = office.row(number)
    return row.stage, row.holder, row.due_at, row.grade, row.correction, row.moved_at


def reminders(office: Office, number: str) -> list[tuple[str, str]]:
    of = t.reminder.c
    with office.desk.store.read() as connection:
        query = select(of.facts, of.state).where(of.nomination == number).order_by(of.id)
        return [(facts["move"], state) for facts, state in connection.execute(query)]


@pytest.mark.parametrize(
    ("stage", "what", "facts"),
    [
        ("recommendation.unit", Move.SUBMIT, {}),
        ("recommendation.recommender", Move.ENDORSE, {}),
        ("recommendation.recommender", Move.RETURN, {}),
        ("recommendation.recommender", Move.REJECT, {}),
        ("recommendation.office", Move.ACCEPT, {}),
        ("recommendation.office", Move.RETURN, {}),
        ("recommendation.office", Move.WITHDRAW, {}),
        ("screening", Move.RETURN, {}),
        ("screening", Move.REJECT, {}),
        ("decision", Move.CHOOSE, {"grade": "chief-technician"}),
        ("decision", Move.ELIMINATE, {}),
        ("decision", Move.WITHDRAW, {}),
    ],
)
def test_move_that_is_taken_back_leaves_everything_as_it_was_but_the_history(office, stage, what, facts):
    number = office.nominate(stage)
    before, places = row_of(office, number), office.places()
    made = office.move(number, what, **facts)
    assert isinstance(made, Moved), made
    office.now += timedelta(hours=2)
    done = back(office, number)
    assert isinstance(done, Moved), done
    assert (row_of(office, number), office.places()) == (before, places)
    assert office.row(number).version == made.version + 1
    *_, move_event, undo_event = office.events(number)
    assert (undo_event["move"], undo_event["from"], undo_event["to"]) == ("undo", made.destination, stage)
    assert undo_event["undoes"]["position"] == move_event["position"]
    assert undo_event["undoes"]["digest"] == move_event["digest"]
    assert (undo_event["reason"], undo_event["clause"]) == ("误操作", "主办单位工作规则第三条")
    assert clean(office)
    # And the same move is made again as if for the first time.
    assert isinstance(office.move(number, what, **facts), Moved)
    assert clean(office)


def test_correction_that_is_handed_back_by_mistake_runs_as_it_ran(office):
    number = office.nominate("screening")
    office.move(number, Move.RETURN)
    before = row_of(office, number)
    office.now += timedelta(hours=3)
    assert isinstance(office.move(number, Move.SUBMIT), Moved)
    assert isinstance(back(office, number), Moved)
    assert row_of(office, number) == before
    assert clean(office)


def test_only_the_last_move_and_only_once(office):
    number = office.nominate("recommendation.office")
    office.move(number, Move.ACCEPT)
    assert isinstance(back(office, number), Moved)
    refused = back(office, number)
    assert why(refused)[0][0] == "undoable"
    assert undoing(office.desk, number, office.act().actor, office.now) is None


def test_nothing_of_it_where_the_program_says_nothing(luzhou):
    number = luzhou.nominate("screening")
    assert said(back(luzhou, number)) == ["最近一步“受理通过”不能撤销"]
    assert all("undo" not in event for event in luzhou.events(number))


def test_time_ends_to_the_instant(office):
    number = office.nominate("recommendation.office")
    office.move(number, Move.ACCEPT)
    made = office.now
    office.now = made + timedelta(hours=24)
    assert why(back(office, number)) == [("in-time-to-undo", "主办单位工作规则第三条")]
    office.now -= timedelta(microseconds=1)
    assert isinstance(back(office, number), Moved)


def test_working_days_end_with_the_last_of_them(office_of, shipped):
    document = with_undo(shipped(LUZHOU)).model_dump(mode="json")
    for stage in document["stages"]:
        if stage["undo"]:
            stage["undo"] |= {"hours": None, "working_days": 1}
    office = office_of(LUZHOU, program=Program.model_validate(document))
    office.now = datetime.fromisoformat("2019-07-19T16:00+08:00")  # a Friday
    number = office.nominate("recommendation.office")
    office.move(number, Move.ACCEPT)
    ahead = undoing(office.desk, number, office.act().actor, office.now)
    assert ahead.until == datetime.fromisoformat("2019-07-23T00:00+08:00")


def test_whoever_made_it_or_an_administrator_of_the_office_and_nobody_else(office):
    number = office.nominate("screening")
    holder = office.row(number).holder
    mine = Actor("李审查", Role.OPERATOR, holder)
    colleague = Actor("周同事", Role.OPERATOR, holder)
    assert isinstance(move(office.desk, number, Move.REJECT, Act(mine, office.now, "不符合")), Moved)
    refused = back(office, number, act=Act(colleague, office.now, "误操作"))
    assert said(refused) == ["“撤销操作”须由李审查本人办理，您是周同事"]
    for role in (Role.EXPERT, Role.SUPERVISOR):
        refused = back(office, number, act=Act(Actor("李审查", role, holder), office.now, "误操作"))
        assert why(refused)[0][0] == "authority"
    # What one is at the time counts: neither in another role, nor for another office.
    screening = Actor("李审查", Role.SCREENING, holder)
    refused = back(office, number, act=Act(screening, office.now, "误操作"))
    assert said(refused) == [f"“撤销操作”须由{holder}经办人李审查本人办理，您是李审查"]
    elsewhere = Actor("李审查", Role.OPERATOR, "另一单位")
    assert why(back(office, number, act=Act(elsewhere, office.now, "误操作")))[0][0] == "own"
    assert isinstance(back(office, number, act=Act(mine, office.now, "误操作")), Moved)


def test_reason_is_asked_for_and_what_was_looked_at_must_still_stand(office):
    number = office.nominate("recommendation.office")
    office.move(number, Move.ACCEPT)
    assert why(back(office, number, " "))[0][0] == "reason-stated"
    stale = undo(office.desk, number, office.act("误操作"), seen_version=1)
    assert why(stale)[0][0] == "seen-version"


def test_undo_of_what_another_has_moved_since_is_told_of_that_though_it_is_not_theirs_to_take_back(office):
    number = office.nominate("recommendation.recommender")
    holder = Act(Actor("李审查", Role.OPERATOR, office.row(number).holder), office.now, "请补盖公章")
    moved = move(office.desk, number, Move.RETURN, holder)
    assert isinstance(moved, Moved)
    office.move(number, Move.SUBMIT)
    assert why(undo(office.desk, number, holder, seen_version=moved.version)) == [("seen-version", None)]
    assert why(undo(office.desk, number, holder, seen_version=moved.version + 1)) == [("own", None)]


def judged(office: Office, number: str) -> None:
    rule = office.program.rules[0].id
    assert judge(office.desk, number, {rule: Result.PASS}, office.act()) is None


def ranked(office: Office, number: str) -> None:
    for track in ("materials", "site-visit"):
        office.report(number, track)
    office.rank()


@pytest.mark.parametrize(
    ("stage", "what", "then", "built"),
    [
        ("recommendation.office", Move.ACCEPT, judged, "填写了审查结论"),
        ("screening", Move.ACCEPT, ranked, "报送了评议结果；确定了排序"),
    ],
)
def test_what_rests_on_it_keeps_it(office, stage, what, then, built):
    number = office.nominate(stage)
    if stage == "screening":
        office.judge_all(number)
    assert isinstance(office.move(number, what), Moved)
    then(office, number)
    done = back(office, number)
    assert said(done) == [f"此后已经{built}"]


def test_list_of_those_who_went_on_keeps_whoever_did_not(office):
    first, second = (office.nominate("decision") for _ in range(2))
    office.move(first, Move.CHOOSE, grade="chief-technician")
    office.move(second, Move.ELIMINATE)
    office.publicize()
    assert said(back(office, second)) == ["此后已经公布了名单"]


def test_letter_whose_receipt_was_confirmed_keeps_it(office):
    number = office.nominate("screening")
    office.move(number, Move.REJECT)
    with office.desk.store.write() as transaction:
        of = t.reminder.c
        connection = transaction.connection
        values = {"id": "m1", "recipient": "第1厂", "subject": "…", "body": "…", "state": "sent"}
        connection.execute(t.message.insert().values(**values, written_at=office.now, received_at=office.now))
        mine = update(t.reminder).where(of.nomination == number, of.kind == "notice")
        connection.execute(mine.values(state="gathered", message_id="m1"))
    assert said(back(office, number)) == ["此后已经有人确认收到了这一步的信函"]


def test_word_that_has_not_gone_out_stays_and_what_has_is_put_right(office):
    number = office.nominate("screening")
    office.move(number, Move.REJECT)
    assert isinstance(back(office, number), Moved)
    assert reminders(office, number) == [("不予通过", "moot")]
    office.move(number, Move.REJECT)
    office.now += timedelta(hours=1)
    deliver(office)
    assert isinstance(back(office, number), Moved)
    assert reminders(office, number)[1:] == [("不予通过", "gathered"), ("撤销“不予通过”", "owed")]


def deliver(office: Office) -> None:
    remind(office.desk, MemoryChannel(), office.now)


def test_place_taken_by_another_meanwhile_is_not_taken_twice(office_of, shipped):
    document = with_undo(shipped(LUZHOU)).model_dump(mode="json")
    document["seats"] = [seats | {"count": 1, "kind": "cap"} for seats in document["seats"]]
    document["stages"] = [
        stage | ({"undo": stage["undo"] | {"moves": ["choose", "withdraw"]}} if stage["id"] == "decision" else {})
        for stage in document["stages"]
    ]
    office = office_of(LUZHOU, program=Program.model_validate(document))
    first, second = (office.nominate("decision") for _ in range(2))
    grade = document["seats"][0]["id"]
    assert isinstance(office.move(first, Move.CHOOSE, grade=grade), Moved)
    assert why(office.move(second, Move.CHOOSE, grade=grade))[0][0] == "seat-free"
    assert isinstance(back(office, first), Moved)
    assert isinstance(office.move(second, Move.CHOOSE, grade=grade), Moved)
    assert clean(office)


def test_quota_given_back_by_a_withdrawal_is_asked_for_again(office_of, shipped):
    document = with_undo(shipped("bayu-craftsman-2022")).model_dump(mode="json")
    document["quotas"] = [quota | {"limit": 1} for quota in document["quotas"]]
    office = office_of("bayu-craftsman-2022", program=Program.model_validate(document))
    first, second = (office.nominate("recommendation.recommender") for _ in range(2))
    assert isinstance(office.move(first, Move.ENDORSE), Moved)
    assert isinstance(office.move(first, Move.WITHDRAW), Moved)
    assert isinstance(office.move(second, Move.ENDORSE), Moved)
    assert why(back(office, first))[0][0] == "quota-free"
    assert isinstance(back(office, second), Moved)
    assert isinstance(back(office, first), Moved)
    assert [place[0] for place in office.places()] == ["quota.district"]
    assert clean(office)


def test_promise_of_an_honor_goes_and_comes_back_with_the_move(office_of, shipped):
    program = with_undo(shipped(STUDIO))
    office = office_of(STUDIO, program=program)
    other = office_of(
        STUDIO,
        program=Program.model_validate(
            program.model_dump(mode="json") | {"id": "other-studio-2023", "award": "垫江县技能大师工作室"}
        ),
    )
    expert = office.draft().identity
    number, elsewhere = office.nominate("decision", identity=expert), other.nominate("decision", identity=expert)
    grade = program.seats[0].id
    assert isinstance(office.move(number, Move.CHOOSE, grade=grade), Moved)
    assert why(other.move(elsewhere, Move.CHOOSE, grade=grade))[0][0] == "past-allows"
    assert isinstance(back(office, number), Moved)
    assert clean(office)
    assert isinstance(other.move(elsewhere, Move.CHOOSE, grade=grade), Moved)
    other.move(elsewhere, Move.WITHDRAW)
    assert isinstance(office.move(number, Move.CHOOSE, grade=grade), Moved)
    assert clean(office)


def test_intake_that_has_closed_meanwhile_is_told_before_and_ends_it_after(office):
    number = office.nominate("recommendation.recommender")
    office.now = office.row(number).due_at - timedelta(hours=1)
    assert isinstance(office.move(number, Move.ENDORSE), Moved)
    office.now += timedelta(hours=2)
    ahead = undoing(office.desk, number, office.act().actor, office.now)
    assert [one.zh for one in ahead.warned] == [
        "该处期限已于 2019年7月30日 24:00 届满：撤销后不能再从那里上报，下一次巡检将按“逾期失效”办结"
    ]
    assert ahead.refusals == ()
    assert sweep(office.desk, office.now).moved == 0, "a sweep takes nothing back by itself"
    assert isinstance(back(office, number), Moved)
    assert why(office.move(number, Move.ENDORSE))[0][0] == "in-time"
    assert sweep(office.desk, office.now).moved == 1
    assert office.row(number).stage == "lapsed"


def test_form_bears_again_what_the_tier_had_put_there_before(office):
    number = office.nominate("recommendation.office")
    assert isinstance(office.move(number, Move.RETURN), Moved)
    first = endorsed(office)
    tier = office.program.tier("recommendation.recommender")
    other = Endorsement.full(tier, "另一意见", "另一编号")
    assert isinstance(office.move(number, Move.ENDORSE, endorsement=other), Moved)
    assert endorsed(office) != first
    assert isinstance(back(office, number), Moved)
    assert endorsed(office) == first
    assert clean(office)


def endorsed(office: Office) -> list[tuple]:
    of = t.endorsement.c
    with office.desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(t.endorsement).order_by(of.tier))]


def test_it_is_no_move_of_many_and_none_of_the_clock(office):
    number = office.nominate("recommendation.office")
    office.move(number, Move.ACCEPT)
    batch = move_each(office.desk, [number], Move.UNDO, office.act("误操作"))
    assert why(batch.denied[0])[0][0] == "part-of-more"
    assert why(office.move(number, Move.UNDO))[0][0] == "part-of-more"
    assert Move.UNDO not in TWINS


def test_every_limit_is_called_by_its_name(shipped):
    program = shipped(LUZHOU)
    assert [limit_named(program, f"{kind}.chief-technician") for kind in ("seats", "reserves")] == [
        "泸州市首席技师",
        "泸州市首席技师候补",
    ]
