"""Further addresses of those who are written to, and the log of every try to deliver a message."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def _line(length: int) -> sa.String:
    return sa.String(length, "C" if op.get_context().dialect.name == "postgresql" else None)


def upgrade() -> None:
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", _line(120), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("channel", _line(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", _line(64), nullable=False),
        sa.Column("shown", _line(254), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('mail', 'wecom', 'dingtalk', 'feishu', 'sms')", name=op.f("ck_address_channel_is_known")
        ),
        sa.CheckConstraint("place <> 0", name=op.f("ck_address_place_is_not_the_mailbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("recipient", "place", name=op.f("uq_address_recipient_place")),
        sa.UniqueConstraint("recipient", "channel", "fingerprint", name=op.f("uq_address_recipient_once")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", _line(64), nullable=False),
        sa.Column("channel", _line(16), nullable=False),
        sa.Column("address", _line(254), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", _line(16), nullable=False),
        sa.Column("answer", _line(200), nullable=True),
        sa.Column("text", _line(64), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'refused', 'failed', 'unsure')", name=op.f("ck_delivery_outcome_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_message_id"), "delivery", ["message_id"])
    op.add_column("message", sa.Column("tried", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What is being delivered as the tables change may have been taken.
    op.execute("UPDATE message SET unsure = (problem IS NULL) WHERE state = 'waiting'")
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION delivery_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the table delivery is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER delivery_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery "
            "FOR EACH STATEMENT EXECUTE FUNCTION delivery_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER delivery_refuses_{change.lower()} BEFORE {change} ON delivery "
            "BEGIN SELECT RAISE(ABORT, 'the table delivery is append-only'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER delivery_append_only ON delivery")
        op.execute("DROP FUNCTION delivery_is_append_only()")
    op.drop_column("message", "unsure")
    op.drop_column("message", "tried")
    op.drop_index(op.f("ix_delivery_message_id"), "delivery")
    op.drop_table("delivery")
    op.drop_table("address")
