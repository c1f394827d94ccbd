"""Every sentence that a reading may come with, by its code."""

from typing import Final

from deadlines.findings import Finding
from programs.words import Words

_SENTENCES: Final = {
    # What is missing or was not understood: the reading is unresolved.
    "no_date": Words("文中没有能识别的日期或期限", "the text has no date or period that could be read"),
    "not_understood": Words(
        "“{quote}”旁的“{word}”未能理解，不作推测",
        "“{word}” beside “{quote}” was not understood, and nothing is guessed",
    ),
    "year_missing": Words("缺少年份：请提供发文日期", "the year is missing: give the issue date"),
    "month_missing": Words("“{day}日”缺少月份", "the month of “{day}日” is missing"),
    "date_missing": Words("只有时刻，没有日期", "there is a time of day but no date"),
    "issued_missing": Words("以发文日期为准，请提供发文日期", "this depends on the date of issue: give the issue date"),
    "event_missing": Words(
        "自某一事项之日起算，请提供该事项的日期", "this counts from an event: give the date of that event"
    ),
    "office_hours_missing": Words(
        "“下班”需要知道下班时间：请提供办公时间", "“下班” needs the close of business: give the office hours"
    ),
    "invalid_date": Words("没有这一天：{date}", "there is no such day: {date}"),
    "invalid_time": Words("没有这个时刻：{time}", "there is no such time of day: {time}"),
    "vague_time": Words("“{part}”不是确切时刻", "“{part}” is no exact time of day"),
    "vague_date": Words("“{quote}”不是确切日期", "“{quote}” is no exact date"),
    "before_vague": Words(
        "“{quote}”可指该时段开始之前或结束之前，请写明日期",
        "“{quote}” may mean before the beginning or before the end of that time: state a day",
    ),
    "approximate": Words("“左右”“约”不是确切期限", "“about” is no exact deadline"),
    "after_date": Words(
        "“{quote}”只说明何时以后；如此后不再受理，请写明截止日",
        "“{quote}” only says after when; if nothing is taken then, state the last day",
    ),
    "no_end": Words(
        "只有开始，没有截止；如自该日起停止受理，请写明截止日",
        "there is a beginning but no end; if nothing is taken from then on, state the last day",
    ),
    "range_backwards": Words("结束早于开始：{first}至{last}", "the end is before the beginning: {first} to {last}"),
    "range_too_long": Words(
        "{first}至{last}超过一年，不像申报或公示的期限", "{first} to {last} is longer than a year: no time to act in"
    ),
    "range_before_issue": Words(
        "起始日{first}早于发文日期{issued}", "the range begins on {first}, before the issue date {issued}"
    ),
    "months_not_consecutive": Words("列出的月份不连续", "the months listed do not follow one another"),
    "minimum_only": Words(
        "文中只规定最短期限，没有规定何时截止", "this states a least length, not when anything closes"
    ),
    "maximum_only": Words(
        "文中只规定最长期限，没有规定何时截止", "this states a greatest length, not when anything closes"
    ),
    "counts_back": Words("从某事项倒数，无法确定起点", "this counts back from something that the text does not date"),
    "hours_unsupported": Words(
        "按小时计算的期限需要确切的起点时刻", "a period in hours needs the exact instant it begins"
    ),
    "length_only": Words(
        "只有时长，没有起点；如自发布之日起算，请提供发文日期",
        "there is a length of time but no beginning; if it counts from publication, give the issue date",
    ),
    "recurs_often": Words(
        "按月、按周、按季或隔几年重复，不是一个期限",
        "this recurs every week, month, quarter or several years: not one deadline",
    ),
    "named_day": Words("“{name}”没有换算成日期：请写明日期", "“{name}” was not worked out as a date: state the date"),
    "hours_only": Words("只有每日时段，没有日期", "there are hours of the day but no date"),
    "not_a_deadline": Words(
        "“{quote}”说的是何时印发、施行或具备条件，不是期限",
        "“{quote}” dates an issue, an entry into force or a condition",
    ),
    "out_of_range": Words("日期超出可计算的范围", "the date is outside what can be computed"),
    # Remarks on an answer.
    "before_ambiguous": Words(
        "“前”“底”是否包含{day}当日并不明确；按包含处理，提醒按前一日安排",
        "“前” leaves open whether {day} itself counts; it is taken to count, and reminders plan for the day before",
    ),
    "outside_calendar": Words(
        "{day}不在工作日历范围内，无法核对是否休息日", "{day} is outside the calendar, so days off are unknown"
    ),
    "before_exclusive": Words(
        "同一文本的期间止于{day}，因此“前”不含次日",
        "the same text has a period that ends on {day}, so “前” excludes the day after",
    ),
    "on_day_off": Words("{day}是休息日（{name}），不自动顺延", "{day} is a day off ({name}); nothing moves by itself"),
    "rolled": Words("{day}是休息日，按文中规定改为{rolled}", "{day} is a day off; the text moves it to {rolled}"),
    "roll_unneeded": Words(
        "文中规定遇休息日另移；{day}是工作日，不需移动", "the text moves days off; {day} is a working day"
    ),
    "weekday_mismatch": Words("{day}是{right}，文中写作{written}", "{day} is a {right}, the text says {written}"),
    "week_mismatch": Words("{day}不在文中所说的那一周", "{day} is not in the week that the text names"),
    "year_from_issue": Words("文中没有年份，按发文日期取{year}年", "the year {year} comes from the issue date"),
    "year_from_text": Words("文中此处没有年份，按前文取{year}年", "the year {year} comes from the text before"),
    "two_digit_year": Words("两位年份按{year}年处理", "the two-digit year is read as {year}"),
    "week_assumed": Words(
        "没有写明哪一周，按发文后的第一个处理", "no week is named; the first one from the issue date on is taken"
    ),
    "begins_before_issue": Words(
        "时段始于{first}，早于发文日期{issued}", "the time begins on {first}, before the issue date {issued}"
    ),
    "before_issue": Words("截止早于发文日期{issued}", "the deadline is before the issue date {issued}"),
    "opens_unknown": Words("开始的日期未知", "the day on which it opens is not known"),
    "midnight_start": Words(
        "0时是{day}的开始，不含当日；如含当日应写24时",
        "0:00 is where {day} begins, so that day does not count; 24:00 would include it",
    ),
    "early_hour": Words(
        "{hour}按上午时刻处理；如指下午，请写明",
        "{hour} is read as before noon; write the afternoon out if it is meant",
    ),
    "original": Words("原文称其为原定期限", "the text calls it the original deadline, which may no longer hold"),
    "half_a_month": Words("半个月按15日计", "half a month is taken as 15 days"),
    "tentative": Words("原文为暂定或预计", "the text calls it tentative"),
    "superseding": Words("原文为推迟、延期或调整后的期限", "the text moves an earlier deadline to this one"),
    "from_issue_date": Words(
        "文中没有起算日，自发文日期{issued}起算", "the text names no first day; counted from the issue date {issued}"
    ),
    "other_convention": Words(
        "按{convention}起算；如按另一种算法止于{other}", "counted {convention}; the other way it would end on {other}"
    ),
    "provisional": Words(
        "涉及尚未公布放假安排的日期，结果为暂定",
        "this rests on days whose holiday schedule is not published: provisional",
    ),
    "recurs_yearly": Words("每年重复，此为首次", "this recurs every year; this is the first time"),
    "dispatch_counts": Words("以寄出或发送时间为准", "the time of sending counts"),
    "receipt_counts": Words("以收到时间为准", "the time of receipt counts"),
    "hours_stated": Words(
        "文中另有每日时段，未计入截止时刻", "the text also gives hours of the day, which the closing instant leaves out"
    ),
}


class UnresolvedError(Exception):
    """Why an item cannot be resolved; never leaves the package."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.finding = finding(code, **values)


def finding(code: str, **values: object) -> Finding:
    """Return the finding of that code with its sentence filled in."""
    return Finding(code, _SENTENCES[code].format(**values))
