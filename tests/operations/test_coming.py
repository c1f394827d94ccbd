"""What comes next of a program: the first instant at which a sweep or a delivery has something to do for it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from operations.coming import next_instant
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE
from tests.operations.office import Office

pytestmark = on(SQLITE)


@pytest.fixture
def quiet(luzhou) -> Office:
    """One nomination within its term, of which nothing is to come."""
    number = luzhou.nominate("tenure")
    with luzhou.desk.store.write() as transaction:
        connection = transaction.connection
        connection.execute(update(t.reminder).values(state="moot"))
        connection.execute(update(t.message).values(state="moot", next_attempt_at=None))
        connection.execute(update(t.tenure).values(next_at=None))
        connection.execute(update(t.nomination).values(due_at=None))
    assert number
    return luzhou


def raise_objection(connection, office: Office, instant, outcome=None) -> None:
    of = {"nomination_id": 1, "stage": "publicity", "objector": "某公司", "grounds": "业绩", "lodged_at": office.now}
    connection.execute(insert(t.objection).values(**of, due_at=instant, outcome=outcome))


#: What is written of the nomination, and whether it brings the program on.
COMING = {
    "nothing": (lambda _connection, _office, _instant: None, False),
    "move": (
        lambda connection, _office, instant: connection.execute(update(t.nomination).values(due_at=instant)),
        True,
    ),
    "term": (lambda connection, _office, instant: connection.execute(update(t.tenure).values(next_at=instant)), True),
    "objection": (raise_objection, True),
    "settled objection": (lambda *given: raise_objection(*given, outcome="dismissed"), False),
}


@pytest.mark.parametrize("what", COMING)
def test_program_is_brought_on_by_whatever_falls_due_in_it(quiet, what):
    write, comes = COMING[what]
    instant = quiet.now + timedelta(days=400)
    with quiet.desk.store.write() as transaction:
        write(transaction.connection, quiet, instant)
    expected = instant if comes else None
    assert next_instant(quiet.desk, quiet.id, (), quiet.now) == expected
    assert next_instant(quiet.desk, quiet.id, (), instant) is None
    assert next_instant(quiet.desk, "another", (), quiet.now) is None
    grace = timedelta(minutes=1)
    expected = instant + grace if comes else None
    for now in (quiet.now, instant, instant + grace / 2):
        assert next_instant(quiet.desk, quiet.id, (), now, grace=grace) == expected
    assert next_instant(quiet.desk, quiet.id, (), instant + grace, grace=grace) is None
