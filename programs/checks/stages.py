"""Whether what stands within one stage agrees with itself."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from programs.checks.sentences import fault
from programs.errors import Fault
from programs.model import Program
from programs.stages import Publicity, Recommendation, Tenure, Vote

_EARLIEST: Final = 250
"""The working days of a year: nothing is announced so long before its deadline."""


def within_stages(program: Program) -> Iterator[Fault]:
    """Find what cannot be within one stage, such as objections shorter than their publicity; days given wrongly."""
    for stage in program.held_stages:
        match stage:
            case Vote():
                yield from _vote(stage)
            case Publicity():
                yield from _publicity(stage)
            case Tenure():
                yield from _tenure(stage)
            case Recommendation():
                yield from _deadlines(stage)
            case _:
                pass
    for days in sorted({days for days in program.reminders if not 0 <= days <= _EARLIEST}):
        yield fault("reminder_impossible", "reminders", days=days)
    counted = Counter(local.day for local in program.local_days_off)
    for index, local in enumerate(program.local_days_off):
        if counted[local.day] > 1 and any(one.day == local.day for one in program.local_days_off[:index]):
            yield fault("day_off_doubled", f"local_days_off.{index}", day=local.day)


def _vote(stage: Vote) -> Iterator[Fault]:
    if stage.counting == "equal-platforms" and len(stage.platforms) < 2:
        yield fault("one_platform", f"stages.{stage.id}.platforms", name=stage.name, count=len(stage.platforms))


def _publicity(stage: Publicity) -> Iterator[Fault]:
    period, objections = stage.period, stage.objections
    if period and objections and objections.unit is period.unit and objections.days < period.days:
        yield fault(
            "objections_too_short",
            f"stages.{stage.id}.objections",
            name=stage.name,
            objections=objections.days,
            days=period.days,
        )


def _tenure(stage: Tenure) -> Iterator[Fault]:
    place = f"stages.{stage.id}"
    for field in ("assessed_every_years", "reported_every_years"):
        every = getattr(stage, field)
        if every and stage.years and every > stage.years:
            yield fault(
                "assessed_too_late", f"{place}.{field}", name=stage.name, years=stage.years, field=field, every=every
            )
    if stage.grades and not stage.assessed_every_years:
        yield fault("grades_in_vain", f"{place}.grades", name=stage.name)
    if stage.unrectified == "sweep" and stage.swept_ground is None:
        yield fault("swept_ground_unsaid", f"{place}.unrectified_ground", name=stage.name)


def _deadlines(stage: Recommendation) -> Iterator[Fault]:
    for tier in stage.tiers:
        if tier.deadline and tier.deadline.closes and not (tier.deadline.authority or "").strip():
            yield fault("closes_without_authority", f"stages.{stage.id}.tiers.{tier.id}.deadline.closes")
