"""What is raised against nominees while a list is public, what it rests on, and how it was handled."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    false,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose

#: Something raised against one nominee while the list was public. It is open until it has an outcome.
#:
#: `raised_by` says as whom (none: of before that was asked), `contact` is sealed, `evidence` describes what is no file.
#: With `code` whoever objects asks how it stands (none: of before there were codes). `admitted` is none until somebody
#: has judged it, and `scope` what it was found to be instead of an objection. Until then it is to be judged before
#: `due_at`, the first instant too late, and once admitted to be looked into before it; `investigation` says how that
#: was counted, and is none where somebody has named the day.
objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False, index=True),
    Column("stage", Line(64), nullable=False),
    Column("raised_by", Line(16)),
    Column("objector", Line(120), nullable=False),
    Column("contact", LargeBinary),
    Column("grounds", Prose, nullable=False),
    Column("evidence", Prose),
    Column("code", Line(32)),
    Column("lodged_at", Instant, nullable=False),
    Column("taken_by", Line(120)),
    Column("admitted", Boolean),
    Column("scope", Line(64)),
    Column("judged_by", Line(120)),
    Column("judged_at", Instant),
    Column("judged_because", Prose),
    Column("handler", Line(120)),
    Column("investigation", Document),
    Column("due_at", Instant),
    Column("provisional", Boolean, nullable=False, server_default=false()),
    Column("finding", Prose),
    Column("found_by", Line(120)),
    Column("found_at", Instant),
    Column("outcome", Line(16)),
    Column("clause", Line(40)),
    Column("answer", Prose),
    Column("settled_by", Line(120)),
    Column("settled_at", Instant),
    CheckConstraint(
        "outcome IN ('dismissed', 'corrected', 'upheld', 'deferred', 'refused', 'recorded')", name="outcome_is_known"
    ),
    CheckConstraint("raised_by IN ('unit', 'person', 'anonymous')", name="raised_by_is_known"),
    CheckConstraint("(admitted IS NULL) = (judged_at IS NULL)", name="judged_at_some_time"),
    # Whoever asks what is overdue looks at those only that are open and have a deadline.
    Index(
        "ix_objection_due_at",
        "due_at",
        sqlite_where=text("outcome IS NULL AND due_at IS NOT NULL"),
        postgresql_where=text("outcome IS NULL AND due_at IS NOT NULL"),
    ),
)

#: A file that an objection rests on, in the order in which they came.
objection_file = Table(
    "objection_file",
    metadata,
    Column("objection_id", ForeignKey("objection.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("digest", ForeignKey("file.digest"), nullable=False),
    Column("name", Line(255), nullable=False),
    Column("attached_at", Instant, nullable=False),
    Column("attached_by", Line(120), nullable=False),
    CheckConstraint("place > 0", name="place_counts"),
)

#: That a reserve has taken the place of somebody chosen who fell out: each place is filled again once at most.
replacement = Table(
    "replacement",
    metadata,
    Column("vacated_id", ForeignKey("nomination.id"), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("grade", Line(64), nullable=False),
    Column("reason", Prose, nullable=False),
    Column("replaced_by", Line(120), nullable=False),
    Column("replaced_at", Instant, nullable=False),
    UniqueConstraint("nomination_id"),
)
