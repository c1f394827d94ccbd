"""Ids within the indexes by which lists are found, so that PostgreSQL sorts them without a look at the rows.

SQLite has the id of a row in each index anyway.
"""

from alembic import op

revision = "0038"
down_revision = "0037"

_INDEXES = {
    "ix_nomination_program_id_stage_holder": ["program_id", "stage", "holder"],
    "ix_nomination_unit": ["unit", "program_id"],
    "ix_nomination_nominator": ["nominator", "program_id", "stage"],
}


def upgrade() -> None:
    _make(["id"])


def downgrade() -> None:
    _make([])


def _make(within: list[str]) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, columns in _INDEXES.items():
        op.drop_index(name, "nomination")
        op.create_index(name, "nomination", columns, postgresql_include=within)
