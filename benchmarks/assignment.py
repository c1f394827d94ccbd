"""How long experts take to be assigned: `python -m benchmarks.assignment [--nominations N] [--experts N] [--each N]`.

Beside it a greedy assignment, which gives each nomination to whoever has least of those who may take it, knows no
bounds, and is as even only by luck: nothing that looks at every nomination can do less. Both have the same recusals in
a pool of units, of which each expert is barred from some; a third of the nominations are of fields with few experts.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest
from random import Random
from statistics import median

from states.assignment import Bounds, Wanted, assign

TURNS = 5
#: How many units nominate, and from how many each expert is barred.
UNITS, BARRED = 2_000, 5
#: Of three nominations one is of a field in which one expert of ten is at home.
NARROW = 3


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nominations", type=int, default=10_000)
    parser.add_argument("--experts", type=int, default=200)
    parser.add_argument("--each", type=int, default=3)
    told = parser.parse_args()
    wanted, held = made_up(told.nominations, told.experts, told.each)
    taken: dict[str, list[float]] = {"flow": [], "greedy": []}
    spread: dict[str, tuple[int, int]] = {}
    ways: dict[str, Callable[[], Mapping[str, Sequence[int]]]] = {
        "flow": lambda: assign(wanted, held, Bounds()).experts,
        "greedy": lambda: greedy(wanted, held),
    }
    for _ in range(TURNS):
        for name, way in ways.items():
            start = time.perf_counter()
            given = way()
            taken[name].append(time.perf_counter() - start)
            loads = Counter(dict.fromkeys(held, 0)) + Counter(one for some in given.values() for one in some)
            spread[name] = (min(loads[one] for one in held), max(loads.values()))
    flow, floor = (median(taken[name]) for name in ("flow", "greedy"))
    print(
        f"{told.nominations:,} nominations, {told.experts} experts, {told.each} each: assigned in {flow:.2f} s, "
        f"loads {spread['flow'][0]}–{spread['flow'][1]}; greedily in {floor:.2f} s, "
        f"loads {spread['greedy'][0]}–{spread['greedy'][1]}: {flow / floor:.1f} times"
    )


def made_up(nominations: int, experts: int, each: int) -> tuple[list[Wanted], dict[int, int]]:
    """Return nominations and experts with the recusals that a real pool has."""
    random = Random(1)  # noqa: S311 - made-up people need no secrets
    everybody = frozenset(range(experts))
    barred: dict[int, set[int]] = {unit: set() for unit in range(UNITS)}
    for expert in everybody:
        for unit in random.sample(range(UNITS), BARRED):
            barred[unit].add(expert)
    fields = [frozenset(range(field, experts, 10)) for field in range(10)]
    wanted = [
        Wanted(
            f"{place:06d}",
            each,
            (fields[place % 4] if place % NARROW == 0 else everybody) - barred[random.randrange(UNITS)],
        )
        for place in range(nominations)
    ]
    return wanted, dict.fromkeys(everybody, 0)


def greedy(wanted: Sequence[Wanted], held: Mapping[int, int]) -> dict[str, list[int]]:
    """Give each in turn to those who have least."""
    load = dict(held)
    given: dict[str, list[int]] = {}
    for one in wanted:
        given[one.number] = nsmallest(one.count, one.eligible, key=lambda expert: (load[expert], expert))
        for expert in given[one.number]:
            load[expert] += 1
    return given


if __name__ == "__main__":
    main()
