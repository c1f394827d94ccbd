"""What is owed to whom, and the messages that it is told in."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    false,
    literal_column,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose

#: A reminder that is owed, once under its key, until it is gathered into a message or moot when its time comes. `held`
#: says why one whose time had come waits for a later `send_at`. What follows another is `about` its recipient, and
#: about what has stood there `since` it was told.
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
    Column("held", Line(16)),
    Column("about", Line(120)),
    Column("since", Instant),
    Column("message_id", ForeignKey("message.id")),
    CheckConstraint("state IN ('owed', 'moot', 'gathered')", name="state_is_known"),
    CheckConstraint("held IN ('hours', 'digest')", name="held_is_known"),
    CheckConstraint("(state = 'gathered') = (message_id IS NOT NULL)", name="gathered_into_a_message"),
    Index(
        "ix_reminder_send_at",
        "send_at",
        sqlite_where=text("state = 'owed'"),
        postgresql_where=text("state = 'owed'"),
    ),
    # A message that is tried again is judged again by what it tells.
    Index("ix_reminder_message_id", "message_id"),
    # The page of a nomination tells what was sent about it, and to whom it waits for.
    Index(
        "ix_reminder_nomination",
        "nomination",
        sqlite_where=text("nomination IS NOT NULL"),
        postgresql_where=text("nomination IS NOT NULL"),
    ),
    Index("ix_reminder_recipient", "recipient", "program_id", "stage"),
    # The few that ask for a receipt are looked for among all that was ever owed.
    Index(
        "ix_reminder_receipts",
        "message_id",
        sqlite_where=text("kind IN ('invitation', 'overdue')"),
        postgresql_where=text("kind IN ('invitation', 'overdue')"),
    ),
)

#: The condition that a reminder asks its recipient to confirm that it came, written out as the index has it.
asks_for_a_receipt = literal_column("reminder.kind IN ('invitation', 'overdue')", Boolean)

#: Who gets no news of outcomes of a program any more; what they have to do there still reaches them.
unsubscription = Table(
    "unsubscription",
    metadata,
    Column("recipient", Line(120), primary_key=True),
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)

#: The outbox: one digest for one recipient, delivered at least once under its id, parked with the reason, or moot when
#: nothing that it tells stood any more. `day` is the day whose digest it is; an urgent one belongs to none. Whoever
#: delivers it has moved `next_attempt_at` ahead before: that is when others may try, should nothing be heard from them.
#: `alerted_at` is when administrators were told that it was parked. `tried` counts what failed at each address of its
#: recipient since it was written or let go of; `unsure` says that some channel may have taken it without our knowing.
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
    Column("day", Date),
    Column("received_at", Instant),
    Column("alerted_at", Instant),
    Column("tried", Document),
    Column("unsure", Boolean, nullable=False, server_default=false()),
    CheckConstraint("state IN ('waiting', 'sent', 'parked', 'moot')", name="state_is_known"),
    Index("ix_message_recipient_day", "recipient", "day"),
    Index(
        "ix_message_next_attempt_at",
        "next_attempt_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    # Letters stay for good, and every few seconds somebody asks which were parked and are told to nobody yet.
    Index(
        "ix_message_parked",
        "alerted_at",
        "id",
        sqlite_where=text("state = 'parked'"),
        postgresql_where=text("state = 'parked'"),
    ),
    Index("ix_message_sent_at", "sent_at"),
    # The newest are looked at.
    Index("ix_message_written_at", "written_at"),
)

#: Conditions on a message with the state written out: of a parameter a database cannot tell that a partial index fits.
is_waiting = message.c.state == literal_column("'waiting'")
is_parked = message.c.state == literal_column("'parked'")

#: Every try to deliver a message: by which channel and to which address, which is masked, what came of it, what the
#: server answered (short, and masked), and the SHA-256 of what the letter said. A trigger refuses changes. A message
#: may be gone whose tries stay: what it told was told by another one.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Line(64), nullable=False, index=True),
    Column("channel", Line(16), nullable=False),
    Column("address", Line(254)),
    Column("tried_at", Instant, nullable=False),
    Column("outcome", Line(16), nullable=False),
    Column("answer", Line(200)),
    Column("text", Line(64), nullable=False),
    CheckConstraint("outcome IN ('accepted', 'refused', 'failed', 'unsure')", name="outcome_is_known"),
)
