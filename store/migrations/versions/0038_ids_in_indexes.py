"""Ids, and what is due, within the indexes of lists, so that PostgreSQL sorts these without a look at the rows.

SQLite has the id of a row in each index anyway.
"""

from alembic import op

revision = "0038"
down_revision = "0037"

#: The columns of each, and what is within it beside them.
_INDEXES = {
    "ix_nomination_program_id_stage_holder": (["program_id", "stage", "holder"], ["id", "due_at"]),
    "ix_nomination_unit": (["unit", "program_id"], ["id"]),
    "ix_nomination_nominator": (["nominator", "program_id", "stage"], ["id"]),
}


def upgrade() -> None:
    _make(within=True)


def downgrade() -> None:
    _make(within=False)


def _make(*, within: bool) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for name, (columns, beside) in _INDEXES.items():
        op.drop_index(name, "nomination")
        op.create_index(name, "nomination", columns, postgresql_include=beside if within else [])
