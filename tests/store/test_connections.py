"""Connections: what one that reads sees, what becomes of one that is cut, and who waits for whom."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from programs import Words
from store import Store, events_of, hold, insert_new
from store import tables as t
from store.engine import open_engine
from store.failures import Failure, failure_of
from store.locks import number_of
from tests.conftest import on
from tests.databases import POSTGRESQL, SQLITE

PROGRAM = "small-2026"
LOST = Words("与数据库的连接中断，请稍后再试", "the connection to the database was lost; try again later")
BUSY = Words("数据库正忙，请稍后再试", "the database is busy; try again later")


def organizations(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(t.organization)).scalar_one()


def found(store: Store, name: str) -> None:
    with store.write() as transaction:
        transaction.connection.execute(insert(t.organization).values(name=name))


def record(store: Store, count: int) -> None:
    with store.write() as transaction:
        for place in range(count):
            transaction.record(PROGRAM, str(place))


def synchronous(store: Store, *, brief: bool) -> int:
    """How a write waits for the disk, as SQLite numbers it: 0 not at all, 1 at checkpoints, 2 at each commit."""
    with store.write(brief=brief) as transaction:
        return transaction.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()


@on(SQLITE)
@pytest.mark.parametrize(("brief", "waits"), [(False, 2), (True, 1)])
def test_write_waits_for_the_disk_except_in_tests(store, new_database, monkeypatch, brief, waits):
    # Tests of the command line, in the same process, give every store a quick engine.
    monkeypatch.setattr("store.store.open_engine", open_engine)
    with closing(Store(new_database())) as real:
        assert synchronous(real, brief=brief) == waits
    assert synchronous(store, brief=brief) == 0


def test_reading_sees_one_state_while_others_write(store):
    with closing(Store(store.url)) as other, ThreadPoolExecutor(1) as elsewhere:
        with store.read() as connection:
            counts = [organizations(connection)]
            elsewhere.submit(found, other, "某厂").result()
            counts.append(organizations(connection))
        with store.read() as connection:
            counts.append(organizations(connection))
    assert counts == [0, 0, 1]


def test_history_is_read_in_the_midst_of_a_write_that_goes_on(prepared):
    record(prepared, 3)
    with prepared.write() as transaction:
        newest = next(events_of(transaction.connection, PROGRAM, newest_first=True))
        transaction.connection.execute(insert(t.organization).values(name="某厂"))
        transaction.record(PROGRAM, "more")
    with prepared.read() as connection:
        assert (newest["kind"], organizations(connection)) == ("2", 1)
        assert [one["kind"] for one in events_of(connection, PROGRAM)] == ["0", "1", "2", "more"]


def test_new_rows_in_any_order_make_nobody_wait_in_a_circle(store):
    names = [f"{place}厂" for place in range(60)]

    def insert_all(place: int) -> int:
        rows = [{"name": name} for name in (names if place % 2 else reversed(names))]
        together.wait()
        with store.write() as transaction:
            return insert_new(transaction.connection, t.organization, rows)

    for _ in range(3):
        together = Barrier(4)
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(insert_all, range(4))) == [0, 0, 0, len(names)]
        with store.write() as transaction:
            transaction.connection.execute(t.organization.delete())


def test_matter_has_the_same_number_in_every_version():
    """Processes of two versions may run side by side while one is replaced."""
    assert number_of(("limit", "luzhou", "seats.first", "")) == -8781827330030745643
    assert number_of(("a", "b")) != number_of(("ab",))


@on(POSTGRESQL)
def test_history_in_postgresql_is_read_through_a_cursor_of_the_server(prepared):
    record(prepared, 3)
    with prepared.read() as connection:
        for _ in events_of(connection, PROGRAM):
            assert connection.exec_driver_sql("SELECT count(*) FROM pg_cursors").scalar_one() >= 1


@on(POSTGRESQL)
def test_reading_in_postgresql_cannot_write(store):
    with pytest.raises(InternalError, match="read-only transaction"), store.read() as connection:
        connection.execute(insert(t.organization).values(name="某厂"))
    found(store, "某厂")


@on(POSTGRESQL)
def test_nothing_is_left_in_a_transaction_of_postgresql(prepared, databases):
    record(prepared, 3)
    with prepared.read() as connection:
        next(events_of(connection, PROGRAM))
    with pytest.raises(ZeroDivisionError):
        fail(prepared)
    query = "SELECT DISTINCT state FROM pg_stat_activity WHERE application_name = 'linxuan' AND datname = '{}'"
    assert databases.server.run(query.format(prepared.url.database)) == [("idle",)]


def fail(store: Store) -> None:
    with store.write() as transaction:
        organizations(transaction.connection)
        raise ZeroDivisionError


def cut(store: Store, databases: Any) -> None:
    """Cut every connection to the store's database, as a restart of the server does."""
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'"
    assert set(databases.server.run(query.format(store.url.database))) == {(True,)}


@on(POSTGRESQL)
def test_connection_that_postgresql_has_cut_is_replaced(store, databases):
    found(store, "甲厂")
    cut(store, databases)
    with store.read() as connection:
        assert organizations(connection) == 1
    cut(store, databases)
    found(store, "乙厂")


@on(POSTGRESQL)
def test_write_that_postgresql_cuts_leaves_nothing_and_is_told(store, databases):
    def write() -> None:
        with store.write() as transaction:
            transaction.connection.execute(insert(t.organization).values(name="甲厂"))
            cut(store, databases)
            organizations(transaction.connection)

    with pytest.raises(DBAPIError) as cut_off:
        write()
    assert failure_of(cut_off.value) == Failure(LOST)
    with store.read() as connection:
        assert organizations(connection) == 0


@on(POSTGRESQL)
def test_matter_of_postgresql_is_held_alone_or_shared_until_the_end(store):
    def try_to_hold(*, shared: bool) -> Failure | None:
        with closing(Store(store.url)) as other, other.write() as transaction:
            transaction.connection.exec_driver_sql("SET LOCAL lock_timeout = '1ms'")
            try:
                hold(transaction.connection, [("limit", "b"), ("limit", "a")], shared=shared)
            except DBAPIError as error:
                transaction.abandon()
                return failure_of(error)
            return None

    busy = Failure(BUSY)
    with ThreadPoolExecutor(1) as elsewhere:

        def others() -> list[Failure | None]:
            return [elsewhere.submit(try_to_hold, shared=shared).result() for shared in (True, False)]

        with store.write() as transaction:
            hold(transaction.connection, [("limit", "a")])
            alone = others()
        with store.write() as transaction:
            hold(transaction.connection, [("limit", "a")], shared=True)
            sharing = others()
        assert (alone, sharing, others()) == ([busy, busy], [None, busy], [None, None])


@pytest.fixture
def raised(store) -> Callable[[str], DBAPIError]:
    """Give the error that the server raises under a code, whatever it means to it."""

    def under(state: str) -> DBAPIError:
        with pytest.raises(DBAPIError) as error, store.write() as transaction:
            transaction.connection.exec_driver_sql(
                f"DO $$ BEGIN RAISE 'some {state}' USING ERRCODE = '{state}'; END $$"
            )
        return error.value

    return under


STATES = {
    "08006": Failure(LOST),
    "57P01": Failure(LOST),
    "40P01": Failure(BUSY),
    "55P03": Failure(BUSY),
    "57014": Failure(BUSY),
    "53100": Failure(Words("磁盘已满，请腾出空间后再试", "the disk is full; make room and try again")),
    "53300": Failure(
        Words("数据库服务器的连接数已满，请稍后再试", "the database server takes no more connections; try again later")
    ),
    "25006": Failure(
        Words("数据库服务器只读，请连接主服务器", "the database server is read-only; connect to the primary server")
    ),
    "22003": Failure(
        Words("数据库不接受这个值：some 22003", "the database takes no such value: some 22003"), outside=False
    ),
    "XX000": Failure(Words("数据库出错：some XX000", "the database failed: some XX000")),
}


@on(POSTGRESQL)
@pytest.mark.parametrize(("state", "told"), STATES.items(), ids=STATES)
def test_failure_of_postgresql_is_told_by_its_code(raised, state, told):
    assert failure_of(raised(state)) == told


REFUSED = "数据库服务器拒绝登录，请核对用户名和密码（密码可写在 PGPASSWORD 或 ~/.pgpass 中）"
SENTENCES = {
    '致命错误:  用户 "linxuan" Password 认证失败': REFUSED,
    '致命错误:  角色 "linxuan" 不存在': REFUSED,
    '致命错误:  没有用于主机 "10.0.0.1", 用户 "a", 数据库 "b", no encryption 的 pg_hba.conf 记录': REFUSED,
    '致命错误:  数据库 "linxuan" 不存在': "数据库服务器上没有这个数据库，请先建立：createdb --encoding=UTF8 库名",
    "FATAL:  sorry, too many clients already": "数据库服务器的连接数已满，请稍后再试",
}


@pytest.mark.parametrize(("sentence", "told"), SENTENCES.items(), ids=SENTENCES)
def test_server_that_lets_nobody_in_is_understood_in_chinese_too(sentence, told):
    said = f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {sentence}'
    failure = failure_of(OperationalError("", {}, psycopg.OperationalError(said)))
    assert (failure.words.zh, failure.outside) == (told, True)


def test_failure_of_anything_else_is_left_to_others():
    assert [failure_of(error) for error in (ValueError("x"), OSError("x"))] == [None, None]
