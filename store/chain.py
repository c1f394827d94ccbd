"""The tamper-evident history: canonical JSON, digests of events, links of a program's chain, and their verification.

Everything here that judges is pure; `verify` reads rows as raw bytes, so that a changed byte is found even where it no
longer makes valid text.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, cast, func, select
from sqlalchemy.engine import Connection

from programs import Words
from store.tables import event, installation_event, installation_link, link

#: What the first link of every program is chained to.
GENESIS = "0" * 64

#: The chain of what belongs to no program: people and organizations. No program can have such an id.
INSTALLATION = "@installation"

#: How the one form of an event is punctuated: no white space.
SEPARATORS = (",", ":")


def canonical(payload: dict[str, Any]) -> str:
    """Write a payload in the one form that is hashed: keys sorted, no white space, Chinese as itself."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=SEPARATORS)


def event_digest(payload: str | bytes) -> str:
    """Return the SHA-256 of an event's canonical JSON, in hexadecimal."""
    return sha256(payload.encode() if isinstance(payload, str) else payload).hexdigest()


def link_digest(previous: str, digests: Iterable[str]) -> str:
    """Return the digest of a link: SHA-256 over the previous link's digest and its events' digests, in order."""
    chained = sha256(previous.encode())
    for digest in digests:
        chained.update(digest.encode())
    return chained.hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain no longer agrees with itself: a link, or an event named `program/position`."""

    program: str
    where: str
    words: Words


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a program's chain."""

    program: str
    sequence: int
    events: int
    digest: str


@dataclass(slots=True)
class Audit:
    """What a verification found. `events` and `links` count what was read."""

    events: int
    links: int
    heads: tuple[Head, ...]
    broken: tuple[Break, ...]

    def add(self, program: str, where: str, words: Words) -> None:
        """Note one more break."""
        self.broken = (*self.broken, Break(program, where, words))


def verify(connection: Connection, program_id: str | None = None) -> Audit:
    """Recompute every digest and every link, of one program or of everything, and name all that does not agree.

    Events are streamed, program by program. A row that nothing vouches for is named as well: an event behind the last
    link, a gap in the positions, a column that contradicts its payload.
    """
    audit = Audit(0, 0, (), ())
    links = _links(connection, program_id)
    events = groupby(_events(connection, program_id), key=lambda row: row.program)
    for program, rows in events:
        _verify_program(audit, program, rows, links.pop(program, []))
    for program, left in links.items():
        _verify_program(audit, program, iter(()), left)
    if program_id in (None, INSTALLATION):
        _verify_program(audit, INSTALLATION, _installation_events(connection), _installation_links(connection))
    return audit


@dataclass(frozen=True, slots=True)
class _Event:
    program: str
    position: int
    nomination: bytes | None
    payload: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Link:
    sequence: int
    first: int
    last: int
    digest: bytes


def _verify_program(audit: Audit, program: str, events: Iterator[_Event], links: list[_Link]) -> None:
    """Walk one program's events and links side by side, adding what is found to the audit."""
    previous, position = GENESIS, 0
    pending = next(events, None)
    while pending is not None and pending.position < 1:
        audit.events += 1
        audit.add(program, f"{program}/{pending.position}", Words("事件位置应从 1 数起", "the positions count from 1"))
        pending = next(events, None)
    for expected, found in enumerate(links, start=1):
        audit.links += 1
        where = f"{program}#{found.sequence}"
        if found.sequence != expected or found.first != position + 1 or found.last < found.first:
            audit.add(program, where, Words("链环不连续", "the links do not follow on each other"))
        digests: list[str] = []
        while pending is not None and pending.position <= found.last:
            position += 1
            _check_event(audit, pending, position)
            position = pending.position
            digests.append(event_digest(pending.payload))
            pending = next(events, None)
        if position < found.last:
            audit.add(program, f"{program}/{position + 1}", Words("事件缺失", "the event is missing"))
            position = found.last
        if link_digest(previous, digests) != _text(found.digest):
            audit.add(program, where, Words("链环摘要不符", "the link's digest does not agree"))
        # Go on from what is written, so that one break is told once and not at every link behind it.
        previous = _text(found.digest)
    while pending is not None:
        position += 1
        _check_event(audit, pending, position)
        audit.add(program, f"{program}/{pending.position}", Words("没有链环覆盖此事件", "no link holds this event"))
        position = pending.position
        pending = next(events, None)
    if links:
        audit.heads = (*audit.heads, Head(program, links[-1].sequence, links[-1].last, previous))


def _check_event(audit: Audit, found: _Event, expected: int) -> None:
    audit.events += 1
    where = f"{found.program}/{found.position}"
    if found.position != expected:
        audit.add(found.program, f"{found.program}/{expected}", Words("事件缺失", "the event is missing"))
    if event_digest(found.payload) != _text(found.digest):
        audit.add(found.program, where, Words("事件内容与摘要不符", "the event does not agree with its digest"))
        return
    nomination = None if found.nomination is None else _text(found.nomination)
    if _named_in(found.payload) != (found.program, nomination):
        audit.add(found.program, where, Words("事件的索引列与内容不符", "the event's columns contradict its payload"))


def _named_in(payload: bytes) -> tuple[object, object]:
    """Return the program and the nomination that a payload names; nothing where it is no event at all."""
    try:
        stated = json.loads(payload)
    except ValueError:
        return None, None
    return (stated.get("program"), stated.get("nomination")) if isinstance(stated, dict) else (None, None)


def _text(raw: bytes) -> str:
    return bytes(raw).decode(errors="replace")


def _events(connection: Connection, program_id: str | None) -> Iterator[_Event]:
    raw = _raw_bytes(connection)
    query = select(
        raw(event.c.program_id), event.c.position, raw(event.c.nomination), raw(event.c.payload), raw(event.c.digest)
    ).order_by(event.c.program_id, event.c.position)
    if program_id is not None:
        query = query.where(event.c.program_id == program_id)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for program, position, *rest in rows:
            yield _Event(_text(program), position, *rest)


def _links(connection: Connection, program_id: str | None) -> dict[str, list[_Link]]:
    raw = _raw_bytes(connection)
    query = select(
        raw(link.c.program_id), link.c.sequence, link.c.first_position, link.c.last_position, raw(link.c.digest)
    ).order_by(link.c.program_id, link.c.sequence)
    if program_id is not None:
        query = query.where(link.c.program_id == program_id)
    found: dict[str, list[_Link]] = {}
    for program, *rest in connection.execute(query):
        found.setdefault(_text(program), []).append(_Link(*rest))
    return found


def _installation_events(connection: Connection) -> Iterator[_Event]:
    raw, of = _raw_bytes(connection), installation_event.c
    query = select(of.position, raw(of.payload), raw(of.digest)).order_by(of.position)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        for position, payload, digest in rows:
            yield _Event(INSTALLATION, position, None, payload, digest)


def _installation_links(connection: Connection) -> list[_Link]:
    raw, of = _raw_bytes(connection), installation_link.c
    query = select(of.sequence, of.first_position, of.last_position, raw(of.digest)).order_by(of.sequence)
    return [_Link(*row) for row in connection.execute(query)]


def _raw_bytes(connection: Connection) -> Callable[[Column[Any]], ColumnElement[bytes]]:
    """Return how this database hands out a text column undecoded."""
    if connection.dialect.name == "postgresql":
        return lambda column: func.convert_to(column, "UTF8", type_=LargeBinary)
    return lambda column: cast(column, LargeBinary)
