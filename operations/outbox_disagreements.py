"""Messages against the log of their deliveries: what a channel has taken was sent, and says what it said then.

The log refuses changes, so a message that was changed or deleted after it was sent is seen by it.
"""

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.disagreement import Disagreement
from store import INSTALLATION
from store import tables as t

#: How many rows a server hands over at once.
_ROWS = {"yield_per": 1000}


def outbox_disagreements(connection: Connection, program_id: str | None = None) -> Iterator[Disagreement]:
    """Name every message that is not as its channel took it. A message may be of several programs: it is of none."""
    if program_id is not None:
        return
    of, log = t.message.c, t.delivery.c
    query = (
        select(log.message_id, log.text, of.id, of.state, of.body)
        .join_from(t.delivery, t.message, of.id == log.message_id, isouter=True)
        .where(log.outcome == "accepted")
        .order_by(log.id)
    )
    for row in connection.execute(query, execution_options=_ROWS):
        if row.id is None:
            yield Disagreement(INSTALLATION, row.message_id, "exists", table=False, history=True)
            continue
        if row.state != "sent":
            yield Disagreement(INSTALLATION, row.message_id, "state", row.state, "sent")
        if (text := sha256(row.body.encode()).hexdigest()) != row.text:
            yield Disagreement(INSTALLATION, row.message_id, "text", text, row.text)
