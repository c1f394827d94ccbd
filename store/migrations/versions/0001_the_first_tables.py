"""The first tables, with the history that nobody may rewrite."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


#: The history is append-only, also against the product itself.
_APPEND_ONLY = ("event", "link")


def _line(length: int) -> sa.types.TypeEngine[str]:
    """Sort text by code point: numbers and names must come in one order, whatever the language of the database."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", _line(64), nullable=False),
        sa.Column("recipient", _line(120), nullable=False),
        sa.Column("subject", _line(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", _line(16), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'parked')", name=op.f("ck_message_state_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_next_attempt_at",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "organization",
        sa.Column("name", _line(120), nullable=False),
        sa.Column("kind", _line(64), nullable=True),
        sa.Column("mail", _line(254), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_organization")),
    )
    op.create_table(
        "vault_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", _line(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_vault_key_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_key")),
    )
    op.create_table(
        "program",
        sa.Column("id", _line(64), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nominations", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_table(
        "document",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("number", _line(120), nullable=False),
        sa.Column("stage", _line(64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_document_program_id")),
        sa.PrimaryKeyConstraint("program_id", "number", name=op.f("pk_document")),
    )
    op.create_table(
        "event",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nomination", _line(80), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", _line(64), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_event_program_id")),
        sa.PrimaryKeyConstraint("program_id", "position", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_nomination"), ["nomination"], unique=False)

    op.create_table(
        "link",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("digest", _line(64), nullable=False),
        sa.CheckConstraint("first_position <= last_position", name=op.f("ck_link_holds_events")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_link_program_id")),
        sa.PrimaryKeyConstraint("program_id", "sequence", name=op.f("pk_link")),
        sa.UniqueConstraint("program_id", "last_position", name=op.f("uq_link_program_id_last_position")),
    )
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", _line(80), nullable=False),
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("category", _line(64), nullable=True),
        sa.Column("route", _line(64), nullable=False),
        sa.Column("nominator", _line(120), nullable=False),
        sa.Column("nominator_kind", _line(64), nullable=True),
        sa.Column("unit", _line(120), nullable=False),
        sa.Column("nominee", _line(120), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("identity_hash", _line(64), nullable=True),
        sa.Column("stage", _line(130), nullable=False),
        sa.Column("holder", _line(120), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grade", _line(64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_nomination_version_counts")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_nomination_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("number", name=op.f("uq_nomination_number")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(
            "ix_nomination_due_at",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_nomination_holder", ["holder"], unique=False)
        batch_op.create_index("ix_nomination_program_id_stage", ["program_id", "stage"], unique=False)
        batch_op.create_index(
            "uq_nomination_nominee",
            ["program_id", "identity_hash"],
            unique=True,
            sqlite_where=sa.text("identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')"),
            postgresql_where=sa.text("identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')"),
        )

    op.create_table(
        "publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("stage", _line(64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue", _line(120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_publicity_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.create_index("ix_publicity_program_id_stage", ["program_id", "stage"], unique=False)

    op.create_table(
        "rehearsal",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("nominations", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_rehearsal_program_id")),
        sa.PrimaryKeyConstraint("program_id", name=op.f("pk_rehearsal")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", _line(400), nullable=False),
        sa.Column("kind", _line(16), nullable=False),
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("stage", _line(130), nullable=False),
        sa.Column("recipient", _line(120), nullable=False),
        sa.Column("nomination", _line(80), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _line(16), server_default="owed", nullable=False),
        sa.Column("message_id", _line(64), nullable=True),
        sa.CheckConstraint(
            "(state = 'gathered') = (message_id IS NOT NULL)", name=op.f("ck_reminder_gathered_into_a_message")
        ),
        sa.CheckConstraint("state IN ('owed', 'moot', 'gathered')", name=op.f("ck_reminder_state_is_known")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reminder_message_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_reminder_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("key", name=op.f("uq_reminder_key")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reminder_send_at",
            ["send_at"],
            unique=False,
            sqlite_where=sa.text("state = 'owed'"),
            postgresql_where=sa.text("state = 'owed'"),
        )

    op.create_table(
        "ruling",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("ruling_id", _line(64), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("actor", _line(120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ruling_program_id")),
        sa.PrimaryKeyConstraint("program_id", "ruling_id", name=op.f("pk_ruling")),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", _line(64), nullable=False),
        sa.Column("objector", _line(120), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("lodged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", _line(16), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('dismissed', 'upheld')", name=op.f("ck_objection_outcome_is_known")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_objection_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "place",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("limit_key", _line(130), nullable=False),
        sa.Column("owner", _line(120), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_place_ordinal_counts")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_place_nomination_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_place_program_id")),
        sa.PrimaryKeyConstraint("program_id", "limit_key", "owner", "ordinal", name=op.f("pk_place")),
        sa.UniqueConstraint("nomination_id", "limit_key", name=op.f("uq_place_nomination_id_limit_key")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("material", _line(64), nullable=False),
        sa.Column("medium", _line(16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receiver", _line(120), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_receipt_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", "material", "medium", name=op.f("pk_receipt")),
    )
    op.create_table(
        "report",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", _line(64), nullable=False),
        sa.Column("track", _line(64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("opinion", sa.Text(), server_default="", nullable=False),
        sa.Column("reporter", _line(120), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_report_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", "stage", "track", name=op.f("pk_report")),
    )
    op.create_table(
        "scene",
        sa.Column("program_id", _line(64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["rehearsal.program_id"], name=op.f("fk_scene_program_id")),
        sa.PrimaryKeyConstraint("program_id", "position", name=op.f("pk_scene")),
    )
    op.create_table(
        "verdict",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("rule", _line(64), nullable=False),
        sa.Column("result", _line(16), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("reviewer", _line(120), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('pass', 'fail', 'needs-evidence')", name=op.f("ck_verdict_result_is_known")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_verdict_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", "rule", name=op.f("pk_verdict")),
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
    op.drop_table("verdict")
    op.drop_table("scene")
    op.drop_table("report")
    op.drop_table("receipt")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_nomination_id"))

    op.drop_table("place")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_nomination_id"))

    op.drop_table("objection")
    op.drop_table("ruling")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reminder_send_at", sqlite_where=sa.text("state = 'owed'"), postgresql_where=sa.text("state = 'owed'")
        )

    op.drop_table("reminder")
    op.drop_table("rehearsal")
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.drop_index("ix_publicity_program_id_stage")

    op.drop_table("publicity")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nomination_nominee",
            sqlite_where=sa.text("identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')"),
            postgresql_where=sa.text("identity_hash IS NOT NULL AND stage NOT IN ('withdrawn', 'lapsed', 'rejected')"),
        )
        batch_op.drop_index("ix_nomination_program_id_stage")
        batch_op.drop_index("ix_nomination_holder")
        batch_op.drop_index(
            "ix_nomination_due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.drop_table("nomination")
    op.drop_table("link")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_nomination"))

    op.drop_table("event")
    op.drop_table("document")
    op.drop_table("vault_key")
    op.drop_table("program")
    op.drop_table("organization")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_next_attempt_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("message")
