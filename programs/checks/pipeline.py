"""Whether the stages of a program can be reached, and stand in an order that makes sense on every path."""

from collections.abc import Iterator

from programs.checks.reach import OnPath, once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.evaluations import VOTES
from programs.model import Path, Program
from programs.stages import (
    Approval,
    Decision,
    Issuance,
    Publicity,
    Recommendation,
    Review,
    Screening,
    Stage,
    Tenure,
    Vote,
)

_Met = tuple[Stage, ...]


def stages_to_reach(program: Program) -> Iterator[Fault]:
    """Find stages and tiers that no path comes to."""
    for stage in program.held_stages:
        paths = [path for path in program.paths() if stage.concerns(*path)]
        if not paths:
            yield fault("stage_unreachable", f"stages.{stage.id}", name=stage.name)
        for tier in stage.tiers if isinstance(stage, Recommendation) and paths else ():
            if not any(tier.concerns(*path) for path in paths):
                yield fault("tier_unreachable", f"stages.{stage.id}.tiers.{tier.id}", name=tier.name)


def orders_of_stages(program: Program) -> Iterator[Fault]:
    """Find stages that stand before what they rest on, and paths that lack one. What paths share is told once."""
    told: set[tuple[str, str]] = set()
    for path in program.paths():
        stages = _stages_on(program, path)
        for at, stage in enumerate(stages):
            behind = stages[at + 1 :]
            for found in (*_out_of_order(stage, stages[:at], behind), *_vote_in_vain(stage, behind)):
                if (found.place, found.code) not in told:
                    told.add((found.place, found.code))
                    yield found
    yield from once(program, _lacking(program))


def _stages_on(program: Program, path: Path) -> _Met:
    return tuple(stage for stage in program.held_stages if stage.concerns(*path))


def _lacking(program: Program) -> Iterator[OnPath]:
    for path in program.paths():
        met = _stages_on(program, path)
        if not _met(met, Issuance):
            code = "no_issuance" if _met(met, Decision) or _met(met, Approval) else "nobody_chooses"
            yield path, code, "stages", {}
        asked = len(program.rules_for(path))
        if asked and not _met(met, Screening):
            yield path, "rules_never_asked", "rules", {"count": asked}


def _out_of_order(stage: Stage, before: _Met, behind: _Met) -> Iterator[Fault]:
    place, name = f"stages.{stage.id}", stage.name
    chosen = _met(before, Decision)
    if isinstance(stage, Recommendation) and chosen:
        yield fault("recommendation_after_decision", place, name=name)
    if isinstance(stage, Screening) and chosen:
        yield fault("screening_after_decision", place, name=name)
    if isinstance(stage, Issuance) and not (chosen or _met(before, Approval)):
        yield fault("issuance_unfounded", place, name=name)
    if isinstance(stage, Decision):
        yield from _decisions(stage, before)
    if isinstance(stage, Publicity):
        yield from _publicities(stage, before, behind)
    if isinstance(stage, Tenure) and not _met(before, Issuance):
        yield fault("tenure_before_issuance", place, name=name)
    if isinstance(stage, Review) and (stage.vote_percent or VOTES in stage.tie_break) and not _met(before, Vote):
        yield fault("vote_missing", f"{place}.{'vote_percent' if stage.vote_percent else 'tie_break'}", name=name)


def _decisions(stage: Decision, before: _Met) -> Iterator[Fault]:
    earlier = _met(before, Decision)
    if stage.confirms and not earlier:
        yield fault("nothing_confirmed", f"stages.{stage.id}.confirms", name=stage.name)
    if earlier and not stage.confirms:
        yield fault("second_decision", f"stages.{stage.id}", name=stage.name)


def _publicities(stage: Publicity, before: _Met, behind: _Met) -> Iterator[Fault]:
    if stage.period is None:
        yield fault("no_period", f"stages.{stage.id}.period", name=stage.name)
    # That of an acceptance stands between two documents: who was honored by the first may still fall out.
    if _met(before, Issuance) and not _met(behind, Issuance):
        yield fault("publicity_after_issuance", f"stages.{stage.id}", name=stage.name)


def _vote_in_vain(stage: Stage, after: _Met) -> Iterator[Fault]:
    """Find a vote that cuts nobody and counts nowhere; a decision that follows it at once may go by it."""
    if not isinstance(stage, Vote):
        return
    counted = any(isinstance(one, Review) and one.vote_percent for one in after)
    if stage.keep is None and not counted and any(isinstance(one, Review) for one in after):
        yield fault("vote_in_vain", f"stages.{stage.id}", name=stage.name)


def _met(stages: _Met, kind: type[Stage]) -> bool:
    return any(isinstance(stage, kind) for stage in stages)
