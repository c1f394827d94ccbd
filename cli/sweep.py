"""`linxuan sweep`: one pass over all that is due."""

from datetime import timedelta
from typing import Any

import click

from cli.face import LANGUAGE, Face, Spoken, command_face, say
from cli.sources import standing_desk
from operations.desk import Desk
from operations.lookup import running_of
from operations.objection_owing import Overdue
from operations.results import Moved
from operations.sweep import GRACE, sweep
from programs.words import closing_clock


@click.command(
    cls=Spoken, help=say("办理所有到期事项：逾期失效、公示期满、聘期届满。", "Make every move that time owes.")
)
@click.option("--program", metavar="ID", help=say("只巡检这个项目", "only this program"))
@command_face
def command(face: Face, program: str | None) -> None:
    """Run one sweep."""
    desk = standing_desk(face)
    done = sweep(desk, face.now, program_id=program, grace=GRACE if face.by_clock else timedelta(0))
    document: dict[str, Any] = {
        "moved": done.moved,
        "refused": len(done.refused),
        "reminders": done.reminders,
        "batches": done.batches,
        "ways": [
            {"program": way.program, "move": way.move, "from": way.source, "to": way.destination, "count": count}
            for way, count in done.ways.items()
        ],
        "named": [
            {"number": one.number, "move": one.move, "from": one.source, "to": one.destination} for one in done.named
        ],
        "refusals": [
            {"number": one.number, "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals]}
            for one in done.refused
        ],
        "overdue": [one.to_json() for one in done.overdue],
        "recounted": done.recounted.to_json(LANGUAGE) if done.recounted else None,
    }
    lines = [
        f"{one.number}　{one.nominee}　{one.move.label.in_language(LANGUAGE)}　→ {_standing(desk, one)}"
        for one in done.named
    ]
    if more := done.moved - len(done.named):
        lines.append(say(f"……另有 {more} 件", f"… and {more} more"))
    lines += [
        f"{one.number or ''}　{refusal.reason.in_language(LANGUAGE)}"
        for one in done.refused
        for refusal in one.refusals
    ]
    if done.recounted:
        lines.append(done.recounted.words.in_language(LANGUAGE))
        lines += [f"  {words.in_language(LANGUAGE)}" for words in done.recounted.told]
    lines += [_overdue_line(one) for one in done.overdue]
    lines.append(
        say(
            f"办理 {done.moved} 件，未能办理 {len(done.refused)} 件，新增提醒 {done.reminders} 条",
            f"{done.moved} moved, {len(done.refused)} refused, {done.reminders} reminders newly owed",
        )
    )
    face.answer(document, lines)


def _standing(desk: Desk, one: Moved) -> str:
    return running_of(desk, one.number).pipeline.standings[one.destination].name.in_language(LANGUAGE)


def _overdue_line(one: Overdue) -> str:
    until = closing_clock(one.due_at)
    if one.handler is None:
        return say(
            f"※ 异议 {one.objection}（{one.number}）应于 {until} 前决定是否受理，还没有人办理",
            f"※ objection {one.objection} ({one.number}) was to be judged by {until}; nobody has it in hand",
        )
    return say(
        f"※ 异议 {one.objection}（{one.number}）应于 {until} 前办结，承办人 {one.handler}",
        f"※ objection {one.objection} ({one.number}) was due by {until}, with {one.handler}",
    )
