"""What time brings within terms: a duty opens, is due soon or overdue, and is told once; what was not made good ends.

It costs what is due: a term is looked at when its own next instant comes, and has a later one, or none, from then on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, literal, select, tuple_, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from deadlines.duties import Duty, DutyKind, Rung
from deadlines.errors import OutsideCalendarError
from deadlines.zone import last_day_before
from notifications.hours import next_working_instant
from notifications.owed import Owed, OwedKind, escaped
from operations.actors import CLOCK
from operations.acts import Act
from operations.clock_reasons import NOT_RECTIFIED
from operations.desk import Desk, Running
from operations.failures import keep_failures, swept_in_vain
from operations.move import move_many
from operations.owing import write_owed
from operations.results import Denied, Moved
from operations.tenure.revoking import enter_revocation
from operations.tenure.state import Term, terms_of
from operations.ticking import always
from programs import Words
from programs.words import day_in_words
from states import Move
from store import Transaction, among
from store import tables as t
from store.types import Instant

#: How many terms one transaction looks at.
_BATCH: Final = 1000


_TOLD: Final = {
    Rung.OPEN: Words("可以办理", "can be done now"),
    Rung.SOON: Words("即将到期", "is due soon"),
    Rung.OVERDUE: Words("已逾期", "is overdue"),
}


class Ended(NamedTuple):
    """Somebody who lost a title, of which program, and by what move."""

    program: str
    moved: Moved


class _Due(NamedTuple):
    """A term whose next instant has come."""

    next_at: datetime
    id: int
    number: str


@dataclass
class TermsSwept:
    """What was done: how many reminders are newly owed, who lost a title, who could not be moved, and the batches."""

    reminders: int = 0
    ended: list[Ended] = field(default_factory=list)
    refused: list[Denied] = field(default_factory=list)
    batches: int = 0

    def add(self, part: "TermsSwept") -> None:
        """Add what one batch did."""
        self.reminders += part.reminders
        self.ended += part.ended
        self.refused += part.refused
        self.batches += part.batches


def sweep_terms(
    desk: Desk, now: datetime, program_id: str | None = None, *, has_time: Callable[[], bool] = always
) -> TermsSwept:
    """Look at every term whose next instant has come. Again at the same `now`, it changes nothing.

    What is refused, or fails, is told and passed over; it stays due, and the others of its batch go on. Before each
    batch it is asked whether there is time; what there is none for stays due.
    """
    terms = _Pass(desk, now, program_id)
    terms.run(has_time)
    return terms.done


class _Pass:
    """One pass over the terms that are due: batch after batch, in the order of time, never twice over the same."""

    def __init__(self, desk: Desk, now: datetime, program_id: str | None) -> None:
        self.done = TermsSwept()
        self._desk = desk
        self._now = now
        self._program_id = program_id
        self._after: tuple[datetime, int] | None = None
        self._failed: dict[int, str] = {}

    def run(self, has_time: Callable[[], bool]) -> None:
        """Go on until no other term is due, or there is no time, and keep what failed."""
        size = _BATCH
        while size and has_time():
            size = self._batch(size)
        keep_failures(self._desk, self._failed, self._now)

    def _batch(self, size: int) -> int:
        """Look at most at so many; returns how many to take next, 0 where none is left.

        A batch that fails is tried again in halves, down to the term that fails, which is passed over.
        """
        part = TermsSwept(batches=1)
        claimed: list[_Due] = []
        try:
            with self._desk.store.write() as transaction:
                claimed = self._claim(transaction.connection, size)
                self._look_at(transaction, claimed, part)
        except (OperationalError, InterfaceError):
            # The database is gone, full or busy: that is no term's fault.
            raise
        except Exception as error:
            if len(claimed) != 1:
                if not claimed:
                    raise
                return len(claimed) // 2
            (failed,) = claimed
            self._failed[failed.id] = problem = f"{type(error).__name__}: {error}"
            part = TermsSwept(refused=[Denied((swept_in_vain(problem),), failed.number)], batches=1)
        if not claimed:
            return 0
        self._after = claimed[-1].next_at, claimed[-1].id
        self.done.add(part)
        return min(_BATCH, size * 2)

    def _claim(self, connection: Connection, size: int) -> list[_Due]:
        of, nomination = t.tenure.c, t.nomination.c
        query = (
            select(of.next_at, nomination.id, nomination.number)
            .join_from(t.tenure, t.nomination)
            .where(of.next_at <= self._now)
            .order_by(of.next_at, of.nomination_id)
            .limit(size)
            .with_for_update(skip_locked=True)
        )
        if self._program_id is not None:
            query = query.where(nomination.program_id == self._program_id)
        if self._after is not None:
            next_at, last = self._after
            query = query.where(tuple_(of.next_at, of.nomination_id) > tuple_(literal(next_at, Instant), literal(last)))
        return [_Due(*row) for row in connection.execute(query)]

    def _look_at(self, transaction: Transaction, claimed: Sequence[_Due], part: TermsSwept) -> None:
        of = t.nomination.c
        query = select(t.nomination).where(among(of.id, [due.id for due in claimed])).order_by(of.id)
        by_program: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in transaction.connection.execute(query) if claimed else ():
            by_program[row.program_id].append(row)
        for one, some in sorted(by_program.items()):
            _look(self._desk, transaction, one, some, self._now, part)


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
        if term.is_to_end(now):
            # It ends with its next instant, or is refused and stays due.
            lost.append(row)
            continue
        opened, following = term.open_duties(now)
        later.append({"term_of": row.id, "following": following})
        for duty in opened:
            owed += _told(running, row, term, duty, now)
    if later:
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
    act = Act(CLOCK, now, NOT_RECTIFIED.zh)
    batch = move_many(desk, transaction, rows, Move.LAPSE, act)
    done.ended += [Ended(rows[0].program_id, one) for one in batch.moved]
    done.refused += batch.denied
    done.reminders += batch.owed
    ended = {one.number for one in batch.moved}
    for row in rows:
        if row.number not in ended:
            continue
        running, term = versions[row.revision], terms[row.id]
        ground = term.stage.swept_ground if term.stage else None
        enter_revocation(transaction, running, row, term, ground or NOT_RECTIFIED.zh, act)


def _send_at(running: Running, now: datetime) -> datetime:
    """Return when word is sent: within working hours, as far as the calendar knows them. Terms have no end."""
    try:
        return next_working_instant(running.calendar, now)
    except OutsideCalendarError:
        return now


def _told(running: Running, row: Row[Any], term: Term, duty: Duty, now: datetime) -> Iterator[Owed]:
    """Yield word of how far a duty of a term has come, once for each rung and whoever must do something about it."""
    rung = duty.rung(now)
    if rung is None:
        return
    recipients = [row.unit] if duty.kind is not DutyKind.ASSESSMENT else []
    if duty.kind is not DutyKind.REPORT or rung is Rung.OVERDUE:
        recipients.append(row.holder)
    what = Words("{kind}（第{period}期）{told}", "{kind} of period {period}: {told}").format(
        kind=duty.kind.label, period=duty.period, told=_TOLD[rung]
    )
    parts = (OwedKind.NOTICE.value, row.program_id, row.number, term.key, f"{duty.kind}-{duty.period}-{rung}")
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
                "move": what.zh,
                "move_en": what.en,
                # What a term asks for is no news that somebody could do without.
                "duty": duty.kind.value,
                "reason": f"期限为{day_in_words(last_day_before(duty.due)).zh}",
            },
        )
