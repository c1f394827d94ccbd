"""Who is signed in to the console, whose passwords were tried in vain, and nominations by their names."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(64, collation), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(16, collation), nullable=False),
        sa.Column("organization", sa.String(120, collation), nullable=True),
        sa.Column("address", sa.String(64, collation), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token", name=op.f("uq_session_token")),
    )
    op.create_index(op.f("ix_session_person_id"), "session", ["person_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("name", sa.String(64, collation), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures > 0", name=op.f("ck_sign_in_attempt_failures_count")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_last_at"), "sign_in_attempt", ["last_at"])
    op.create_index(op.f("ix_nomination_nominee"), "nomination", ["nominee"])
    op.create_index(op.f("ix_nomination_unit"), "nomination", ["unit"])
    op.create_index(op.f("ix_nomination_nominator"), "nomination", ["nominator"])


def downgrade() -> None:
    op.drop_index(op.f("ix_nomination_nominator"), "nomination")
    op.drop_index(op.f("ix_nomination_unit"), "nomination")
    op.drop_index(op.f("ix_nomination_nominee"), "nomination")
    op.drop_table("sign_in_attempt")
    op.drop_table("session")
