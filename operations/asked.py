"""What is asked of somebody by a day that no nomination of theirs is due on, and of whom it is still asked.

By the close of a stage's planned window: that whoever holds what stands there deals with it, that experts score what
they were assigned, that members vote in a ballot that is open. By the end of a period of a term: its report, its
assessment, and what is to be made good.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, Select, and_, exists, or_, select, true
from sqlalchemy.engine import Connection

from deadlines.duties import DutyKind
from deadlines.keydates import KeyDateKind
from notifications.letters import Nominated
from operations.desk import Desk, Running
from operations.tenure.state import terms_of
from programs import Words
from programs.reminding import Actor
from programs.stages import Promotion, Publicity, Recommendation, Review, Stage, Tenure
from store import tables as t


class Asked(StrEnum):
    """What is asked."""

    STAGE = "stage"
    SCORES = "scores"
    BALLOT = "ballot"
    REPORT = "report"
    ASSESSMENT = "assessment"
    RECTIFICATION = "rectification"

    @property
    def actor(self) -> Actor:
        """Whose ladder it has."""
        return _ACTORS.get(self, Actor.TENURE)

    @property
    def task(self) -> Words | None:
        """What there is to do; none where the stage itself says that."""
        return _TASKS.get(self)


_ACTORS: Final = {Asked.STAGE: Actor.OFFICE, Asked.SCORES: Actor.EXPERT, Asked.BALLOT: Actor.EXPERT}
_TASKS: Final = {
    Asked.SCORES: Words("完成评分和评议意见", "score what was assigned to you, with your opinion"),
    Asked.BALLOT: Words("参加表决", "vote"),
    Asked.REPORT: Words("报送履职报告", "hand in the report of duties"),
    Asked.RECTIFICATION: Words("完成整改并报送整改情况", "make good what failed, and report on it"),
}

#: What a period of a term asks for, and of whom.
DUTIES: Final = {
    DutyKind.REPORT: Asked.REPORT,
    DutyKind.ASSESSMENT: Asked.ASSESSMENT,
    DutyKind.RECTIFICATION: Asked.RECTIFICATION,
}

#: Where nobody acts by the close of a window, or by another deadline.
_OTHERWISE: Final = (Recommendation, Publicity, Promotion, Tenure)

Outstanding = Mapping[str, Sequence[Nominated]]
"""Of whom something is still asked, and for which nominees, in the order of their numbers."""


def asked_at(stage: Stage) -> tuple[Asked, ...]:
    """Return what is asked by the close of a stage's window."""
    if isinstance(stage, _OTHERWISE):
        return ()
    scores = (Asked.SCORES,) if isinstance(stage, Review) and stage.panel else ()
    ballot = (Asked.BALLOT,) if getattr(stage, "ballot", None) else ()
    return (Asked.STAGE, *scores, *ballot)


def window_closes(running: Running, stage_id: str) -> datetime | None:
    """Return the first instant after a stage's planned window, as far as it is known."""
    windows = (one for one in running.dates if one.kind is KeyDateKind.WINDOW and one.id == stage_id)
    return next((one.closes for one in windows), None)


def outstanding(  # noqa: PLR0913, PLR0917 - what is asked of whom
    desk: Desk,
    connection: Connection,
    running: Running,
    stage: str,
    asked: Asked,
    due: datetime,
    until: datetime | None = None,
) -> Outstanding:
    """Return of whom this is still asked by `due`; nobody where it is due otherwise by now.

    With `until` of those only, and for those nominees, of whom it was asked by then.
    """
    program = running.program.id
    if asked not in (Asked.STAGE, Asked.SCORES, Asked.BALLOT):
        return _of_terms(desk, connection, running, stage, asked, due)
    if window_closes(running, stage) != due:
        return {}
    match asked:
        case Asked.SCORES:
            panel = running.program.panels().get(stage)
            query = _scores(program, stage, until, assigned=panel is not None and panel.assigned)
        case Asked.BALLOT:
            query = _ballots(program, stage, until)
        case _:
            query = _held(program, stage, until)
    found: dict[str, list[Nominated]] = defaultdict(list)
    for name, number, nominee in connection.execute(query.order_by(t.nomination.c.number)):
        found[name].append(Nominated(number, nominee))
    return found


def _held(program: str, stage: str, until: datetime | None) -> Select[Any]:
    of = t.nomination.c
    return select(of.holder, of.number, of.nominee).where(
        of.program_id == program,
        of.stage == stage,
        of.holder.is_not(None),
        # What has a deadline of its own is reminded of that.
        of.due_at.is_(None),
        of.moved_at <= until if until else true(),
    )


def _scores(program: str, stage: str, until: datetime | None, *, assigned: bool) -> Select[Any]:
    of, expert = t.nomination.c, t.expert.c
    if assigned:
        pairs = t.assignment.join(t.nomination, t.assignment.c.nomination_id == of.id)
        pairs = pairs.join(t.expert, t.assignment.c.expert_id == expert.id)
        known, asked_at = t.assignment.c.stage == stage, t.assignment.c.assigned_at
    else:
        seat = t.panel_seat.c
        pairs = t.panel.join(t.panel_seat, t.panel.c.id == seat.panel_id).join(t.expert, seat.expert_id == expert.id)
        pairs = pairs.join(t.nomination, t.panel.c.program_id == of.program_id)
        known = and_(t.panel.c.stage == stage, t.panel.c.voided_at.is_(None), seat.state == "confirmed")
        asked_at = of.moved_at
    score, report, recusal = t.score.c, t.report.c, t.recusal.c
    done = or_(
        exists().where(
            score.nomination_id == of.id, score.stage == stage, score.evaluator == expert.name, ~score.superseded
        ),
        exists().where(report.nomination_id == of.id, report.stage == stage, report.reporter == expert.name),
        exists().where(recusal.nomination_id == of.id, recusal.expert_id == expert.id),
    )
    return (
        select(expert.name, of.number, of.nominee)
        .select_from(pairs)
        .where(of.program_id == program, of.stage == stage, known, ~done, asked_at <= until if until else true())
    )


def _ballots(program: str, stage: str, until: datetime | None) -> Select[Any]:
    """Ask who has not voted in the open round. Of a secret one nobody knows, so it is everybody until it is closed.

    Only members of the pool have an address.
    """
    of, member, nominee = t.ballot.c, t.ballot_member.c, t.ballot_nominee.c
    vote, recusal = t.ballot_vote.c, t.ballot_recusal.c
    gone = or_(
        exists().where(
            vote.ballot_id == of.id, vote.member == member.member, vote.nomination_id == nominee.nomination_id
        ),
        exists().where(
            recusal.ballot_id == of.id, recusal.member == member.member, recusal.nomination_id == nominee.nomination_id
        ),
    )
    return (
        select(member.member, t.nomination.c.number, t.nomination.c.nominee)
        .select_from(
            t.ballot.join(t.ballot_member, member.ballot_id == of.id)
            .join(t.ballot_nominee, nominee.ballot_id == of.id)
            .join(t.nomination, t.nomination.c.id == nominee.nomination_id)
            .join(t.expert, t.expert.c.name == member.member)
        )
        .where(
            of.program_id == program,
            of.stage == stage,
            of.closed_at.is_(None),
            of.annulled_at.is_(None),
            or_(member.present.is_(None), member.present),
            ~gone,
            of.opened_at <= until if until else true(),
        )
    )


def _of_terms(
    desk: Desk, connection: Connection, running: Running, stage: str, asked: Asked, due: datetime
) -> Outstanding:
    of = t.nomination.c
    rows = connection.execute(
        select(t.nomination).where(of.program_id == running.program.id, of.stage == stage).order_by(of.number)
    ).all()
    found: dict[str, list[Nominated]] = defaultdict(list)
    for row, recipient, what, closes in duties_of(desk, connection, running, rows, due):
        if (what, closes) == (asked, due):
            found[recipient].append(Nominated(row.number, row.nominee))
    return found


def duties_of(
    desk: Desk, connection: Connection, running: Running, rows: Sequence[Row[Any]], now: datetime
) -> list[tuple[Row[Any], str, Asked, datetime]]:
    """Return what the terms of these rows ask for now that have opened: of which row, of whom, what, and by when."""
    versions = desk.running_by_version(connection, running, rows)
    terms = terms_of(connection, versions, rows)
    found: list[tuple[Row[Any], str, Asked, datetime]] = []
    for row in rows:
        opened, _ = terms[row.id].open_duties(now)
        for duty in opened:
            recipient = row.holder if duty.kind is DutyKind.ASSESSMENT else row.unit
            if recipient:
                found.append((row, recipient, DUTIES[duty.kind], duty.due))
    return found
