"""Working-day calendar, Chinese date phrases, publicity periods, and a program's key dates."""

from deadlines.calendar import WorkCalendar
from deadlines.errors import DeadlineError
from deadlines.findings import Finding
from deadlines.periods import Period, publicity_period, verify_range
from deadlines.zone import SHANGHAI
from programs.counting import Convention, Unit

__all__ = [
    "SHANGHAI",
    "Convention",
    "DeadlineError",
    "Finding",
    "Period",
    "Unit",
    "WorkCalendar",
    "publicity_period",
    "verify_range",
]
