"""Alembic's entry: runs the migrations on the connection that `store.migrate` hands in."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from store.tables import metadata
from store.types import Document, Instant, Line, Prose, Whole


def _plain(kind: str, column: object, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ARG001 - Alembic's form
    """Write the store's own types as what they are in the database: a migration must outlive the code."""
    if isinstance(column, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(column, Line):
        return f'sa.String({column.length}).with_variant(sa.String({column.length}, collation="C"), "postgresql")'
    if isinstance(column, Whole):
        return "sa.Integer()"
    return "sa.Text()" if isinstance(column, Document | Prose) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_plain,
    # SQLite alters tables by copying them.
    render_as_batch=True,
    transaction_per_migration=False,
)
# `store.migrate` holds the transaction: all the migrations or none.
context.run_migrations()
