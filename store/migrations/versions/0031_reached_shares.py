"""Whose share of the votes is reached, also by who was not chosen; and tallies that are brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_ONCE = "uq_tally_program_id_stage_file_digest"
_FILE = ["program_id", "stage", "file_digest"]


def upgrade() -> None:
    with op.batch_alter_table("balloted") as batch_op:
        batch_op.add_column(sa.Column("reached", sa.Text(), nullable=True))
    with op.batch_alter_table("tally") as batch_op:
        batch_op.drop_constraint(op.f(_ONCE), type_="unique")
    where = sa.text("NOT superseded")
    op.create_index("uq_tally_file", "tally", _FILE, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("uq_tally_file", "tally")
    # The tables of before have each file once: of a file that was brought back, the earlier imports bear a mark.
    op.execute(
        "UPDATE tally SET file_digest = substr(file_digest, 1, 48) || '-' || id WHERE superseded AND EXISTS "
        "(SELECT 1 FROM tally AS later WHERE later.program_id = tally.program_id AND later.stage = tally.stage "
        "AND later.file_digest = tally.file_digest AND later.id > tally.id)"
    )
    with op.batch_alter_table("tally") as batch_op:
        batch_op.create_unique_constraint(op.f(_ONCE), _FILE)
    with op.batch_alter_table("balloted") as batch_op:
        batch_op.drop_column("reached")
