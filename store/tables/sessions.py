"""Who is signed in to the console, and whose passwords were tried in vain."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, Table, UniqueConstraint, false

from store.tables.base import metadata
from store.types import Instant, Line

#: Somebody signed in. `token` is the SHA-256 of what their browser holds, so that nobody who reads this table can stand
#: in for them; `role` at `organization` is the one they have chosen to act in. It ends at `ends_at` at the latest.
#: One that `awaits_code` is nobody's yet: the second factor is still to come; where it was `vouched` for, whoever keeps
#: the `door` that they came in by has asked them for one.
session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Line(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("role", Line(16), nullable=False),
    Column("organization", Line(120)),
    Column("address", Line(64), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("awaits_code", Boolean, nullable=False),
    Column("door", Line(16), nullable=False, server_default="password"),
    Column("vouched", Boolean, nullable=False, server_default=false()),
    CheckConstraint("door IN ('password', 'provider')", name="door_is_known"),
)

#: What an identity provider knows a person by: its subject, or a claim that it vouches for.
#: No identity is two people's.
identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("issuer", Line(255), nullable=False),
    Column("claim", Line(64), nullable=False),
    Column("value", Line(255), nullable=False),
    Column("bound_at", Instant, nullable=False),
    UniqueConstraint("issuer", "claim", "value"),
    UniqueConstraint("person_id", "issuer", "claim"),
)

#: Tokens of the API: whoever holds one acts as this person in this role. `token` is its SHA-256.
api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Line(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("role", Line(16), nullable=False),
    Column("organization", Line(120)),
    Column("label", Line(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

#: Secret addresses under which calendars subscribe to the dates that a person sees in a role. `token` is the SHA-256 of
#: what stands in the address.
calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Line(64), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("role", Line(16), nullable=False),
    Column("organization", Line(120)),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

#: Passwords tried in vain for one name from one place since the last that was right there, or for the name from all
#: places where its owner has never signed in. `name` is half of the SHA-256 of what was typed, and half of that of the
#: place: it need not be the name of anybody, and people type passwords into the wrong field.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("name", Line(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("locked_until", Instant),
    CheckConstraint("failures > 0", name="failures_count"),
)
