"""Moves without a database: through the typed door, and through a table of source and move."""

import time
import tracemalloc

from benchmarks.engine_parts.filling import NOW, PROGRAM, STANDING
from programs import Path
from states import Case, Circumstances, Endorsement, Fired, Move, compile_pipeline

_MOVES = 20_000
_PATH = Path(None, "organization")
_PIPELINE = compile_pipeline(PROGRAM)
_ROUND = ((STANDING, Move.SUBMIT), ("recommendation.recommender", Move.ENDORSE), ("recommendation.office", Move.ACCEPT))
_AROUND = {
    source: Circumstances(NOW, reason="…", endorsement=Endorsement.full(PROGRAM.tier(source))) for source, _ in _ROUND
}


def door_moves() -> float:
    """Return how many moves a second the door makes, each with gates that pass."""
    cases = [Case(STANDING, _PATH) for _ in range(_MOVES)]
    start = time.perf_counter()
    for case in cases:
        for source, move in _ROUND:
            outcome = _PIPELINE.fire(case, move, _AROUND[source])
    taken = time.perf_counter() - start
    if not isinstance(outcome, Fired) or {case.stage for case in cases} != {"screening"}:
        raise SystemExit(f"the door refused: {outcome}")
    return _MOVES * len(_ROUND) / taken


def table_moves() -> float:
    """Return how many moves a second a dict of source and move makes, which asks no gate."""
    table = {(source, move): _PIPELINE.destination(source, move, _PATH) for source, move in _ROUND}
    stages = [STANDING] * _MOVES
    start = time.perf_counter()
    for place in range(_MOVES):
        for _, move in _ROUND:
            stages[place] = table[stages[place], move]
    return _MOVES * len(_ROUND) / (time.perf_counter() - start)


def memory_of_cases() -> float:
    """Return the bytes that a nomination holds, moved once through the door."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    cases = [Case(STANDING, _PATH) for _ in range(_MOVES)]
    for case in cases:
        _PIPELINE.fire(case, Move.SUBMIT, _AROUND[STANDING])
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / len(cases)
