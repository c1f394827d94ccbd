"""Whether every nomination has a way and a place: tiers, seats, cuts and quotas."""

from collections.abc import Iterator
from typing import Final

from programs.errors import Fault, Severity
from programs.model import NominatorKind, Path, Program, Quota, RouteKind
from programs.stages import Decision, Recommendation, Review, Screening, Stage, Vote
from programs.words import Words


def path_name(program: Program, path: Path) -> str:
    """Name a path for people, by its category and route."""
    category = next((f"{part.name}·" for part in program.categories if part.id == path.category), "")
    return f"“{category}{program.route(path.route).name}”"


def seats_and_tiers(program: Program) -> Iterator[Fault]:
    """Find paths that can win nothing, that nobody recommends on, or whose intake never ends."""
    for path in program.paths():
        named = path_name(program, path)
        if not program.seats_for(path):
            words = Words("{path}没有名额，请补 seats", "{path} has no seats; add some to `seats`")
            yield Fault("seats", words.format(path=named))
        chains = [
            (stage, [tier for tier in stage.tiers if tier.concerns(*path)])
            for stage in program.held_stages
            if isinstance(stage, Recommendation) and stage.concerns(*path)
        ]
        if not chains:
            words = Words("{path}没有推荐环节，无从申报", "{path} has no recommendation, so it cannot begin")
            yield Fault("stages", words.format(path=named))
        for stage, tiers in chains:
            place = f"stages.{stage.id}.tiers"
            if not tiers:
                words = Words("{path}没有推荐层级，请补 tiers", "{path} has no tier; add one to `tiers`")
                yield Fault(place, words.format(path=named))
            elif tiers[-1].deadline is None:
                words = Words(
                    "{path}最后一级“{tier}”没有期限，受理不会截止",
                    "{path}: the last tier “{tier}” has no deadline, so its intake never ends",
                ).format(path=named, tier=tiers[-1].name)
                yield Fault(f"{place}.{tiers[-1].id}", words, Severity.WARNING)


_CUTS: Final = (Screening, Vote, Review)
_WHOLE: Final = 100


def cuts_and_quotas(program: Program) -> Iterator[Fault]:
    """Find cuts and quotas that leave fewer nominations than there are seats, and cuts that cut nothing."""
    before: tuple[str, int] | None = None
    given: set[str] = set()
    for stage in _before_the_choice(program):
        if isinstance(stage, Vote | Review) and stage.lesser:
            given.add(stage.lesser)
        yield from _weights(stage)
        if not isinstance(stage, _CUTS) or stage.keep is None:
            continue
        yield from _cut_below_the_seats(program, stage, stage.keep, given)
        if stage.categories or stage.routes:
            continue  # what one category keeps says nothing about the others
        if before and stage.keep > before[1]:
            words = Words(
                "“{stage}”留{keep}名，多于前面“{earlier}”留下的{kept}名",
                "“{stage}” keeps {keep}, more than the {kept} that “{earlier}” left",
            ).format(stage=stage.name, keep=stage.keep, earlier=before[0], kept=before[1])
            yield Fault(f"stages.{stage.id}.keep", words, Severity.WARNING)
        before = stage.name, stage.keep
    yield from _quotas_too_small(program)
    for quota in program.quotas:
        yield from _quota_in_vain(program, quota)


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
        words = Words(
            "“{stage}”各项权重合计{sum}%，应逐项写明，合计100%",
            "the weights of “{stage}” come to {sum} %; give each, 100 % together",
        )
        yield Fault(f"stages.{stage.id}.tracks", words.format(stage=stage.name, sum=sum(known)))


def _cut_below_the_seats(program: Program, stage: Stage, keep: int, given: set[str]) -> Iterator[Fault]:
    """Compare a cut with the seats after it: an error below the highest grade's, else a warning.

    Lower grades may go to those whom a cut leaves behind; those that it, or an earlier one, gives them do not count.
    """
    grades = [
        tuple(seats for seats in program.seats_for(path) if seats.id not in given)
        for path in program.paths()
        if stage.concerns(*path)
    ]
    highest = {seats[0].id: seats[0].count for seats in grades if seats}
    every = {one.id: one.count for seats in grades for one in seats}
    if keep < sum(every.values()):
        words = Words("“{stage}”只留{keep}名，少于名额{seats}", "“{stage}” keeps {keep}, fewer than the {seats} seats")
        severity = Severity.ERROR if keep < sum(highest.values()) else Severity.WARNING
        named = words.format(stage=stage.name, keep=keep, seats=sum(every.values()))
        yield Fault(f"stages.{stage.id}.keep", named, severity)


def _quotas_too_small(program: Program) -> Iterator[Fault]:
    """Compare all quotas with the seats, where they bind every nomination and the number of nominators is known."""
    if any(route.accepted and route.kind is not RouteKind.ORGANIZATION for route in program.routes):
        return
    bounds = [_most_from(program, kind) for kind in program.nominators if kind.attributed_to is None]
    known = [bound for bound in bounds if bound is not None]
    seats = sum(seats.count for seats in program.seats)
    if known and len(known) == len(bounds) and sum(known) < seats:
        words = Words(
            "各推荐单位名额合计最多{most}名，少于名额{seats}",
            "all quotas together allow {most} nominations, fewer than the {seats} seats",
        )
        yield Fault("quotas", words.format(most=sum(known), seats=seats))


def _most_from(program: Program, kind: NominatorKind) -> int | None:
    """Return how many nominations all nominators of a kind may have together; None where nothing bounds them."""
    limits = [
        quota.limit
        for quota in program.quotas
        if quota.per == "nominator"
        and quota.nominator_kind in {None, kind.id}
        and not (quota.categories or quota.routes)
    ]
    return kind.count * min(limits) if kind.count and limits else None


def _quota_in_vain(program: Program, quota: Quota) -> Iterator[Fault]:
    place = f"quotas.{quota.id}"
    passes = any(
        tier.id == quota.tier and tier.concerns(*path) and quota.concerns(*path)
        for _, tier in program.tiers()
        for path in program.paths()
    )
    if not passes:
        words = Words(
            "没有申报会经过层级 {tier}，这条限额不起作用",
            "no nomination passes the tier {tier}, so the quota never holds",
        )
        yield Fault(f"{place}.tier", words.format(tier=quota.tier))
    attributed = {kind.id: kind.attributed_to for kind in program.nominators if kind.attributed_to}
    if quota.nominator_kind in attributed:
        words = Words(
            "{kind}已计入{host}的名额，不应另有限额", "{kind} uses the quota of {host} and should have none of its own"
        ).format(kind=quota.nominator_kind, host=attributed[quota.nominator_kind])
        yield Fault(place, words, Severity.WARNING)
