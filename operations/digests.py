"""What reminders say when their time comes: each judged by what stands then, and one letter of all for a recipient."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before, shanghai_day
from notifications.hours import is_urgent, working_days_left
from notifications.letters import LISTED, Item, Letter, Nominated, compose
from notifications.owed import OwedKind
from notifications.tasks import task_at
from operations.desk import Desk, Running
from programs import Program
from store import among
from store import tables as t

#: What an expert who is invited is asked to do.
_INVITED = "确认能否参加评审；与申报人、其单位或推荐单位有利害关系的，请一并申报"

_UNANSWERED = "与专家联系，确认其是否收到邀请、能否参加"


@dataclass(frozen=True, slots=True)
class Judged:
    """A reminder as it stands now: what it says, nothing where another one of its recipient says it already."""

    row: Row[Any]
    running: Running
    item: Item | None


@dataclass
class Judgement:
    """Reminders that still stand, by recipient, in the order of their keys; and the ids of those that are moot."""

    standing: dict[str, list[Judged]] = field(default_factory=lambda: defaultdict(list))
    moot: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Concerned:
    """The nominations that a reminder is about now: the first of them, how many, and the first instant too late."""

    first: tuple[Nominated, ...]
    count: int
    due: datetime | None


class Judge:
    """Judges reminders by what one transaction sees; programs and addresses are looked up once in it."""

    def __init__(self, desk: Desk, connection: Connection, now: datetime) -> None:
        self._desk = desk
        self._connection = connection
        self._now = now
        self._programs: dict[tuple[str, str], Running] = {}

    def judge(self, rows: Sequence[Row[Any]]) -> Judgement:
        """Say of each of these reminders whether it stands, and what it says."""
        judgement = Judgement()
        concerned = self._concerned(rows)
        invited = self._invited(rows)
        told: set[tuple[Any, ...]] = set()
        for row in sorted(rows, key=lambda one: (one.recipient, one.key)):
            about = concerned.get(row.id)
            if about is None and row.id not in invited:
                judgement.moot.append(row.id)
                continue
            running = self.running(row.program_id, row.stage)
            # A ladder's later rung says no more than the rung that is told already.
            matter = (row.recipient, row.kind, row.program_id, row.stage, row.due_at, row.about)
            item = None if matter in told else self._item(running, row, about or _NONE)
            if row.kind != OwedKind.NOTICE:
                told.add(matter)
            judgement.standing[row.recipient].append(Judged(row, running, item))
        return judgement

    def letter(
        self, recipient: str, said: Sequence[Judged], address: str | None, *, message_id: str | None = None
    ) -> Letter:
        """Write what these reminders say, of which one at least says something; again under its own Message-ID."""
        letter = compose(
            recipient,
            [one.item for one in said if one.item],
            address=address,
            sender=self.running(said[0].row.program_id).program.office,
            key="|".join(sorted(one.row.key for one in said)),
            now=self._now,
        )
        return replace(letter, message_id=message_id) if message_id else letter

    def running(self, program_id: str, stage: str = "") -> Running:
        """Return the newest version of a program, with a `stage` the newest that has it."""
        key = (program_id, stage)
        if key not in self._programs:
            desk, connection = self._desk, self._connection
            self._programs[key] = (
                desk.holding(connection, program_id, stage) if stage else desk.running(connection, program_id)
            )
        return self._programs[key]

    def _item(self, running: Running, row: Row[Any], about: _Concerned) -> Item:
        program, standing = running.program, running.pipeline.standings[row.stage]
        kind, now = OwedKind(row.kind), self._now
        due = row.due_at or about.due
        return Item(
            kind=kind,
            award=f"{program.award}（{program.edition}）",
            stage=standing.name.zh,
            nominations=about.first,
            total=about.count,
            urgent=kind is not OwedKind.NOTICE and due is not None and is_urgent(running.calendar, now, due),
            about=row.about,
            task=_task(program, row, kind),
            due=due,
            working_days_left=working_days_left(running.calendar, now, due) if due else None,
            provisional=due is not None and running.may_change(shanghai_day(now), last_day_before(due)),
            where=standing.office,
            outcome=row.facts.get("move"),
            reason=row.facts.get("reason") or None,
        )

    def _concerned(self, rows: Sequence[Row[Any]]) -> dict[int, _Concerned]:
        waiting = [row.id for row in rows if row.kind != OwedKind.NOTICE and "panel" not in row.facts]
        notices = [row.id for row in rows if row.kind == OwedKind.NOTICE]
        found: dict[int, _Concerned] = {}
        for query, ids in ((_waiting(waiting), waiting), (_noticed(notices), notices)):
            gathered: dict[int, list[Row[Any]]] = defaultdict(list)
            for one in self._connection.execute(query) if ids else ():
                gathered[one.id].append(one)
            for reminder, some in gathered.items():
                first = tuple(Nominated(one.number, one.nominee) for one in some)
                found[reminder] = _Concerned(first, some[0].total, some[0].due)
        return found

    def _invited(self, rows: Sequence[Row[Any]]) -> frozenset[int]:
        """Return which of these are invitations that wait for an answer, to panels that were not drawn again since."""
        asked: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
        for row in rows:
            if "panel" in row.facts:
                asked[int(row.facts["panel"]), row.about or row.recipient].append(row)
        if not asked:
            return frozenset()
        of = t.panel_seat.c
        waiting = (
            select(of.panel_id, t.expert.c.name)
            .join_from(t.panel_seat, t.panel)
            .join(t.expert, t.expert.c.id == of.expert_id)
            .where(among(of.panel_id, sorted({panel for panel, _ in asked})))
            .where(t.panel.c.voided_at.is_(None), of.state == "invited")
        )
        still = [pair for pair in self._connection.execute(waiting).tuples() if pair in asked]
        received = self._received([name for _, name in still])
        return frozenset(
            row.id
            for panel, name in still
            for row in asked[panel, name]
            if row.kind != OwedKind.ESCALATION or (str(panel), name) not in received
        )

    def _received(self, experts: Sequence[str]) -> frozenset[tuple[str, str]]:
        """Return the panels and experts whose invitation is known to have been received."""
        of = t.reminder.c
        query = (
            select(of.facts, of.recipient)
            .join_from(t.reminder, t.message, t.message.c.id == of.message_id)
            .where(of.kind == OwedKind.INVITATION.value, of.recipient.in_(experts))
            .where(t.message.c.received_at.is_not(None))
        )
        return frozenset((facts["panel"], name) for facts, name in self._connection.execute(query) if experts)


_NONE = _Concerned((), 0, None)


def _task(program: Program, row: Row[Any], kind: OwedKind) -> str | None:
    if kind is OwedKind.NOTICE:
        return None
    invited = "panel" in row.facts
    if kind is OwedKind.ESCALATION:
        return _UNANSWERED if invited else f"督促{row.about}：{task_at(program, row.stage)}"
    return _INVITED if invited else task_at(program, row.stage)


def _waiting(ids: Sequence[int]) -> Select[Any]:
    """Ask what these reminders are about: what their recipient, or whoever they are about, holds at their standing.

    An extended deadline owes a ladder of its own.
    """
    of, one = t.reminder.c, t.nomination.c
    whose = func.coalesce(of.about, of.recipient)
    held = (one.program_id == of.program_id, one.stage == of.stage, one.holder == whose)
    # An objection that is looked into is due by itself, and does not move its nominee on in time.
    objected = t.objection.c
    looked_into = objected.outcome.is_(None) & (objected.due_at == of.due_at) & (objected.nomination_id == one.id)
    due_then = or_(of.due_at.is_(None), one.due_at == of.due_at, exists().where(looked_into))
    same = and_(due_then, or_(of.since.is_(None), one.moved_at <= of.since))
    each = (
        select(
            of.id,
            one.number,
            one.nominee,
            func.row_number().over(partition_by=of.id, order_by=one.number).label("place"),
            func.count().over(partition_by=of.id).label("total"),
            func.min(one.due_at).over(partition_by=of.id).label("due"),
        )
        .join_from(t.reminder, t.nomination, and_(*held, same))
        .where(among(of.id, ids))
        .subquery()
    )
    return select(each).where(each.c.place <= LISTED).order_by(each.c.id, each.c.place)


def _noticed(ids: Sequence[int]) -> Select[Any]:
    of, one = t.reminder.c, t.nomination.c
    numbered = (of.id, one.number, one.nominee, func.count().over(partition_by=of.id).label("total"))
    return (
        select(*numbered, of.due_at.label("due"))
        .join_from(t.reminder, t.nomination, one.number == of.nomination)
        .where(among(of.id, ids))
    )


def addresses(connection: Connection, names: Iterable[str]) -> Mapping[str, str | None]:
    """Return where these are written to: an organization's address, or that of an expert of the pool."""
    asked = sorted(set(names))
    found: dict[str, str | None] = {}
    for table in (t.expert, t.organization):
        some = select(table.c.name, table.c.mail).where(table.c.name.in_(asked), table.c.mail.is_not(None))
        found |= {name: mail for name, mail in connection.execute(some) if mail}
    return found
