"""What a tier puts on the form as it takes a nomination on: kept, and the number of the form given once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from programs import Words
from states import Endorsement, Refusal
from store import hold
from store import tables as t


def form_number_taken(connection: Connection, program_id: str, row: Row[Any], given: Endorsement) -> Refusal | None:
    """Refuse a number that another form of the program bears."""
    if given.form_number is None:
        return None
    # Somebody may be giving the same number right now: whoever comes second sees it.
    hold(connection, [("form-number", program_id, given.form_number)])
    of = t.endorsement.c
    other = connection.execute(
        select(t.nomination.c.number)
        .join(t.endorsement, of.nomination_id == t.nomination.c.id)
        .where(of.program_id == program_id, of.form_number == given.form_number, of.nomination_id != row.id)
    ).scalar()
    if other is None:
        return None
    return Refusal(
        "form-number-free",
        Words("编号 {number} 已用于 {other}", "the number {number} is that of {other}").format(
            number=given.form_number, other=other
        ),
        Words("请另编一个编号", "give another number"),
    )


#: Written once: every move from a tier executes them.
_FORGET = delete(t.endorsement).where(
    t.endorsement.c.nomination_id == bindparam("row_id"), t.endorsement.c.tier == bindparam("at_tier")
)
_KEEP = insert(t.endorsement)


def write_endorsement(connection: Connection, program_id: str, row: Row[Any], given: Endorsement, act: Act) -> None:
    """Keep what the tier at which a nomination stands puts on the form, in the place of what it put there before."""
    connection.execute(_FORGET, {"row_id": row.id, "at_tier": row.stage})
    connection.execute(
        _KEEP,
        {
            "nomination_id": row.id,
            "tier": row.stage,
            "program_id": program_id,
            "opinion": dict(given.opinion),
            "sealed": given.sealed,
            "form_number": given.form_number,
            "endorsed_at": act.now,
            "endorsed_by": act.actor.name,
        },
    )


def put_again(
    connection: Connection, program_id: str, nomination: int, tier: str, event: Mapping[str, Any] | None
) -> None:
    """Keep what a tier put on the form by an earlier event, in the place of what was taken back; or nothing."""
    connection.execute(_FORGET, {"row_id": nomination, "at_tier": tier})
    if event is None:
        return
    given = endorsement_of(event)
    connection.execute(
        _KEEP,
        {
            "nomination_id": nomination,
            "tier": tier,
            "program_id": program_id,
            "opinion": dict(given.opinion),
            "sealed": given.sealed,
            "form_number": given.form_number,
            "endorsed_at": datetime.fromisoformat(event["now"]),
            "endorsed_by": event["actor"],
        },
    )


def endorsement_of(event: Mapping[str, Any]) -> Endorsement:
    """Return what a tier put on the form, as the event of its move tells it."""
    told = event.get("endorsement") or {}
    return Endorsement(told.get("opinion") or {}, bool(told.get("sealed")), told.get("form_number"))


def endorsement_facts(given: Endorsement) -> dict[str, Any]:
    """Return what the event of a move says of it."""
    stated = {"opinion": dict(given.opinion) or None, "sealed": given.sealed or None, "form_number": given.form_number}
    return {name: value for name, value in stated.items() if value is not None}
