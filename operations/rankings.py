"""Rankings: as the scores and votes give them now, settled once, and told line by line ever after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.engine import Connection

from operations.acts import Act, reason_missing
from operations.authority import matter_at, refuses
from operations.desk import Desk
from operations.evaluated import ranking_stage, standing_here
from operations.policy import Deed
from operations.ranked import Named, Ranked
from operations.ranking_refusals import (
    acted_on,
    are_level,
    incomplete,
    nobody,
    not_for_people,
    not_level,
    open_tie,
)
from operations.reading_rankings import (
    digest_of,
    is_anybody_unranked,
    ranking_as_settled,
    ranking_now,
    ranking_of,
    rules_kept,
    unranked,
)
from operations.reading_results import Reader
from operations.results import Denied, NothingHereError, UnknownError, denied
from operations.rounds import another_round
from operations.seeing import hidden_from
from operations.tallying import platforms_missing
from programs import Words
from programs.evaluations import Ties
from states import End
from states.ranking import Ranking, Way, exact
from store import among_names
from store import tables as t

_ALL: Final = slice(None)


def ranking_at(
    desk: Desk,
    program_id: str,
    stage_id: str,
    *,
    act: Act | None = None,
    round_: int | None = None,
    part: slice = _ALL,
) -> Ranked | Denied:
    """Return a settled ranking, the last one where none is named; else of those who stand there and have no place yet.

    `act` says who looks: experts see settled ones alone, and nobody anything of whom they are recused from. `part`: of
    which of the lines that they see the nominees are told. Raises `UnknownError` for what is not there.
    """
    with desk.store.read() as connection:
        running = desk.holding(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        settled = connection.execute(
            select(t.ranking)
            .where(t.ranking.c.program_id == program_id, t.ranking.c.stage == stage_id)
            .order_by(t.ranking.c.round)
        ).all()
        if round_ is not None and round_ not in [row.round for row in settled]:
            raise UnknownError(
                Words("“{stage}”没有第 {round} 轮排序", "“{stage}” has no ranking {round}").format(
                    stage=stage.name, round=round_
                )
            )
        is_open = round_ is None and (not settled or is_anybody_unranked(connection, program_id, stage_id))
        reader = Reader(connection, running, stage_id, act)
        if refusal := reader.refusal or reader.waits(settled=not is_open):
            return Denied((refusal,))
        if is_open:
            found = ranking_now(desk, connection, running, stage)
        else:
            row = next(one for one in reversed(settled) if round_ in (None, one.round))
            found = ranking_as_settled(desk, connection, running, stage, row)
        found = found.without(hidden_from(desk, connection, running, act))
        return replace(found, nominees=_nominees(connection, found.ranking, part, blind=reader.blind))


def going_on(desk: Desk, program_id: str, stage_id: str) -> list[str]:
    """Return who stands at a stage and is sent on by a settled ranking, in the order of their places.

    All who are ranked, where the stage has no cut. Raises `UnknownError` where no ranking there is settled.
    """
    with desk.store.read() as connection:
        stage = ranking_stage(desk.holding(connection, program_id, stage_id), stage_id)
        of, whose = t.ranked.c, t.nomination.c
        rows = connection.execute(
            select(whose.number, of.goes_on)
            .join_from(t.ranked, t.nomination)
            .where(whose.program_id == program_id, whose.stage == stage_id, of.stage == stage_id)
            .order_by(of.ranking_id, of.place, whose.number)
        ).all()
        if not rows:
            words = Words(
                "“{stage}”还没有确定排序；请先用 linxuan review settle",
                "no ranking of “{stage}” is settled; settle it first with: linxuan review settle",
            )
            if not standing_here(connection, program_id, stage_id):
                words = Words("没有申报在“{stage}”", "nobody stands at “{stage}”")
            raise UnknownError(words.format(stage=stage.name))
        return [row.number for row in rows if row.goes_on is not False]


def settle_ranking(desk: Desk, program_id: str, stage_id: str, act: Act) -> Ranked | Denied:
    """Settle the ranking of all who stand at a stage and have no place in one; its scores and votes are closed then.

    Refused while somebody is not scored by all who must, or while those who are level at the cut are not told apart.
    Raises `UnknownError` for what is not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        held = {row.id for row in standing_here(connection, program_id, stage_id, lock=True)}
        refused = denied(refuses(connection, act.actor, Deed.RANK, matter_at(running, stage_id)))
        if refused:
            return refused
        # Whoever has come since those were locked is held by nobody, and waits for the next ranking.
        rows = [row for row in unranked(connection, program_id, stage_id) if row.id in held]
        ranking = ranking_of(desk, connection, running, stage, rows)
        refused = denied(
            nobody(stage) if not rows else None,
            platforms_missing(connection, program_id, stage),
            *incomplete(ranking, votes_closed=_votes_closed(connection, program_id, ranking)),
            *(open_tie(stage, level) for level in ranking.open_ties),
        )
        if refused:
            return refused
        round_ = (
            1
            + connection.execute(
                select(func.coalesce(func.max(t.ranking.c.round), 0)).where(
                    t.ranking.c.program_id == program_id, t.ranking.c.stage == stage_id
                )
            ).scalar_one()
        )
        digest = digest_of(stage, ranking)
        settled = connection.execute(
            insert(t.ranking)
            .values(
                program_id=program_id,
                stage=stage_id,
                round=round_,
                places=ranking.rules.left,
                rules=rules_kept(stage, ranking),
                digest=digest,
                settled_by=act.actor.name,
                settled_at=act.now,
            )
            .returning(t.ranking.c.id)
        ).scalar_one()
        ids = {row.number: row.id for row in rows}
        connection.execute(
            insert(t.ranked),
            [
                {
                    "nomination_id": ids[line.number],
                    "stage": stage_id,
                    "ranking_id": settled,
                    "place": line.place,
                    "total": exact(line.total or 0),  # type: ignore[arg-type]
                    "goes_on": line.goes_on,
                }
                for line in ranking.lines
            ],
        )
        transaction.record(
            program_id,
            "ranking.settled",
            stage=stage_id,
            round=round_,
            places=ranking.rules.left,
            ranking_digest=digest,
            nominations=[line.number for line in ranking.lines],
            ranks=[line.place for line in ranking.lines],
            totals=[exact(line.total or 0) for line in ranking.lines],  # type: ignore[arg-type]
            goes_on=None if ranking.rules.left is None else list(ranking.going_on),
            **act.signature(),
        )
        done = Ranked(program_id, stage, ranking, _named(rows), round_, act.actor.name, act.now)
        return done.without(hidden_from(desk, connection, running, act))


def resolve_tie(desk: Desk, program_id: str, stage_id: str, points: Mapping[str, int], act: Act) -> Ranked | Denied:
    """Record how nominees who are level were told apart, the more points the further in front; why is required.

    Exactly those must be named who are level now. Returns the ranking that it gives. Raises `UnknownError` for what is
    not there.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        held = {row.id for row in standing_here(connection, program_id, stage_id, lock=True)}
        refused = denied(refuses(connection, act.actor, Deed.RANK, matter_at(running, stage_id)))
        if refused:
            return refused
        # Whoever has come since those were locked is held by nobody, and waits for the next ranking.
        rows = [row for row in unranked(connection, program_id, stage_id) if row.id in held]
        before = ranking_of(desk, connection, running, stage, rows)
        refused = denied(
            not_for_people(stage),
            reason_missing(act),
            None if are_level(before, set(points)) else not_level(before),
        )
        if refused:
            return refused
        way = Way.REVOTE if stage.ties is Ties.REVOTE else Way.PANEL
        connection.execute(
            insert(t.tie_resolution).values(
                program_id=program_id,
                stage=stage_id,
                way=way.value,
                points=dict(points),
                reason=act.reason.strip(),
                resolved_by=act.actor.name,
                resolved_at=act.now,
            )
        )
        transaction.record(
            program_id, "tie.resolved", stage=stage_id, way=way.value, points=dict(points), **act.signature()
        )
        done = Ranked(program_id, stage, ranking_of(desk, connection, running, stage, rows), _named(rows))
        return done.without(hidden_from(desk, connection, running, act))


def reopen_ranking(desk: Desk, program_id: str, stage_id: str, act: Act, *, which: int | None = None) -> int | Denied:
    """Take the last ranking of a stage back, so that its scores and votes are open again; returns which round it was.

    Where one is named, that round and no other.
    Refused once somebody has been moved by it. Raises `UnknownError` where nothing is settled.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        running = desk.relied_on(connection, program_id, stage_id)
        stage = ranking_stage(running, stage_id)
        standing_here(connection, program_id, stage_id, lock=True)
        of = t.ranking.c
        settled = connection.execute(
            select(t.ranking)
            .where(of.program_id == program_id, of.stage == stage_id)
            .order_by(of.round.desc())
            .limit(1)
        ).one_or_none()
        refused = denied(refuses(connection, act.actor, Deed.REOPEN_RANKING, matter_at(running, stage_id)))
        if refused:
            return refused
        if settled is None:
            raise NothingHereError(
                Words("“{stage}”还没有确定排序", "no ranking of “{stage}” is settled").format(stage=stage.name)
            )
        moved_on = connection.execute(
            select(func.count())
            .select_from(t.ranked.join(t.nomination))
            .where(
                t.ranked.c.ranking_id == settled.id,
                t.nomination.c.stage.not_in([stage_id, End.WITHDRAWN.value, End.DISQUALIFIED.value]),
            )
        ).scalar_one()
        refused = denied(
            another_round(which, settled.round),
            acted_on(stage, moved_on) if moved_on else None,
            reason_missing(act),
        )
        if refused:
            return refused
        connection.execute(delete(t.ranked).where(t.ranked.c.ranking_id == settled.id))
        connection.execute(delete(t.ranking).where(of.id == settled.id))
        transaction.record(
            program_id,
            "ranking.reopened",
            stage=stage_id,
            round=settled.round,
            ranking_digest=settled.digest,
            **act.signature(),
        )
        return int(settled.round)


def _votes_closed(connection: Connection, program_id: str, ranking: Ranking) -> bool:
    """Whether a settled ranking has closed the votes that this one counts."""
    if ranking.rules.vote is None:
        return False
    of = t.ranking.c
    settled = select(of.id).where(of.program_id == program_id, of.stage == ranking.rules.vote.id).limit(1)
    return connection.execute(settled).first() is not None


def _nominees(connection: Connection, ranking: Ranking, part: slice, *, blind: bool) -> dict[str, Named]:
    """Return who is told of: those of a part of the lines, and whoever is level at the cut."""
    numbers = {line.number for line in ranking.lines[part]}.union(*ranking.open_ties)
    if blind:
        return {number: Named(number, "", "") for number in numbers}
    of = t.nomination.c
    query = select(of.number, of.nominee, of.unit)
    here = among_names(of.number, sorted(numbers), connection.dialect.name)
    return {row.number: Named(*row) for row in connection.execute(query.where(here))}


def _named(rows: Sequence[Row[Any]]) -> dict[str, Named]:
    return {number: Named(number, nominee, unit) for _, number, nominee, unit in rows}
