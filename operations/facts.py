"""The facts that gates judge, read for many nominations at once, as one transaction sees them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, select
from sqlalchemy.engine import Connection

from operations.desk import Desk, Running
from operations.nominators import counted_as
from operations.paths import path_of
from operations.verdicts import bars_among, verdicts_on
from programs.stages import Decision, Issuance, Publicity, Recommendation, Review, Screening, Vote
from states import Case, Result, Verdict
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
    _reports(connection, running, cases, [*by_kind[Review], *by_kind[Vote]])
    _objections(connection, cases, [*by_kind[Publicity], *by_kind[Issuance]])
    if running.program.asks_the_past:
        # Others may have chosen somebody since the screening.
        again = [row for row in rows if row.id in {*by_kind[Decision], *by_kind[Issuance]}]
        for nomination, verdicts in verdicts_on(desk, connection, running, again, now).items():
            cases[nomination].bars = bars_among(running, verdicts)
    return cases


def _failed(verdict: Verdict) -> str:
    why = "" if verdict.reviewed else f"：{verdict.words.zh}"
    return f"{verdict.name}（{verdict.clause}）{why}"


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
    reported = _rows_of(connection, t.report, ids, "stage", "track")
    for nomination in ids:
        case = cases[nomination]
        stage = running.program.stage(case.stage)
        tracks = stage.tracks if isinstance(stage, Review | Vote) else ()
        case.unreported = tuple(track.name for track in tracks if (stage.id, track.id) not in reported[nomination])


def _objections(connection: Connection, cases: dict[int, Case], ids: list[int]) -> None:
    for nomination, objections in _rows_of(connection, t.objection, ids, "outcome").items():
        cases[nomination].open_objections = objections.count((None,))


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
