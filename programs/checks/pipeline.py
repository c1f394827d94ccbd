"""Whether the stages of a program can be reached, and stand in an order that makes sense on every path."""

from collections.abc import Iterator

from programs.checks.places import path_name
from programs.errors import Fault, Severity
from programs.evaluations import VOTES
from programs.model import Path, Program
from programs.stages import (
    Approval,
    Decision,
    Issuance,
    Publicity,
    Recommendation,
    Review,
    Stage,
    Tenure,
    Vote,
)
from programs.words import Words

_Met = tuple[Stage, ...]


def stages_to_reach(program: Program) -> Iterator[Fault]:
    """Find stages and tiers that no path comes to."""
    for stage in program.held_stages:
        paths = [path for path in program.paths() if stage.concerns(*path)]
        if not paths:
            yield Fault(f"stages.{stage.id}", _unreachable(stage.name))
        for tier in stage.tiers if isinstance(stage, Recommendation) else ():
            if not any(tier.concerns(*path) for path in paths):
                yield Fault(f"stages.{stage.id}.tiers.{tier.id}", _unreachable(tier.name))


def _unreachable(name: str) -> Words:
    return Words(
        "没有申报会走到“{name}”，请核对其 categories 和 routes",
        "no nomination comes to “{name}”; check its categories and routes",
    ).format(name=name)


def orders_of_stages(program: Program) -> Iterator[Fault]:
    """Find stages that stand before what they rest on. A fault that several paths share is told once."""
    told: set[tuple[str, Words]] = set()
    for path in program.paths():
        for fault in _order_on(program, path):
            if (fault.place, fault.words) not in told:
                told.add((fault.place, fault.words))
                yield fault


def _order_on(program: Program, path: Path) -> Iterator[Fault]:
    stages = [stage for stage in program.held_stages if stage.concerns(*path)]
    for at, stage in enumerate(stages):
        yield from _out_of_order(stage, tuple(stages[:at]))
    if not any(isinstance(stage, Issuance) for stage in stages):
        words = Words("{path}没有发文环节，评出的荣誉无从颁布", "{path} has no issuance, so nothing is ever awarded")
        yield Fault("stages", words.format(path=path_name(program, path)), Severity.WARNING)


def _out_of_order(stage: Stage, before: _Met) -> Iterator[Fault]:
    place, name = f"stages.{stage.id}", stage.name
    chosen = _met(before, Decision)
    if isinstance(stage, Recommendation) and chosen:
        yield Fault(place, Words("“{name}”排在评审确定之后", "“{name}” stands after the decision").format(name=name))
    if isinstance(stage, Issuance) and not (chosen or _met(before, Approval)):
        words = Words(
            "“{name}”之前没有评审确定或审批，发文没有依据",
            "no decision or approval stands before “{name}”, so nothing could be issued",
        )
        yield Fault(place, words.format(name=name))
    if isinstance(stage, Decision):
        yield from _decisions(stage, before)
    if isinstance(stage, Publicity):
        yield from _publicities(stage, before)
    if isinstance(stage, Tenure) and not _met(before, Issuance):
        words = Words("“{name}”排在发文之前，聘期无从起算", "“{name}” stands before the issuance that begins its term")
        yield Fault(place, words.format(name=name))
    if isinstance(stage, Review) and (stage.vote_percent or VOTES in stage.tie_break) and not _met(before, Vote):
        words = Words(
            "“{name}”要计入投票结果，但前面没有投票环节", "“{name}” counts in a vote, and no vote stands before it"
        )
        yield Fault(f"{place}.{'vote_percent' if stage.vote_percent else 'tie_break'}", words.format(name=name))


def _decisions(stage: Decision, before: _Met) -> Iterator[Fault]:
    earlier = _met(before, Decision)
    if stage.confirms and not earlier:
        words = Words(
            "“{name}”是复核性审定，但前面没有评审确定", "“{name}” confirms a decision, and none stands before it"
        )
        yield Fault(f"stages.{stage.id}.confirms", words.format(name=stage.name))
    if earlier and not stage.confirms:
        words = Words(
            "“{name}”是第二次评审确定；若只审定已选人选，请写 confirms = true",
            "“{name}” is a second decision; if it only confirms those chosen before, write confirms = true",
        )
        yield Fault(f"stages.{stage.id}.confirms", words.format(name=stage.name), Severity.NOTE)


def _publicities(stage: Publicity, before: _Met) -> Iterator[Fault]:
    if stage.period is None:
        words = Words("“{name}”没有公示期，请补 period", "“{name}” has no period; add `period`")
        yield Fault(f"stages.{stage.id}.period", words.format(name=stage.name))
    if _met(before, Issuance):
        words = Words(
            "“{name}”排在发文之后，异议来不及影响结果", "“{name}” stands after the issuance, too late for objections"
        )
        yield Fault(f"stages.{stage.id}", words.format(name=stage.name), Severity.WARNING)


def _met(stages: _Met, kind: type[Stage]) -> bool:
    return any(isinstance(stage, kind) for stage in stages)
