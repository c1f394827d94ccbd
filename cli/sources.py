"""Finding the program that a command names: as the database holds it, else as the file says."""

from cli.desk import settings_of
from cli.face import Face
from operations.desk import Desk
from operations.results import UnknownError
from operations.settings import open_desk
from programs import Program, load_program


def existing_desk(face: Face) -> Desk | None:
    """Open the desk if there is a database; looking something up makes none."""
    settings = settings_of(face)
    file = settings.database_file
    return None if file and not file.exists() else open_desk(settings)


def program_of(face: Face, source: str) -> Program:
    """Return the program with this id, or in this file; what the database holds of it comes first.

    Raises `ProgramError` where there is none.
    """
    desk = existing_desk(face)
    if desk is not None:
        with desk.store.read() as connection:
            try:
                return desk.running(connection, source).program
            except UnknownError:
                pass
    return load_program(source)
