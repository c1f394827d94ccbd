"""Finds the instant that a time of day means on its day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from deadlines.phrases import syntax as s
from deadlines.phrases.context import Context
from deadlines.phrases.sentences import UnresolvedError
from deadlines.zone import at, midnight

_MORNING: Final = frozenset({"上午", "早上", "早晨", "清晨", "早"})
_NIGHT: Final = frozenset({"晚上", "晚间", "夜间", "夜里", "深夜", "晚"})
_LATE: Final = _NIGHT | {"中午", "下午", "午后", "傍晚"}


def resolve_clock(clock: s.Clock, day: date, context: Context) -> datetime:
    """Return the instant of a time on a day. 24:00 is 00:00 of the next day; an explicit hour beats 下班.

    Raises `UnresolvedError` for a time that is vague, does not exist, or needs office hours that nobody has told.
    """
    if clock.hour is None:
        return _without_hour(clock, day, context)
    hour = _hour_of_day(clock)
    if clock.minute > 59 or clock.second > 59 or hour > 24 or (hour == 24 and (clock.minute or clock.second)):
        raise UnresolvedError("invalid_time", time=_written(clock))
    return midnight(day) + timedelta(hours=hour, minutes=clock.minute, seconds=clock.second)


def continued(first: s.Clock | None, last: s.Clock) -> s.Clock:
    """Return the end of hours on one day with what the beginning says for both: 下午2点至5点 ends at 17:00."""
    if first is None or first.part not in _LATE or last.part is not None or last.hour is None or last.hour > 12:
        return last
    return replace(last, part=first.part)


def _without_hour(clock: s.Clock, day: date, context: Context) -> datetime:
    if clock.office and clock.part in {None, "下午", "傍晚"}:
        if context.office_closes is None:
            raise UnresolvedError("office_hours_missing")
        return at(day, context.office_closes)
    if clock.part == "正午":
        return at(day, time(12))
    raise UnresolvedError("vague_time", part=clock.part)


def _hour_of_day(clock: s.Clock) -> int:
    """Return the hour from 0 to 24: 下午4时 is 16, 下午17:00 is 17, 上午12时 is 12, 晚上12点 is 24, 凌晨12点 is 0."""
    hour, part = clock.hour or 0, clock.part
    allowed = range(25)
    if part in _MORNING:
        allowed = range(13)
    elif part in {"中午", "正午"}:
        hour = hour + 12 if hour in {1, 2} else hour
        allowed = range(11, 15)
    elif part in {"下午", "午后", "傍晚"}:
        hour = hour + 12 if hour < 12 else hour
        allowed = range(12, 20)
    elif part in _NIGHT:
        # 晚上1点 may be either night's: 晚上 names no hour before 5.
        hour = hour + 12 if 5 <= hour <= 12 else hour
        allowed = range(17, 25)
    elif part == "PM":
        hour = hour + 12 if hour < 12 else hour
        allowed = range(12, 24)
    elif part == "AM":
        # 12:00 AM is midnight, and often written for noon.
        allowed = range(12)
    elif part == "凌晨":
        hour = 0 if hour == 12 else hour
        allowed = range(7)
    elif part == "午夜":
        hour = 24 if hour == 12 else hour
        allowed = range(24, 25)
    if hour not in allowed:
        raise UnresolvedError("invalid_time", time=_written(clock))
    return hour


def _written(clock: s.Clock) -> str:
    return f"{clock.part or ''}{clock.hour}:{clock.minute:02}"
