"""Benefits in money: paid once or once a year, within the cap, the term and the rules; and recovered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import insert, update

from deadlines.duties import period_at, period_days
from deadlines.zone import last_day_before, midnight, shanghai_day
from operations.acts import Act, reason_missing
from operations.desk import Desk
from operations.leaving import Leaving, leave_past, take_past_back
from operations.pasts import found_by, matter_of_past, owner_of
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied, MisstatedError
from operations.tenure.money import yuan
from operations.tenure.opening import Held, hold_term, not_honored
from operations.tenure.state import Paid, Term
from programs import Program, Words
from programs.rules import History
from programs.terms import Benefit
from states import Refusal
from store import hold
from store import tables as t


@dataclass(frozen=True, slots=True)
class Payment:
    """Money was paid, in fen, for a period; 0 where it is paid once for ever. `cap` is the most that could be.

    `instalment` says which payment for that period it is.
    """

    number: str
    benefit: str
    period: int
    fen: int
    cap: int | None
    instalment: int = 1


@dataclass(frozen=True, slots=True)
class Recovery:
    """Money was paid back, in fen; `left` of the payment is not."""

    number: str
    benefit: str
    period: int
    fen: int
    left: int


def pay(  # noqa: PLR0913 - a payment's facts, each by name
    desk: Desk, number: str, benefit: str, fen: int, act: Act, *, document: str, period: int | None = None
) -> Payment | Denied:
    """Record that a benefit was paid, without a period for the year of the term that runs, or the only one it is for.

    It is paid within the term, while the benefits run, once for its period, up to the cap, or in as many instalments as
    the program allows, together up to it; to nobody whose past bars them, whichever program it comes from. Raises
    `UnknownError`.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        held = hold_term(desk, transaction, number, Deed.PAY, act)
        if isinstance(held, Denied):
            return held
        program = held.running.program
        one = _benefit(program, benefit)
        if owner := owner_of(program, held.row):
            # Another program may be paying them at this moment: one waits for the other.
            hold(connection, [matter_of_past(owner)])
        year = _period(one, held.term, period, act.now)
        own = [paid.past for paid in held.term.payments if paid.past is not None]
        stage = "" if one.every == "once" else held.term.key
        standing = [
            paid
            for paid in held.term.payments
            if (paid.stage, paid.benefit, paid.period) == (stage, one.id, year) and paid.standing
        ]
        against = (
            not_honored(held)
            or _unfit(held, one, fen, document, standing)
            or _other_year(one, year)
            or _outside(one, held.term, year, act.now)
            or _stopped(one, held.term, year)
            or _unearned(one, held.term, year)
            or _barred(one, found_by(connection, program, held.row, _rule(one), act.now, own) if one.barred_by else ())
            or _paid_already(one, standing)
        )
        if against:
            return Denied((against,), number)
        cap = one.at_most_yuan * 100 if one.at_most_yuan else None
        left = None
        if one.every == "once":
            source = f"项目 {program.id} 申报 {number}：{document.strip()}"
            subsidy = Leaving("subsidy", one.name, shanghai_day(act.now))
            left = leave_past(transaction, program, held.row, subsidy, source, act)
        taken = {paid.instalment for paid in standing}
        instalment = next(place for place in count(1) if place not in taken)
        values: dict[str, Any] = {"benefit": one.id, "period": year, "fen": fen, "document": document.strip()}
        values |= {"stage": stage, "instalment": instalment}
        kept = {"nomination_id": held.row.id, "cap": cap, "paid_at": act.now, "paid_by": act.actor.name}
        connection.execute(insert(t.payment).values(**values, **kept, past_id=left))
        told = values | {"stage": stage or None}
        transaction.record(program.id, "benefit.paid", nomination=number, **told, clause=one.clause, **act.signature())
        return Payment(number, one.id, year, fen, cap, instalment)


def recover(  # noqa: PLR0913 - which money, each by name
    desk: Desk,
    number: str,
    benefit: str,
    fen: int,
    act: Act,
    *,
    period: int | None = None,
    instalment: int | None = None,
    term: str | None = None,
) -> Recovery | Denied:
    """Record that money was paid back; what was recovered in full may be paid again.

    Without a `term` (a tenure's id) it is of the one that runs, where something of it was paid, else of an earlier one.
    Raises `UnknownError`.
    """
    with desk.store.write() as transaction:
        held = hold_term(desk, transaction, number, Deed.PAY, act)
        if isinstance(held, Denied):
            return held
        one = _benefit(held.running.program, benefit)
        payments = [
            paid
            for paid in held.term.payments
            if paid.benefit == one.id and paid.standing and period in (None, paid.period)
            if instalment in (None, paid.instalment) and term in (None, paid.stage)
        ]
        payments = [paid for paid in payments if paid.stage in ("", held.term.key)] or payments
        if refusal := reason_missing(act) or _unfit_recovery(one, payments, fen):
            return Denied((refusal,), number)
        (paid,) = payments
        of = t.payment.c
        transaction.connection.execute(update(t.payment).where(of.id == paid.id).values(recovered=of.recovered + fen))
        left = paid.standing - fen
        if not left and paid.past is not None:
            take_past_back(transaction, paid.past, act)
        transaction.record(
            held.row.program_id,
            "benefit.recovered",
            nomination=number,
            benefit=one.id,
            period=paid.period,
            stage=paid.stage or None,
            instalment=paid.instalment,
            fen=fen,
            **act.signature(),
        )
        return Recovery(number, one.id, paid.period, fen, left)


def _benefit(program: Program, wanted: str) -> Benefit:
    for one in program.benefits:
        if wanted in (one.id, one.name):
            return one
    raise MisstatedError(
        Words(
            "项目 {program} 没有待遇 {wanted}；可用：{known}", "{program} has no benefit {wanted}; it has {known}"
        ).format(
            program=program.id,
            wanted=wanted,
            known="、".join(f"{one.id}（{one.name}）" for one in program.benefits) or "—",
        )
    )


def _rule(one: Benefit) -> History:
    return History(id=one.id, name=one.name, clause=one.clause, bars=one.barred_by, of=one.barred_of)


def _period(one: Benefit, term: Term, period: int | None, now: datetime) -> int:
    if one.every == "once":
        return 0
    if period is None and len(one.years) == 1:
        return one.years[0]
    return period if period is not None else period_at(term.begun, 1, shanghai_day(now)) if term.begun else 1


def _unfit(held: Held, one: Benefit, fen: int, document: str, standing: Sequence[Paid]) -> Refusal | None:
    if one.kind != "money":
        return Refusal(
            "money",
            Words("“{name}”不是资金待遇", "“{name}” is no money").format(name=one.name),
            Words("只有资金待遇登记发放", "only money is paid"),
            one.clause,
        )
    if not one.concerns(*path_of(held.row)):
        return Refusal(
            "benefit-concerns",
            Words("“{name}”不适用于此件", "“{name}” is not for this nominee").format(name=one.name),
            Words("请核对待遇的适用范围", "check whom the benefit is for"),
            one.clause,
        )
    if not document.strip():
        return Refusal(
            "payment-documented",
            Words("没有写明拨付依据", "the document behind the payment is not named"),
            Words("请用 --document 写明文号或凭证号", "name it with --document"),
            one.clause,
        )
    cap = one.at_most_yuan * 100 if one.at_most_yuan else None
    before = sum(paid.standing for paid in standing) if one.instalments > 1 else 0
    if fen <= 0 or (cap is not None and before + fen > cap):
        most = f"，最多 {yuan(cap)} 元" if cap else ""
        paid = f"，已发放 {yuan(before)} 元" if before else ""
        return Refusal(
            "within-the-cap",
            Words(f"“{one.name}”不能发放 {yuan(fen)} 元{most}{paid}", f"“{one.name}”: {yuan(fen)} yuan cannot be paid"),
            Words("请按标准以内的金额发放", "pay no more than the notice allows"),
            one.clause,
        )
    return None


def _other_year(one: Benefit, period: int) -> Refusal | None:
    """Refuse a year of the term that a benefit is not for."""
    if one.every != "year" or one.is_for_year(period):
        return None
    years = "、".join(str(year) for year in one.years)
    return Refusal(
        "benefit-year",
        Words(
            f"“{one.name}”发放于聘期第 {years} 年，不是第 {period} 年",
            f"“{one.name}” is for year {years} of the term, and not for year {period}",
        ),
        Words(f"请用 --year 写明 {years}，或选该年度的待遇", f"name {years} with --year, or the benefit of that year"),
        one.clause,
    )


def _outside(one: Benefit, term: Term, period: int, now: datetime) -> Refusal | None:
    """Refuse what lies outside of the term, or in a year of it that has not begun or that there is not."""
    begun, closes = term.begun, term.closes
    if one.tenure and term.stage and term.stage.id != one.tenure:
        words = Words("不在发放它的聘期内，现在是“{stage}”", "it is not paid in this term, “{stage}”").format(
            stage=term.stage.name
        )
    elif begun is None or now < midnight(begun):
        words = Words("聘期还没有开始", "its term has not begun")
    elif term.is_over or (closes is not None and closes <= now):
        words = Words("聘期已于 {day} 届满", "its term ended on {day}").format(
            day=last_day_before(closes) if closes else "—"
        )
    elif one.every == "year" and (
        period < 1
        or midnight(period_days(begun, 1, period)[0]) > now
        or (closes is not None and midnight(period_days(begun, 1, period)[0]) >= closes)
    ):
        words = Words("聘期第 {period} 年还没有开始，或不在聘期内", "year {period} of the term has not begun").format(
            period=period
        )
    else:
        return None
    remedy = Words("只在聘期内、为已开始的年度发放", "benefits are paid within the term, for years that have begun")
    return Refusal("within-the-term", words, remedy, one.clause)


def _stopped(one: Benefit, term: Term, period: int) -> Refusal | None:
    if stop := term.stop:
        return Refusal(
            "benefits-run",
            Words("待遇自 {day} 起停发：{ground}", "benefits have stopped since {day}: {ground}").format(
                day=stop.since, ground=stop.ground
            ),
            Words("恢复以后才能发放", "pay nothing until they run again"),
            one.clause,
        )
    if term.is_rectifying:
        return Refusal(
            "benefits-run",
            Words("考核不合格，正在整改", "a failed assessment is being made good"),
            Words("整改合格以后再发放", "pay once it is made good"),
            one.clause,
        )
    if one.every != "year" or term.begun is None:
        return None
    first, end = period_days(term.begun, 1, period)
    if any(stop.covers(first, last_day_before(end)) for stop in term.stops):
        return Refusal(
            "benefits-run",
            Words("第 {period} 年的待遇全年停发", "benefits had stopped for all of year {period}").format(
                period=period
            ),
            Words("停发期间不补发", "what had stopped is not paid afterwards"),
            one.clause,
        )
    return None


def _unearned(one: Benefit, term: Term, period: int) -> Refusal | None:
    """Refuse what follows on a passed assessment: of the period that the year ends in, or of the last one."""
    if one.after != "passed-assessment":
        return None
    every = term.stage.assessed_every_years if term.stage else None
    needed = -(-period // every) if every and one.every == "year" else term.last.period if term.last else 0
    if term.passed(needed):
        return None
    return Refusal(
        "assessment-passed",
        Words(
            "须考核合格后享受，第 {period} 期考核还没有合格", "the assessment of period {period} was not passed"
        ).format(period=max(needed, 1)),
        Words("请先登记考核结果：linxuan tenure assess", "record it first: linxuan tenure assess"),
        one.clause,
    )


def _barred(one: Benefit, bars: Any) -> Refusal | None:  # noqa: ANN401 - what was found in the past
    if not bars:
        return None
    found = Words("；".join(bar.found.zh for bar in bars), "; ".join(bar.found.en for bar in bars))
    return Refusal(
        "not-paid-elsewhere",
        Words("不得重复享受：{found}", "it is not paid beside: {found}").format(found=found),
        Words("请核对；记录有误的由管理员更正既往记录", "have an administrator correct what is recorded wrongly"),
        one.clause,
    )


def _paid_already(one: Benefit, standing: Sequence[Paid]) -> Refusal | None:
    if len(standing) < one.instalments:
        return None
    paid = standing[-1]
    if one.instalments > 1:
        return Refusal(
            "paid-once",
            Words(
                f"“{one.name}”分 {one.instalments} 期发放，已发放 {len(standing)} 期",
                f"all {one.instalments} instalments of “{one.name}” were paid",
            ),
            Words("登记有误的先追回：linxuan tenure recover", "recover first what was recorded wrongly"),
            one.clause,
        )
    return Refusal(
        "paid-once",
        Words(
            "“{name}”已于 {day} 发放 {yuan} 元（{document}）", "“{name}” was paid on {day}: {yuan} yuan ({document})"
        ).format(name=one.name, day=shanghai_day(paid.paid_at), yuan=yuan(paid.fen), document=paid.document),
        Words(
            "同一期不重复发放；登记有误的先全额追回：linxuan tenure recover",
            "it is paid once for its period; recover it in full where it was recorded wrongly: linxuan tenure recover",
        ),
        one.clause,
    )


def _unfit_recovery(one: Benefit, payments: Sequence[Paid], fen: int) -> Refusal | None:
    if not payments:
        words = Words("“{name}”没有已发放、未追回的款项", "nothing of “{name}” is paid and not paid back")
        remedy = Words("请核对待遇和年度", "check the benefit and the year")
    elif len({paid.period for paid in payments}) > 1:
        words = Words("“{name}”发放过几个年度", "“{name}” was paid for several years")
        years = "、".join(str(one) for one in dict.fromkeys(paid.period for paid in payments))
        remedy = Words("请用 --year 写明：{years}", "say with --year of which: {years}").format(years=years)
    elif len({paid.stage for paid in payments}) > 1:
        words = Words("“{name}”在几个聘期发放过", "“{name}” was paid in several terms")
        terms = "、".join(dict.fromkeys(paid.stage for paid in payments))
        remedy = Words("请用 --term 写明：{terms}", "say with --term of which: {terms}").format(terms=terms)
    elif len(payments) > 1:
        words = Words("“{name}”分期发放过", "“{name}” was paid in instalments")
        places = "、".join(str(paid.instalment) for paid in payments)
        remedy = Words("请用 --instalment 写明：{places}", "say with --instalment of which: {places}").format(
            places=places
        )
    elif not 0 < fen <= payments[0].standing:
        words = Words("“{name}”可追回的是 {left} 元", "of “{name}” {left} yuan can be recovered")
        remedy = Words("请核对金额", "check the amount")
    else:
        return None
    left = yuan(payments[0].standing) if payments else ""
    return Refusal("recoverable", words.format(name=one.name, left=left), remedy, one.clause)
