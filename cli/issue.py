"""`linxuan issue`: the document that confers the award."""

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Spoken, command_face, say
from operations.issue import issue
from operations.results import Denied


@click.command(
    cls=Spoken, help=say("为公示期满且无异议的人选发文。", "Issue the document for all whose publicity has passed.")
)
@click.argument("program", metavar="ID")
@click.option("--document-number", required=True, help=say("发文字号", "the document's number"))
@actor_option()
@command_face
def command(face: Face, program: str, document_number: str, actor: str) -> None:
    """Issue the document."""
    desk, act = acting(face, actor)
    done = issue(desk, program, document_number, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    document = {
        "program": program,
        "document_number": done.document_number,
        "moved": [one.number for one in done.moved],
        "held_back": [
            {"number": one.number, "refusals": [refusal.to_json(LANGUAGE) for refusal in one.refusals]}
            for one in done.held_back
        ],
    }
    lines = [
        say(f"{done.document_number}：授予 {len(done.moved)} 名", f"{done.document_number}: {len(done.moved)} honored")
    ]
    lines += [
        f"  ✗ {one.number}　{refusal.reason.in_language(LANGUAGE)}"
        for one in done.held_back
        for refusal in one.refusals
    ]
    face.answer(document, lines)
