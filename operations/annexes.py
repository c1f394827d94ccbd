"""Annexes: tables that come with nominations are read, kept with them, and held against what they say."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from documents.errors import DocumentError
from documents.tables import Table
from operations.acts import Act
from operations.annex_rows import IDENTITY, AnnexReader, Line, annex_in
from operations.authority import matter_of, refuses
from operations.columns import unread
from operations.desk import Desk, Running
from operations.materials import ended
from operations.numbered import find
from operations.policy import Deed
from operations.results import Denied, UnknownError, no_such_nomination
from operations.rows import CellFinding
from operations.sheets import Sheet, TakenIn
from programs import Program, Words
from programs.annexes import SAID, Annex, FilledAnnex
from programs.facts import Facts
from programs.rules import Agreement
from states.annexes import Difference, differences
from store import Transaction
from store import tables as t
from store.types import document_text


class _Sent(NamedTuple):
    """What was sent for one nomination."""

    row: Row[Any]
    filled: FilledAnnex


def take_in_annex(  # noqa: PLR0913 - what a table does not say itself, each by name
    desk: Desk,
    program_id: str,
    annex_id: str,
    content: bytes,
    name: str,
    act: Act,
    *,
    number: str | None = None,
    dry_run: bool = False,
) -> TakenIn | Denied:
    """Keep an annex with its nomination, in the place of an earlier one; of all rows or none.

    `number` names the nomination where the annex is about others; one about nominees names them itself. Differences
    from what the nominations say are found, and keep nothing out: rules fail by them. Raises `DocumentError` for what
    is no such table, and `UnknownError` for a program, an annex or a nomination that is not there.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
    # What takes long is done before anybody has to wait for it.
    annex = _annex(running.program, annex_id)
    if refused := _misnamed(annex, number):
        raise UnknownError(refused)
    table = annex_in(annex, content, name)
    reader = AnnexReader(running.program, annex, table)
    lines = list(reader.lines())
    sheet = Sheet(table, reader.findings)
    with desk.store.write() as transaction:
        current = desk.relied_on(transaction.connection, program_id)
        row = _nomination(transaction.connection, running, number)
        if row is not None and (refusal := _refusal(desk, transaction.connection, row, act)):
            return refusal
        if not lines:
            raise DocumentError(
                Words(
                    f"{name} 里没有一行写有{annex.columns[0].name}", f"no row of {name} has a {annex.columns[0].name}"
                )
            )
        sent = (
            [_Sent(row, FilledAnnex(columns=reader.columns, rows=tuple(line.kept for line in lines)))]
            if row is not None
            else _by_nominee(desk, transaction.connection, running, sheet, lines, reader.columns, act)
        )
        for one in () if sheet.is_blocked else sent:
            sheet.findings += _differing(transaction.connection, running.program, annex, table, one)
        is_same = current.version == running.version
        kept = tuple(one.row.number for one in sent) if is_same and not (dry_run or sheet.is_blocked) else ()
        if not kept:
            transaction.abandon()
        for one in sent if kept else ():
            _keep(transaction, one, annex, name, act)
    if not is_same:
        # It was ruled on or amended while the table was read: it is read once more, by what holds now.
        return take_in_annex(desk, program_id, annex_id, content, name, act, number=number, dry_run=dry_run)
    return TakenIn(len(lines), kept, tuple(sheet.findings), unread(table), sheet.workbook(), table)


def _annex(program: Program, annex_id: str) -> Annex:
    for annex in program.annexes:
        if annex.id == annex_id:
            return annex
    known = "、".join(f"{one.id}（{one.name}）" for one in program.annexes) or "—"
    raise UnknownError(
        Words(
            "项目 {program} 没有附表 {annex}；附表：{known}", "{program} has no annex {annex}; it has {known}"
        ).format(program=program.id, annex=annex_id, known=known)
    )


def _misnamed(annex: Annex, number: str | None) -> Words | None:
    """Say that an annex needs the nomination that it is of, or names its nominations itself."""
    if annex.rows == "nominees" and number is not None:
        return Words(
            "《{name}》每行一名候选人，按身份证号码对上申报，不用写申报编号",
            "{name} has a row for each nominee, known by their identity number; name no nomination",
        ).format(name=annex.name)
    if annex.rows != "nominees" and number is None:
        return Words(
            "《{name}》随一件申报提交，请用 --nomination 写明申报编号",
            "{name} comes with one nomination; name it with --nomination",
        ).format(name=annex.name)
    return None


def _nomination(connection: Connection, running: Running, number: str | None) -> Row[Any] | None:
    """Return the nomination that an annex about others is of, held; none where its rows name the nominees."""
    if number is None:
        return None
    row = find(connection, number)
    if row.program_id != running.program.id:
        raise UnknownError(no_such_nomination(number))
    return row


def _refusal(desk: Desk, connection: Connection, row: Row[Any], act: Act) -> Denied | None:
    running = desk.running_for(connection, row)
    refusal = refuses(connection, act.actor, Deed.RECEIVE, matter_of(running.program, row)) or ended(running, row.stage)
    return Denied((refusal,), row.number) if refusal else None


def _by_nominee(  # noqa: PLR0913, PLR0917 - what rows are brought to their nominations with
    desk: Desk,
    connection: Connection,
    running: Running,
    sheet: Sheet,
    lines: list[Line],
    columns: tuple[str, ...],
    act: Act,
) -> list[_Sent]:
    """Return each nomination with its row, the nominations held in the order of their numbers."""
    vault = desk.reading(connection)
    of = t.nomination.c
    rows: dict[str, Line] = {}
    for line in lines:
        if line.identity is None:
            continue
        mine = (of.program_id == running.program.id, of.identity_hash == vault.fingerprint(line.identity))
        number = connection.execute(select(of.number).where(*mine).order_by(of.attempt.desc()).limit(1)).scalar()
        if number is None:
            words = Words("本项目没有此人的申报", "this person is not nominated here")
        elif number in rows:
            words = Words("与第 {row} 行相同", "the same as in row {row}").format(row=rows[number].kept.row)
        else:
            rows[number] = line
            continue
        sheet.findings.append(CellFinding(line.kept.row, IDENTITY, "", words, blocks=True))
    sent: list[_Sent] = []
    for number in sorted(rows):
        row, line = find(connection, number), rows[number]
        if refused := _refusal(desk, connection, row, act):
            for refusal in refused.refusals:
                found = CellFinding(line.kept.row, None, "", refusal.reason, blocks=True, remedy=refusal.remedy)
                sheet.findings.append(found)
        else:
            sent.append(_Sent(row, FilledAnnex(columns=columns, rows=(line.kept,))))
    return sent


def _differing(
    connection: Connection, program: Program, annex: Annex, table: Table, sent: _Sent
) -> Iterator[CellFinding]:
    """Find what the annex of a nomination says otherwise than the nomination does, by the rules that ask for it."""
    (row, filled), of = sent, t.dossier.c
    stated = connection.execute(select(of.facts).where(of.nomination_id == row.id)).scalar_one_or_none()
    facts, said = Facts.model_validate(stated or {}), {name: getattr(row, name) for name in SAID}
    seen: set[Difference] = set()
    for rule in program.rules:
        if isinstance(rule, Agreement) and rule.annex == annex.id:
            for one in differences(rule, program, filled, facts, said):
                if one not in seen:
                    seen.add(one)
                    yield CellFinding(one.row or table.first, one.column, one.stated, one.words, blocks=False)


def _keep(transaction: Transaction, sent: _Sent, annex: Annex, file: str, act: Act) -> None:
    """Keep an annex; the same one again changes nothing. The event says how many rows it has, never whose they are."""
    connection, (row, filled), of = transaction.connection, sent, t.annex.c
    mine = (of.nomination_id == row.id, of.annex == annex.id)
    content = filled.model_dump(mode="json")
    if connection.execute(select(of.content).where(*mine)).scalar_one_or_none() == content:
        return
    connection.execute(delete(t.annex).where(*mine))
    connection.execute(insert(t.annex).values(nomination_id=row.id, annex=annex.id, content=content, stated_at=act.now))
    transaction.record(
        row.program_id,
        "annex.stated",
        nomination=row.number,
        annex=annex.id,
        rows=len(filled.rows),
        digest=sha256(document_text(content).encode()).hexdigest(),
        file=file,
        **act.signature(),
    )
