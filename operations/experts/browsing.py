"""The pool of experts as those look through it who keep it or oversee: a page at a time, by name."""

from dataclasses import dataclass

from sqlalchemy import select

from operations.actors import Actor
from operations.authority import Authority
from operations.desk import Desk
from operations.experts.pool import Expert, expert_of
from operations.experts.records import fields_of, ties_of
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import UnknownError
from programs import Words
from store import tables as t

#: So many are shown at once.
MOST = 100


@dataclass(frozen=True, slots=True)
class Sought:
    """Who of the pool is asked for: of one field, whose name or employer begins so, and behind one name.

    `retired` has those in it who left the pool.
    """

    field: str = ""
    begins: str = ""
    retired: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class PoolPage:
    """Some of the pool, by name. `fields` are all that anybody in it knows; behind the name `after` it goes on.

    `keeps`: the reader changes it, and does not only look.
    """

    experts: tuple[Expert, ...]
    fields: tuple[str, ...]
    after: str | None
    keeps: bool


def pool_seen(desk: Desk, actor: Actor, sought: Sought = Sought(), *, most: int = MOST) -> PoolPage:
    """Return whom somebody asks for, at most so many at once; who was made up for a rehearsal is not in it.

    Raises `UnknownError` for who neither keeps the pool nor oversees it.
    """
    of = t.expert.c
    query = select(t.expert).where(of.program_id.is_(None), of.name > sought.after).order_by(of.name).limit(most + 1)
    if not sought.retired:
        query = query.where(of.retired_at.is_(None))
    if sought.field:
        query = query.where(of.id.in_(select(t.expert_field.c.expert_id).where(t.expert_field.c.field == sought.field)))
    if sought.begins:
        query = query.where(
            of.name.startswith(sought.begins, autoescape=True) | of.employer.startswith(sought.begins, autoescape=True)
        )
    with desk.store.read() as connection:
        authority = Authority(connection, actor)
        if authority.refuses(Deed.SEE_POOL, Matter()):
            raise UnknownError(Words("没有这个页面", "there is no such page"))
        rows = connection.execute(query).all()
        shown = rows[:most]
        fields, ties = fields_of(connection, [row.id for row in shown]), ties_of(connection, [row.id for row in shown])
        known = select(t.expert_field.c.field).distinct().order_by(t.expert_field.c.field)
        return PoolPage(
            tuple(expert_of(row, fields[row.id], ties[row.id]) for row in shown),
            tuple(connection.execute(known).scalars()),
            shown[-1].name if len(rows) > most else None,
            authority.refuses(Deed.KEEP_EXPERT, Matter()) is None,
        )
