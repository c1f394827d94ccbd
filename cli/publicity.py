"""`linxuan publicity`: publish lists; what is done with objections is in `cli.objecting`."""

from datetime import date
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, DayType, Face, Group, command_face, say
from cli.findings import told
from cli.objecting import COMMANDS
from cli.sources import reading_desk
from operations.publicize import columns_of, list_publicities, publicize
from operations.replacing import release_reserves, replace_from_reserves
from operations.results import Denied
from programs.words import closing_clock


@click.group(cls=Group, help=say("公示和异议。", "Publicity and objections."))
def command() -> None:
    """Everything about publicity."""


@command.command(
    help=say("公示所有待公示的人选，从此刻起计算天数", "publish everybody who waits, and count the days from now")
)
@click.argument("program", metavar="ID")
@click.option("--stage", default="publicity", show_default=True, help=say("公示环节", "the publicity stage"))
@click.option("--venue", help=say("公示渠道，默认按通知", "where it is published; default: as the notice says"))
@click.option(
    "--last-day",
    type=DayType(),
    help=say("公示最后一日，可比通知规定的更长", "the last day, where it is longer than the notice says"),
)
@actor_option()
@command_face
def start(face: Face, program: str, stage: str, venue: str | None, last_day: date | None, actor: str) -> None:
    """Start a publicity."""
    desk, act = acting(face, actor)
    done = publicize(desk, program, stage, act, venue=venue, last_day=last_day)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    published = done.published
    closes, objections = closing_clock(published.closes), closing_clock(published.objections_close)
    mark = say("（暂定：放假安排尚未公布）", " (provisional: the schedule is not published)")
    provisional = mark if published.provisional else ""
    lines = [
        say(
            f"公示 {len(done.moved)} 名：{published.first_day} 至 {published.last_day}，{closes} 截止{provisional}",
            f"{len(done.moved)} published: {published.first_day} to {published.last_day}, closes {closes}{provisional}",
        )
    ]
    if published.objections_close > published.closes:
        lines.append(say(f"异议受理至 {objections}", f"objections are taken until {objections}"))
    lines += [f"※ {told(finding)}" for finding in done.findings]
    document = columns_of(published) | {
        "moved": [one.number for one in done.moved],
        "findings": [finding.to_json(LANGUAGE) for finding in done.findings],
    }
    face.answer(document, lines)


@command.command(
    "replace",
    help=say(
        "由候补按次序递补空出的名额；写空出名额的那一件，不写候补",
        "give a vacated place to the next reserve; name who fell out, not the reserve",
    ),
)
@click.argument("vacated", metavar="VACATED")
@actor_option()
@click.option("--reason", required=True, help=say("理由", "why"))
@command_face
def replace_one(face: Face, vacated: str, actor: str, reason: str) -> None:
    """Replace somebody who fell out."""
    desk, act = acting(face, actor, reason)
    done = replace_from_reserves(desk, vacated, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=vacated)
    face.answer(
        {"vacated": vacated, "by": done.number, "to": done.destination},
        say(f"由 {done.number} {done.nominee} 递补，须另行公示", f"{done.number} {done.nominee} is to be published"),
    )


@command.command("release", help=say("不再需要候补，全部落选", "let the reserves go who are no longer needed"))
@click.argument("program", metavar="ID")
@actor_option()
@click.option("--reason", required=True, help=say("理由", "why"))
@command_face
def release(face: Face, program: str, actor: str, reason: str) -> None:
    """Release the reserves."""
    desk, act = acting(face, actor, reason)
    done = release_reserves(desk, program, act)
    if done.denied:
        face.refuse(done.denied[0].refusals, program=program)
    numbers = [one.number for one in done.moved]
    face.answer({"program": program, "released": numbers}, say(f"{len(numbers)} 名", f"{len(numbers)} released"))


for one in COMMANDS:
    command.add_command(one)


@command.command("list", help=say("列出公示", "list the publicities"))
@click.argument("program", metavar="ID")
@command_face
def list_them(face: Face, program: str) -> None:
    """List what was published."""
    found = list_publicities(reading_desk(face), program)
    face.answer(found, [_listed(one) for one in found] or [say("还没有公示过", "nothing has been published yet")])


def _listed(one: dict[str, Any]) -> str:
    closes, objections = one["closes_at"], one["objections_close_at"]
    mark = say("（暂定）", " (provisional)") if one["provisional"] else ""
    taken = (
        say(f"，异议受理至 {closing_clock(objections)}", f", objections until {closing_clock(objections)}")
        if objections > closes
        else ""
    )
    return say(
        f"{one['stage']}　{one['first_day']} 至 {closing_clock(closes)}{taken}{mark}　{one['venue']}",
        f"{one['stage']}  {one['first_day']} to {closing_clock(closes)}{taken}{mark}  {one['venue']}",
    )
