"""How often it has changed who stands behind a program's nominations, so that what was found out of it can be kept."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("program", sa.Column("sides", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("program", "sides")
