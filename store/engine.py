"""Connections: how each database is set up so that it keeps what it promised and waits as long as the other does."""

import sqlite3
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy import event as listen
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from programs import Words
from store.chain import event_digest

#: How long a statement waits for what another transaction holds, in seconds.
PATIENCE = 30

#: How many connections a process keeps, and how many more it opens for a while: enough for the console's threads, each
#: of which reads by one and may write by another, and far from what a server takes (100).
KEPT, MORE = 12, 20

#: How many KiB a connection to SQLite keeps of the database.
CACHE = 32768

#: The first version of PostgreSQL that is supported, as its servers number themselves.
OLDEST_SERVER = 130000

_ENCODING = "UTF8"
_DRIVER = "postgresql+psycopg"


class UnfitServerError(Exception):
    """The database server cannot be used as it is; `words` says why, and what to do."""

    outside = True

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def normalised(address: str | URL) -> URL:
    """Return a database's URL with the driver that is used for it.

    Raises `sqlalchemy.exc.ArgumentError` for what is no URL.
    """
    url = make_url(address)
    return url.set(drivername=_DRIVER) if url.drivername == "postgresql" else url


def open_engine(url: URL, *, cache: int = CACHE) -> Engine:
    """Return an engine for a normalised URL; nothing is connected yet.

    `cache` is how many KiB each connection to SQLite keeps of the database.
    """
    # Values of a failed statement are personal data, and errors go to logs.
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=KEPT,
            max_overflow=MORE,
            connect_args=_connecting(url),
        )
        listen.listen(engine, "connect", _prepare_postgresql, insert=True)
        return engine
    # A database in memory has one connection for each thread, and takes no bounds.
    bounds = {"pool_size": KEPT, "max_overflow": MORE} if url.database not in (None, "", ":memory:") else {}
    engine = create_engine(url, hide_parameters=True, **bounds)
    listen.listen(engine, "connect", partial(_prepare_sqlite, cache=cache))
    listen.listen(engine, "begin", _begin_sqlite)
    return engine


def refuse_unfit_server(version: int, encoding: str | None) -> None:
    """Raise `UnfitServerError` for a server that is too old, or a database that cannot hold every letter."""
    if version < OLDEST_SERVER:
        raise UnfitServerError(
            Words(
                "PostgreSQL {version} 太旧，请升级到 {oldest} 或更新的版本",
                "PostgreSQL {version} is too old; version {oldest} or newer is needed",
            ).format(version=_spoken(version), oldest=_spoken(OLDEST_SERVER))
        )
    if encoding != _ENCODING:
        raise UnfitServerError(
            Words(
                "数据库的编码是 {encoding}，须为 UTF8；请另建：createdb --encoding=UTF8 --template=template0",
                "the database's encoding is {encoding}, not UTF8; "
                "make another with: createdb --encoding=UTF8 --template=template0",
            ).format(encoding=encoding)
        )


def _spoken(version: int) -> str:
    """Write a server's number as people do: 15.18, and 9.6 before they changed it."""
    major, rest = divmod(version, 10000)
    return f"{major}.{rest // 100}" if major < 10 else f"{major}.{rest}".removesuffix(".0")


def _connecting(url: URL) -> dict[str, Any]:
    """Return what a connection is asked for, unless its URL says otherwise."""
    wanted = {"application_name": "linxuan", "client_encoding": "utf8", "connect_timeout": "10"}
    return {name: value for name, value in wanted.items() if name not in url.query}


def _prepare_postgresql(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - a driver's connection
    about = connection.info
    try:
        refuse_unfit_server(about.server_version, about.parameter_status("server_encoding"))
    except UnfitServerError:
        connection.close()
        raise
    connection.autocommit = True
    # Statements here are short: to compile one, as a server does that thinks it long, takes longer than to run it.
    connection.execute(
        "SELECT set_config('TimeZone', 'UTC', false), set_config('lock_timeout', %s, false), "
        "set_config('jit', 'off', false)",
        [f"{PATIENCE}s"],
    )
    connection.autocommit = False


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry, *, cache: int) -> None:
    # SQLAlchemy begins transactions itself (below), so the driver must not.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    # A copy that may only be read, as an auditor has it, stays in the mode it is in.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last commits in a power cut; a committed move must stay committed.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A sweep's batch writes some thousand pages; carrying them over into the database after every commit costs it half.
    connection.execute("PRAGMA wal_autocheckpoint = 8000")
    # In kibibytes: what a batch reads to move its rows is read again to tell of them.
    connection.execute(f"PRAGMA cache_size = -{cache}")
    # Without this, INSERT OR REPLACE takes a row away unseen by the triggers that keep the history append-only.
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.create_function("sha256_hex", 1, event_digest, deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock first: one that began by reading cannot always get it later.
    options = connection.get_execution_options()
    writes = options.get("linxuan_writes", False)
    if writes:
        # Said anew each time: the connection may have served another kind of transaction before.
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if options.get('linxuan_brief') else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
