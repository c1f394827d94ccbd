"""How the pages say dates, counts and spans in the reader's language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from deadlines.zone import SHANGHAI, last_day_before, shanghai_day
from operations.actors import Role
from operations.overview import Dated
from programs import Program, Severity, Words
from programs.rulings import Decision

LANGUAGES = ("zh", "en")

_WEEKDAYS = (
    Words("周一", "Mon"),
    Words("周二", "Tue"),
    Words("周三", "Wed"),
    Words("周四", "Thu"),
    Words("周五", "Fri"),
    Words("周六", "Sat"),
    Words("周日", "Sun"),
)
_OPTION = re.compile(r"(?<=请)用 --[a-z-]+ (?=写明)| with --[a-z-]+(?=$|[ :,])")
#: What only somebody types who gives commands, in brackets.
_ASIDE = re.compile(r" ?[（(][^（()）]*(?:linxuan |--[a-z])[^（()）]*[）)]")
#: A command that is named: after a colon, in brackets, as where to look, or as what one does it with (`请先用 … 编号`).
_COMMANDS = (
    re.compile(r"[；;][^；;]*[见用] ?linxuan [a-z -]*(?:查看[^；;]*)?(?=$|[；;])"),
    _ASIDE,
    re.compile(r"：linxuan [^；，。：]*"),
    re.compile(r"用 ?linxuan (?:[a-z]+ )+(?=[\u4e00-\u9fff])(?!导出的)"),
    re.compile(r"; (?:first )?(?:see|use|run)[^;:]*: linxuan [^;]*"),
    re.compile(r"(?<!use)(?<!see)(?<!run)(?:,? with)?: linxuan [^;:]*"),
)
_SEVERITIES = {
    Severity.ERROR: Words("错误", "error"),
    Severity.WARNING: Words("警告", "warning"),
    Severity.NOTE: Words("说明", "note"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def reason_shown(words: Words) -> Words:
    """Return why something is refused, without the options of a command that stand in it in brackets."""
    return Words(_ASIDE.sub("", words.zh), _ASIDE.sub("", words.en))


def remedy_shown(words: Words) -> Words:
    """Return what would help, without the command or the option that does it.

    Nothing is left out of what would be half a command then.
    """
    return Words(_shortened(words.zh), _shortened(words.en))


def _shortened(text: str) -> str:
    told = _OPTION.sub("", text)
    short = told
    for command in _COMMANDS:
        short = command.sub("", short)
    return told if not short or "linxuan" in short or "--" in short else short


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things in one language, as of one instant (aware)."""

    language: str
    now: datetime

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return "en" if self.language == "en" else "zh-Hans"

    @property
    def today(self) -> date:
        """The Shanghai day of now."""
        return shanghai_day(self.now)

    def say(self, zh: str, en: str, **values: object) -> str:
        """Return the sentence in this language, its places filled."""
        return self.read(Words(zh, en).format(**values)) if values else self.read(Words(zh, en))

    def read(self, words: Words) -> str:
        """Return the side of the pair that is in this language."""
        return words.in_language(self.language)

    def reason(self, words: Words) -> str:
        """Return why something is refused, without the options of a command that stand in it in brackets."""
        return self.read(reason_shown(words))

    def remedy(self, words: Words) -> str:
        """Return what would help, without the command or the option: pages have forms and fields for it."""
        return self.read(remedy_shown(words))

    def listed(self, some: Iterable[Words]) -> str:
        """Say several things one after the other."""
        return self.say("、", "; ").join(self.read(one) for one in some)

    def size(self, size: int) -> str:
        """Write how large a file is, given in bytes."""
        if size < 1024 * 1024:
            return f"{max(size / 1024, 0.1):,.1f} KB" if size < 10 * 1024 else f"{size / 1024:,.0f} KB"
        return f"{size / 1024 / 1024:,.1f} MB"

    def award(self, program: Program) -> str:
        """Name a program. Its own name is Chinese in every language."""
        return f"{program.award} {program.edition}"

    def day(self, day: date) -> str:
        """Write a day with its weekday, and with its year where that is not this year."""
        weekday = self.read(_WEEKDAYS[day.weekday()])
        other_year = day.year != self.today.year
        if self.language == "en":
            return f"{weekday} {day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if other_year else "")
        return (f"{day.year}年" if other_year else "") + f"{day.month}月{day.day}日 {weekday}"

    def dated(self, day: date) -> str:
        """Write a day as on paper: always with its year, and without its weekday."""
        return self.say(
            "{year}年{month}月{day}日",
            "{day} {name} {year}",
            year=day.year,
            month=day.month,
            day=day.day,
            name=_MONTHS[day.month - 1],
        )

    def short_day(self, day: date) -> str:
        """Write a day where room is scarce."""
        return self.say("{month}月{day}日", "{day} {name}", month=day.month, day=day.day, name=_MONTHS[day.month - 1])

    def month(self, day: date, *, with_year: bool) -> str:
        """Write a day's month."""
        year = self.say("{year}年", " {year}", year=day.year) if with_year else ""
        return _MONTHS[day.month - 1] + year if self.language == "en" else f"{year}{day.month}月"

    def moment(self, instant: datetime) -> str:
        """Write an instant to the minute."""
        local = instant.astimezone(SHANGHAI)
        return f"{self.day(local.date())} {local:%H:%M}"

    def closing(self, closes: datetime) -> str:
        """Write the end of what closes: midnight is 24:00 of the last day."""
        local = closes.astimezone(SHANGHAI)
        clock = "24:00" if local.time() == time.min else f"{local:%H:%M}"
        return f"{self.day(last_day_before(closes))} {clock}"

    def left(self, dated: Dated) -> str:
        """Say how much time is left: working days within a year, calendar days beyond; nothing once it has closed."""
        closes = dated.key.closes
        if closes is None or closes <= self.now:
            return ""
        days = (last_day_before(closes) - self.today).days
        if days <= 0:
            return self.say("今天", "today")
        if dated.working_days_left is None or days > 366:
            return self.say("{days} 天", "{days} days", days=days)
        count = dated.working_days_left
        return self.say(
            "{count} 个工作日",
            "{count} working day" if count == 1 else "{count} working days",
            count=count,
        )

    def remaining(self, by: datetime | None, days_left: int | None) -> str:
        """Say how many working days are left until an instant, or that it is past; nothing where there is none."""
        if by is None:
            return ""
        if by <= self.now:
            days = (self.today - last_day_before(by)).days
            return self.say("已逾期 {days} 天", "{days} days late", days=max(days, 1))
        if last_day_before(by) == self.today:
            return self.say("今天", "today")
        if days_left is None:
            return ""
        return self.say("{count} 个工作日", "{count} working days", count=days_left)

    def is_near(self, dated: Dated) -> bool:
        """Whether it closes within three working days."""
        return dated.working_days_left is not None and dated.working_days_left <= 3

    def severity(self, severity: Severity) -> str:
        """Write how grave something is that was found in a program."""
        return self.read(_SEVERITIES[severity])

    def decision(self, decision: Decision | None, program: Program | None = None) -> str:
        """Write what a ruling decided; of a `program` whose place it decided on, the place by its name."""
        if decision is None:
            return "—"
        if isinstance(decision, bool):
            return self.say("是", "yes") if decision else self.say("否", "no")
        if program and isinstance(decision, str):
            for stage, tier in program.tiers():
                if decision == f"{stage.id}.{tier.id}":
                    return f"{stage.name}·{tier.name}"
        return str(decision)

    def role(self, role: Role, organization: str | None) -> str:
        """Write a role, and for which organization somebody has it."""
        where = organization or self.say("不限单位", "all organizations")
        return self.say("{role} · {where}", "{role}, {where}", role=self.read(role.label), where=where)

    def number(self, number: int) -> str:
        """Write a count with its thousands apart."""
        return f"{number:,}"
