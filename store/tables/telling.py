"""How far the history has been told to who listens outside of the product."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table

from store.tables.base import metadata

#: The position through which a program's events have been told to Prefect; what has no row yet is told from the first.
telling = Table(
    "telling",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    CheckConstraint("position >= 0", name="position_counts"),
)
