"""The pool of experts, which serves every program: who is in it, in which fields, for which term, with which ties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from notifications.kinds import ChannelKind, shown_address
from operations.actors import Actor, Role
from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk
from operations.experts.records import POOL, DeclaredTie, expert_named, fields_of, find_expert, ties_of
from operations.jurisdictions import Matter
from operations.organizations import mail_address, named
from operations.policy import Deed
from operations.results import Denied, MisstatedError, NothingHereError
from programs import Words
from programs.panels import TIES
from states import Refusal
from states.recusals import Tie
from store import INSTALLATION, Transaction, hold
from store import tables as t


@dataclass(frozen=True, slots=True)
class ExpertDraft:
    """An expert as the pool is told of them. Of the birthday only the year; both days of the term are included."""

    name: str
    employer: str
    fields: tuple[str, ...] = ()
    title: str | None = None
    born: int | None = None
    mail: str | None = None
    term_from: date | None = None
    term_until: date | None = None


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert of the pool."""

    id: int
    draft: ExpertDraft
    retired_at: datetime | None
    ties: tuple[DeclaredTie, ...]


def add_expert(desk: Desk, draft: ExpertDraft, act: Act, *, rehearsal: str | None = None) -> int | Denied:
    """Take somebody into the pool; returns their number there. `rehearsal` is the program that has made them up.

    Raises `MisstatedError` for what is no name, or no mail address.
    """
    with desk.store.write() as transaction:
        hold(transaction.connection, [POOL])
        if refusal := _may_not_keep(transaction.connection, act, rehearsal):
            return Denied((refusal,))
        return added(transaction, draft, act, rehearsal=rehearsal)


def added(transaction: Transaction, draft: ExpertDraft, act: Act, *, rehearsal: str | None = None) -> int | Denied:
    """Take somebody into the pool, whose matter the caller holds and has asked the policy for."""
    connection = transaction.connection
    draft = _settled(draft)
    refusal = unfit(draft) or _known_already(connection, draft.name)
    if refusal:
        return Denied((refusal,))
    values = {**_columns(draft), "program_id": rehearsal, "added_at": act.now}
    number: int = connection.execute(insert(t.expert).values(values).returning(t.expert.c.id)).scalar_one()
    _set_fields(connection, number, draft.fields)
    transaction.record(rehearsal or INSTALLATION, "expert.added", expert=number, **_told(draft), **act.signature())
    return number


def change_expert(desk: Desk, name: str, changes: Mapping[str, Any], act: Act) -> Expert | Denied:
    """Change what the pool has of somebody, by the fields of a draft; the name stays.

    Ties, assignments and pledges stay as they are. Raises `UnknownError` for somebody who is not in the pool.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [POOL])
        if refusal := refuses(connection, act.actor, Deed.KEEP_EXPERT, Matter(expert=name)):
            return Denied((refusal,))
        row = find_expert(connection, name)
        before = _draft_of(row, fields_of(connection, [row.id])[row.id])
        after = _settled(replace(before, **changes))
        if refusal := unfit(after):
            return Denied((refusal,))
        if after != before:
            connection.execute(update(t.expert).where(t.expert.c.id == row.id).values(_columns(after)))
            _set_fields(connection, row.id, after.fields)
            transaction.record(INSTALLATION, "expert.changed", expert=row.id, **_told(after), **act.signature())
        return expert_of(find_expert(connection, name), after.fields, ties_of(connection, [row.id])[row.id])


def retire_expert(desk: Desk, name: str, act: Act) -> Denied | None:
    """Take somebody out of the pool, so that nobody draws them; what they are on stays. Again is no change.

    Raises `UnknownError` for somebody who is not in the pool.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [POOL])
        refusal = refuses(connection, act.actor, Deed.KEEP_EXPERT, Matter(expert=name))
        refusal = refusal or reason_missing(act)
        if refusal:
            return Denied((refusal,))
        row = find_expert(connection, name)
        if row.retired_at is None:
            connection.execute(update(t.expert).where(t.expert.c.id == row.id).values(retired_at=act.now))
            transaction.record(INSTALLATION, "expert.retired", expert=row.id, name=name, **act.signature())
    return None


def declare_tie(desk: Desk, name: str, tie: Tie, act: Act) -> int | Denied:
    """Record what ties an expert to a unit, a person or a body; returns its number, the old one of what is known.

    Raises `UnknownError` for somebody who is not in the pool, `MisstatedError` for what is no tie.
    """
    if tie.ground not in TIES:
        raise MisstatedError(Words("“其他情形”请逐件申请回避", "state other grounds of one nomination, with recuse"))
    tie = replace(tie, subject=named(tie.subject), unit=named(tie.unit) if tie.unit else None)
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [POOL])
        if refusal := _may_not_declare(connection, act, name) or _reads_blind(desk, connection, act, name):
            return Denied((refusal,))
        row = find_expert(connection, name)
        known = next((one for one in ties_of(connection, [row.id])[row.id] if one.tie == tie), None)
        if known:
            return known.id
        values = {
            "expert_id": row.id,
            "ground": tie.ground.value,
            "subject": tie.subject,
            "unit": tie.unit,
            "until": tie.until,
            "declared_by": act.actor.name,
            "declared_at": act.now,
        }
        number: int = connection.execute(insert(t.expert_tie).values(values).returning(t.expert_tie.c.id)).scalar_one()
        transaction.record(
            INSTALLATION,
            "tie.declared",
            expert=row.id,
            name=name,
            tie=number,
            ground=tie.ground.value,
            subject=tie.subject,
            unit=tie.unit,
            until=tie.until.isoformat() if tie.until else None,
            **act.signature(),
        )
        return number


def withdraw_tie(desk: Desk, name: str, tie: int, act: Act) -> Denied | None:
    """Take a tie back that is none, with the reason; recusals that it has led to stay.

    Raises `UnknownError` where the expert has no such tie.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [POOL])
        refusal = _may_not_declare(connection, act, name) or reason_missing(act)
        refusal = refusal or _reads_blind(desk, connection, act, name)
        if refusal:
            return Denied((refusal,))
        row = find_expert(connection, name)
        if tie not in {one.id for one in ties_of(connection, [row.id])[row.id]}:
            raise NothingHereError(
                Words("{name}没有第 {tie} 号利害关系", "{name} has no tie {tie}").format(name=name, tie=tie)
            )
        connection.execute(update(t.expert_tie).where(t.expert_tie.c.id == tie).values(withdrawn_at=act.now))
        transaction.record(INSTALLATION, "tie.withdrawn", expert=row.id, name=name, tie=tie, **act.signature())
    return None


def is_in_the_pool(desk: Desk, actor: Actor) -> bool:
    """Whether somebody acts as an expert of the pool, and so may declare what ties them."""
    with desk.store.read() as connection:
        return actor.role is Role.EXPERT and expert_named(connection, actor.name) is not None


def list_experts(desk: Desk, *, field: str | None = None, everybody: bool = False) -> list[Expert]:
    """Return the pool by name: those of one field; `everybody` has those in it who were taken out of it too.

    Who was made up for a rehearsal is not in it. To be shown, it is masked (`masked_expert`).
    """
    query = select(t.expert).where(t.expert.c.program_id.is_(None)).order_by(t.expert.c.name)
    if not everybody:
        query = query.where(t.expert.c.retired_at.is_(None))
    with desk.store.read() as connection:
        rows = connection.execute(query).all()
        fields, ties = fields_of(connection, [row.id for row in rows]), ties_of(connection, [row.id for row in rows])
        found = [expert_of(row, fields[row.id], ties[row.id]) for row in rows]
    return [one for one in found if field is None or field in one.draft.fields]


def masked_expert(one: Expert) -> Expert:
    """Return an expert as lists show them: the mailbox masked, no year of birth, of ties their ground and day alone."""
    mail = shown_address(ChannelKind.MAIL, one.draft.mail) if one.draft.mail else None
    ties = tuple(replace(each, tie=replace(each.tie, subject="", unit=None)) for each in one.ties)
    return replace(one, draft=replace(one.draft, born=None, mail=mail), ties=ties)


def refused_keeping(connection: Connection, act: Act) -> Denied | None:
    """Ask the policy once whether somebody may change the pool."""
    refusal = _may_not_keep(connection, act, None)
    return Denied((refusal,)) if refusal else None


def unfit(draft: ExpertDraft) -> Refusal | None:
    """Say what an expert cannot be."""
    if draft.born is not None and not 1900 <= draft.born <= 2100:
        return Refusal(
            "expert-fit",
            Words("出生年 {born} 不对", "nobody is born in {born}").format(born=draft.born),
            Words("请写成四位年份，如 1968", "write the year, such as 1968"),
        )
    if draft.term_from and draft.term_until and draft.term_until < draft.term_from:
        return Refusal(
            "expert-fit",
            Words("聘期截止日早于起始日", "the term ends before it begins"),
            Words("请核对聘期", "check the term"),
        )
    return None


def _may_not_keep(connection: Connection, act: Act, rehearsal: str | None) -> Refusal | None:
    return refuses(connection, act.actor, Deed.KEEP_EXPERT, Matter(program=rehearsal))


def _may_not_declare(connection: Connection, act: Act, name: str) -> Refusal | None:
    return refuses(connection, act.actor, Deed.DECLARE_TIE, Matter(expert=name, own=act.actor.name == name))


def _reads_blind(desk: Desk, connection: Connection, act: Act, name: str) -> Refusal | None:
    """Refuse an expert who reads files of a blind review: which number goes with a name would tell whose it is."""
    if act.actor.name != name or act.actor.role is not Role.EXPERT:
        return None
    seat = t.panel_seat.c
    seated = (
        select(t.panel.c.program_id, t.panel.c.stage)
        .join_from(t.panel_seat, t.panel)
        .join(t.expert, t.expert.c.id == seat.expert_id)
        .where(t.expert.c.name == name, t.panel.c.voided_at.is_(None), seat.pledge.is_not(None))
    )
    for program_id, stage in connection.execute(seated).all():
        program = desk.holding(connection, program_id, stage).program
        panel = program.panels().get(stage)
        if panel and panel.blind:
            return Refusal(
                "declared-before",
                Words("您已开始盲评“{name}”", "you read the files of a blind review, {stage}").format(
                    name=program.stage(stage).name, stage=stage
                ),
                Words(
                    "盲评的利害关系须在签署承诺前申报；现在请告知主办单位，由管理员登记，或对该编号申请回避",
                    "ties are declared before the pledge; now tell the office, or step back from that number",
                ),
                panel.clause,
            )
    return None


def _settled(draft: ExpertDraft) -> ExpertDraft:
    """Return a draft as it is kept."""
    name = named(draft.name)
    if ":" in name:
        raise MisstatedError(Words("姓名不能含有冒号", "a person's name must have no colon"))
    return replace(
        draft,
        name=name,
        employer=named(draft.employer),
        fields=tuple(sorted({named(field) for field in draft.fields})),
        title=named(draft.title) if draft.title else None,
        mail=mail_address(draft.mail) if draft.mail else None,
    )


def _columns(draft: ExpertDraft) -> dict[str, Any]:
    names = ("name", "employer", "title", "born", "mail", "term_from", "term_until")
    return {name: getattr(draft, name) for name in names}


def _told(draft: ExpertDraft) -> dict[str, Any]:
    """Return what an event says of an expert: what decides on draws and recusals. An address decides nothing."""
    return {
        "name": draft.name,
        "employer": draft.employer,
        "fields": list(draft.fields),
        "title": draft.title,
        "born": draft.born,
        "term_from": draft.term_from.isoformat() if draft.term_from else None,
        "term_until": draft.term_until.isoformat() if draft.term_until else None,
    }


def _set_fields(connection: Connection, number: int, fields: Iterable[str]) -> None:
    connection.execute(delete(t.expert_field).where(t.expert_field.c.expert_id == number))
    rows = [{"expert_id": number, "field": field} for field in fields]
    if rows:
        connection.execute(insert(t.expert_field), rows)


def _draft_of(row: Row[Any], fields: tuple[str, ...]) -> ExpertDraft:
    return ExpertDraft(row.name, row.employer, fields, row.title, row.born, row.mail, row.term_from, row.term_until)


def expert_of(row: Row[Any], fields: tuple[str, ...], ties: Iterable[DeclaredTie]) -> Expert:
    """Return an expert of the pool, as its row has them and with what was declared."""
    return Expert(row.id, _draft_of(row, fields), row.retired_at, tuple(ties))


def _known_already(connection: Connection, name: str) -> Refusal | None:
    if expert_named(connection, name) is None:
        return None
    return Refusal(
        "expert-new",
        Words("专家库里已有“{name}”", "{name} is in the pool already").format(name=name),
        Words(
            "有误的请更正（linxuan expert change {name}）；同名的另一人请写成可以区分的姓名",
            "correct what is wrong (linxuan expert change {name}); write a namesake so that they can be told apart",
        ).format(name=name),
    )
