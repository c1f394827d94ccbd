"""发文 and what follows: only after the publicity, once for a number, and a term that ends on its day."""

from datetime import datetime, timedelta

import pytest

from operations.objections import lodge
from operations.results import Moved, UnknownError
from operations.sweep import sweep
from operations.tenure.revoking import revoke
from states import Move
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import CRAFTSMAN_2017, LUZHOU, TECHNICIAN, said, why

pytestmark = on(SQLITE)

NUMBER = "泸市人社办〔2019〕120号"
ISSUED = datetime.fromisoformat("2019-08-30T09:00+08:00")
TERM_ENDS = datetime.fromisoformat("2022-08-30T00:00+08:00")


@pytest.fixture
def honored(luzhou):
    """Two chief technicians of 30 August 2019."""
    numbers = [luzhou.nominate("publicity.running")]
    numbers.append(luzhou.nominate("publicity.running"))
    for number in numbers:
        luzhou.bring(number, "issuance")
    luzhou.now = ISSUED
    luzhou.issue(NUMBER)
    return luzhou, numbers


@on(*KINDS)
@pytest.mark.parametrize("program", [LUZHOU, TECHNICIAN])
def test_document_is_not_issued_before_the_publicity_is_over(office_of, program):
    office = office_of(program)
    number = office.nominate("publicity.running")
    office.now = office.row(number).due_at - timedelta(minutes=1)
    sweep(office.desk, office.now)
    assert why(office.issue()) == [("somebody-waits", None)]
    assert why(office.move(number, Move.ISSUE, document_number=NUMBER)) == [("part-of-more", None)]
    office.now += timedelta(minutes=1)
    sweep(office.desk, office.now)
    assert [one.number for one in office.issue().moved] == [number]


@on(*KINDS)
def test_document_passes_over_whoever_is_under_objection(luzhou):
    one, other = (luzhou.nominate("decision") for _ in range(2))
    luzhou.decide("decision", dict.fromkeys((one, other), "chief-technician"))
    luzhou.publicize()
    lodge(luzhou.desk, one, "某单位", "反映问题", luzhou.act())
    luzhou.bring(other, "issuance")
    assert [moved.number for moved in luzhou.issue().moved] == [other]
    assert luzhou.row(one).stage == "publicity.objected"


def test_document_is_an_event_with_its_issuers_and_everybody_it_honors(honored):
    office, numbers = honored
    (event,) = [event for event in office.events() if event["kind"] == "document.issued"]
    assert (event["document"], event["issuers"], event["nominations"], event["clause"]) == (
        NUMBER,
        ["泸州市人力资源和社会保障局", "泸州市财政局"],
        numbers,
        "四、（五）",
    )


@pytest.mark.parametrize("number", ["", "   ", "第一号文件"])
def test_document_needs_a_number_of_the_usual_form(luzhou, number):
    waiting = luzhou.nominate("issuance")
    before = luzhou.contents()
    assert why(luzhou.issue(number or " ")) == [("document-numbered", None)]
    assert (luzhou.row(waiting).stage, luzhou.contents()) == ("issuance", before)


def test_document_of_an_unknown_program_is_an_error(luzhou):
    luzhou.id = "moon"
    with pytest.raises(UnknownError, match="the database has no program moon"):
        luzhou.issue()


def test_term_of_three_years_ends_before_its_anniversary(honored):
    office, numbers = honored
    assert [office.row(number).due_at for number in numbers] == [TERM_ENDS] * 2
    assert sweep(office.desk, TERM_ENDS - timedelta(microseconds=1)).named == []
    assert [moved.destination for moved in sweep(office.desk, TERM_ENDS).named] == ["completed"] * 2


def test_term_that_begins_on_29_february_ends_with_february(luzhou):
    number = luzhou.nominate("issuance")
    luzhou.now = datetime.fromisoformat("2020-02-29T10:00+08:00")
    luzhou.issue()
    assert luzhou.row(number).due_at == datetime.fromisoformat("2023-03-01T00:00+08:00")


def test_assessment_and_rectification_leave_the_term_as_it_is(honored):
    office, (one, _) = honored
    for year, what in ((2020, Move.ASSESS), (2021, Move.FAIL), (2022, Move.ASSESS)):
        office.now = TERM_ENDS.replace(year=year) - timedelta(days=1)
        moved = office.move(one, what)
        assert (moved.destination, moved.due_at) == ("tenure", TERM_ENDS)


def test_term_ends_for_whoever_failed_as_for_everybody(honored):
    office, (one, other) = honored
    office.now = TERM_ENDS.replace(year=2020) - timedelta(days=1)
    office.move(one, Move.FAIL)
    assert sorted(moved.number for moved in sweep(office.desk, TERM_ENDS).named) == [one, other]


def test_term_is_not_prolonged_by_a_later_document(luzhou):
    first, second = (luzhou.nominate("decision") for _ in range(2))
    luzhou.decide("decision", dict.fromkeys((first, second), "chief-technician"))
    luzhou.publicize()
    luzhou.now += timedelta(days=1)
    objection = lodge(luzhou.desk, second, "某单位", "反映问题", luzhou.act())
    luzhou.bring(first, "issuance")
    luzhou.now = ISSUED
    luzhou.issue(NUMBER)
    luzhou.dismiss(objection)
    luzhou.bring(second, "issuance")
    luzhou.now = ISSUED + timedelta(days=100)
    assert said(luzhou.issue(NUMBER)) == [f"发文字号 {NUMBER} 已经用过"]
    luzhou.issue()
    luzhou.now += timedelta(days=300)
    for number in (first, second):
        assert isinstance(luzhou.move(number, Move.ASSESS), Moved)
    assert [luzhou.row(number).due_at for number in (first, second)] == [
        TERM_ENDS,
        datetime.fromisoformat("2022-12-08T00:00+08:00"),
    ]


@pytest.mark.parametrize("approval", ["", "  "])
def test_revocation_needs_an_approval(honored, approval):
    office, (one, other) = honored
    refused = revoke(office.desk, one, "1", office.act(), approval=approval)
    assert [gate for gate, _ in why(refused)] == ["revocation-approved"]
    revoked = office.move(one, Move.REVOKE)
    assert (revoked.destination, revoked.due_at) == ("revoked", None)
    assert [moved.number for moved in sweep(office.desk, TERM_ENDS).named] == [other]


def test_honor_without_a_term_can_be_revoked_at_any_time(office_of):
    office = office_of(CRAFTSMAN_2017)
    number = office.nominate("honored")
    assert [gate for gate, _ in why(revoke(office.desk, number, " ", office.act()))] == ["ground-known"]
    assert office.move(number, Move.REVOKE).destination == "revoked"


def test_studio_s_tenure_has_no_end(studio):
    number = studio.nominate("tenure")
    assert studio.row(number).due_at is None
    assert sweep(studio.desk, studio.now + timedelta(days=36500)).named == []
