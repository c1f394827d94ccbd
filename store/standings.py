"""How many nominations stand where: counts that every change keeps in its own transaction, and how they are read."""

import json
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from store.locks import hold_heads
from store.tables import nomination, side, standing

_ROWS = {
    "sqlite": "json_each(:changes) AS change",
    "postgresql": "json_array_elements(CAST(:changes AS JSON)) AS change(value)",
}


def _adding(rows: str) -> str:
    return (
        "INSERT INTO standing (program_id, stage, holder, nominations) "  # noqa: S608 - our own words alone
        f"SELECT :program, value ->> 0, value ->> 1, CAST(value ->> 2 AS INTEGER) FROM {rows} WHERE true "
        "ON CONFLICT (program_id, stage, holder) "
        "DO UPDATE SET nominations = standing.nominations + excluded.nominations"
    )


_ADD = {dialect: text(_adding(rows)) for dialect, rows in _ROWS.items()}


def write_standings(connection: Connection, program_id: str, changes: Mapping[tuple[str, str], int]) -> None:
    """Add these changes of a program, by place and holder, in one statement. Whoever calls holds the program's head."""
    rows = [[stage, holder, change] for (stage, holder), change in sorted(changes.items()) if change]
    if rows:
        written = json.dumps(rows, ensure_ascii=False)
        connection.execute(_ADD[connection.dialect.name], {"program": program_id, "changes": written})


def miscounted(connection: Connection, program_id: str | None = None) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield what is counted wrong, of one program or of all: program, place, holder, what is kept and what there is."""
    of, row = standing.c, nomination.c
    kept = select(of.program_id, of.stage, of.holder, of.nominations).where(of.nominations != 0)
    holder = func.coalesce(row.holder, "").label("holder")
    there = select(row.program_id, row.stage, holder, func.count()).group_by(row.program_id, row.stage, holder)
    if program_id is not None:
        kept, there = kept.where(of.program_id == program_id), there.where(row.program_id == program_id)
    counted = {(one[0], one[1], one[2]): int(one[3]) for one in connection.execute(kept)}
    for program, stage, whose, count in connection.execute(there):
        said = counted.pop((program, stage, whose), 0)
        if said != count:
            yield program, stage, whose, said, count
    for (program, stage, whose), said in counted.items():
        yield program, stage, whose, said, 0
    yield from _missing_sides(connection, program_id)


def _missing_sides(connection: Connection, program_id: str | None) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield who has put forward whose nominees and is not known for it, with how many these are."""
    of, row = side.c, nomination.c
    of_these = (row.program_id, row.unit, row.nominator)
    known = select(of.program_id, of.unit, of.nominator)
    there = select(*of_these, func.count()).group_by(*of_these)
    if program_id is not None:
        known, there = known.where(of.program_id == program_id), there.where(row.program_id == program_id)
    told = {tuple(one) for one in connection.execute(known)}
    for program, unit, nominator, count in connection.execute(there):
        if (program, unit, nominator) not in told:
            yield program, unit, nominator, 0, count


def forget_empty(connection: Connection, programs: Collection[str]) -> None:
    """Forget the places of some programs at which nobody stands any more."""
    hold_heads(connection, programs)
    connection.execute(
        standing.delete().where(standing.c.program_id.in_(sorted(programs)), standing.c.nominations == 0)
    )
