"""What a tenure asks for and when: reports of duties and assessments, each once in its period.

A period begins with the term, or with the end of the period before; what it asks for is due by its end. Days are days
in Shanghai, instants are aware, and `due` is the first one that is too late.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from deadlines.keydates import term_closes
from deadlines.zone import midnight, shanghai_day
from programs import Words
from programs.stages import Tenure

#: How long before it is due a duty is told of once more.
SOON = timedelta(days=14)


class DutyKind(StrEnum):
    """What a tenure asks for."""

    REPORT = "report"
    ASSESSMENT = "assessment"
    RECTIFICATION = "rectification"

    @property
    def label(self) -> Words:
        """What people call it."""
        return _LABELS[self]


_LABELS = {
    DutyKind.REPORT: Words("履职报告", "report of duties"),
    DutyKind.ASSESSMENT: Words("考核", "assessment"),
    DutyKind.RECTIFICATION: Words("整改", "rectification"),
}


class Rung(StrEnum):
    """How far a duty has come that is still to be done."""

    OPEN = "open"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to be done within a term, in a period counted from 1. It can be done from `opens` on."""

    kind: DutyKind
    period: int
    opens: datetime
    due: datetime

    def rung(self, now: datetime) -> Rung | None:
        """Return how far it has come; none before it opens."""
        reached = [rung for rung, at in self.rungs() if at <= now]
        return reached[-1] if reached else None

    def rungs(self) -> tuple[tuple[Rung, datetime], ...]:
        """Return the instants at which something is to be told of it, in order."""
        soon = max(self.opens, self.due - SOON)
        return ((Rung.OPEN, self.opens), (Rung.SOON, soon), (Rung.OVERDUE, self.due))


def period_days(begun: date, every: int, period: int) -> tuple[date, datetime]:
    """Return the first day of a period of so many years, counted from 1, and the first instant after it."""
    return shanghai_day(term_closes(begun, every * (period - 1))), term_closes(begun, every * period)


def period_at(begun: date, every: int, day: date) -> int:
    """Return the period that a day lies in, counted from 1; 0 before the first."""
    if day < begun:
        return 0
    period = max(1, (day.year - begun.year) // every)
    while term_closes(begun, every * period) <= midnight(day):
        period += 1
    return period


def duties(stage: Tenure, begun: date, now: datetime) -> Iterator[Duty]:
    """Yield the reports and assessments that have opened until now, and the next of each, in order of their kinds.

    A period that the term ends within asks for nothing.
    """
    for kind, every in (
        (DutyKind.REPORT, stage.reported_every_years),
        (DutyKind.ASSESSMENT, stage.assessed_every_years),
    ):
        if every is None:
            continue
        period = 0
        while stage.years is None or (period + 1) * every <= stage.years:
            period += 1
            first, due = period_days(begun, every, period)
            opens = max(midnight(first), due - timedelta(days=stage.opens_days_before))
            yield Duty(kind, period, opens, due)
            if opens > now:
                break


def outstanding(
    stage: Tenure, begun: date, done: Collection[tuple[str, int]], now: datetime
) -> tuple[tuple[Duty, ...], datetime | None]:
    """Return what is open and not done, the earliest due first, and the next instant at which anything changes."""
    left = [duty for duty in duties(stage, begun, now) if (duty.kind.value, duty.period) not in done]
    to_come = [at for duty in left for _, at in duty.rungs() if at > now]
    opened = sorted((duty for duty in left if duty.opens <= now), key=lambda duty: (duty.due, duty.kind))
    return tuple(opened), min(to_come, default=None)
