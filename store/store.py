"""The door to the database: one transaction per change, its events and its link written as it commits."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection

from store.chain import GENESIS, INSTALLATION, canonical, event_digest, link_digest
from store.engine import normalised, open_engine
from store.locks import hold_heads
from store.tables import event, installation_event, installation_link, link


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
        """Add an event to this transaction, of a program or of the `INSTALLATION`.

        `facts` must be JSON; facts that are None are left out.
        """
        stated = {name: value for name, value in facts.items() if value is not None}
        self.events[program_id].append({"program": program_id, "kind": kind, **stated})

    def abandon(self) -> None:
        """Leave nothing of this transaction behind when it ends."""
        self.abandoned = True

    def append_links(self) -> None:
        """Write the recorded events and one link for each program; the store calls this as it commits."""
        hold_heads(self.connection, self.events)
        for program_id in sorted(self.events):
            self._append(program_id, self.events[program_id])

    def _append(self, program_id: str, payloads: list[dict[str, Any]]) -> None:
        chain, events, links = _chain_of(program_id)
        head = self.connection.execute(
            select(links.c.sequence, links.c.last_position, links.c.digest)
            .where(*(links.c[name] == value for name, value in chain.items()))
            .order_by(links.c.sequence.desc())
            .limit(1)
        ).one_or_none()
        sequence, position, previous = (head.sequence, head.last_position, head.digest) if head else (0, 0, GENESIS)
        texts = [canonical(payload) for payload in payloads]
        digests = [event_digest(text) for text in texts]
        self.connection.execute(
            insert(events),
            [
                {
                    **chain,
                    "position": position + offset,
                    **({"nomination": payload.get("nomination")} if chain else {}),
                    "payload": text,
                    "digest": digest,
                }
                for offset, (payload, text, digest) in enumerate(zip(payloads, texts, digests, strict=True), start=1)
            ],
        )
        self.connection.execute(
            insert(links).values(
                **chain,
                sequence=sequence + 1,
                first_position=position + 1,
                last_position=position + len(texts),
                digest=link_digest(previous, digests),
            )
        )


def _chain_of(program_id: str) -> tuple[dict[str, str], Table, Table]:
    """Return which rows are of this chain, and the tables of its events and its links."""
    if program_id == INSTALLATION:
        return {}, installation_event, installation_link
    return {"program_id": program_id}, event, link


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose unique key is not there yet; returns how many that were."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # Two that insert the same rows wait for each other's: in one order, whatever order they come in.
    key = _unique_columns(table)
    ordered = sorted(rows, key=lambda row: [str(row[name]) for name in key])
    statement = dialect.insert(table).on_conflict_do_nothing()
    return connection.execute(statement, ordered, execution_options={"preserve_rowcount": True}).rowcount


def _unique_columns(table: Table) -> list[str]:
    """Return the columns by which a new row may be known already."""
    unique = [column.name for column in table.columns if column.unique]
    return unique or [column.name for column in table.primary_key]


class Store:
    """One database. Reading sees one consistent state; writing is one transaction that is kept whole or not at all."""

    def __init__(self, url: str | URL) -> None:
        self.url = normalised(url)
        self.engine = open_engine(self.url)
        self._writing: ContextVar[Transaction | None] = ContextVar("writing", default=None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; within a write it sees what the write has done."""
        writing = self._writing.get()
        if writing is not None:
            yield writing.connection
            return
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # One state for all statements of the block, as SQLite gives it.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
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
        with self.connect_to_write() as connection:
            transaction = Transaction(connection)
            token = self._writing.set(transaction)
            try:
                yield transaction
            finally:
                self._writing.reset(token)
            if not transaction.abandoned:
                transaction.append_links()
                connection.commit()

    def connect_to_write(self) -> Connection:
        """Return a connection whose transactions write; whoever uses it commits."""
        connection = self.engine.connect()
        if connection.dialect.name == "postgresql":
            # Whoever has waited for a lock must see what its holder wrote, whatever the server's default is.
            return connection.execution_options(isolation_level="READ COMMITTED")
        return connection.execution_options(linxuan_writes=True)

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
