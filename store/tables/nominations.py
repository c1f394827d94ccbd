"""Nominations, and what is said of them on their way."""

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
    Table,
    UniqueConstraint,
    false,
    text,
)

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose, Whole

#: One nominee's case. `traits` are the ids of its traits, sorted, with spaces between; `host` is the body whose quota
#: it uses where that is not the nominator. `stage` is the key of its standing, `holder` the organization that must act,
#: `due_at` the instant at which time itself moves it on, `provisional` where that rests on a schedule that is not
#: published; `correction` says how its time to correct is counted, as the program said when it was returned;
#: `publicity_id` is the list on which it was published last; `attempt` tells a nominee's nominations in one program
#: apart; `version` counts its moves and every move is conditional on it; `revision` is the program's version that it is
#: judged by.
nomination = Table(
    "nomination",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Line(80), nullable=False, unique=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("category", Line(64)),
    Column("route", Line(64), nullable=False),
    Column("traits", Line(255)),
    Column("nominator", Line(120), nullable=False),
    Column("nominator_kind", Line(64)),
    Column("host", Line(120)),
    Column("unit", Line(120), nullable=False),
    Column("nominee", Line(120), nullable=False),
    Column("identity", LargeBinary),
    Column("identity_hash", Line(64)),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("stage", Line(130), nullable=False),
    Column("holder", Line(120)),
    Column("due_at", Instant),
    Column("provisional", Boolean, nullable=False, server_default=false()),
    Column("correction", Document),
    Column("grade", Line(64)),
    Column("publicity_id", ForeignKey("publicity.id"), index=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("moved_at", Instant, nullable=False),
    CheckConstraint("version > 0", name="version_counts"),
    # Who has come to an end waits for nobody, and for no time.
    CheckConstraint(
        "holder IS NULL AND due_at IS NULL OR stage NOT IN ("
        "'honored', 'completed', 'rejected', 'not-chosen', 'removed', 'deferred', 'withdrawn', 'lapsed', "
        "'disqualified', 'revoked')",
        name="ends_wait_for_nothing",
    ),
    # Whoever is written to is told what waits at one standing. One index for both questions: a sweep writes it for
    # every row that it moves. The id is in this one and the next two, as SQLite has it anyway: pages that are sorted by
    # it are found without a look at the rows, and with `due_at` what is late as well.
    Index(
        "ix_nomination_program_id_stage_holder", "program_id", "stage", "holder", postgresql_include=["id", "due_at"]
    ),
    # What is due first at one place, and what has waited there longest. Those who have come to an end are in neither,
    # so a sweep that lets many lapse writes nothing into them.
    Index(
        "ix_nomination_place_due",
        "program_id",
        "stage",
        "due_at",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_nomination_place_since",
        "program_id",
        "stage",
        "moved_at",
        "id",
        sqlite_where=text("holder IS NOT NULL"),
        postgresql_where=text("holder IS NOT NULL"),
    ),
    # An organization is shown what it stands behind, wherever that has come; and people look for names.
    Index("ix_nomination_nominee", "nominee"),
    # What a nominator has put forward is counted by place: all that is asked is in the index.
    Index("ix_nomination_unit", "unit", "program_id", postgresql_include=["id"]),
    Index("ix_nomination_nominator", "nominator", "program_id", "stage", postgresql_include=["id"]),
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

#: How many nominations of a program stand at a place and wait for one holder, "" where they wait for nobody. Each
#: change keeps it in its own transaction, so that nobody counts a million rows to look at a page; `audit verify` and
#: `doctor` count them.
standing = Table(
    "standing",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("stage", Line(130), primary_key=True),
    Column("holder", Line(120), primary_key=True, index=True),
    Column("nominations", Integer, nullable=False),
)

#: Which unit's nominees which nominator has put forward in a program, each two once: little, beside the nominations, so
#: that it is soon known in which programs an organization and those below it have anything at all. What is in it stays.
side = Table(
    "side",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("unit", Line(120), primary_key=True),
    Column("nominator", Line(120), primary_key=True),
)

#: A phone or a bank account of a nominee, sealed, and found again by the keyed hash of its kind and value.
personal = Table(
    "personal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False),
    Column("kind", Line(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("fingerprint", Line(64), nullable=False, index=True),
    UniqueConstraint("nomination_id", "kind"),
    CheckConstraint("kind IN ('phone', 'bank-account')", name="kind_is_known"),
)

#: What a nominee's form states that rules judge by, as `programs.facts.Facts`.
dossier = Table(
    "dossier",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("facts", Document, nullable=False),
    Column("stated_at", Instant, nullable=False),
)

#: What a table says that came with a nomination, as `programs.annexes.FilledAnnex`; `annex` is the program's id for it.
annex = Table(
    "annex",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("annex", Line(64), primary_key=True),
    Column("content", Document, nullable=False),
    Column("stated_at", Instant, nullable=False),
)

#: A body that nominates in a program, and of which of the program's kinds it is: quotas are counted by it.
nominator = Table(
    "nominator",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("name", Line(120), primary_key=True),
    Column("kind", Line(64), nullable=False),
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

#: How many places of a quota a body has, where that is not what the quota says for all.
allotment = Table(
    "allotment",
    metadata,
    Column("program_id", ForeignKey("program.id"), primary_key=True),
    Column("quota", Line(64), primary_key=True),
    Column("owner", Line(120), primary_key=True),
    Column("places", Integer, nullable=False),
    CheckConstraint("places >= 0", name="places_count"),
)

#: A file by what it holds, kept outside of the database: `copy` says what it was found to be, as `states.Copy`.
file = Table(
    "file",
    metadata,
    Column("digest", Line(64), primary_key=True),
    Column("copy", Document, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

#: The files that a material consists of in a medium, in their order, by the names that their owners gave them.
attachment = Table(
    "attachment",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("material", Line(64), primary_key=True),
    Column("medium", Line(16), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("digest", ForeignKey("file.digest"), nullable=False),
    Column("name", Line(255), nullable=False),
    Column("attached_at", Instant, nullable=False),
    Column("attached_by", Line(120), nullable=False),
    #: Whoever handed it in says that it tells nobody who the nominee is.
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    CheckConstraint("place > 0", name="place_counts"),
)

#: One material received in one medium. `seen` are the demands that the receiver has looked at.
receipt = Table(
    "receipt",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("material", Line(64), primary_key=True),
    Column("medium", Line(16), primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("receiver", Line(120), nullable=False),
    Column("seen", Document),
)

#: What a tier has put on the form as it took a nomination on; the number is the program's own, given once.
endorsement = Table(
    "endorsement",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("tier", Line(130), primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("opinion", Document, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("form_number", Line(80)),
    Column("endorsed_at", Instant, nullable=False),
    Column("endorsed_by", Line(120), nullable=False),
    UniqueConstraint("program_id", "form_number"),
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

#: What one of several bodies that screen jointly has said of a nomination, last.
joint_opinion = Table(
    "joint_opinion",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("body", Line(120), primary_key=True),
    Column("agrees", Boolean, nullable=False),
    Column("note", Prose, nullable=False, server_default=""),
    Column("given_by", Line(120), nullable=False),
    Column("given_at", Instant, nullable=False),
)

#: The letter in which a body has said that, kept by what it holds; one letter may be about many nominations.
opinion_letter = Table(
    "opinion_letter",
    metadata,
    Column("nomination_id", Integer, primary_key=True, autoincrement=False),
    Column("stage", Line(64), primary_key=True),
    Column("body", Line(120), primary_key=True),
    Column("digest", ForeignKey("file.digest"), nullable=False),
    Column("name", Line(255), nullable=False),
    ForeignKeyConstraint(
        ["nomination_id", "stage", "body"],
        ["joint_opinion.nomination_id", "joint_opinion.stage", "joint_opinion.body"],
    ),
    Index("ix_opinion_letter_stage_digest", "stage", "digest"),
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
    Index("ix_report_stage", "stage"),
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
