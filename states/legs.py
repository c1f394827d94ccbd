"""The legs of a program: every move that each kind of stage offers, with its gates.

This is the one place that says what a kind of stage allows. `pipeline` compiles what it lists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from programs import Path, Program
from programs.stages import (
    Approval,
    Consultation,
    Decision,
    Issuance,
    Promotion,
    Publicity,
    Recommendation,
    Review,
    Screening,
    Stage,
    Tenure,
    Tier,
    Vote,
)
from states import gates
from states.by_ballot import ChosenByBallot, NotChosenByBallot, ReserveByBallot
from states.gates import Gate
from states.limiting import KeepFree, QuotaFree, ReserveFree, SeatFree
from states.moves import Move
from states.standings import End, Standing, standings_of, tiers_on


@dataclass(frozen=True, slots=True)
class Leg:
    """One move from one place to another, and what must hold for it."""

    move: Move
    source: str
    destination: str
    gates: tuple[Gate, ...] = field(default=())

    @property
    def names_grade(self) -> bool:
        """Whether a grade is given by it, or waited for; who replaces somebody is given the one that they leave."""
        return self.move is Move.REPLACE or any(isinstance(gate, SeatFree | ReserveFree) for gate in self.gates)


def legs_of(program: Program, path: Path) -> Iterator[Leg]:
    """Yield every leg that a nomination on this path can meet, stage by stage."""
    for leg in _legs_of(program, path):
        yield leg if leg.names_grade else replace(leg, gates=(*leg.gates, gates.no_grade))


def _legs_of(program: Program, path: Path) -> Iterator[Leg]:
    stages = [stage for stage in program.held_stages if stage.concerns(*path)]
    issued = next((place for place, stage in enumerate(stages) if isinstance(stage, Issuance)), len(stages))
    for place, stage in enumerate(stages):
        following = _entry(stages[place + 1], path) if place + 1 < len(stages) else _last_end(stage)
        legs = list(_stage_legs(program, stage, path, following))
        if isinstance(stage, Vote | Review) and stage.lesser:
            beyond = next((_entry(one, path) for one in stages[place:] if _is_past(one)), following)
            legs.append(_lesser(program, stage, beyond))
        again = any(isinstance(one, Issuance) for one in stages[place + 1 :])
        yield from legs if place <= issued else _behind_the_award(legs, again=again)
        for standing in _standings_on(program, stage, path):
            if place <= issued:
                yield Leg(Move.WITHDRAW, standing.key, End.WITHDRAWN.value, (gates.reason_stated,))
                yield Leg(Move.DISQUALIFY, standing.key, End.DISQUALIFIED.value, (gates.reason_stated,))
            else:
                yield Leg(Move.REVOKE, standing.key, End.REVOKED.value, (gates.reason_stated,))
    if not isinstance(stages[-1], Tenure):
        yield Leg(Move.REVOKE, End.HONORED.value, End.REVOKED.value, (gates.reason_stated,))


#: Ends of those who are not honored.
_FALLEN = frozenset({End.REJECTED, End.NOT_CHOSEN, End.REMOVED, End.DEFERRED, End.LAPSED})


def _behind_the_award(legs: Iterable[Leg], *, again: bool) -> Iterator[Leg]:
    """Yield what is legal once somebody is honored.

    Who judges at a stage behind the award, an acceptance (验收), takes the title from whoever does not pass: that is
    what the stage is for. So does an objection that is upheld before an acceptance is issued, when a document comes
    `again`. Nothing else makes anybody fall out: a title goes with a ground and an approval, or not.
    """
    for leg in legs:
        if leg.destination not in _FALLEN:
            yield leg
        elif leg.move in (Move.REJECT, Move.ELIMINATE) or (again and leg.move is Move.UPHOLD):
            yield replace(leg, destination=End.REVOKED.value)


def _is_past(stage: Stage) -> bool:
    """Whether whoever comes to a stage has been chosen."""
    return not isinstance(stage, Recommendation | Screening | Vote | Review | Decision)


def _lesser(program: Program, stage: Vote | Review, destination: str) -> Leg:
    """Return the leg of those who do not go on from a cut and are given a lesser grade by it."""
    seats = tuple(seats for seats in program.seats if seats.id == stage.lesser)
    ranked = (gates.tracks_reported, gates.ranking_settled, gates.below_the_cut)
    return Leg(Move.CHOOSE, stage.id, destination, (*ranked, *_past(program), SeatFree(seats)))


def entry_of(program: Program, path: Path) -> str:
    """Return where a nomination on this path is drawn up."""
    return _entry(next(stage for stage in program.held_stages if stage.concerns(*path)), path)


def _entry(stage: Stage, path: Path) -> str:
    return tiers_on(stage, path)[0].key if isinstance(stage, Recommendation) else stage.id


def _last_end(stage: Stage) -> str:
    return End.COMPLETED.value if isinstance(stage, Tenure) else End.HONORED.value


def _standings_on(program: Program, stage: Stage, path: Path) -> tuple[Standing, ...]:
    return tiers_on(stage, path) if isinstance(stage, Recommendation) else standings_of(stage, program.office)


def _stage_legs(program: Program, stage: Stage, path: Path, following: str) -> Iterator[Leg]:
    match stage:
        case Recommendation():
            yield from _recommendation(program, stage, path, following)
        case Screening():
            yield from _screening(stage, following)
        case Consultation():
            yield Leg(Move.ACCEPT, stage.id, following, (gates.no_veto,))
            yield Leg(Move.REJECT, stage.id, End.REJECTED.value, (gates.reason_stated,))
        case Vote() | Review():
            ranked = (gates.tracks_reported, gates.ranking_settled, gates.above_the_cut)
            yield Leg(Move.ADVANCE, stage.id, following, (*ranked, *_elected(program, stage), *_keep(stage)))
            fallen = (gates.ranking_settled, gates.below_the_cut, *_not_elected(stage))
            yield Leg(Move.ELIMINATE, stage.id, End.NOT_CHOSEN.value, fallen)
        case Decision():
            seats = () if stage.confirms else (*_past(program), SeatFree(program.seats))
            yield Leg(Move.CHOOSE, stage.id, following, (*_elected(program, stage), *seats))
            yield Leg(Move.ELIMINATE, stage.id, End.NOT_CHOSEN.value, _not_elected(stage))
            if stage.reserves:
                reserve, open_to = f"{stage.id}.reserve", ReserveFree(program.seats, stage.reserves, stage.clause)
                yield Leg(Move.RESERVE, stage.id, reserve, (*_in_reserve(program, stage), *_past(program), open_to))
                yield Leg(Move.REPLACE, reserve, following, (gates.reason_stated, *seats))
                yield Leg(Move.ELIMINATE, reserve, End.NOT_CHOSEN.value, (gates.reason_stated,))
        case Approval():
            yield Leg(Move.APPROVE, stage.id, following, _elected(program, stage))
            yield Leg(Move.REJECT, stage.id, End.REJECTED.value, (gates.reason_stated, *_not_elected(stage)))
        case Publicity():
            yield from _publicity(stage, following)
        case Issuance():
            free = (gates.document_numbered, gates.no_open_objection, *_past(program))
            yield Leg(Move.ISSUE, stage.id, following, free)
        case Promotion():
            yield Leg(Move.ADVANCE, stage.id, following)
        case Tenure():
            yield from _tenure(stage, following)


def _recommendation(program: Program, stage: Recommendation, path: Path, following: str) -> Iterator[Leg]:
    tiers = [tier for tier in stage.tiers if tier.concerns(*path)]
    keys = [standing.key for standing in tiers_on(stage, path)]
    for place, tier in enumerate(tiers):
        ahead = range(place + 1, len(tiers)) if place + 1 < len(tiers) else range(place, place + 1)
        # A later intake that has closed makes the earlier ones pointless, so every one ahead must be open. The last
        # tier already holds what it took in; a sole tier is both where a nomination is drawn up and its own intake.
        in_time = gates.InTime(
            tuple(
                (keys[at], tiers[at].office, deadline.clause)
                for at in ahead
                if (deadline := tiers[at].deadline) is not None
            )
        )
        last, sole = place == len(tiers) - 1, len(tiers) == 1
        onward = following if last else keys[place + 1]
        if place == 0:
            yield Leg(
                Move.SUBMIT,
                keys[0],
                onward,
                (in_time, gates.materials_complete, *_endorsed(tier), *_quotas(program, tiers[-1 if sole else 1].id)),
            )
        elif not last:
            yield Leg(
                Move.ENDORSE,
                keys[place],
                onward,
                (in_time, gates.materials_complete, *_endorsed(tier), *_quotas(program, tiers[place + 1].id)),
            )
        else:
            yield Leg(Move.ACCEPT, keys[place], onward, (gates.materials_complete, *_endorsed(tier)))
        if in_time.intakes and (sole or not last):
            yield Leg(Move.LAPSE, keys[place], End.LAPSED.value, (gates.due_reached,))
        if place > 0:
            # What is sent back must be able to come again: its own intake has to be open still.
            own = tier.deadline
            again = (gates.InTime(((keys[place], tier.office, own.clause),)),) if own else ()
            yield Leg(Move.RETURN, keys[place], keys[place - 1], (gates.reason_stated, *again))
            yield Leg(Move.REJECT, keys[place], End.REJECTED.value, (gates.reason_stated,))


def _quotas(program: Program, tier: str) -> tuple[Gate, ...]:
    return tuple(QuotaFree(quota) for quota in program.quotas if quota.tier == tier)


def _endorsed(tier: Tier) -> tuple[Gate, ...]:
    return (gates.Endorsed(tier),) if tier.seal or tier.opinion or tier.assigns_number else ()


def _keep(stage: Screening | Vote | Review) -> tuple[Gate, ...]:
    return (KeepFree(stage.id, stage.keep, stage.clause),) if stage.keep else ()


def _elected(program: Program, stage: Stage) -> tuple[Gate, ...]:
    """Return the gate of those who go on from a stage that holds a ballot."""
    ballot = stage.ballot if isinstance(stage, Review | Decision | Approval) else None
    return (ChosenByBallot(ballot, program.seats),) if ballot else ()


def _not_elected(stage: Stage) -> tuple[Gate, ...]:
    """Return the gate of those who fall out at a stage that holds a ballot."""
    ballot = stage.ballot if isinstance(stage, Review | Decision | Approval) else None
    return (NotChosenByBallot(ballot),) if ballot else ()


def _in_reserve(program: Program, stage: Decision) -> tuple[Gate, ...]:
    """Return the gate of those who wait for a place at a decision that holds a ballot."""
    return (ReserveByBallot(stage.ballot, program.seats),) if stage.ballot else ()


def _past(program: Program) -> tuple[Gate, ...]:
    """Return the gate of the rules on a nominee's past: asked again where others may have chosen them meanwhile."""
    return (gates.past_allows,) if program.asks_the_past else ()


def _screening(stage: Screening, following: str) -> Iterator[Leg]:
    jointly = (gates.bodies_agree,) if len(stage.bodies) > 1 else ()
    yield Leg(Move.ACCEPT, stage.id, following, (gates.rules_passed, *jointly, *_keep(stage)))
    yield Leg(Move.REJECT, stage.id, End.REJECTED.value, (gates.reason_stated,))
    if stage.keep:
        yield Leg(Move.ELIMINATE, stage.id, End.NOT_CHOSEN.value)
    if stage.correction:
        correction = f"{stage.id}.correction"
        yield Leg(Move.RETURN, stage.id, correction, (gates.reason_stated,))
        yield Leg(Move.SUBMIT, correction, stage.id, (gates.before_due, gates.materials_complete))
        yield Leg(Move.LAPSE, correction, End.LAPSED.value, (gates.due_reached,))


def _publicity(stage: Publicity, following: str) -> Iterator[Leg]:
    running, objected = f"{stage.id}.running", f"{stage.id}.objected"
    yield Leg(Move.PUBLISH, stage.id, running)
    yield Leg(Move.OBJECT, running, objected, (gates.before_due,))
    yield Leg(Move.CLOSE, running, following, (gates.due_reached, gates.no_open_objection))
    yield Leg(Move.SETTLE, objected, running, (gates.no_open_objection,))
    yield Leg(Move.UPHOLD, objected, End.REMOVED.value, (gates.reason_stated,))
    again = stage.id if stage.reopens else running
    yield Leg(Move.CORRECT, objected, again, (gates.reason_stated, gates.no_open_objection))
    yield Leg(Move.DEFER, objected, End.DEFERRED.value, (gates.reason_stated,))


def _tenure(stage: Tenure, following: str) -> Iterator[Leg]:
    rectification = f"{stage.id}.rectification"
    if stage.assessed_every_years:
        yield Leg(Move.ASSESS, stage.id, stage.id)
        # Without a time to make it good, what follows on a failure is for those to say who can revoke.
        failed = rectification if stage.rectification else stage.id
        yield Leg(Move.FAIL, stage.id, failed, (gates.reason_stated,))
    if stage.years:
        yield Leg(Move.EXPIRE, stage.id, following, (gates.due_reached,))
    if stage.rectification or stage.assessed_every_years:
        yield Leg(Move.RECTIFY, rectification, stage.id)
        if stage.years:
            yield Leg(Move.EXPIRE, rectification, following, (gates.due_reached,))
        if stage.unrectified == "sweep":
            yield Leg(Move.LAPSE, rectification, End.REVOKED.value, (gates.not_made_good,))
