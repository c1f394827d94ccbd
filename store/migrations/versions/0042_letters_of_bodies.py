"""The letters in which bodies say what they think that screen jointly, or are consulted."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "opinion_letter",
        sa.Column("nomination_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("body", sa.String(120, collation), nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("name", sa.String(255, collation), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["file.digest"], name=op.f("fk_opinion_letter_digest")),
        sa.ForeignKeyConstraint(
            ["nomination_id", "stage", "body"],
            ["joint_opinion.nomination_id", "joint_opinion.stage", "joint_opinion.body"],
            name=op.f("fk_opinion_letter_nomination_id_stage_body"),
        ),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "body", name=op.f("pk_opinion_letter")),
    )
    op.create_index("ix_opinion_letter_stage_digest", "opinion_letter", ["stage", "digest"])


def downgrade() -> None:
    op.drop_index("ix_opinion_letter_stage_digest", "opinion_letter")
    op.drop_table("opinion_letter")
