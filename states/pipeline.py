"""A program compiled into one flat state machine, and the one typed door to it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from transitions import EventData, Machine, State

from programs import Path, Program, Words
from states.case import Case, Circumstances, Fired, Limit, Outcome, Refusal, Refused
from states.gates import Gate, InTime
from states.legs import Leg, entry_of, legs_of
from states.limiting import Limiting
from states.moves import Move
from states.standings import ENDS, Standing, standings_of
from states.undoing import Back, ways_back

#: What takes somebody out before the award; behind it a title is revoked, which is more than a move.
_NEVER_AFTER_THE_AWARD = frozenset(
    {Move.REJECT, Move.ELIMINATE, Move.UPHOLD, Move.DEFER, Move.WITHDRAW, Move.DISQUALIFY}
)


class Pipeline:
    """What is legal in one program. One serves every nomination and every thread; it holds no nomination.

    The moves run through a single `transitions.Machine` that no case is ever bound to: binding costs 10 kB a case.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.standings: Mapping[str, Standing] = MappingProxyType(
            {
                standing.key: standing
                for standing in (
                    *(one for stage in program.held_stages for one in standings_of(stage, program.office)),
                    *ENDS,
                )
            }
        )
        self._deciding = program.deciding_traits
        self._legs: dict[tuple[str, Move], dict[Path, Leg]] = defaultdict(dict)
        for path in program.paths():
            for leg in legs_of(program, path):
                self._legs[leg.source, leg.move][path] = leg
        offered = {stage: {move for source, move in self._legs if source == stage} for stage, _ in self._legs}
        self._moves = {stage: tuple(move for move in Move if move in some) for stage, some in offered.items()}
        self._backs: dict[tuple[str, Move, str], dict[Path, Back]] = defaultdict(dict)
        for path in program.paths():
            for back in ways_back(program, path):
                self._backs[back.leg.source, back.undone, back.leg.destination][path] = back
        self._machine = self._compile()

    def _compile(self) -> Machine:
        machine = Machine(
            model=None,
            states=[State(key) for key in self.standings],
            initial=next(iter(self.standings)),
            auto_transitions=False,
            send_event=True,
            model_attribute="stage",
        )
        for (source, move), by_path in self._legs.items():
            ways: dict[tuple[str, tuple[Gate, ...]], list[Path]] = defaultdict(list)
            for path, leg in by_path.items():
                ways[leg.destination, leg.gates].append(path)
            for (destination, gates), paths in ways.items():
                on_path = [] if len(ways) == 1 else [self._on_path(frozenset(paths))]
                machine.add_transition(
                    move.value, source, destination, conditions=[*on_path, *(_condition(gate) for gate in gates)]
                )
        for (source, undone, destination), backs in self._backs.items():
            same: dict[tuple[Gate, ...], list[Path]] = defaultdict(list)
            for path, back in backs.items():
                same[back.leg.gates].append(path)
            for gates, paths in same.items():
                meant = (_undoes(undone, destination), self._on_path(frozenset(paths)))
                machine.add_transition(
                    Move.UNDO.value, source, destination, conditions=[*meant, *(_condition(gate) for gate in gates)]
                )
        return machine

    def entry(self, path: Path) -> str:
        """Return where a nomination on this path is drawn up."""
        return entry_of(self.program, path)

    def moves_from(self, stage: str, path: Path | None = None) -> tuple[Move, ...]:
        """Return the moves that lead on from a standing, on one path or on any, in the order of `Move`."""
        if path is None:
            return self._moves.get(stage, ())
        return tuple(move for move in Move if self._leg(stage, move, path) is not None)

    def destination(self, stage: str, move: Move, path: Path | None = None) -> str | None:
        """Return where a move leads. Without a path: the destination on the first path that offers the move."""
        leg = self._leg(stage, move, path)
        return leg.destination if leg else None

    def names_grade(self, stage: str, move: Move, path: Path) -> bool:
        """Whether whoever makes this move names the grade that is given."""
        leg = self._leg(stage, move, path)
        return leg is not None and leg.names_grade

    def gates(self, stage: str, move: Move, path: Path) -> tuple[Gate, ...]:
        """Return the gates of a move, in the order in which they are asked; none where the move is not offered."""
        leg = self._leg(stage, move, path)
        return leg.gates if leg else ()

    def back(self, destination: str, undone: Move, source: str, path: Path) -> Back | None:
        """Return the way back from where a move led to where it came from; none where the program allows none."""
        return self._backs.get((destination, undone, source), {}).get(self._deciding_part(path))

    @property
    def takes_back(self) -> bool:
        """Whether the program lets any move be taken back."""
        return bool(self._backs)

    def undoes(self, source: str, move: Move, path: Path) -> Back | None:
        """Return the way back of a move, as it is about to be made; none where it could not be taken back."""
        leg = self._leg(source, move, path) if self._backs else None
        return self.back(leg.destination, move, source, path) if leg else None

    def may(self, case: Case, move: Move, circumstances: Circumstances) -> tuple[Refusal, ...]:
        """Return every refusal that stands against a move; nothing means that it may be made."""
        leg = self._leg_for(case, move)
        if leg is None:
            return (self._no_such_move(case, move),)
        return tuple(refusal for gate in leg.gates if (refusal := gate(case, circumstances)) is not None)

    def limits(self, case: Case, move: Move, circumstances: Circumstances) -> tuple[Limit, ...]:
        """Return the limits of which this move takes a place."""
        leg = self._leg_for(case, move)
        return tuple(
            limit
            for gate in (leg.gates if leg else ())
            if isinstance(gate, Limiting) and (limit := gate.limit(case, circumstances)) is not None
        )

    def intakes_ahead(self, stage: str, path: Path) -> tuple[str, ...]:
        """Return the keys of the tiers with a deadline that a nomination standing here still has to reach."""
        return tuple(
            key
            for move in (Move.SUBMIT, Move.ENDORSE)
            if (leg := self._leg(stage, move, path))
            for gate in leg.gates
            if isinstance(gate, InTime)
            for key, _office, _clause in gate.intakes
        )

    def limits_ahead(self, stage: str, path: Path) -> frozenset[str]:
        """Return the keys of the limits of which a nomination standing here may still take a place on its way."""
        keys: set[str] = set()
        seen, waiting = {stage}, [stage]
        while waiting:
            here = waiting.pop()
            for move in Move:
                leg = self._leg(here, move, path)
                if leg is None or move is Move.RETURN:
                    # What is sent back gives its place back, to take it again.
                    continue
                keys.update(key for gate in leg.gates if isinstance(gate, Limiting) for key in gate.keys)
                if leg.destination not in seen:
                    seen.add(leg.destination)
                    waiting.append(leg.destination)
        return frozenset(keys)

    def fire(self, case: Case, move: Move, circumstances: Circumstances) -> Outcome:
        """Make a move: the case then stands at its destination. A refused move leaves the case as it was."""
        source = case.stage
        if self._leg_for(case, move) is None:
            return Refused(move, source, (self._no_such_move(case, move),))
        if self._machine.events[move.value].trigger(case, circumstances=circumstances):
            return Fired(move, source, case.stage)
        return Refused(move, source, self.may(case, move, circumstances))

    def keys_of(self, stage: str) -> tuple[str, ...]:
        """Return the keys of all standings within a stage, or the key itself where it names one standing."""
        return tuple(key for key, standing in self.standings.items() if stage in (key, standing.stage))

    def legs(self) -> tuple[Leg, ...]:
        """Return every leg once, in the order of the standings."""
        order = {key: place for place, key in enumerate(self.standings)}
        found = {(leg.source, leg.move, leg.destination): leg for ways in self._legs.values() for leg in ways.values()}
        return tuple(sorted(found.values(), key=lambda leg: (order[leg.source], list(Move).index(leg.move))))

    def _leg_for(self, case: Case, move: Move) -> Leg | None:
        if move is not Move.UNDO:
            return self._leg(case.stage, move, case.path)
        back = self.back(case.stage, case.last.move, case.last.source, case.path) if case.last else None
        return back.leg if back else None

    def _leg(self, stage: str, move: Move, path: Path | None) -> Leg | None:
        ways = self._legs.get((stage, move))
        if not ways:
            return None
        return next(iter(ways.values())) if path is None else ways.get(self._deciding_part(path))

    def _deciding_part(self, path: Path) -> Path:
        """Return the path with those traits only that decide which stages there are."""
        if not path.traits or path.traits <= self._deciding:
            return path
        return Path(path.category, path.route, path.traits & self._deciding)

    def _on_path(self, paths: frozenset[Path]) -> Callable[[EventData], bool]:
        def passes(event: EventData) -> bool:
            return self._deciding_part(cast("Case", event.model).path) in paths

        return passes

    def _no_such_move(self, case: Case, move: Move) -> Refusal:
        standing = self.standings[case.stage]
        offered = self.moves_from(case.stage, case.path)
        if Move.REVOKE in offered and move in _NEVER_AFTER_THE_AWARD:
            return Refusal(
                "no-such-move",
                Words("已发文授予，不能再“{move}”", "it was honored; there is no “{move}” any more").format(
                    move=move.label
                ),
                Words(
                    "称号只能按程序取消（写明情形并经批准）：linxuan tenure revoke",
                    "a title is taken away with a ground and an approval: linxuan tenure revoke",
                ),
            )
        return Refusal(
            "no-such-move",
            Words("“{standing}”没有“{move}”这一操作", "“{standing}” does not offer “{move}”").format(
                standing=standing.name, move=move.label
            ),
            Words("可用操作：{moves}", "it offers: {moves}").format(
                moves=Words(
                    "、".join(one.label.zh for one in offered) or "无（已结束）",
                    ", ".join(one.label.en for one in offered) or "nothing, the case has ended",
                )
            ),
        )


def compile_pipeline(program: Program) -> Pipeline:
    """Return the program's pipeline. Compile once and keep it: it costs some milliseconds and serves every case."""
    return Pipeline(program)


def _condition(gate: Gate) -> Callable[[EventData], bool]:
    def passes(event: EventData) -> bool:
        return gate(cast("Case", event.model), event.kwargs["circumstances"]) is None

    return passes


def _undoes(undone: Move, source: str) -> Callable[[EventData], bool]:
    def passes(event: EventData) -> bool:
        last = cast("Case", event.model).last
        return last is not None and (last.move, last.source) == (undone, source)

    return passes
