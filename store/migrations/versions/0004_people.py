"""People and the roles they have, organizations below each other, and the chain of what happens to both."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_APPEND_ONLY = ("installation_event", "installation_link")


def _line(length: int) -> sa.types.TypeEngine[str]:
    """Sort text by code point, as in the first tables."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    # In one statement, SQLite takes the new column and its reference without copying the table.
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(
        f"ALTER TABLE organization ADD COLUMN parent VARCHAR(120){collated} "
        "CONSTRAINT fk_organization_parent REFERENCES organization (name)"
    )
    op.create_index("ix_organization_parent", "organization", ["parent"])
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", _line(120), nullable=False),
        sa.Column("password", _line(255), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name", name=op.f("uq_person_name")),
    )
    op.create_table(
        "person_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", _line(16), nullable=False),
        sa.Column("organization", _line(120), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'operator', 'screening', 'expert', 'supervisor')",
            name=op.f("ck_person_role_role_is_known"),
        ),
        sa.CheckConstraint(
            "role IN ('administrator', 'supervisor') OR organization IS NOT NULL",
            name=op.f("ck_person_role_works_somewhere"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id")),
        sa.ForeignKeyConstraint(["organization"], ["organization.name"], name=op.f("fk_person_role_organization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_role")),
        sa.UniqueConstraint(
            "person_id", "role", "organization", name=op.f("uq_person_role_person_id_role_organization")
        ),
    )
    op.create_index(
        "uq_person_role_all",
        "person_role",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("organization IS NULL"),
        postgresql_where=sa.text("organization IS NULL"),
    )
    op.create_table(
        "installation_event",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", _line(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_installation_event")),
    )
    op.create_table(
        "installation_link",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("digest", _line(64), nullable=False),
        sa.CheckConstraint("first_position <= last_position", name=op.f("ck_installation_link_holds_events")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_installation_link")),
        sa.UniqueConstraint("last_position", name=op.f("uq_installation_link_last_position")),
    )
    for table in _APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the table {table} is append-only'; END $$
            """
        )
        op.execute(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()
            """
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON "{table}"
            BEGIN SELECT RAISE(ABORT, 'the table {table} is append-only'); END
            """
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _APPEND_ONLY:
            op.execute(f'DROP TRIGGER {table}_append_only ON "{table}"')
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
    op.drop_table("installation_link")
    op.drop_table("installation_event")
    op.drop_table("person_role")
    op.drop_table("person")
    op.drop_index("ix_organization_parent", "organization")
    op.drop_column("organization", "parent")
