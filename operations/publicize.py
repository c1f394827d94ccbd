"""公示: a list is published and its days are counted. The sweep closes it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, insert, select
from sqlalchemy.engine import Connection

from deadlines.course import PublishedList
from deadlines.findings import Finding
from deadlines.periods import Period, list_findings
from deadlines.zone import day_end
from documents.notices import without_numbers
from operations.acts import Act
from operations.authority import matter_at, refuses
from operations.desk import Desk, Running
from operations.move import move_many
from operations.papers import ordered
from operations.results import Denied, Moved, UnknownError
from programs import Words
from programs.dates import Duration
from programs.stages import Publicity
from states import Move, Refusal
from store import tables as t

#: How much longer than the program says a list may be stated to stay: no notice asks for more, a wrong year is.
LONGER: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Publicized:
    """A list was published. `findings` are remarks on its days, such as a publication on a day off."""

    published: PublishedList
    moved: tuple[Moved, ...]
    findings: tuple[Finding, ...] = ()


def publicize(
    desk: Desk,
    program_id: str,
    stage_id: str,
    act: Act,
    *,
    venue: str | None = None,
    last_day: date | None = None,
) -> Publicized | Denied:
    """Publish everybody who waits at this publicity stage, and count its days from now.

    `last_day` makes it last longer than the program says, by `LONGER` at most: a list cannot be closed before its last
    day, so a slip in the year would hold everybody on it. One that ends earlier is refused. All or nothing. Raises
    `UnknownError` for a program or publicity stage that is not there, `DeadlineError` beyond the calendar.
    """
    with desk.store.write() as transaction:
        connection = transaction.connection
        desk.relied_on(connection, program_id)
        running = desk.holding(connection, program_id, stage_id)
        stage = publicity_stage(running, stage_id)
        refusal = refuses(connection, act.actor, Move.PUBLISH, matter_at(running, stage.id)) or desk.behind(connection)
        if refusal:
            return Denied((refusal,))
        where = venue or stage.venue
        if stage.period is None or not where:
            return Denied((_not_ruled(stage),)) if stage.period is None else Denied((_no_venue(stage),))
        rows = _standing_at(connection, program_id, stage.id)
        if not rows:
            return Denied((_nobody_waits(stage),))
        counted = running.count(stage.period, act.now)
        if last_day is not None and (refusal := _of_another_length(stage, last_day, counted)):
            return Denied((refusal,))
        ends = last_day or counted.last_day
        objections = running.count(stage.objections, act.now) if stage.objections else None
        published = PublishedList.counted(
            stage.id,
            act.now,
            stage.period,
            stage.objections,
            period=replace(counted, last_day=ends, closes=day_end(ends)),
            objections=objections,
            stated=last_day is not None,
            venue=where,
        )
        connection.execute(insert(t.publicity).values(program_id=program_id, **columns_of(published)))
        batch = move_many(desk, transaction, rows, Move.PUBLISH, act)
        if batch.denied:
            transaction.abandon()
            return batch.denied[0]
        transaction.record(
            program_id,
            "publicity.started",
            stage=stage.id,
            venue=where,
            nominations=[one.number for one in batch.moved],
            listed=_listed(running, stage, rows),
            clause=stage.clause,
            **days_of(published),
            **said_of(published),
            **act.signature(),
        )
        return Publicized(published, batch.moved, list_findings(running.calendar, counted, objections, ends))


def _listed(running: Running, stage: Publicity, rows: Sequence[Row[Any]]) -> list[dict[str, str]]:
    """Return the list as the public reads it, line by line: it stays as it was published, whatever is put right."""
    grades = {seats.id: seats.award for seats in running.program.seats}
    lines = ordered(running, sorted(rows, key=lambda row: str(row.number)), stage.order)
    return [
        {
            "number": row.number,
            "name": without_numbers(row.nominee),
            "unit": without_numbers(row.unit),
            "grade": grades.get(row.grade, running.program.award),
        }
        for row in lines
    ]


def columns_of(published: PublishedList) -> dict[str, Any]:
    """Return a list as the columns of its row."""
    return {
        "stage": published.stage,
        "published_at": published.published_at,
        "venue": published.venue,
        "period": published.said.model_dump(mode="json"),
        "objections": published.said_objections.model_dump(mode="json") if published.said_objections else None,
        "stated": published.stated,
        "first_day": published.first_day,
        "last_day": published.last_day,
        "closes_at": published.closes,
        "objections_close_at": published.objections_close,
        "provisional": published.provisional,
    }


def list_of(row: Row[Any]) -> PublishedList:
    """Return a list from its row."""
    return PublishedList(
        stage=row.stage,
        published_at=row.published_at,
        said=Duration.model_validate(row.period),
        said_objections=Duration.model_validate(row.objections) if row.objections else None,
        first_day=row.first_day,
        last_day=row.last_day,
        closes=row.closes_at,
        objections_close=row.objections_close_at,
        provisional=row.provisional,
        stated=row.stated,
        venue=row.venue,
    )


def days_of(published: PublishedList) -> dict[str, Any]:
    """Return what an event says of the days of a list; objections only where they outlast it."""
    outlasting = published.objections_close > published.closes
    return {
        "first_day": published.first_day.isoformat(),
        "last_day": published.last_day.isoformat(),
        "closes": published.closes.isoformat(),
        **({"objections_close": published.objections_close.isoformat()} if outlasting else {}),
        "provisional": published.provisional,
    }


def said_of(published: PublishedList) -> dict[str, Any]:
    """Return what an event says of how the days of a list are counted."""
    columns = columns_of(published)
    return {name: columns[name] for name in ("period", "objections", "stated")}


def list_publicities(desk: Desk, program_id: str) -> list[dict[str, Any]]:
    """Return what a program has published, the oldest first; raises `UnknownError` for an unknown program."""
    with desk.store.read() as connection:
        desk.running(connection, program_id)
        rows = connection.execute(
            select(t.publicity).where(t.publicity.c.program_id == program_id).order_by(t.publicity.c.id)
        ).mappings()
        return [dict(row) for row in rows]


def publicity_stage(running: Running, stage_id: str) -> Publicity:
    """Return a publicity stage that is held; raises `UnknownError`."""
    stages = [stage for stage in running.program.held_stages if isinstance(stage, Publicity)]
    for stage in stages:
        if stage.id == stage_id:
            return stage
    raise UnknownError(
        Words("没有公示环节“{id}”；可用：{known}", "there is no publicity stage {id}; use one of: {known}").format(
            id=stage_id, known="、".join(stage.id for stage in stages) or "—"
        )
    )


def _standing_at(connection: Connection, program_id: str, stage: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(t.nomination)
        .where(t.nomination.c.program_id == program_id, t.nomination.c.stage == stage)
        .order_by(t.nomination.c.number)
        .with_for_update()
    ).all()


def _not_ruled(stage: Publicity) -> Refusal:
    return Refusal(
        "publicity-ruled",
        Words("“{name}”的天数没有确定", "the days of “{name}” are not settled").format(
            name=Words(stage.name, stage.id)
        ),
        Words("请先作出裁定", "rule on them first"),
        stage.clause,
    )


def _no_venue(stage: Publicity) -> Refusal:
    return Refusal(
        "venue-named",
        Words("“{name}”的公示渠道没有确定", "the venue of “{name}” is not settled").format(
            name=Words(stage.name, stage.id)
        ),
        Words("请用 --venue 写明公示渠道", "name it with --venue"),
        stage.clause,
    )


def _of_another_length(stage: Publicity, last_day: date, counted: Period) -> Refusal | None:
    if last_day < counted.last_day:
        return _too_short(stage, last_day, counted)
    return _too_long(stage, last_day, counted) if last_day - counted.last_day > LONGER else None


def _too_short(stage: Publicity, last_day: date, counted: Period) -> Refusal:
    return Refusal(
        "publicity-long-enough",
        Words(
            "公示至{last}不足天数，应不早于{least}", "a publicity until {last} is too short; it ends with {least}"
        ).format(last=last_day, least=counted.last_day),
        Words(
            "请写 {least} 或以后的日期，或不写由系统推算", "name {least} or a later day, or let it be counted"
        ).format(least=counted.last_day),
        stage.clause,
    )


def _nobody_waits(stage: Publicity) -> Refusal:
    return Refusal(
        "somebody-waits",
        Words("“{name}”没有待公示的人选", "nobody waits at “{name}”").format(name=Words(stage.name, stage.id)),
        Words("请先确定人选", "choose somebody first"),
        stage.clause,
    )


def _too_long(stage: Publicity, last_day: date, counted: Period) -> Refusal:
    return Refusal(
        "publicity-long-enough",
        Words(
            "公示至{last}，比通知推算的最后一日{least}晚了{days}天",
            "a publicity until {last} is {days} days longer than the notice asks for",
        ).format(last=last_day, least=counted.last_day, days=(last_day - counted.last_day).days),
        Words(
            "请核对年份；公示开始后不能提前结束，最多延长 {most} 天",
            "look at the year: a list cannot be closed before its last day, and stays {most} days longer at most",
        ).format(most=LONGER.days),
        stage.clause,
    )
