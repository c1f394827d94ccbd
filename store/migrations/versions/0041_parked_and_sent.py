"""Indexes of what was parked and what was sent on a day, so that neither question reads every letter ever written."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    parked = sa.text("state = 'parked'")
    op.create_index("ix_message_parked", "message", ["alerted_at", "id"], sqlite_where=parked, postgresql_where=parked)
    op.create_index("ix_message_sent_at", "message", ["sent_at"])


def downgrade() -> None:
    op.drop_index("ix_message_sent_at", "message")
    op.drop_index("ix_message_parked", "message")
