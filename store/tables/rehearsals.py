"""Programs run on a virtual clock."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
)

from store.tables.base import metadata
from store.types import Document, Line, Whole

#: A program run on a virtual clock, and how far it has come; a killed rehearsal goes on from here.
rehearsal = Table(
    "rehearsal",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("seed", Whole, nullable=False),
    Column("nominations", Whole, nullable=False),
)

#: One finished scene of a rehearsal, as its timeline shows it.
scene = Table(
    "scene",
    metadata,
    Column("program_id", Line(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("summary", Document, nullable=False),
    ForeignKeyConstraint(["program_id"], ["rehearsal.program_id"]),
)
