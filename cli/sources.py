"""Finding the program that a command names: as the database holds it, else as the file says."""

from pathlib import Path

from cli.desk import settings_of
from cli.face import Face
from operations.desk import Desk
from operations.results import UnknownError
from operations.settings import open_desk
from programs import Program, load_program


def existing_desk(face: Face) -> Desk | None:
    """Open the desk if there is a database; looking something up makes none."""
    settings = settings_of(face)
    prefix = "sqlite:///"
    url = settings.database_url
    if url.startswith(prefix) and not Path(url.removeprefix(prefix)).exists():
        return None
    return open_desk(settings)


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
