"""What is known of the past of people and units, across programs."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table

from store.tables.base import metadata
from store.types import Instant, Line, Prose

#: Something in the past of a person or a unit that a later nomination may be judged by: an honor, a studio that is led,
#: a subsidy, a ban. `name` is that of the honor or subsidy, or why somebody is banned. One that a nomination brought
#: has no `since` while its nominee is chosen but not honored yet; one that was recorded by hand has a `source`. `owner`
#: is whose past it is: the keyed hash of a person's identity number, or `=` and the name of a unit; none of a person
#: who is known by name only, which bars nobody.
past = Table(
    "past",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Line(16), nullable=False),
    Column("name", Line(120), nullable=False),
    Column("holder", Line(120), nullable=False),
    Column("unit", Line(120), nullable=False),
    Column("identity", LargeBinary),
    Column("owner", Line(130), index=True),
    Column("nomination_id", ForeignKey("nomination.id"), unique=True),
    Column("since", Instant),
    Column("ended_at", Instant),
    Column("source", Prose, nullable=False, server_default=""),
    CheckConstraint("kind IN ('honor', 'studio', 'subsidy', 'ban')", name="kind_is_known"),
    CheckConstraint("nomination_id IS NOT NULL OR source <> '' AND since IS NOT NULL", name="comes_from_somewhere"),
    CheckConstraint("ended_at >= since", name="ends_after_it_began"),
    Index("ix_past_holder", "holder"),
    # The history speaks of a past by its id, so that none is ever used again.
    sqlite_autoincrement=True,
)

#: What one owner of a past can have once only: an award that is not given twice, a studio while it is led. Whatever
#: races, in however many programs, two nominations cannot both bring it.
claim = Table(
    "claim",
    metadata,
    Column("key", Line(130), primary_key=True),
    Column("owner", Line(130), primary_key=True),
    Column("past_id", ForeignKey("past.id"), nullable=False, index=True),
)
