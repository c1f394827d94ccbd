"""Taking in a nominator's table: every row read, judged and drawn up through the same use cases, or nothing at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection

from operations.acts import Act
from operations.columns import facts_missing, near_to, table_for, unread
from operations.desk import Desk, Running
from operations.nominate import names_of
from operations.pasts import found_in_pasts, known_by_name
from operations.rows import Candidate, CellFinding, RowReader
from operations.sheets import Sheet, TakenIn
from programs import Program, Words
from store import INSTALLATION, Transaction
from store import tables as t

#: Is told what is being done with the rows, with how many it is done, and of how many.
Watch = Callable[[Words, int, int], None]

#: How many rows a dry run draws up before others may write.
AT_ONCE: Final = 200

CHECKING: Final = Words("核对", "checked")
DRAWING_UP: Final = Words("登记", "drawn up")


def take_in(  # noqa: PLR0913 - what a table does not say itself, each by name
    desk: Desk,
    program_id: str,
    content: bytes,
    name: str,
    act: Act,
    *,
    defaults: Mapping[str, str] | None = None,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> TakenIn:
    """Draw up a nomination for every row of a table, with the facts that it states; all of them or none.

    `defaults` are values by the meanings of columns that the table does not have. A dry run does all this and keeps
    nothing but, where it told of people's pasts, that it was asked. It draws up `AT_ONCE` rows at a time, so that
    others write meanwhile: what rows further apart do to each other shows when the table is taken in. Raises
    `DocumentError` for what is no such table, and `UnknownError` for a program that is not there.
    """
    with desk.store.read() as connection:
        running = desk.running(connection, program_id)
    table = table_for(running.program, content, name)
    reader = RowReader(running.program, table, defaults or {}, act.now)
    candidates: list[Candidate] = []
    for candidate in reader.candidates():
        candidates.append(candidate)
        if watch:
            watch(CHECKING, candidate.row - table.first, len(table.cells) - table.first)
    with desk.store.read() as connection:
        unheard_of = _unheard_of(connection, running.program, candidates)
    sheet = Sheet(table, [*reader.findings, *_doubled(candidates)])
    told, waiting = 0, () if sheet.is_blocked else tuple(candidates)
    for start in range(0, len(waiting), AT_ONCE if dry_run else max(len(waiting), 1)):
        some = waiting[start : start + AT_ONCE] if dry_run else waiting
        with desk.store.write() as transaction:
            is_same = desk.relied_on(transaction.connection, program_id).version == running.version
            if is_same:
                for place, candidate in enumerate(some, start=start + 1):
                    sheet.draw_up(desk, running, candidate, act)
                    if watch:
                        watch(DRAWING_UP, place, len(candidates))
                told += _tell_pasts(transaction, running, sheet, some, act)
            if dry_run or sheet.is_blocked or not is_same:
                transaction.abandon()
            elif sheet.drawn_up:
                transaction.record(
                    program_id,
                    "table.taken-in",
                    file=name,
                    sheet=table.sheet,
                    rows=reader.rows,
                    nominations=list(sheet.drawn_up),
                    **act.signature(),
                )
        if not is_same:
            # It was ruled on or amended while the table was read: it is read once more, by what holds now.
            return take_in(desk, program_id, content, name, act, defaults=defaults, dry_run=dry_run, watch=watch)
    is_kept = not (dry_run or sheet.is_blocked)
    if told and not is_kept:
        _note_sought(desk, told, act)
    passed_over = unread(table)
    columns = table.columns.keys()
    return TakenIn(
        reader.rows,
        tuple(sheet.drawn_up) if is_kept else (),
        tuple(sheet.findings),
        passed_over,
        sheet.workbook(kept=is_kept),
        table,
        near_to(running.program, passed_over, columns),
        facts_missing(running.program, columns) if passed_over else (),
        unheard_of,
    )


def _note_sought(desk: Desk, found: int, act: Act) -> None:
    """Record that a table which was only looked at told of people's pasts: it may have been sent for just that."""
    with desk.store.write() as transaction:
        transaction.record(INSTALLATION, "details.sought", of="table", found=found, **act.signature())


def _tell_pasts(transaction: Transaction, running: Running, sheet: Sheet, some: Iterable[Candidate], act: Act) -> int:
    """Find what is known of those of these rows that were drawn up; returns of how many it was told."""
    now = {candidate.row for candidate in some}
    drawn_up = {number: one for number, one in sheet.drawn_up.items() if one.row in now}
    known = list(_known_pasts(transaction, running, drawn_up, act))
    for candidate, words in known:
        sheet.add(candidate, "nominee", words, blocks=False)
    return len(known)


def _known_pasts(
    transaction: Transaction, running: Running, drawn_up: Mapping[str, Candidate], act: Act
) -> Iterator[tuple[Candidate, Words]]:
    """Tell of whom something is known that rules will ask about; and of names alike, which bar nobody."""
    of = t.nomination.c
    numbers = list(drawn_up)
    rows: list[Any] = []
    for start in range(0, len(numbers), 500):
        some = select(t.nomination).where(of.number.in_(numbers[start : start + 500]))
        rows += transaction.connection.execute(some).all()
    known = found_in_pasts(transaction.connection, running, rows, act.now)
    for row in rows:
        for bars in known.get(row.id, {}).values():
            for bar in bars:
                words = Words("既往记录：{found}（{rule}）", "known: {found} ({rule})")
                yield drawn_up[row.number], words.format(found=bar.found, rule=bar.rule)
    alike = known_by_name(transaction.connection, [row.nominee for row in rows])
    for row in rows:
        for found in alike.get(row.nominee, ()):
            words = Words("有同名的既往记录，请核对是否同一人：{found}", "somebody of this name is known: {found}")
            yield drawn_up[row.number], words.format(found=found)


def _unheard_of(connection: Connection, program: Program, candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """Return the nominators that neither anybody has registered nor the program lists, as they come."""
    listed = {name for kind in program.nominators for name in kind.includes}
    said = list(dict.fromkeys(one.draft.nominator for one in candidates if one.draft.nominator not in listed))
    known: set[str] = set()
    for start in range(0, len(said), 500):
        of = t.organization.c.name
        known |= {*connection.execute(select(of).where(of.in_(said[start : start + 500]))).scalars()}
    return tuple(one for one in said if one not in known)


def _doubled(candidates: Iterable[Candidate]) -> Iterator[CellFinding]:
    """Find the same nominee, or the same account, in two rows of one table."""
    for column, is_wrong in (("identity", True), ("nominee", True), ("bank_account", False), ("phone", False)):
        seen: dict[str, int] = {}
        for candidate in candidates:
            value = candidate.cells.get(column, "").upper()
            is_known_by_number = column == "nominee" and candidate.draft.identity is not None
            if not value or is_known_by_number:
                continue
            first = seen.setdefault(names_of(candidate.draft) if column == "nominee" else value, candidate.row)
            if first != candidate.row:
                words = Words("与第 {row} 行相同", "the same as in row {row}").format(row=first)
                yield CellFinding(candidate.row, column, value, words, is_wrong)
