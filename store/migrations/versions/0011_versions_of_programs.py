"""Versions of a program that was amended, and which of them each nomination is judged by."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "revision",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("closes", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_revision_number_counts")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_revision_program_id")),
        sa.PrimaryKeyConstraint("program_id", "number", name=op.f("pk_revision")),
    )
    # Plain columns are added in place: copying the table of nominations would take long, and lose its partial index.
    op.add_column("program", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("program", sa.Column("file", sa.Text(), nullable=True))
    op.add_column("nomination", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("nomination", "revision")
    op.drop_column("program", "file")
    op.drop_column("program", "revision")
    op.drop_table("revision")
