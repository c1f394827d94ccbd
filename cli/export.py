"""`linxuan export`: registers and official documents."""

from collections.abc import Callable
from pathlib import Path

import click

from cli.face import Face, Spoken, command_face, say
from cli.sources import reading_desk
from operations.desk import Desk
from operations.papers import document_of, notice_of, register_of

_PAPERS: dict[str, Callable[[Desk, str], bytes]] = {
    "register": register_of,
    "notice": notice_of,
    "document": document_of,
}


@click.command(
    cls=Spoken,
    help=say(
        "导出汇总表（register，.xlsx）、公示（notice，.docx）或发文（document，.docx）。",
        "Export the register (.xlsx), the public notice (.docx) or the award document (.docx).",
    ),
)
@click.argument("paper", type=click.Choice(list(_PAPERS)), metavar="register|notice|document")
@click.argument("program", metavar="ID")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=say("存到", "where to"))
@command_face
def command(face: Face, paper: str, program: str, out: Path) -> None:
    """Write one paper to a file."""
    content = _PAPERS[paper](reading_desk(face), program)
    out.write_bytes(content)
    face.answer({"program": program, "paper": paper, "out": str(out), "bytes": len(content)}, str(out))
