"""Bringing a program into the store: rulings confirmed, and opened for nominations."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from shlex import quote

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from deadlines.course import Close
from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.definitions import program_columns
from operations.desk import Desk, Running, definition
from operations.intakes import as_changed, computed, digests_of, hold_nominations, redefine
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied, UnknownError, denied
from programs import Program, Words, decide
from programs.checks import check_program
from programs.errors import Severity
from programs.rulings import Decision, Ruling
from programs.versions import same_question
from programs.words import moment_in_words
from states import Refusal
from store import Transaction, hold, insert_new
from store import tables as t


@dataclass(frozen=True, slots=True)
class Opened:
    """The program takes nominations from now on."""

    program: str
    opened_at: datetime
    #: When its intakes close; the first instants too late.
    closes: tuple[datetime, ...] = field(default=(), compare=False)


def confirm_ruling(
    desk: Desk, program: Program, ruling_id: str, decision: Decision | None, act: Act
) -> Program | Denied:
    """Record an administrator's decision on a ruling, and return the program that it makes.

    No decision means the one that stands now, which is the file's until another was made. `program` is the file's, and
    counts only if the store does not have the program yet. Once a program is open, a ruling that was confirmed is
    decided otherwise for a reason only, and not confirmed again as it stands. Raises `UnknownError` for an unknown
    ruling and `ProgramError` where the decision makes no valid program.
    """
    with desk.store.write() as transaction:
        current = _in_store(desk, transaction, program)
        matter = Matter(program.id, current.program.office)
        refused = denied(
            refuses(transaction.connection, act.actor, Deed.RULE, matter)
            or (desk.behind(transaction.connection) if current.opened_at else None)
        )
        if refused:
            transaction.abandon()
            return refused
        ruling = _ruling(current.program, ruling_id)
        chosen = ruling.decision if decision is None else decision
        if chosen is None:
            transaction.abandon()
            return Denied((_no_decision(ruling),))
        decided = decide(current.program, {ruling_id: chosen})
        if refused := denied(*_against_another(transaction.connection, current, ruling, decided, act)):
            transaction.abandon()
            return refused
        changed = as_changed(current, decided)
        # One question has one answer: an earlier version that asks the same is ruled on with it.
        others = [
            (one, as_changed(one, decide(one.stated, {ruling_id: chosen}), changed))
            for one in desk.versions(transaction.connection, program.id)[1:]
            if any(
                one_ruling.id == ruling_id and same_question(one_ruling, ruling) for one_ruling in one.stated.rulings
            )
        ]
        hold_nominations(transaction.connection, program.id)
        both = [(current, changed), *others]
        if refused := denied(*(no for pair in both for no in _stranded(transaction.connection, *pair, ruling))):
            transaction.abandon()
            return refused
        for was, now in both:
            redefine(transaction, was, now, act.now)
        stated = decided.rulings[[one.id for one in decided.rulings].index(ruling_id)].decision
        connection = transaction.connection
        connection.execute(
            t.ruling.delete().where(t.ruling.c.program_id == program.id, t.ruling.c.ruling_id == ruling_id)
        )
        connection.execute(
            insert(t.ruling).values(
                program_id=program.id,
                ruling_id=ruling_id,
                decision=plain(stated),
                actor=act.actor.name,
                decided_at=act.now,
            )
        )
        transaction.record(
            program.id,
            "ruling.confirmed",
            ruling=ruling_id,
            decision=plain(stated),
            clause=ruling.clause,
            deadlines=moved_closes(current, changed) or None,
            definition=changed.digest,
            versions=digests_of(other for _, other in others),
            **act.signature(),
        )
        return decided


def open_program(desk: Desk, program: Program, act: Act, *, named: str | None = None) -> Opened | Denied:
    """Open a program for nominations. Refused while a ruling is not confirmed, or a deadline cannot be dated.

    `named` is what the program was called by, which a file is found by before its program is in the store.
    """
    with desk.store.write() as transaction:
        current = _in_store(desk, transaction, program)
        matter = Matter(program.id, current.program.office)
        refused = denied(refuses(transaction.connection, act.actor, Deed.OPEN, matter))
        refused = refused or denied(*against_opening(desk, transaction.connection, current, named))
        if refused:
            transaction.abandon()
            return refused
        opened = replace(current, version=current.version + 1, opened_at=act.now, announced=computed(current))
        transaction.connection.execute(
            update(t.program).where(t.program.c.id == program.id).values(opened_at=act.now, **opened.columns)
        )
        transaction.record(
            program.id,
            "program.opened",
            version=opened.version,
            closes={key: close.at.isoformat() for key, close in opened.announced.items()},
            provisional=sorted(key for key, close in opened.announced.items() if close.provisional) or None,
            definition=opened.digest,
            **act.signature(),
        )
        return Opened(program.id, act.now, tuple(close.at for close in opened.announced.values()))


def enter_program(desk: Desk, program: Program, act: Act) -> Denied | None:
    """Take a program into the store, to be ruled on and opened there: one that contradicts itself is refused."""
    with desk.store.write() as transaction:
        connection = transaction.connection
        hold(connection, [definition(program.id)])
        refused = denied(refuses(connection, act.actor, Deed.OPEN, Matter(program.id, program.office)))
        kept = connection.execute(select(t.program.c.id).where(t.program.c.id == program.id)).first()
        refused = refused or denied(_in_the_store(program) if kept else None, *contradicted(program))
        if refused:
            return refused
        entered = _in_store(desk, transaction, program)
        transaction.record(program.id, "program.entered", definition=entered.digest, **act.signature())
    return None


def against_opening(
    desk: Desk, connection: Connection, current: Running, named: str | None = None
) -> Iterator[Refusal]:
    """Yield what stands against opening a program, but for who may; `named` is what it was called by."""
    of = t.ruling.c
    confirmed = set(connection.execute(select(of.ruling_id).where(of.program_id == current.program.id)).scalars())
    if already := _open_already(current):
        yield already
    for ruling in current.program.rulings:
        if ruling.id not in confirmed:
            yield not_confirmed(ruling, named or current.program.id)
    yield from contradicted(current.program, named)
    yield from undated(current)
    if behind := desk.behind(connection):
        yield behind


def moved_closes(current: Running, changed: Running) -> dict[str, dict[str, str | None]]:
    """Return the announced closes that a change moves, each as it was and as it is."""
    told = {
        key: (_at(current.announced.get(key)), _at(close_now))
        for key in current.announced.keys() | changed.announced.keys()
        if _at(close_now := changed.announced.get(key)) != _at(current.announced.get(key))
    }
    return {key: {"from": before, "to": after} for key, (before, after) in sorted(told.items())}


def _at(close: Close | None) -> str | None:
    return close.at.isoformat() if close else None


def _in_store(desk: Desk, transaction: Transaction, program: Program) -> Running:
    hold(transaction.connection, [definition(program.id)])
    insert_new(
        transaction.connection,
        t.program,
        [{"id": program.id, **program_columns(program), "file": program.model_dump(mode="json")}],
    )
    return desk.running(transaction.connection, program.id)


def _against_another(
    connection: Connection, current: Running, ruling: Ruling, decided: Program, act: Act
) -> Iterator[Refusal]:
    """Refuse to decide on a ruling of an open program again that changes nothing, or for no reason."""
    of = t.ruling.c
    of_this = (of.program_id == current.program.id, of.ruling_id == ruling.id)
    confirmed = connection.execute(select(of.actor, of.decided_at).where(*of_this)).one_or_none()
    if current.opened_at is None or confirmed is None:
        return
    if _ruling(decided, ruling.id).decision == ruling.decision:
        yield Refusal(
            "ruling-changed",
            Words("{actor}已于{at}这样裁定", "{actor} ruled so at {at}").format(
                actor=confirmed.actor, at=moment_in_words(confirmed.decided_at)
            ),
            Words("无须再次确认；另作裁定请写明新的决定", "there is nothing to do; to rule otherwise, state how"),
            ruling.clause,
        )
    elif missing := reason_missing(act):
        yield replace(missing, clause=ruling.clause)


def _stranded(connection: Connection, current: Running, changed: Running, ruling: Ruling) -> Iterator[Refusal]:
    """Say where nominations stand that the changed program would have no place for."""
    standing = connection.execute(
        select(t.nomination.c.stage, func.count())
        .where(t.nomination.c.program_id == changed.program.id, t.nomination.c.revision == changed.revision)
        .group_by(t.nomination.c.stage)
        .order_by(t.nomination.c.stage)
    )
    for stage, count in standing:
        if stage not in changed.pipeline.standings:
            yield Refusal(
                "nobody-stranded",
                Words("有 {count} 件申报正处在“{standing}”", "{count} nomination(s) stand at “{standing}”").format(
                    count=count, standing=current.pipeline.standings[stage].name
                ),
                Words("请先把它们办出该环节，再作此裁定", "move them on before you rule so"),
                ruling.clause,
            )


def _ruling(program: Program, ruling_id: str) -> Ruling:
    for ruling in program.rulings:
        if ruling.id == ruling_id:
            return ruling
    raise UnknownError(
        Words("没有裁定 {id}；本项目的裁定：{known}", "there is no ruling {id}; the program has {known}").format(
            id=ruling_id, known="、".join(ruling.id for ruling in program.rulings)
        )
    )


def _no_decision(ruling: Ruling) -> Refusal:
    return Refusal(
        "ruling-decided",
        Words("裁定 {id} 没有默认决定：{question}", "the ruling {id} has no default: {question}").format(
            id=ruling.id, question=ruling.question
        ),
        Words("请用 --decision 写明决定", "state it with --decision"),
        ruling.clause,
    )


def not_confirmed(ruling: Ruling, named: str) -> Refusal:
    """Refuse while nobody has confirmed a ruling of the program that is called so: by its id, or its file."""
    default = (
        Words("无默认决定", "no default")
        if ruling.decision is None
        else Words("默认：{decision}", "default: {decision}").format(decision=_spoken(ruling.decision))
    )
    return Refusal(
        "rulings-confirmed",
        Words(
            "裁定 {id} 未确认：{question}（{default}）", "the ruling {id} is not confirmed: {question} ({default})"
        ).format(id=ruling.id, question=ruling.question, default=default),
        Words(
            "linxuan program rule {program} {id} --decision … --actor …（--accept 表示按现有决定确认）",
            "linxuan program rule {program} {id} --decision … --actor … (--accept confirms the one that stands)",
        ).format(program=quote(named), id=ruling.id),
        ruling.clause,
    )


def _open_already(current: Running) -> Refusal | None:
    if current.opened_at is None:
        return None
    return Refusal(
        "not-open-yet",
        Words("项目已于 {at} 开通", "the program was opened at {at}").format(at=moment_in_words(current.opened_at)),
        Words("无须再次开通", "there is nothing to do"),
    )


def _in_the_store(program: Program) -> Refusal:
    return Refusal(
        "not-entered-yet",
        Words("项目 {id} 已经登记", "the program {id} is there already").format(id=program.id),
        Words("请在项目页面上办理；已开通的，修订用 linxuan program amend", "go on with it on its page, or amend it"),
    )


def contradicted(program: Program, named: str | None = None) -> Iterator[Refusal]:
    """Refuse to take nominations into a program that contradicts itself: rulings may have made it so.

    `named` is what it was called by.
    """
    for fault in check_program(program):
        if fault.severity is Severity.ERROR:
            yield Refusal(
                "program-checked",
                Words("项目自相矛盾：{fault}", "the program contradicts itself: {fault}").format(fault=fault.told()),
                Words(
                    "{remedy}。请改正裁定或项目文件，用 linxuan program check {program} 核对",
                    "{remedy}: mend the ruling or the file, and look with: linxuan program check {program}",
                ).format(program=quote(named or program.id), remedy=fault.remedy or Words("", "")),
                fault.clause,
            )


def undated(current: Running) -> tuple[Refusal, ...]:
    """Refuse deadlines that cannot be dated."""
    return tuple(
        Refusal(
            "deadlines-dated",
            Words("期限“{phrase}”无法确定日期", "the deadline “{phrase}” cannot be dated").format(
                phrase=deadline.phrase
            ),
            Words("通知未写明年份或日期，请先作出相应裁定", "the notice does not say the year; rule on it first")
            if any("issued" in ruling.settles for ruling in current.program.rulings)
            else Words(
                "请更正项目文件：写明日期，或在 closes 中写明", "mend the program's file: state the date, or `closes`"
            ),
            deadline.clause,
        )
        for deadline_id, deadline in current.program.deadlines().items()
        if deadline_id not in current.closes
    )


def _spoken(decision: Decision) -> Words:
    if isinstance(decision, bool):
        return Words("是", "yes") if decision else Words("否", "no")
    return Words(str(decision), str(decision))


def plain(decision: Decision | None) -> bool | int | str | None:
    """Return a decision as rows and events keep it."""
    return decision.isoformat() if isinstance(decision, date) else decision
