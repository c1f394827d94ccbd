"""How many nominations stand where, and what is due first and waits longest at each place."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "standing",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(130, collation), nullable=False),
        sa.Column("holder", sa.String(120, collation), nullable=False),
        sa.Column("nominations", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_standing_program_id")),
        sa.PrimaryKeyConstraint("program_id", "stage", "holder", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_holder", "standing", ["holder"])
    op.execute(
        "INSERT INTO standing (program_id, stage, holder, nominations) "
        "SELECT program_id, stage, coalesce(holder, ''), count(*) FROM nomination "
        "GROUP BY program_id, stage, coalesce(holder, '')"
    )
    _partial("ix_nomination_place_due", "due_at", "due_at IS NOT NULL")
    _partial("ix_nomination_place_since", "moved_at", "holder IS NOT NULL")


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "nomination",
        ["program_id", "stage", column],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    op.drop_index("ix_nomination_place_since", "nomination")
    op.drop_index("ix_nomination_place_due", "nomination")
    op.drop_index("ix_standing_holder", "standing")
    op.drop_table("standing")
