"""The key dates of a program as they have really come: its publicities counted, its term begun."""

from datetime import datetime

from sqlalchemy import func, select

from deadlines.keydates import KeyDates, key_dates
from operations.desk import Desk
from programs import Program
from store import tables as t


def dates_so_far(desk: Desk, program: Program) -> KeyDates:
    """Return a program's key dates with what the store knows of its publications and its document."""
    with desk.store.read() as connection:
        published = connection.execute(
            select(t.publicity.c.stage, func.max(t.publicity.c.published_at).label("published_at"))
            .where(t.publicity.c.program_id == program.id)
            .group_by(t.publicity.c.stage)
        )
        instants: dict[str, datetime] = {row.stage: row.published_at for row in published}
        issued_at = connection.execute(
            select(func.max(t.document.c.issued_at)).where(t.document.c.program_id == program.id)
        ).scalar()
    return key_dates(program, desk.calendar, published=instants, issued_at=issued_at)
