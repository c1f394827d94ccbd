"""Messages: the day whose digest they are, what came to nothing, what was received; reminders that wait or follow."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_STATE = "ck_message_state_is_known"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("day", sa.Date()))
        batch_op.add_column(sa.Column("received_at", sa.DateTime(timezone=True)))
        batch_op.drop_constraint(op.f(_STATE), type_="check")
        batch_op.create_check_constraint(op.f(_STATE), "state IN ('waiting', 'sent', 'parked', 'moot')")
    op.create_index("ix_message_recipient_day", "message", ["recipient", "day"])
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.add_column(sa.Column("held", sa.String(16, collation)))
        batch_op.add_column(sa.Column("about", sa.String(120, collation)))
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True)))
        batch_op.create_check_constraint(op.f("ck_reminder_held_is_known"), "held IN ('hours', 'digest')")
    op.create_index("ix_reminder_message_id", "reminder", ["message_id"])


def downgrade() -> None:
    message = sa.table("message", sa.column("state"))
    # What came to nothing was never sent, and an earlier version would send it.
    op.execute(sa.update(message).where(message.c.state == "moot").values(state="parked"))
    reminder = sa.table("reminder", sa.column("kind"), sa.column("state"))
    # An earlier version does not know what these are about.
    follows = reminder.c.kind.in_(["overdue", "escalation"])
    op.execute(sa.update(reminder).where(follows, reminder.c.state == "owed").values(state="moot"))
    op.drop_index("ix_reminder_message_id", "reminder")
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.drop_constraint(op.f("ck_reminder_held_is_known"), type_="check")
        batch_op.drop_column("since")
        batch_op.drop_column("about")
        batch_op.drop_column("held")
    op.drop_index("ix_message_recipient_day", "message")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(op.f(_STATE), type_="check")
        batch_op.create_check_constraint(op.f(_STATE), "state IN ('waiting', 'sent', 'parked')")
        batch_op.drop_column("received_at")
        batch_op.drop_column("day")
