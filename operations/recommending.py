"""推荐排序: in which order a nominator recommends those whom it nominated, kept and looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from operations.actors import Actor
from operations.acts import Act
from operations.authority import Authority, refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed, grants
from operations.results import Denied, UnknownError
from operations.seeing import seeing_as
from programs import Program, Words
from states import End, Refusal
from store import hold
from store import tables as t

#: Ends of those whom nobody lists any more.
GONE: Final = (End.WITHDRAWN, End.LAPSED)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The nominations of a nominator in the order in which it recommends them, the best first."""

    nominator: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nominator:
    """Somebody who recommends in a program: how many nominations it has that stand or have been decided."""

    name: str
    count: int
    ranked: bool


@dataclass(frozen=True, slots=True)
class Recommended:
    """One of a nominator's nominations at its place, as registers tell it, and where it stands."""

    place: int
    number: str
    nominee: str
    unit: str
    standing: Words


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Whom a nominator recommends, the best first; who withdrew or lapsed is left out.

    `hidden` are so many that the reader is recused from. `refusal` says why they do not change the order.
    """

    program: Program
    nominator: str
    found: tuple[Recommended, ...]
    hidden: int
    refusal: Refusal | None


def nominators_seen(desk: Desk, program_id: str, actor: Actor, now: datetime) -> tuple[Program, tuple[Nominator, ...]]:
    """Return the nominators of a program whose order somebody is shown, by their names.

    Raises `UnknownError` for a program that is not theirs to know.
    """
    with desk.store.read() as connection:
        program = seeing_as(desk, connection, actor, now).program(program_id).program
        of, authority = t.nomination.c, Authority(connection, actor)
        counted = (
            select(of.nominator, func.count(), func.count(t.recommended.c.place))
            .join_from(t.nomination, t.recommended, isouter=True)
            .where(of.program_id == program_id, of.stage.not_in(GONE))
            .group_by(of.nominator)
            .order_by(of.nominator)
        )
        found = connection.execute(counted).all()
        authority.tree.learn(name for name, _, _ in found)
        return program, tuple(
            Nominator(name, count, ranked > 0) for name, count, ranked in found if sees_order(authority, program, name)
        )


def recommendation_of(desk: Desk, program_id: str, nominator: str, actor: Actor, now: datetime) -> Recommendation:
    """Return whom a nominator recommends; raises `UnknownError` for what is not there, or not the reader's to see."""
    with desk.store.read() as connection:
        seeing = seeing_as(desk, connection, actor, now)
        running, authority = seeing.program(program_id), Authority(connection, actor)
        of = t.nomination.c
        mine = select(t.nomination).where(of.program_id == program_id, of.nominator == nominator)
        rows = connection.execute(mine.where(of.stage.not_in(GONE))).all()
        if not rows or not sees_order(authority, running.program, nominator):
            raise UnknownError(Words("没有这一推荐单位", "there is no such nominator"))
        places = places_of(connection, program_id, nominator)
        seen = sorted(seeing.visible(rows), key=lambda row: places[row.number])
        return Recommendation(
            program=running.program,
            nominator=nominator,
            found=tuple(
                Recommended(
                    places[row.number],
                    row.number,
                    row.nominee,
                    row.unit,
                    seeing.version(row).pipeline.standings[row.stage].name,
                )
                for row in seen
            ),
            hidden=len(rows) - len(seen),
            refusal=authority.refuses(Deed.ORDER, _matter(running.program, nominator)),
        )


def has_register(actor: Actor) -> bool:
    """Whether registers are for somebody's role: who is shown the order of some nominator, if it is in their tree."""
    return actor.role in grants(Deed.SEE_ORDER)


def sees_order(authority: Authority, program: Program, nominator: str) -> bool:
    """Whether somebody is shown in which order a nominator recommends."""
    return authority.would_refuse(Deed.SEE_ORDER, _matter(program, nominator)) is None


def _matter(program: Program, nominator: str) -> Matter:
    """Return a nominator's order as the policy looks at it: it is the nominator's own, wherever nominations are."""
    return Matter(program.id, program.office, nominator, None, nominator)


def order(desk: Desk, program_id: str, nominator: str, numbers: Sequence[str], act: Act) -> Ordered | Denied:
    """Keep the order of a nominator's nominations, in the place of an earlier one.

    Those that are not named follow in the order of their numbers. Raises `UnknownError` for an unknown program, and for
    a number that is none of this nominator's, or is named twice.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        if refusal := refuses(connection, act.actor, Deed.ORDER, _matter(running.program, nominator)):
            return Denied((refusal,))
        hold(connection, [("recommended", program_id, nominator)])
        ids = _nominated(connection, program_id, nominator)
        if wrong := [number for number in numbers if number not in ids]:
            raise UnknownError(
                Words("不是“{name}”推荐的：{numbers}", "not nominated by {name}: {numbers}").format(
                    name=nominator, numbers="、".join(wrong)
                )
            )
        if len(set(numbers)) != len(numbers):
            raise UnknownError(Words("有编号写了两次，请只留一次", "a number is named twice"))
        of = t.nomination.c
        mine = select(of.id).where(of.program_id == program_id, of.nominator == nominator)
        connection.execute(delete(t.recommended).where(t.recommended.c.nomination_id.in_(mine)))
        if numbers:
            rows = [{"nomination_id": ids[number], "place": place} for place, number in enumerate(numbers, 1)]
            connection.execute(insert(t.recommended), rows)
        transaction.record(
            program_id, "nominees.ordered", nominator=nominator, nominations=list(numbers), **act.signature()
        )
        return Ordered(nominator, tuple(places_of(connection, program_id, nominator)))


def places_of(connection: Connection, program_id: str, nominator: str) -> Mapping[str, int]:
    """Return the place of each nomination of a nominator, by number, the first in front."""
    of, place = t.nomination.c, t.recommended.c.place
    query = (
        select(of.number)
        .join_from(t.nomination, t.recommended, isouter=True)
        .where(of.program_id == program_id, of.nominator == nominator)
        .order_by(place.is_(None), place, of.number)
    )
    return {number: at for at, number in enumerate(connection.execute(query).scalars(), 1)}


def _nominated(connection: Connection, program_id: str, nominator: str) -> dict[str, int]:
    of = t.nomination.c
    query = select(of.number, of.id).where(of.program_id == program_id, of.nominator == nominator)
    return {row.number: row.id for row in connection.execute(query)}
