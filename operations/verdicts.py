"""The verdicts on nominations, from all that the store knows: the form, the identity number, reviewers, the past."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, bindparam, select
from sqlalchemy.engine import Connection

from deadlines.zone import last_day_before
from operations.desk import Desk, Running
from operations.pasts import found_in_pasts
from operations.paths import path_of
from operations.results import UnknownError
from programs import Path, Words
from programs.annexes import SAID, FilledAnnex
from programs.facts import Facts
from programs.rules import Age, History
from states import Bar, Evidence, Result, Sex, Verdict, each, verdicts_of
from store import tables as t

_CHUNK = 500

_STATED = select(t.dossier.c.nomination_id, t.dossier.c.facts).where(
    t.dossier.c.nomination_id.in_(bindparam("ids", expanding=True))
)
_ANNEXED = select(t.annex.c.nomination_id, t.annex.c.annex, t.annex.c.content).where(
    t.annex.c.nomination_id.in_(bindparam("ids", expanding=True))
)
_ATTESTED = select(t.verdict.c.nomination_id, t.verdict.c.rule, t.verdict.c.result).where(
    t.verdict.c.nomination_id.in_(bindparam("ids", expanding=True))
)


def verdicts_on(
    desk: Desk, connection: Connection, running: Running, rows: Sequence[Row[Any]], now: datetime
) -> Mapping[int, tuple[Verdict, ...]]:
    """Return the verdicts on nominations of one program, by their ids, as one transaction sees them."""
    stated = {row.nomination_id: Facts.model_validate(row.facts) for row in _read(connection, _STATED, rows)}
    attested: dict[int, dict[str, Result]] = defaultdict(dict)
    for row in _read(connection, _ATTESTED, rows):
        attested[row.nomination_id][row.rule] = Result(row.result)
    annexes: dict[int, dict[str, FilledAnnex]] = defaultdict(dict)
    for row in _read(connection, _ANNEXED, rows) if running.program.annexes else ():
        annexes[row.nomination_id][row.annex] = FilledAnnex.model_validate(row.content)
    found = found_in_pasts(connection, running, rows, now)
    people = _people(desk, connection, running, rows)
    days = _days(running)
    verdicts: dict[int, tuple[Verdict, ...]] = {}
    for row in rows:
        path = path_of(row)
        born, sex = people.get(row.id, (None, None))
        evidence = Evidence(
            facts=stated.get(row.id, Facts()),
            annexes=annexes[row.id],
            said={name: getattr(row, name) for name in SAID},
            born=born,
            sex=sex,
            attested=attested[row.id],
            found=found.get(row.id, {}),
            days=days,
            as_of=_close_of_intake(running, path, days),
        )
        verdicts[row.id] = verdicts_of(running.program, path, evidence)
    return verdicts


def bars_among(running: Running, verdicts: Iterable[Verdict]) -> tuple[Bar, ...]:
    """Return the failed rules that somebody's past has failed."""
    on_the_past = {rule.id for rule in running.program.rules if isinstance(rule, History)}
    bars: list[Bar] = []
    for verdict in verdicts:
        found = [one for one in each([verdict]) if one.rule in on_the_past and one.result is Result.FAIL]
        if verdict.result is Result.FAIL and found:
            told = Words("；".join(one.words.zh for one in found), "; ".join(one.words.en for one in found))
            bars.append(Bar(verdict.name, verdict.clause, told))
    return tuple(bars)


def _read(connection: Connection, query: Any, rows: Sequence[Row[Any]]) -> Iterable[Row[Any]]:  # noqa: ANN401
    ids = [row.id for row in rows]
    for start in range(0, len(ids), _CHUNK):
        yield from connection.execute(query, {"ids": ids[start : start + _CHUNK]})


def _people(
    desk: Desk, connection: Connection, running: Running, rows: Sequence[Row[Any]]
) -> Mapping[int, tuple[date, Sex]]:
    """Return birthday and sex where a rule asks for them; nothing where the key is not at hand."""
    if not any(isinstance(rule, Age) for rule in running.program.rules):
        return {}
    sealed = {row.id: row.identity for row in rows if row.identity is not None}
    if not sealed:
        return {}
    try:
        vault = desk.reading(connection)
        numbers = {nomination: vault.unseal(value) for nomination, value in sealed.items()}
        return {nomination: born_and_sex(number) for nomination, number in numbers.items()}
    except (UnknownError, InvalidTag, ValueError):
        return {}


def born_and_sex(number: str) -> tuple[date, Sex]:
    """Read an identity number (GB 11643): the day of birth, and the sex, which the last digit but one tells.

    Raises `ValueError` for what has no day of birth in it.
    """
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return born, Sex.MAN if int(number[-2]) % 2 else Sex.WOMAN


def _days(running: Running) -> Mapping[str, date]:
    """Return the key dates that are known, as the last days on which something can still be done."""
    return {one.id: last_day_before(one.closes) for one in running.dates.dates if one.closes is not None}


def _close_of_intake(running: Running, path: Path, days: Mapping[str, date]) -> date | None:
    """Return the last day of the last intake of the recommendation on a path."""
    tiers = (f"{stage.id}.{tier.id}" for stage, tier in running.program.tiers() if tier.concerns(*path))
    return next((days[key] for key in reversed(list(tiers)) if key in days), None)
