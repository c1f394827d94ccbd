"""Who has put whose nominees forward; and indexes by which that is counted, and what is still to evaluate."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

_WIDER = {"unit": ["unit", "program_id"], "nominator": ["nominator", "program_id", "stage"]}

_PLACES = (
    ("ix_nomination_place_due", "due_at", "due_at IS NOT NULL"),
    ("ix_nomination_place_since", "moved_at", "holder IS NOT NULL"),
)


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "side",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("unit", sa.String(120, collation), nullable=False),
        sa.Column("nominator", sa.String(120, collation), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_side_program_id")),
        sa.PrimaryKeyConstraint("program_id", "unit", "nominator", name=op.f("pk_side")),
    )
    op.execute(
        "INSERT INTO side (program_id, unit, nominator) SELECT DISTINCT program_id, unit, nominator FROM nomination"
    )
    for column, columns in _WIDER.items():
        op.drop_index(f"ix_nomination_{column}", "nomination")
        op.create_index(f"ix_nomination_{column}", "nomination", columns)
    # In the order that lists are in, to the last: a server sorts nothing, and is not led astray by another index.
    _places("id")
    op.create_index("ix_score_evaluator", "score", ["evaluator", "stage"])
    op.create_index("ix_report_stage", "report", ["stage"])


def _places(*last: str) -> None:
    for name, column, where in _PLACES:
        op.drop_index(name, "nomination")
        op.create_index(
            name,
            "nomination",
            ["program_id", "stage", column, *last],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    _places()
    op.drop_index("ix_report_stage", "report")
    op.drop_index("ix_score_evaluator", "score")
    for column in _WIDER:
        op.drop_index(f"ix_nomination_{column}", "nomination")
        op.create_index(f"ix_nomination_{column}", "nomination", [column])
    op.drop_table("side")
