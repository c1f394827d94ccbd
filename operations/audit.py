"""Holding the history against itself."""

from operations.desk import Desk
from store import Audit, verify


def audit(desk: Desk, program_id: str | None = None) -> Audit:
    """Verify the chain of one program, or of all; raises `UnknownError` for a program that is not in the store."""
    with desk.store.read() as connection:
        if program_id is not None:
            desk.running(connection, program_id)
        return verify(connection, program_id)
