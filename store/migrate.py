"""Bring a database to the shape that this version of the product needs."""

from importlib.resources import files

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from store.store import Store
from store.tables import metadata


def migrate(store: Store) -> tuple[str | None, str | None]:
    """Run every migration that the database lacks; returns the revision before and after."""
    with store.engine.connect() as connection:
        before = _revision(connection)
        connection.rollback()
        if before != newest_revision():
            command.upgrade(_config(connection), "head")
            connection.commit()
        return before, _revision(connection)


def is_current(store: Store) -> bool:
    """Whether the database has the shape that this version needs."""
    with store.read() as connection:
        return _revision(connection) == newest_revision()


def is_foreign(store: Store) -> bool:
    """Whether the database holds tables, but none that any version of this product made."""
    with store.read() as connection:
        return _revision(connection) is None and bool(inspect(connection).get_table_names())


def newest_revision() -> str | None:
    """Return the last revision that ships."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def differences(store: Store) -> list[object]:
    """Return where the database's tables differ from the code's; nothing when the migrations are complete."""
    with store.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
