"""裁定和开通 as an administrator sees them: what is to be confirmed, what the check finds, what stands against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from operations.actors import Actor
from operations.authority import Authority
from operations.checking import Checked, check_whole
from operations.desk import Desk, Running
from operations.jurisdictions import Matter
from operations.lookup import Confirmed, in_force
from operations.opening import against_opening
from operations.policy import Deed
from operations.results import UnknownError
from operations.seeing import Seeing
from programs import Program, ProgramError, Words, shipped_programs
from programs.loader import file_name, parse_program, program_text
from programs.rulings import Ruling
from programs.writing import program_text_of
from states import Refusal
from store import tables as t


@dataclass(frozen=True, slots=True)
class OpeningDesk:
    """A program that is ruled on and opened: its rulings with who confirmed each, and what the check finds now.

    `refusals` stand against opening it; they are those of an open program too, which is not opened again.
    """

    program: Program
    opened_at: datetime | None
    rulings: tuple[tuple[Ruling, Confirmed | None], ...]
    checked: Checked
    refusals: tuple[Refusal, ...]


def rules_on(desk: Desk, program_id: str, actor: Actor) -> bool:
    """Whether somebody confirms a program's rulings, and opens it."""
    with desk.store.read() as connection:
        program = desk.running(connection, program_id).program
        matter = Matter(program.id, program.office)
        return Authority(connection, actor).would_refuse(Deed.RULE, matter) is None


def ruled_by(desk: Desk, program_id: str, actor: Actor, now: datetime) -> Running:
    """Return a program that somebody rules on; raises `UnknownError` for any other, as for one that is not there."""
    with desk.store.read() as connection:
        running = Seeing(desk, connection, actor, now).program(program_id)
        if not rules_on(desk, program_id, actor):
            raise UnknownError(Words("没有项目 {id}", "there is no program {id}").format(id=program_id))
        return running


def opening_desk(desk: Desk, program_id: str, actor: Actor, now: datetime) -> OpeningDesk:
    """Return what is to be confirmed and what stands against opening a program.

    Raises `UnknownError` for a program that is not theirs to rule on, as for one that is not there.
    """
    running = ruled_by(desk, program_id, actor, now)
    with desk.store.read() as connection:
        confirmed: Mapping[str, Confirmed] = in_force(desk, program_id).confirmed
        return OpeningDesk(
            running.program,
            running.opened_at,
            tuple((one, confirmed.get(one.id)) for one in running.program.rulings),
            check_whole(running.program, desk.learn(connection)),
            tuple(against_opening(desk, connection, running)),
        )


def check_file(desk: Desk, text: str, file: str) -> Checked:
    """Check the program in a file as `linxuan program check` does; raises `ProgramError` where it is no program."""
    program = parse_program(text, file)
    with desk.store.read() as connection:
        return check_whole(program, desk.learn(connection), text, file)


def shipped_text(program_id: str) -> tuple[str, str]:
    """Return the text of a program that ships, and what its file is called; raises `ProgramError` for no such one."""
    if program_id not in shipped_programs():
        raise ProgramError(program_id, ())
    return program_text(program_id), file_name(program_id)


def written_program(desk: Desk, program_id: str, actor: Actor, now: datetime) -> str:
    """Return the text of a program in its newest version, to be edited: of one that ships and says the same, its own.

    Raises `UnknownError` for a program that is neither theirs to rule on nor ships.
    """
    with desk.store.read() as connection:
        kept = connection.execute(t.program.select().where(t.program.c.id == program_id)).first() is not None
    if not kept and program_id in shipped_programs():
        return program_text(program_id)
    program = ruled_by(desk, program_id, actor, now).program
    same = program_id in shipped_programs() and parse_program(*shipped_text(program_id)) == program
    return program_text(program_id) if same else program_text_of(program)


def ruled_programs(desk: Desk, actor: Actor) -> list[Program]:
    """Return the programs of the store that somebody rules on, by their ids."""
    with desk.store.read() as connection:
        ids = connection.execute(t.program.select().with_only_columns(t.program.c.id).order_by(t.program.c.id))
        return [desk.running(connection, one).program for one in ids.scalars() if rules_on(desk, one, actor)]


def not_in_store(desk: Desk) -> list[Program]:
    """Return the programs that ship and are not in the store yet."""
    with desk.store.read() as connection:
        kept = set(connection.execute(t.program.select().with_only_columns(t.program.c.id)).scalars())
    shipped = (one for one in shipped_programs() if one not in kept)
    return [parse_program(*shipped_text(one)) for one in shipped]
