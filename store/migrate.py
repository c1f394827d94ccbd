"""Bring a database to the shape that this version of the product needs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from store.locks import hold
from store.store import Store
from store.tables import metadata

#: Tables that every version has had.
EVER = frozenset({"event", "link", "nomination", "program"})

_MIGRATING = ("migrating",)


def migrate(store: Store, to: str = "head") -> tuple[str | None, str | None]:
    """Run every migration that the database lacks, all or none; returns the revision before and after.

    Of processes that start at once one migrates, and the others find it done. `to` stops at an earlier revision.
    """
    scripts = _scripts()
    target = scripts.get_current_head() if to == "head" else to
    with store.read() as connection:
        before = _revision(connection)
    if before == target:
        return before, before
    with _whole(store) as connection:
        # Another process may have migrated since.
        before = _revision(connection)
        if before != target:
            _run(connection, lambda revision, _: scripts._upgrade_revs(to, revision))  # noqa: SLF001 - as Alembic's own
        return before, _revision(connection)


def downgrade(store: Store, to: str = "base") -> None:
    """Take migrations back, down to a revision; what only later shapes can hold is lost."""
    with _whole(store) as connection:
        _run(connection, lambda revision, _: _scripts()._downgrade_revs(to, revision))  # noqa: SLF001 - as above


def is_current(store: Store) -> bool:
    """Whether the database has the shape that this version needs."""
    with store.read() as connection:
        return _revision(connection) == newest_revision()


def is_foreign(store: Store) -> bool:
    """Whether the database holds tables, but not those that every version of this product made."""
    with store.read() as connection:
        tables = set(inspect(connection).get_table_names())
        return bool(tables) and not (_revision(connection) and tables >= EVER)


def is_newer(store: Store) -> bool:
    """Whether the database has a shape that this version does not know: a later version has been at work."""
    revision = revision_of(store)
    return revision is not None and revision not in revisions()


def revision_of(store: Store) -> str | None:
    """Return the revision of the database; none where no version of this product has been at work."""
    with store.read() as connection:
        return _revision(connection)


def is_empty(store: Store) -> bool:
    """Whether the database holds nothing at all."""
    with store.read() as connection:
        return not inspect(connection).get_table_names()


def revisions() -> list[str]:
    """Return every revision that ships, the oldest first."""
    return [one.revision for one in reversed(list(_scripts().walk_revisions()))]


def newest_revision() -> str | None:
    """Return the last revision that ships."""
    return _scripts().get_current_head()


def differences(store: Store) -> list[object]:
    """Return where the database's tables differ from the code's; nothing when the migrations are complete."""
    with store.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


@contextmanager
def _whole(store: Store) -> Iterator[Connection]:
    """Give a connection on which migrations are made as one transaction, while no other process makes any."""
    with store.connect_to_write() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # SQLite alters a table by making it anew, which rows of other tables would forbid; they are checked after.
            _set_foreign_keys(connection, on=False)
        try:
            with connection.begin():
                hold(connection, [_MIGRATING])
                yield connection
                if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"a migration leaves rows that refer to nothing: {broken}")
        finally:
            if is_sqlite:
                _set_foreign_keys(connection, on=True)


def _set_foreign_keys(connection: Connection, *, on: bool) -> None:
    # Within a transaction this has no effect, so the driver's own connection is asked.
    connection.connection.cursor().execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    """Return the migrations, each of which is a module: Alembic's own commands would load all of them each time."""
    return ScriptDirectory.from_config(_config())


def _run(connection: Connection, steps: Callable[..., Iterable[MigrationStep]]) -> None:
    config = _config()
    config.attributes["connection"] = connection
    with EnvironmentContext(config, _scripts(), fn=steps):
        _scripts().run_env()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
