"""Migrations: up from nothing gives exactly the tables that the code works with, and down leaves nothing."""

from importlib.resources import files

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select

from store import Store, verify
from store import tables as t
from store.migrate import differences, is_current, migrate, newest_revision
from store.tables import metadata


@pytest.fixture
def empty(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    yield store
    store.close()


def downgrade(store: Store, revision: str = "base") -> None:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations"))
    config.set_main_option("path_separator", "os")
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def tables(store: Store) -> set[str]:
    with store.read() as connection:
        return set(inspect(connection).get_table_names())


def test_migrations_from_nothing_build_the_tables_of_the_code(empty):
    assert not is_current(empty)
    assert migrate(empty) == (None, newest_revision())
    assert is_current(empty)
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


def test_migrated_database_refuses_what_the_tables_forbid(rehearsed_store):
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
