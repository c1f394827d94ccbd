"""The clock, which the flows read for every operation below them, and the run names that show it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from prefect.runtime import flow_run

from deadlines.zone import SHANGHAI


def instant(now: datetime | None) -> datetime:
    """Return the instant to act at: the one that was given, in Shanghai time where no zone is written, or the clock's.

    The UI's form and a deployment's parameters may both write an instant without its zone.
    """
    if now is None:
        return datetime.now(SHANGHAI)
    return now.replace(tzinfo=SHANGHAI) if now.tzinfo is None else now.astimezone(SHANGHAI)


def named(what: str) -> Callable[[Mapping[str, Any]], str]:
    """Return what names a run: `what` and the minute it acts at, as in “巡检 11-21 09:05”."""

    def name(asked: Mapping[str, Any]) -> str:
        return f"{what} {acts_at(asked):%m-%d %H:%M}"

    return name


def acts_at(asked: Mapping[str, Any]) -> datetime:
    """Return the instant at which this run acts, by its parameters: the one that was given, or its scheduled one."""
    return instant(asked["now"] or flow_run.scheduled_start_time)
