"""Lists of nominations that people have given a name."""

from sqlalchemy import Column, ForeignKey, Integer, Table, UniqueConstraint

from store.tables.base import metadata
from store.types import Instant, Line

#: One person's own list: `asked` is the query of its address, which shows whoever opens it what they may see then.
saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("name", Line(40), nullable=False),
    Column("asked", Line(1000), nullable=False),
    Column("saved_at", Instant, nullable=False),
    UniqueConstraint("person_id", "name"),
)
