"""Scores of evaluators, votes of the public, and the rankings made of both."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("track", sa.String(64, collation), nullable=False),
        sa.Column("evaluator", sa.String(120, collation), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("panel", sa.String(64, collation), nullable=True),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), server_default="", nullable=False),
        sa.Column("entered_by", sa.String(120, collation), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_score_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "nomination_id",
            "stage",
            "track",
            "evaluator",
            "revision",
            name=op.f("uq_score_nomination_id_stage_track_evaluator_revision"),
        ),
    )
    op.create_index(
        "uq_score_current",
        "score",
        ["nomination_id", "stage", "track", "evaluator"],
        unique=True,
        sqlite_where=sa.text("NOT superseded"),
        postgresql_where=sa.text("NOT superseded"),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("platform", sa.String(120, collation), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(255, collation), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.String(64, collation), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(120, collation), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_tally_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
        sa.UniqueConstraint("program_id", "stage", "file_digest", name=op.f("uq_tally_program_id_stage_file_digest")),
    )
    op.create_index(
        "uq_tally_current",
        "tally",
        ["program_id", "stage", "platform"],
        unique=True,
        sqlite_where=sa.text("NOT superseded"),
        postgresql_where=sa.text("NOT superseded"),
    )
    op.create_table(
        "tally_votes",
        sa.Column("tally_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_tally_votes_votes_count")),
        sa.ForeignKeyConstraint(["tally_id"], ["tally.id"], name=op.f("fk_tally_votes_tally_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_tally_votes_nomination_id")),
        sa.PrimaryKeyConstraint("tally_id", "nomination_id", name=op.f("pk_tally_votes")),
    )
    op.create_index(op.f("ix_tally_votes_nomination_id"), "tally_votes", ["nomination_id"])
    op.create_table(
        "ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("settled_by", sa.String(120, collation), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ranking_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
        sa.UniqueConstraint("program_id", "stage", "round", name=op.f("uq_ranking_program_id_stage_round")),
    )
    op.create_table(
        "ranked",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("ranking_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_ranked_nomination_id")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_ranked_ranking_id")),
        sa.PrimaryKeyConstraint("nomination_id", "stage", name=op.f("pk_ranked")),
    )
    op.create_index(op.f("ix_ranked_ranking_id"), "ranked", ["ranking_id"])
    op.create_table(
        "tie_resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("way", sa.String(16, collation), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_by", sa.String(120, collation), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("way IN ('panel', 're-vote')", name=op.f("ck_tie_resolution_way_is_known")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_tie_resolution_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_resolution")),
    )
    op.create_index("ix_tie_resolution_program_id_stage", "tie_resolution", ["program_id", "stage"])


def downgrade() -> None:
    for table in ("tie_resolution", "ranked", "ranking", "tally_votes", "tally", "score"):
        op.drop_table(table)
