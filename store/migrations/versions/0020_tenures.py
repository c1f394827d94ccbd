"""What follows an award: terms, assessments, suspensions, payments, revocations; and what bodies say jointly."""

import json
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None

    def of_nomination(table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f(f"fk_{table}_nomination_id"))

    op.create_table(
        "tenure",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("begun", sa.Date(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        of_nomination("tenure"),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_tenure")),
    )
    _partial("ix_tenure_next_at", "tenure", ["next_at", "nomination_id"], "next_at IS NOT NULL")
    op.create_table(
        "duty_report",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("period > 0", name=op.f("ck_duty_report_period_counts")),
        of_nomination("duty_report"),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "period", name=op.f("pk_duty_report")),
    )
    op.create_table(
        "assessment",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(64, collation), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("rectify_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessed_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("period > 0", name=op.f("ck_assessment_period_counts")),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_assessment_round_is_known")),
        of_nomination("assessment"),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "period", "round", name=op.f("pk_assessment")),
    )
    op.create_table(
        "suspension",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(200, collation), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("resumed", sa.Date(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_suspension_ordinal_counts")),
        sa.CheckConstraint("resumed >= since", name=op.f("ck_suspension_resumes_after_it_stopped")),
        of_nomination("suspension"),
        sa.PrimaryKeyConstraint("nomination_id", "ordinal", name=op.f("pk_suspension")),
    )
    _partial("uq_suspension_open", "suspension", ["nomination_id"], "resumed IS NULL", unique=True)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("benefit", sa.String(64, collation), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("recovered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("document", sa.String(120, collation), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by", sa.String(120, collation), nullable=False),
        sa.Column("past_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("period >= 0", name=op.f("ck_payment_period_counts")),
        sa.CheckConstraint("fen > 0 AND (cap IS NULL OR fen <= cap)", name=op.f("ck_payment_within_the_cap")),
        sa.CheckConstraint("recovered >= 0 AND recovered <= fen", name=op.f("ck_payment_recovers_no_more")),
        of_nomination("payment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_nomination_id"), "payment", ["nomination_id"])
    standing = ["nomination_id", "benefit", "period"]
    _partial("uq_payment_standing", "payment", standing, "recovered < fen", unique=True)
    op.create_table(
        "revocation",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(200, collation), nullable=False),
        sa.Column("approved_by", sa.String(120, collation), nullable=True),
        sa.Column("approval", sa.String(200, collation), nullable=True),
        sa.Column("to_recover", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.String(120, collation), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("to_recover >= 0", name=op.f("ck_revocation_recovers_something")),
        of_nomination("revocation"),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_revocation")),
    )
    op.create_table(
        "joint_opinion",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("body", sa.String(120, collation), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("given_by", sa.String(120, collation), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        of_nomination("joint_opinion"),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "body", name=op.f("pk_joint_opinion")),
    )
    _begin_terms()


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _begin_terms() -> None:
    """Enter the terms that have begun: from the honoree's own last document, to be looked at by the next sweep."""
    connection = op.get_bind()
    program = sa.table("program", sa.column("id"), sa.column("definition"))
    version = sa.table("revision", sa.column("program_id"), sa.column("definition"))
    nomination = sa.table("nomination", sa.column("id"), sa.column("program_id"), sa.column("stage"))
    award = sa.table("award", sa.column("nomination_id"), sa.column("program_id"), sa.column("document"))
    issued_at = sa.column("issued_at", sa.DateTime(timezone=True))
    document = sa.table("document", sa.column("program_id"), sa.column("number"), issued_at)
    tenure = sa.table(
        "tenure",
        sa.column("nomination_id"),
        sa.column("stage"),
        sa.column("begun", sa.Date()),
        sa.column("next_at", sa.DateTime(timezone=True)),
    )
    sqlite = op.get_context().dialect.name == "sqlite"
    places: dict[str, set[str]] = {}
    for kept in connection.execute(sa.union_all(sa.select(program), sa.select(version))).all():
        stages = [one["id"] for one in json.loads(kept.definition).get("stages", ()) if one["kind"] == "tenure"]
        places.setdefault(kept.id, set()).update(key for one in stages for key in (one, f"{one}.rectification"))
    for program_id, standings in places.items():
        rows = connection.execute(
            sa.select(nomination.c.id, nomination.c.stage, sa.func.max(document.c.issued_at).label("last"))
            .select_from(
                nomination.join(award, award.c.nomination_id == nomination.c.id).join(
                    document,
                    sa.and_(document.c.program_id == award.c.program_id, document.c.number == award.c.document),
                )
            )
            .where(nomination.c.program_id == program_id, nomination.c.stage.in_(standings))
            .group_by(nomination.c.id, nomination.c.stage)
        ).all()
        for row in rows:
            last = row.last if row.last.tzinfo else row.last.replace(tzinfo=UTC)
            begun = last.astimezone(ZoneInfo("Asia/Shanghai")).date()
            values = {"nomination_id": row.id, "stage": row.stage.partition(".")[0], "begun": begun}
            start = datetime.combine(begun, time(), None if sqlite else UTC)
            connection.execute(tenure.insert().values(**values, next_at=start))


def downgrade() -> None:
    for table in ("joint_opinion", "revocation", "payment", "suspension", "assessment", "duty_report", "tenure"):
        op.drop_table(table)
