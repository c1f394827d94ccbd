"""Periods that are counted in days: how a publicity of N working days ends, and whether stated dates agree with N.

The Civil Code: the day of the event does not count (art. 201); a period ends at 24:00 of its last day, and where that
is a statutory day off, of the day after the days off (art. 203). 以内 and 届满 include the number (art. 1259).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from deadlines.calendar import WorkCalendar
from deadlines.errors import PeriodError
from deadlines.findings import Finding, schedule_unpublished
from deadlines.zone import ONE_DAY, SHANGHAI, day_end, shanghai_day
from programs.counting import Convention, Unit
from programs.words import Words

OFFICE_CLOSES: Final = time(17, 30)


@dataclass(frozen=True, slots=True)
class Period:
    """A counted period.

    `first_day` is the first day that counts and `last_day` the last. `closes` is the first instant too late, in
    Shanghai. `provisional`: it rests on days whose holiday schedule is not published yet.
    """

    first_day: date
    last_day: date
    closes: datetime
    provisional: bool
    findings: tuple[Finding, ...] = ()

    def to_json(self, language: str = "zh") -> dict[str, object]:
        """Return the shape that `linxuan calendar publicity` prints."""
        return {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "closes": self.closes.isoformat(),
            "provisional": self.provisional,
            "findings": [finding.to_json(language) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How stated dates compare with a stated number of days: the end under each convention, and those that agree."""

    end_same_day: date
    end_next_day: date
    conventions: frozenset[Convention]
    findings: tuple[Finding, ...] = ()


def publicity_period(
    calendar: WorkCalendar,
    published: date | datetime,
    days: int,
    convention: Convention = Convention.NEXT_DAY,
    unit: Unit = Unit.WORKING,
    *,
    roll: bool = False,
) -> Period:
    """Count a period of `days` from its publication.

    The hour of publication does not move the count: an aware instant stands for its Shanghai day. Publication on a day
    off is never day 1 of working days; counting then begins on the next working day under both conventions.
    `roll` applies art. 203: a last day that is a day off moves to the next working day (working days never need it).

    Raises `PeriodError` for less than one day, `OutsideCalendarError` for days that the calendar does not cover.
    """
    if days < 1:
        raise PeriodError(
            Words("期间至少为1天，现为{days}天", "a period has at least 1 day; {days} were asked for").format(days=days)
        )
    start = shanghai_day(published)
    first = _first_day(calendar, start, convention, unit)
    last = _last_day(calendar, first, days, unit, roll=roll)
    counted_from = start if convention is Convention.SAME_DAY else start + ONE_DAY
    provisional = (unit is Unit.WORKING or roll) and calendar.is_provisional(counted_from, last)
    findings = tuple(_publication_findings(calendar, published, convention, unit, last))
    if not provisional and calendar.is_provisional(last):
        # The day itself stands; whether it is one to end on does not.
        findings += (schedule_unpublished(last),)
    return Period(first, last, day_end(last), provisional, findings)


def objections_close_early(last_day: date, objections: Period) -> tuple[Finding, ...]:
    """Report objections that would close before the last day of a publicity; they are taken as long as it lasts."""
    if objections.last_day >= last_day:
        return ()
    words = Words(
        "异议期限算到{objections}，早于公示最后一日{last}；公示期满前均予受理",
        "objections would end on {objections}, before the last day of publicity, {last}; they are taken until then",
    ).format(objections=objections.last_day, last=last_day)
    return (Finding("objections_close_early", words),)


def list_findings(
    calendar: WorkCalendar, counted: Period, objections: Period | None, last_day: date
) -> tuple[Finding, ...]:
    """Remark on a list that ends with `last_day`, counted or later: what is said of a counted day is not of another."""
    about_its_end = {"on_day_off", "schedule_unpublished"}
    findings = counted.findings
    if last_day != counted.last_day:
        findings = tuple(one for one in findings if one.code not in about_its_end)
        if calendar.is_provisional(last_day):
            findings += (schedule_unpublished(last_day),)
    return findings + (objections_close_early(last_day, objections) if objections else ())


def verify_range(  # noqa: PLR0913 - each is a fact that a notice states by name
    calendar: WorkCalendar,
    first: date,
    last: date,
    days: int,
    unit: Unit = Unit.WORKING,
    *,
    published: date | datetime | None = None,
    minimum: bool = False,
) -> Agreement:
    """Compare stated dates with a stated number of days under both conventions, repairing nothing.

    Counting starts from the day of publication, or from `first` where that is not known. With `minimum` (不少于N日) a
    longer range agrees too.
    """
    start = shanghai_day(published) if published is not None else first
    same, following = (
        publicity_period(calendar, start, days, convention, unit).last_day
        for convention in (Convention.SAME_DAY, Convention.NEXT_DAY)
    )
    ends = {Convention.SAME_DAY: same, Convention.NEXT_DAY: following}
    agreeing = frozenset(convention for convention, end in ends.items() if last == end or (minimum and last >= end))
    sentence = _range_sentence(agreeing, minimum=minimum)
    if sentence is None:
        return Agreement(same, following, agreeing)
    counted = Words("个工作日", "working days") if unit is Unit.WORKING else Words("日", "days")
    words = sentence.words.format(first=first, last=last, days=days, unit=counted, same=same, next=following)
    findings = [Finding(sentence.code, words)]
    if unit is Unit.WORKING and calendar.is_provisional(start, max(last, following)):
        findings.append(schedule_unpublished(max(last, following)))
    return Agreement(same, following, agreeing, tuple(findings))


def roll_forward(calendar: WorkCalendar, day: date) -> date:
    """Apply art. 203: the day itself, or the next working day when it is off."""
    return calendar.next_working_day(day)


def _first_day(calendar: WorkCalendar, start: date, convention: Convention, unit: Unit) -> date:
    day = start if convention is Convention.SAME_DAY else start + ONE_DAY
    return calendar.next_working_day(day) if unit is Unit.WORKING else day


def _last_day(calendar: WorkCalendar, first: date, days: int, unit: Unit, *, roll: bool) -> date:
    last = _step(calendar, first, days - 1, unit)
    return roll_forward(calendar, last) if roll else last


def _step(calendar: WorkCalendar, day: date, days: int, unit: Unit) -> date:
    if days == 0:
        return day
    return calendar.add_working_days(day, days) if unit is Unit.WORKING else day + timedelta(days=days)


def _publication_findings(
    calendar: WorkCalendar, published: date | datetime, convention: Convention, unit: Unit, last: date
) -> Iterable[Finding]:
    start = shanghai_day(published)
    if unit is Unit.WORKING and not calendar.is_working_day(start):
        yield Finding(
            "published_on_day_off",
            Words(
                "{day}是休息日，从下一个工作日起算", "{day} is a day off; counting begins on the next working day"
            ).format(day=start),
        )
    elif (
        convention is Convention.SAME_DAY
        and isinstance(published, datetime)
        and published.astimezone(SHANGHAI).time() >= OFFICE_CLOSES
    ):
        yield Finding(
            "published_late",
            Words(
                "{hour}发布仍把当日算作第1日，实际公示不足；建议自次日起算",
                "published at {hour}, and that day still counts as day 1; counting from the next day is safer",
            ).format(hour=f"{published.astimezone(SHANGHAI):%H:%M}"),
        )
    if unit is Unit.CALENDAR and not calendar.is_working_day(last):
        yield Finding(
            "on_day_off",
            Words(
                "最后一日{last}是休息日；按民法典第二百零三条应顺延至{rolled}",
                "the last day, {last}, is a day off; Civil Code art. 203 would move it to {rolled}",
            ).format(last=last, rolled=roll_forward(calendar, last)),
        )


def _range_sentence(agreeing: frozenset[Convention], *, minimum: bool) -> Finding | None:
    if Convention.NEXT_DAY in agreeing:
        return None
    if agreeing:
        return Finding(
            "range_same_day_only",
            Words(
                "{first}至{last}只有把发布当日算作第1日才满{days}{unit}；次日起算应至{next}",
                "{first} to {last} has {days} {unit} only if the day of publication counts; "
                "counted from the next day they end on {next}",
            ),
        )
    if minimum:
        return Finding(
            "range_too_short",
            Words(
                "{first}至{last}不足{days}{unit}：当日起算应至{same}，次日起算应至{next}",
                "{first} to {last} is less than {days} {unit}: counted from the same day they end on {same}, "
                "from the next day on {next}",
            ),
        )
    return Finding(
        "range_mismatch",
        Words(
            "{first}至{last}与{days}{unit}不符：当日起算应至{same}，次日起算应至{next}",
            "{first} to {last} is not {days} {unit}: counted from the same day they end on {same}, "
            "from the next day on {next}",
        ),
    )
