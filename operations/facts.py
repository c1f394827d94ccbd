"""The facts that gates judge, read for many nominations at once, as one transaction sees them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Running
from operations.nominators import counted_as
from operations.paths import path_of
from operations.verdicts import bars_among, verdicts_on
from programs import Words
from programs.evaluations import Evaluation, Track
from programs.stages import (
    Consultation,
    Decision,
    Issuance,
    Publicity,
    Recommendation,
    Review,
    Screening,
    Tenure,
    Vote,
    bodies_asked,
)
from states import Balloted, Case, Result, Verdict
from store import tables as t

_CHUNK = 500


def cases_of(
    desk: Desk, connection: Connection, running: Running, rows: Sequence[Row[Any]], now: datetime
) -> dict[int, Case]:
    """Return the case of each nomination row, by its id.

    All rows are of one program. What a stage never asks for is not read.
    """
    cases = {
        row.id: Case(
            stage=row.stage,
            path=path_of(row),
            nominator_kind=counted_as(running.program, row.nominator_kind),
            due=row.due_at,
            owners={"nominator": str(row.host or row.nominator), "unit": str(row.unit)},
        )
        for row in rows
    }
    by_kind: dict[type, list[int]] = defaultdict(list)
    for row in rows:
        standing = running.pipeline.standings[row.stage]
        if not standing.ended:
            by_kind[type(running.program.stage(standing.stage))].append(row.id)
    _materials(connection, running, cases, [*by_kind[Recommendation], *by_kind[Screening]])
    screened = [row for row in rows if row.id in set(by_kind[Screening])]
    for nomination, verdicts in verdicts_on(desk, connection, running, screened, now).items():
        case = cases[nomination]
        case.failed = tuple(_failed(one) for one in verdicts if one.result is Result.FAIL)
        case.unjudged = tuple(one.name for one in verdicts if one.result is Result.NEEDS_EVIDENCE)
    _opinions(connection, running, cases, [*by_kind[Screening], *by_kind[Consultation]])
    _reports(connection, running, cases, [*by_kind[Review], *by_kind[Vote]])
    balloting = running.program.ballots()
    _ballots(connection, cases, [row.id for row in rows if row.stage in balloting])
    _objections(connection, cases, [*by_kind[Publicity], *by_kind[Issuance]])
    _rectifications(connection, cases, by_kind[Tenure], now)
    if running.program.asks_the_past:
        # Others may have chosen somebody since the screening.
        again = [row for row in rows if row.id in {*by_kind[Decision], *by_kind[Issuance]}]
        for nomination, verdicts in verdicts_on(desk, connection, running, again, now).items():
            cases[nomination].bars = bars_among(running, verdicts)
    return cases


def _failed(verdict: Verdict) -> Words:
    rule = Words("{name}（{clause}）", "{name} ({clause})").format(name=verdict.name, clause=verdict.clause)
    if verdict.reviewed:
        return rule
    return Words("{rule}：{found}", "{rule}: {found}").format(rule=rule, found=verdict.words)


def _materials(connection: Connection, running: Running, cases: dict[int, Case], ids: list[int]) -> None:
    received = _rows_of(connection, t.receipt, ids, "material", "medium")
    for nomination in ids:
        case = cases[nomination]
        case.missing = tuple(
            material.name
            for material in running.program.materials_for(case.path)
            if any((material.id, medium) not in received[nomination] for medium in material.media)
        )


def _reports(connection: Connection, running: Running, cases: dict[int, Case], ids: list[int]) -> None:
    if not ids:
        return
    reported = _rows_of(connection, t.report, ids, "stage", "track")
    scored = _scores(connection, ids)
    voted = _voted(connection, ids)
    places = {
        (nomination, stage): goes_on
        for nomination, found in _rows_of(connection, t.ranked, ids, "stage", "goes_on").items()
        for stage, goes_on in found
    }
    for nomination in ids:
        case = cases[nomination]
        stage = running.program.stage(case.stage)
        if not isinstance(stage, Review | Vote):
            continue
        votes = (nomination, stage.id) in voted
        case.unreported = tuple(
            track.name
            for track in stage.tracks
            if not _is_in(stage, track, scored[nomination], votes=votes, reports=reported[nomination])
        )
        case.unranked = (ranks(stage) or votes) and (nomination, stage.id) not in places
        case.above_cut = places.get((nomination, stage.id))


def ranks(stage: Review | Vote) -> bool:
    """Say whether nobody goes on from a stage without a settled ranking, whatever was imported there."""
    return (isinstance(stage, Review) and stage.ranked) or any(track.criteria for track in stage.tracks)


def _is_in(
    stage: Review | Vote,
    track: Track,
    scored: Mapping[tuple[str, str, str | None], int],
    *,
    votes: bool,
    reports: Sequence[tuple[Any, ...]],
) -> bool:
    """Say whether a track has what it needs of one nominee."""
    if track.evaluation is Evaluation.VOTE:
        return votes
    if not track.criteria:
        return (stage.id, track.id) in reports
    panels: list[str | None] = [group.id for group in track.groups] or [None]
    return all(scored.get((stage.id, track.id, panel), 0) >= track.scoring.at_least for panel in panels)


def _scores(connection: Connection, ids: list[int]) -> dict[int, dict[tuple[str, str, str | None], int]]:
    """Count the evaluators who have scored, by stage, track and group."""
    found: dict[int, dict[tuple[str, str, str | None], int]] = defaultdict(lambda: defaultdict(int))
    for nomination, rows in _rows_of(connection, t.score, ids, "stage", "track", "panel", "superseded").items():
        for stage, track, panel, superseded in rows:
            found[nomination][stage, track, panel] += not superseded
    return found


_VOTED = (
    select(t.tally_votes.c.nomination_id, t.tally.c.stage)
    .join_from(t.tally_votes, t.tally)
    .where(~t.tally.c.superseded, t.tally_votes.c.nomination_id.in_(bindparam("ids", expanding=True)))
    .distinct()
)


def _voted(connection: Connection, ids: list[int]) -> set[tuple[int, str]]:
    """Return at which stages nominees have votes."""
    return {
        (nomination, stage)
        for start in range(0, len(ids), _CHUNK)
        for nomination, stage in connection.execute(_VOTED, {"ids": ids[start : start + _CHUNK]})
    }


def _ballots(connection: Connection, cases: dict[int, Case], ids: list[int]) -> None:
    for nomination, found in _rows_of(connection, t.balloted, ids, "stage", "chosen", "grade", "reached").items():
        case = cases[nomination]
        for stage, chosen, grade, reached in found:
            if stage == case.stage:
                case.balloted = Balloted(chosen, grade, None if reached is None else tuple(reached))


def _objections(connection: Connection, cases: dict[int, Case], ids: list[int]) -> None:
    for nomination, objections in _rows_of(connection, t.objection, ids, "outcome").items():
        cases[nomination].open_objections = objections.count((None,))


def _opinions(connection: Connection, running: Running, cases: dict[int, Case], ids: list[int]) -> None:
    """Read what bodies say that screen jointly, or are consulted."""
    stages = {nomination: running.program.stage(cases[nomination].stage.partition(".")[0]) for nomination in ids}
    asked = [one for one, stage in stages.items() if bodies_asked(stage)]
    said = _rows_of(connection, t.joint_opinion, asked, "stage", "body", "agrees")
    for nomination in asked:
        stage, case = stages[nomination], cases[nomination]
        known = {body: agrees for at, body, agrees in said[nomination] if at == stage.id}
        case.unheard = tuple(body for body in bodies_asked(stage) if body not in known)
        case.opposed = tuple(body for body in bodies_asked(stage) if known.get(body) is False)


def _rectifications(connection: Connection, cases: dict[int, Case], ids: list[int], now: datetime) -> None:
    """Say who has not made good a failed assessment of the term that they are in."""
    asked = [nomination for nomination in ids if "." in cases[nomination].stage]
    terms = {nomination: key for nomination, ((key,),) in _rows_of(connection, t.tenure, asked, "stage").items()}
    found = _rows_of(connection, t.assessment, asked, "stage", "period", "round", "passed", "rectify_by")
    for nomination, every in found.items():
        rounds = [one for of, *one in every if of == terms.get(nomination, of)]
        if not rounds:
            continue
        _, last, passed, rectify_by = max(rounds, key=lambda one: one[:2])
        over = last > 1 or (rectify_by is not None and rectify_by <= now)
        cases[nomination].unrectified = over and not passed


def _rows_of(connection: Connection, table: Table, ids: list[int], *names: str) -> dict[int, list[tuple[Any, ...]]]:
    """Read these columns of a table's rows, by the nomination that they belong to."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    query = _query(table, *names)
    # Databases bound the number of parameters in one statement.
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        for nomination, *values in connection.execute(query, {"ids": some}):
            found[nomination].append(tuple(values))
    return found


@cache
def _query(table: Table, *names: str) -> Select[Any]:
    own = table.c.nomination_id
    return select(own, *(table.c[name] for name in names)).where(own.in_(bindparam("ids", expanding=True)))
