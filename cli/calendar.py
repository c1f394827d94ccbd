"""`linxuan calendar`: the working-day calendar, publicity periods, and loading a published schedule.

Kept light, as `cli.face` is: the calendar with the schedules that were loaded on this machine needs no database.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.days import calendar_at_hand
from cli.face import FAILED_OUTSIDE, LANGUAGE, WRONG_USAGE, DayType, Face, Group, Mistake, command_face, say, tell
from cli.findings import told
from deadlines.days import WEEK, Day
from deadlines.periods import publicity_period
from deadlines.schedules import Schedule, parse_schedule
from operations.schedules import keep_schedule, open_calendar
from programs.counting import Convention, Unit
from programs.words import Words, closing_clock

if TYPE_CHECKING:
    from operations.recounting import Recount


@click.group(cls=Group, help=say("工作日历和公示期。", "The working-day calendar and publicity periods."))
def command() -> None:
    """Everything about the calendar."""


@command.command("day", help=say("某一天是否工作日，依据是什么", "whether a day is worked, and who says so"))
@click.argument("day", metavar="DATE", type=DayType())
@command_face
def tell_day(face: Face, day: date) -> None:
    """Tell what is known of one day."""
    known = calendar_at_hand(face).day(day)
    face.answer(known.to_json(LANGUAGE), _line(known))


@command.command("export", help=say("逐日列出工作日历", "list the calendar day by day"))
@click.option("--from", "first", type=DayType(), required=True, help=say("第一天", "the first day"))
@click.option("--to", "last", type=DayType(), required=True, help=say("最后一天", "the last day"))
@command_face
def export(face: Face, first: date, last: date) -> None:
    """List the days, both ends included."""
    if last < first:
        raise Mistake(Words("--to 早于 --from", "--to is before --from"), WRONG_USAGE)
    days = list(calendar_at_hand(face).days(first, last))
    face.answer(
        [{"date": day.date.isoformat(), "working": day.working, "provisional": day.provisional} for day in days],
        [_line(day) for day in days],
    )


@command.command("publicity", help=say("推算公示期", "work out a publicity period"))
@click.option("--published", type=DayType(), required=True, help=say("发布日", "the day of publication"))
@click.option("--days", type=click.IntRange(1, 366), required=True, help=say("天数", "how many days"))
@click.option(
    "--convention",
    type=click.Choice([convention.value for convention in Convention]),
    default=Convention.NEXT_DAY.value,
    help=say("次日起算（默认）或当日起算", "count from the next day (default) or from the same day"),
)
@click.option(
    "--unit",
    type=click.Choice([unit.value for unit in Unit]),
    default=Unit.WORKING.value,
    help=say("工作日（默认）或自然日", "working days (default) or calendar days"),
)
@command_face
def publicity(face: Face, published: date, days: int, convention: str, unit: str) -> None:
    """Count a publicity period."""
    period = publicity_period(calendar_at_hand(face), published, days, Convention(convention), Unit(unit))
    lines = [
        say(
            f"{period.first_day} 至 {period.last_day}，{closing_clock(period.closes)} 期满",
            f"{period.first_day} to {period.last_day}, over at {closing_clock(period.closes)}",
        ),
        *map(told, period.findings),
    ]
    if period.provisional:
        lines.append(say("暂定：涉及尚未公布的放假安排", "provisional: it rests on a schedule that is not published"))
    face.answer(period.to_json(LANGUAGE), lines)


@command.command(
    "load", help=say("导入已公布的放假安排（JSON 或 TOML）", "take in a published schedule (JSON or TOML)")
)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--actor", default="管理员", show_default=True, help=say("办理人", "who does it"))
@command_face
def load(face: Face, file: Path, actor: str) -> None:
    """Check a published schedule, keep it, count again what runs, and tell what changed."""
    content = file.read_bytes()
    schedule = parse_schedule(content)
    before = open_calendar()
    recounted = _recount(face, actor, schedule, content)
    try:
        keep_schedule(schedule, content)
    except OSError as error:
        words = Words("放假安排未能保存：{error}", "the schedule could not be kept: {error}").format(error=error)
        raise Mistake(words, FAILED_OUTSIDE) from error
    after = open_calendar()
    around = date(schedule.year - 1, 12, 1), date(schedule.year, 12, 31)
    changed = [day for day in after.days(*around) if day.working != before.is_working_day(day.date)]
    document = {
        "year": schedule.year,
        "revision": schedule.revision,
        "source": schedule.source,
        "published_through": after.published_through.isoformat(),
        "changed": [{"date": day.date.isoformat(), "working": day.working} for day in changed],
        "recounted": recounted.to_json(LANGUAGE) if recounted else None,
    }
    summary = say(
        f"已导入 {schedule.year} 年放假安排（{schedule.source}），改变 {len(changed)} 天；"
        f"已公布至 {after.published_through}",
        f"loaded the schedule of {schedule.year} ({schedule.source}); {len(changed)} days change; "
        f"published through {after.published_through}",
    )
    told = []
    if recounted:
        told = [recounted.words.in_language(LANGUAGE), *(f"  {one.in_language(LANGUAGE)}" for one in recounted.told)]
    face.answer(document, [summary, *told, *(_line(day) for day in changed)])


def _recount(face: Face, actor: str, schedule: Schedule, content: bytes) -> "Recount | None":
    """Take the schedule into the database as well, if there is one; other commands here need none of this."""
    from cli.desk import actor_of  # noqa: PLC0415
    from cli.sources import existing_desk  # noqa: PLC0415
    from operations.acts import Act  # noqa: PLC0415
    from operations.calendars import load_schedule  # noqa: PLC0415
    from operations.results import Denied  # noqa: PLC0415

    desk = existing_desk(face)
    if desk is None:
        return None
    done = load_schedule(desk, schedule, content, Act(actor_of(face, desk, actor), face.now))
    if isinstance(done, Denied):
        face.refuse(done.refusals, year=str(schedule.year))
    if done is None:
        tell(
            say(
                "注意：本机所知的放假安排少于数据库计算时所知，没有重算；请升级本机的程序",
                "note: this machine knows less than the database was counted with, so nothing was counted again; "
                "upgrade the product here",
            ),
            err=True,
        )
    return done


def _line(day: Day) -> str:
    weekday = say("一二三四五六日"[day.date.weekday()], day.date.strftime("%a"))
    worked = say("上班" if day.working else "休息", "working" if day.working else "off")
    provisional = say("　暂定", "  provisional") if day.provisional else ""
    name = day.name.in_language(LANGUAGE)
    source = say("周历", "the week") if day.source == WEEK else day.source
    return say(
        f"{day.date}　星期{weekday}　{worked}　{name}　{source}{provisional}",
        f"{day.date}  {weekday}  {worked}  {name}  {source}{provisional}",
    )
