"""Organizations, and the people who act for them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from store.tables.base import metadata
from store.types import Instant, Line

#: Bodies that nominate, endorse or are written to. `mail` is an office's address; `parent` is the organization above,
#: whose people act for this one too. No table forbids a circle: whoever places one below another looks first.
organization = Table(
    "organization",
    metadata,
    Column("name", Line(120), primary_key=True),
    Column("kind", Line(64)),
    Column("mail", Line(254)),
    Column("parent", ForeignKey("organization.name"), index=True),
)

#: Somebody who acts. `password` is an argon2id hash, none before one is set; a disabled person does nothing more.
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Line(120), nullable=False, unique=True),
    Column("password", Line(255)),
    Column("password_set_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

#: Where an organization or an expert is reached beside the mail address that the row of theirs has, which stands at 0:
#: what is tried before it has a place below, what is tried after it one above. The address is sealed, found through a
#: keyed hash, and shown masked.
address = Table(
    "address",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipient", Line(120), nullable=False),
    Column("place", Integer, nullable=False),
    Column("channel", Line(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("fingerprint", Line(64), nullable=False),
    Column("shown", Line(254), nullable=False),
    Column("added_at", Instant, nullable=False),
    CheckConstraint("channel IN ('mail', 'wecom', 'dingtalk', 'feishu', 'sms')", name="channel_is_known"),
    CheckConstraint("place <> 0", name="place_is_not_the_mailbox"),
    UniqueConstraint("recipient", "place", name="uq_address_recipient_place"),
    UniqueConstraint("recipient", "channel", "fingerprint", name="uq_address_recipient_once"),
)

_ALL = text("organization IS NULL")

#: What a person is, and for which organization; only those who administer or supervise may be it for all of them.
person_role = Table(
    "person_role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("role", Line(16), nullable=False),
    Column("organization", ForeignKey("organization.name")),
    CheckConstraint(
        "role IN ('administrator', 'operator', 'screening', 'expert', 'supervisor', 'nominee', 'security')",
        name="role_is_known",
    ),
    CheckConstraint(
        "role IN ('administrator', 'supervisor', 'security') OR organization IS NOT NULL", name="works_somewhere"
    ),
    UniqueConstraint("person_id", "role", "organization"),
    # A missing organization is like no other one to a database, so this is said apart.
    Index("uq_person_role_all", "person_id", "role", unique=True, sqlite_where=_ALL, postgresql_where=_ALL),
)
