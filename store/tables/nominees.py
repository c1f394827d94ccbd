"""Nominees who look after their own nominations: by which invitation they were let in, and whose is which."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, text

from store.tables.base import metadata
from store.types import Instant, Line

_OPEN = text("used_at IS NULL AND withdrawn_at IS NULL")

#: An invitation that was sent by mail to whoever was nominated; the address is not kept. Its link is signed, and kept
#: nowhere; `code` is the SHA-256 of what they are told by another way, together with that signature. One of a
#: nomination is open at a time.
invitation = Table(
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False, index=True),
    Column("code", Line(64), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("withdrawn_at", Instant),
    CheckConstraint("failures >= 0", name="failures_count"),
    Index("uq_invitation_open", "nomination_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

#: Whose nomination is whose: what a person sees and does in the role of a nominee.
own_nomination = Table(
    "own_nomination",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True, index=True),
    Column("bound_at", Instant, nullable=False),
)
