"""Reports of duties and assessments: each once in its period, a failed one made good in time or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, update

from deadlines.duties import Duty, DutyKind, duties
from deadlines.keydates import term_closes
from deadlines.zone import last_day_before, shanghai_day
from operations.acts import Act
from operations.desk import Desk
from operations.materials import Offered
from operations.move import move_many
from operations.policy import Deed
from operations.results import Denied, Moved
from operations.tenure.opening import Held, hold_term, not_honored, plan_next, term_again
from operations.tenure.report_files import keep_reports, read_reports
from operations.tenure.state import Round
from programs import Words
from programs.stages import Tenure
from states import Move, Refusal
from store import Transaction
from store import tables as t


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment was recorded, of a period counted from 1.

    `rectify_by` is the first instant too late to make a failed one good; `moved` is none where it stays where it is.
    """

    number: str
    period: int
    result: str
    passed: bool
    rectify_by: datetime | None
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A report of duties was received for a period; `late` says that it was due before."""

    number: str
    period: int
    late: bool


def assess(desk: Desk, number: str, result: str, act: Act, *, note: str = "") -> Assessed | Denied:
    """Record the assessment that is open, the earliest first; the last result of the program's fails.

    A failed one is to be made good in the time that the program gives, if it does. Raises `UnknownError`.
    """
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Move.ASSESS, act)
        if isinstance(held, Denied):
            return held
        stage = held.term.stage
        refusal = not_honored(held) or _nothing_to_assess(held)
        if refusal or stage is None:
            return Denied((refusal,) if refusal else (), number)
        if result not in stage.results:
            return Denied((_no_such_result(stage, result),), number)
        duty = _next(held, DutyKind.ASSESSMENT, act.now)
        if isinstance(duty, Refusal):
            return Denied((duty,), number)
        passed = result != stage.results[-1]
        reason = act.reason.strip() or note.strip() or (result if passed else "")
        batch = move_many(
            desk, transaction, [held.row], Move.ASSESS if passed else Move.FAIL, Act(act.actor, act.now, reason)
        )
        if batch.denied:
            return batch.denied[0]
        period = held.running.count(stage.rectification, act.now) if stage.rectification and not passed else None
        rectify_by = period.closes if period else None
        _write(desk, transaction, held, act, duty.period, 1, result, note or act.reason, rectify_by, passed=passed)
        return Assessed(number, duty.period, result, passed, rectify_by, batch.moved[0])


def rectify(desk: Desk, number: str, result: str, act: Act, *, note: str = "") -> Assessed | Denied:
    """Record what the check of a rectification has found: a passing result goes on, another failure is to be revoked.

    It is checked once. The failure of somebody who has been making it good since before assessments were kept is of the
    earliest period that is not assessed. Raises `UnknownError`.
    """
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Move.RECTIFY, act)
        if isinstance(held, Denied):
            return held
        stage, last = held.term.stage, held.term.last
        if stage is None or not held.term.is_rectifying:
            return Denied((not_honored(held) or _nothing_to_rectify(number),), number)
        passed, moved = result != stage.results[-1], None
        period = last.period if last else _first_unassessed(held, act.now)
        if refusal := _unfit_check(held, stage, last, result, f"{act.reason}{note}"):
            return Denied((refusal,), number)
        if passed:
            moved = move_many(desk, transaction, [held.row], Move.RECTIFY, act).moved[0]
        _write(desk, transaction, held, act, period, 2, result, note or act.reason, None, passed=passed)
        return Assessed(number, period, result, passed, None, moved)


def receive_report(
    desk: Desk, number: str, act: Act, *, note: str = "", files: Sequence[Offered] = ()
) -> Reported | Denied:
    """Record that the report of duties was received that is open, the earliest first, with its files where there are.

    Raises `UnknownError`.
    """
    read = read_reports(files)
    if isinstance(read, Denied):
        return read
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.REPORT_DUTIES, act)
        if isinstance(held, Denied):
            return held
        if refusal := not_honored(held):
            return Denied((refusal,), number)
        duty = _next(held, DutyKind.REPORT, act.now)
        if isinstance(duty, Refusal):
            return Denied((duty,), number)
        transaction.connection.execute(
            insert(t.duty_report).values(
                nomination_id=held.row.id,
                stage=held.term.key,
                period=duty.period,
                note=note.strip(),
                received_at=act.now,
                received_by=act.actor.name,
            )
        )
        transaction.record(
            held.row.program_id,
            "duties.reported",
            nomination=number,
            stage=held.term.key,
            period=duty.period,
            note=note.strip() or None,
            files=keep_reports(desk, transaction.connection, held.row.id, held.term.key, duty.period, read, act)
            if read
            else None,
            **act.signature(),
        )
        _plan_again(desk, transaction, number, act.now)
        return Reported(number, duty.period, duty.due <= act.now)


def appoint(desk: Desk, number: str, day: date, document: str, act: Act) -> datetime | Denied | None:
    """Begin a term with a letter of appointment; returns the first instant after it. Raises `UnknownError`."""
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.APPOINT, act)
        if isinstance(held, Denied):
            return held
        stage, term = held.term.stage, held.term
        refusal = not_honored(held) or _unfit_appointment(held, day, document, act.now)
        if refusal or stage is None:
            return Denied((refusal,) if refusal else (), number)
        closes = term_closes(day, stage.years) if stage.years else None
        connection, of = transaction.connection, t.nomination.c
        connection.execute(update(t.tenure).where(t.tenure.c.nomination_id == held.row.id).values(begun=day))
        connection.execute(update(t.nomination).where(of.id == held.row.id).values(due_at=closes))
        transaction.record(
            held.row.program_id,
            "term.begun",
            nomination=number,
            stage=term.key,
            begun=day.isoformat(),
            due=closes.isoformat() if closes else None,
            document=document.strip(),
            **act.signature(),
        )
        _plan_again(desk, transaction, number, act.now)
        return closes


def _write(  # noqa: PLR0913, PLR0917 - what is kept of an assessment
    desk: Desk,
    transaction: Transaction,
    held: Held,
    act: Act,
    period: int,
    number: int,
    result: str,
    note: str,
    rectify_by: datetime | None,
    *,
    passed: bool,
) -> None:
    transaction.connection.execute(
        insert(t.assessment).values(
            nomination_id=held.row.id,
            stage=held.term.key,
            period=period,
            round=number,
            result=result,
            passed=passed,
            rectify_by=rectify_by,
            note=note.strip(),
            assessed_at=act.now,
            assessed_by=act.actor.name,
        )
    )
    transaction.record(
        held.row.program_id,
        "tenure.assessed",
        nomination=held.row.number,
        stage=held.term.key,
        period=period,
        round=number,
        result=result,
        passed=passed,
        rectify_by=rectify_by.isoformat() if rectify_by else None,
        clause=held.term.stage.clause if held.term.stage else None,
        **act.signature(),
    )
    _plan_again(desk, transaction, held.row.number, act.now)


def _plan_again(desk: Desk, transaction: Transaction, number: str, now: datetime) -> None:
    row, term = term_again(desk, transaction.connection, number)
    plan_next(transaction.connection, term, row.id, now)


def _first_unassessed(held: Held, now: datetime) -> int:
    opened = held.term.open_duties(now)[0]
    return next((duty.period for duty in opened if duty.kind is DutyKind.ASSESSMENT), 1)


def _next(held: Held, kind: DutyKind, now: datetime) -> Duty | Refusal:
    """Return the earliest duty of a kind that is open and not done, or why there is none."""
    term = held.term
    opened = [duty for duty in term.open_duties(now)[0] if duty.kind is kind]
    if opened:
        return opened[0]
    to_come = []
    if term.stage and term.begun and not term.is_over:
        to_come = [one for one in duties(term.stage, term.begun, now) if one.kind is kind and one.opens > now]
    clause = term.stage.clause if term.stage else None
    if not to_come:
        return Refusal(
            "duty-open",
            Words("没有需要办理的{what}", "there is no {what} to be made").format(what=kind.label),
            Words("本届聘期内的都已办理，或通知没有这一要求", "all are made, or the notice asks for none"),
            clause,
        )
    opens, period = shanghai_day(to_come[0].opens), to_come[0].period
    return Refusal(
        "duty-open",
        Words(
            "第{period}期的{what}到 {day} 才能办理；每期只办一次", "the {what} of period {period} opens on {day}, once"
        ).format(period=period, what=kind.label, day=opens),
        Words("请到时办理，{due} 前完成", "make it then, by {due}").format(due=last_day_before(to_come[0].due)),
        clause,
    )


def _nothing_to_assess(held: Held) -> Refusal | None:
    stage = held.term.stage
    if stage is None or not stage.assessed_every_years:
        return Refusal(
            "assessed",
            Words("通知没有规定考核", "the notice asks for no assessment"),
            Words("无须考核", "there is nothing to assess"),
        )
    if held.term.is_rectifying:
        return Refusal(
            "assessed",
            Words("正在整改", "it is being made good"),
            Words("请用 linxuan tenure rectify 登记复核结果", "record the check with: linxuan tenure rectify"),
            stage.clause,
        )
    if held.term.is_over or held.term.begun is None:
        return Refusal(
            "assessed",
            Words("不在聘期内", "its term does not run"),
            Words("聘期内才能考核", "only who is within a term is assessed"),
            stage.clause,
        )
    return None


def _no_such_result(stage: Tenure, result: str) -> Refusal:
    return Refusal(
        "result-known",
        Words("没有“{result}”这一等次", "there is no result “{result}”").format(result=result),
        Words("可用：{results}", "use one of: {results}").format(results="、".join(stage.results)),
        stage.clause,
    )


def _unfit_check(held: Held, stage: Tenure, last: Round | None, result: str, reason: str) -> Refusal | None:
    if last and last.number > 1:
        return _failed_again(held, last.result)
    if result not in stage.results:
        return _no_such_result(stage, result)
    return None if result != stage.results[-1] or reason.strip() else _no_reason()


def _nothing_to_rectify(number: str) -> Refusal:
    return Refusal(
        "rectifying",
        Words("{number} 没有在整改", "{number} is not being made good").format(number=number),
        Words("考核不合格、限期整改的才需复核", "only a failed assessment is made good"),
    )


def _failed_again(held: Held, result: str) -> Refusal:
    return Refusal(
        "rectified-once",
        Words("整改复核已定为“{result}”", "the check has found “{result}” already").format(result=result),
        Words("请按程序取消：linxuan tenure revoke", "have it revoked: linxuan tenure revoke"),
        held.term.stage.clause if held.term.stage else None,
    )


def _no_reason() -> Refusal:
    return Refusal(
        "reason-stated",
        Words("没有写明理由", "no reason is given"),
        Words("请写明理由后再办理", "state the reason"),
    )


def _unfit_appointment(held: Held, day: date, document: str, now: datetime) -> Refusal | None:
    stage, honored = held.term.stage, held.term.honored_at
    if stage is None or stage.begins != "appointment" or held.term.is_over or not held.term.key:
        return Refusal(
            "appointed",
            Words("聘期不从聘书起算", "its term does not begin with an appointment"),
            Words("聘期从发文之日起算的无须登记", "a term that begins with the document needs none"),
            stage.clause if stage else None,
        )
    if held.term.begun is not None:
        return Refusal(
            "appointed",
            Words("已从 {day} 起聘", "it was appointed from {day} on").format(day=held.term.begun),
            Words("每届只登记一次", "a term begins once"),
            stage.clause,
        )
    if day > shanghai_day(now) or (honored is not None and day < shanghai_day(honored)) or not document.strip():
        return Refusal(
            "appointed",
            Words("起聘日在发文之前或今日之后，或没有写明聘书文号", "the day, or the letter, cannot be right"),
            Words("请核对起聘日和文号（--on、--document）", "check the day and the letter (--on, --document)"),
            stage.clause,
        )
    return None
