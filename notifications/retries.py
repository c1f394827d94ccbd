"""When a message that failed for the time being is tried again."""

from datetime import datetime, timedelta
from typing import Final

#: Minutes between attempts. They outlast a night's outage within a day, and a weekend's before the message is parked.
_PAUSES: Final = (1, 5, 15, 60, 240, 720, 1440, 1440)


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after this many failed attempts (1 or more), or None to park the message.

    The instant may lie outside working hours; `hours.next_working_instant` moves it into them.
    """
    if attempts < 1:
        raise ValueError("there is nothing to retry before the first attempt has failed")
    if attempts > len(_PAUSES):
        return None
    return now + timedelta(minutes=_PAUSES[attempts - 1])
