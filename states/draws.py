"""Drawing experts at random, so that everybody who has the candidates and the seed comes to the same draw.

The order of candidates is that of SHA-256 over the seed, the urn and the candidate: no generator of random numbers is
part of it, so that it can be computed anew in any language, and it is the same in whatever order candidates come.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Urn:
    """What is drawn from: `order` are its candidates in the order of the draw, `size` is how many are seated."""

    id: str
    size: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was seated: for each urn, in its order. `short` says of which urns there were too few, and how many lack."""

    seats: Mapping[str, tuple[int, ...]]
    short: Mapping[str, int]


def draw_order(candidates: Iterable[int], seed: str, urn: str) -> tuple[int, ...]:
    """Return the candidates of an urn in the order that the seed gives them."""
    return tuple(sorted(set(candidates), key=lambda one: (sha256(f"{seed}|{urn}|{one}".encode()).digest(), one)))


def candidates_digest(candidates: Mapping[str, Iterable[int]]) -> str:
    """Return the SHA-256, in hexadecimal, of who could be drawn from which urn."""
    listed = {urn: sorted(set(some)) for urn, some in candidates.items()}
    return sha256(json.dumps(listed, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def draw(urns: Sequence[Urn]) -> Drawn:
    """Seat the candidates of several urns, each at one place at most, everybody as early in their order as can be.

    Whoever could be drawn from two urns is left to the one that has nobody else, so that an urn is short only where no
    way of seating would fill more places. Depends on nothing but its arguments.
    """
    holder: dict[int, tuple[str, int]] = {}
    orders = {urn.id: urn.order for urn in urns}
    places = [(urn.id, ordinal) for urn in urns for ordinal in range(urn.size)]
    seated = {place for place in places if _seat(place, orders, holder, set())}
    found: dict[str, set[int]] = {urn.id: set() for urn in urns}
    for one, (urn, _) in holder.items():
        found[urn].add(one)
    short = {urn.id: sum(place[0] == urn.id for place in places if place not in seated) for urn in urns}
    return Drawn(
        {urn.id: tuple(one for one in urn.order if one in found[urn.id]) for urn in urns},
        {urn: lacking for urn, lacking in short.items() if lacking},
    )


def next_in_line(order: Iterable[int], taken: Iterable[int]) -> int | None:
    """Return who comes next in a recorded order; none when all of it has been used up."""
    used = set(taken)
    return next((one for one in order if one not in used), None)


def _seat(
    place: tuple[str, int],
    orders: Mapping[str, Sequence[int]],
    holder: dict[int, tuple[str, int]],
    asked: set[int],
) -> bool:
    """Find somebody for a place: the first who is free, else one whose own place somebody else can take."""
    free = next((one for one in orders[place[0]] if one not in holder), None)
    if free is not None:
        holder[free] = place
        return True
    for one in orders[place[0]]:
        if one not in asked and holder[one][0] != place[0]:
            asked.add(one)
            if _seat(holder[one], orders, holder, asked):
                holder[one] = place
                return True
    return False
