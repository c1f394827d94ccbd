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
    *map(
        sa.column,
        ("id", "number", "program_id", "nominee", "unit", "identity", "identity_hash", "grade", "stage", "category"),
    ),
    *map(sa.column, ("route", "host")),
)
_program = sa.table("program", sa.column("id"), sa.column("definition"))
_rehearsal = sa.table("rehearsal", sa.column("program_id"))
_event = sa.table("event", *map(sa.column, ("program_id", "position", "nomination", "payload")))
_past = sa.table(
    "past",
    *map(sa.column, ("id", "kind", "name", "holder", "unit", "identity", "owner", "nomination_id", "source")),
    sa.column("since", _instant),
    sa.column("ended_at", _instant),
)
_claim = sa.table("claim", sa.column("key"), sa.column("owner"), sa.column("past_id"))


def upgrade() -> None:
    _make_tables()
    connection = op.get_bind()
    _tell_hosts(connection)
    taken: set[tuple[str, str]] = set()
    for number, (past, keys) in enumerate(list(_honored(connection)), start=1):
        connection.execute(sa.insert(_past).values(id=number, source="", **past))
        for key in keys:
            # Nothing kept two from having it before; the first is the one who has it.
            if (key, past["owner"]) not in taken:
                taken.add((key, past["owner"]))
                connection.execute(sa.insert(_claim).values(key=key, owner=past["owner"], past_id=number))
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
        sa.Column("owner", sa.String(130, collation), nullable=True),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('honor', 'studio', 'subsidy', 'ban')", name=op.f("ck_past_kind_is_known")),
        sa.CheckConstraint(
            "nomination_id IS NOT NULL OR source <> '' AND since IS NOT NULL", name=op.f("ck_past_comes_from_somewhere")
        ),
        sa.CheckConstraint("ended_at >= since", name=op.f("ck_past_ends_after_it_began")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_past_nomination_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past")),
        sa.UniqueConstraint("nomination_id", name=op.f("uq_past_nomination_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_past_holder", "past", ["holder"])
    op.create_index(op.f("ix_past_owner"), "past", ["owner"])
    op.create_table(
        "claim",
        sa.Column("key", sa.String(130, collation), nullable=False),
        sa.Column("owner", sa.String(130, collation), nullable=False),
        sa.Column("past_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["past_id"], ["past.id"], name=op.f("fk_claim_past_id")),
        sa.PrimaryKeyConstraint("key", "owner", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_past_id"), "claim", ["past_id"])


def _tell_hosts(connection: sa.Connection) -> None:
    """Tell whose quota nominations use, as a later version recorded it before this database was taken back to 0006."""
    of = _event.c
    told = sa.select(of.nomination, of.payload).where(of.payload.contains('"kind":"nomination.created"'))
    for number, payload in connection.execute(told.where(of.payload.contains('"host":'))).all():
        with suppress(ValueError, KeyError, TypeError):
            connection.execute(
                sa.update(_nomination).where(_nomination.c.number == number).values(host=json.loads(payload)["host"])
            )


def _honored(connection: sa.Connection) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield everybody who was chosen or honored, as a past, with what nobody else can have from then on.

    Rehearsals honor nobody. A definition that cannot be read leaves its program out: nobody can work with it either.
    """
    programs = sa.select(_program).where(_program.c.id.not_in(sa.select(_rehearsal.c.program_id)))
    for program, text in connection.execute(programs).all():
        with suppress(ValueError, KeyError, TypeError):
            definition = json.loads(text)
            awards = {seats["id"]: seats["award"] for seats in definition["seats"]}
            rules = [rule for rule in definition["rules"] if rule["kind"] == "history"]
            about = (definition["award"], definition["nominee"])
            yield from _honored_in(connection, program, about, awards, rules)


def _honored_in(
    connection: sa.Connection,
    program: str,
    about: tuple[str, str],
    awards: dict[str, str],
    rules: list[dict[str, Any]],
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    of, (award, nominee) = _nomination.c, about
    moved = _moves(connection, program)
    chosen = sa.or_(of.grade.is_not(None), of.number.in_(list(moved)))
    standing = sa.select(_nomination).where(of.program_id == program, of.stage.not_in(_NOT_HONORED), chosen)
    for row in connection.execute(standing.order_by(of.id)).all():
        issued, ended = (_last(moved.get(row.number, []), moves) for moves in (("issue",), ("expire", "revoke")))
        past = {
            "kind": "studio" if nominee == "studio" else "honor",
            "name": awards.get(row.grade, award),
            "holder": row.nominee,
            "unit": row.unit,
            "identity": row.identity,
            "owner": f"={row.nominee}" if nominee in ("unit", "team") else row.identity_hash,
            "nomination_id": row.id,
            "since": issued,
            "ended_at": ended,
        }
        concerning = [rule for rule in rules if _concerns(rule, row)]
        yield past, list(_keys(award, concerning, past))


def _concerns(rule: dict[str, Any], row: sa.Row[Any]) -> bool:
    return all(not rule[name] or value in rule[name] for name, value in _scopes(row))


def _scopes(row: sa.Row[Any]) -> tuple[tuple[str, str | None], ...]:
    return ("categories", row.category), ("routes", row.route)


def _moves(connection: sa.Connection, program: str) -> dict[str, list[tuple[str, datetime]]]:
    """Return the moves that honored somebody or ended an honor, by the number of the nomination."""
    of = _event.c
    query = sa.select(of.nomination, of.payload).where(of.program_id == program, of.nomination.is_not(None))
    said = sa.or_(*(of.payload.contains(f'"move":"{move}"') for move in ("issue", "expire", "revoke")))
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for number, payload in connection.execute(query.where(said).order_by(of.position)):
        # An event that cannot be read is the audit's matter; the others are told all the same.
        with suppress(ValueError, KeyError, TypeError):
            event = json.loads(payload)
            found[number].append((event["move"], datetime.fromisoformat(event["now"]).astimezone(UTC)))
    return found


def _last(moves: list[tuple[str, datetime]], wanted: tuple[str, ...]) -> datetime | None:
    return next((at for move, at in reversed(moves) if move in wanted), None)


def _keys(award: str, rules: list[dict[str, Any]], past: dict[str, Any]) -> Iterator[str]:
    """Yield what the rules of a program say that one owner has once only."""
    barred = {rule.get("bars") for rule in rules}
    if past["owner"] is None:
        return
    if "past-winner" in barred and past["name"] == award:
        yield f"winner:{award}"
    if "leads-another-studio" in barred and past["kind"] == "studio" and past["ended_at"] is None:
        yield "studio"
