"""Indexes of reminders by the nomination that they are about, and by their recipient, for the page of a nomination."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    about = sa.text("nomination IS NOT NULL")
    op.create_index("ix_reminder_nomination", "reminder", ["nomination"], sqlite_where=about, postgresql_where=about)
    op.create_index("ix_reminder_recipient", "reminder", ["recipient", "program_id", "stage"])


def downgrade() -> None:
    op.drop_index("ix_reminder_recipient", "reminder")
    op.drop_index("ix_reminder_nomination", "reminder")
