"""Programs, and the calendar that their days are counted by."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line

#: The holiday schedules that were loaded into this database, so that all who work with it count the same days.
schedule = Table(
    "schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("revision", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("loaded_at", Instant, nullable=False),
    Column("actor", Line(120), nullable=False),
)

#: The calendar that this database was counted with last: at most one row. Its fingerprint tells it from others; through
#: which day it is published, its newest schedule and how many facts it has tell which of two knows more.
calendar_used = Table(
    "calendar_used",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Line(64), nullable=False),
    Column("published_through", Date, nullable=False),
    Column("loaded_at", Instant),
    Column("facts", Integer, nullable=False),
    Column("counted_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="there_is_one"),
)

#: A program that somebody has begun to prepare. `definition` is what holds now: the file, its confirmed rulings and
#: its extensions; `closes` says when its intakes close, as announced when it was opened and changed since; `version`
#: counts the changes of both, and `digest` is the SHA-256 of both. It takes nominations once it is opened. `revision`
#: is the number of its newest version, which this row is; `file` is what that version's file says by itself. `sides`
#: counts what changes who stands behind its nominations: each new side, and each organization placed elsewhere.
program = Table(
    "program",
    metadata,
    Column("id", Line(64), primary_key=True),
    Column("definition", Document, nullable=False),
    Column("closes", Document),
    Column("version", Integer, nullable=False),
    Column("digest", Line(64), nullable=False),
    Column("opened_at", Instant),
    Column("nominations", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("file", Document),
    Column("sides", Integer, nullable=False, server_default="0"),
)

#: An earlier version of a program that was amended, as its row was: nominations drawn up under it are judged by it
#: until they are migrated. Extensions and rulings that concern it too, and recounts, still change it.
revision = Table(
    "revision",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("definition", Document, nullable=False),
    Column("closes", Document),
    Column("version", Integer, nullable=False),
    Column("digest", Line(64), nullable=False),
    Column("superseded_at", Instant, nullable=False),
    CheckConstraint("number > 0", name="number_counts"),
)

#: The confirmed rulings of a program.
ruling = Table(
    "ruling",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("ruling_id", Line(64), primary_key=True),
    Column("decision", Document, nullable=False),
    Column("actor", Line(120), nullable=False),
    Column("decided_at", Instant, nullable=False),
)
