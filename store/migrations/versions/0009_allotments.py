"""How many places of a quota a body has, where not all have the same."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "allotment",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("quota", sa.String(64, collation), nullable=False),
        sa.Column("owner", sa.String(120, collation), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_allotment_places_count")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_allotment_program_id")),
        sa.PrimaryKeyConstraint("program_id", "quota", "owner", name=op.f("pk_allotment")),
    )


def downgrade() -> None:
    op.drop_table("allotment")
