"""Whether one nominee can meet all that is required together."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from programs.checks.reach import OnPath, concern_on, concerns_somebody, once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Path, Program
from programs.rules import Age, Combination, Exemption, History, Quantity, Ratio, Rule


class _Bound(NamedTuple):
    """What one rule asks of one fact, both ends included; none where that end is free."""

    fact: str
    rule: Rule
    least: Any
    most: Any


def requirements(program: Program) -> Iterator[Fault]:
    """Find two rules that must both be met and never can: bounds apart, a past that is required and barred."""
    yield from once(program, _bounds_apart(program))
    for required, barred in _pairs_of_pasts(program):
        yield fault("history_contradicts", f"rules.{required.id}", name=required.name, other=barred.name)


def _bounds_apart(program: Program) -> Iterator[OnPath]:
    for path in program.paths():
        bounds = [bound for rule in _required_on(program, path) for bound in _bounds_of(rule)]
        told: set[tuple[str, str]] = set()
        for one, other in combinations(bounds, 2):
            if one.fact != other.fact or one.rule.id == other.rule.id:
                continue
            low, high = (one, other) if _above(one.least, other.most) else (other, one)
            pair = low.rule.id, high.rule.id
            if not _above(low.least, high.most) or pair in told or not concern_on(program, path, one.rule, other.rule):
                continue
            told.add(pair)
            values = {"name": low.rule.name, "other": high.rule.name, "least": low.least, "most": high.most}
            yield path, "rules_contradict", f"rules.{low.rule.id}", values


def _above(least: Any, most: Any) -> bool:  # noqa: ANN401 - numbers or dates
    return least is not None and most is not None and least > most


def _required_on(program: Program, path: Path) -> list[Rule]:
    """Return the rules that every nomination on a path must meet: asked by themselves, or a part of one that needs all.

    A rule that an exemption can lift is required of some only.
    """
    rules = {rule.id: rule for rule in program.rules}
    lifted = {rule.lifts for rule in program.rules if isinstance(rule, Exemption)}
    here = {rule.id for rule in program.rules if concern_on(program, path, rule)}
    behind = {one for rule in program.rules if isinstance(rule, Combination) for one in rule.of}
    ahead = [one for one in rules if one not in behind]
    found: dict[str, Rule] = {}
    while ahead:
        rule = rules[ahead.pop(0)]
        if rule.id in found or rule.id not in here or rule.id in lifted:
            continue
        found[rule.id] = rule
        if isinstance(rule, Combination) and (rule.need is None or rule.need >= len(rule.of)):
            ahead += rule.of
    return list(found.values())


def _bounds_of(rule: Rule) -> Iterator[_Bound]:
    match rule:
        case Quantity():
            yield _Bound(f"quantity {rule.of}", rule, rule.at_least, rule.at_most)
        case Age():
            # Ages taken at different days differ, so only those of one day exclude each other.
            highest = [one for one in (rule.men, rule.women) if one is not None]
            yield _Bound(f"age {rule.as_of}", rule, rule.at_least, min(highest, default=None))
            yield _Bound("birthday", rule, rule.born_from, rule.born_until)
        case Ratio() if not rule.soft:
            yield _Bound(f"ratio {rule.of}", rule, rule.at_least_percent, rule.at_most_percent)
        case _:
            pass


def _pairs_of_pasts(program: Program) -> Iterator[tuple[History, History]]:
    """Yield a rule that requires a past and one that bars the same whenever it was."""
    asked = {rule.id: rule for path in program.paths() for rule in _required_on(program, path)}
    pasts = [rule for rule in asked.values() if isinstance(rule, History)]
    for required in (rule for rule in pasts if rule.requires):
        for barred in (rule for rule in pasts if rule.bars == required.requires and rule.within_years is None):
            if _covers(barred, required) and concerns_somebody(program, required, barred):
                yield required, barred


def _covers(barred: History, required: History) -> bool:
    """Tell whether all that one rule requires is barred by the other. Without `of`, a winner of this award is meant."""
    if not barred.of:
        return barred.bars != "past-winner" or not required.of
    return bool(required.of) and set(required.of) <= set(barred.of)
