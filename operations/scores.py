"""Scoring: an evaluator's points and opinion on a nominee; a later one supersedes an earlier, and both are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from operations.actors import Role
from operations.acts import Act
from operations.authority import matter_of, refuses
from operations.desk import Desk, Running
from operations.evaluated import Score, ranked_here, ranking_stage, scores_of, track_of
from operations.experts.sight import Evaluators
from operations.naming import ids_called
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied, MisstatedError, denied
from programs import Words
from programs.evaluations import Track
from programs.stages import Review, Vote
from states import Refusal
from states.scales import plain, read_points
from store import Transaction, among
from store import tables as t


@dataclass(frozen=True, slots=True)
class Scored:
    """A score as it stands: `revision` counts how often this evaluator has scored this nominee in this track.

    `total` is on a scale of 100, as a decimal or a fraction. Where nothing was `changed`, nothing was recorded.
    """

    number: str
    track: str
    evaluator: str
    revision: int
    points: Mapping[str, Decimal]
    changed: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What an evaluator gives a nominee."""

    row: Row[Any]
    points: Mapping[str, Decimal]
    opinion: str


def enter_score(  # noqa: PLR0913 - a score's facts, each by name
    desk: Desk,
    number: str,
    track_id: str,
    points: Mapping[str, str],
    act: Act,
    *,
    opinion: str = "",
    evaluator: str | None = None,
    panel: str | None = None,
) -> Scored | Denied:
    """Record what an evaluator, else the actor, gives a nominee: every criterion's points, as they were written.

    Raises `UnknownError` for a track, a criterion or a group of evaluators that the program has not.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        # The definition before the row: who changes it waits in the same order.
        program_id = find(connection, number, lock=False).program_id
        desk.relied_on(connection, program_id)
        row = find(connection, number)
        running = desk.running_for(connection, row)
        who = evaluator or act.actor.name
        refused = denied(refuses(connection, act.actor, Deed.SCORE, matter_of(running.program, row)))
        refused = refused or denied(own_score(act, who)) or denied(_stands_to_be_scored(running, row))
        if refused:
            return refused
        stage = ranking_stage(running, row.stage)
        if refused := denied(Evaluators(connection, act, who).refuses(running, row, stage.id)):
            return refused
        track = track_of(stage, track_id)
        expect_panel(track, panel)
        read, wrong = read_all(track, points, opinion)
        refused = (
            denied(not_scored(track))
            or denied(*closed(connection, stage, [row]))
            or denied(*wrong)
            or denied(*another_s(act, who, scores_of(connection, [row.id], stage.id, evaluator=who), track))
        )
        if refused:
            return refused
        given = [Given(row, read, opinion.strip())]
        return record_scores(transaction, running, stage, track, given, act, evaluator=who, panel=panel)[0]


def read_all(track: Track, points: Mapping[str, str], opinion: str) -> tuple[dict[str, Decimal], list[Refusal]]:
    """Read the points of every criterion of a track, and say what is wrong or missing.

    Raises `UnknownError` for a criterion that the track has not.
    """
    known = {criterion.id: criterion for criterion in track.criteria}
    if known:
        unknown = Words("没有评分项 {id}；此项评议的评分项：{known}", "no criterion {id}; the track has {known}")
        called = ids_called(points, {key: one.name for key, one in known.items()}, unknown)
        points = {called[key]: value for key, value in points.items()}
    read: dict[str, Decimal] = {}
    wrong: list[Refusal] = []
    for key, criterion in known.items():
        found = read_points(criterion, points[key]) if points.get(key, "").strip() else _blank()
        if isinstance(found, Words):
            words = Words("{name}：{found}", "{name}: {found}")
            wrong.append(_unfit(words.format(name=criterion.name, found=found), criterion.clause))
        else:
            read[key] = found
    if track.opinion and not opinion.strip():
        wrong.append(opinion_missing(track))
    return read, wrong


def record_scores(  # noqa: PLR0913 - whose they are and of what, each by name
    transaction: Transaction,
    running: Running,
    stage: Vote | Review,
    track: Track,
    given: Sequence[Given],
    act: Act,
    *,
    evaluator: str,
    panel: str | None,
) -> list[Scored]:
    """Record scores of one evaluator that were judged before, on rows that this transaction holds."""
    connection = transaction.connection
    ids = [one.row.id for one in given]
    standing = {
        one.nomination: one
        for one in scores_of(connection, ids, stage.id, evaluator=evaluator)
        if one.track == track.id
    }
    # A score that was withdrawn has had its number: the next one goes on from there.
    given_before = _revisions(connection, ids, stage.id, track.id, evaluator)
    scored: list[Scored] = []
    new: list[dict[str, Any]] = []
    for one in given:
        before = standing.get(one.row.id)
        same = before is not None and (before.points, before.opinion, before.panel) == (one.points, one.opinion, panel)
        revision = before.revision if before and same else given_before.get(one.row.id, 0) + 1
        scored.append(Scored(one.row.number, track.id, evaluator, revision, one.points, not same))
        if same:
            continue
        points = {key: plain(value) for key, value in one.points.items()}
        new.append(
            {
                "nomination_id": one.row.id,
                "stage": stage.id,
                "track": track.id,
                "evaluator": evaluator,
                "revision": revision,
                "superseded": False,
                "panel": panel,
                "points": points,
                "opinion": one.opinion,
                "entered_by": act.actor.name,
                "entered_at": act.now,
            }
        )
        transaction.record(
            running.program.id,
            "score.entered",
            nomination=one.row.number,
            stage=stage.id,
            track=track.id,
            evaluator=evaluator,
            panel=panel,
            points=points,
            opinion=one.opinion or None,
            revision=revision,
            **act.signature(),
        )
    if new:
        connection.execute(_SUPERSEDE, [{"row": one["nomination_id"], **_key(one)} for one in new])
        connection.execute(insert(t.score), new)
    return scored


def _revisions(connection: Connection, ids: Sequence[int], stage: str, track: str, evaluator: str) -> dict[int, int]:
    """Return the last number that a score of this evaluator had, whether it counts still or not, by nomination."""
    query = (
        select(_OF.nomination_id, func.max(_OF.revision).label("last"))
        .where(among(_OF.nomination_id, ids), _OF.stage == stage, _OF.track == track, _OF.evaluator == evaluator)
        .group_by(_OF.nomination_id)
    )
    return {row.nomination_id: row.last for row in connection.execute(query)}


_OF = t.score.c
_SUPERSEDE = (
    update(t.score)
    .where(
        _OF.nomination_id == bindparam("row"),
        _OF.stage == bindparam("of_stage"),
        _OF.track == bindparam("of_track"),
        _OF.evaluator == bindparam("of_evaluator"),
        ~_OF.superseded,
    )
    .values(superseded=True)
)


def _key(one: Mapping[str, Any]) -> dict[str, Any]:
    return {f"of_{name}": one[name] for name in ("stage", "track", "evaluator")}


def expect_panel(track: Track, panel: str | None) -> None:
    """Raise `MisstatedError` for a group of evaluators that the track has not, or where none of several is said."""
    known = [group.id for group in track.groups]
    if (panel in known) if known else panel is None:
        return
    raise MisstatedError(
        Words("请写明评委属于哪一组：{known}", "say of which group the evaluator is: {known}").format(
            known="、".join(f"{group.id}（{group.name}）" for group in track.groups)
        )
        if known
        else Words("“{track}”不分组", "“{track}” has no groups of evaluators").format(track=track.name)
    )


def closed(connection: Connection, stage: Vote | Review, rows: Sequence[Row[Any]]) -> list[Refusal]:
    """Refuse to score who has a place in a settled ranking."""
    settled = ranked_here(connection, [row.id for row in rows], stage.id)
    return [scores_closed(stage) for row in rows if row.id in settled][:1]


def scores_closed(stage: Vote | Review) -> Refusal:
    """Say that a settled ranking has closed the scores that it was made of."""
    return Refusal(
        "scores-open",
        Words("“{stage}”的排序已经确定，评分和票数不能再改", "the ranking of “{stage}” is settled").format(
            stage=stage.name
        ),
        Words(
            "确有错误的，由管理员写明理由重开排序：linxuan review reopen",
            "where something is wrong, an administrator opens it again: linxuan review reopen",
        ),
    )


def another_s(act: Act, evaluator: str, standing: Sequence[Score], track: Track) -> list[Refusal]:
    """Refuse to change what somebody else has given: only its evaluator does, or whoever entered it for them."""
    others = {
        one.entered_by
        for one in standing
        if one.track == track.id and act.actor.name not in (evaluator, one.entered_by)
    }
    return [
        Refusal(
            "own-score",
            Words("{evaluator}的评分由{who}填写", "the score of {evaluator} was entered by {who}").format(
                evaluator=evaluator, who=who
            ),
            Words("请由本人或填写人更改", "have the evaluator, or whoever entered it, change it"),
        )
        for who in sorted(others)
    ]


def own_score(act: Act, evaluator: str) -> Refusal | None:
    """Refuse an expert who scores in the name of another."""
    if act.actor.role is not Role.EXPERT or act.actor.name == evaluator:
        return None
    return Refusal(
        "own-score",
        Words("专家只能填写自己的评分", "an expert scores for nobody else"),
        Words("请由{evaluator}填写，或由经办人代录", "have {evaluator} or an operator enter it").format(
            evaluator=evaluator
        ),
    )


def not_scored(track: Track) -> Refusal | None:
    """Refuse to score a track that has no criteria."""
    if track.criteria:
        return None
    return Refusal(
        "criteria",
        Words("“{track}”没有评分项", "“{track}” has no criteria").format(track=track.name),
        Words("请用 linxuan nomination report 填写", "use linxuan nomination report"),
        track.clause,
    )


def opinion_missing(track: Track) -> Refusal:
    """Say that the notice wants an opinion with each evaluation."""
    return Refusal(
        "opinion-stated",
        Words("“{track}”要有评议意见", "“{track}” needs an opinion").format(track=track.name),
        Words("请写明评议意见", "state the opinion"),
        track.clause,
    )


def _stands_to_be_scored(running: Running, row: Row[Any]) -> Refusal | None:
    standing = running.pipeline.standings[row.stage]
    if not standing.ended and isinstance(running.program.stage(standing.stage), Review | Vote):
        return None
    return Refusal(
        "stage",
        Words("此件现在“{name}”", "it stands at “{name}”").format(name=standing.name),
        Words("只有进入评议环节后才能评分", "it can only be scored at a review"),
    )


def _blank() -> Words:
    return Words("没有填写", "is not given")


def _unfit(words: Words, clause: str | None) -> Refusal:
    return Refusal("points-fit", words, Words("请改正后再填", "mend it and enter it again"), clause)
