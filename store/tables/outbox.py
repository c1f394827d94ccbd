"""What is owed to whom, and the messages that it is told in."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose

#: A reminder that is owed, once under its key, until it is gathered into a message or moot when its time comes.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Line(400), nullable=False, unique=True),
    Column("kind", Line(16), nullable=False),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(130), nullable=False),
    Column("recipient", Line(120), nullable=False),
    Column("nomination", Line(80)),
    Column("due_at", Instant),
    Column("step", Integer),
    Column("facts", Document, nullable=False),
    Column("send_at", Instant, nullable=False),
    Column("state", Line(16), nullable=False, server_default="owed"),
    Column("message_id", ForeignKey("message.id")),
    CheckConstraint("state IN ('owed', 'moot', 'gathered')", name="state_is_known"),
    CheckConstraint("(state = 'gathered') = (message_id IS NOT NULL)", name="gathered_into_a_message"),
    Index(
        "ix_reminder_send_at",
        "send_at",
        sqlite_where=text("state = 'owed'"),
        postgresql_where=text("state = 'owed'"),
    ),
)

#: The outbox: one digest for one recipient, delivered at least once under its id, or parked with the reason.
message = Table(
    "message",
    metadata,
    Column("id", Line(64), primary_key=True),
    Column("recipient", Line(120), nullable=False),
    Column("subject", Line(200), nullable=False),
    Column("body", Prose, nullable=False),
    Column("state", Line(16), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Instant),
    Column("problem", Prose),
    Column("written_at", Instant, nullable=False),
    Column("sent_at", Instant),
    CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state_is_known"),
    Index(
        "ix_message_next_attempt_at",
        "next_attempt_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
