"""The door to the database: one transaction per change, its events and its link written as it commits."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, Table, bindparam, insert, literal, select
from sqlalchemy.engine import URL, Connection
from stdnum.iso7064 import mod_11_2

from programs import Words
from store.chain import GENESIS, INSTALLATION, SEPARATORS, canonical, event_digest, link_digest
from store.engine import CACHE, normalised, open_engine
from store.locks import hold_heads
from store.remembered import remembering
from store.sql import InsertNew, in_order, json_object, sha256_hex
from store.standings import write_standings
from store.tables import event, installation_event, installation_link, link, nomination
from store.types import UnfitError
from store.vault import masked


@dataclass(frozen=True, slots=True)
class _Each:
    """Events of many nominations at once: `rows` gives the place of each, its number and its canonical JSON."""

    rows: Select[tuple[int, str, str]]
    count: int


_Recorded = dict[str, Any] | _Each


class Transaction:
    """What one change reads and writes. Use `connection` with the tables; `record` what happened.

    On commit the recorded events get their positions and one link in each program's chain. The chain's head is taken
    last, so writers of one program wait for each other only while they append.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.abandoned = False
        self.events: dict[str, list[_Recorded]] = defaultdict(list)
        self.stands: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def stand(self, program_id: str, stage: str, holder: str | None, change: int) -> None:
        """Count nominations that have come to a place and a holder, or, where `change` is negative, have left it.

        For whoever writes a nomination's row; it records an event as well, so that the program's head is held.
        """
        self.stands[program_id][stage, holder or ""] += change

    def record(self, program_id: str, kind: str, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add an event to this transaction, of a program or of the `INSTALLATION`.

        `facts` must be JSON; facts that are None are left out.
        """
        self.events[program_id].append(_payload(program_id, kind, facts))

    def record_each(self, program_id: str, kind: str, ids: Sequence[int], **facts: Any) -> None:  # noqa: ANN401
        """Add an event for each of these nominations, in this order, as `record` adds one.

        A fact may be a column of the nomination, as it is when this transaction commits.
        """
        number = nomination.c.number
        payload = json_object(_payload(program_id, kind, {"nomination": number, **facts}), separators=SEPARATORS)
        ordered = in_order(ids, self.connection.dialect.name)
        rows = select(ordered.c.place, number.label("number"), payload.label("payload"))
        joined = rows.join_from(ordered, nomination, nomination.c.id == ordered.c.id)
        self.events[program_id].append(_Each(joined, len(ids)))

    def abandon(self) -> None:
        """Leave nothing of this transaction behind when it ends."""
        self.abandoned = True

    def settled_events(self) -> dict[str, list[_Recorded]]:
        """Return the recorded events, with those of many rows read as they are now: another may yet change them."""
        return {
            program_id: [settled for one in recorded for settled in self._settled(one)]
            for program_id, recorded in self.events.items()
        }

    def _settled(self, recorded: _Recorded) -> list[_Recorded]:
        if isinstance(recorded, dict):
            return [recorded]
        rows = self.connection.execute(recorded.rows.order_by("place"))
        return [json.loads(payload) for _place, _number, payload in rows]

    def append_links(self) -> None:
        """Write the recorded events and one link for each program; the store calls this as it commits."""
        hold_heads(self.connection, self.events)
        for program_id in sorted(self.events):
            # Under the head, which whoever moves anything of the program takes last: nobody waits for a count.
            write_standings(self.connection, program_id, self.stands.pop(program_id, {}))
            self._append(program_id, self.events[program_id])
        if self.stands:
            raise RuntimeError(f"nominations of {', '.join(sorted(self.stands))} were moved and no event says so")

    def _append(self, program_id: str, recorded: list[_Recorded]) -> None:
        chain, _, links = _chain_of(program_id)
        head = self.connection.execute(_head_of(links), chain).one_or_none()
        sequence, position, previous = (head.sequence, head.last_position, head.digest) if head else (0, 0, GENESIS)
        last, digests = position, list[str]()
        for one in _gathered(recorded):
            added = (
                self._insert(program_id, last, one)
                if isinstance(one, list)
                else self._insert_each(program_id, last, one)
            )
            digests += added
            last += len(added)
        self.connection.execute(
            insert(links),
            {
                **chain,
                "sequence": sequence + 1,
                "first_position": position + 1,
                "last_position": last,
                "digest": link_digest(previous, digests),
            },
        )

    def _insert(self, program_id: str, position: int, payloads: list[dict[str, Any]]) -> list[str]:
        """Write these events behind a position; returns their digests."""
        chain, events, _ = _chain_of(program_id)
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
        return digests

    def _insert_each(self, program_id: str, position: int, each: _Each) -> Sequence[str]:
        """Write the events of many rows behind a position, digests and all in the database; returns the digests."""
        rows = each.rows.subquery()
        self.connection.execute(
            insert(event).from_select(
                ["program_id", "position", "nomination", "payload", "digest"],
                select(
                    literal(program_id, event.c.program_id.type),
                    literal(position, Integer) + rows.c.place,
                    rows.c.number,
                    rows.c.payload,
                    sha256_hex(rows.c.payload),
                ),
            )
        )
        written = select(event.c.digest).where(event.c.program_id == program_id, event.c.position > position)
        digests = self.connection.execute(written.order_by(event.c.position)).scalars().all()
        if len(digests) != each.count:
            # The rows were claimed by this transaction, so this would be a fault of the store, not of a user.
            raise RuntimeError(f"{each.count} events were recorded and {len(digests)} written")
        return digests


def _gathered(recorded: Iterable[_Recorded]) -> Iterator[list[dict[str, Any]] | _Each]:
    """Gather single events that follow on each other, to be written by one statement."""
    single: list[dict[str, Any]] = []
    for one in recorded:
        if isinstance(one, dict):
            single.append(one)
            continue
        if single:
            yield single
        single = []
        yield one
    if single:
        yield single


def _payload(program_id: str, kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    stated = {name: value for name, value in facts.items() if value is not None}
    _look_through(stated)
    return {"program": program_id, "kind": kind, **stated}


_IDENTITY = re.compile(r"(?<!\d)[1-8]\d{16}[\dXx](?!\d)")


def _look_through(value: object) -> None:
    """Refuse an identity number in any text within a value. Raises `UnfitError`."""
    if isinstance(value, str):
        _refuse_identity_number(value)
    elif isinstance(value, dict):
        for one in value.values():
            _look_through(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _look_through(one)


def _refuse_identity_number(text: str) -> None:
    """Keep identity numbers out of what is never changed again and many may read. Raises `UnfitError`."""
    for found in _IDENTITY.finditer(text):
        if mod_11_2.is_valid(found[0].upper()):
            raise UnfitError(
                Words(
                    "办理记录里不能写身份证号码（{masked}），请删去",
                    "the history must not hold an identity number ({masked}); leave it out",
                ).format(masked=masked(found[0]))
            )


def _chain_of(program_id: str) -> tuple[dict[str, str], Table, Table]:
    """Return which rows are of this chain, and the tables of its events and its links."""
    if program_id == INSTALLATION:
        return {}, installation_event, installation_link
    return {"program_id": program_id}, event, link


@cache
def _head_of(links: Table) -> Select[Any]:
    """Return how to ask for the last link of a chain: of the one whose program is named, where links name programs."""
    of = links.c
    own = [of[name] == bindparam(name) for name in ("program_id",) if name in of]
    return select(of.sequence, of.last_position, of.digest).where(*own).order_by(of.sequence.desc()).limit(1)


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert the rows whose unique key is not there yet; returns how many that were."""
    if not rows:
        return 0
    # Two that insert the same rows wait for each other's: in one order, whatever order they come in.
    key = _unique_columns(table)
    ordered = sorted(rows, key=lambda row: [str(row[name]) for name in key])
    # Inline, as nobody asks for the keys that the database gives.
    return connection.execute(
        InsertNew(table).inline(), ordered, execution_options={"preserve_rowcount": True}
    ).rowcount


def insert_from(connection: Connection, table: Table, rows: Select[Any]) -> int:
    """Insert the rows that a query gives, by the names of its columns, none of which may be there; returns how many."""
    statement = insert(table).from_select(list(rows.selected_columns.keys()), rows)
    # Without being asked, the driver's count is not kept for a statement of this kind.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _unique_columns(table: Table) -> list[str]:
    """Return the columns by which a new row may be known already."""
    unique = [column.name for column in table.columns if column.unique]
    return unique or [column.name for column in table.primary_key]


class Store:
    """One database. Reading sees one consistent state; writing is one transaction that is kept whole or not at all."""

    def __init__(self, url: str | URL, *, cache: int | None = None) -> None:
        self.url = normalised(url)
        self.engine = open_engine(self.url, cache=cache or CACHE)
        self._writing: ContextVar[Transaction | None] = ContextVar("writing", default=None)
        self._reading: ContextVar[Connection | None] = ContextVar("reading", default=None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; within a write it sees what the write has done.

        A read within a read is of the same state, by the same connection: were it another one, as many as there are
        connections could each hold one and wait for a second for ever.
        """
        writing = self._writing.get()
        if writing is not None:
            yield writing.connection
            return
        reading = self._reading.get()
        if reading is not None and not reading.closed:
            yield reading
            return
        with self.engine.connect() as connection, remembering(connection):
            if connection.dialect.name == "postgresql":
                # One state for all statements of the block, as SQLite gives it.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            token = self._reading.set(connection)
            try:
                yield connection
            finally:
                # What yields rows as it reads them may be closed in another thread than the one that began it.
                with suppress(ValueError):
                    self._reading.reset(token)

    @contextmanager
    def write(self, *, brief: bool = False) -> Iterator[Transaction]:
        """Give a transaction; it commits, with its links, when the block ends, and leaves nothing when it raises.

        A `brief` one does not wait for the disk: a power cut may lose it, though no kill of a process does. A write
        within a write joins it: both are kept or neither, in one link; an inner one that is abandoned leaves the outer
        one as it was.
        """
        outer = self._writing.get()
        if outer is not None:
            with self._join(outer) as transaction:
                yield transaction
            return
        with self.connect_to_write(brief=brief) as connection:
            transaction = Transaction(connection)
            token = self._writing.set(transaction)
            try:
                yield transaction
            finally:
                self._writing.reset(token)
            if not transaction.abandoned:
                transaction.append_links()
                connection.commit()
                # A read that goes on around this keeps the state before it; what is read from here on sees it.
                self._reading.set(None)

    def connect_to_write(self, *, brief: bool = False) -> Connection:
        """Return a connection whose transactions write; whoever uses it commits."""
        connection = self.engine.connect()
        if connection.dialect.name == "postgresql":
            # Whoever has waited for a lock must see what its holder wrote, whatever the server's default is.
            connection = connection.execution_options(isolation_level="READ COMMITTED")
            if brief:
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            return connection
        return connection.execution_options(linxuan_writes=True, linxuan_brief=brief)

    @contextmanager
    def _join(self, outer: Transaction) -> Iterator[Transaction]:
        savepoint = outer.connection.begin_nested()
        inner = Transaction(outer.connection)
        token = self._writing.set(inner)
        try:
            yield inner
        except BaseException:
            # Ctrl-C within a statement has ended the whole transaction, and the savepoint with it.
            if savepoint.is_active:
                savepoint.rollback()
            raise
        finally:
            self._writing.reset(token)
        if inner.abandoned:
            savepoint.rollback()
            return
        savepoint.commit()
        for program_id, events in inner.settled_events().items():
            outer.events[program_id] += events
        for program_id, stands in inner.stands.items():
            outer.stands[program_id].update(stands)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
