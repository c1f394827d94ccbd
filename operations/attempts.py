"""Passwords that are tried in vain: whoever tries waits longer and longer, for each name by itself."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from store import hold
from store import tables as t

#: So many passwords may be wrong before the next one has to wait.
FREE_TRIES: Final = 5
#: How long the first wait is; each further failure doubles it, up to the last.
FIRST_WAIT, LAST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: Failures are forgotten after this.
_FORGOTTEN: Final = timedelta(days=1)


def count_try(connection: Connection, name: str, now: datetime) -> datetime | None:
    """Count one more try for a name as a failure; returns until when the name has to wait, where it has."""
    of, tried = t.sign_in_attempt.c, _digest(name)
    hold(connection, [("sign-in", tried)])
    connection.execute(delete(t.sign_in_attempt).where(of.last_at < now - _FORGOTTEN))
    row = connection.execute(select(t.sign_in_attempt).where(of.name == tried)).one_or_none()
    locked: datetime | None = row.locked_until if row else None
    if locked and now < locked:
        return locked
    failures = (row.failures if row else 0) + 1
    values = {"failures": failures, "last_at": now, "locked_until": _locked_until(failures, now)}
    if row:
        connection.execute(update(t.sign_in_attempt).where(of.name == tried).values(values))
    else:
        connection.execute(insert(t.sign_in_attempt).values(name=tried, **values))
    return None


def forget_tries(connection: Connection, name: str) -> None:
    """Forget the failures of a name: its password was right, or is another one now."""
    connection.execute(delete(t.sign_in_attempt).where(t.sign_in_attempt.c.name == _digest(name)))


def _locked_until(failures: int, now: datetime) -> datetime | None:
    if failures < FREE_TRIES:
        return None
    return now + min(LAST_WAIT, FIRST_WAIT * (1 << min(failures - FREE_TRIES, 10)))


def _digest(name: str) -> str:
    """Return what is kept of a name: people type passwords into the wrong field."""
    return sha256(name.encode()).hexdigest()
