"""Nominations that are moved by the thousand: no index is written that a move does not change."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_UNDER_WAY = "identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')"
_ENDS_WAIT_FOR_NOTHING = (
    "holder IS NULL AND due_at IS NULL OR stage NOT IN ("
    "'honored', 'completed', 'rejected', 'not-chosen', 'removed', 'withdrawn', 'lapsed', 'disqualified', "
    "'revoked')"
)


def upgrade() -> None:
    op.create_table(
        "sweep_failure",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_sweep_failure_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_sweep_failure")),
    )
    op.drop_index("uq_nomination_nominee", "nomination")
    op.drop_index("ix_nomination_program_id_stage", "nomination")
    op.drop_index("ix_nomination_holder", "nomination")
    # Copying the table would lose what its partial index says, so it is made anew.
    op.drop_index("ix_nomination_due_at", "nomination")
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.add_column(sa.Column("attempt", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_check_constraint(op.f("ck_nomination_ends_wait_for_nothing"), _ENDS_WAIT_FOR_NOTHING)
    _index_what_is_due()
    op.execute(
        """
        UPDATE nomination SET attempt = (
          SELECT count(*) FROM nomination AS earlier
          WHERE earlier.program_id = nomination.program_id AND earlier.identity_hash = nomination.identity_hash
            AND earlier.id <= nomination.id)
        WHERE identity_hash IS NOT NULL AND EXISTS (
          SELECT 1 FROM nomination AS other
          WHERE other.program_id = nomination.program_id AND other.identity_hash = nomination.identity_hash
            AND other.id < nomination.id)
        """
    )
    op.create_index("uq_nomination_nominee", "nomination", ["program_id", "identity_hash", "attempt"], unique=True)
    op.create_index("ix_nomination_program_id_stage_holder", "nomination", ["program_id", "stage", "holder"])


def _index_what_is_due() -> None:
    op.create_index(
        "ix_nomination_due_at",
        "nomination",
        ["due_at", "id"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_nomination_program_id_stage_holder", "nomination")
    op.drop_index("uq_nomination_nominee", "nomination")
    op.drop_index("ix_nomination_due_at", "nomination")
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.drop_constraint(op.f("ck_nomination_ends_wait_for_nothing"), type_="check")
        batch_op.drop_column("attempt")
    _index_what_is_due()
    op.create_index("ix_nomination_holder", "nomination", ["holder"])
    op.create_index("ix_nomination_program_id_stage", "nomination", ["program_id", "stage"])
    op.create_index(
        "uq_nomination_nominee",
        "nomination",
        ["program_id", "identity_hash"],
        unique=True,
        sqlite_where=sa.text(_UNDER_WAY),
        postgresql_where=sa.text(_UNDER_WAY),
    )
    op.drop_table("sweep_failure")
