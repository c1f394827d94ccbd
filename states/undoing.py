"""Taking a move back: which moves of a program can be, and what must hold for it.

The way back is a leg of the machine like any other, from where the move led to where it came from. Which of the ways
that lead back from a place is meant is told by the last thing that was done with the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from programs import Path, Program, Words
from programs.stages import Issuance, Tenure
from programs.undo import Undo
from programs.words import closing_in_words
from states import gates
from states.case import Case, Circumstances, Limit, Refusal
from states.gates import Gate
from states.legs import Leg, legs_of
from states.limiting import Limiting
from states.moves import Move
from states.standings import End

#: Where a title begins: what led there is not taken back.
_HONORED = frozenset({End.HONORED, End.COMPLETED})


class Back(NamedTuple):
    """A way back: the move that it takes back, what the program says of that, and the leg."""

    undone: Move
    undo: Undo
    leg: Leg


def ways_back(program: Program, path: Path) -> Iterator[Back]:
    """Yield every way back that a nomination on this path can meet: none behind the award, none of a reserve."""
    stages = [stage for stage in program.held_stages if stage.concerns(*path)]
    issued = next((place for place, stage in enumerate(stages) if isinstance(stage, Issuance)), len(stages))
    undos = {stage.id: stage.undo for stage in stages[:issued] if stage.undo}
    if not undos:
        return
    tenures = {stage.id for stage in stages if isinstance(stage, Tenure)}
    legs = list(legs_of(program, path))
    limiting = dict.fromkeys(gate for leg in legs for gate in leg.gates if isinstance(gate, Limiting))
    for leg in legs:
        undo = undos.get(leg.source.partition(".")[0])
        if undo is None or leg.move not in undo.moves or leg.source.endswith(".reserve"):
            continue
        if leg.destination in _HONORED or leg.destination.partition(".")[0] in tenures:
            continue
        asked = (gates.reason_stated, InTimeToUndo(undo.basis), NothingBuilt(undo.basis))
        again: list[Gate] = [*(Again(gate) for gate in limiting), past_again]
        yield Back(leg.move, undo, Leg(Move.UNDO, leg.destination, leg.source, (*asked, *again)))


@dataclass(frozen=True, slots=True)
class InTimeToUndo:
    """The time in which the move may be taken back is not over."""

    basis: str

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if case.last is None or circumstances.now < case.last.until:
            return None
        return Refusal(
            "in-time-to-undo",
            Words("可以撤销的时间已于 {until} 届满", "it could be taken back until {until}").format(
                until=closing_in_words(case.last.until)
            ),
            Words("请按程序另行办理", "go on from where it stands"),
            self.basis,
        )


@dataclass(frozen=True, slots=True)
class NothingBuilt:
    """Nothing rests on the move yet: no later act, no ranking or list, no letter whose receipt was confirmed."""

    basis: str

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        if case.last is None or not case.last.built:
            return None
        return Refusal(
            "nothing-built",
            Words("此后已经{built}", "since then: {built}").format(
                built=Words("；".join(one.zh for one in case.last.built), "; ".join(one.en for one in case.last.built))
            ),
            Words("已有后续办理的不能撤销，请按程序另行办理", "what rests on it stands; go on from where it stands"),
            self.basis,
        )


@dataclass(frozen=True, slots=True)
class Again:
    """A place that the move gave back is there to be taken again."""

    gate: Limiting

    @property
    def keys(self) -> tuple[str, ...]:
        return self.gate.keys

    def limit(self, case: Case, circumstances: Circumstances) -> Limit | None:
        taken = self._taken(case)
        return self.gate.limit(case, _graded(circumstances, taken)) if taken else None

    def __call__(self, case: Case, circumstances: Circumstances) -> Refusal | None:
        taken = self._taken(case)
        return self.gate(case, _graded(circumstances, taken)) if taken else None

    def _taken(self, case: Case) -> str | None:
        given = case.last.gave_back if case.last else ()
        return next((key for key in self.keys if key in given), None)


def _graded(circumstances: Circumstances, key: str) -> Circumstances:
    """Return the circumstances with the grade of whose seats a limit is; other limits do not look at it."""
    kind, _, name = key.partition(".")
    return replace(circumstances, grade=name) if kind in ("seats", "reserves") else circumstances


def past_again(case: Case, circumstances: Circumstances) -> Refusal | None:
    """Where the move took the promise of an honor away, nothing in the nominee's past stands against it now."""
    return gates.past_allows(case, circumstances) if case.last and case.last.past else None
