"""Databases with as many nominations as are wanted, of which some are due: made once, copied for every measurement."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert

from deadlines import WorkCalendar
from operations.desk import Desk, Running
from operations.intakes import computed
from programs import load_program
from store import Store, Vault
from store import tables as t
from store.chain import GENESIS, canonical, event_digest, link_digest
from store.migrate import migrate
from tests.postgres import Server

PROGRAM = load_program("luzhou-chief-technician-2019")
STANDING = "recommendation.unit"
CLOSES = datetime(2019, 7, 30, 16, tzinfo=UTC)
NOW = CLOSES + timedelta(hours=1)
MOVED_AT = datetime(2019, 7, 10, 1, tzinfo=UTC)

#: Counts what stands where, after rows were written past the operations.
COUNTED = (
    "INSERT INTO standing (program_id, stage, holder, nominations) "
    "SELECT program_id, stage, coalesce(holder, ''), count(*) FROM nomination GROUP BY 1, 2, 3"
)

#: Who has put whose nominees forward, as every nomination that is drawn up makes it known.
SIDES = "INSERT INTO side (program_id, unit, nominator) SELECT DISTINCT program_id, unit, nominator FROM nomination"

#: How many events one link of the history behind the nominations holds.
_LINKED = 1000

_COLUMNS = (
    *("id", "number", "program_id", "category", "route", "nominator", "nominator_kind", "unit", "nominee", "identity"),
    *("identity_hash", "attempt", "stage", "holder", "due_at", "version", "moved_at"),
)


@dataclass(frozen=True)
class Filled:
    """A database to copy: `rows` nominations, of which `due` are due at `NOW`, lying together or scattered."""

    rows: int
    due: int
    scattered: bool

    def nominations(self) -> Iterator[tuple[Any, ...]]:
        """Yield the nominations as rows. A third waits for a later time, and most for somebody to act."""
        step = self.rows // self.due if self.due else 0
        first = 0 if self.scattered else self.rows // 2
        due = (
            set(range(first, self.rows, step) if self.scattered else range(first, first + self.due)) if step else set()
        )
        later = CLOSES + timedelta(days=150)
        for place in range(self.rows):
            waits = place in due or place % 3 == 0
            unit = f"某某有限公司{place % 5000}"
            yield (
                place + 1,
                f"{PROGRAM.id}-{place + 1:07d}",
                PROGRAM.id,
                None,
                "organization",
                f"区县{place % 40}",
                None,
                unit,
                f"第{place}人",
                os.urandom(46),
                sha256(str(place).encode()).hexdigest(),
                1,
                STANDING if waits else "screening",
                unit if waits else PROGRAM.office,
                (CLOSES if place in due else later) if waits else None,
                1,
                MOVED_AT,
            )

    def events(self) -> Iterator[tuple[Any, ...]]:
        """Yield the event with which each nomination was drawn up."""
        for place in range(self.rows):
            number = f"{PROGRAM.id}-{place + 1:07d}"
            payload = canonical(
                {
                    "actor": "王管理",
                    "kind": "nomination.created",
                    "nomination": number,
                    "nominee": f"第{place}人",
                    "now": "2019-07-10T09:00:00+08:00",
                    "program": PROGRAM.id,
                    "role": "operator",
                    "to": STANDING,
                }
            )
            yield PROGRAM.id, place + 1, number, payload, event_digest(payload)

    def links(self) -> Iterator[tuple[Any, ...]]:
        """Yield the links that hold the events, so that the history verifies."""
        digests = [digest for *_, digest in self.events()]
        previous = GENESIS
        for sequence, first in enumerate(range(0, len(digests), _LINKED), start=1):
            some = digests[first : first + _LINKED]
            previous = link_digest(previous, some)
            yield PROGRAM.id, sequence, first + 1, first + len(some), previous


def prepare(store: Store, calendar: WorkCalendar, rows: int) -> None:
    """Make the tables, and open the program."""
    migrate(store)
    undated = Running(PROGRAM, 1, MOVED_AT, calendar)
    running = replace(undated, announced=computed(undated))
    with store.write() as transaction:
        transaction.connection.execute(
            insert(t.program).values(id=PROGRAM.id, opened_at=MOVED_AT, nominations=rows, **running.columns)
        )
        transaction.connection.execute(
            insert(t.calendar_used).values(
                id=1,
                fingerprint=calendar.fingerprint,
                published_through=calendar.published_through,
                facts=calendar.facts_known,
                counted_at=MOVED_AT,
            )
        )


class SqliteBench:
    """Databases in files."""

    name = "SQLite"

    def __init__(self, folder: Path, calendar: WorkCalendar) -> None:
        self._folder = folder
        self._calendar = calendar

    def fill(self, filled: Filled) -> Path:
        """Make a database to copy; returns what `copy` takes."""
        file = self._folder / f"{filled.rows}-{filled.due}-{filled.scattered}.db"
        if file.exists():
            return file
        with closing(Store(f"sqlite:///{file}")) as store:
            prepare(store, self._calendar, filled.rows)
            with closing(store.engine.raw_connection()) as connection:
                connection.execute("BEGIN")
                marks = ", ".join("?" * len(_COLUMNS))
                put = f"INSERT INTO nomination ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608 - our own names
                connection.executemany(put, (_for_sqlite(row) for row in filled.nominations()))
                connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", filled.events())
                connection.executemany("INSERT INTO link VALUES (?, ?, ?, ?, ?)", filled.links())
                connection.execute(COUNTED)
                connection.execute(SIDES)
                connection.execute("COMMIT")
                connection.execute("ANALYZE")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file

    @contextmanager
    def copy(self, made: Path) -> Iterator[Store]:
        """Give a fresh copy, written out and read in, so that no measurement pays for the copying."""
        file = self._folder / "copy.db"
        shutil.copyfile(made, file)
        os.sync()
        with file.open("rb") as whole:
            while whole.read(1 << 24):
                pass
        try:
            with closing(Store(f"sqlite:///{file}")) as store:
                yield store
        finally:
            for left in self._folder.glob("copy.db*"):
                left.unlink()


class PostgresqlBench:
    """Databases on a server of its own."""

    name = "PostgreSQL"

    def __init__(self, server: Server, calendar: WorkCalendar) -> None:
        self._server = server
        self._calendar = calendar
        self._made: dict[Filled, str] = {}

    def fill(self, filled: Filled) -> str:
        """Make a database to copy; returns what `copy` takes."""
        if filled in self._made:
            return self._made[filled]
        name = self._made[filled] = self._server.create()
        url = self._server.url(name)
        with closing(Store(url)) as store:
            prepare(store, self._calendar, filled.rows)
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection, connection.cursor() as cursor:
            for table, columns, rows in (
                ("nomination", _COLUMNS, filled.nominations()),
                ("event", [column.name for column in t.event.columns], filled.events()),
                ("link", [column.name for column in t.link.columns], filled.links()),
            ):
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            cursor.execute(COUNTED)
            cursor.execute(SIDES)
        self._server.run("VACUUM ANALYZE", database=name)
        self._server.run("CHECKPOINT")
        return name

    @contextmanager
    def copy(self, made: str) -> Iterator[Store]:
        """Give a fresh copy, written out, so that no measurement pays for the copying."""
        name = self._server.create(template=made)
        self._server.run("CHECKPOINT")
        try:
            with closing(Store(self._server.url(name))) as store:
                with store.read() as connection:
                    connection.exec_driver_sql("SELECT sum(length(nomination::text)) FROM nomination")
                    connection.exec_driver_sql("SELECT sum(length(event::text)) FROM event")
                yield store
        finally:
            self._server.drop(name)


Bench = SqliteBench | PostgresqlBench


def _for_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(f"{one:%Y-%m-%d %H:%M:%S.%f}" if isinstance(one, datetime) else one for one in row)


def desk_at(store: Store, calendar: WorkCalendar) -> Desk:
    """Open a desk at a store."""
    return Desk(store, calendar, Vault(bytes(range(32))))
