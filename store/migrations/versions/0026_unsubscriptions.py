"""Who gets no news of outcomes of a program any more; of which parked messages administrators were told."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "unsubscription",
        sa.Column("recipient", sa.String(120, collation), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_unsubscription_program_id")),
        sa.PrimaryKeyConstraint("recipient", "program_id", name=op.f("pk_unsubscription")),
    )
    op.add_column("message", sa.Column("alerted_at", sa.DateTime(timezone=True)))
    # What was parked before was told then, if somebody listened.
    op.execute("UPDATE message SET alerted_at = written_at WHERE state = 'parked'")


def downgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("alerted_at")
    op.drop_table("unsubscription")
