"""The code by which whoever objected asks how their objection stands."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    with op.batch_alter_table("objection") as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(32, collation), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("objection") as batch_op:
        batch_op.drop_column("code")
