"""What somebody signs in with beside a password."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table

from store.tables.base import metadata
from store.types import Instant, Line

#: The secret of a person's second factor (RFC 6238), sealed. It counts from `confirmed_at` on. `last_step` is the
#: newest time step whose code was taken, in steps of 30 seconds since 1970: no code is taken twice.
second_factor = Table(
    "second_factor",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("last_step", Integer, nullable=False),
)

#: Codes on paper, each of which stands in for the second factor once; the SHA-256 of what was handed out.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("code", Line(64), primary_key=True),
)
