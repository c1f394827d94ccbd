"""The tamper-evident history: canonical JSON, digests of events, links of a program's chain, and their verification.

`verify` reads rows as raw bytes, so that a changed byte is found even where it no longer makes valid text, and one row
at a time, so that a history of any length is verified in the same memory.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.engine import Connection

from programs import Words
from store.raw import RawEvent, RawHistory, RawLink, RawProgram
from store.tables import installation_link, link

#: What the first link of every program is chained to.
GENESIS = "0" * 64

#: The chain of what belongs to no program: people and organizations. No program can have such an id.
INSTALLATION = "@installation"

_INSTALLATION = RawProgram(INSTALLATION.encode(), tables="installation_")

#: How the one form of an event is punctuated: no white space.
SEPARATORS = (",", ":")

#: How many breaks are named. Whoever has rewritten everything need not be told of a million.
NAMED = 100

#: Is told how many events have been verified, of how many.
Watch = Callable[[int, int], None]
_STRIDE = 1000


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
    """The last link of a program's chain: its sequence, the position of its last event, its digest."""

    program: str
    sequence: int
    events: int
    digest: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What a verification found. `events` and `links` count what was read, `breaks` all that does not agree.

    The first hundred breaks are named in `broken`.
    """

    events: int = 0
    links: int = 0
    heads: tuple[Head, ...] = ()
    broken: tuple[Break, ...] = ()
    breaks: int = 0


def verify(connection: Connection, program_id: str | None = None, *, watch: Watch | None = None) -> Audit:
    """Recompute every digest and every link, of one program or of everything, and name what does not agree.

    A row that nothing vouches for is named as well: an event behind the last link, a gap in the positions, a column
    that contradicts its payload.
    """
    history = RawHistory(connection)
    walk = _Walk(watch, _events_held(connection, program_id) if watch else 0)
    for program in _chains(history) if program_id is None else [_chain_of(program_id)]:
        walk.through(program, history.events(program), history.links(program))
    return walk.audit()


def _chains(history: RawHistory) -> list[RawProgram]:
    return [*history.programs(), _INSTALLATION]


def _chain_of(program_id: str) -> RawProgram:
    return _INSTALLATION if program_id == INSTALLATION else RawProgram(program_id.encode())


def verify_tails(connection: Connection, links: int) -> Audit:
    """Verify the last so many links of every program, taking the link before them for granted."""
    history = RawHistory(connection)
    walk = _Walk(None, 0)
    for program in _chains(history):
        of, own = _links_of(program.name)
        before = connection.execute(
            select(of.sequence, of.last_position, of.digest)
            .where(own)
            .order_by(of.sequence.desc())
            .offset(links)
            .limit(1)
        ).one_or_none()
        sequence, position, digest = before or (0, 0, GENESIS)
        walk.through(
            program,
            history.events(program, position or None),
            history.links(program, sequence or None),
            _Place(sequence, position, digest.encode()),
        )
    return walk.audit()


def compare_heads(connection: Connection, heads: Iterable[Head]) -> Iterator[Break]:
    """Hold the chains against heads that were noted before: one that has grown since agrees, a shorter one does not.

    Only together with `verify` this vouches for the events before those heads.
    """
    for head in heads:
        of, own = _links_of(head.program)
        found = connection.execute(
            select(of.last_position, of.digest).where(own, of.sequence == head.sequence)
        ).one_or_none()
        where = f"{head.program}#{head.sequence}"
        if found is None:
            last = connection.execute(select(func.max(of.sequence)).where(own)).scalar()
            words = Words(
                "链被截短：存证时有 {noted} 环，现在只有 {now} 环",
                "the chain was cut: it had {noted} links when its head was noted, and has {now} now",
            )
            yield Break(head.program, where, words.format(noted=head.sequence, now=last or 0))
        elif (found.last_position, found.digest) != (head.events, head.digest):
            yield Break(head.program, where, Words("链环与存证的链首不符", "the link is not the head that was noted"))


def _links_of(program_id: str) -> tuple[Any, ColumnElement[bool]]:
    """Return the columns of the table that holds a chain's links, and what tells its rows from others."""
    if program_id == INSTALLATION:
        return installation_link.c, true()
    return link.c, link.c.program_id == program_id


def _events_held(connection: Connection, program_id: str | None) -> int:
    """Return how many events the chains hold."""
    of, own = _links_of(program_id) if program_id is not None else (link.c, true())
    each = select(func.max(of.last_position).label("events")).where(own)
    if program_id is None:
        each = each.group_by(of.program_id)
    return int(connection.execute(select(func.coalesce(func.sum(each.subquery().c.events), 0))).scalar_one())


@dataclass(frozen=True, slots=True)
class _Place:
    """Between two links: the sequence and the last position of the link before, and its digest."""

    sequence: int = 0
    position: int = 0
    digest: bytes = GENESIS.encode()


@dataclass(slots=True)
class _Walk:
    """Walks chains from link to link, and keeps what it finds."""

    watch: Watch | None
    expected: int
    events: int = 0
    links: int = 0
    breaks: int = 0
    heads: list[Head] = field(default_factory=list)
    broken: list[Break] = field(default_factory=list)

    def audit(self) -> Audit:
        """Return what was found."""
        return Audit(self.events, self.links, tuple(self.heads), tuple(self.broken), self.breaks)

    def through(
        self, program: RawProgram, events: Iterator[RawEvent], links: Iterator[RawLink], start: _Place | None = None
    ) -> None:
        """Walk one program's events and links side by side, from its first link or from another place."""
        start = start or _Place()
        position, previous, expected = start.position, start.digest, start.sequence
        found: RawLink | None = None
        names = _naming(program.raw)
        pending = next(events, None)
        while pending is not None and pending[0] < 1:
            self.events += 1
            self._add_event(program, pending[0], Words("事件位置应从 1 数起", "the positions count from 1"))
            pending = next(events, None)
        for found in links:
            self.links += 1
            expected += 1
            sequence, first, last, stated = found
            if sequence != expected or first != position + 1 or last < first:
                self._add_link(program, sequence, Words("链环不连续", "the links do not follow on each other"))
            chained = sha256(previous)
            # Most of a verification is this loop; what it finds wrong is looked at again, at leisure.
            while pending is not None and pending[0] <= last:
                at, nomination, payload, said = pending
                digest = sha256(payload or b"").hexdigest().encode()
                chained.update(digest)
                position += 1
                if at != position or digest != said or not names(payload, nomination):
                    self._look_at(program, pending, position)
                    position = at
                self.events += 1
                if self.watch and self.events % _STRIDE == 0:
                    self.watch(self.events, self.expected)
                pending = next(events, None)
            if position < last:
                self._add_event(program, position + 1, _MISSING)
                position = last
            if chained.hexdigest().encode() != stated:
                self._add_link(program, sequence, Words("链环摘要不符", "the link's digest does not agree"))
            # Go on from what is written, so that one break is told once and not at every link behind it.
            previous = stated or b""
        while pending is not None:
            self.events += 1
            self._look_at(program, pending, position + 1)
            position = pending[0]
            self._add_event(program, position, Words("没有链环覆盖此事件", "no link holds this event"))
            pending = next(events, None)
        if found is not None:
            self.heads.append(Head(program.name, found[0], found[2], previous.decode(errors="replace")))

    def _look_at(self, program: RawProgram, found: RawEvent, expected: int) -> None:
        """Hold one event against its place and against itself."""
        position, nomination, payload, stated = found
        if position < expected:
            self._add_event(program, position, Words("事件重复", "the event is there twice"))
        elif position > expected:
            self._add_event(program, expected, _MISSING)
        if event_digest(payload or b"").encode() != stated:
            self._add_event(program, position, Words("事件内容与摘要不符", "the event does not agree with its digest"))
        elif not _naming(program.raw)(payload, nomination):
            words = Words("事件的索引列与内容不符", "the event's columns contradict its payload")
            self._add_event(program, position, words)

    def _add_event(self, program: RawProgram, position: int, words: Words) -> None:
        self._add(program, f"{program.name}/{position}", words)

    def _add_link(self, program: RawProgram, sequence: int, words: Words) -> None:
        self._add(program, f"{program.name}#{sequence}", words)

    def _add(self, program: RawProgram, where: str, words: Words) -> None:
        self.breaks += 1
        if self.breaks <= NAMED:
            self.broken.append(Break(program.name, where, words))


_MISSING = Words("事件缺失", "the event is missing")

_read_value = json.JSONDecoder().raw_decode

#: Whether a payload names the program, and this nomination or none.
_Names = Callable[[bytes | None, bytes | None], bool]


def _naming(program: bytes) -> _Names:
    """Return how to tell whether an event's payload names this program and a nomination; what is no event does not.

    Reading JSON costs more than all the rest, so canonical JSON is searched first: a key that no second brace precedes
    is one of the event's own, and a quotation mark within a text is written otherwise.
    """
    named = b'"program":"' + program + b'"'
    is_plain = b'"' not in program and b"\\" not in program

    def names(payload: bytes | None, nomination: bytes | None) -> bool:
        payload = payload or b""
        place = payload.find(named)
        if is_plain and place > 0 and payload.count(b"{", 0, place) == 1:
            if nomination is None:
                if b'"nomination":' not in payload:
                    return True
            elif (
                payload.find(b'"nomination":"' + nomination + b'"', 0, place) > 0
                and b'"' not in nomination
                and b"\\" not in nomination
            ):
                return True
        return _says(payload, program, nomination)

    return names


def _says(payload: bytes, program: bytes, nomination: bytes | None) -> bool:
    try:
        text = payload.decode()
        stated, end = _read_value(text)
        if end != len(text) or not isinstance(stated, dict):
            return False
        named = None if nomination is None else nomination.decode()
        return stated.get("program") == program.decode() and stated.get("nomination") == named
    except (ValueError, RecursionError):
        return False
