"""What was said stays as it was said: how a time to correct is counted, and a digest of what a program says."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_nomination = sa.table(
    "nomination",
    sa.column("program_id"),
    sa.column("due_at", sa.DateTime(timezone=True)),
    sa.column("provisional", sa.Boolean()),
)


def upgrade() -> None:
    # A plain column is added in place: copying the table of nominations would take long, and lose its partial index.
    op.add_column("nomination", sa.Column("correction", sa.Text(), nullable=True))
    op.add_column("nomination", sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        """
        UPDATE nomination SET provisional = true WHERE due_at IS NOT NULL AND EXISTS (
          SELECT 1 FROM publicity WHERE publicity.id = nomination.publicity_id AND publicity.provisional
            AND nomination.stage = publicity.stage || '.running')
        """
    )
    op.add_column("program", sa.Column("digest", sa.String(64, _collation()), server_default="", nullable=False))
    connection = op.get_bind()
    for program, definition, closes in connection.execute(sa.text("SELECT id, definition, closes FROM program")).all():
        _mark_provisional(connection, program, closes)
        digest = sha256(f"{definition}\n{closes or ''}".encode()).hexdigest()
        connection.execute(
            sa.text("UPDATE program SET digest = :digest WHERE id = :id"), {"digest": digest, "id": program}
        )


def _mark_provisional(connection: sa.Connection, program: str, closes: str | None) -> None:
    """Mark what waits for a close that was announced over an unpublished schedule."""
    with suppress(ValueError):
        for close in json.loads(closes or "{}").values():
            if close["provisional"]:
                at = datetime.fromisoformat(close["at"]).astimezone(UTC)
                waiting = (_nomination.c.program_id == program, _nomination.c.due_at == at)
                connection.execute(sa.update(_nomination).where(*waiting).values(provisional=True))


def downgrade() -> None:
    op.drop_column("program", "digest")
    op.drop_column("nomination", "provisional")
    op.drop_column("nomination", "correction")


def _collation() -> str | None:
    return "C" if op.get_context().dialect.name == "postgresql" else None
