"""What the refusals of servers mean: whether trying again can help, and from when on."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

#: Enhanced codes (RFC 3463) of refusals that pass by themselves, though servers give them with a 5xx: a mailbox or a
#: system that is full (5.2.2, 5.3.1), a system that takes nothing for now (5.3.0, 5.3.2), networks that are down or in
#: knots (5.4.2 to 5.4.7, but for 5.4.4, a host that is none), and too many recipients at once (5.5.3). 5.4.1 is none of
#: them: in practice it says that there is no such recipient.
_PASSES: Final = re.compile(r"5\.(2\.2|3\.[012]|4\.[23567]|5\.3)\b")
_ENHANCED: Final = re.compile(r"^\s*[245]\.\d{1,3}\.\d{1,3}\b")
#: Statuses of HTTP with which a server may say from when on it takes something again (RFC 6585, 4; RFC 9110, 15.6.4).
_NOT_NOW: Final = frozenset({429, 503})
#: No server puts a letter off for longer than this.
_LONGEST: Final = timedelta(hours=4)
#: The one plain code of a full mailbox, for servers that give no enhanced one.
_FULL: Final = 552


def is_for_good(code: int, answer: str) -> bool:
    """Say whether a refusal of a recipient or a text stays: by its enhanced code, else by the plain one.

    `answer` is what stands behind the code.
    """
    if code < 500:
        return False
    if _ENHANCED.match(answer):
        return _PASSES.match(answer.lstrip()) is None
    return code != _FULL


def asked_wait(status: int, headers: Mapping[str, str], now: datetime | None = None) -> timedelta:
    """Return for how long a server asks not to be asked again (RFC 9110, 10.2.3), at most four hours; else nothing.

    `headers` answer to `Retry-After`. An instant there is held against the clock, or the aware `now`.
    """
    said = headers.get("Retry-After", "").strip() if status in _NOT_NOW else ""
    if re.fullmatch(r"[0-9]{1,9}", said):
        return min(timedelta(seconds=int(said)), _LONGEST)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return timedelta()
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(at - (now or datetime.now(UTC)), timedelta()), _LONGEST)
