"""Calendars that subscribe to dates: a secret address for a person in a role, until it is revoked or the role is.

Whoever has the address reads what that person may know of programs' dates, and nothing else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from deadlines.ics import to_ics_together
from operations.desk import Desk
from operations.held_secrets import Kind, holder_of
from operations.usage import dates_seen
from programs import Words
from store import tables as t

#: Somebody has one for each device and calendar, and a few that were forgotten.
FEEDS: Final = Kind(t.calendar_feed, Words("日历订阅", "calendar's address"), acts=False, most=20)
#: Where they are, below whatever address the console has.
CALENDARS: Final = "/calendars"
#: Two files of the same dates are the same whenever they are made.
_WHENEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a subscription gives: the file, and what tells it from any other (an HTTP entity tag)."""

    content: str
    tag: str


def path_of_feed(secret: str) -> str:
    """Return the secret address, below whatever address the console has."""
    return f"{CALENDARS}/{secret}.ics"


def calendar_of(desk: Desk, secret: str, now: datetime, language: str = "zh") -> Calendar | None:
    """Return what a secret address gives now; none where there is none, or it gives nothing any more."""
    held = holder_of(desk, FEEDS, secret, now)
    if held is None:
        return None
    dates = dates_seen(desk, held.actor, now)
    title = {"zh": "遴选：评选日程", "en": "Linxuan: dates of selections"}[language if language == "en" else "zh"]
    same = to_ics_together(dates, title, stamp=_WHENEVER, language=language)
    content = to_ics_together(dates, title, stamp=now, language=language)
    return Calendar(content, f'"{sha256(same.encode()).hexdigest()[:32]}"')
