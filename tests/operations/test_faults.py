"""What goes wrong around the engine: a full disk, a database gone and back, a clock that runs backwards, kills."""

import json
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event as listen
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from operations.disagreements import disagreements
from operations.nominate import Nominated, nominate
from operations.sweep import sweep
from states import Move
from store import Store, verify
from store import tables as t
from store.failures import failure_of
from store.migrate import differences, is_current, migrate, revisions
from tests.conftest import on
from tests.databases import POSTGRESQL, SQLITE
from tests.operations.office import Office
from tests.postgres import NoServerError

CLOSES = datetime.fromisoformat("2019-07-31T00:00+08:00")


def unharmed(office: Office) -> bool:
    """The chains are whole, and the tables say what the history does."""
    with office.desk.store.read() as connection:
        return not verify(connection).breaks and not list(disagreements(connection))


# -- a full disk --


def draw_up_many(office: Office) -> None:
    for _ in range(200):
        nominate(office.desk, office.id, office.draft(unit="厂" * 100), office.act("理由" * 500))


@contextmanager
def full(store: Store):
    """Let SQLite believe that the disk holds no page more than it has."""

    def limit(connection, _record=None) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    store.engine.dispose()
    listen.listen(store.engine, "connect", limit)
    yield
    listen.remove(store.engine, "connect", limit)
    store.engine.dispose()


@on(SQLITE)
def test_full_disk_changes_nothing_and_is_over_when_there_is_room(luzhou):
    waiting = [luzhou.nominate() for _ in range(3)]
    before = luzhou.contents()
    with full(luzhou.desk.store):
        with pytest.raises(DBAPIError) as failed:
            draw_up_many(luzhou)
        assert str(failed.value.orig) == "database or disk is full"
        drawn_up = len(luzhou.contents()["nomination"])
    assert unharmed(luzhou)
    assert len(luzhou.contents()["nomination"]) == drawn_up >= len(before["nomination"])
    assert isinstance(nominate(luzhou.desk, luzhou.id, luzhou.draft(), luzhou.act()), Nominated)
    lapsed = {one.number for one in sweep(luzhou.desk, CLOSES).named}
    assert set(waiting) <= lapsed
    assert unharmed(luzhou)


@on(SQLITE)
def test_sweep_on_a_full_disk_moves_nobody_halfway_and_goes_on_later(luzhou):
    waiting = sorted(luzhou.nominate() for _ in range(40))
    with full(luzhou.desk.store):
        try:
            done = {one.number for one in sweep(luzhou.desk, CLOSES).named}
        except DBAPIError:
            done = set()
    assert unharmed(luzhou)
    later = {one.number for one in sweep(luzhou.desk, CLOSES).named}
    assert (sorted(done | later), done & later) == (waiting, set())
    assert unharmed(luzhou)


@contextmanager
def full_server(office: Office, server):
    """A server whose disk has not one byte left for this database."""
    store = office.desk.store
    name = make_url(store.engine.url).database
    store.engine.dispose()
    try:
        with server.on_a_disk_of_its_own(name) as disk:
            filler = disk / "filler"
            with pytest.raises(OSError, match="No space left"), filler.open("wb", 0) as out:  # noqa: PT012
                while True:
                    out.write(bytes(4096))
            yield
            filler.unlink()
            assert unharmed(office)
            store.engine.dispose()
    except NoServerError as missing:
        pytest.skip(str(missing))


@on(POSTGRESQL)
def test_full_disk_of_a_server_is_told_and_changes_nothing(luzhou, postgresql_server):
    waiting = [luzhou.nominate() for _ in range(3)]
    before = luzhou.contents()
    with full_server(luzhou, postgresql_server):
        with pytest.raises(DBAPIError) as failed:
            draw_up_many(luzhou)
        assert failure_of(failed.value).words.zh == "磁盘已满，请腾出空间后再试"
        drawn_up = len(luzhou.contents()["nomination"])
        assert unharmed(luzhou)
    assert len(luzhou.contents()["nomination"]) == drawn_up >= len(before["nomination"])
    assert isinstance(nominate(luzhou.desk, luzhou.id, luzhou.draft(), luzhou.act()), Nominated)
    lapsed = {one.number for one in sweep(luzhou.desk, CLOSES).named}
    assert set(waiting) <= lapsed
    assert unharmed(luzhou)


@on(POSTGRESQL)
def test_sweep_on_a_full_disk_of_a_server_goes_on_later(luzhou, postgresql_server):
    waiting = sorted(luzhou.nominate() for _ in range(40))
    with full_server(luzhou, postgresql_server):
        try:
            done = {one.number for one in sweep(luzhou.desk, CLOSES).named}
        except DBAPIError:
            done = set()
    later = {one.number for one in sweep(luzhou.desk, CLOSES).named}
    assert (sorted(done | later), done & later) == (waiting, set())
    assert unharmed(luzhou)


# -- a database that is gone and back --


@on(POSTGRESQL)
def test_database_that_is_gone_is_told_and_work_goes_on_when_it_is_back(luzhou, postgresql_server):
    number = luzhou.nominate()
    name = make_url(luzhou.desk.store.engine.url).database
    postgresql_server.run("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)
    postgresql_server.disconnect(name)
    with pytest.raises(DBAPIError) as failed:
        sweep(luzhou.desk, CLOSES)
    assert failure_of(failed.value).outside
    postgresql_server.run("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true", name)
    assert [one.number for one in sweep(luzhou.desk, CLOSES).named] == [number]
    assert unharmed(luzhou)


@on(POSTGRESQL)
def test_connection_that_breaks_within_a_transaction_takes_it_back_whole(luzhou, postgresql_server):
    number = luzhou.nominate()
    name = make_url(luzhou.desk.store.engine.url).database
    before = luzhou.contents()

    left = [name]

    def broken(*_) -> None:
        while left:
            postgresql_server.disconnect(left.pop())

    listen.listen(luzhou.desk.store.engine, "commit", broken)
    with pytest.raises(DBAPIError):
        luzhou.move(number, Move.SUBMIT)
    assert luzhou.contents() == before
    assert luzhou.move(number, Move.SUBMIT).number == number
    assert unharmed(luzhou)


# -- a clock that runs backwards --


def test_clock_that_runs_backwards_undoes_nothing_and_owes_nothing_twice(luzhou):
    numbers = [luzhou.nominate() for _ in range(2)]
    luzhou.move(numbers[0], Move.SUBMIT)
    sweep(luzhou.desk, CLOSES)
    before = luzhou.contents()
    for back in (timedelta(hours=1), timedelta(days=400)):
        done = sweep(luzhou.desk, CLOSES - back)
        assert (done.moved, done.reminders) == (0, 0)
    assert luzhou.contents() == before
    assert sweep(luzhou.desk, CLOSES).moved == 0
    assert unharmed(luzhou)


def test_what_is_done_at_an_earlier_instant_is_recorded_as_it_was_told(luzhou):
    number = luzhou.nominate()
    luzhou.now -= timedelta(days=2)
    luzhou.move(number, Move.SUBMIT)
    events = luzhou.events(number)
    assert events[-1]["now"] < events[0]["now"]
    assert [one["position"] for one in events] == sorted(one["position"] for one in events)
    assert unharmed(luzhou)


# -- a migration that is killed --

#: A process that migrates, and dies before the statement of that number.
DYING = """
import os, signal, sys
from sqlalchemy import event
from store import Store
from store.migrate import migrate
store = Store(sys.argv[1])
left = int(sys.argv[2])

def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(store.engine, "before_cursor_execute", count)
migrate(store)
"""


#: Before the first revision, the last one, and one between them: each is one transaction, whatever it does.
FROM = (None, revisions()[len(revisions()) // 2], revisions()[-2])


@pytest.mark.parametrize("revision", FROM)
def test_migration_that_is_killed_leaves_the_database_as_it_was_or_finished(databases, revision):
    url = databases.empty()
    with closing(Store(url)) as store:
        if revision:
            migrate(store, revision)
        for statement in (3, 9, 30, 60):
            killed = subprocess.run([sys.executable, "-c", DYING, url, str(statement)], check=False)
            if killed.returncode == 0:
                break
            with store.read() as connection:
                tables = connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                    if databases.kind == SQLITE
                    else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                ).scalars()
                # All of them, or none: nobody finds half of a shape.
                assert (len(list(tables)) > 1) == (revision is not None), json.dumps([revision, statement])
        migrate(store)
        assert (is_current(store), differences(store)) == (True, [])
        with store.read() as connection:
            assert connection.execute(select(t.program)).all() == []
    databases.drop(url)
