"""What happened: events and the links of their chains."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from store.tables.base import metadata
from store.types import Line


def _sealed() -> tuple[Column[Any], ...]:
    return Column("payload", Text, nullable=False), Column("digest", Line(64), nullable=False)


def _linked() -> tuple[Column[Any] | CheckConstraint, ...]:
    return (
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        Column("first_position", Integer, nullable=False),
        Column("last_position", Integer, nullable=False),
        Column("digest", Line(64), nullable=False),
        CheckConstraint("first_position <= last_position", name="holds_events"),
    )


#: What happened. `payload` is canonical JSON, `digest` its SHA-256; `nomination` repeats the payload for look-ups, and
#: verification holds it against it. Positions count from 1 in each program without gaps.
event = Table(
    "event",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("nomination", Line(80), index=True),
    *_sealed(),
)

#: One link of a program's chain for each transaction: SHA-256 over the link before and the digests of its events.
link = Table(
    "link",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    *_linked(),
    UniqueConstraint("program_id", "last_position"),
)

#: What happened to people and organizations, which belong to no program: an event and a link as above, in one chain.
installation_event = Table(
    "installation_event",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    *_sealed(),
)
installation_link = Table("installation_link", metadata, *_linked(), UniqueConstraint("last_position"))
