"""Phones and bank accounts of nominees, sealed as their identity numbers are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "personal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16, collation), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(64, collation), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'bank-account')", name=op.f("ck_personal_kind_is_known")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_personal_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal")),
        sa.UniqueConstraint("nomination_id", "kind", name=op.f("uq_personal_nomination_id_kind")),
    )
    op.create_index(op.f("ix_personal_fingerprint"), "personal", ["fingerprint"])


def downgrade() -> None:
    op.drop_index(op.f("ix_personal_fingerprint"), "personal")
    op.drop_table("personal")
