"""What is wrong with a program that its model alone cannot see: parts that contradict each other.

Dates are checked by `deadlines.keydates`, which has the calendar.
"""

from programs.checks.contacts import odd_numbers
from programs.checks.panels import panels_to_serve
from programs.checks.pipeline import orders_of_stages, stages_to_reach
from programs.checks.places import cuts_and_quotas, seats_and_tiers
from programs.checks.rules import rules_that_cannot_work
from programs.checks.rulings import gaps_without_ruling, rulings_and_their_places
from programs.errors import Fault, Severity
from programs.model import Program

__all__ = ["check_program"]

_CHECKS = (
    seats_and_tiers,
    cuts_and_quotas,
    stages_to_reach,
    orders_of_stages,
    panels_to_serve,
    rules_that_cannot_work,
    rulings_and_their_places,
    gaps_without_ruling,
    odd_numbers,
)


def check_program(program: Program) -> tuple[Fault, ...]:
    """Return every structural contradiction of a program: errors first, then warnings, then notes."""
    order = list(Severity)
    faults = [fault for check in _CHECKS for fault in check(program)]
    return tuple(sorted(faults, key=lambda fault: order.index(fault.severity)))
