"""The pool of experts as those look through it who keep it or oversee: a page at a time, by name.

Lists mask what concerns the expert alone: mailboxes, the year of birth, and who their relatives are and where these
work. One expert is shown in full for a reason, as a nominee's own data is, and that somebody looked is an event.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from operations.actors import Actor
from operations.acts import Act
from operations.addresses import in_full
from operations.authority import Authority
from operations.desk import Desk
from operations.experts.pool import Expert, ExpertDraft, expert_of, masked_expert
from operations.experts.records import DeclaredTie, fields_of, find_expert, ties_of
from operations.jurisdictions import Matter
from operations.personal import no_reason
from operations.policy import Deed
from operations.results import Denied, nothing_there
from programs.panels import Ground
from store import INSTALLATION
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
class Pooled:
    """An expert as lists show them: the mailbox masked, no year of birth, and of ties how many of each ground."""

    draft: ExpertDraft
    retired_at: datetime | None
    ties: Mapping[Ground, int]


@dataclass(frozen=True, slots=True)
class InFull:
    """An expert with what lists mask. `addresses` are those beside the mailbox, by number.

    Who oversees the pool and does not keep it is told the ties alone, by which people are recused: `draft` has no year
    of birth and no mailbox then.
    """

    draft: ExpertDraft = field(repr=False)
    ties: tuple[DeclaredTie, ...] = field(repr=False)
    addresses: Mapping[int, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PoolPage:
    """Some of the pool, by name. `fields` are all that anybody in it knows; behind the name `after` it goes on.

    `keeps`: the reader changes it, and does not only look. `lost`: nobody of the pool has the name that it was to begin
    behind.
    """

    experts: tuple[Pooled, ...]
    fields: tuple[str, ...]
    after: str | None
    keeps: bool
    lost: bool = False


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
            raise nothing_there()
        behind = select(of.id).where(of.program_id.is_(None), of.name == sought.after)
        lost = bool(sought.after) and connection.execute(behind).first() is None
        rows = connection.execute(query).all()
        shown = rows[:most]
        fields, ties = fields_of(connection, [row.id for row in shown]), ties_of(connection, [row.id for row in shown])
        known = select(t.expert_field.c.field).distinct().order_by(t.expert_field.c.field)
        return PoolPage(
            tuple(_pooled(expert_of(row, fields[row.id], ties[row.id])) for row in shown),
            tuple(connection.execute(known).scalars()),
            shown[-1].name if len(rows) > most else None,
            authority.refuses(Deed.KEEP_EXPERT, Matter()) is None,
            lost,
        )


def reveal_expert(desk: Desk, name: str, act: Act) -> InFull | Denied:
    """Return what lists mask of somebody of the pool. That somebody has seen it is an event, with their reason.

    Raises `UnknownError` for somebody who is not in the pool.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        authority = Authority(connection, act.actor)
        refusal = authority.refuses(Deed.SEE_POOL, Matter(expert=name))
        if refusal is None and not act.reason.strip():
            refusal = no_reason()
        if refusal:
            return Denied((refusal,))
        row = find_expert(connection, name)
        expert = expert_of(row, fields_of(connection, [row.id])[row.id], ties_of(connection, [row.id])[row.id])
        keeps = authority.refuses(Deed.KEEP_EXPERT, Matter(expert=name)) is None
        kinds = ["addresses", "born", "ties"] if keeps else ["ties"]
        transaction.record(INSTALLATION, "expert.seen", expert=row.id, name=name, kinds=kinds, **act.signature())
        if keeps:
            return InFull(expert.draft, expert.ties, in_full(desk, connection, name))
        return InFull(replace(expert.draft, born=None, mail=None), expert.ties, {})


def _pooled(one: Expert) -> Pooled:
    masked = masked_expert(one)
    return Pooled(masked.draft, one.retired_at, Counter(each.tie.ground for each in one.ties))
