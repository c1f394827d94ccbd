"""Experts: the pool, what they have declared, the panels drawn from it, who evaluates what, and who steps back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None

    def line(length: int) -> sa.String:
        return sa.String(length, collation)

    op.create_table(
        "expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", line(64), nullable=True),
        sa.Column("name", line(120), nullable=False),
        sa.Column("employer", line(120), nullable=False),
        sa.Column("title", line(64), nullable=True),
        sa.Column("born", sa.Integer(), nullable=True),
        sa.Column("mail", line(254), nullable=True),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_until", sa.Date(), nullable=True),
        sa.Column("added_at", _instant, nullable=False),
        sa.Column("retired_at", _instant, nullable=True),
        sa.CheckConstraint("born BETWEEN 1900 AND 2200", name=op.f("ck_expert_born_in_a_year")),
        sa.CheckConstraint("term_until >= term_from", name=op.f("ck_expert_term_ends_after_it_began")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_expert_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("name", name=op.f("uq_expert_name")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_expert_program_id"), "expert", ["program_id"])
    op.create_table(
        "expert_field",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("field", line(64), nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_field_expert_id")),
        sa.PrimaryKeyConstraint("expert_id", "field", name=op.f("pk_expert_field")),
    )
    op.create_table(
        "expert_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("ground", line(16), nullable=False),
        sa.Column("subject", line(120), nullable=False),
        sa.Column("unit", line(120), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("declared_by", line(120), nullable=False),
        sa.Column("declared_at", _instant, nullable=False),
        sa.Column("withdrawn_at", _instant, nullable=True),
        sa.CheckConstraint(
            "ground IN ('employer', 'kinship', 'project', 'nominator')", name=op.f("ck_expert_tie_ground_is_known")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_expert_tie_expert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_tie")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_expert_tie_expert_id"), "expert_tie", ["expert_id"])
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", line(64), nullable=False),
        sa.Column("stage", line(64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seed", line(64), nullable=False),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("digest", line(64), nullable=False),
        sa.Column("drawn_by", line(120), nullable=False),
        sa.Column("drawn_at", _instant, nullable=False),
        sa.Column("voided_at", _instant, nullable=True),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_panel_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("program_id", "stage", "round", name=op.f("uq_panel_program_id_stage_round")),
    )
    stands = sa.text("voided_at IS NULL")
    op.create_index(
        "uq_panel_stands",
        "panel",
        ["program_id", "stage"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_table(
        "panel_seat",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("urn", line(64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("state", line(16), nullable=False, server_default="drawn"),
        sa.Column("invited_at", _instant, nullable=True),
        sa.Column("answered_at", _instant, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("pledge", line(64), nullable=True),
        sa.Column("pledged_at", _instant, nullable=True),
        sa.CheckConstraint(
            "state IN ('drawn', 'invited', 'confirmed', 'declined')", name=op.f("ck_panel_seat_state_is_known")
        ),
        sa.CheckConstraint("(pledge IS NULL) = (pledged_at IS NULL)", name=op.f("ck_panel_seat_pledged_some_words")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_seat_panel_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_panel_seat_expert_id")),
        sa.ForeignKeyConstraint(["replaces"], ["expert.id"], name=op.f("fk_panel_seat_replaces")),
        sa.PrimaryKeyConstraint("panel_id", "expert_id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint("panel_id", "ordinal", name=op.f("uq_panel_seat_panel_id_ordinal")),
    )
    op.create_index("ix_panel_seat_expert_id", "panel_seat", ["expert_id"])
    op.create_table(
        "assignment",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", line(64), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", _instant, nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_assignment_nomination_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_assignment_expert_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_assignment_panel_id")),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "expert_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_panel_id"), "assignment", ["panel_id"])
    op.create_index("ix_assignment_expert_id", "assignment", ["expert_id"])
    op.create_table(
        "recusal",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("ground", line(16), nullable=False),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("recused_by", line(120), nullable=False),
        sa.Column("recused_at", _instant, nullable=False),
        sa.CheckConstraint(
            "ground IN ('employer', 'kinship', 'project', 'nominator', 'other')",
            name=op.f("ck_recusal_ground_is_known"),
        ),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_recusal_nomination_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_recusal_expert_id")),
        sa.PrimaryKeyConstraint("nomination_id", "expert_id", name=op.f("pk_recusal")),
    )
    op.create_index("ix_recusal_expert_id", "recusal", ["expert_id"])


def downgrade() -> None:
    for table in ("recusal", "assignment", "panel_seat", "panel", "expert_tie", "expert_field", "expert"):
        op.drop_table(table)
