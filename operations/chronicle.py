"""The history as those look into it who run a program, and as those who are for all: chains, their heads, a search."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from operations.actors import Actor, Role
from operations.apart import kept_apart
from operations.audit import Verification, audit
from operations.authority import Authority
from operations.desk import Desk
from operations.discretion import tellable
from operations.overview import Event, each_event
from operations.results import Denied, UnknownError, nothing_there
from operations.seeing import seeing_as
from programs import Program, Words
from states import Refusal
from store import INSTALLATION
from store import tables as t

#: How many events a page has, and how many are looked at to fill one.
PAGE: Final = 50
SCANNED: Final = 5000

#: How many events are verified while somebody waits for the page.
MOST_VERIFIED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain with its head, as it is stored: none of it is verified. Without a program it is of people and places."""

    program: Program | None
    events: int
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in one chain: of one nomination, with a text in what was recorded, from a position back."""

    chain: str = ""
    number: str = ""
    text: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, the newest first. `plain` are events of people and places; `following` is where to go on."""

    events: tuple[Event, ...] = ()
    plain: tuple[Mapping[str, Any], ...] = ()
    following: int | None = None


def audits_everything(connection: Connection, actor: Actor) -> bool:
    """Whether somebody audits everything: a supervisor of all organizations, or an administrator unless kept apart."""
    if actor.organization is not None or Authority(connection, actor).unknown() is not None:
        return False
    return actor.role is Role.SUPERVISOR or (actor.role is Role.ADMINISTRATOR and not kept_apart(connection))


def chains_seen(desk: Desk, actor: Actor, now: datetime) -> list[Chain]:
    """Return the chains that somebody may look into; raises `UnknownError` where there is none."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        of, whole = t.link.c, t.installation_link.c
        found = []
        for running in seeing.programs:
            if not seeing.runs(running):
                continue
            last = connection.execute(
                select(of.sequence, of.last_position, of.digest)
                .where(of.program_id == running.program.id)
                .order_by(of.sequence.desc())
                .limit(1)
            ).one_or_none()
            if last is not None:
                found.append(Chain(running.program, last.last_position, last.sequence, last.digest))
        if audits_everything(connection, actor):
            last = connection.execute(
                select(whole.sequence, whole.last_position, whole.digest).order_by(whole.sequence.desc()).limit(1)
            ).one_or_none()
            if last is not None:
                found.append(Chain(None, last.last_position, last.sequence, last.digest))
    if not found and actor.role not in (Role.ADMINISTRATOR, Role.SUPERVISOR):
        raise _no_page()
    return found


def search(desk: Desk, question: Question, actor: Actor, now: datetime) -> Answer:
    """Return a page of what one chain tells of this; raises `UnknownError` for a chain that is not theirs."""
    if question.chain == INSTALLATION:
        with desk.store.read() as connection:
            if not audits_everything(connection, actor):
                raise _no_page()
            plain, following = _look(connection, question)
        return Answer(plain=tuple(plain), following=following)
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running = seeing.program(question.chain)
        if not seeing.runs(running):
            raise _no_page()
        found, following = _look(connection, question)
        told = tellable(seeing, found, running)
        return Answer(each_event(desk.versions(connection, question.chain), told), following=following)


def verify_all(desk: Desk, actor: Actor) -> Verification | Denied:
    """Verify all chains, and the tables against them; of a large store by command. Raises `UnknownError`."""
    with desk.store.read() as connection:
        if not audits_everything(connection, actor):
            raise _no_page()
        count = connection.execute(select(func.count()).select_from(t.event)).scalar_one()
    if count > MOST_VERIFIED:
        return Denied((_too_many(count),))
    return audit(desk)


def _look(connection: Connection, question: Question) -> tuple[list[Mapping[str, Any]], int | None]:
    """Look back through a chain until a page is full, or enough was looked at."""
    source = t.installation_event if question.chain == INSTALLATION else t.event
    of = source.c
    query = select(of.position, of.payload, of.digest)
    if question.chain != INSTALLATION:
        query = query.where(of.program_id == question.chain)
        query = query.where(of.nomination == question.number) if question.number else query
    query = query.where(of.position < question.before) if question.before else query
    rows: Sequence[Any] = connection.execute(query.order_by(of.position.desc()).limit(SCANNED)).all()
    found: list[Mapping[str, Any]] = []
    for row in rows:
        # What was recorded is canonical JSON, with its text as people write it.
        if question.text in row.payload:
            found.append({**json.loads(row.payload), "position": row.position, "digest": row.digest})
        if len(found) == PAGE:
            return found, row.position
    return found, rows[-1].position if len(rows) == SCANNED else None


def _too_many(count: int) -> Refusal:
    return Refusal(
        "verified-by-command",
        Words("办理记录有 {count} 条，在页面上核验太久", "{count} events take too long to verify on a page").format(
            count=count
        ),
        Words("请用 linxuan audit verify 核验", "verify them with: linxuan audit verify"),
    )


def _no_page() -> UnknownError:
    return nothing_there()
