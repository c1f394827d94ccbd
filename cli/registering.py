"""`linxuan program register`: the register of a program's nominations as a workbook."""

from pathlib import Path

import click

from cli.describe import actor_option
from cli.desk import actor_of
from cli.face import Face, Mistake, Spoken, command_face, say
from cli.sources import reading_desk
from operations.acts import Act
from operations.registers import Registered, write_register
from operations.results import Denied
from programs import Words


@click.command(
    "register",
    cls=Spoken,
    help=say(
        "导出您单位所办申报的名册（.xlsx），个人信息只露首尾；--in-full 导出完整的，须写明理由，记入办理记录",
        "write the register of the nominations that are yours (.xlsx), personal data masked; with --in-full and a "
        "reason in full, which goes into the history",
    ),
)
@click.argument("program", metavar="ID")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=say("存到", "where to"),
)
@click.option("--stage", metavar="STAGE", help=say("只列这个环节", "only this stage"))
@click.option("--category", metavar="ID", help=say("只列这个类别", "only this category"))
@click.option("--in-full", is_flag=True, help=say("个人信息不隐去", "with personal data in full"))
@actor_option("导出人", "who asks for it", required=False)
@click.option("--reason", default="", help=say("导出完整个人信息的理由", "why they are needed in full"))
@command_face
def register_them(
    face: Face,
    program: str,
    out: Path,
    stage: str | None,
    category: str | None,
    in_full: bool,
    actor: str | None,
    reason: str,
) -> None:
    """Write the register."""
    if out.suffix.lower() != ".xlsx":
        raise Mistake(Words(f"名册是 .xlsx 文件，“{out.name}”请改名", f"a register is an .xlsx, so rename {out.name}"))
    desk = reading_desk(face)
    act = Act(actor_of(face, desk, actor), face.now, reason)
    done = write_register(desk, program, out, act, stage=stage, category=category, in_full=in_full)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    document = {"program": program, "out": str(out), "rows": done.rows, "in_full": done.in_full}
    face.answer(document, _told(done, out, in_full=in_full))


def _told(done: Registered, out: Path, *, in_full: bool) -> str:
    if not done.rows:
        return say(
            f"没有您可查看的申报，{out} 只有表头", f"there is no nomination for you to see; {out} has headings only"
        )
    if not in_full:
        return say(f"{out}：{done.rows} 件，个人信息只露首尾", f"{out}: {done.rows}, personal data masked")
    return say(
        f"{out}：{done.rows} 件，其中 {done.in_full} 件含完整的个人信息，已记入办理记录",
        f"{out}: {done.rows}, {done.in_full} of them with personal data in full, which is in the history",
    )
