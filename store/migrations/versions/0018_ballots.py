"""Ballots of committees: rounds, members, counts, named votes, and the meetings at which they were held."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

#: What belongs to a round, and is as final as the round is.
_PARTS = ("ballot_member", "ballot_nominee", "ballot_recusal", "ballot_vote")


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(120, collation), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=True),
        sa.Column("invalid", sa.Integer(), nullable=True),
        sa.Column("blank", sa.Integer(), nullable=True),
        sa.Column("tellers", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.String(120, collation), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name=op.f("ck_ballot_closed_by_somebody")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_ballot_program_id")),
        sa.ForeignKeyConstraint(["follows"], ["ballot.id"], name=op.f("fk_ballot_follows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("program_id", "stage", "round", name=op.f("uq_ballot_program_id_stage_round")),
        sa.UniqueConstraint("id", "secret", name=op.f("uq_ballot_id_secret")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ballot_follows"), "ballot", ["follows"])
    open_ = sa.text("closed_at IS NULL AND annulled_at IS NULL")
    op.create_index(
        "uq_ballot_open",
        "ballot",
        ["program_id", "stage"],
        unique=True,
        sqlite_where=open_,
        postgresql_where=open_,
    )
    op.create_table(
        "ballot_member",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(120, collation), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_member_ballot_id")),
        sa.PrimaryKeyConstraint("ballot_id", "member", name=op.f("pk_ballot_member")),
    )
    op.create_table(
        "ballot_nominee",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=True),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(yes IS NULL) = (no IS NULL) AND (yes IS NULL) = (abstained IS NULL)",
            name=op.f("ck_ballot_nominee_counted_whole"),
        ),
        sa.CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name=op.f("ck_ballot_nominee_votes_count")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_nominee_ballot_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_ballot_nominee_nomination_id")),
        sa.PrimaryKeyConstraint("ballot_id", "nomination_id", name=op.f("pk_ballot_nominee")),
    )
    op.create_index(op.f("ix_ballot_nominee_nomination_id"), "ballot_nominee", ["nomination_id"])
    op.create_table(
        "ballot_recusal",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(120, collation), nullable=False),
        sa.Column("ground", sa.String(16, collation), nullable=False),
        sa.CheckConstraint(
            "ground IN ('employer', 'kinship', 'project', 'nominator', 'other')",
            name=op.f("ck_ballot_recusal_ground_is_known"),
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_recusal_ballot_id")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_ballot_recusal_nomination_id")),
        sa.ForeignKeyConstraint(
            ["ballot_id", "member"],
            ["ballot_member.ballot_id", "ballot_member.member"],
            name=op.f("fk_ballot_recusal_ballot_id_member"),
        ),
        sa.PrimaryKeyConstraint("ballot_id", "nomination_id", "member", name=op.f("pk_ballot_recusal")),
    )
    op.create_index(op.f("ix_ballot_recusal_nomination_id"), "ballot_recusal", ["nomination_id"])
    op.create_table(
        "ballot_vote",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(120, collation), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(8, collation), nullable=False),
        sa.Column("entered_by", sa.String(120, collation), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT secret", name=op.f("ck_ballot_vote_is_not_secret")),
        sa.CheckConstraint("mark IN ('yes', 'no', 'abstain')", name=op.f("ck_ballot_vote_mark_is_known")),
        sa.ForeignKeyConstraint(
            ["ballot_id", "secret"], ["ballot.id", "ballot.secret"], name=op.f("fk_ballot_vote_ballot_id_secret")
        ),
        sa.ForeignKeyConstraint(
            ["ballot_id", "member"],
            ["ballot_member.ballot_id", "ballot_member.member"],
            name=op.f("fk_ballot_vote_ballot_id_member"),
        ),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_ballot_vote_nomination_id")),
        sa.PrimaryKeyConstraint("ballot_id", "member", "nomination_id", name=op.f("pk_ballot_vote")),
    )
    op.create_index(op.f("ix_ballot_vote_nomination_id"), "ballot_vote", ["nomination_id"])
    op.create_table(
        "balloted",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(64, collation), nullable=True),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_balloted_nomination_id")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_balloted_ballot_id")),
        sa.PrimaryKeyConstraint("nomination_id", "stage", name=op.f("pk_balloted")),
    )
    op.create_index(op.f("ix_balloted_ballot_id"), "balloted", ["ballot_id"])
    op.create_table(
        "meeting",
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("chair", sa.String(120, collation), nullable=True),
        sa.Column("recorder", sa.String(120, collation), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("absent", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(120, collation), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_meeting_program_id")),
        sa.PrimaryKeyConstraint("program_id", "stage", name=op.f("pk_meeting")),
    )
    _keep_what_is_closed()


def _keep_what_is_closed() -> None:
    """Refuse to change a closed round but to annul it, and whatever belongs to one."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION ballot_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.annulled_at IS NOT NULL
                   OR (to_jsonb(OLD) - 'annulled_at') <> (to_jsonb(NEW) - 'annulled_at') THEN
                    RAISE EXCEPTION 'a closed ballot is only annulled';
                END IF;
                RETURN NEW;
            END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER ballot_stays_closed BEFORE UPDATE OR DELETE ON ballot
            FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION ballot_stays_closed()
            """
        )
        op.execute(
            """
            CREATE FUNCTION ballot_part_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE part record := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
            BEGIN
                IF EXISTS (SELECT 1 FROM ballot WHERE id = part.ballot_id AND closed_at IS NOT NULL) THEN
                    RAISE EXCEPTION 'a closed ballot is only annulled';
                END IF;
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$
            """
        )
        for table in _PARTS:
            op.execute(
                f"""
                CREATE TRIGGER {table}_stays_closed BEFORE INSERT OR UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION ballot_part_stays_closed()
                """
            )
        return
    kept = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _COLUMNS)
    op.execute(
        f"""
        CREATE TRIGGER ballot_stays_closed_update BEFORE UPDATE ON ballot
        WHEN OLD.closed_at IS NOT NULL AND (OLD.annulled_at IS NOT NULL OR {kept})
        BEGIN SELECT RAISE(ABORT, 'a closed ballot is only annulled'); END
        """
    )
    op.execute(
        """
        CREATE TRIGGER ballot_stays_closed_delete BEFORE DELETE ON ballot WHEN OLD.closed_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a closed ballot is only annulled'); END
        """
    )
    for table in _PARTS:
        for change, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER {table}_stays_closed_{change.lower()} "  # noqa: S608 - our own tables
                f"BEFORE {change} ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM ballot WHERE id = {row}.ballot_id AND closed_at IS NOT NULL) "
                "BEGIN SELECT RAISE(ABORT, 'a closed ballot is only annulled'); END"
            )


#: Every column of a round but the one that annuls it.
_COLUMNS = (
    "id",
    "program_id",
    "stage",
    "round",
    "follows",
    "secret",
    "rules",
    "opened_by",
    "opened_at",
    "returned",
    "invalid",
    "blank",
    "tellers",
    "closed_by",
    "closed_at",
)


def downgrade() -> None:
    for table in ("meeting", "balloted", "ballot_vote", "ballot_recusal", "ballot_nominee", "ballot_member", "ballot"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ballot_part_stays_closed()")
        op.execute("DROP FUNCTION ballot_stays_closed()")
