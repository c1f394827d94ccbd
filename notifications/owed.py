"""Which reminders are owed: planned from dates alone, each once under a key of its own.

A reminder of a deadline or an arrival belongs to its recipient, not to a nomination: the nominations concerned are
looked up when it is sent, so one message speaks for all of them. Planning the same again gives the same keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from deadlines import SHANGHAI, WorkCalendar
from deadlines.ladders import ladder
from notifications.hours import is_urgent, next_working_instant
from programs import Words

_NO_FACTS: Final[Mapping[str, str]] = MappingProxyType({})


class OwedKind(StrEnum):
    """What a reminder speaks of."""

    DEADLINE = "deadline"
    ARRIVAL = "arrival"
    NOTICE = "notice"
    INVITATION = "invitation"
    OVERDUE = "overdue"
    ESCALATION = "escalation"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS: Final = {
    OwedKind.DEADLINE: Words("期限提醒", "a deadline"),
    OwedKind.ARRIVAL: Words("待办通知", "something to act on"),
    OwedKind.NOTICE: Words("办理结果", "an outcome"),
    OwedKind.INVITATION: Words("评审邀请", "an invitation to review"),
    OwedKind.OVERDUE: Words("逾期催办", "overdue"),
    OwedKind.ESCALATION: Words("逾期上报", "overdue, told to the organization above"),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One reminder that is owed. Instants are aware, in Asia/Shanghai.

    `key` is unique among all that is ever owed. `stage` is the key of a standing. `due` is the first instant too late,
    and `step` the working days before it, both for a deadline only; `nomination` is the number of the one that a notice
    is about, and `facts` what there is to say of it. What follows another is `about` its recipient, and about what has
    stood there `since` it was told.
    """

    key: str
    kind: OwedKind
    recipient: str
    program: str
    stage: str
    due: datetime | None
    step: int | None
    nomination: str | None
    send_at: datetime
    facts: Mapping[str, str]
    about: str | None = None
    since: datetime | None = None


def deadline_reminders(  # noqa: PLR0913 - a bundle of these would be made for this call alone
    program_id: str,
    stage: str,
    recipient: str,
    due: datetime,
    *,
    calendar: WorkCalendar,
    steps: Iterable[int],
    now: datetime,
    day_before: bool = False,
) -> tuple[Owed, ...]:
    """Return the rungs of a ladder before `due` that are still to come, the earliest first.

    A rung stands `step` working days before the last working day on which something can still be done, when offices
    open; one before `now` is not owed. `day_before` plans for a day less, as for 前, which may exclude its day.

    Raises `deadlines.errors.LadderError` for a negative step and `OutsideCalendarError` beyond the calendar.
    """
    closes = due.astimezone(SHANGHAI)
    return tuple(
        Owed(
            key=_key(OwedKind.DEADLINE, program_id, stage, closes.isoformat(), str(rung.before), recipient),
            kind=OwedKind.DEADLINE,
            recipient=recipient,
            program=program_id,
            stage=stage,
            due=closes,
            step=rung.before,
            nomination=None,
            send_at=rung.at,
            facts=_NO_FACTS,
        )
        for rung in ladder(calendar, closes, steps, day_before=day_before)
        if rung.at >= now
    )


def asked_reminder(  # noqa: PLR0913 - a bundle of these would be made for this call alone
    program_id: str, stage: str, recipient: str, due: datetime, *, asked: str, step: int, send_at: datetime
) -> Owed:
    """Return the rung of a ladder before what is `asked` of somebody is due, once for each step of it."""
    closes = due.astimezone(SHANGHAI)
    return Owed(
        key=_key(OwedKind.DEADLINE, program_id, stage, closes.isoformat(), str(step), recipient, asked),
        kind=OwedKind.DEADLINE,
        recipient=recipient,
        program=program_id,
        stage=stage,
        due=closes,
        step=step,
        nomination=None,
        send_at=send_at,
        facts=MappingProxyType({"asked": asked}),
    )


def arrival_reminder(
    program_id: str,
    stage: str,
    recipient: str,
    *,
    calendar: WorkCalendar,
    now: datetime,
    due: datetime | None = None,
) -> Owed:
    """Return the word that something new waits: due at once within working hours, else when offices next open.

    What waits no further working day (`due`, the first instant too late) is told at once at any hour.

    Its key names the day of sending, so all that arrives for the same day shares one reminder until that is told.
    """
    urgent = due is not None and is_urgent(calendar, now, due)
    send_at = now.astimezone(SHANGHAI) if urgent else next_working_instant(calendar, now)
    return Owed(
        key=_key(OwedKind.ARRIVAL, program_id, stage, send_at.date().isoformat(), recipient),
        kind=OwedKind.ARRIVAL,
        recipient=recipient,
        program=program_id,
        stage=stage,
        due=None,
        step=None,
        nomination=None,
        send_at=send_at,
        facts=_NO_FACTS,
    )


def arrival_key(one: Owed, number: int) -> str:
    """Return the key of the word that something arrived, as the first, second … one of its day for its recipient."""
    return one.key if number == 1 else f"{one.key}|{number}"


def notice(  # noqa: PLR0913 - as above
    program_id: str,
    nomination: str,
    version: int,
    stage: str,
    recipient: str,
    *,
    facts: Mapping[str, str],
    calendar: WorkCalendar,
    now: datetime,
) -> Owed:
    """Return the word on what became of one nomination; `version` is the nomination's own after that move.

    A move gives a nomination one version, so each move tells each recipient once.
    """
    return Owed(
        key=notice_key(program_id, nomination, version, stage, recipient),
        kind=OwedKind.NOTICE,
        recipient=recipient,
        program=program_id,
        stage=stage,
        due=None,
        step=None,
        nomination=nomination,
        send_at=next_working_instant(calendar, now),
        facts=MappingProxyType(dict(facts)),
    )


def notice_key(program_id: str, nomination: str, version: int, stage: str, recipient: str) -> str:
    """Return the key of the word on what became of a nomination by the move that gave it this version."""
    return _key(OwedKind.NOTICE, program_id, nomination, str(version), stage, recipient)


def invitation(  # noqa: PLR0913 - as above
    program_id: str,
    stage: str,
    panel: str,
    expert: str,
    *,
    calendar: WorkCalendar,
    now: datetime,
    due: datetime | None = None,
    steps: Iterable[int] = (),
) -> tuple[Owed, ...]:
    """Return the invitation of an expert who was drawn for a panel: each panel invites each expert once.

    Where it is to be answered by an instant (`due`, the first too late), a ladder of reminders leads up to that; they
    are moot once it is answered.
    """
    facts = MappingProxyType({"panel": panel})
    first = Owed(
        key=_key(OwedKind.INVITATION, program_id, stage, panel, expert),
        kind=OwedKind.INVITATION,
        recipient=expert,
        program=program_id,
        stage=stage,
        due=due.astimezone(SHANGHAI) if due else None,
        step=None,
        nomination=None,
        send_at=next_working_instant(calendar, now),
        facts=facts,
    )
    if due is None:
        return (first,)
    rungs = deadline_reminders(program_id, stage, expert, due, calendar=calendar, steps=steps, now=now)
    # A rung of the day on which the invitation itself is sent says nothing more.
    later = (one for one in rungs if one.send_at.date() > first.send_at.date())
    return first, *(replace(one, key=f"{one.key}|{panel}", facts=facts) for one in later)


def following(  # noqa: PLR0913 - as above
    kind: OwedKind,
    program_id: str,
    stage: str,
    recipient: str,
    *,
    about: str,
    due: datetime | None,
    since: datetime,
    days: int,
    send_at: datetime,
    facts: Mapping[str, str] = _NO_FACTS,
) -> Owed:
    """Return what follows so many working days after somebody was told something, while it is still not done.

    Each follows once for each day on which something was told. Those of one deadline are `alike`: once one of them is
    told, the others are not.
    """
    matter = due.astimezone(SHANGHAI).isoformat() if due else "-"
    told = since.astimezone(SHANGHAI).date().isoformat()
    return Owed(
        key=_key(kind, program_id, stage, matter, str(days), about, recipient, told),
        kind=kind,
        recipient=recipient,
        program=program_id,
        stage=stage,
        due=due,
        step=None,
        nomination=None,
        send_at=send_at,
        facts=facts,
        about=about,
        since=since,
    )


def alike(key: str) -> tuple[str, str]:
    """Return the first and the last key that could follow the same as this one, on whatever day."""
    matter, _, _ = key.rpartition("|")
    # What stands behind is a day, so that letters come after all of them.
    return f"{matter}|", f"{matter}|A"


#: What stands for itself nowhere in a part of a key, and what is written in its place, in this order.
ESCAPES: Final = (("%", "%25"), ("|", "%7C"))


def escaped(part: str) -> str:
    """Write a part of a key so that no two lists of parts give the same key."""
    for character, written in ESCAPES:
        part = part.replace(character, written)
    return part


def _key(*parts: str) -> str:
    return "|".join(escaped(part) for part in parts)
