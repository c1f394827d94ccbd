"""What a move means for a term: it begins as somebody comes to a tenure, and asks for nothing more once it is over."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.engine import Connection

from deadlines.duties import outstanding
from deadlines.zone import shanghai_day
from operations.desk import Running
from operations.placing import documents_of
from programs.stages import Tenure
from states import End, Move
from store import among
from store import tables as t

#: Moves within a term.
_WITHIN = frozenset({Move.ASSESS, Move.FAIL, Move.RECTIFY})


def settle_terms(
    connection: Connection, running: Running, what: Move, destination: str, ids: Sequence[int], now: datetime
) -> None:
    """Begin the terms of these nominations, which a move has brought to one standing, or end them."""
    if not ids or what in _WITHIN or running.program.tenure is None:
        return
    standing = running.pipeline.standings[destination]
    stage = None if standing.ended else running.program.stage(standing.stage)
    if isinstance(stage, Tenure):
        _begin(connection, running, stage, what, ids, now)
    elif what is Move.EXPIRE or destination == End.REVOKED:
        connection.execute(update(t.tenure).where(among(t.tenure.c.nomination_id, ids)).values(next_at=None))


def _begin(
    connection: Connection, running: Running, stage: Tenure, what: Move, ids: Sequence[int], now: datetime
) -> None:
    issued = documents_of(connection, running.program.id) if what is not Move.ISSUE else {}
    begun: dict[int, date | None] = dict.fromkeys(ids)
    if stage.begins == "document":
        # Their own document is issued by this very move, or was before.
        begun = {one: shanghai_day(issued.get(one, now)) for one in ids}
    # Whatever the notice has after a first tenure, the second one is a term of its own.
    connection.execute(delete(t.tenure).where(among(t.tenure.c.nomination_id, ids)))
    connection.execute(
        insert(t.tenure),
        [
            {
                "nomination_id": nomination,
                "stage": stage.id,
                "begun": first,
                "next_at": outstanding(stage, first, (), now)[1] if first else None,
            }
            for nomination, first in begun.items()
        ],
    )


def look_at_terms_again(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Have the next sweep look at what the terms of these nominations ask for: another version judges them now."""
    of = t.tenure.c
    mine = (among(of.nomination_id, ids), of.begun.is_not(None))
    connection.execute(update(t.tenure).where(*mine).values(next_at=now))
