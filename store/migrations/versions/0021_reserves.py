"""Reserves who have taken the places of those who fell out."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "replacement",
        sa.Column("vacated_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("grade", sa.String(64, collation), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.String(120, collation), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["vacated_id"], ["nomination.id"], name=op.f("fk_replacement_vacated_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_replacement_nomination_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_replacement_program_id")),
        sa.PrimaryKeyConstraint("vacated_id", name=op.f("pk_replacement")),
        sa.UniqueConstraint("nomination_id", name=op.f("uq_replacement_nomination_id")),
    )


def downgrade() -> None:
    op.drop_table("replacement")
