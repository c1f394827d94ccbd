"""Who was honored by which document, the certificates that say so, and the order in which nominators recommend."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.create_table(
        "award",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("document", sa.String(120, collation), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_award_nomination_id")),
        sa.ForeignKeyConstraint(
            ["program_id", "document"],
            ["document.program_id", "document.number"],
            name=op.f("fk_award_program_id_document"),
        ),
        sa.PrimaryKeyConstraint("nomination_id", "stage", name=op.f("pk_award")),
    )
    op.create_index("ix_award_program_id_document", "award", ["program_id", "document"])
    op.create_table(
        "certificate",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(64, collation), nullable=False),
        sa.Column("program_id", sa.String(64, collation), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(120, collation), nullable=False),
        sa.Column("code", sa.String(32, collation), nullable=False),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_certificate_ordinal_counts")),
        sa.ForeignKeyConstraint(
            ["nomination_id", "stage"],
            ["award.nomination_id", "award.stage"],
            name=op.f("fk_certificate_nomination_id_stage"),
        ),
        sa.PrimaryKeyConstraint("nomination_id", "stage", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("program_id", "number", name=op.f("uq_certificate_program_id_number")),
        sa.UniqueConstraint("program_id", "ordinal", name=op.f("uq_certificate_program_id_ordinal")),
    )
    op.create_index(op.f("ix_certificate_number"), "certificate", ["number"])
    op.create_table(
        "recommended",
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_recommended_place_counts")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_recommended_nomination_id")),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_recommended")),
    )
    _recall_awards()


def _recall_awards() -> None:
    """Enter those whom documents have honored already: the history says who they are."""
    connection = op.get_bind()
    event = sa.table("event", sa.column("program_id"), sa.column("payload"))
    document = sa.table("document", sa.column("program_id"), sa.column("number"), sa.column("stage"))
    nomination = sa.table("nomination", sa.column("id"), sa.column("number"))
    award = sa.table(
        "award", sa.column("nomination_id"), sa.column("stage"), sa.column("program_id"), sa.column("document")
    )
    stages = {(row.program_id, row.number): row.stage for row in connection.execute(sa.select(document))}
    issued = sa.select(event).where(event.c.payload.contains('"kind":"document.issued"', autoescape=True))
    for row in connection.execute(issued).all():
        told = json.loads(row.payload)
        stage = stages.get((row.program_id, told.get("document")))
        if stage is None or told.get("kind") != "document.issued":
            continue
        for number in told["nominations"]:
            honored = connection.scalar(sa.select(nomination.c.id).where(nomination.c.number == number))
            if honored is not None:
                values = {"nomination_id": honored, "stage": stage, "document": told["document"]}
                connection.execute(award.insert().values(program_id=row.program_id, **values))


def downgrade() -> None:
    op.drop_table("recommended")
    op.drop_table("certificate")
    op.drop_table("award")
