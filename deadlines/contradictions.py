"""Where a program's key dates contradict each other or its order of stages. Nothing is repaired."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from deadlines.calendar import FIRST_DAY, LAST_DAY, WorkCalendar
from deadlines.errors import DeadlineError
from deadlines.findings import Finding
from deadlines.periods import publicity_period
from deadlines.zone import ONE_DAY, shanghai_day
from programs import Path, Program
from programs.dates import Duration
from programs.stages import Publicity, Recommendation, Stage
from programs.words import Words, closing_in_words

if TYPE_CHECKING:
    from deadlines.keydates import KeyDate

LEAST_WORKING_DAYS: Final = 3
"""What a tier needs between its own deadline and the next one, to check and pass on what came in at the last minute."""


class _Fixed(NamedTuple):
    """A key date that is known."""

    id: str
    name: str
    phrase: str | None
    opens: datetime | None
    closes: datetime
    last_day: date


_Dated = dict[str, _Fixed]
_Remark = tuple[str, Finding]


def contradictions(program: Program, calendar: WorkCalendar, dates: Sequence["KeyDate"]) -> dict[str, list[Finding]]:
    """Return the findings by the id of the key date that they concern."""
    dated = {
        one.id: _Fixed(one.id, one.name, one.phrase, one.opens, one.closes, one.last_day)
        for one in dates
        if one.closes and one.last_day
    }
    found: dict[str, list[Finding]] = defaultdict(list)
    for key_date_id, finding in (
        *_deadlines(program, dated),
        *_tiers(program, calendar, dated),
        *_windows(program, dated),
        *_publicities(program, dated),
        *_publicities_ahead(program, calendar, dated),
    ):
        if finding not in found[key_date_id]:  # paths that share a tier find the same
            found[key_date_id].append(finding)
    return found


def _deadlines(program: Program, dated: _Dated) -> Iterator[_Remark]:
    """Find deadlines outside the window of their own stage."""
    for one in (dated[key_date_id] for key_date_id in program.deadlines() if key_date_id in dated):
        window = dated.get(one.id.partition(".")[0])
        if window and window.opens and not window.opens < one.closes <= window.closes:
            words = Words(
                "期限不在本环节计划时段“{phrase}”之内", "the deadline is outside its stage's window, “{phrase}”"
            )
            yield one.id, Finding("deadline_outside_window", words.format(phrase=window.phrase))


def _tiers(program: Program, calendar: WorkCalendar, dated: _Dated) -> Iterator[_Remark]:
    """Check that each tier closes early enough before the next one on the same path."""
    for stage in program.held_stages:
        if not isinstance(stage, Recommendation):
            continue
        for path in program.paths():
            ids = (f"{stage.id}.{tier.id}" for tier in stage.tiers if tier.concerns(*path))
            for inner, outer in pairwise(dated[one] for one in ids if one in dated):
                yield from _two_tiers(calendar, inner, outer)


def _two_tiers(calendar: WorkCalendar, inner: _Fixed, outer: _Fixed) -> Iterator[_Remark]:
    if inner.closes > outer.closes:
        words = Words(
            "本级期限晚于上一级“{outer}”的期限{closes}",
            "this tier closes after the one above it, “{outer}”, which closes at {closes}",
        )
        yield (
            inner.id,
            Finding("tier_after_next", words.format(outer=outer.name, closes=closing_in_words(outer.closes))),
        )
        return
    if not (_covered(inner.last_day) and _covered(outer.last_day)):
        return
    between = calendar.count_working_days(inner.last_day + ONE_DAY, outer.last_day)
    if between < LEAST_WORKING_DAYS:
        words = Words(
            "距上一级“{outer}”的期限只有{days}个工作日，来不及审核转报",
            "only {days} working days are left before “{outer}” closes, too few to check and pass on",
        )
        yield inner.id, Finding("tiers_too_close", words.format(outer=outer.name, days=between))


def _windows(program: Program, dated: _Dated) -> Iterator[_Remark]:
    """Find a window that ends before that of an earlier stage begins."""
    for path in program.paths():
        planned = [dated[stage.id] for stage in _stages_on(program, path) if stage.id in dated]
        for at, later in enumerate(planned):
            for earlier in planned[:at]:
                if earlier.opens and later.closes <= earlier.opens:
                    words = Words(
                        "时段“{later}”早于前面环节“{name}”的时段“{earlier}”",
                        "the window “{later}” is before that of the earlier stage “{name}”, “{earlier}”",
                    ).format(later=later.phrase, name=earlier.name, earlier=earlier.phrase)
                    yield later.id, Finding("window_out_of_order", words)


def _publicities(program: Program, dated: _Dated) -> Iterator[_Remark]:
    """Find a running publicity that does not end before the next fixed date of the program."""
    for path in program.paths():
        stages = _stages_on(program, path)
        for at, stage in enumerate(stages):
            ahead = next((dated[one.id] for one in stages[at + 1 :] if one.id in dated), None)
            if not isinstance(stage, Publicity) or ahead is None:
                continue
            yield from _outlasting((one for one in dated.values() if one.id.startswith(f"{stage.id}.period")), ahead)


def _publicities_ahead(program: Program, calendar: WorkCalendar, dated: _Dated) -> Iterator[_Remark]:
    """Find a publicity that, published as early as can be, does not end within what is planned for a later stage."""
    for path in program.paths():
        stages = _stages_on(program, path)
        for at, stage in enumerate(stages):
            key_date_id = f"{stage.id}.period"
            if not isinstance(stage, Publicity) or stage.period is None or key_date_id in dated:
                continue
            ahead = next((dated[one.id] for one in stages[at + 1 :] if one.id in dated), None)
            earliest = _earliest(stages[: at + 1], path, dated)
            if ahead and earliest:
                yield from _too_late(key_date_id, calendar, stage.period, earliest, ahead)


def _earliest(stages: Sequence[Stage], path: Path, dated: _Dated) -> date | None:
    """Return the first day on which the last of these stages can begin, by the windows and the intakes up to it."""
    days = [shanghai_day(opens) for stage in stages if stage.id in dated and (opens := dated[stage.id].opens)]
    for stage in stages:
        tiers = [tier for tier in stage.tiers if tier.concerns(*path)] if isinstance(stage, Recommendation) else []
        taken_in = dated.get(f"{stage.id}.{tiers[-1].id}") if tiers else None
        if taken_in:
            days.append(taken_in.last_day + ONE_DAY)
    return max(days, default=None)


def _too_late(
    key_date_id: str, calendar: WorkCalendar, said: Duration, earliest: date, ahead: _Fixed
) -> Iterator[_Remark]:
    try:
        period = publicity_period(calendar, earliest, said.days, said.counting, said.unit, roll=said.roll)
    except DeadlineError:  # beyond the calendar, which is told elsewhere
        return
    if period.closes > ahead.closes:
        words = Words(
            "最早{first}公示，到{last_day}才满，晚于后面环节“{name}”计划的“{phrase}”",
            "published on {first} at the earliest it ends with {last_day}, later than “{phrase}” of “{name}”",
        ).format(first=earliest, last_day=period.last_day, name=ahead.name, phrase=ahead.phrase)
        yield key_date_id, Finding("publicity_cannot_end", words)


def _outlasting(periods: Iterable[_Fixed], ahead: _Fixed) -> Iterator[_Remark]:
    for period in periods:
        if period.opens is None:
            continue
        limit = ahead.opens if ahead.opens and ahead.opens > period.opens else ahead.closes
        if period.closes > limit:
            words = Words(
                "公示到{last_day}才结束，晚于后面环节“{name}”的时间“{phrase}”",
                "the publicity ends with {last_day}, later than the next date, “{phrase}” of “{name}”",
            ).format(last_day=period.last_day, name=ahead.name, phrase=ahead.phrase)
            yield period.id, Finding("publicity_outlasts", words)


def _stages_on(program: Program, path: Path) -> list[Stage]:
    return [stage for stage in program.held_stages if stage.concerns(*path)]


def _covered(day: date) -> bool:
    # The day after is asked for as well, where the count between two tiers begins.
    return FIRST_DAY <= day < LAST_DAY
