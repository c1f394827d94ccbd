"""The ballots of committees: who could vote, what the votes came to, and whom a closed ballot chose.

Of a secret ballot no row says how a member voted: it has no votes, which the database itself holds, only counts.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose, Whole

_OPEN = text("closed_at IS NULL AND annulled_at IS NULL")

#: One round of a ballot at a stage. `follows` is the round whose tie it votes on again; `rules` is the program's ballot
#: as it was when the round opened, with the places of each grade. Of a secret one `returned`, `invalid` and `blank`
#: count its papers, and `tellers` have signed the count. A closed round is only ever annulled, which its trigger holds.
ballot = Table(
    "ballot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("follows", ForeignKey("ballot.id"), index=True),
    Column("secret", Boolean, nullable=False),
    Column("rules", Document, nullable=False),
    Column("opened_by", Line(120), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("returned", Whole),
    Column("invalid", Whole),
    Column("blank", Whole),
    Column("tellers", Document),
    Column("closed_by", Line(120)),
    Column("closed_at", Instant),
    Column("annulled_at", Instant),
    CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name="closed_by_somebody"),
    UniqueConstraint("program_id", "stage", "round"),
    UniqueConstraint("id", "secret"),
    Index("uq_ballot_open", "program_id", "stage", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    sqlite_autoincrement=True,
)

#: A member of the committee in one round; `present` is none while attendance is not recorded.
ballot_member = Table(
    "ballot_member",
    metadata,
    Column("ballot_id", ForeignKey("ballot.id"), primary_key=True),
    Column("member", Line(120), primary_key=True),
    Column("present", Boolean),
)

#: A nominee who is voted on, with the count: of a secret ballot once it is entered, of a named one once it is closed.
ballot_nominee = Table(
    "ballot_nominee",
    metadata,
    Column("ballot_id", ForeignKey("ballot.id"), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True, index=True),
    Column("yes", Whole),
    Column("no", Whole),
    Column("abstained", Whole),
    CheckConstraint("(yes IS NULL) = (no IS NULL) AND (yes IS NULL) = (abstained IS NULL)", name="counted_whole"),
    CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name="votes_count"),
)

#: That a member has no vote on a nominee in this round.
ballot_recusal = Table(
    "ballot_recusal",
    metadata,
    Column("ballot_id", ForeignKey("ballot.id"), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True, index=True),
    Column("member", Line(120), primary_key=True),
    Column("ground", Line(16), nullable=False),
    ForeignKeyConstraint(["ballot_id", "member"], ["ballot_member.ballot_id", "ballot_member.member"]),
    CheckConstraint("ground IN ('employer', 'kinship', 'project', 'nominator', 'other')", name="ground_is_known"),
)

#: How a member voted on a nominee, in a named ballot: the key to it says that it is none that is secret.
ballot_vote = Table(
    "ballot_vote",
    metadata,
    Column("ballot_id", Integer, primary_key=True),
    Column("member", Line(120), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True, index=True),
    Column("secret", Boolean, nullable=False),
    Column("mark", Line(8), nullable=False),
    Column("entered_by", Line(120), nullable=False),
    Column("entered_at", Instant, nullable=False),
    ForeignKeyConstraint(["ballot_id", "secret"], ["ballot.id", "ballot.secret"]),
    ForeignKeyConstraint(["ballot_id", "member"], ["ballot_member.ballot_id", "ballot_member.member"]),
    CheckConstraint("NOT secret", name="is_not_secret"),
    CheckConstraint("mark IN ('yes', 'no', 'abstain')", name="mark_is_known"),
)

#: What the ballot of a stage decided on a nominee, once no tie is open: by it `decide` goes. `reached` are the grades
#: whose share of the votes they have, chosen or not (none: of before that was kept).
balloted = Table(
    "balloted",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("ballot_id", ForeignKey("ballot.id"), nullable=False, index=True),
    Column("chosen", Boolean, nullable=False),
    Column("grade", Line(64)),
    Column("reached", Document),
)

#: The meeting at which a stage was decided, as it is written in the minutes; of a stage the last one that was recorded.
meeting = Table(
    "meeting",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("held_on", Date, nullable=False),
    Column("place", Prose, nullable=False, server_default=""),
    Column("chair", Line(120)),
    Column("recorder", Line(120)),
    Column("present", Document, nullable=False),
    Column("absent", Document, nullable=False),
    Column("agenda", Document, nullable=False),
    Column("recorded_by", Line(120), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
