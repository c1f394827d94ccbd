"""Finding the program that a command names: as the database holds it, else as the file says."""

from pathlib import Path
from secrets import token_bytes

from cli.desk import desk_of, settings_of, until_the_end
from cli.face import Face, Mistake
from deadlines.calendar import WorkCalendar
from operations.desk import Desk
from operations.results import UnknownError
from operations.schedules import open_calendar
from operations.settings import open_desk
from programs import Program, Words, load_program, shipped_programs
from programs.loader import program_text
from programs.writing import program_text_of
from store import Store, Vault
from store.tables import metadata


def is_file(source: str) -> bool:
    """Say whether a program is named by a file; ids are no paths and have no ending."""
    return source.endswith(".toml") or "/" in source or Path(source).is_file()


def calendar_of(face: Face) -> WorkCalendar:
    """Return the calendar with the schedules of this machine, and of the database where there is one."""
    desk = existing_desk(face)
    if desk is None:
        return open_calendar(settings_of(face).data)
    with desk.store.read() as connection:
        return desk.learn(connection)


def existing_desk(face: Face) -> Desk | None:
    """Open the desk if there is a database; looking something up makes none."""
    settings = settings_of(face)
    file = settings.database_file
    return None if file and not file.exists() else until_the_end(open_desk(settings))


def standing_desk(face: Face) -> Desk:
    """Open the desk for work that goes on by itself: a database that is named but missing is a mistake."""
    settings = settings_of(face)
    file = settings.database_file
    if settings.database and file and not file.exists():
        raise Mistake(_no_database(settings.database_shown))
    return desk_of(face)


def _no_database(url: str) -> Words:
    return Words(f"没有数据库 {url}；请核对地址", f"there is no database {url}; check its address")


def reading_desk(face: Face) -> Desk:
    """Open the desk to look something up. A fresh installation has an empty one, which leaves no file behind.

    A database that is named but missing is a mistake: to verify it must not say that all is well.
    """
    desk = existing_desk(face)
    if desk is not None:
        return desk
    settings = settings_of(face)
    if settings.database:
        raise Mistake(_no_database(settings.database_shown))
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    return until_the_end(Desk(store, open_calendar(settings.data), Vault(token_bytes(32))))


def program_of(face: Face, source: str) -> Program:
    """Return the program in this file, or with this id; of one with an id, what the database holds comes first.

    Raises `ProgramError` where there is none.
    """
    return _stored(face, source) or load_program(source)


def text_of(face: Face, source: str) -> str:
    """Return the text of the program in this file, or with this id: of one that the database holds its newest version.

    A program that ships keeps the text that it ships with while it says the same. Raises `ProgramError` for none.
    """
    stored = _stored(face, source)
    if stored is None or (source in shipped_programs() and load_program(source) == stored):
        return program_text(source)
    return program_text_of(stored)


def _stored(face: Face, source: str) -> Program | None:
    desk = None if is_file(source) else existing_desk(face)
    if desk is None:
        return None
    with desk.store.read() as connection:
        try:
            return desk.running(connection, source).program
        except UnknownError:
            return None
