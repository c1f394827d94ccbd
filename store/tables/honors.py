"""Who was honored by which document, and the certificates that say so."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from store.tables.base import metadata
from store.types import Instant, Line, Prose

#: A nomination that a document honored.
award = Table(
    "award",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("program_id", Line(64), nullable=False),
    Column("document", Line(120), nullable=False),
    ForeignKeyConstraint(["program_id", "document"], ["document.program_id", "document.number"]),
    Index("ix_award_program_id_document", "program_id", "document"),
    # A page of the honorees of a program is read in the order in which they were drawn up.
    Index("ix_award_program_id_nomination_id", "program_id", "nomination_id"),
)

#: A certificate of an award. `code` leads to where it is verified: it is drawn by chance, so that nobody who knows
#: one, or all numbers, can guess another. `ordinal` counts the certificates of a program.
certificate = Table(
    "certificate",
    metadata,
    Column("nomination_id", Integer, primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("program_id", Line(64), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("number", Line(120), nullable=False, index=True),
    Column("code", Line(32), nullable=False, unique=True),
    Column("numbered_at", Instant, nullable=False),
    ForeignKeyConstraint(["nomination_id", "stage"], ["award.nomination_id", "award.stage"]),
    UniqueConstraint("program_id", "ordinal"),
    UniqueConstraint("program_id", "number"),
    CheckConstraint("ordinal > 0", name="ordinal_counts"),
)

#: The code of a certificate that was lost and issued anew: whoever shows it is told that it is void.
voided_certificate = Table(
    "voided_certificate",
    metadata,
    Column("code", Line(32), primary_key=True),
    Column("nomination_id", Integer, nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("reason", Prose, nullable=False),
    Column("voided_at", Instant, nullable=False),
    Column("voided_by", Line(120), nullable=False),
    ForeignKeyConstraint(["nomination_id", "stage"], ["certificate.nomination_id", "certificate.stage"]),
)

#: In which order a nominator recommends those whom it nominated in a program (推荐排序).
recommended = Table(
    "recommended",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    CheckConstraint("place > 0", name="place_counts"),
)
