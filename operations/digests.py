"""What reminders say when their time comes: each judged by what stands then, and one letter of all for a recipient."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before, shanghai_day
from notifications.hours import is_urgent, working_days_left
from notifications.letters import LISTED, Item, Letter, Links, Nominated, compose
from notifications.letters import message_id as named
from notifications.owed import OwedKind, alike
from notifications.tasks import task_at
from operations.addresses import Route
from operations.asked import Asked, Outstanding, outstanding
from operations.clock_reasons import reason_told
from operations.desk import Desk, Running
from operations.links import Linking, Purpose
from operations.returned import returned_because, to_mend_by
from programs import Program, Words
from programs.reminding import Actor
from store import among
from store import tables as t

#: What an expert who is invited is asked to do.
INVITED = Words(
    "确认能否参加评审；与申报人、其单位或推荐单位有利害关系的，请一并申报",
    "say whether you take part, and declare what ties you to nominees, their units or their nominators",
)

UNANSWERED = Words(
    "与专家联系，确认其是否收到邀请、能否参加", "ask the expert whether the invitation came, and whether they take part"
)
URGED = Words("督促{about}：{task}", "see to it that {about} does this: {task}")

#: Of what is an invitation somebody must know that it came; what reminds of its answer asks the same.
_RECEIPTS = frozenset({OwedKind.INVITATION, OwedKind.OVERDUE})


def needs_receipt(row: Row[Any]) -> bool:
    """Whether somebody must know that the letter which tells this has come."""
    return "panel" in row.facts and row.kind in _RECEIPTS


def is_news(row: Row[Any]) -> bool:
    """Whether this only informs: what became of a nomination, and nothing that its recipient has to do."""
    return row.kind == OwedKind.NOTICE and "duty" not in row.facts


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
    """Judges reminders by what one transaction sees; programs and addresses are looked up once in it.

    Letters that it writes to be sent are `signed`: their links work.
    """

    def __init__(self, desk: Desk, connection: Connection, now: datetime, *, signed: bool = False) -> None:
        self._desk = desk
        self._signed = signed
        self._language = desk.letterhead.language
        self._connection = connection
        self._now = now
        self._programs: dict[tuple[str, str], Running] = {}

    def judge(self, rows: Sequence[Row[Any]]) -> Judgement:
        """Say of each of these reminders whether it stands, and what it says."""
        judgement = Judgement()
        concerned = self._concerned(rows)
        invited = self._invited(rows)
        unwanted = self._unwanted(rows) | self._told_already(rows)
        standing: list[Row[Any]] = []
        # A ladder's later rung says no more than the rung that is told already; news that are alike are told together.
        matters: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
        to_mend = to_mend_by(self._connection, rows)
        # An invitation says all that a reminder to answer it does.
        for row in sorted(rows, key=lambda one: (one.recipient, one.kind != OwedKind.INVITATION, one.key)):
            if row.id in unwanted or not (row.id in concerned or row.id in invited or row.kind == OwedKind.NOTICE):
                judgement.moot.append(row.id)
                continue
            standing.append(row)
            matters[*told_together(row), to_mend.get(row.id)].append(row)
        items = {
            some[0].id: self._item(some, concerned.get(some[0].id, _NONE), to_mend.get(some[0].id))
            for some in matters.values()
        }
        for row in standing:
            running = self.running(row.program_id, row.stage)
            judgement.standing[row.recipient].append(Judged(row, running, items.get(row.id)))
        return judgement

    def letter(self, recipient: str, said: Sequence[Judged], route: Route, *, message_id: str | None = None) -> Letter:
        """Write what these reminders say, of which one at least says something; again under its own Message-ID.

        It goes by this route of its recipient's.
        """
        name = message_id or named("|".join(sorted(one.row.key for one in said)))
        confirmed = [one for one in said if needs_receipt(one.row)]
        return compose(
            recipient,
            [one.item for one in said if one.item],
            address=route.value,
            by=route.by,
            sender=self._offices(said),
            answered_to=self._offices(confirmed) if confirmed else None,
            name=name,
            now=self._now,
            links=Links(
                confirm=self._linking.to(Purpose.RECEIVED, name) if confirmed else None,
                unsubscribe=self._linking.to(Purpose.UNSUBSCRIBE, name) if any(map(self._optional, said)) else None,
            ),
            language=self._language,
        )

    def running(self, program_id: str, stage: str = "") -> Running:
        """Return the newest version of a program, with a `stage` the newest that has it."""
        key = (program_id, stage)
        if key not in self._programs:
            desk, connection = self._desk, self._connection
            self._programs[key] = (
                desk.holding(connection, program_id, stage) if stage else desk.running(connection, program_id)
            )
        return self._programs[key]

    def _offices(self, said: Sequence[Judged]) -> str:
        """Return the offices whose programs these tell of, each once."""
        programs = dict.fromkeys(one.row.program_id for one in said)
        offices = dict.fromkeys(self.running(program).program.office for program in programs)
        return ("、" if self._language == "zh" else ", ").join(offices)

    @cached_property
    def _linking(self) -> Linking:
        return Linking(self._desk, self._connection, signed=self._signed)

    def _optional(self, one: Judged) -> bool:
        """Whether the recipient may do without news like this."""
        return is_news(one.row) and self.running(one.row.program_id).program.ladder(Actor.NOMINATOR).may_unsubscribe

    def _page(self, row: Row[Any], about: _Concerned) -> str | None:
        """Return where the console shows what a reminder is about."""
        base = self._desk.letterhead.console
        if base is None or not about.first:
            return None
        if row.about in (None, row.recipient) and _is_told_no_names(
            self.running(row.program_id, row.stage).program, row
        ):
            return f"{base}/evaluations"
        if about.count == 1:
            return f"{base}/nominations/{quote(about.first[0].number, safe='')}"
        return f"{base}/nominations?{urlencode({'program': row.program_id, 'stage': row.stage})}"

    def _item(self, rows: Sequence[Row[Any]], about: _Concerned, to_mend: datetime | None) -> Item:
        row = rows[0]
        running = self.running(row.program_id, row.stage)
        program, standing = running.program, running.pipeline.standings[row.stage]
        kind, now = _told_as(row), self._now
        if kind is OwedKind.NOTICE:
            some = tuple(Nominated(one.nomination, one.facts["nominee"]) for one in rows)
            about = _Concerned(some, len(some), to_mend)
        due = row.due_at or about.due
        return Item(
            kind=kind,
            award=f"{program.award}（{program.edition}）",
            stage=standing.name.in_language(self._language),
            nominations=about.first,
            total=about.count,
            urgent=kind is not OwedKind.NOTICE and due is not None and is_urgent(running.calendar, now, due),
            about=row.about,
            task=task.in_language(self._language) if (task := _task(program, row, kind)) else None,
            due=due,
            working_days_left=working_days_left(running.calendar, now, due) if due else None,
            provisional=due is not None and running.may_change(shanghai_day(now), last_day_before(due)),
            where=standing.office,
            outcome=(row.facts.get("move_en") if self._language == "en" else None) or row.facts.get("move"),
            reason=reason.in_language(self._language) if (reason := reason_told(row.facts.get("reason"))) else None,
            page=self._page(row, about),
            remarks=program.words_of(row.kind, standing.stage),
            receipt=needs_receipt(row),
        )

    def _concerned(self, rows: Sequence[Row[Any]]) -> dict[int, _Concerned]:
        elsewhere = {"panel", "asked"}
        waiting = [row.id for row in rows if row.kind != OwedKind.NOTICE and not elsewhere & row.facts.keys()]
        gathered: dict[int, list[Row[Any]]] = defaultdict(list)
        for one in self._connection.execute(_waiting(waiting)) if waiting else ():
            gathered[one.id].append(one)
        because = returned_because(self._connection, [one for some in gathered.values() for one in some])
        found = {
            reminder: _Concerned(
                tuple(Nominated(one.number, one.nominee, because.get(one.number)) for one in some),
                some[0].total,
                some[0].due,
            )
            for reminder, some in gathered.items()
        }
        return found | self._asked(rows)

    def _asked(self, rows: Sequence[Row[Any]]) -> dict[int, _Concerned]:
        """Return of which of these something is still asked by the day that they say, and for whom."""
        known: dict[tuple[Any, ...], Outstanding] = {}
        found: dict[int, _Concerned] = {}
        for row in rows:
            if "asked" not in row.facts:
                continue
            what = (row.program_id, row.stage, row.facts["asked"], row.due_at, row.since)
            if what not in known:
                running, asked = self.running(row.program_id, row.stage), Asked(row.facts["asked"])
                known[what] = outstanding(
                    self._desk, self._connection, running, row.stage, asked, row.due_at, row.since
                )
            some = known[what].get(row.about or row.recipient)
            if some and _is_told_no_names(self.running(row.program_id, row.stage).program, row):
                some = [Nominated(one.number, "") for one in some]
            if some:
                found[row.id] = _Concerned(tuple(some[:LISTED]), len(some), row.due_at)
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
        received = received_invitations(self._connection, [name for _, name in still])
        return frozenset(
            row.id
            for panel, name in still
            for row in asked[panel, name]
            # Past the day by which they were to answer, it does not matter whether it came.
            if _told_as(row) is OwedKind.INVITATION or row.due_at is not None or (str(panel), name) not in received
        )

    def _unwanted(self, rows: Sequence[Row[Any]]) -> frozenset[int]:
        """Return which of these are news that its recipient may do without, and has unsubscribed from."""
        news = [row for row in rows if is_news(row)]
        of = t.unsubscription.c
        some = select(of.recipient, of.program_id).where(of.program_id.in_(sorted({row.program_id for row in news})))
        left = set(self._connection.execute(some).tuples()) if news else set()
        return frozenset(
            row.id
            for row in news
            if (row.recipient, row.program_id) in left
            and self.running(row.program_id).program.ladder(Actor.NOMINATOR).may_unsubscribe
        )

    def _told_already(self, rows: Sequence[Row[Any]]) -> frozenset[int]:
        """Return which of these tell whoever is above of a deadline and somebody of whom another letter tells them."""
        asked = [row for row in rows if row.kind == OwedKind.ESCALATION and row.due_at is not None]
        if not asked:
            return frozenset()
        of, ranges = t.reminder.c, {row.id: alike(row.key) for row in asked}
        among_them = or_(*(of.key.between(*pair) for pair in sorted(set(ranges.values()))))
        told = self._connection.execute(
            select(of.key, of.message_id).where(among_them, of.message_id.is_not(None))
        ).all()
        return frozenset(
            row.id
            for row in asked
            for one in told
            if ranges[row.id][0] <= one.key <= ranges[row.id][1] and one.message_id != row.message_id
        )


_NONE = _Concerned((), 0, None)


def received_invitations(connection: Connection, experts: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return the panels and experts whose invitation is known to have been received."""
    if not experts:
        return frozenset()
    told, letter = t.reminder.c, t.message.c
    query = (
        select(told.facts, told.recipient)
        .join_from(t.message, t.reminder, told.message_id == letter.id)
        # A letter is its recipient's alone, and found by them: reminders are not.
        .where(letter.recipient.in_(experts), letter.received_at.is_not(None))
        .where(told.kind.in_([kind.value for kind in _RECEIPTS]))
    )
    found = connection.execute(query).tuples()
    return frozenset((facts["panel"], name) for facts, name in found if "panel" in facts)


def told_together(row: Row[Any]) -> tuple[Any, ...]:
    """Tell reminders that one item tells from all others."""
    facts = row.facts
    if row.kind == OwedKind.NOTICE:
        return row.recipient, row.kind, row.program_id, row.stage, facts.get("move"), facts.get("reason")
    return row.recipient, _told_as(row), row.program_id, row.stage, row.due_at, row.about, facts.get("asked")


def _told_as(row: Row[Any]) -> OwedKind:
    """Return what a reminder is told as: one that an invitation is to be answered is the invitation once more."""
    kind = OwedKind(row.kind)
    return OwedKind.INVITATION if kind is OwedKind.DEADLINE and "panel" in row.facts else kind


def _task(program: Program, row: Row[Any], kind: OwedKind) -> Words | None:
    if kind is OwedKind.NOTICE:
        return None
    invited = "panel" in row.facts
    if "asked" in row.facts and (task := Asked(row.facts["asked"]).task):
        return URGED.format(about=row.about, task=task) if kind is OwedKind.ESCALATION else task
    if kind is OwedKind.ESCALATION:
        return UNANSWERED if invited else URGED.format(about=row.about, task=task_at(program, row.stage) or "")
    return INVITED if invited else task_at(program, row.stage)


def _is_told_no_names(program: Program, row: Row[Any]) -> bool:
    """Whether a reminder asks something of an expert of a blind panel themselves."""
    asked_of_experts = row.facts.get("asked") in (Asked.SCORES, Asked.BALLOT)
    return (
        asked_of_experts
        and row.about in (None, row.recipient)
        and any(panel.blind for panel in program.panels().values())
    )


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
            one.program_id,
            one.stage,
            one.number,
            one.nominee,
            one.unit,
            one.version,
            func.row_number().over(partition_by=of.id, order_by=one.number).label("place"),
            func.count().over(partition_by=of.id).label("total"),
            func.min(one.due_at).over(partition_by=of.id).label("due"),
        )
        .join_from(t.reminder, t.nomination, and_(*held, same))
        .where(among(of.id, ids))
        .subquery()
    )
    return select(each).where(each.c.place <= LISTED).order_by(each.c.id, each.c.place)
