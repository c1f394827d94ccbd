"""What follows a reminder that was told: reminded again while nothing is done, then whoever is above is told.

It is owed only when the reminder goes out, so it counts from there, by the calendar of that day, and nothing is planned
for what is done in time. Each is judged again when its own time comes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from deadlines.zone import last_day_before, shanghai_day
from notifications.hours import opening_after
from notifications.owed import Owed, OwedKind, following
from notifications.tasks import actor_at
from operations.desk import Running
from operations.digests import Judged
from operations.tree import Tree
from programs.reminding import Actor, Ladder


def follow_ups(told: Iterable[Judged], tree: Tree, now: datetime) -> Iterator[Owed]:
    """Return what is owed once these have been told."""
    for one in told:
        kind = OwedKind(one.row.kind)
        if one.item is None or kind not in {OwedKind.ARRIVAL, OwedKind.DEADLINE, OwedKind.INVITATION}:
            continue
        invited = kind is OwedKind.INVITATION
        ladder = one.running.program.ladder(Actor.EXPERT if invited else actor_at(one.running.program, one.row.stage))
        due = one.item.due
        if due is None:
            for days in ladder.after:
                yield _owed(OwedKind.OVERDUE, one, one.row.recipient, days, now)
        if ladder.escalate is None or (due is not None and not _is_first(one, ladder)):
            continue
        above = one.running.program.office if invited else next(iter(tree.above(one.row.recipient)), None)
        day = _day(one.running, ladder.escalate, now)
        if above and (due is None or day <= last_day_before(due)):
            yield _owed(OwedKind.ESCALATION, one, above, ladder.escalate, now)


def _is_first(one: Judged, ladder: Ladder) -> bool:
    """Whether it is the first rung before a deadline: an arrival may lie months before it."""
    steps = one.running.program.reminders if ladder.before is None else ladder.before
    return one.row.step is not None and one.row.step == max(steps, default=0)


def _day(running: Running, days: int, now: datetime) -> date:
    today = shanghai_day(now)
    return running.calendar.add_working_days(today, days) if days else today


def _owed(kind: OwedKind, one: Judged, recipient: str, days: int, now: datetime) -> Owed:
    row = one.row
    return following(
        kind,
        row.program_id,
        row.stage,
        recipient,
        about=row.recipient,
        due=row.due_at,
        since=now,
        days=days,
        send_at=opening_after(one.running.calendar, _day(one.running, days, now)),
        facts=row.facts if row.kind == OwedKind.INVITATION else {},
    )
