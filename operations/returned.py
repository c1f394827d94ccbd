"""What letters say of nominations that were returned: why, and until when they are to be mended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from notifications.owed import OwedKind, notice_key
from states import Move
from store import among_names
from store import tables as t


def returned_because(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[str, str]:
    """Return why these nominations were returned whose last move that was, by number: as their units are told."""
    keys = {notice_key(one.program_id, one.number, one.version, one.stage, one.unit): one.number for one in rows}
    of = t.reminder.c
    query = select(of.key, of.facts).where(among_names(of.key, keys, connection.dialect.name))
    told = connection.execute(query).tuples() if keys else ()
    return {keys[key]: str(facts["reason"]) for key, facts in told if _returns(facts) and facts.get("reason")}


def to_mend_by(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[int, datetime]:
    """Return until when a nomination is to be mended, by the reminder that tells of its return.

    The instant is the first too late (aware). One that has moved on since is not to be mended any more.
    """
    # Of several returns of one nomination the last one counts.
    told = sorted((row for row in rows if row.kind == OwedKind.NOTICE and _returns(row.facts)), key=lambda one: one.id)
    news = {row.nomination: row for row in told}
    if not news:
        return {}
    of = t.nomination.c
    among_them = among_names(of.number, news, connection.dialect.name)
    query = select(of.number, of.version, of.due_at).where(among_them, of.due_at.is_not(None))
    return {
        news[number].id: due_at
        for number, version, due_at in connection.execute(query).tuples()
        if news[number].key == _key_of(news[number], version)
    }


def _returns(facts: Mapping[str, Any]) -> bool:
    return facts.get("move") == Move.RETURN.label.zh


def _key_of(row: Row[Any], version: int) -> str:
    return notice_key(row.program_id, row.nomination, version, row.stage, row.recipient)
