"""Stepping back from a nomination: an expert says so themselves, or the office decides it."""

from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import refuses
from operations.desk import Desk
from operations.experts.assigning import recusal_columns
from operations.experts.records import find_expert, withdraw_reports
from operations.jurisdictions import Matter
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied
from programs import Program, Words
from programs.panels import Ground
from states import Refusal
from store import tables as t


def recuse(desk: Desk, number: str, expert: str, ground: Ground, act: Act) -> Denied | None:
    """Recuse an expert from a nomination, with the reason; what they were assigned of it, and reported, is taken back.

    Again is no change. Raises `UnknownError` for a nomination or an expert that there is none of.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        program = desk.running_for(connection, row).program
        refusal = refuses(connection, act.actor, Deed.RECUSE, _matter(program, row, expert, act))
        refusal = refusal or reason_missing(act)
        if refusal:
            return Denied((refusal,))
        one = find_expert(connection, expert)
        if _recusal(connection, row.id, one.id) is not None:
            return None
        connection.execute(insert(t.recusal).values(recusal_columns(row.id, one.id, ground, act, declared=True)))
        of = t.assignment.c
        released = connection.execute(
            delete(t.assignment).where(of.nomination_id == row.id, of.expert_id == one.id)
        ).rowcount
        withdrawn = withdraw_reports(connection, row.id, expert, list(program.panels()))
        transaction.record(
            row.program_id,
            "expert.recused",
            nomination=number,
            expert=expert,
            ground=ground.value,
            declared=True,
            released=released or None,
            reports=withdrawn or None,
            **act.signature(),
        )
    return None


def lift_recusal(desk: Desk, number: str, expert: str, act: Act) -> Denied | None:
    """Take a recusal back that rests on an error, by whoever runs the program, with the reason.

    One that a tie still gives comes again with the next assignment. Raises `UnknownError` as `recuse` does.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        program = desk.running_for(connection, row).program
        refusal = refuses(connection, act.actor, Deed.DRAW_PANEL, Matter(program.id, program.office))
        refusal = refusal or reason_missing(act)
        if refusal:
            return Denied((refusal,))
        one = find_expert(connection, expert)
        if _recusal(connection, row.id, one.id) is None:
            return Denied((_not_recused(number, expert),))
        of = t.recusal.c
        connection.execute(delete(t.recusal).where(of.nomination_id == row.id, of.expert_id == one.id))
        transaction.record(row.program_id, "recusal.lifted", nomination=number, expert=expert, **act.signature())
    return None


def rankings_with(desk: Desk, number: str, expert: str) -> list[tuple[str, int]]:
    """Return the settled rankings, by stage and round, that what an expert gave a nominee has gone into.

    They stay as they are when somebody is recused; whoever finds that one must be made anew opens it again.
    """
    with desk.store.read() as connection:
        row = find(connection, number, lock=False)
        of, given, told = t.ranking.c, t.score.c, t.report.c
        query = (
            select(of.stage, of.round)
            .join_from(t.ranked, t.ranking, t.ranked.c.ranking_id == of.id)
            .where(t.ranked.c.nomination_id == row.id)
        )
        scored = select(given.stage).where(given.nomination_id == row.id, given.evaluator == expert, ~given.superseded)
        reported = select(told.stage).where(told.nomination_id == row.id, told.reporter == expert)
        counted = query.where(of.stage.in_(scored) | of.stage.in_(reported)).order_by(of.id)
        return [(one.stage, one.round) for one in connection.execute(counted)]


def _matter(program: Program, row: Row[Any], expert: str, act: Act) -> Matter:
    return Matter(
        program.id,
        program.office,
        row.holder or program.office,
        row.unit,
        row.nominator,
        expert=expert,
        own=act.actor.name == expert,
    )


def _recusal(connection: Connection, nomination: int, expert: int) -> Row[Any] | None:
    of = t.recusal.c
    query = select(t.recusal).where(of.nomination_id == nomination, of.expert_id == expert)
    return connection.execute(query).one_or_none()


def _not_recused(number: str, expert: str) -> Refusal:
    return Refusal(
        "recused",
        Words("{expert}没有回避 {number}", "{expert} is not recused from {number}").format(
            expert=expert, number=number
        ),
        Words("无须办理", "there is nothing to do"),
    )
