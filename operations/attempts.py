"""Passwords that are tried in vain: whoever tries waits longer and longer, for each name from each address.

Somebody who knows a name keeps nobody else out by guessing: what they try counts against the name from where they are.
Those who guess from many places share one bound for each name, which does not count where its owner has signed in from
before.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.desk import Desk
from store import INSTALLATION, hold
from store import tables as t
from store.types import UnfitError

#: So many passwords may be wrong, for one name from one address, before the next one has to wait.
FREE_TRIES: Final = 5
#: So many may be wrong for one name from all addresses that its owner never came from.
FREE_FROM_ANYWHERE: Final = 25
#: How long the first wait is; each further failure doubles it, up to the last: of one address, and of all together.
FIRST_WAIT, LAST_WAIT = timedelta(minutes=1), timedelta(hours=1)
LAST_WAIT_ANYWHERE: Final = timedelta(minutes=10)
#: Failures are forgotten after this.
_FORGOTTEN: Final = timedelta(days=1)
#: So many failures of names that are nobody's are told each; then those alone whose count is a power of two.
_TOLD_EACH: Final = 16

#: Under what failures of names that are nobody's are counted together, those of a name from all places, and what one
#: person asked for in vain.
_NOBODYS: Final = "\0nobody"
_ANYWHERE: Final = "\0anywhere"
_ASKED: Final = "\0asked"

_of = t.sign_in_attempt.c


def count_try(connection: Connection, name: str, now: datetime, address: str) -> datetime | None:
    """Count one more try for a name as a failure; returns until when whoever tries has to wait, where they have."""
    hold(connection, [("sign-in", _half(name))])
    connection.execute(delete(t.sign_in_attempt).where(_of.last_at < now - _FORGOTTEN))
    bounds = [(_key(name, place_of(address)), FREE_TRIES, LAST_WAIT)]
    if not _came_from(connection, name, address):
        bounds.append((_key(name, _ANYWHERE), FREE_FROM_ANYWHERE, LAST_WAIT_ANYWHERE))
    query = select(_of.locked_until).where(_of.name.in_([key for key, _, _ in bounds]), _of.locked_until > now)
    waits: Sequence[datetime] = connection.execute(query).scalars().all()
    if waits:
        return max(waits)
    for key, free, longest in bounds:
        _count(connection, key, now, free, longest)
    return None


def forget_tries(connection: Connection, name: str, address: str | None = None) -> None:
    """Forget the failures of a name: all, as its password is another one now, or those from where it was right.

    Whoever guesses it from elsewhere meanwhile goes on waiting.
    """
    if address is None:
        connection.execute(delete(t.sign_in_attempt).where(_of.name.startswith(_half(name))))
        return
    connection.execute(delete(t.sign_in_attempt).where(_of.name == _key(name, place_of(address))))
    if not _came_from(connection, name, address):
        # The try that was right was counted with those from everywhere.
        _uncount(connection, _key(name, _ANYWHERE))


def take_back_try(connection: Connection, name: str, address: str) -> None:
    """Count the last try of a name as none, since its password was right; the failures before it stay.

    What was wrong before may have been a code, and whoever has the password alone must not guess those without end.
    """
    _uncount(connection, _key(name, place_of(address)))
    if not _came_from(connection, name, address):
        _uncount(connection, _key(name, _ANYWHERE))


def told_of_nobody(connection: Connection, now: datetime) -> int | None:
    """Count a failure of a name that is nobody's; returns how many there were, none where this one is not told.

    Anybody can make as many of them as they like, so the history tells of ever fewer.
    """
    hold(connection, [("sign-in", _half(_NOBODYS))])
    return _thinned(_count(connection, _key(_NOBODYS, _ANYWHERE), now))


def told_of_refused(connection: Connection, name: str, now: datetime) -> int | None:
    """Count that somebody asked for what is not theirs; returns how many times within an hour, if it is told.

    Whoever is signed in can ask as often as they like, so the history tells of ever fewer, as of those who are nobody.
    """
    name = f"{_ASKED}\0{name}"
    hold(connection, [("sign-in", _half(name))])
    return _thinned(_count(connection, _key(name, f"{now.astimezone(UTC):%Y-%m-%dT%H}"), now))


def place_of(address: str) -> str:
    """Return what counts as one place: an address, or the network that a household has of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))


def _came_from(connection: Connection, name: str, address: str) -> bool:
    """Whether the person of this name has signed in from there, as far as sessions are remembered.

    To have known the password is not enough where a code is asked for as well.
    """
    of = t.session.c
    theirs = select(of.address).join_from(t.session, t.person).where(t.person.c.name == name)
    mine = theirs.where(of.awaits_code.is_(False)).distinct()
    return bool(address) and place_of(address) in {place_of(one) for one in connection.execute(mine).scalars()}


def _thinned(count: int) -> int | None:
    return count if count <= _TOLD_EACH or count & (count - 1) == 0 else None


def _count(
    connection: Connection, key: str, now: datetime, free: int | None = None, longest: timedelta = LAST_WAIT
) -> int:
    """Count a failure under a key; once as many as are `free` have been made, the next has to wait."""
    failures = (connection.execute(select(_of.failures).where(_of.name == key)).scalar_one_or_none() or 0) + 1
    until = None
    if free is not None and failures >= free:
        until = now + min(longest, FIRST_WAIT * (1 << min(failures - free, 10)))
    values = {"failures": failures, "last_at": now, "locked_until": until}
    if failures > 1:
        connection.execute(update(t.sign_in_attempt).where(_of.name == key).values(values))
    else:
        connection.execute(insert(t.sign_in_attempt).values(name=key, **values))
    return failures


def _uncount(connection: Connection, key: str) -> None:
    """Count one failure less under a key. The try was let through, so nothing waits any more."""
    mine = _of.name == key
    connection.execute(delete(t.sign_in_attempt).where(mine, _of.failures <= 1))
    left = {"failures": _of.failures - 1, "locked_until": None}
    connection.execute(update(t.sign_in_attempt).where(mine).values(left))


def _key(name: str, place: str) -> str:
    return _half(name) + _half(place)


def _half(text: str) -> str:
    """Return what is kept of a name, and of where it was tried: people type passwords into the wrong field."""
    return sha256(text.encode()).hexdigest()[:32]


def note_refused(desk: Desk, act: Act, asked: str) -> None:
    """Record that somebody asked for what is not theirs to see, or is not there: they are told the same of both. Of
    one person within an hour 16 are told each, then the 32nd, the 64th and so on.
    """  # noqa: D205 - one paragraph
    with suppress(UnfitError), desk.store.write() as transaction:
        if tries := told_of_refused(transaction.connection, act.actor.name, act.now):
            transaction.record(INSTALLATION, "access.refused", asked=asked[:200], tries=tries, **act.signature())
