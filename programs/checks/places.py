"""Whether every nomination has a way and a place: tiers, seats and cuts."""

from collections.abc import Iterator
from typing import Final

from programs.checks.quotas import most_nominations
from programs.checks.reach import OnPath, concerns_somebody, once
from programs.checks.sentences import fault
from programs.errors import Fault, Severity
from programs.model import Program, Seats
from programs.stages import Decision, Recommendation, Review, Screening, Stage, Vote

_CUTS: Final = (Screening, Vote, Review)
_WHOLE: Final = 100


def seats_and_tiers(program: Program) -> Iterator[Fault]:
    """Find paths without seats, without a tier, or whose intake never ends, and seats that nobody can win."""
    yield from once(program, _ways(program))
    for seats in program.seats:
        if not concerns_somebody(program, seats):
            yield fault("seats_in_vain", f"seats.{seats.id}", name=seats.award)


def _ways(program: Program) -> Iterator[OnPath]:
    for path in program.paths():
        if not program.seats_for(path):
            yield path, "no_seats", "seats", {}
        chains = [
            (stage, [tier for tier in stage.tiers if tier.concerns(*path)])
            for stage in program.held_stages
            if isinstance(stage, Recommendation) and stage.concerns(*path)
        ]
        if not chains:
            yield path, "no_recommendation", "stages", {}
        for stage, tiers in chains:
            place = f"stages.{stage.id}.tiers"
            if not tiers:
                yield path, "no_tier", place, {}
            elif tiers[-1].deadline is None:
                yield path, "intake_never_ends", f"{place}.{tiers[-1].id}", {"tier": tiers[-1].name}


#: The scope of a stage that concerns everybody.
_EVERYBODY: Final[tuple[tuple[str, ...], ...]] = ((), (), (), ())


def cuts(program: Program) -> Iterator[Fault]:
    """Find cuts that leave fewer nominations than there are seats, and cuts that cut nothing."""
    #: The last cut, of everybody and of those whom stages with the same scope concern.
    before: dict[tuple[tuple[str, ...], ...], tuple[str, int]] = {}
    given: set[str] = set()
    most = most_nominations(program)
    for stage in _before_the_choice(program):
        if isinstance(stage, Vote | Review) and stage.lesser:
            given.add(stage.lesser)
        yield from _weights(stage)
        if not isinstance(stage, _CUTS) or stage.keep is None:
            continue
        place = f"stages.{stage.id}.keep"
        yield from _cut_below_the_seats(program, stage, stage.keep, given)
        # What one category keeps says nothing about the others, but about those of the same.
        scope = (stage.categories, stage.routes, stage.traits, stage.except_traits)
        earlier = before.get(scope, before.get(_EVERYBODY))
        if earlier and stage.keep > earlier[1]:
            yield fault("cut_above_cut", place, stage=stage.name, keep=stage.keep, earlier=earlier[0], kept=earlier[1])
        elif scope == _EVERYBODY and earlier is None and most is not None and stage.keep > most:
            yield fault("cut_above_quotas", place, stage=stage.name, keep=stage.keep, most=most)
        before[scope] = stage.name, stage.keep


def lesser_grades(program: Program) -> Iterator[Fault]:
    """Find grades for those who fall out that they cannot get, or that are no lesser ones."""
    for stage in program.held_stages:
        if not isinstance(stage, Vote | Review | Decision) or stage.lesser is None:
            continue
        place = f"stages.{stage.id}.lesser"
        grade = next(seats for seats in program.seats if seats.id == stage.lesser)
        reached = [program.seats_for(path) for path in program.paths() if stage.concerns(*path)]
        if reached and not any(grade in seats for seats in reached):
            yield fault("lesser_without_seats", place, stage=stage.name, grade=grade.award)
        elif reached and all(_highest(seats) == grade for seats in reached if grade in seats):
            yield fault("lesser_is_highest", place, stage=stage.name, grade=grade.award)
        if isinstance(stage, Vote | Review) and stage.keep is None:
            yield fault("lesser_without_cut", place, stage=stage.name)


def _highest(seats: tuple[Seats, ...]) -> Seats | None:
    return seats[0] if seats else None


def _before_the_choice(program: Program) -> Iterator[Stage]:
    """Yield the stages up to the last decision that takes seats; a cut after it concerns something else."""
    stages = program.held_stages
    choices = [at for at, stage in enumerate(stages) if isinstance(stage, Decision) and not stage.confirms]
    yield from stages[: choices[-1]] if choices else stages


def _weights(stage: Stage) -> Iterator[Fault]:
    """Find evaluations side by side whose weights are given for some only, or do not make up the whole."""
    weights = [track.weight_percent for track in stage.tracks] if isinstance(stage, Vote | Review) else []
    known = [weight for weight in weights if weight is not None]
    if known and (len(known) < len(weights) or sum(known) != _WHOLE):
        yield fault("weights_not_whole", f"stages.{stage.id}.tracks", stage=stage.name, sum=sum(known))


def _cut_below_the_seats(program: Program, stage: Stage, keep: int, given: set[str]) -> Iterator[Fault]:
    """Compare a cut with the seats after it: an error below the highest grade's, else a warning.

    Lower grades may go to those whom a cut leaves behind; those that it, or an earlier one, gives them do not count.
    """
    grades = [
        tuple(seats for seats in program.seats_for(path) if seats.id not in given)
        for path in program.paths()
        if stage.concerns(*path)
    ]
    highest = {seats[0].id: seats[0].count or 0 for seats in grades if seats}
    every = {one.id: one.count or 0 for seats in grades for one in seats}
    if keep < sum(every.values()):
        severity = Severity.ERROR if keep < sum(highest.values()) else Severity.WARNING
        place = f"stages.{stage.id}.keep"
        yield fault("cut_below_seats", place, severity, stage=stage.name, keep=keep, seats=sum(every.values()))
