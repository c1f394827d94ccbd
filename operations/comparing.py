"""A second table about people who are nominated already, held against what their nominations say."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.authority import refuses
from operations.columns import table_for, unread
from operations.desk import Desk
from operations.jurisdictions import Matter
from operations.policy import Deed
from operations.results import Denied
from operations.rows import Candidate, CellFinding, RowReader
from operations.sheets import Sheet, TakenIn
from programs import Program, Words
from programs.facts import Facts
from programs.naming import plain_name
from store import Vault
from store import tables as t


def compare_table(
    desk: Desk, program_id: str, content: bytes, name: str, act: Act, *, defaults: Mapping[str, str] | None = None
) -> TakenIn | Denied:
    """List every cell that says something else than the nomination of the same person; nothing is changed.

    People are known by their identity numbers. Raises `DocumentError` for what is no table, and `UnknownError` for a
    program that is not there.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
        office = running.program.office
        refusal = refuses(connection, act.actor, Deed.JUDGE, Matter(program_id, office, office))
        if refusal:
            return Denied((refusal,))
        table = table_for(running.program, content, name)
        reader = RowReader(running.program, table, {**(defaults or {}), "nominator": "—", "unit": "—"})
        candidates = list(reader.candidates())
        vault = desk.reading(connection)
        sheet = Sheet(table, reader.findings)
        for candidate in candidates:
            sheet.findings += _differences(connection, vault, running.program, candidate)
        return TakenIn(reader.rows, (), tuple(sheet.findings), unread(table), sheet.workbook(), table)


def _differences(connection: Connection, vault: Vault, program: Program, candidate: Candidate) -> Iterator[CellFinding]:
    identity = candidate.draft.identity
    if identity is None:
        yield _found(
            candidate, "identity", Words("没有身份证号码，无法核对", "without an identity number it cannot be held")
        )
        return
    of = t.nomination.c
    mine = (of.program_id == program.id, of.identity_hash == vault.fingerprint(identity))
    row = connection.execute(select(t.nomination).where(*mine).order_by(of.attempt.desc())).first()
    if row is None:
        yield _found(candidate, "identity", Words("本项目没有此人的申报", "this person is not nominated here"))
        return
    stated = connection.execute(
        select(t.dossier.c.facts).where(t.dossier.c.nomination_id == row.id)
    ).scalar_one_or_none()
    named = {one.id: one.name for one in program.categories}
    read = {**dict(candidate.facts), **_part("category", named.get(candidate.draft.category or ""))}
    for column, kept in _kept(row, Facts.model_validate(stated or {}), named).items():
        said = candidate.cells.get(column)
        told = read.get(column, said)
        if said and kept and plain_name(str(told)) != plain_name(kept):
            words = Words("与申报 {number} 不一致：申报为“{kept}”", "{number} says otherwise: {kept}")
            yield _found(candidate, column, words.format(number=row.number, kept=kept))


def _part(column: str, name: str | None) -> dict[str, str]:
    return {column: name} if name else {}


def _kept(row: Row[Any], facts: Facts, categories: Mapping[str, str]) -> dict[str, str]:
    """Return what a nomination says, by the meanings of columns; `categories` are names by ids."""
    return {
        "nominee": row.nominee,
        "unit": row.unit,
        "nominator": row.nominator,
        **_part("category", categories.get(row.category)),
        **facts.levels,
        **{name: str(number) for name, number in facts.numbers.items()},
    }


def _found(candidate: Candidate, column: str, words: Words) -> CellFinding:
    return CellFinding(candidate.row, column, candidate.cells.get(column, ""), words, blocks=True)
