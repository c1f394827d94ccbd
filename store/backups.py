"""Backups: everything that a database holds in one file, taken while others write, and put back whole or not at all.

The file is of the database's own kind: another SQLite database, or a dump of `pg_dump`.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from programs import Words
from store import dumps
from store.engine import PATIENCE
from store.files import draft_of, put_in_place
from store.migrate import is_empty, is_foreign, migrate, revision_of
from store.problems import BackupError, damaged, foreign, require_known
from store.store import Store
from store.tables import event, program

_SQLITE = b"SQLite format 3\0"
_DUMP = b"PGDMP"

#: How many pages are copied before others are let at the database.
_PAGES = 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database, or a backup of one, holds. `revision` is the shape of its tables."""

    revision: str | None
    programs: int
    events: int


def contents_of(store: Store, connection: Connection) -> Contents:
    """Count what a database holds, as the connection sees it."""
    programs = connection.execute(select(func.count()).select_from(program)).scalar_one()
    events = connection.execute(select(func.count()).select_from(event)).scalar_one()
    return Contents(revision_of(store), programs, events)


def back_up(store: Store, file: Path) -> Contents:
    """Write a backup of a database in use to this file, replacing it; nothing is replaced before all is checked.

    Raises `BackupError` where the database cannot be backed up, `OSError` where the file cannot be written.
    """
    if is_empty(store) or is_foreign(store):
        # Nothing of somebody else's is copied either.
        raise BackupError(
            Words("数据库里没有遴选的数据，无可备份", "the database holds nothing of Linxuan's to back up")
        )
    with draft_of(file) as draft:
        contents = _back_up_sqlite(store, draft) if _is_sqlite(store) else _back_up_postgresql(store, draft)
        put_in_place(draft, file)
        return contents


def restore(store: Store, file: Path, *, before_change: Callable[[], object]) -> tuple[str | None, str | None]:
    """Put a backup into the place of all that a database holds; returns the revision of the backup, and after it.

    The file is read and checked to its end before anything changes; `before_change` is called then. Raises
    `BackupError` for what is no backup of such a database, a damaged one, or one by a later version.
    """
    _require_kind(file, is_sqlite=_is_sqlite(store))
    if _is_sqlite(store):
        return _restore_sqlite(store, file, before_change)
    revision = dumps.require_fit(store, file)
    before_change()
    dumps.load(store, file)
    return revision, migrate(store)[1]


def _require_kind(file: Path, *, is_sqlite: bool) -> None:
    with file.open("rb") as opened:
        beginning = opened.read(len(_SQLITE))
    of_sqlite, of_postgresql = beginning == _SQLITE, beginning.startswith(_DUMP)
    if not of_sqlite and not of_postgresql:
        raise BackupError(Words("{file} 不是备份文件", "{file} is no backup").format(file=file))
    if of_sqlite is not is_sqlite:
        kinds = ("SQLite", "PostgreSQL")
        raise BackupError(
            Words(
                "{file} 是 {of} 数据库的备份，不能恢复到 {to} 数据库",
                "{file} is a backup of an {of} database and cannot be restored into {to}",
            ).format(file=file, of=kinds[not of_sqlite], to=kinds[not is_sqlite])
        )


def _is_sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"


def _back_up_sqlite(store: Store, draft: Path) -> Contents:
    with closing(store.engine.raw_connection()) as source, closing(sqlite3.connect(draft)) as target:
        driver: Any = source.driver_connection
        # Held from the first page to the last, so that writers neither wait nor make the copy begin again.
        driver.execute("BEGIN")
        driver.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            driver.backup(target, pages=_PAGES)
        finally:
            driver.execute("ROLLBACK")
        _check_sqlite(target)
    with closing(Store(f"sqlite:///{draft}")) as copied, copied.read() as connection:
        contents = contents_of(copied, connection)
    _make_single(draft)
    return contents


def _back_up_postgresql(store: Store, draft: Path) -> Contents:
    with store.read() as connection:
        # The dump sees what this transaction sees, so what is counted here is what it holds.
        snapshot = connection.scalar(select(func.pg_export_snapshot()))
        contents = contents_of(store, connection)
        dumps.write(store, draft, str(snapshot))
    return contents


def _check_sqlite(copy: sqlite3.Connection) -> None:
    """Raise `BackupError` for a database whose pages do not hold together."""
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupError(
            Words("数据库文件已损坏：{found}", "the database file is damaged: {found}").format(found=found),
            outside=True,
        )


def _make_single(file: Path) -> None:
    """Have a database need no file beside it, so that it can be read where nothing can be written."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _restore_sqlite(store: Store, file: Path, before_change: Callable[[], object]) -> tuple[str | None, str | None]:
    place = Path(str(store.url.database))
    with draft_of(place) as draft:
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source:
                _copy(source, draft)
            with closing(Store(f"sqlite:///{draft}")) as prepared:
                _require_ours(prepared, file)
                revisions = migrate(prepared)
        except (sqlite3.DatabaseError, DatabaseError) as error:
            raise damaged(file) from error
        _make_single(draft)
        before_change()
        # As one transaction of the database that is there: somebody may have it open.
        with closing(sqlite3.connect(draft)) as source, closing(sqlite3.connect(place, timeout=PATIENCE)) as target:
            source.backup(target)
        return revisions


def _copy(source: sqlite3.Connection, draft: Path) -> None:
    with closing(sqlite3.connect(draft)) as target:
        source.backup(target)
        _check_sqlite(target)


def _require_ours(store: Store, file: Path) -> None:
    if is_empty(store) or is_foreign(store):
        # Nothing of somebody else's is copied either.
        raise foreign(file)
    require_known(revision_of(store), file)
