"""Dates as they were announced: closes of intakes, how a list is counted, who is on it, the calendar behind it all."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_program = sa.table("program", sa.column("id"), sa.column("definition"))
_event = sa.table("event", sa.column("nomination"), sa.column("position"), sa.column("payload"))
_nomination = sa.table(
    "nomination", sa.column("id"), sa.column("number"), sa.column("program_id"), sa.column("publicity_id")
)
_publicity = sa.table(
    "publicity",
    sa.column("id"),
    sa.column("program_id"),
    sa.column("stage"),
    sa.column("published_at", sa.DateTime(timezone=True)),
    sa.column("period"),
    sa.column("closes_at", sa.DateTime(timezone=True)),
    sa.column("objections_close_at", sa.DateTime(timezone=True)),
)


def _line(length: int) -> sa.types.TypeEngine[str]:
    """Sort text by code point, as in the first tables."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", _line(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "calendar_used",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", _line(64), nullable=False),
        sa.Column("published_through", sa.Date(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_calendar_used_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_used")),
    )
    op.add_column("program", sa.Column("closes", sa.Text(), nullable=True))
    op.add_column("publicity", sa.Column("period", sa.Text(), nullable=True))
    op.add_column("publicity", sa.Column("objections", sa.Text(), nullable=True))
    op.add_column("publicity", sa.Column("objections_close_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("publicity", sa.Column("stated", sa.Boolean(), server_default=sa.false(), nullable=False))
    _tell_how_lists_are_counted()
    with op.batch_alter_table("publicity") as batch_op:
        batch_op.alter_column("period", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("objections_close_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    # In one statement, SQLite takes the new column and its reference without copying the table.
    op.execute(
        "ALTER TABLE nomination ADD COLUMN publicity_id INTEGER "
        "CONSTRAINT fk_nomination_publicity_id REFERENCES publicity (id)"
    )
    op.create_index("ix_nomination_publicity_id", "nomination", ["publicity_id"])
    _tell_who_is_on_which_list()


def _tell_how_lists_are_counted() -> None:
    """Write the period that the program states now to every list; objections were taken as long as it was public."""
    connection = op.get_bind()
    stages: dict[tuple[str, str], Any] = {}
    for program, definition in connection.execute(sa.select(_program.c.id, _program.c.definition)):
        for stage in json.loads(definition).get("stages", ()):
            stages[program, stage["id"]] = stage.get("period")
    for row in connection.execute(sa.select(_publicity)).all():
        period = stages.get((row.program_id, row.stage)) or {"days": 5}
        connection.execute(
            sa.update(_publicity)
            .where(_publicity.c.id == row.id)
            .values(period=json.dumps(period, ensure_ascii=False), objections_close_at=row.closes_at)
        )


def _tell_who_is_on_which_list() -> None:
    """Put each nominee on the list with which the history says that it was published."""
    connection = op.get_bind()
    lists = {
        (row.program_id, row.stage, _instant(row.published_at)): row.id
        for row in connection.execute(sa.select(_publicity)).all()
    }
    if not lists:
        return
    listed: dict[str, int] = {}
    published = sa.select(_event).where(_event.c.payload.contains('"move":"publish"')).order_by(_event.c.position)
    for row in connection.execute(published):
        event = json.loads(row.payload)
        found = lists.get((event["program"], event["from"], datetime.fromisoformat(event["now"])))
        if found is not None:
            listed[row.nomination] = found
    for number, publicity in listed.items():
        connection.execute(sa.update(_nomination).where(_nomination.c.number == number).values(publicity_id=publicity))


def _instant(kept: datetime) -> datetime:
    return kept if kept.tzinfo else kept.replace(tzinfo=UTC)


#: Copying the table loses what its partial indexes say, so they are made anew.
_PARTIAL = {
    "ix_nomination_due_at": (["due_at", "id"], False, "due_at IS NOT NULL"),
    "uq_nomination_nominee": (
        ["program_id", "identity_hash"],
        True,
        "identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')",
    ),
}


def downgrade() -> None:
    op.drop_index("ix_nomination_publicity_id", "nomination")
    for index in _PARTIAL:
        op.drop_index(index, "nomination")
    with op.batch_alter_table("nomination") as batch_op:
        batch_op.drop_column("publicity_id")
    for index, (columns, unique, where) in _PARTIAL.items():
        op.create_index(
            index,
            "nomination",
            columns,
            unique=unique,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    for column in ("stated", "objections_close_at", "objections", "period"):
        op.drop_column("publicity", column)
    op.drop_column("program", "closes")
    op.drop_table("calendar_used")
    op.drop_table("schedule")
