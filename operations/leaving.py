"""What an award leaves in the past of whoever had it, for later programs to read: a subsidy, or a ban.

It is recorded as if by hand, so that an administrator can end or remove it like everything else that was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select

from deadlines.keydates import term_closes
from deadlines.zone import day_end, last_day_before, midnight, shanghai_day
from operations.acts import Act
from operations.desk import Running
from operations.pasts import is_rehearsed, owner_of
from programs import Program, Words
from programs.terms import Disqualification
from states import Move, Refusal
from store import INSTALLATION, Transaction
from store import tables as t

#: No past has a longer name.
_NAME = 120


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is left: its kind and name, the first day and, where it has one, the last."""

    kind: str
    name: str
    since: date
    until: date | None = None


class Ban(NamedTuple):
    """A past that bars a nominee: its id, and the last day of it."""

    past: int
    until: date


def leave_past(
    transaction: Transaction, program: Program, row: Row[Any], left: Leaving, source: str, act: Act
) -> int | None:
    """Enter something into the past of a nominee; returns its id, none of a rehearsal, which leaves no trace."""
    connection = transaction.connection
    if is_rehearsed(connection, program.id):
        return None
    owner, name = owner_of(program, row), left.name[:_NAME]
    values = {
        "kind": left.kind,
        "name": name,
        "holder": row.nominee,
        "unit": row.unit,
        "identity": row.identity,
        "owner": owner,
        "since": midnight(left.since),
        "ended_at": day_end(left.until) if left.until else None,
        "source": source,
    }
    number: int = connection.execute(insert(t.past).values(values).returning(t.past.c.id)).scalar_one()
    transaction.record(
        INSTALLATION,
        "past.recorded",
        past=number,
        of=left.kind,
        name=name,
        holder=row.nominee,
        unit=row.unit,
        since=left.since.isoformat(),
        until=left.until.isoformat() if left.until else None,
        source=source,
        known=owner is not None,
        **act.signature(),
    )
    return number


def take_past_back(transaction: Transaction, past: int, act: Act) -> None:
    """Take out of a past what has been undone; nothing where somebody has removed it by hand."""
    of = t.past.c
    row = transaction.connection.execute(select(t.past).where(of.id == past).with_for_update()).one_or_none()
    if row is None:
        return
    transaction.connection.execute(delete(t.past).where(of.id == past))
    about = {"of": row.kind, "name": row.name, "holder": row.holder, "unit": row.unit}
    transaction.record(INSTALLATION, "past.removed", past=past, **about, **act.signature())


def leave_ban(
    transaction: Transaction, program: Program, row: Row[Any], years: int | None, why: str, act: Act
) -> Ban | None:
    """Bar a nominee from being nominated for so many years; none where there is no ban.

    The day from which it counts is the first; programs whose rules ask for a ban refuse them until it has passed.
    """
    if years is None:
        return None
    first = shanghai_day(act.now)
    last = last_day_before(term_closes(first, years))
    ban = Leaving("ban", f"{program.award}（{program.edition}）：{why}", first, last)
    done = leave_past(transaction, program, row, ban, f"项目 {program.id} 申报 {row.number}", act)
    return Ban(done, last) if done is not None else None


def ground_named(program: Program, ground: str) -> Disqualification | None:
    """Return which of a program's grounds is named, by its id."""
    return next((one for one in program.disqualifications if one.id == ground), None)


def unfit_ground(program: Program, what: Move, ground: str | None) -> Refusal | None:
    """Refuse a ground that the program does not have, and one of a move that needs none."""
    if ground is None or (what is Move.DISQUALIFY and ground_named(program, ground)):
        return None
    known = Words(
        "、".join(f"{one.id}（{one.name}）" for one in program.disqualifications) or "无",
        ", ".join(one.id for one in program.disqualifications) or "none",
    )
    return Refusal(
        "ground-known",
        Words("通知没有这一取消情形：{ground}", "the notice has no such ground: {ground}").format(ground=ground),
        Words("取消申报资格可用：{known}；没有所列情形的不写", "a disqualification takes {known}, or none").format(
            known=known
        ),
    )


def leave_bans(
    transaction: Transaction, versions: Mapping[int, Running], rows: Sequence[Row[Any]], named: str | None, act: Act
) -> None:
    """Leave the bans that a disqualification for a named ground brings, where the program says that it does.

    What the reason says is for people: it may as well deny a ground as state it.
    """
    for row in rows if named else ():
        program = versions[row.revision].program
        if ground := ground_named(program, named or ""):
            leave_ban(transaction, program, row, ground.bars_years, ground.name, act)
