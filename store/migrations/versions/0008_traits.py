"""Traits of nominees, which decide what of a program concerns them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.add_column("nomination", sa.Column("traits", sa.String(255, collation), nullable=True))


def downgrade() -> None:
    op.drop_column("nomination", "traits")
