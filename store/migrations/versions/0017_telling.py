"""How far moves have been told to Prefect; what happened before is not told afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "telling",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_telling_position_counts")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_telling_program_id")),
        sa.PrimaryKeyConstraint("program_id", name=op.f("pk_telling")),
    )
    op.execute("INSERT INTO telling SELECT program_id, max(last_position) FROM link GROUP BY program_id")


def downgrade() -> None:
    op.drop_table("telling")
