"""Whether the quotas of nominators can fill the seats, and hold at all."""

from collections.abc import Iterator

from programs.checks.reach import once
from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import NominatorKind, Path, Program, Quota, RouteKind
from programs.stages import Recommendation


def quotas(program: Program) -> Iterator[Fault]:
    """Find quotas that cannot fill the seats, all together and for one category, and those that never hold."""
    yield from _too_small(program)
    for quota in program.quotas:
        yield from _in_vain(program, quota)
    yield from _circles(program)


def most_nominations(program: Program, category: str | None = None) -> int | None:
    """Return how many nominations all nominators may have together; none where that is not bounded or not known.

    With a category: of that category only.
    """
    if any(route.accepted and route.kind is not RouteKind.ORGANIZATION for route in program.routes):
        return None
    kinds = [kind for kind in program.nominators if kind.attributed_to is None]
    bounds = [_most_from(program, kind, category) for kind in kinds]
    known = [bound for bound in bounds if bound is not None]
    return sum(known) if known and len(known) == len(bounds) else None


def _too_small(program: Program) -> Iterator[Fault]:
    """Compare the quotas with all seats, and where these suffice, with those of one category each."""
    most, seats = most_nominations(program), sum(seats.count or 0 for seats in program.seats)
    if most is not None and most < seats:
        yield fault("quotas_below_seats", "quotas", most=most, seats=seats)
        return
    for category in program.categories:
        own = sum(seats.count or 0 for seats in program.seats if seats.categories == (category.id,))
        most = most_nominations(program, category.id)
        if most is not None and most < own:
            yield fault("quotas_below_seats", f"categories.{category.id}", most=most, seats=own)


def _most_from(program: Program, kind: NominatorKind, category: str | None) -> int | None:
    """Return how many nominations all nominators of a kind may have together; none where nothing bounds them."""
    limits = [
        quota.limit
        for quota in program.quotas
        if quota.per == "nominator"
        and quota.nominator_kind in {None, kind.id}
        and (not quota.categories or category in quota.categories)
        and not (quota.routes or quota.traits or quota.except_traits)
    ]
    return kind.count * min(limits) if kind.count and limits else None


def _in_vain(program: Program, quota: Quota) -> Iterator[Fault]:
    place = f"quotas.{quota.id}"
    chains = {
        path: [
            tier.id
            for stage in program.held_stages
            if isinstance(stage, Recommendation) and stage.concerns(*path)
            for tier in stage.tiers
            if tier.concerns(*path)
        ]
        for path in program.paths()
        if quota.concerns(*path)
    }
    passed = [chain for chain in chains.values() if quota.tier in chain]
    if not passed:
        yield fault("quota_in_vain", f"{place}.tier", tier=quota.tier)
    elif all(len(chain) > 1 and chain[0] == quota.tier for chain in passed):
        yield fault("quota_at_first_tier", f"{place}.tier", tier=quota.tier, next=passed[0][1])
    else:
        missed = [path for path, chain in chains.items() if quota.tier not in chain and _is_recommended(program, path)]
        values = {"tier": quota.tier}
        yield from once(program, ((path, "quota_misses_some", f"{place}.tier", values) for path in missed))
    attributed = {kind.id: kind.attributed_to for kind in program.nominators if kind.attributed_to}
    if quota.nominator_kind in attributed:
        host = attributed[quota.nominator_kind]
        yield fault("quota_of_attributed", place, kind=quota.nominator_kind, host=host)
    if quota.branches_apart and quota.per == "nominator":
        yield fault("quota_branches", f"{place}.branches_apart")


def _is_recommended(program: Program, path: Path) -> bool:
    """Tell whether nominators put nominees forward on a path; nobody's quota bounds those who come by themselves."""
    return program.route(path.route).kind is RouteKind.ORGANIZATION


def _circles(program: Program) -> Iterator[Fault]:
    hosts = {kind.id: kind.attributed_to for kind in program.nominators}
    for kind in program.nominators:
        host, steps = kind.attributed_to, 0
        while host is not None and host != kind.id and steps < len(hosts):
            host, steps = hosts[host], steps + 1
        if host == kind.id:
            yield fault("attributed_in_a_circle", f"nominators.{kind.id}.attributed_to", kind=kind.name)
