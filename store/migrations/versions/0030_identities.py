"""What identity providers know people by, and by which door sessions were begun."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(255, collation), nullable=False),
        sa.Column("claim", sa.String(64, collation), nullable=False),
        sa.Column("value", sa.String(255, collation), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "claim", "value", name=op.f("uq_identity_issuer_claim_value")),
        sa.UniqueConstraint("person_id", "issuer", "claim", name=op.f("uq_identity_person_id_issuer_claim")),
    )
    with op.batch_alter_table("session") as batch_op:
        batch_op.add_column(sa.Column("door", sa.String(16, collation), nullable=False, server_default="password"))
        batch_op.add_column(sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint(op.f("ck_session_door_is_known"), "door IN ('password', 'provider')")


def downgrade() -> None:
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_constraint(op.f("ck_session_door_is_known"), type_="check")
        batch_op.drop_column("vouched")
        batch_op.drop_column("door")
    op.drop_table("identity")
