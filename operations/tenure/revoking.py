"""取消称号: the ground, who approved it, and what follows: money to recover, the certificate, a time without awards."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from deadlines.zone import last_day_before
from operations.acts import Act, reason_missing
from operations.desk import Desk, Running
from operations.leaving import leave_ban
from operations.move import move_many
from operations.policy import Deed
from operations.results import Denied, Moved
from operations.tenure.money import yuan
from operations.tenure.opening import Held, hold_term
from operations.tenure.state import Term
from operations.tenure.stopping import listed_grounds, named_ground
from programs import Program, Words
from states import End, Move, Refusal
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class Revoked:
    """A title was taken away. `paid` is what was paid and not paid back, `to_recover` what of it is to be, in fen.

    `effects` are the program's own words for what follows; `barred_until` the last day without nominations.
    """

    number: str
    ground: str
    approved_by: str | None
    effects: tuple[str, ...]
    paid: int
    to_recover: int
    barred_until: date | None
    moved: Moved


def revoke(  # noqa: PLR0913 - what a revocation rests on, each by name
    desk: Desk,
    number: str,
    ground: str,
    act: Act,
    *,
    approval: str = "",
    to_recover: int | None = None,
    despite_rectification: bool = False,
) -> Revoked | Denied:
    """Take a title away, for a ground of the program's, on the approval of the body that must approve it.

    `approval` names its decision. Where money was paid, `to_recover` says how much of it is to be paid back, in fen.
    While a failed assessment may still be made good, it is refused; `despite_rectification`, with the reason, is for
    other grounds than that assessment. Raises `UnknownError`.
    """
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Move.REVOKE, act)
        if isinstance(held, Denied):
            return held
        program, stage = held.running.program, held.term.stage
        known = grounds_of(program, held.term)
        named = _ground(program, known, ground) if known else ground.strip() or None
        paid, still = held.term.paid, held.term.rectified_by(act.now)
        body = stage.revoked_by if stage else None
        refusal = (
            _unfit(held, known, named, approval)
            or (_rectifying(held, still, act, despite=despite_rectification) if still else None)
            or _unsaid(paid, to_recover)
        )
        if refusal or named is None:
            return Denied((refusal,) if refusal else (), number)
        reason = Act(act.actor, act.now, act.reason.strip() or named)
        batch = move_many(desk, transaction, [held.row], Move.REVOKE, reason)
        if batch.denied:
            return batch.denied[0]
        until = enter_revocation(
            transaction,
            held.running,
            held.row,
            held.term,
            named,
            act,
            approval=approval,
            to_recover=to_recover or 0,
            despite=still,
        )
        effects = stage.revocation_effects if stage else ()
        return Revoked(number, named, body, effects, paid, to_recover or 0, until, batch.moved[0])


def enter_revocation(  # noqa: PLR0913 - what is kept of a revocation
    transaction: Transaction,
    running: Running,
    row: Row[Any],
    term: Term,
    ground: str,
    act: Act,
    *,
    approval: str = "",
    to_recover: int = 0,
    despite: datetime | None = None,
) -> date | None:
    """Write down why a title was taken away that a move has taken; returns the last day of the ban that it leaves.

    `despite` is until when an assessment could still have been made good.
    """
    program, stage = running.program, term.stage
    body = stage.revoked_by if stage else None
    values = {"ground": ground, "approved_by": body, "approval": approval.strip() or None, "to_recover": to_recover}
    values |= {"paid": term.paid}
    own = next((one.bars_years for one in program.disqualifications if one.name == ground), None)
    years = max([one for one in (own, stage.revoked_bars_years if stage else None) if one], default=None)
    ban = leave_ban(transaction, program, row, years, ground, act)
    until = ban.until if ban else None
    kept = {"past_id": ban.past if ban else None, "revoked_at": act.now, "revoked_by": act.actor.name}
    transaction.connection.execute(
        insert(t.revocation).values(nomination_id=row.id, **values, **kept, returned_at=None)
    )
    transaction.record(
        program.id,
        "title.revoked",
        nomination=row.number,
        **values,
        effects=list(stage.revocation_effects) if stage else None,
        barred_until=until.isoformat() if until else None,
        despite_rectification=despite.isoformat() if despite else None,
        clause=stage.clause if stage else None,
        **act.signature(),
    )
    return until


def take_certificate_back(desk: Desk, number: str, act: Act) -> Denied | None:
    """Record that the certificate of a title that was taken away came back. Raises `UnknownError`."""
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.CERTIFY, act)
        if isinstance(held, Denied):
            return held
        of, connection = t.revocation.c, transaction.connection
        kept = connection.execute(select(t.revocation).where(of.nomination_id == held.row.id)).one_or_none()
        if kept is None or kept.returned_at is not None:
            return Denied((_nothing_to_return(returned=kept is not None),), number)
        connection.execute(update(t.revocation).where(of.nomination_id == held.row.id).values(returned_at=act.now))
        transaction.record(held.row.program_id, "certificate.returned", nomination=number, **act.signature())
    return None


def grounds_of(program: Program, term: Term) -> tuple[str, ...]:
    """Return why a title can be taken away: what the tenure says, and what disqualifies at any stage."""
    of_tenure = term.stage.revocation_grounds if term.stage else ()
    return tuple(dict.fromkeys((*of_tenure, *(one.name for one in program.disqualifications))))


def _ground(program: Program, known: tuple[str, ...], wanted: str) -> str | None:
    by_id = next((one.name for one in program.disqualifications if one.id == wanted.strip()), None)
    return by_id or named_ground(known, wanted)


def _unfit(held: Held, known: tuple[str, ...], ground: str | None, approval: str) -> Refusal | None:
    stage = held.term.stage
    clause = stage.clause if stage else None
    if held.term.honored_at is None or held.row.stage == End.REVOKED:
        return Refusal(
            "honored",
            Words("{number} 没有称号可以取消", "{number} has no title").format(number=held.row.number),
            Words("发文授予以后才能取消", "only what a document has given is taken away"),
        )
    if ground is None:
        return Refusal(
            "ground-known",
            Words("没有写明通知规定的取消情形", "it is no ground of the notice"),
            Words("可用：{grounds}", "use one of: {grounds}").format(grounds=listed_grounds(known)),
            clause,
        )
    if stage and stage.revoked_by and not approval.strip():
        return Refusal(
            "revocation-approved",
            Words("取消须先经{body}批准", "{body} must approve it first").format(body=stage.revoked_by),
            Words("请用 --approval 写明批准文件或会议纪要", "name its decision with --approval"),
            clause,
        )
    return None


def _rectifying(held: Held, until: datetime, act: Act, *, despite: bool) -> Refusal | None:
    """Refuse to revoke while a failed assessment may be made good, but for another ground that is stated."""
    if despite:
        return reason_missing(act)
    stage = held.term.stage
    return Refusal(
        "rectification-over",
        Words("正在整改，期限 {day}，还没有复核", "it may be made good until {day}, and is not checked yet").format(
            day=last_day_before(until)
        ),
        Words(
            "请待期满，或先登记复核结果（linxuan tenure rectify）；与这次考核无关的情形，请说明与之无关"
            "（--despite-rectification）并写明理由（--reason）",
            "wait, or record the check (linxuan tenure rectify); for a ground that has nothing to do with it say so "
            "(--despite-rectification) with a reason (--reason)",
        ),
        stage.clause if stage else None,
    )


def _unsaid(paid: int, to_recover: int | None) -> Refusal | None:
    if not paid and not to_recover:
        return None
    if to_recover is None:
        return Refusal(
            "recovery-said",
            Words(f"已发放 {yuan(paid)} 元，没有写明追回多少", f"{yuan(paid)} yuan were paid"),
            Words(
                "请用 --recover 写明应追回的金额，不追回的写 0", "say with --recover how much is to be paid back, or 0"
            ),
        )
    if to_recover > paid:
        return Refusal(
            "recovery-said",
            Words(f"已发放 {yuan(paid)} 元，不能追回 {yuan(to_recover)} 元", f"only {yuan(paid)} yuan were paid"),
            Words("请核对金额", "check the amount"),
        )
    return None


def _nothing_to_return(*, returned: bool) -> Refusal:
    return Refusal(
        "certificate-out",
        Words("证书已经收回", "the certificate has come back")
        if returned
        else Words("称号没有取消", "the title was not taken away"),
        Words("无须办理", "there is nothing to do"),
    )
