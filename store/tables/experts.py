"""The pool of experts, what they have declared, the panels drawn from it, and who evaluates what."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose, Whole

#: An expert of the pool, who acts as the person that is registered under the same name. `program_id` is that of a
#: rehearsal which has made them up: nobody else draws them. Of their birthday only the year is kept. They can be drawn
#: from `term_from` until `term_until`, both included, unless they were taken out of the pool.
expert = Table(
    "expert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), index=True),
    Column("name", Line(120), nullable=False, unique=True),
    Column("employer", Line(120), nullable=False),
    Column("title", Line(64)),
    Column("born", Whole),
    Column("mail", Line(254)),
    Column("term_from", Date),
    Column("term_until", Date),
    Column("added_at", Instant, nullable=False),
    Column("retired_at", Instant),
    CheckConstraint("born BETWEEN 1900 AND 2200", name="born_in_a_year"),
    CheckConstraint("term_until >= term_from", name="term_ends_after_it_began"),
    # Draws and the history speak of an expert by number, so that none is ever used again.
    sqlite_autoincrement=True,
)

#: A field that an expert knows.
expert_field = Table(
    "expert_field",
    metadata,
    Column("expert_id", ForeignKey("expert.id"), primary_key=True),
    Column("field", Line(64), primary_key=True),
)

#: What ties an expert to others: an employer that they have or had, kin, a shared project, a body that nominates. Until
#: it is withdrawn it recuses them wherever a panel has this ground.
expert_tie = Table(
    "expert_tie",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("expert_id", ForeignKey("expert.id"), nullable=False, index=True),
    Column("ground", Line(16), nullable=False),
    Column("subject", Line(120), nullable=False),
    Column("unit", Line(120)),
    Column("until", Date),
    Column("declared_by", Line(120), nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    CheckConstraint("ground IN ('employer', 'kinship', 'project', 'nominator')", name="ground_is_known"),
    sqlite_autoincrement=True,
)

_STANDS = text("voided_at IS NULL")

#: A panel that was drawn for a review. `sizes` are the urns in their order, each with how many were to be drawn of it;
#: `candidates` are the numbers of those who could be, by the urn, and `digest` is their SHA-256. With `seed` they give
#: the order in which everybody is seated. Of a stage one panel stands.
panel = Table(
    "panel",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("seed", Line(64), nullable=False),
    Column("sizes", Document, nullable=False),
    Column("candidates", Document, nullable=False),
    Column("digest", Line(64), nullable=False),
    Column("drawn_by", Line(120), nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("voided_at", Instant),
    UniqueConstraint("program_id", "stage", "round"),
    Index("uq_panel_stands", "program_id", "stage", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
)

#: Somebody's place on a panel. `ordinal` counts in which order they were seated; `replaces` is who had declined before.
#: `answer_by` is the first instant too late to answer the invitation, none where there is no such day.
#: `pledge` is the SHA-256 of the words that they have pledged.
panel_seat = Table(
    "panel_seat",
    metadata,
    Column("panel_id", ForeignKey("panel.id"), primary_key=True),
    Column("expert_id", ForeignKey("expert.id"), primary_key=True),
    Column("urn", Line(64), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("replaces", ForeignKey("expert.id")),
    Column("state", Line(16), nullable=False, server_default="drawn"),
    Column("invited_at", Instant),
    Column("answer_by", Instant),
    Column("answered_at", Instant),
    Column("reason", Prose, nullable=False, server_default=""),
    Column("pledge", Line(64)),
    Column("pledged_at", Instant),
    CheckConstraint("state IN ('drawn', 'invited', 'confirmed', 'declined')", name="state_is_known"),
    CheckConstraint("(pledge IS NULL) = (pledged_at IS NULL)", name="pledged_some_words"),
    UniqueConstraint("panel_id", "ordinal"),
    Index("ix_panel_seat_expert_id", "expert_id"),
)

#: That an expert evaluates a nomination at a stage.
assignment = Table(
    "assignment",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("expert_id", ForeignKey("expert.id"), primary_key=True),
    Column("panel_id", ForeignKey("panel.id"), nullable=False, index=True),
    Column("assigned_at", Instant, nullable=False),
    Index("ix_assignment_expert_id", "expert_id"),
)

#: That an expert has nothing to do with a nomination, at whatever stage: by a tie, or because somebody has said so.
recusal = Table(
    "recusal",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("expert_id", ForeignKey("expert.id"), primary_key=True),
    Column("ground", Line(16), nullable=False),
    Column("declared", Boolean, nullable=False),
    Column("note", Prose, nullable=False, server_default=""),
    Column("recused_by", Line(120), nullable=False),
    Column("recused_at", Instant, nullable=False),
    CheckConstraint("ground IN ('employer', 'kinship', 'project', 'nominator', 'other')", name="ground_is_known"),
    Index("ix_recusal_expert_id", "expert_id"),
)
