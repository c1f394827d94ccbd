"""The key dates of a program, as of now and as its lists were really published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from deadlines.errors import OutsideCalendarError
from deadlines.keydates import KeyDate, KeyDateKind, key_dates
from deadlines.zone import midnight, shanghai_day
from operations.desk import Running
from operations.overview.shapes import Dated, Issued


def dates_of(
    running: Running, published: Sequence[Row[Any]], documents: Sequence[Issued], now: datetime
) -> tuple[Dated, ...]:
    """Return all key dates in pipeline order; every published list stands for its publicity's key date."""
    dates = key_dates(
        running.program,
        running.calendar,
        published={row.stage: row.published_at for row in published},
        issued_at=documents[-1].issued_at if documents else None,
    )
    found: list[Dated] = []
    for key in dates:
        lists = [row for row in published if key.kind is KeyDateKind.PUBLICITY and row.stage == key.stage]
        if not lists:
            found.append(_dated(running, key, now))
        for row in lists:
            counted = replace(
                key,
                opens=midnight(row.first_day),
                closes=row.closes_at,
                last_day=row.last_day,
                provisional=row.provisional,
                findings=key.findings if row is lists[-1] else (),
            )
            found.append(_dated(running, counted, now, row.venue))
    return tuple(found)


def _dated(running: Running, key: KeyDate, now: datetime, venue: str | None = None) -> Dated:
    left, provisional = None, key.provisional
    today = shanghai_day(now)
    if key.closes and key.last_day and key.closes > now:
        left, unsure = _working_days(running, today, max(today, key.last_day))
        provisional = provisional or unsure
    return Dated(running.program, key, venue, left, provisional)


def _working_days(running: Running, first: date, last: date) -> tuple[int | None, bool]:
    """Count the working days, and say whether the count may still change."""
    try:
        return running.calendar.count_working_days(first, last), running.calendar.is_provisional(first, last)
    except OutsideCalendarError:
        return None, False
