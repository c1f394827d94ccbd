"""Migrations: up from nothing gives exactly the tables that the code works with, and down leaves nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, inspect, select, text
from sqlalchemy.exc import DatabaseError

from store import Store, verify
from store import tables as t
from store.migrate import differences, downgrade, is_current, is_empty, migrate, newest_revision, revisions
from store.tables import metadata
from tests.conftest import on
from tests.databases import POSTGRESQL, SQLITE, Databases

#: Values of columns that take no others.
CONSTRAINED = {
    ("address", "channel"): "sms",
    ("ballot", "closed_at"): None,
    ("ballot", "closed_by"): None,
    ("ballot", "secret"): False,
    ("ballot_recusal", "ground"): "other",
    ("ballot_vote", "mark"): "yes",
    ("delivery", "outcome"): "accepted",
    ("expert", "born"): 1970,
    ("expert_tie", "ground"): "kinship",
    ("invitation", "failures"): 0,
    ("message", "state"): "waiting",
    ("objection", "outcome"): "upheld",
    ("objection", "raised_by"): "person",
    ("panel_seat", "state"): "declined",
    ("past", "kind"): "honor",
    ("person_role", "role"): "operator",
    ("personal", "kind"): "phone",
    ("recusal", "ground"): "other",
    ("reminder", "held"): "hours",
    ("reminder", "state"): "gathered",
    ("session", "awaits_code"): False,
    ("session", "door"): "password",
    ("session", "vouched"): False,
    ("tie_resolution", "way"): "panel",
    ("verdict", "result"): "pass",
}
#: Tables of at most one row.
SINGLE = {"vault_key", "calendar_used"}


@pytest.fixture
def empty(empty_database) -> Iterator[Store]:
    with closing(Store(empty_database)) as store:
        yield store


def tables(store: Store) -> set[str]:
    with store.read() as connection:
        return set(inspect(connection).get_table_names())


def shape(store: Store) -> MetaData:
    """The tables as they are in the database, without the migrations' own."""
    found = MetaData()
    with store.read() as connection:
        found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


Columns = dict[str, list[tuple[str, str, bool]]]


def columns(store: Store) -> Columns:
    """Every table with its columns, without the migrations' own."""
    with store.read() as connection:
        found = inspect(connection).get_multi_columns()
    return {
        name: [(one["name"], str(one["type"]), bool(one["nullable"])) for one in told]
        for (_, name), told in found.items()
        if name != "alembic_version"
    }


def example(table: Table, column: Column[Any], place: int) -> object:
    """A value for the column in the row at this place, 1 or 2; a column that refers to another has its value."""
    for key in column.foreign_keys:
        return example(key.column.table, key.column, place)
    if (table.name, column.name) in CONSTRAINED:
        return CONSTRAINED[table.name, column.name]
    examples: dict[type, object] = {
        Boolean: place == 1,
        Date: date(2026, 1, place),
        DateTime: datetime(2026, 1, place, 9, 30, 15, 123456, tzinfo=UTC),
        Integer: place,
        LargeBinary: bytes([0, place, 255]),
    }
    for kind, value in examples.items():
        if isinstance(column.type, kind):
            return value.replace(tzinfo=None) if kind is DateTime and not column.type.timezone else value
    return json.dumps({"第": place}, ensure_ascii=False) if column.name in ("definition", "payload") else f"甲{place}"


def fill(store: Store, of: MetaData) -> None:
    """Put rows into every table that there is, the same on every database."""
    with store.write() as transaction:
        for table in of.sorted_tables:
            places = (1,) if table.name in SINGLE else (1, 2)
            rows = [{column.name: example(table, column, place) for column in table.columns} for place in places]
            transaction.connection.execute(table.insert(), rows)


def contents(store: Store, of: MetaData, now: Columns) -> dict[str, list[dict[str, Any]]]:
    """What these tables hold of what they held, as far as they and their columns are still there now.

    As the driver gives it: to compile a statement for tables that one test alone knows takes longer than to run it.
    """
    found = {}
    with store.read() as connection:
        for table in of.sorted_tables:
            if table.name in now:
                there = {name for name, _, _ in now[table.name]}
                kept = ", ".join(f'"{column.name}"' for column in table.columns if column.name in there)
                order = ", ".join(f'"{column.name}"' for column in table.primary_key)
                rows = connection.exec_driver_sql(f'SELECT {kept} FROM "{table.name}" ORDER BY {order}').mappings()  # noqa: S608 - its own names
                found[table.name] = [dict(row) for row in rows]
    return found


def test_migrations_from_nothing_build_the_tables_of_the_code(empty):
    assert (is_current(empty), is_empty(empty)) == (False, True)
    assert migrate(empty) == (None, newest_revision())
    assert (is_current(empty), is_empty(empty)) == (True, False)
    assert differences(empty) == []
    assert tables(empty) == {*metadata.tables, "alembic_version"}


def test_migrations_run_twice_change_nothing(empty):
    migrate(empty)
    assert migrate(empty) == (newest_revision(), newest_revision())


def test_migrations_down_to_the_base_and_up_again(empty):
    migrate(empty)
    downgrade(empty)
    assert tables(empty) == {"alembic_version"}
    assert migrate(empty) == (None, newest_revision())
    assert differences(empty) == []


def test_migrations_down_with_data_and_history(rehearsed_store):
    with rehearsed_store.read() as connection:
        assert verify(connection).events > 100
    downgrade(rehearsed_store)
    assert tables(rehearsed_store) == {"alembic_version"}


@pytest.fixture(scope="module")
def at_revisions() -> Callable[[Databases, str], str]:
    """A database of each kind as it was at a revision; each is made from the one before."""
    bare: dict[tuple[str, str], str] = {}

    def made(databases: Databases, revision: str) -> str:
        earlier = [bare[databases.kind, one] for one in revisions() if (databases.kind, one) in bare]
        bare[databases.kind, revision] = databases.copy(earlier[-1]) if earlier else databases.empty()
        with closing(Store(bare[databases.kind, revision])) as store:
            migrate(store, revision)
        return databases.copy(bare[databases.kind, revision])

    return made


#: The whole way, then each revision with the one after it.
STEPS = [(revisions()[0], revisions()[-1]), *pairwise(revisions())]


@pytest.mark.parametrize(("revision", "to"), STEPS)
def test_migrations_from_every_revision_keep_what_was_there_stay_append_only_and_lead_back(
    databases, at_revisions, revision, to
):
    url = at_revisions(databases, revision)
    with closing(Store(url)) as store:
        was, columns_then = shape(store), columns(store)
        fill(store, was)
        kept = contents(store, was, columns_then)
        assert {name: len(rows) for name, rows in kept.items()} == {
            table.name: 1 if table.name in SINGLE else 2 for table in was.sorted_tables
        }

        assert migrate(store, to) == (revision, to)
        if to == newest_revision():
            assert differences(store) == []
        for name, rows in contents(store, was, columns(store)).items():
            assert rows == [{column: row[column] for column in rows[0]} for row in kept[name]], name
        for change in ("UPDATE {} SET digest = ''", "DELETE FROM {}"):
            for table in ("event", "link"):
                with pytest.raises(DatabaseError, match="append-only"), store.write() as transaction:
                    transaction.connection.execute(text(change.format(table)))

        downgrade(store, revision)
        assert columns(store) == columns_then
        assert contents(store, was, columns_then) == kept
    databases.drop(url)


def test_tally_that_was_brought_back_leads_back_to_where_each_file_is_there_once(empty):
    migrate(empty)
    fill(empty, shape(empty))
    with empty.write() as transaction:
        (first, _) = transaction.connection.execute(select(t.tally).order_by(t.tally.c.id)).mappings()
        transaction.connection.execute(t.tally.insert().values({**first, "id": 3, "superseded": False}))
    downgrade(empty, "0030")
    with empty.read() as connection:
        digests = connection.execute(select(t.tally.c.file_digest).order_by(t.tally.c.id)).scalars().all()
    assert digests == ["甲1-1", "甲2", "甲1"]
    assert migrate(empty)[1] == newest_revision()
    assert differences(empty) == []


#: A process that migrates when it is told to, and says between which revisions.
MIGRATING = """
import json, sys
from store import Store
from store.migrate import migrate
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(migrate(store)))
"""


def test_processes_that_migrate_at_once_do_it_once(databases):
    for _ in range(2):
        url = databases.empty()
        started = [
            subprocess.Popen(
                [sys.executable, "-c", MIGRATING, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        for process in started:
            assert process.stdout.readline() == "ready\n"
        for process in started:
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0] for process in started]
        told = [json.loads(said) for said in told]
        newest = newest_revision()
        assert sorted(told, key=str) == [[newest, newest], [newest, newest], [None, newest]]
        databases.drop(url)


def test_migration_that_fails_leaves_the_database_as_it_was(empty):
    with empty.write() as transaction:
        transaction.connection.execute(text("CREATE TABLE verdict (id INTEGER)"))
    with pytest.raises(DatabaseError, match="verdict"):
        migrate(empty)
    assert tables(empty) == {"verdict"}


@on(SQLITE)
def test_migrated_sqlite_database_holds_what_the_tables_ask_for(rehearsed_store):
    with rehearsed_store.read() as connection:
        found = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    assert (found, whole) == ([], "ok")


def test_migration_finds_out_how_lists_were_counted_and_who_is_on_which(rehearsed_store):
    """The revision before kept neither: the program says the one, the history the other."""

    def lists() -> list[tuple[object, ...]]:
        of = t.publicity.c
        listed = select(t.nomination.c.number, of.period, of.objections_close_at).join_from(t.nomination, t.publicity)
        with rehearsed_store.read() as connection:
            return [tuple(row) for row in connection.execute(listed.order_by(t.nomination.c.number))]

    before = lists()
    downgrade(rehearsed_store, "0001")
    migrate(rehearsed_store)
    assert len(before) > 5
    assert lists() == before
    assert differences(rehearsed_store) == []


@on(SQLITE)
def test_migrated_sqlite_database_refuses_rows_that_refer_to_nothing(empty):
    migrate(empty)
    with pytest.raises(DatabaseError, match="FOREIGN KEY"), empty.write() as transaction:
        transaction.connection.execute(text("INSERT INTO ruling VALUES ('moon', 'x', '1', '甲', '2026-01-01')"))


@on(POSTGRESQL)
def test_migrated_postgresql_database_sorts_every_line_by_code_point(store):
    """Whoever adds a column writes it as the others are written, or lists come in another order."""
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'character varying' AND table_name <> 'alembic_version' "
        "AND collation_name IS DISTINCT FROM 'C'"
    )
    with store.read() as connection:
        assert connection.execute(query).all() == []
