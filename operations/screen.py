"""What is found out about a nomination without moving it: verdicts on its rules, reports of its evaluations."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, insert
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.evaluated import NO_SUCH_TRACK
from operations.experts.sight import Sight
from operations.naming import ids_called
from operations.numbered import find
from operations.paths import path_of
from operations.policy import Deed
from operations.results import Denied, denied
from operations.scores import closed, opinion_missing
from programs import Words
from programs.evaluations import Evaluation, Track
from programs.stages import Review, Screening, Stage, Vote
from states import Refusal, Result, Standing
from store import tables as t


def judge(desk: Desk, number: str, verdicts: Mapping[str, Result], act: Act, *, note: str = "") -> Denied | None:
    """Record verdicts (rule id → result) on a nomination that is being screened; a later verdict replaces an earlier.

    A rule may be one that stands behind another: an alternative, or an exemption. What a reviewer finds decides what is
    open, and may fail what is stated; it does not pass what the facts fail. Raises `MisstatedError` for a rule that
    this nomination is not screened by.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        standing, stage = _place(running, row)
        refused = denied(Sight(connection, act.actor, act.now).recused(running, row)) or denied(
            refuses(connection, act.actor, Deed.JUDGE, matter_of(running.program, row))
            or _stands_in(stage, (Screening,), standing.name)
        )
        if refused:
            return refused
        rules = {rule.id: rule.name for rule in running.program.rules_asked(path_of(row))}
        unknown = Words("没有条件 {id}；此件的审查条件：{known}", "no rule {id}; it is screened by {known}")
        called = ids_called(verdicts, rules, unknown)
        verdicts = {called[rule]: result for rule, result in verdicts.items()}
        if not verdicts:
            return None
        _replace_verdicts(connection, row.id, verdicts, act, note)
        transaction.record(
            row.program_id,
            "verdicts.recorded",
            nomination=number,
            verdicts={rule: result.value for rule, result in sorted(verdicts.items())},
            note=note or None,
            **act.signature(),
        )
    return None


def report(
    desk: Desk, number: str, track: str, act: Act, *, points: int | None = None, opinion: str = ""
) -> Denied | None:
    """Record what one evaluation, or one vote, of the stage found; a later report replaces an earlier.

    Raises `MisstatedError` for a track that the stage has not.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        row = find(connection, number)
        running = desk.running_for(connection, row)
        standing, stage = _place(running, row)
        sight = Sight(connection, act.actor, act.now)
        # Who is recused is told of that alone: neither who holds it nor where it stands.
        refused = denied(sight.recused(running, row))
        refused = refused or denied(refuses(connection, act.actor, Deed.REPORT, matter_of(running.program, row)))
        refused = refused or denied(sight.refuses(running, row, stage=standing.stage))
        refused = refused or denied(
            _stands_in(stage, (Review, Vote), standing.name),
            _says_nothing(points, opinion),
        )
        if refused:
            return refused
        tracks = {one.id: one.name for one in stage.tracks} if isinstance(stage, Review | Vote) else {}
        track = ids_called([track], tracks, NO_SUCH_TRACK)[track]
        wanted = next(one for one in stage.tracks if one.id == track) if isinstance(stage, Review | Vote) else None
        refused = denied(*_unfit_report(connection, stage, wanted, row, opinion)) if wanted else None
        if refused:
            return refused
        key = (t.report.c.nomination_id == row.id, t.report.c.stage == standing.stage, t.report.c.track == track)
        connection.execute(delete(t.report).where(*key))
        connection.execute(
            insert(t.report).values(
                nomination_id=row.id,
                stage=standing.stage,
                track=track,
                points=points,
                opinion=opinion,
                reporter=act.actor.name,
                reported_at=act.now,
            )
        )
        transaction.record(
            row.program_id,
            "evaluation.reported",
            nomination=number,
            stage=standing.stage,
            track=track,
            points=points,
            opinion=opinion or None,
            **act.signature(),
        )
    return None


def _unfit_report(
    connection: Connection, stage: Stage | None, track: Track, row: Row[Any], opinion: str
) -> list[Refusal]:
    """Refuse a report where evaluators score, where the public votes, without an opinion, or after the ranking."""
    if not isinstance(stage, Review | Vote):
        return []
    by_other_means = (
        Words("linxuan vote import", "linxuan vote import")
        if track.evaluation is Evaluation.VOTE
        else Words("linxuan review score", "linxuan review score")
        if track.criteria
        else None
    )
    if by_other_means:
        return [
            Refusal(
                "report-fits",
                Words("“{track}”不填评议结果", "“{track}” is not reported on").format(track=track.name),
                Words("请用 {command}", "use {command}").format(command=by_other_means),
                track.clause,
            )
        ]
    missing = [opinion_missing(track)] if track.opinion and not opinion.strip() else []
    return missing or closed(connection, stage, [row])


def _says_nothing(points: int | None, opinion: str) -> Refusal | None:
    if points is not None or opinion.strip():
        return None
    return Refusal(
        "report-stated",
        Words("没有写得分，也没有写评议意见", "neither points nor an opinion are given"),
        Words("请写明得分或意见", "state the points or the opinion"),
    )


def _replace_verdicts(
    connection: Connection, nomination_id: int, verdicts: Mapping[str, Result], act: Act, note: str
) -> None:
    connection.execute(
        delete(t.verdict).where(t.verdict.c.nomination_id == nomination_id, t.verdict.c.rule.in_(list(verdicts)))
    )
    connection.execute(
        insert(t.verdict),
        [
            {
                "nomination_id": nomination_id,
                "rule": rule,
                "result": result.value,
                "note": note,
                "reviewer": act.actor.name,
                "judged_at": act.now,
            }
            for rule, result in verdicts.items()
        ],
    )


def _place(running: Running, row: Row[Any]) -> tuple[Standing, Stage | None]:
    standing = running.pipeline.standings[row.stage]
    return standing, None if standing.ended else running.program.stage(standing.stage)


def _stands_in(stage: Stage | None, kinds: tuple[type, ...], name: Words) -> Refusal | None:
    if isinstance(stage, kinds):
        return None
    return Refusal(
        "stage",
        Words("此件现在“{name}”", "it stands at “{name}”").format(name=name),
        Words("只有进入相应环节后才能填写", "this can only be recorded once it has come to that stage"),
    )
