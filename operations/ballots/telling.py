"""What the minutes say of the ballots at a stage: who attended, the quorum, what was put, and the results.

Of a secret ballot these are numbers only, because nothing else is known.
"""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.engine import Connection

from deadlines.zone import shanghai_day
from documents.minutes import Polling
from operations.ballots.records import held, rounds_of
from operations.ballots.showing import Shown, shown
from operations.desk import Running
from states.balloting import LEFT_LEVEL, Elected


def pollings_of(connection: Connection, running: Running, stage_id: str) -> tuple[Polling, ...]:
    """Return the closed rounds of a stage as its minutes tell them, annulled ones too."""
    rows = rounds_of(connection, running.program.id, stage_id)
    rounds = shown(connection, held(connection, rows))
    return tuple(_polling(running, one) for one in rounds if one.held.row.closed_at is not None)


def last_closed(connection: Connection, program_id: str, stage_id: str) -> date:
    """Return the day on which the last ballot of a stage was closed; there must be one."""
    return max(
        shanghai_day(row.closed_at) for row in rounds_of(connection, program_id, stage_id) if row.closed_at is not None
    )


def attendance_of(connection: Connection, running: Running, stage_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which members attended a stage's ballots, and which did not at any of them."""
    rounds = [one for one in held(connection, rounds_of(connection, running.program.id, stage_id)) if one.is_attended]
    present = {member for one in rounds for member in one.attendance.attending}
    members = {member for one in rounds for member in one.members}
    return tuple(sorted(present)), tuple(sorted(members - present))


def _polling(running: Running, one: Shown) -> Polling:
    row, attendance = one.held.row, one.held.attendance
    manner = "无记名投票" if row.secret else "记名表决"
    what = f"对第 {one.again_after} 轮得票相同的再次投票" if one.again_after else f"对 {len(one.nominees)} 件申报表决"
    quorum = one.held.ballot.quorum
    opening = [
        f"第 {row.round} 轮（{manner}），{what}。",
        f"应到 {len(attendance.members)} 人，实到 {len(attendance.attending)} 人"
        + (f"，达到{quorum.words.zh}的要求。" if quorum else "。"),
    ]
    if row.secret:
        valid = row.returned - row.invalid
        signed = "、".join(row.tellers)
        opening.append(f"收回选票 {row.returned} 张，有效 {valid} 张，无效 {row.invalid} 张；监票、计票：{signed}。")
    return Polling(
        "".join(opening), tuple(_results(running, one)), "本轮表决已宣布无效。" if one.state == "annulled" else ""
    )


def _results(running: Running, one: Shown) -> Iterator[str]:
    awards = {seats.id: seats.award for seats in running.program.seats}
    found = one.found
    lines = {line.number: line for line in found.lines} if found else {}
    tied = set(found.tie.level) if found and found.tie else set()
    for number, name in one.nominees.items():
        count = one.held.counts[number]
        told = f"{name}：赞成 {count.yes} 票，反对 {count.no} 票，弃权 {count.abstained} 票"
        recused = one.held.recused.get(number)
        if recused:
            told += f"（{len(recused)} 人回避）"
        yield f"{told}，{_fate(lines.get(number), tied, awards)}"
    if not one.held.row.secret:
        for member, marks in sorted(one.votes.items()):
            each = "，".join(f"{one.nominees[number]} {mark.label.zh}" for number, mark in sorted(marks.items()))
            yield f"{member}：{each}"


def _fate(line: Elected | None, tied: set[str], awards: dict[str, str]) -> str:
    if line is None:
        return "已不在此环节"
    if tied:
        return "得票相同，再次投票" if line.number in tied else "待再次投票后确定"
    if not line.chosen:
        return "未通过（得票相同，名额空缺）" if LEFT_LEVEL in line.told else "未通过"
    return f"通过（{awards[line.grade]}）" if line.grade else "通过"
