"""What was said stays as it was said: how a time to correct is counted, and a digest of what a program says."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # A plain column is added in place: copying the table of nominations would take long, and lose its partial index.
    op.add_column("nomination", sa.Column("correction", sa.Text(), nullable=True))
    op.add_column("program", sa.Column("digest", sa.String(64, _collation()), server_default="", nullable=False))
    connection = op.get_bind()
    for program, definition, closes in connection.execute(sa.text("SELECT id, definition, closes FROM program")).all():
        digest = sha256(f"{definition}\n{closes or ''}".encode()).hexdigest()
        connection.execute(
            sa.text("UPDATE program SET digest = :digest WHERE id = :id"), {"digest": digest, "id": program}
        )


def downgrade() -> None:
    op.drop_column("program", "digest")
    op.drop_column("nomination", "correction")


def _collation() -> str | None:
    return "C" if op.get_context().dialect.name == "postgresql" else None
