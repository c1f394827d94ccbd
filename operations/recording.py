"""Recording by hand what the product cannot know of people's pasts: honors of earlier years, subsidies, bans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from deadlines.zone import day_end, midnight, shanghai_day
from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.nominate import is_identity_number
from operations.pasts import matter_of_past, named_owner
from operations.policy import Deed
from operations.results import Denied, UnknownError
from programs import Words
from states import Refusal
from store import INSTALLATION, Transaction, hold
from store import tables as t


class PastKind(StrEnum):
    """What there can be in a past."""

    HONOR = "honor"
    STUDIO = "studio"
    SUBSIDY = "subsidy"
    BAN = "ban"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    PastKind.HONOR: Words("称号", "honor"),
    PastKind.STUDIO: Words("工作室", "studio"),
    PastKind.SUBSIDY: Words("补助", "subsidy"),
    PastKind.BAN: Words("禁报", "ban"),
}


@dataclass(frozen=True, slots=True)
class PastDraft:
    """Something to be recorded. `name` is that of the honor, studio or subsidy; of a ban, why.

    `since` and `until` are days in Shanghai, both included. A unit is its own `holder` and `unit`. A person whose
    identity number is not given is known by name and unit, which bars nobody by itself.
    """

    kind: PastKind
    name: str
    holder: str
    unit: str
    since: date
    source: str
    identity: str | None = None
    until: date | None = None

    @property
    def owner_by_name(self) -> str | None:
        """Who owns the past where no identity number is given: a unit itself, or nobody who is known for sure."""
        return named_owner(self.holder) if self.holder == self.unit else None


@dataclass(frozen=True, slots=True)
class Past:
    """Something in a past. `number` is that of the nomination that brought it, `source` says who recorded it from what.

    Without `since`, its holder is chosen and not honored yet. `known` says whether the person is known by number.
    """

    id: int
    kind: PastKind
    name: str
    holder: str
    unit: str
    since: datetime | None
    ended_at: datetime | None
    number: str | None
    source: str
    known: bool


def list_pasts(
    desk: Desk, *, name: str | None = None, holder: str | None = None, kind: PastKind | None = None
) -> Iterator[Past]:
    """Yield what is known of pasts, the newest first; of one honor, of one holder, of one kind."""
    of = t.past.c
    query = select(t.past, t.nomination.c.number).join_from(t.past, t.nomination, isouter=True)
    for column, value in ((of.name, name), (of.holder, holder), (of.kind, kind)):
        query = query.where(column == value) if value is not None else query
    with desk.store.read() as connection:
        for row in connection.execution_options(yield_per=500).execute(query.order_by(of.since.desc(), of.id.desc())):
            yield Past(
                row.id,
                PastKind(row.kind),
                row.name,
                row.holder,
                row.unit,
                row.since,
                row.ended_at,
                row.number,
                row.source,
                row.owner is not None,
            )


def record_past(desk: Desk, draft: PastDraft, act: Act) -> int | Denied:
    """Record it; returns its id. The event names the person, never the identity number."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        refusal = refuses(connection, act.actor, Deed.RECORD_PAST, Matter()) or _unfit(draft, act)
        if refusal:
            return Denied((refusal,))
        identity = draft.identity.strip().upper() if draft.identity else None
        vault = desk.sealing(connection) if identity else None
        owner = vault.fingerprint(identity) if vault and identity else draft.owner_by_name
        # Somebody may be choosing them at this moment: one waits for the other.
        hold(connection, [matter_of_past(owner or draft.holder)])
        if refusal := _recorded_before(connection, draft, owner):
            return Denied((refusal,))
        values = {
            "kind": draft.kind.value,
            "name": draft.name,
            "holder": draft.holder,
            "unit": draft.unit,
            "identity": vault.seal(identity) if vault and identity else None,
            "owner": owner,
            "since": midnight(draft.since),
            "ended_at": day_end(draft.until) if draft.until else None,
            "source": draft.source,
        }
        number: int = connection.execute(insert(t.past).values(values).returning(t.past.c.id)).scalar_one()
        transaction.record(
            INSTALLATION,
            "past.recorded",
            past=number,
            of=draft.kind.value,
            name=draft.name,
            holder=draft.holder,
            unit=draft.unit,
            since=draft.since.isoformat(),
            until=draft.until.isoformat() if draft.until else None,
            source=draft.source,
            known=owner is not None,
            **act.signature(),
        )
        return number


def end_past(desk: Desk, past_id: int, act: Act) -> Denied | None:
    """End what goes on: a studio that is given up, a ban that is lifted. Raises `UnknownError` for none such."""
    with desk.store.write() as transaction:
        row, refused = _by_hand(transaction, past_id, act)
        if refused:
            return refused
        if row.ended_at is not None and row.ended_at <= act.now:
            return Denied((_ended_already(row),))
        transaction.connection.execute(update(t.past).where(t.past.c.id == past_id).values(ended_at=act.now))
        transaction.record(INSTALLATION, "past.ended", past=past_id, **_about(row), **act.signature())
    return None


def remove_past(desk: Desk, past_id: int, act: Act) -> Denied | None:
    """Remove what was recorded wrongly; the history keeps it. Raises `UnknownError` for none such."""
    with desk.store.write() as transaction:
        row, refused = _by_hand(transaction, past_id, act)
        if refused:
            return refused
        transaction.connection.execute(delete(t.past).where(t.past.c.id == past_id))
        transaction.record(INSTALLATION, "past.removed", past=past_id, **_about(row), **act.signature())
    return None


def _by_hand(transaction: Transaction, past_id: int, act: Act) -> tuple[Row[Any], Denied | None]:
    """Return a row that somebody recorded, held for this transaction, or why it is not changed by hand."""
    connection = transaction.connection
    row = connection.execute(select(t.past).where(t.past.c.id == past_id).with_for_update()).one_or_none()
    if row is None:
        raise UnknownError(
            Words(
                "没有第 {id} 号既往记录；用 linxuan past list 查看", "there is no past {id}; see linxuan past list"
            ).format(id=past_id)
        )
    refusal = refuses(connection, act.actor, Deed.RECORD_PAST, Matter())
    if refusal is None and row.nomination_id is not None:
        refusal = _from_a_nomination(connection, row)
    refusal = refusal or reason_missing(act)
    return row, Denied((refusal,)) if refusal else None


def _about(row: Row[Any]) -> Mapping[str, str]:
    return {"of": row.kind, "name": row.name, "holder": row.holder, "unit": row.unit}


def _unfit(draft: PastDraft, act: Act) -> Refusal | None:
    today = shanghai_day(act.now)
    wrong = [
        (
            not draft.source.strip(),
            Words("没有写明依据", "no source is given"),
            Words("请用 --source 写明文号等", "use --source"),
        ),
        (
            draft.identity is not None and not is_identity_number(draft.identity),
            Words("身份证号码校验不符", "the identity number fails its check digit"),
            Words("请核对 18 位号码", "check the 18 characters"),
        ),
        (
            draft.since > today,
            Words("{day} 还没有到", "{day} is still to come").format(day=draft.since),
            Words("只登记已经发生的事", "record what has happened"),
        ),
        (
            draft.until is not None and draft.until < draft.since,
            Words("截止日早于起始日", "it ends before it begins"),
            Words("请核对 --since 和 --until", "check --since and --until"),
        ),
    ]
    return next((Refusal("past-fit", reason, remedy) for is_wrong, reason, remedy in wrong if is_wrong), None)


def _recorded_before(connection: Connection, draft: PastDraft, owner: str | None) -> Refusal | None:
    of = t.past.c
    mine = of.owner == owner if owner else of.owner.is_(None) & (of.holder == draft.holder) & (of.unit == draft.unit)
    begins, ends = midnight(draft.since), day_end(draft.until) if draft.until else None
    overlaps = [or_(of.ended_at.is_(None), of.ended_at > begins)]
    if ends is not None:
        overlaps.append(or_(of.since.is_(None), of.since < ends))
    same = (of.kind == draft.kind.value, of.name == draft.name, mine)
    found = connection.execute(select(func.min(of.id)).where(*same, *overlaps)).scalar()
    if found is None:
        return None
    return Refusal(
        "recorded-once",
        Words("已有这条记录，第 {id} 号", "it is recorded already, as {id}").format(id=found),
        Words("请核对；登记有误的先 linxuan past remove", "check it; remove what is wrong first"),
    )


def _ended_already(row: Row[Any]) -> Refusal:
    return Refusal(
        "past-goes-on",
        Words("已于 {day} 终止", "it has ended on {day}").format(day=shanghai_day(row.ended_at)),
        Words("无须再办", "there is nothing to do"),
    )


def _from_a_nomination(connection: Connection, row: Row[Any]) -> Refusal:
    number = connection.execute(
        select(t.nomination.c.number).where(t.nomination.c.id == row.nomination_id)
    ).scalar_one()
    return Refusal(
        "recorded-by-hand",
        Words("这条记录来自申报 {number}", "it comes from the nomination {number}").format(number=number),
        Words("请在该申报上办理（如撤销称号）", "act on that nomination, for instance revoke the honor"),
    )
