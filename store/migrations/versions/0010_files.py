"""Files that materials consist of, what whoever took a material in has looked at, and what tiers put on forms."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "file",
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_file")),
    )
    op.create_table(
        "attachment",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("material", sa.String(64, collation), nullable=False),
        sa.Column("medium", sa.String(16, collation), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("name", sa.String(255, collation), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_attachment_place_counts")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_attachment_nomination_id")),
        sa.ForeignKeyConstraint(["digest"], ["file.digest"], name=op.f("fk_attachment_digest")),
        sa.PrimaryKeyConstraint("nomination_id", "material", "medium", "place", name=op.f("pk_attachment")),
    )
    op.create_table(
        "endorsement",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(130, collation), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("form_number", sa.String(80, collation), nullable=True),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("endorsed_by", sa.String(120, collation), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_endorsement_nomination_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_endorsement_program_id")),
        sa.PrimaryKeyConstraint("nomination_id", "tier", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("program_id", "form_number", name=op.f("uq_endorsement_program_id_form_number")),
    )
    op.add_column("receipt", sa.Column("seen", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("receipt", "seen")
    op.drop_table("endorsement")
    op.drop_table("attachment")
    op.drop_table("file")
