"""What is wrong with a program that its model alone cannot see: parts that contradict each other.

Dates are checked by `deadlines.keydates`, which has the calendar, and the ways between the stages by `states.reaching`,
which has the machine; `operations.checking` asks all of them.
"""

from collections.abc import Iterable

from programs.checks.ballots import ballots_to_hold
from programs.checks.contacts import odd_numbers
from programs.checks.materials import materials
from programs.checks.panels import panels_to_serve
from programs.checks.pipeline import orders_of_stages, stages_to_reach
from programs.checks.places import cuts, lesser_grades, seats_and_tiers
from programs.checks.quotas import quotas
from programs.checks.requirements import requirements
from programs.checks.rules import rules_that_cannot_work
from programs.checks.rulings import gaps_without_ruling, rulings_and_their_places
from programs.checks.stages import within_stages
from programs.checks.terms import clauses, names_in_vain, terms
from programs.errors import Fault, Severity
from programs.model import Program

__all__ = ["check_program", "in_order"]

_CHECKS = (
    seats_and_tiers,
    cuts,
    lesser_grades,
    quotas,
    stages_to_reach,
    orders_of_stages,
    within_stages,
    panels_to_serve,
    ballots_to_hold,
    rules_that_cannot_work,
    requirements,
    materials,
    terms,
    names_in_vain,
    clauses,
    rulings_and_their_places,
    gaps_without_ruling,
    odd_numbers,
)


def check_program(program: Program) -> tuple[Fault, ...]:
    """Return every structural contradiction of a program: errors first, then warnings, then notes."""
    return in_order(program, (fault for check in _CHECKS for fault in check(program)))


def in_order(program: Program, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults with their places in words and their clauses, errors first, then warnings, then notes."""
    order, document = list(Severity), program.model_dump()
    return tuple(sorted((fault.within(document) for fault in faults), key=lambda fault: order.index(fault.severity)))
