"""What time brings within terms: a duty opens, is due soon or overdue, and is told once; what was not made good ends.

It costs what is due: a term is looked at when its own next instant comes, and has a later one, or none, from then on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, select, update

from deadlines.duties import Duty, DutyKind, Rung
from deadlines.errors import OutsideCalendarError
from deadlines.zone import last_day_before
from notifications.hours import next_working_instant
from notifications.owed import Owed, OwedKind, escaped
from operations.actors import CLOCK
from operations.acts import Act
from operations.desk import Desk, Running
from operations.move import move_many
from operations.owing import write_owed
from operations.results import Denied, Moved
from operations.tenure.revoking import enter_revocation, grounds_of
from operations.tenure.state import Term, terms_of
from states import Move
from store import Transaction
from store import tables as t

#: How many terms one transaction looks at.
_BATCH: Final = 1000

_REASON: Final = "整改到期未通过，按规定取消称号"

_TOLD: Final = {
    Rung.OPEN: "可以办理",
    Rung.SOON: "即将到期",
    Rung.OVERDUE: "已逾期",
}


class Ended(NamedTuple):
    """Somebody who lost a title, of which program, and by what move."""

    program: str
    moved: Moved


@dataclass
class TermsSwept:
    """What was done: how many reminders are newly owed, who lost a title, who could not be moved, and the batches."""

    reminders: int = 0
    ended: list[Ended] = field(default_factory=list)
    refused: list[Denied] = field(default_factory=list)
    batches: int = 0


def sweep_terms(desk: Desk, now: datetime, program_id: str | None = None) -> TermsSwept:
    """Look at every term whose next instant has come. Again at the same `now`, it does nothing."""
    done = TermsSwept()
    while _batch(desk, now, program_id, done):
        done.batches += 1
    return done


def _batch(desk: Desk, now: datetime, program_id: str | None, done: TermsSwept) -> bool:
    with desk.store.write() as transaction:
        connection = transaction.connection
        of = t.tenure.c
        query = select(t.nomination).join_from(t.tenure, t.nomination).where(of.next_at <= now)
        query = query.where(t.nomination.c.program_id == program_id) if program_id else query
        rows = connection.execute(
            query.order_by(of.next_at, of.nomination_id).limit(_BATCH).with_for_update(skip_locked=True)
        ).all()
        by_program: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            by_program[row.program_id].append(row)
        for one, some in sorted(by_program.items()):
            _look(desk, transaction, one, some, now, done)
        return bool(rows)


_NEXT = update(t.tenure).where(t.tenure.c.nomination_id == bindparam("term_of")).values(next_at=bindparam("following"))


def _look(
    desk: Desk, transaction: Transaction, program_id: str, rows: Sequence[Row[Any]], now: datetime, done: TermsSwept
) -> None:
    connection = transaction.connection
    versions = desk.running_by_version(connection, desk.running(connection, program_id), rows)
    terms = terms_of(connection, versions, rows)
    owed: list[Owed] = []
    later: list[dict[str, Any]] = []
    lost: list[Row[Any]] = []
    for row in rows:
        running, term = versions[row.revision], terms[row.id]
        opened, following = term.open_duties(now)
        later.append({"term_of": row.id, "following": following})
        if term.is_to_end(now):
            lost.append(row)
            continue
        for duty in opened:
            owed += _told(running, row, duty, now)
    connection.execute(_NEXT, later)
    done.reminders += write_owed(connection, owed)
    if lost:
        _end(desk, transaction, versions, lost, terms, now, done)


def _end(  # noqa: PLR0913, PLR0917 - as above
    desk: Desk,
    transaction: Transaction,
    versions: dict[int, Running],
    rows: Sequence[Row[Any]],
    terms: dict[int, Term],
    now: datetime,
    done: TermsSwept,
) -> None:
    act = Act(CLOCK, now, _REASON)
    batch = move_many(desk, transaction, rows, Move.LAPSE, act)
    done.ended += [Ended(rows[0].program_id, one) for one in batch.moved]
    done.refused += batch.denied
    done.reminders += batch.owed
    ended = {one.number for one in batch.moved}
    for row in rows:
        if row.number not in ended:
            continue
        running, term = versions[row.revision], terms[row.id]
        grounds = grounds_of(running.program, term)
        ground = next((one for one in grounds if "整改" in one), _REASON)
        enter_revocation(transaction, running, row, term, ground, act)


def _send_at(running: Running, now: datetime) -> datetime:
    """Return when word is sent: within working hours, as far as the calendar knows them. Terms have no end."""
    try:
        return next_working_instant(running.calendar, now)
    except OutsideCalendarError:
        return now


def _told(running: Running, row: Row[Any], duty: Duty, now: datetime) -> Iterator[Owed]:
    """Yield word of how far a duty has come, once for each rung and whoever must do something about it."""
    rung = duty.rung(now)
    if rung is None:
        return
    recipients = [row.unit] if duty.kind is not DutyKind.ASSESSMENT else []
    if duty.kind is not DutyKind.REPORT or rung is Rung.OVERDUE:
        recipients.append(row.holder)
    what = f"{duty.kind.label.zh}（第{duty.period}期）{_TOLD[rung]}"
    parts = (OwedKind.NOTICE.value, row.program_id, row.number, f"{duty.kind}-{duty.period}-{rung}")
    for recipient in dict.fromkeys(one for one in recipients if one):
        yield Owed(
            key="|".join(escaped(str(part)) for part in (*parts, recipient)),
            kind=OwedKind.NOTICE,
            recipient=recipient,
            program=row.program_id,
            stage=row.stage,
            due=None,
            step=None,
            nomination=row.number,
            send_at=_send_at(running, now),
            facts={
                "nominee": row.nominee,
                "move": what,
                "reason": f"期限为 {last_day_before(duty.due).isoformat()}",
            },
        )
