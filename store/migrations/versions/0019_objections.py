"""Who raises an objection and how it is handled; and nominees who are deferred to the next edition."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_BEFORE = "outcome IN ('dismissed', 'upheld')"
_AFTER = "outcome IN ('dismissed', 'corrected', 'upheld', 'deferred', 'refused', 'recorded')"

_ENDS = (
    "'honored', 'completed', 'rejected', 'not-chosen', 'removed', {}'withdrawn', 'lapsed', 'disqualified', 'revoked'"
)
_WAITS_FOR_NOTHING = f"holder IS NULL AND due_at IS NULL OR stage NOT IN ({_ENDS})"

_OPEN = "outcome IS NULL AND due_at IS NOT NULL"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    _ends_wait_for_nothing(_WAITS_FOR_NOTHING.format("'deferred', "))
    with op.batch_alter_table("objection") as batch_op:
        for name, kind in _columns(collation):
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.add_column(sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_constraint(op.f("ck_objection_outcome_is_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_objection_outcome_is_known"), _AFTER)
        batch_op.create_check_constraint(
            op.f("ck_objection_raised_by_is_known"), "raised_by IN ('unit', 'person', 'anonymous')"
        )
        batch_op.create_check_constraint(
            op.f("ck_objection_judged_at_some_time"), "(admitted IS NULL) = (judged_at IS NULL)"
        )
    op.create_index(
        "ix_objection_due_at",
        "objection",
        ["due_at"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    op.create_table(
        "objection_file",
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64, collation), nullable=False),
        sa.Column("name", sa.String(255, collation), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", sa.String(120, collation), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_objection_file_place_counts")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_file_objection_id")),
        sa.ForeignKeyConstraint(["digest"], ["file.digest"], name=op.f("fk_objection_file_digest")),
        sa.PrimaryKeyConstraint("objection_id", "place", name=op.f("pk_objection_file")),
    )


def _columns(collation: str | None) -> tuple[tuple[str, Any], ...]:
    return (
        ("raised_by", sa.String(16, collation)),
        ("contact", sa.LargeBinary()),
        ("evidence", sa.Text()),
        ("taken_by", sa.String(120, collation)),
        ("admitted", sa.Boolean()),
        ("scope", sa.String(64, collation)),
        ("judged_by", sa.String(120, collation)),
        ("judged_at", sa.DateTime(timezone=True)),
        ("judged_because", sa.Text()),
        ("handler", sa.String(120, collation)),
        ("investigation", sa.Text()),
        ("due_at", sa.DateTime(timezone=True)),
        ("finding", sa.Text()),
        ("found_by", sa.String(120, collation)),
        ("found_at", sa.DateTime(timezone=True)),
        ("clause", sa.String(40, collation)),
        ("settled_by", sa.String(120, collation)),
    )


def downgrade() -> None:
    """Keep what the tables of before can say: who was deferred was removed, what was not taken up was dismissed."""
    op.execute("UPDATE nomination SET stage = 'removed' WHERE stage = 'deferred'")
    op.execute("UPDATE objection SET outcome = 'upheld' WHERE outcome = 'deferred'")
    op.execute("UPDATE objection SET outcome = 'dismissed' WHERE outcome IN ('corrected', 'refused', 'recorded')")
    op.drop_table("objection_file")
    op.drop_index("ix_objection_due_at", "objection")
    with op.batch_alter_table("objection") as batch_op:
        for check in ("judged_at_some_time", "raised_by_is_known", "outcome_is_known"):
            batch_op.drop_constraint(op.f(f"ck_objection_{check}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_objection_outcome_is_known"), _BEFORE)
        batch_op.drop_column("provisional")
        for name, _ in reversed(_columns(None)):
            batch_op.drop_column(name)
    _ends_wait_for_nothing(_WAITS_FOR_NOTHING.format(""))


def _ends_wait_for_nothing(which: str) -> None:
    # Copying the table would lose what its partial index says, so it is made anew.
    op.drop_index("ix_nomination_due_at", "nomination")
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.drop_constraint(op.f("ck_nomination_ends_wait_for_nothing"), type_="check")
        batch_op.create_check_constraint(op.f("ck_nomination_ends_wait_for_nothing"), which)
    op.create_index(
        "ix_nomination_due_at",
        "nomination",
        ["due_at", "id"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
