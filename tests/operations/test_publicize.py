"""公示: days counted from the publication, objections that hold back only the one concerned, and nothing cut short."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from deadlines.course import PublishedList
from operations.objections import Outcome, lodge, settle
from operations.publications import publication
from operations.publicize import publicize
from operations.recount import recount
from operations.results import Denied, Moved, UnknownError
from operations.sweep import sweep
from programs import Program
from states import Move
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import CRAFTSMAN_2022, LUZHOU, Office, said, why

pytestmark = on(SQLITE)

PUBLISHED = datetime.fromisoformat("2019-08-20T09:00+08:00")
CLOSES = datetime.fromisoformat("2019-08-28T00:00+08:00")


@pytest.fixture
def public(luzhou) -> tuple[Office, list[str]]:
    """Three nominees whose names were published on Tuesday, 20 August 2019."""
    numbers = [luzhou.nominate("publicity") for _ in range(3)]
    luzhou.now = PUBLISHED
    luzhou.publicize()
    luzhou.now += timedelta(days=1)
    return luzhou, numbers


def test_public_list_stays_as_it_was_published_whatever_is_put_right(public):
    office, numbers = public
    with office.desk.store.read() as connection:
        list_id = connection.execute(select(t.publicity.c.id)).scalar_one()
    before = publication(office.desk, list_id, office.now).names
    assert [one.number for one in before] == numbers
    with office.desk.store.write() as transaction:
        renamed = t.nomination.update().where(t.nomination.c.number == numbers[0])
        transaction.connection.execute(renamed.values(nominee="丁一", unit="另一厂", grade=None))
    assert publication(office.desk, list_id, office.now).names == before


def object_to(office: Office, number: str):
    return lodge(office.desk, number, "某单位（盖章）", "反映业绩归属有争议", office.act())


def find(office: Office, objection: int, finding: Outcome):
    return settle(office.desk, objection, finding, "经核查", office.act())


def swept(office: Office, now: datetime) -> list[str]:
    office.now = now
    return [one.number for one in sweep(office.desk, now).named]


def objections(office: Office) -> list[tuple[int, str | None]]:
    with office.desk.store.read() as connection:
        query = select(t.objection.c.id, t.objection.c.outcome).order_by(t.objection.c.id)
        return [tuple(row) for row in connection.execute(query)]


@on(*KINDS)
def test_publicity_counts_five_working_days_from_the_day_after(luzhou):
    numbers = [luzhou.nominate("publicity") for _ in range(2)]
    luzhou.now = PUBLISHED
    done = publicize(luzhou.desk, LUZHOU, "publicity", luzhou.act())
    assert (done.published, done.findings) == (
        PublishedList(
            stage="publicity",
            published_at=PUBLISHED,
            said=luzhou.program.stage("publicity").period,
            said_objections=None,
            first_day=date(2019, 8, 21),
            last_day=date(2019, 8, 27),
            closes=CLOSES,
            objections_close=CLOSES,
            provisional=False,
            venue="市人社局官网",
        ),
        (),
    )
    assert [(one.number, one.destination, one.due_at) for one in done.moved] == [
        (number, "publicity.running", CLOSES) for number in numbers
    ]


@on(*KINDS)
def test_publicity_over_days_without_a_published_schedule_is_provisional(luzhou):
    luzhou.nominate("publicity")
    luzhou.now = datetime.fromisoformat("2029-12-28T09:00+08:00")
    done = luzhou.publicize()
    assert (done.published.provisional, [one.provisional for one in done.moved]) == (True, [True])


def test_publicity_is_one_event_that_names_everybody_on_the_list(public):
    office, numbers = public
    (event,) = [event for event in office.events() if event["kind"] == "publicity.started"]
    assert (event["nominations"], event["closes"], event["clause"]) == (numbers, CLOSES.isoformat(), "四、（五）")


def test_publicity_of_nobody_is_refused(luzhou):
    assert why(luzhou.publicize()) == [("somebody-waits", "四、（五）")]


def test_publicity_without_a_venue_is_refused_until_one_is_named(office_of):
    office = office_of(CRAFTSMAN_2022)
    office.nominate("publicity")
    refused = publicize(office.desk, office.id, "publicity", office.act())
    assert why(refused) == [("venue-named", "六、（二）2")]
    assert publicize(office.desk, office.id, "publicity", office.act(), venue="官网").published.venue == "官网"


@pytest.mark.parametrize("stage", ["decision", "moon"])
def test_publicity_at_another_stage_is_an_error(luzhou, stage):
    with pytest.raises(UnknownError, match=f"there is no publicity stage {stage}; use one of: publicity"):
        luzhou.publicize(stage)


def test_publicity_closes_when_it_is_due_and_not_before(public):
    office, numbers = public
    assert swept(office, CLOSES - timedelta(microseconds=1)) == []
    assert swept(office, CLOSES) == numbers
    assert office.stages(numbers) == ["issuance"] * 3


def test_objection_holds_back_only_the_nominee_concerned(public):
    office, numbers = public
    object_to(office, numbers[1])
    assert office.stages(numbers) == ["publicity.running", "publicity.objected", "publicity.running"]
    assert swept(office, CLOSES) == [numbers[0], numbers[2]]
    assert swept(office, CLOSES + timedelta(days=30)) == []


def test_objection_at_the_close_comes_too_late(public):
    office, numbers = public
    office.now = CLOSES
    refused = object_to(office, numbers[0])
    assert (why(refused), said(refused)) == ([("before-due", None)], ["期限已于 2019年8月27日 24:00 届满"])
    assert objections(office) == []


def test_further_objection_at_the_close_comes_too_late_as_well(public):
    office, numbers = public
    object_to(office, numbers[0])
    office.now = CLOSES
    assert why(object_to(office, numbers[0])) == [("before-due", None)]
    assert objections(office) == [(1, None)]


def test_objection_to_somebody_whose_name_is_not_public_is_refused(luzhou):
    number = luzhou.nominate("decision")
    assert why(object_to(luzhou, number)) == [("no-such-move", None)]
    assert objections(luzhou) == []


def test_objection_dismissed_within_the_period_lets_the_nominee_go_on_with_the_others(public):
    office, numbers = public
    moved = find(office, object_to(office, numbers[0]), Outcome.DISMISSED)
    assert (moved.destination, moved.due_at) == ("publicity.running", CLOSES)
    assert swept(office, CLOSES) == numbers


def test_objection_dismissed_after_the_period_lets_the_nominee_go_on_at_once(public):
    office, numbers = public
    objection = object_to(office, numbers[0])
    office.now = CLOSES + timedelta(days=3)
    find(office, objection, Outcome.DISMISSED)
    assert swept(office, office.now) == numbers
    assert office.stages(numbers) == ["issuance"] * 3


def test_objection_upheld_removes_the_nominee_and_gives_the_seat_back(public):
    office, numbers = public
    moved = find(office, object_to(office, numbers[0]), Outcome.UPHELD)
    assert (moved.destination, moved.due_at) == ("removed", None)
    assert office.places() == [("seats.chief-technician", "", 2), ("seats.chief-technician", "", 3)]
    assert swept(office, CLOSES) == numbers[1:]


def test_several_objections_hold_back_until_the_last_is_dismissed(public):
    office, numbers = public
    first, second = object_to(office, numbers[0]), object_to(office, numbers[0])
    assert find(office, first, Outcome.DISMISSED) is None
    assert office.row(numbers[0]).stage == "publicity.objected"
    assert why(office.move(numbers[0], Move.SETTLE)) == [("part-of-more", None)]
    assert isinstance(find(office, second, Outcome.DISMISSED), Moved)
    assert objections(office) == [(first, "dismissed"), (second, "dismissed")]


def test_objection_left_open_when_another_was_upheld_can_still_be_answered(public):
    office, numbers = public
    first, second = object_to(office, numbers[0]), object_to(office, numbers[0])
    find(office, first, Outcome.UPHELD)
    assert find(office, second, Outcome.DISMISSED) is None
    assert office.row(numbers[0]).stage == "removed"
    assert objections(office) == [(first, "upheld"), (second, "dismissed")]


def test_objection_is_settled_once(public):
    office, numbers = public
    objection = object_to(office, numbers[0])
    find(office, objection, Outcome.DISMISSED)
    before = office.contents()
    refused = find(office, objection, Outcome.UPHELD)
    assert (why(refused), said(refused)) == ([("objection-open", None)], [f"异议 {objection} 已经办结"])
    assert office.contents() == before


def test_unknown_objection_is_an_error(luzhou):
    with pytest.raises(UnknownError, match="there is no objection 7"):
        find(luzhou, 7, Outcome.UPHELD)


def test_every_publication_has_its_own_end(luzhou):
    first, second = luzhou.nominate("publicity"), luzhou.nominate("decision")
    luzhou.now = PUBLISHED
    luzhou.publicize()
    luzhou.now = datetime.fromisoformat("2019-08-26T09:00+08:00")
    objection = object_to(luzhou, first)
    luzhou.bring(second, "publicity.running")
    find(luzhou, objection, Outcome.DISMISSED)
    assert (luzhou.row(first).due_at, luzhou.row(second).due_at) == (
        CLOSES,
        datetime.fromisoformat("2019-09-03T00:00+08:00"),
    )
    assert swept(luzhou, CLOSES) == [first]


def test_refused_publication_leaves_nothing_behind(public):
    office, _numbers = public
    before = office.contents()
    assert isinstance(office.publicize(), Denied)
    assert office.contents() == before


# -- how long a list is public, and objections are taken --


def codes(done) -> list[str]:
    return [finding.code for finding in done.findings]


def test_publicity_on_a_day_off_says_when_counting_begins(luzhou):
    luzhou.nominate("publicity")
    luzhou.now = datetime.fromisoformat("2019-08-24T09:00+08:00")
    done = luzhou.publicize()
    assert (done.published.first_day, codes(done)) == (date(2019, 8, 26), ["published_on_day_off"])


@pytest.mark.parametrize("last_day", [date(2019, 8, 27), date(2019, 9, 3), date(2019, 11, 25)])
def test_publicity_until_a_stated_day_ends_there(luzhou, last_day):
    (number,) = [luzhou.nominate("publicity")]
    luzhou.now = PUBLISHED
    done = luzhou.publicize(last_day=last_day)
    closes = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), CLOSES.tzinfo)
    published = done.published
    assert (published.last_day, published.closes, published.stated, codes(done)) == (last_day, closes, True, [])
    assert luzhou.row(number).due_at == closes


@pytest.mark.parametrize(
    ("last_day", "reason"),
    [
        (date(2019, 8, 26), "公示至2019年8月26日不足天数，应不早于2019年8月27日"),
        # A mistyped year: the list could not be closed before.
        (date(2019, 11, 26), "公示至2019年11月26日，比通知推算的最后一日2019年8月27日晚了91天"),
    ],
)
def test_publicity_that_would_end_too_early_or_far_too_late_is_refused_with_the_clause(luzhou, last_day, reason):
    luzhou.nominate("publicity")
    luzhou.now = PUBLISHED
    before = luzhou.contents()
    refused = luzhou.publicize(last_day=last_day)
    assert why(refused) == [("publicity-long-enough", "四、（五）")]
    assert said(refused) == [reason]
    assert luzhou.contents() == before


def with_publicity(program: Program, **fields) -> Program:
    document = program.model_dump()
    next(stage for stage in document["stages"] if stage["id"] == "publicity").update(fields)
    return Program.model_validate(document)


@pytest.fixture
def outlasted(office_of, shipped) -> tuple[Office, list[str]]:
    """Two nominees on a list of five working days against which objections are taken for ten, to 3 September."""
    office = office_of(LUZHOU, program=with_publicity(shipped(LUZHOU), objections={"days": 10}))
    numbers = [office.nominate("publicity") for _ in range(2)]
    office.now = PUBLISHED
    assert office.publicize().published.objections_close == OBJECTIONS_CLOSE
    return office, numbers


OBJECTIONS_CLOSE = datetime.fromisoformat("2019-09-04T00:00+08:00")


def test_objection_after_the_list_was_public_is_taken_while_objections_are(outlasted):
    office, numbers = outlasted
    office.now = CLOSES
    assert isinstance(object_to(office, numbers[0]), int)
    office.now = OBJECTIONS_CLOSE
    assert why(object_to(office, numbers[1])) == [("before-due", None)]


def test_nominees_go_on_when_objections_are_no_longer_taken(outlasted):
    office, numbers = outlasted
    assert swept(office, CLOSES) == []
    assert swept(office, OBJECTIONS_CLOSE) == numbers


def test_objections_that_outlast_the_list_stand_in_its_event(outlasted):
    office, _ = outlasted
    (event,) = [event for event in office.events() if event["kind"] == "publicity.started"]
    assert (event["closes"], event["objections_close"]) == (CLOSES.isoformat(), OBJECTIONS_CLOSE.isoformat())


def test_ruling_on_the_days_while_a_list_runs_leaves_that_list_as_it_was_published(office_of):
    office = office_of(CRAFTSMAN_2022)
    number = office.nominate("publicity")
    office.publicize()
    closes = office.row(number).due_at
    office.rule("publicity-days", 10)
    assert recount(office.desk, office.act()).publicities == 0
    assert office.row(number).due_at == closes
