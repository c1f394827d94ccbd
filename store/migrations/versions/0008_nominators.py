"""Who nominates in a program, what nominees state of themselves, and the traits that decide what concerns them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.add_column("nomination", sa.Column("traits", sa.String(255, collation), nullable=True))
    op.create_table(
        "dossier",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_dossier_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_dossier")),
    )
    op.create_table(
        "nominator",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("name", sa.String(120, collation), nullable=False),
        sa.Column("kind", sa.String(64, collation), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_nominator_program_id")),
        sa.PrimaryKeyConstraint("program_id", "name", name=op.f("pk_nominator")),
    )
    # Who has nominated is of the kind that was said then; where two were said, of the one that sorts last.
    op.execute(
        "INSERT INTO nominator (program_id, name, kind) SELECT program_id, nominator, max(nominator_kind) "
        "FROM nomination WHERE nominator_kind IS NOT NULL GROUP BY program_id, nominator"
    )


def downgrade() -> None:
    op.drop_table("nominator")
    op.drop_table("dossier")
    op.drop_column("nomination", "traits")
