"""推荐排序: in which order a nominator recommends those whom it nominated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from store import hold
from store import tables as t


@dataclass(frozen=True, slots=True)
class Ordered:
    """The nominations of a nominator in the order in which it recommends them, the best first."""

    nominator: str
    numbers: tuple[str, ...]


def order(desk: Desk, program_id: str, nominator: str, numbers: Sequence[str], act: Act) -> Ordered | Denied:
    """Keep the order of a nominator's nominations, in the place of an earlier one.

    Those that are not named follow in the order of their numbers. Raises `UnknownError` for an unknown program, and for
    a number that is none of this nominator's, or is named twice.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id)
        matter = Matter(program_id, running.program.office, nominator, None, nominator)
        if refusal := refuses(connection, act.actor, Deed.ORDER, matter):
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
