"""The tables. What each row means stands beside it; the migrations in `migrations/` build exactly these."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from store.types import Document, Instant, Line, Prose, Whole

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

#: The holiday schedules that were loaded into this database, so that all who work with it count the same days.
schedule = Table(
    "schedule",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("revision", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("loaded_at", Instant, nullable=False),
    Column("actor", Line(120), nullable=False),
)

#: The calendar that this database was counted with last: at most one row. Its fingerprint tells it from others; through
#: which day it is published, its newest schedule and how many facts it has tell which of two knows more.
calendar_used = Table(
    "calendar_used",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Line(64), nullable=False),
    Column("published_through", Date, nullable=False),
    Column("loaded_at", Instant),
    Column("facts", Integer, nullable=False),
    Column("counted_at", Instant, nullable=False),
    CheckConstraint("id = 1", name="there_is_one"),
)

#: A program that somebody has begun to prepare. `definition` is what holds now: the file, its confirmed rulings and
#: its extensions; `closes` says when its intakes close, as announced when it was opened and changed since; `version`
#: counts the changes of both, and `digest` is the SHA-256 of both. It takes nominations once it is opened.
program = Table(
    "program",
    metadata,
    Column("id", Line(64), primary_key=True),
    Column("definition", Document, nullable=False),
    Column("closes", Document),
    Column("version", Integer, nullable=False),
    Column("digest", Line(64), nullable=False),
    Column("opened_at", Instant),
    Column("nominations", Integer, nullable=False, server_default="0"),
)

#: The confirmed rulings of a program.
ruling = Table(
    "ruling",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("ruling_id", Line(64), primary_key=True),
    Column("decision", Document, nullable=False),
    Column("actor", Line(120), nullable=False),
    Column("decided_at", Instant, nullable=False),
)

#: Bodies that nominate, endorse or are written to. `mail` is an office's address; `parent` is the organization above,
#: whose people act for this one too. No table forbids a circle: whoever places one below another looks first.
organization = Table(
    "organization",
    metadata,
    Column("name", Line(120), primary_key=True),
    Column("kind", Line(64)),
    Column("mail", Line(254)),
    Column("parent", ForeignKey("organization.name"), index=True),
)

#: Somebody who acts. `password` is an argon2id hash, none before one is set; a disabled person does nothing more.
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Line(120), nullable=False, unique=True),
    Column("password", Line(255)),
    Column("password_set_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

_ALL = text("organization IS NULL")

#: What a person is, and for which organization; only those who administer or supervise may be it for all of them.
person_role = Table(
    "person_role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("role", Line(16), nullable=False),
    Column("organization", ForeignKey("organization.name")),
    CheckConstraint("role IN ('administrator', 'operator', 'screening', 'expert', 'supervisor')", name="role_is_known"),
    CheckConstraint("role IN ('administrator', 'supervisor') OR organization IS NOT NULL", name="works_somewhere"),
    UniqueConstraint("person_id", "role", "organization"),
    # A missing organization is like no other one to a database, so this is said apart.
    Index("uq_person_role_all", "person_id", "role", unique=True, sqlite_where=_ALL, postgresql_where=_ALL),
)

#: One nominee's case. `stage` is the key of its standing, `holder` the organization that must act, `due_at` the instant
#: at which time itself moves it on; `correction` says how its time to correct is counted, as the program said when it
#: was returned; `publicity_id` is the list on which it was published last; `attempt` tells a nominee's nominations in
#: one program apart; `version` counts its moves and every move is conditional on it.
nomination = Table(
    "nomination",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Line(80), nullable=False, unique=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("category", Line(64)),
    Column("route", Line(64), nullable=False),
    Column("nominator", Line(120), nullable=False),
    Column("nominator_kind", Line(64)),
    Column("unit", Line(120), nullable=False),
    Column("nominee", Line(120), nullable=False),
    Column("identity", LargeBinary),
    Column("identity_hash", Line(64)),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("stage", Line(130), nullable=False),
    Column("holder", Line(120)),
    Column("due_at", Instant),
    Column("correction", Document),
    Column("grade", Line(64)),
    Column("publicity_id", ForeignKey("publicity.id"), index=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("moved_at", Instant, nullable=False),
    CheckConstraint("version > 0", name="version_counts"),
    # Who has come to an end waits for nobody, and for no time.
    CheckConstraint(
        "holder IS NULL AND due_at IS NULL OR stage NOT IN ("
        "'honored', 'completed', 'rejected', 'not-chosen', 'removed', 'withdrawn', 'lapsed', 'disqualified', "
        "'revoked')",
        name="ends_wait_for_nothing",
    ),
    # Whoever is written to is told what waits at one standing. One index for both questions: a sweep writes it for
    # every row that it moves.
    Index("ix_nomination_program_id_stage_holder", "program_id", "stage", "holder"),
    # An idle sweep looks here only, so it costs the same however many nominations are stored.
    Index(
        "ix_nomination_due_at",
        "due_at",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    # One nominee stands once in a program; a nomination that has come to nothing may be followed by another attempt,
    # which `operations.nominate` counts. No column of this index changes when a nomination moves.
    Index("uq_nomination_nominee", "program_id", "identity_hash", "attempt", unique=True),
)

#: A place that a nomination has taken of a limit: of a quota, of a grade's seats, of those who go on from a stage.
#: `owner` is whose places they are; two can never hold the same place, whatever raced.
place = Table(
    "place",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("limit_key", Line(130), primary_key=True),
    Column("owner", Line(120), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False, index=True),
    CheckConstraint("ordinal > 0", name="ordinal_counts"),
    UniqueConstraint("nomination_id", "limit_key"),
)

#: One material received in one medium.
receipt = Table(
    "receipt",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("material", Line(64), primary_key=True),
    Column("medium", Line(16), primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("receiver", Line(120), nullable=False),
)

#: What a named reviewer found on one rule.
verdict = Table(
    "verdict",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("rule", Line(64), primary_key=True),
    Column("result", Line(16), nullable=False),
    Column("note", Prose, nullable=False, server_default=""),
    Column("reviewer", Line(120), nullable=False),
    Column("judged_at", Instant, nullable=False),
    CheckConstraint("result IN ('pass', 'fail', 'needs-evidence')", name="result_is_known"),
)

#: What one of several evaluations or votes that run side by side reported.
report = Table(
    "report",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("track", Line(64), primary_key=True),
    Column("points", Whole),
    Column("opinion", Prose, nullable=False, server_default=""),
    Column("reporter", Line(120), nullable=False),
    Column("reported_at", Instant, nullable=False),
)

#: One published list. `period` and `objections` say how its days are counted, as the program said when it started; of a
#: `stated` one the office named the last day itself. It closes at the first instants too late to look, and to object.
publicity = Table(
    "publicity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("venue", Line(120), nullable=False),
    Column("period", Document, nullable=False),
    Column("objections", Document),
    Column("stated", Boolean, nullable=False, server_default=false()),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("objections_close_at", Instant, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Index("ix_publicity_program_id_stage", "program_id", "stage"),
)

#: Something raised against one nominee while the list was public. It is open until it has an outcome.
objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False, index=True),
    Column("stage", Line(64), nullable=False),
    Column("objector", Line(120), nullable=False),
    Column("grounds", Prose, nullable=False),
    Column("lodged_at", Instant, nullable=False),
    Column("outcome", Line(16)),
    Column("answer", Prose),
    Column("settled_at", Instant),
    CheckConstraint("outcome IN ('dismissed', 'upheld')", name="outcome_is_known"),
)

#: A numbered document that honored somebody.
document = Table(
    "document",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("number", Line(120), primary_key=True),
    Column("stage", Line(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
)

#: Why the last sweep could not move a nomination that is due, until one can.
sweep_failure = Table(
    "sweep_failure",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("problem", Prose, nullable=False),
    Column("since", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

#: What happened. `payload` is canonical JSON, `digest` its SHA-256; `nomination` repeats the payload for look-ups, and
#: verification holds it against it. Positions count from 1 in each program without gaps.
event = Table(
    "event",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("nomination", Line(80), index=True),
    Column("payload", Text, nullable=False),
    Column("digest", Line(64), nullable=False),
)

#: One link of a program's chain for each transaction: SHA-256 over the link before and the digests of its events.
link = Table(
    "link",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("first_position", Integer, nullable=False),
    Column("last_position", Integer, nullable=False),
    Column("digest", Line(64), nullable=False),
    UniqueConstraint("program_id", "last_position"),
    CheckConstraint("first_position <= last_position", name="holds_events"),
)

#: What happened to people and organizations, which belong to no program: an event and a link as above, in one chain.
installation_event = Table(
    "installation_event",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("payload", Text, nullable=False),
    Column("digest", Line(64), nullable=False),
)
installation_link = Table(
    "installation_link",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("first_position", Integer, nullable=False),
    Column("last_position", Integer, nullable=False, unique=True),
    Column("digest", Line(64), nullable=False),
    CheckConstraint("first_position <= last_position", name="holds_events"),
)

#: A reminder that is owed, once under its key, until it is gathered into a message or moot when its time comes.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Line(400), nullable=False, unique=True),
    Column("kind", Line(16), nullable=False),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(130), nullable=False),
    Column("recipient", Line(120), nullable=False),
    Column("nomination", Line(80)),
    Column("due_at", Instant),
    Column("step", Integer),
    Column("facts", Document, nullable=False),
    Column("send_at", Instant, nullable=False),
    Column("state", Line(16), nullable=False, server_default="owed"),
    Column("message_id", ForeignKey("message.id")),
    CheckConstraint("state IN ('owed', 'moot', 'gathered')", name="state_is_known"),
    CheckConstraint("(state = 'gathered') = (message_id IS NOT NULL)", name="gathered_into_a_message"),
    Index(
        "ix_reminder_send_at",
        "send_at",
        sqlite_where=text("state = 'owed'"),
        postgresql_where=text("state = 'owed'"),
    ),
)

#: The outbox: one digest for one recipient, delivered at least once under its id, or parked with the reason.
message = Table(
    "message",
    metadata,
    Column("id", Line(64), primary_key=True),
    Column("recipient", Line(120), nullable=False),
    Column("subject", Line(200), nullable=False),
    Column("body", Prose, nullable=False),
    Column("state", Line(16), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Instant),
    Column("problem", Prose),
    Column("written_at", Instant, nullable=False),
    Column("sent_at", Instant),
    CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state_is_known"),
    Index(
        "ix_message_next_attempt_at",
        "next_attempt_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

#: A program run on a virtual clock, and how far it has come; a killed rehearsal goes on from here.
rehearsal = Table(
    "rehearsal",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("seed", Whole, nullable=False),
    Column("nominations", Whole, nullable=False),
)

#: One finished scene of a rehearsal, as its timeline shows it.
scene = Table(
    "scene",
    metadata,
    Column("program_id", Line(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("summary", Document, nullable=False),
    ForeignKeyConstraint(["program_id"], ["rehearsal.program_id"]),
)
