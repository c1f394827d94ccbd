"""The door to the database: one transaction per change, its events and its link written as it commits."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, Table, create_engine, insert, select
from sqlalchemy import event as listen
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from store.chain import GENESIS, canonical, event_digest, link_digest
from store.tables import event, link, program


class Transaction:
    """What one change reads and writes. Use `connection` with the tables; `record` what happened.

    On commit the recorded events get their positions and one link in each program's chain. The chain's head is taken
    last, so writers of one program wait for each other only while they append.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.abandoned = False
        self.events: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def record(self, program_id: str, kind: str, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add an event to this transaction. `facts` must be JSON; facts that are None are left out."""
        stated = {name: value for name, value in facts.items() if value is not None}
        self.events[program_id].append({"program": program_id, "kind": kind, **stated})

    def abandon(self) -> None:
        """Leave nothing of this transaction behind when it ends."""
        self.abandoned = True

    def append_links(self) -> None:
        """Write the recorded events and one link for each program; the store calls this as it commits."""
        for program_id in sorted(self.events):
            self._append(program_id, self.events[program_id])

    def _append(self, program_id: str, payloads: list[dict[str, Any]]) -> None:
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(program.c.id).where(program.c.id == program_id).with_for_update())
        head = self.connection.execute(
            select(link.c.sequence, link.c.last_position, link.c.digest)
            .where(link.c.program_id == program_id)
            .order_by(link.c.sequence.desc())
            .limit(1)
        ).one_or_none()
        sequence, position, previous = (head.sequence, head.last_position, head.digest) if head else (0, 0, GENESIS)
        texts = [canonical(payload) for payload in payloads]
        digests = [event_digest(text) for text in texts]
        self.connection.execute(
            insert(event),
            [
                {
                    "program_id": program_id,
                    "position": position + offset,
                    "nomination": payload.get("nomination"),
                    "payload": text,
                    "digest": digest,
                }
                for offset, (payload, text, digest) in enumerate(zip(payloads, texts, digests, strict=True), start=1)
            ],
        )
        self.connection.execute(
            insert(link).values(
                program_id=program_id,
                sequence=sequence + 1,
                first_position=position + 1,
                last_position=position + len(texts),
                digest=link_digest(previous, digests),
            )
        )


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose unique key is not there yet; returns how many that were."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows).rowcount


class Store:
    """One database. Reading sees one consistent state; writing is one transaction that is kept whole or not at all."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)
        self._writing: ContextVar[Transaction | None] = ContextVar("writing", default=None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; within a write it sees what the write has done."""
        writing = self._writing.get()
        if writing is not None:
            yield writing.connection
            return
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Give a transaction; it commits, with its links, when the block ends, and leaves nothing when it raises.

        A write within a write joins it: both are kept or neither, in one link; an inner one that is abandoned leaves
        the outer one as it was.
        """
        outer = self._writing.get()
        if outer is not None:
            with self._join(outer) as transaction:
                yield transaction
            return
        with self.engine.connect().execution_options(linxuan_writes=True) as connection:
            transaction = Transaction(connection)
            token = self._writing.set(transaction)
            try:
                yield transaction
            finally:
                self._writing.reset(token)
            if not transaction.abandoned:
                transaction.append_links()
                connection.commit()

    @contextmanager
    def _join(self, outer: Transaction) -> Iterator[Transaction]:
        savepoint = outer.connection.begin_nested()
        inner = Transaction(outer.connection)
        token = self._writing.set(inner)
        try:
            yield inner
        except BaseException:
            savepoint.rollback()
            raise
        finally:
            self._writing.reset(token)
        if inner.abandoned:
            savepoint.rollback()
            return
        savepoint.commit()
        for program_id, events in inner.events.items():
            outer.events[program_id] += events

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    # Values of a failed statement are personal data, and errors go to logs.
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        listen.listen(engine, "connect", _prepare_sqlite)
        listen.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # SQLAlchemy begins transactions itself (below), so the driver must not.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 30000")
    # A copy that may only be read, as an auditor has it, stays in the mode it is in.
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last commits in a power cut; a committed move must stay committed.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Without this, INSERT OR REPLACE takes a row away unseen by the triggers that keep the history append-only.
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock first: one that began by reading cannot always get it later.
    writes = connection.get_execution_options().get("linxuan_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
