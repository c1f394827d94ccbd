"""Indexes of the newest letters, of those that ask for a receipt, and of the honorees of a program in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    asks = sa.text("kind IN ('invitation', 'overdue')")
    op.create_index("ix_message_written_at", "message", ["written_at"])
    op.create_index("ix_reminder_receipts", "reminder", ["message_id"], sqlite_where=asks, postgresql_where=asks)
    op.create_index("ix_award_program_id_nomination_id", "award", ["program_id", "nomination_id"])


def downgrade() -> None:
    op.drop_index("ix_award_program_id_nomination_id", "award")
    op.drop_index("ix_reminder_receipts", "reminder")
    op.drop_index("ix_message_written_at", "message")
