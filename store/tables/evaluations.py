"""What evaluators gave, what the public voted, and the rankings made of both."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from store.tables.base import metadata
from store.types import Document, Instant, Line, Prose, Whole

#: One evaluator's points for one nominee in one track (criterion → points, as decimal text), with the opinion. One that
#: was superseded stays; `revision` counts them.
score = Table(
    "score",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("track", Line(64), nullable=False),
    Column("evaluator", Line(120), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("panel", Line(64)),
    Column("points", Document, nullable=False),
    Column("opinion", Prose, nullable=False, server_default=""),
    Column("entered_by", Line(120), nullable=False),
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("nomination_id", "stage", "track", "evaluator", "revision"),
    # What somebody has given is asked for when it is told how much is still to do.
    Index("ix_score_evaluator", "evaluator", "stage"),
    Index(
        "uq_score_current",
        "nomination_id",
        "stage",
        "track",
        "evaluator",
        unique=True,
        sqlite_where=text("NOT superseded"),
        postgresql_where=text("NOT superseded"),
    ),
)

#: One import of one platform's votes, with the SHA-256 of the file that it came from. An earlier import of a platform
#: stays, superseded; `as_of` is the instant that the votes were counted at.
tally = Table(
    "tally",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("platform", Line(120), nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("file_name", Line(255), nullable=False),
    Column("file_size", Integer, nullable=False),
    Column("file_digest", Line(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("imported_by", Line(120), nullable=False),
    Column("imported_at", Instant, nullable=False),
    Index(
        "uq_tally_file",
        "program_id",
        "stage",
        "file_digest",
        unique=True,
        sqlite_where=text("NOT superseded"),
        postgresql_where=text("NOT superseded"),
    ),
    Index(
        "uq_tally_current",
        "program_id",
        "stage",
        "platform",
        unique=True,
        sqlite_where=text("NOT superseded"),
        postgresql_where=text("NOT superseded"),
    ),
)

#: How many votes one nominee has in one import.
tally_votes = Table(
    "tally_votes",
    metadata,
    Column("tally_id", ForeignKey("tally.id"), primary_key=True),
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True, index=True),
    Column("votes", Whole, nullable=False),
    CheckConstraint("votes >= 0", name="votes_count"),
)

#: A settled ranking of those who stood at a stage then; who comes later is ranked in another round. `places` is how
#: many could still go on then, none where there is no cut; `rules` is how the stage ranked then; `digest` is the
#: SHA-256 of all that it was made of, and of its lines.
ranking = Table(
    "ranking",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("places", Integer),
    Column("rules", Document, nullable=False),
    Column("digest", Line(64), nullable=False),
    Column("settled_by", Line(120), nullable=False),
    Column("settled_at", Instant, nullable=False),
    UniqueConstraint("program_id", "stage", "round"),
)

#: Where a settled ranking put a nominee; `total` is exact, a decimal or a fraction; `goes_on` is none without a cut.
ranked = Table(
    "ranked",
    metadata,
    Column("nomination_id", ForeignKey("nomination.id"), primary_key=True),
    Column("stage", Line(64), primary_key=True),
    Column("ranking_id", ForeignKey("ranking.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("total", Prose, nullable=False),
    Column("goes_on", Boolean),
)

#: How nominees who were level were told apart: `points` by their numbers, the more the further in front.
tie_resolution = Table(
    "tie_resolution",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("program_id", ForeignKey("program.id"), nullable=False),
    Column("stage", Line(64), nullable=False),
    Column("way", Line(16), nullable=False),
    Column("points", Document, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("resolved_by", Line(120), nullable=False),
    Column("resolved_at", Instant, nullable=False),
    CheckConstraint("way IN ('panel', 're-vote')", name="way_is_known"),
    Index("ix_tie_resolution_program_id_stage", "program_id", "stage"),
)
