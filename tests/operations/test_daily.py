from datetime import datetime

from sqlalchemy import update

from operations.daily import day_of
from store import tables as t
from tests.conftest import on
from tests.databases import SQLITE


@on(SQLITE)
def test_what_moved_in_the_evening_stands_on_the_page_of_the_next_day_alone(luzhou):
    luzhou.nominate(unit="长江厂")
    with luzhou.desk.store.write() as transaction:
        evening = datetime.fromisoformat("2019-07-23T20:00+08:00")
        transaction.connection.execute(update(t.nomination).values(moved_at=evening))
    days = [day_of(luzhou.desk, datetime.fromisoformat(f"2019-07-{day}T18:05+08:00")) for day in (23, 24, 25)]
    assert [sum(one.nominations for one in day.changed) for day in days] == [0, 1, 0]
