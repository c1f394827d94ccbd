"""What follows an award: terms, reports, assessments, benefits that stop, money that is paid, revocations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    text,
)

from store.tables.base import metadata
from store.types import Instant, Line, Prose

#: The term of an honoree. `stage` is the tenure's id as it was when the term began: what is done within it bears that
#: name. `begun` is its first day, none before an appointment that is waited for; `next_at` the next instant at which
#: something opens or becomes overdue, none once the term is over.
tenure = Table(
    "tenure",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), nullable=False),
    Column("begun", Date),
    Column("next_at", Instant),
    # An idle sweep looks here only.
    Index(
        "ix_tenure_next_at",
        "next_at",
        "nomination_id",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)

#: A report of duties that was received, once for each period of a term.
duty_report = Table(
    "duty_report",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("note", Prose, nullable=False, server_default=""),
    Column("received_at", Instant, nullable=False),
    Column("received_by", Line(120), nullable=False),
    CheckConstraint("period > 0", name="period_counts"),
)

#: A file of a report of duties, in the order in which they came.
duty_report_file = Table(
    "duty_report_file",
    metadata,
    Column("nomination_id", Integer, primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("digest", ForeignKey("file.digest"), nullable=False),
    Column("name", Line(255), nullable=False),
    Column("attached_at", Instant, nullable=False),
    Column("attached_by", Line(120), nullable=False),
    ForeignKeyConstraint(
        ["nomination_id", "stage", "period"],
        ["duty_report.nomination_id", "duty_report.stage", "duty_report.period"],
    ),
    CheckConstraint("place > 0", name="place_counts"),
)

#: An assessment, once for each period of a term; `round` 2 is the one after a rectification, which had until
#: `rectify_by`, the first instant too late.
assessment = Table(
    "assessment",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("result", Line(64), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("rectify_by", Instant),
    Column("note", Prose, nullable=False, server_default=""),
    Column("assessed_at", Instant, nullable=False),
    Column("assessed_by", Line(120), nullable=False),
    CheckConstraint("period > 0", name="period_counts"),
    CheckConstraint("round IN (1, 2)", name="round_is_known"),
)

#: Benefits that stopped while the title stays, from a day on (included) until the day on which they ran again.
suspension = Table(
    "suspension",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("ground", Line(200), nullable=False),
    Column("since", Date, nullable=False),
    Column("resumed", Date),
    Column("suspended_at", Instant, nullable=False),
    Column("suspended_by", Line(120), nullable=False),
    CheckConstraint("ordinal > 0", name="ordinal_counts"),
    CheckConstraint("resumed >= since", name="resumes_after_it_stopped"),
    # What has stopped cannot stop again.
    Index(
        "uq_suspension_open",
        "nomination_id",
        unique=True,
        sqlite_where=text("resumed IS NULL"),
        postgresql_where=text("resumed IS NULL"),
    ),
)

#: Money that was paid of a benefit for a period (0 where it is paid once for ever), in fen (1/100 yuan); `cap` is the
#: most that could be for all its instalments together, of which this is one. `stage` is the tenure's id as it was when
#: the term began, none of what is paid once in all terms together. `past_id` is the past that it left. What was
#: recovered in full may be paid again.
payment = Table(
    "payment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False, index=True),
    Column("stage", Line(64), nullable=False, server_default=""),
    Column("benefit", Line(64), nullable=False),
    Column("period", Integer, nullable=False),
    Column("instalment", Integer, nullable=False, server_default="1"),
    Column("fen", BigInteger, nullable=False),
    Column("cap", BigInteger),
    Column("recovered", BigInteger, nullable=False, server_default="0"),
    Column("document", Line(120), nullable=False),
    Column("paid_at", Instant, nullable=False),
    Column("paid_by", Line(120), nullable=False),
    Column("past_id", Integer),
    CheckConstraint("period >= 0", name="period_counts"),
    CheckConstraint("instalment > 0", name="instalment_counts"),
    CheckConstraint("fen > 0 AND (cap IS NULL OR fen <= cap)", name="within_the_cap"),
    CheckConstraint("recovered >= 0 AND recovered <= fen", name="recovers_no_more"),
    # Whatever races, nothing is paid twice.
    Index(
        "uq_payment_standing",
        "nomination_id",
        "stage",
        "benefit",
        "period",
        "instalment",
        unique=True,
        sqlite_where=text("recovered < fen"),
        postgresql_where=text("recovered < fen"),
    ),
)

#: Why, and on whose approval, a title was taken away; how much of what was `paid` by then is to be paid back; the past
#: that it left, which is a ban; when the certificate came back.
revocation = Table(
    "revocation",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("ground", Line(200), nullable=False),
    Column("approved_by", Line(120)),
    Column("approval", Line(200)),
    Column("to_recover", BigInteger, nullable=False, server_default="0"),
    Column("paid", BigInteger),
    Column("past_id", Integer),
    Column("revoked_at", Instant, nullable=False),
    Column("revoked_by", Line(120), nullable=False),
    Column("returned_at", Instant),
    CheckConstraint("to_recover >= 0", name="recovers_something"),
)
