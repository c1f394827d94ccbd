"""Payments of one term and in instalments, what was owed on a revocation, reports as files, certificates anew."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_STANDING = "recovered < fen"
_DUTY = "(?:report|assessment|rectification)-\\d+-(?:open|soon|overdue)"
#: A reminder of a duty, before and since its key names the term.
_BEFORE = re.compile(rf"(notice\|[^|]*\|[^|]*)\|({_DUTY}\|.*)", re.DOTALL)
_SINCE = re.compile(rf"(notice\|[^|]*\|[^|]*)\|[^|]*\|({_DUTY}\|.*)", re.DOTALL)


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.drop_index("uq_payment_standing", "payment")
    with op.batch_alter_table("payment") as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(64, collation), server_default="", nullable=False))
        batch_op.add_column(sa.Column("instalment", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_check_constraint(op.f("ck_payment_instalment_counts"), "instalment > 0")
    # What is paid once is paid once in all terms together.
    op.execute(
        "UPDATE payment SET stage = "
        "(SELECT tenure.stage FROM tenure WHERE tenure.nomination_id = payment.nomination_id) "
        "WHERE period > 0 AND EXISTS (SELECT 1 FROM tenure WHERE tenure.nomination_id = payment.nomination_id)"
    )
    _standing(["nomination_id", "stage", "benefit", "period", "instalment"])
    with op.batch_alter_table("revocation") as batch_op:
        batch_op.add_column(sa.Column("paid", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("past_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE revocation SET past_id = (SELECT max(past.id) FROM past, nomination "
        "WHERE nomination.id = revocation.nomination_id AND past.kind = 'ban' "
        "AND past.source = '项目 ' || nomination.program_id || ' 申报 ' || nomination.number)"
    )
    op.create_table(
        "duty_report_file",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("name", sa.String(255, collation), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_duty_report_file_place_counts")),
        sa.ForeignKeyConstraint(
            ["nomination_id", "stage", "period"],
            ["duty_report.nomination_id", "duty_report.stage", "duty_report.period"],
            name=op.f("fk_duty_report_file_nomination_id_stage_period"),
        ),
        sa.ForeignKeyConstraint(["digest"], ["file.digest"], name=op.f("fk_duty_report_file_digest")),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "period", "place", name=op.f("pk_duty_report_file")),
    )
    op.create_table(
        "voided_certificate",
        sa.Column("code", sa.String(32, collation), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.String(120, collation), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id", "stage"],
            ["certificate.nomination_id", "certificate.stage"],
            name=op.f("fk_voided_certificate_nomination_id_stage"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_voided_certificate")),
    )
    _rename(_BEFORE, lambda found, stage: f"{found[1]}|{stage}|{found[2]}")


def downgrade() -> None:
    _rename(_SINCE, lambda found, _: f"{found[1]}|{found[2]}")
    op.drop_table("voided_certificate")
    op.drop_table("duty_report_file")
    with op.batch_alter_table("revocation") as batch_op:
        batch_op.drop_column("past_id")
        batch_op.drop_column("paid")
    op.drop_index("uq_payment_standing", "payment")
    # The tables of before have one payment for each period.
    op.execute(
        "DELETE FROM payment WHERE recovered < fen AND EXISTS (SELECT 1 FROM payment AS earlier "
        "WHERE earlier.nomination_id = payment.nomination_id AND earlier.benefit = payment.benefit "
        "AND earlier.period = payment.period AND earlier.id < payment.id AND earlier.recovered < earlier.fen)"
    )
    with op.batch_alter_table("payment") as batch_op:
        batch_op.drop_constraint(op.f("ck_payment_instalment_counts"), type_="check")
        batch_op.drop_column("instalment")
        batch_op.drop_column("stage")
    _standing(["nomination_id", "benefit", "period"])


def _standing(columns: list[str]) -> None:
    where = sa.text(_STANDING)
    op.create_index("uq_payment_standing", "payment", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _rename(which: re.Pattern[str], renamed: Callable[[re.Match[str], str], str]) -> None:
    """Write the keys of reminders of duties with, or without, the term in which the duty is."""
    reminder = sa.table("reminder", sa.column("id"), sa.column("key"), sa.column("stage"))
    key = reminder.c.key
    about = sa.or_(*(key.like(f"notice|%|{kind}-%") for kind in ("report", "assessment", "rectification")))
    connection = op.get_bind()
    found = connection.execute(sa.select(reminder).where(about)).all()
    taken = {row.key for row in found}
    changes = []
    for row in found:
        if (match := which.fullmatch(row.key)) and (new := renamed(match, row.stage.partition(".")[0])) not in taken:
            taken.add(new)
            changes.append({"row": row.id, "new": new})
    if changes:
        statement = sa.update(reminder).where(reminder.c.id == sa.bindparam("row")).values(key=sa.bindparam("new"))
        connection.execute(statement, changes)
