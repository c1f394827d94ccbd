"""The calendar that light commands count by: it opens no database, unless one is named."""

import os

from cli.face import Face
from deadlines.calendar import WorkCalendar
from operations.schedules import open_calendar


def calendar_at_hand(face: Face) -> WorkCalendar:
    """Return this machine's calendar; with a database that is named, all that it has loaded as well."""
    if face.database is None and not os.environ.get("LINXUAN_DATABASE"):
        return open_calendar()
    from cli.sources import calendar_of  # noqa: PLC0415 - the store takes longer than all the rest

    return calendar_of(face)
