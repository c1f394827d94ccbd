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
from operations.asked import Asked
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
        invited = "panel" in one.row.facts
        ladder = one.running.program.ladder(_actor(one))
        due = one.item.due
        if due is None:
            for days in ladder.after:
                yield _owed(OwedKind.OVERDUE, one, one.row.recipient, days, now)
        if ladder.escalate is None:
            continue
        if invited and due is not None:
            # The office looks for them once the day has passed by which they were to answer.
            yield _unanswered(one, due, ladder.escalate, now)
            continue
        if due is not None and not _begins(one, ladder, ladder.escalate):
            continue
        by_office = invited or ladder.actor is Actor.EXPERT
        above = one.running.program.office if by_office else next(iter(tree.above(one.row.recipient)), None)
        day = _day(one.running, ladder.escalate, now)
        if above and (due is None or day <= last_day_before(due)):
            yield _owed(OwedKind.ESCALATION, one, above, ladder.escalate, now)


def _actor(one: Judged) -> Actor:
    """Return the part of whoever was told."""
    if "panel" in one.row.facts:
        return Actor.EXPERT
    asked = one.row.facts.get("asked")
    own = actor_at(one.running.program, one.row.stage)
    return own if asked in (None, Asked.STAGE) else Asked(asked).actor


def _begins(one: Judged, ladder: Ladder, escalate: int) -> bool:
    """Whether whoever is above is told of a deadline from this reminder on: from any of its rungs.

    They are told once: where the first time everything was done already, by a later one of those who came since. An
    arrival may lie months before a deadline; but one among the rungs counts where those still to come leave no time.
    """
    if one.row.step is not None:
        return True
    steps = one.running.program.reminders if ladder.before is None else ladder.before
    left = one.item.working_days_left if one.item else None
    if left is None or left > max(steps, default=-1):
        return False
    return not any(escalate <= step < left for step in steps)


def _day(running: Running, days: int, now: datetime) -> date:
    today = shanghai_day(now)
    return running.calendar.add_working_days(today, days) if days else today


def _owed(kind: OwedKind, one: Judged, recipient: str, days: int, now: datetime) -> Owed:
    row = one.row
    # An arrival is of no deadline, but what follows it is of that which those who wait have.
    due = row.due_at or (one.item.due if one.item else None)
    return following(
        kind,
        row.program_id,
        row.stage,
        recipient,
        about=row.recipient,
        due=due,
        since=now,
        days=days,
        send_at=opening_after(one.running.calendar, _day(one.running, days, now)),
        facts={name: row.facts[name] for name in ("panel", "asked") if name in row.facts},
    )


def _unanswered(one: Judged, due: datetime, days: int, now: datetime) -> Owed:
    """Return the word to the office that somebody has not answered in time; owed once, however often they were told."""
    row = one.row
    return following(
        OwedKind.ESCALATION,
        row.program_id,
        row.stage,
        one.running.program.office,
        about=row.recipient,
        due=due,
        since=now,
        days=days,
        send_at=opening_after(one.running.calendar, shanghai_day(due)),
        facts=row.facts,
    )
