"""What is wrong with the dates of a program, told as its other faults are: severity, remedy, place in the file."""

from collections.abc import Iterator
from typing import Final

from deadlines.calendar import FIRST_DAY, LAST_DAY, WorkCalendar
from deadlines.findings import Finding
from deadlines.keydates import KeyDate, KeyDateKind, key_dates
from programs import Fault, Program, Severity, Words

_PARTS: Final = {
    KeyDateKind.WINDOW: "window",
    KeyDateKind.PUBLICITY: "period",
    KeyDateKind.OBJECTIONS: "objections",
    KeyDateKind.TENURE: "years",
}

#: Remarks that say how a phrase was read; nothing is wrong.
_NOTES: Final = frozenset(
    {
        *("year_from_issue", "year_from_text", "two_digit_year", "opens_unknown", "provisional"),
        *("schedule_unpublished", "receipt_counts", "dispatch_counts", "hours_stated", "recurs_yearly"),
        *("from_issue_date", "midnight_start", "half_a_month", "superseding", "roll_unneeded", "before_exclusive"),
    }
)

_ERRORS: Final = frozenset({"unresolved", "tier_after_next"})

_PHRASE: Final = Words("请对照通知核对 phrase", "check `phrase` with the notice")
_CLOSES: Final = Words(
    "请补全 phrase；期限也可在 closes 写明截止时刻，时段在 first_day、last_day 写明",
    "complete `phrase`, or state `closes` of a deadline, `first_day` and `last_day` of a window",
)

_DAYS: Final = Words("请在 first_day 和 last_day 写明首尾两日", "state `first_day` and `last_day`")

_REMEDIES: Final = {
    "unresolved": _CLOSES,
    "year_missing": Words(
        "请写 issued（印发日期），年份由它推出", "write `issued`, the date of issue, from which the year comes"
    ),
    "tier_after_next": Words(
        "请核对两级的 deadline，里层应早于外层", "check both deadlines: the inner one comes first"
    ),
    "tiers_too_close": Words(
        "请核对两级的 deadline，或提前里层", "check both deadlines, or move the inner one forward"
    ),
    "deadline_outside_window": Words("请核对 deadline 和本环节的 window", "check `deadline` and `window` of the stage"),
    "window_out_of_order": Words("请核对两个环节的 window，或它们的先后", "check both windows, or the order of stages"),
    "publicity_outlasts": Words("请核对 period，或推迟后面的环节", "check `period`, or put the later stage off"),
    "publicity_cannot_end": Words(
        "请核对 period 和后面环节的 window，或提前公示", "check `period` and the later window, or publish earlier"
    ),
    "before_ambiguous": Words(
        "请加一条裁定，settles 指向这里的 inclusive；还没有写 inclusive 的先写 true 或 false",
        "add a ruling that settles this `inclusive`; where it is not written, write true or false first",
    ),
    "on_day_off": Words(
        "休息日截止不自动顺延；要顺延的，用 closes 和 authority 写明", "to move it, write `closes` and `authority`"
    ),
    "before_issue": Words("请核对 issued 和 phrase 的年份", "check the years of `issued` and `phrase`"),
    "begins_before_issue": Words("请核对 issued 和 phrase", "check `issued` and `phrase`"),
    "outside_calendar": Words("请核对年份", "check the year"),
    "weekday_mismatch": Words("请对照通知核对日期和星期", "check day and weekday with the notice"),
    "range_same_day_only": Words(
        '请核对公示起止；发布当日算第1日的，写 counting = "same-day"',
        'check the days; if the day of publication counts, write counting = "same-day"',
    ),
    "range_too_short": Words("请核对 window 和 period 的 days", "check `window` and the `days` of `period`"),
    "range_mismatch": Words("请核对 window 和 period 的 days", "check `window` and the `days` of `period`"),
}


def date_faults(program: Program, calendar: WorkCalendar) -> tuple[tuple[str, Fault], ...]:
    """Return what is found about each key date, with the key date's id.

    What cannot be dated is an error, unless the issue date is missing and a ruling is to supply it: then it waits.
    """
    beyond = tuple(_beyond_the_calendar(program))
    if beyond:  # there is no calendar to count the rest by
        return beyond
    ruled = {place for ruling in program.rulings for place in ruling.settles}
    waits = program.issued is None and "issued" in ruled
    return tuple(
        (one.id, _fault(one, finding, ruled, waits=waits))
        for one in key_dates(program, calendar)
        for finding in one.findings
    )


def _beyond_the_calendar(program: Program) -> Iterator[tuple[str, Fault]]:
    for index, local in enumerate(program.local_days_off):
        if not FIRST_DAY <= local.day <= LAST_DAY:
            words = Words(
                "{day}不在工作日历范围（{first}至{last}）之内", "{day} is outside the calendar, {first} to {last}"
            ).format(day=local.day, first=FIRST_DAY, last=LAST_DAY)
            place = f"local_days_off.{index}"
            yield place, Fault(place, words, remedy=_REMEDIES["outside_calendar"], code="outside_calendar")


def _fault(one: KeyDate, finding: Finding, ruled: set[str], *, waits: bool) -> Fault:
    place = _place(one)
    unresolved = any(other.code == "unresolved" for other in one.findings)
    if finding.code in _NOTES or (unresolved and waits):
        severity = Severity.NOTE
    elif finding.code in _ERRORS or unresolved:
        severity = Severity.ERROR
    elif finding.code == "before_ambiguous" and f"{place}.inclusive" in ruled:
        severity = Severity.NOTE
    else:
        severity = Severity.WARNING
    remedy = _REMEDIES.get(finding.code, _CLOSES if unresolved else _PHRASE)
    if finding.code == "before_ambiguous" and one.kind is KeyDateKind.WINDOW:
        remedy = _DAYS
    return Fault(
        place, finding.words, severity, None if severity is Severity.NOTE and not unresolved else remedy, finding.code
    )


def _place(one: KeyDate) -> str:
    if one.kind is KeyDateKind.DEADLINE:
        return f"stages.{one.stage}.tiers.{one.tier}.deadline"
    return f"stages.{one.stage}.{_PARTS[one.kind]}" if one.kind in _PARTS else one.id
