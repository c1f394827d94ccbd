"""A program with two terms: what is told, made good and paid in the one is not taken for the other's."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from deadlines import SHANGHAI
from deadlines.keydates import term_closes
from operations.disagreements import disagreements
from operations.results import Denied
from operations.sweep import sweep
from operations.tenure.assessing import assess, receive_report, rectify
from operations.tenure.listing import honor_of
from operations.tenure.paying import Payment, pay, recover
from programs import Program, load_program
from store import tables as t
from tests.conftest import on
from tests.databases import KINDS, SQLITE
from tests.operations.office import Office, said, why

pytestmark = on(SQLITE)

FIRST, SECOND = "building", "operation"


@pytest.fixture(scope="module")
def program() -> Program:
    return load_program(Path(__file__).parents[1] / "programs" / "shapes" / "two-tenures.toml")


@pytest.fixture
def office(desk, program) -> Office:
    office = Office(desk, program, datetime(2026, 3, 2, 10, tzinfo=SHANGHAI))
    office.open()
    return office


def to_year(office: Office, number: str, year: int, days: int = -5) -> None:
    """Come so many days before the end of this year of the term that runs."""
    closes = term_closes(honor_of(office.desk, number, office.now).begun, year)
    office.now = closes + timedelta(days=days, hours=10)


def paid(office: Office, number: str, yuan: int, benefit: str = "allowance", **more: int):
    return pay(office.desk, number, benefit, yuan * 100, office.act(), document="财拨〔2027〕1号", **more)


def agrees(office: Office) -> bool:
    with office.desk.store.read() as connection:
        return list(disagreements(connection)) == []


def told(office: Office) -> list[tuple[str, str]]:
    """Each reminder of a duty: in which term, and which duty."""
    with office.desk.store.read() as connection:
        keys = connection.execute(select(t.reminder.c.key).order_by(t.reminder.c.id)).scalars()
        found = [re.fullmatch(r"notice\|[^|]+\|[^|]+\|([^|]+)\|([a-z]+-\d+-[a-z]+)\|.+", key) for key in keys]
    return sorted({(one[1], one[2]) for one in found if one})


def test_same_duty_of_each_term_is_told_once(office):
    number = office.nominate(FIRST)
    to_year(office, number, 1)
    sweep(office.desk, office.now)
    assert told(office) == [(FIRST, "assessment-1-soon"), (FIRST, "report-1-soon")]
    office.bring(number, SECOND)
    to_year(office, number, 1)
    sweep(office.desk, office.now)
    again = sweep(office.desk, office.now)
    of_second = [(term, duty) for term, duty in told(office) if term == SECOND]
    assert (of_second, again.reminders) == ([(SECOND, "assessment-1-soon"), (SECOND, "report-1-soon")], 0)


def test_failure_of_the_second_term_ends_it_whatever_the_first_one_passed(office):
    number = office.nominate(FIRST)
    for year in (1, 2):
        to_year(office, number, year)
        assert not isinstance(assess(office.desk, number, "合格", office.act()), Denied)
    office.bring(number, SECOND)
    to_year(office, number, 1)
    failed = assess(office.desk, number, "不合格", office.act("未开展带徒"))
    assert (failed.period, office.row(number).stage) == (1, f"{SECOND}.rectification")
    assert sweep(office.desk, failed.rectify_by - timedelta(seconds=1)).moved == 0
    swept = sweep(office.desk, failed.rectify_by)
    assert [(one.number, one.destination) for one in swept.named] == [(number, "revoked")]
    assert agrees(office)


def test_failure_of_the_first_term_is_not_held_against_the_second(office):
    number = office.nominate(FIRST)
    to_year(office, number, 1)
    assess(office.desk, number, "不合格", office.act("未开展带徒"))
    rectify(office.desk, number, "合格", office.act())
    office.bring(number, SECOND)
    assert honor_of(office.desk, number, office.now).term.rounds == ()
    to_year(office, number, 1)
    assert receive_report(office.desk, number, office.act()).period == 1
    assert assess(office.desk, number, "合格", office.act()).passed
    assert agrees(office)


def test_year_of_each_term_is_paid_by_itself_and_what_is_paid_once_is_paid_in_none_again(office):
    number = office.nominate(FIRST)
    assert isinstance(paid(office, number, 10_000), Payment)
    assert isinstance(paid(office, number, 50_000, "opening"), Payment)
    assert why(paid(office, number, 1)) == [("within-the-cap", "六")]
    office.bring(number, SECOND)
    assert why(paid(office, number, 1, "opening")) == [("paid-once", "六")]
    assert paid(office, number, 10_000) == Payment(number, "allowance", 1, 1_000_000, 1_000_000)
    assert why(paid(office, number, 1)) == [("within-the-cap", "六")]
    back = office.act("缴款书")
    assert recover(office.desk, number, "allowance", 300_000, back).left == 700_000
    of_first = recover(office.desk, number, "allowance", 1_000_000, back, period=1, term=FIRST)
    assert (of_first.left, honor_of(office.desk, number, office.now).paid) == (0, 5_700_000)
    assert agrees(office)


def test_instalments_keep_within_the_cap_together_and_each_is_recovered_by_itself(office):
    number = office.nominate(FIRST)
    assert [paid(office, number, yuan).instalment for yuan in (4_000, 5_000)] == [1, 2]
    refused = paid(office, number, 1_000)
    assert (why(refused), said(refused)) == (
        [("paid-once", "六")],
        ["“年度补助”分 2 期发放，已发放 2 期"],
    )
    back = office.act("缴款书")
    assert said(recover(office.desk, number, "allowance", 100, back)) == ["“年度补助”分期发放过"]
    assert recover(office.desk, number, "allowance", 400_000, back, instalment=1).left == 0
    refused = paid(office, number, 5_001)
    assert (why(refused), said(refused)) == (
        [("within-the-cap", "六")],
        ["“年度补助”不能发放 5,001.00 元，最多 10,000.00 元，已发放 5,000.00 元"],
    )
    assert paid(office, number, 5_000).instalment == 1
    assert (honor_of(office.desk, number, office.now).paid, agrees(office)) == (1_000_000, True)


@on(*KINDS)
def test_database_refuses_the_same_instalment_of_a_term_twice_and_takes_another_term_s(office):
    number = office.nominate(FIRST)
    paid(office, number, 4_000)
    with office.desk.store.read() as connection:
        kept = dict(connection.execute(select(t.payment)).mappings().one())
    del kept["id"]
    with pytest.raises(IntegrityError), office.desk.store.write() as transaction:
        transaction.connection.execute(t.payment.insert().values(**kept))
    for other in ({"stage": SECOND}, {"instalment": 2}):
        with office.desk.store.write() as transaction:
            transaction.connection.execute(t.payment.insert().values(**kept | other))
