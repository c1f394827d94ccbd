"""What tables say that came with nominations: 一览表, 带徒情况汇总表."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "annex",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("annex", sa.String(64, collation), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_annex_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", "annex", name=op.f("pk_annex")),
    )


def downgrade() -> None:
    op.drop_table("annex")
