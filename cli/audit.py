"""`linxuan audit`: hold the history against itself."""

from dataclasses import asdict

import click

from cli.face import LANGUAGE, REFUSED, Face, Group, command_face, say
from cli.sources import reading_desk
from operations.audit import audit
from store import Audit


@click.group(cls=Group, help=say("核验办理记录。", "Verify the history."))
def command() -> None:
    """Everything about the history."""


@command.command(help=say("重新计算全部摘要和链环", "recompute every digest and link"))
@click.option("--program", metavar="ID", help=say("只核验这个项目", "only this program"))
@command_face
def verify(face: Face, program: str | None) -> None:
    """Verify the chains; exit code 1 where one is broken."""
    found = audit(reading_desk(face), program)
    document = _counts(found) | {
        "broken": [
            {"program": one.program, "where": one.where, "message": one.words.in_language(LANGUAGE)}
            for one in found.broken
        ]
    }
    lines = [f"✗ {one.where}　{one.words.in_language(LANGUAGE)}" for one in found.broken]
    lines.append(
        say(
            f"核验事件 {found.events} 条、链 {len(found.heads)} 条，"
            + (f"发现 {len(found.broken)} 处不符" if found.broken else "全部相符"),
            f"{found.events} events in {len(found.heads)} chains, "
            + (f"{len(found.broken)} breaks" if found.broken else "all of them whole"),
        )
    )
    face.answer(document, lines)
    if found.broken:
        raise SystemExit(REFUSED)


@command.command("export", help=say("导出各链链首，供异地存证", "export the heads of the chains, to be kept elsewhere"))
@click.option("--program", metavar="ID", help=say("只导出这个项目", "only this program"))
@command_face
def export_heads(face: Face, program: str | None) -> None:
    """Print the heads."""
    heads = audit(reading_desk(face), program).heads
    face.answer(
        [asdict(head) for head in heads],
        [f"{head.program}　{head.sequence}　{head.events}　{head.digest}" for head in heads],
    )


def _counts(found: Audit) -> dict[str, int]:
    return {"events": found.events, "chains": len(found.heads)}
