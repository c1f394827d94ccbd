"""What is known of people's past across programs, what nobody can have twice, and whose quota is used."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

#: Ends at which somebody who was chosen has no honor after all.
_NOT_HONORED = ("rejected", "not-chosen", "removed", "withdrawn", "lapsed", "disqualified")


_instant = sa.DateTime(timezone=True)
_nomination = sa.table(
    "nomination",
    *map(sa.column, ("id", "number", "program_id", "nominee", "unit", "identity", "identity_hash", "grade", "stage")),
)
_program = sa.table("program", sa.column("id"), sa.column("definition"))
_event = sa.table("event", *map(sa.column, ("program_id", "position", "nomination", "payload")))
_past = sa.table(
    "past",
    *map(sa.column, ("id", "kind", "name", "holder", "unit", "identity", "fingerprint", "nomination_id", "source")),
    sa.column("since", _instant),
    sa.column("ended_at", _instant),
)
_claim = sa.table("claim", sa.column("key"), sa.column("fingerprint"), sa.column("past_id"))


def upgrade() -> None:
    _make_tables()
    connection = op.get_bind()
    taken: set[tuple[str, str]] = set()
    for number, (past, keys) in enumerate(list(_honored(connection)), start=1):
        connection.execute(sa.insert(_past).values(id=number, source="", **past))
        for key in keys:
            # Nothing kept two from having it before; the first is the one who has it.
            if (key, past["fingerprint"]) not in taken:
                taken.add((key, past["fingerprint"]))
                connection.execute(sa.insert(_claim).values(key=key, fingerprint=past["fingerprint"], past_id=number))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT setval('past_id_seq', coalesce((SELECT max(id) FROM past), 0) + 1, false)")


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_table("past")
    op.drop_column("nomination", "host")


def _make_tables() -> None:
    collation = "C" if op.get_context().dialect.name == "postgresql" else None
    op.add_column("nomination", sa.Column("host", sa.String(120, collation), nullable=True))
    op.create_table(
        "past",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16, collation), nullable=False),
        sa.Column("name", sa.String(120, collation), nullable=False),
        sa.Column("holder", sa.String(120, collation), nullable=False),
        sa.Column("unit", sa.String(120, collation), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(64, collation), nullable=True),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('honor', 'studio', 'subsidy', 'ban')", name=op.f("ck_past_kind_is_known")),
        sa.CheckConstraint("nomination_id IS NOT NULL OR source <> ''", name=op.f("ck_past_comes_from_somewhere")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_past_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past")),
        sa.UniqueConstraint("nomination_id", name=op.f("uq_past_nomination_id")),
    )
    op.create_index("ix_past_holder", "past", ["holder"])
    op.create_index(op.f("ix_past_fingerprint"), "past", ["fingerprint"])
    op.create_table(
        "claim",
        sa.Column("key", sa.String(130, collation), nullable=False),
        sa.Column("fingerprint", sa.String(64, collation), nullable=False),
        sa.Column("past_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["past_id"], ["past.id"], name=op.f("fk_claim_past_id")),
        sa.PrimaryKeyConstraint("key", "fingerprint", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_past_id"), "claim", ["past_id"])


def _honored(connection: sa.Connection) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield everybody who was chosen or honored, as a past, with what nobody else can have from then on."""
    of = _nomination.c
    for program, text in connection.execute(sa.select(_program.c.id, _program.c.definition)).all():
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            definition = json.loads(text)
            moved = _moves(connection, program)
            standing = sa.select(_nomination).where(of.program_id == program, of.stage.not_in(_NOT_HONORED))
            for row in connection.execute(standing.order_by(of.id)):
                issued, ended = (
                    _last(moved.get(row.number, []), moves) for moves in (("issue",), ("expire", "revoke"))
                )
                if row.grade is None and issued is None:
                    continue
                awards = {seats["id"]: seats["award"] for seats in definition["seats"]}
                past = {
                    "kind": "studio" if definition["nominee"] == "studio" else "honor",
                    "name": awards.get(row.grade, definition["award"]),
                    "holder": row.nominee,
                    "unit": row.unit,
                    "identity": row.identity,
                    "fingerprint": row.identity_hash,
                    "nomination_id": row.id,
                    "since": issued,
                    "ended_at": ended,
                }
                yield past, list(_keys(definition, past))


def _moves(connection: sa.Connection, program: str) -> dict[str, list[tuple[str, datetime]]]:
    """Return the moves that honored somebody or ended an honor, by the number of the nomination."""
    of = _event.c
    query = sa.select(of.nomination, of.payload).where(of.program_id == program, of.nomination.is_not(None))
    said = sa.or_(*(of.payload.contains(f'"move":"{move}"') for move in ("issue", "expire", "revoke")))
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for number, payload in connection.execute(query.where(said).order_by(of.position)):
        event = json.loads(payload)
        found[number].append((event["move"], datetime.fromisoformat(event["now"]).astimezone(UTC)))
    return found


def _last(moves: list[tuple[str, datetime]], wanted: tuple[str, ...]) -> datetime | None:
    return next((at for move, at in reversed(moves) if move in wanted), None)


def _keys(definition: dict[str, Any], past: dict[str, Any]) -> Iterator[str]:
    """Yield what the rules of a program say that one person has once only."""
    if past["fingerprint"] is None:
        return
    barred = {rule.get("bars") for rule in definition["rules"] if rule["kind"] == "history"}
    if "past-winner" in barred and past["name"] == definition["award"]:
        yield f"winner:{past['name']}"
    if "leads-another-studio" in barred and past["kind"] == "studio" and past["ended_at"] is None:
        yield "studio"
