"""A second factor beside the password, and sessions that still wait for it."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64, collation), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("person_id", "code", name=op.f("pk_recovery_code")),
    )
    # Whoever is signed in now has shown all that was asked for.
    with op.batch_alter_table("session") as batch_op:
        batch_op.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("session") as batch_op:
        batch_op.alter_column("awaits_code", server_default=None)


def downgrade() -> None:
    # A session that waits is none for an earlier version.
    session = sa.table("session", sa.column("awaits_code"))
    op.execute(sa.delete(session).where(session.c.awaits_code))
    with op.batch_alter_table("session") as batch_op:
        batch_op.drop_column("awaits_code")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
