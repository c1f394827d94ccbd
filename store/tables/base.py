"""What all tables belong to, how their constraints are named, and which secret the database is sealed with."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from store.types import Line

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Which secret the identifiers of this database are sealed with, by its fingerprint: at most one row.
vault_key = Table(
    "vault_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Line(64), nullable=False),
    CheckConstraint("id = 1", name="there_is_one"),
)
