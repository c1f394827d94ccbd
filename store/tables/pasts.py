"""What is known of the past of people and units, across programs."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table

from store.tables.base import metadata
from store.types import Instant, Line, Prose

#: Something in the past of a person or a unit that a later nomination may be judged by: an honor, a studio that is led,
#: a subsidy, a ban. `name` is that of the honor or subsidy, or why somebody is banned. One that a nomination brought
#: has no `since` while its nominee is chosen but not honored yet; one that was recorded by hand has a `source`. The
#: person is known by the keyed hash of their identity number, or, where that is not known, by name and unit only.
past = Table(
    "past",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Line(16), nullable=False),
    Column("name", Line(120), nullable=False),
    Column("holder", Line(120), nullable=False),
    Column("unit", Line(120), nullable=False),
    Column("identity", LargeBinary),
    Column("fingerprint", Line(64), index=True),
    Column("nomination_id", ForeignKey("nomination.id"), unique=True),
    Column("since", Instant),
    Column("ended_at", Instant),
    Column("source", Prose, nullable=False, server_default=""),
    CheckConstraint("kind IN ('honor', 'studio', 'subsidy', 'ban')", name="kind_is_known"),
    CheckConstraint("nomination_id IS NOT NULL OR source <> ''", name="comes_from_somewhere"),
    Index("ix_past_holder", "holder"),
)

#: What one person can have once only: an award that is not given twice, a studio while it is led. Whatever races, in
#: however many programs, two cannot both have it.
claim = Table(
    "claim",
    metadata,
    Column("key", Line(130), primary_key=True),
    Column("fingerprint", Line(64), primary_key=True),
    Column("past_id", ForeignKey("past.id"), nullable=False, index=True),
)
