"""`linxuan nomination undo`: take the last move of a nomination back."""

from dataclasses import asdict

import click

from cli.dates import due_words
from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Spoken, command_face, say
from operations.experts.sight import unseen
from operations.lookup import running_of
from operations.results import Denied
from operations.undo import undo
from operations.undoing import undoing


@click.command(
    "undo",
    cls=Spoken,
    help=say(
        "撤销最近一步。须项目在该环节写明 undo、在其时间之内、此后没有任何办理",
        "take the last move back, where the program has `undo` there, in time, and while nothing rests on it",
    ),
)
@click.argument("number", metavar="NUMBER")
@click.option("--reason", default="", help=say("理由", "why"))
@click.option("--dry-run", is_flag=True, help=say("只看撤销以后会怎样", "only tell what would happen"))
@actor_option()
@command_face
def undo_it(face: Face, number: str, reason: str, actor: str, *, dry_run: bool) -> None:
    """Take the last move back, or tell what that would do."""
    desk, act = acting(face, actor, reason)
    if dry_run and (refused := unseen(desk, number, act.actor, face.now)):
        face.refuse(refused.refusals, number=number)
    ahead = undoing(desk, number, act.actor, face.now)
    if dry_run and ahead:
        if ahead.refusals:
            face.refuse(ahead.refusals, number=number)
        told = [one.in_language(LANGUAGE) for one in (*ahead.told, *ahead.warned)]
        document = {
            "number": number,
            "move": ahead.move,
            "by": ahead.by,
            "at": ahead.at.isoformat(),
            "until": ahead.until.isoformat(),
            "to": ahead.destination,
            "told": [one.in_language(LANGUAGE) for one in ahead.told],
            "warned": [one.in_language(LANGUAGE) for one in ahead.warned],
        }
        face.answer(document, [say("撤销以后：", "once it is taken back:"), *(f"　{one}" for one in told)])
        return
    done = undo(desk, number, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    standings = running_of(desk, number).pipeline.standings
    back = standings[done.destination].name.in_language(LANGUAGE)
    due = due_words(done.due_at, provisional=done.provisional)
    warned = [one.in_language(LANGUAGE) for one in (ahead.warned if ahead else ())]
    face.answer(
        asdict(done),
        [say(f"{number}　已撤销，回到：{back}{due}", f"{number}: taken back, now {back} again{due}"), *warned],
    )
