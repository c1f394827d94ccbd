"""Nominees who look after their own nominations."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_KNOWN = "ck_person_role_role_is_known"
_BEFORE = "'administrator', 'operator', 'screening', 'expert', 'supervisor'"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    with op.batch_alter_table("person_role") as batch_op:
        batch_op.drop_constraint(op.f(_KNOWN), type_="check")
        batch_op.create_check_constraint(op.f(_KNOWN), f"role IN ({_BEFORE}, 'nominee')")
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64, collation), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_invitation_failures_count")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_invitation_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_nomination_id"), "invitation", ["nomination_id"])
    is_open = sa.text("used_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["nomination_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "own_nomination",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_own_nomination_person_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_own_nomination_nomination_id")),
        sa.PrimaryKeyConstraint("person_id", "nomination_id", name=op.f("pk_own_nomination")),
    )
    op.create_index(op.f("ix_own_nomination_nomination_id"), "own_nomination", ["nomination_id"])


def downgrade() -> None:
    op.drop_table("own_nomination")
    op.drop_table("invitation")
    # An earlier version knows nothing of what they may see, so they are let in no more.
    role = sa.table("person_role", sa.column("role"))
    op.execute(sa.delete(role).where(role.c.role == "nominee"))
    with op.batch_alter_table("person_role") as batch_op:
        batch_op.drop_constraint(op.f(_KNOWN), type_="check")
        batch_op.create_check_constraint(op.f(_KNOWN), f"role IN ({_BEFORE})")
