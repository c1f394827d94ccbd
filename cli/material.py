"""`linxuan material`: files that are handed in for a nomination, judged by their content."""

from pathlib import Path
from typing import Any

import click

from cli.describe import MEDIA, actor_option, receipt
from cli.desk import acting
from cli.face import LANGUAGE, Face, Group, command_face, say
from cli.sources import reading_desk
from operations.attachments import AttachedFile, files_of, take_copies
from operations.lookup import running_of
from operations.materials import Attached, Offered, attach
from operations.naming import id_called
from operations.numbered import find
from operations.results import Denied
from programs.copies import Copy
from programs.materials import Medium
from states.demands import told


@click.group(cls=Group, help=say("提交、查看和取阅申报材料的文件。", "Hand in, list and take the files of materials."))
def command() -> None:
    """Everything about files."""


@command.command(
    "attach",
    help=say(
        "提交一项材料的文件，取代先前提交的；格式、页数、字数、时长按文件内容核对",
        "hand in the files of one material in the place of those before; they are judged by their content",
    ),
)
@click.argument("number", metavar="NUMBER")
@click.argument("material", metavar="MATERIAL[:scan]")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--seen",
    is_flag=True,
    help=say("机器看不出的要求已由办理人核对", "what no machine can tell has been looked at by who hands it in"),
)
@click.option(
    "--anonymous",
    is_flag=True,
    help=say(
        "文件里已隐去姓名、单位等身份信息，盲评专家可以查看",
        "nothing in the files tells who the nominee is, so that experts of a blind panel may see them",
    ),
)
@actor_option()
@command_face
def attach_files(
    face: Face, number: str, material: str, files: tuple[Path, ...], seen: bool, anonymous: bool, actor: str
) -> None:
    """Hand in files."""
    desk, act = acting(face, actor)
    material_id, medium = receipt(material)
    offered = [Offered(file.name, file) for file in files]
    done = attach(
        desk, number, (material_id, medium or Medium.ELECTRONIC), offered, act, seen=seen, anonymous=anonymous
    )
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number, material=material)
    face.answer(_json(done), [*(f"✓ {copy_words(copy)}" for copy in done.copies), *_replaced(done), _said(done)])


@command.command("list", help=say("列出已提交的文件", "list the files that were handed in"))
@click.argument("number", metavar="NUMBER")
@command_face
def list_files(face: Face, number: str) -> None:
    """List files."""
    desk = reading_desk(face)
    with desk.store.read() as connection:
        found = files_of(connection, find(connection, number, lock=False).id)
    names = {one.id: one.name for one in running_of(desk, number).program.materials}
    face.answer(
        [one.to_json() for one in found],
        [_line(one, names) for one in found] or [say("没有提交过文件", "no file has been handed in")],
    )


@command.command("take", help=say("取出文件的副本；记入办理记录", "take copies of files, which goes into the history"))
@click.argument("number", metavar="NUMBER")
@click.argument("material", metavar="[MATERIAL]", required=False)
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=say("存放副本的文件夹", "the folder for the copies"),
)
@actor_option()
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def take_files(face: Face, number: str, material: str | None, out: Path, actor: str, reason: str) -> None:
    """Take copies."""
    desk, act = acting(face, actor, reason)
    if material is not None:
        names = {one.id: one.name for one in running_of(desk, number).program.materials}
        material = id_called(material, names) or material
    taken = take_copies(desk, number, out, act, material=material)
    if isinstance(taken, Denied):
        face.refuse(taken.refusals, number=number)
    face.answer({"number": number, "files": [str(file) for file in taken]}, [str(file) for file in taken])


def copy_words(copy: Copy) -> str:
    """Say what a file is and how much it holds."""
    parts = [copy.format.value, f"{copy.size / 1024:,.0f} KB"]
    if copy.pages is not None:
        parts.append(
            say(f"{copy.pages} 页", f"{copy.pages} pages")
            + ("" if copy.paged else say("（文件自述）", " (as the file says)"))
        )
    if copy.characters:
        count = next(iter(copy.characters.values()))
        parts.append(say(f"{count} 字", f"{count} characters"))
    if copy.seconds is not None:
        minutes, seconds = divmod(round(copy.seconds), 60)
        parts.append(f"{minutes}:{seconds:02}")
    return f"{copy.name}　{'，'.join(parts) if LANGUAGE == 'zh' else ', '.join(parts)}"


def _line(one: AttachedFile, names: dict[str, str]) -> str:
    which = f"{names.get(one.material, one.material)}（{one.material}，{MEDIA[one.medium]}）"
    hidden = say("　已隐去身份信息", "　anonymous") if one.anonymous else ""
    return f"{which}　{copy_words(one.copy)}　{one.attached_by}{hidden}"


def _replaced(done: Attached) -> list[str]:
    names = say("、", ", ").join(done.replaced)
    return [say(f"取代先前提交的：{names}", f"in the place of: {names}")] if names else []


def _said(done: Attached) -> str:
    if done.received:
        return say("已提交并收件", "handed in, and received")
    asked = [told(done.material, demand, done.medium) for demand in done.to_see]
    named = say("、".join(one.zh for one in asked), "; ".join(one.en for one in asked))
    command_line = f"linxuan nomination receive {done.number} {done.material.id}:{done.medium} --seen"
    return say(
        f"已提交；还须由人核对：{named}。核对后登记收件：{command_line}",
        f"handed in; somebody must look at this: {named}; then: {command_line}",
    )


def _json(done: Attached) -> dict[str, Any]:
    return {
        "number": done.number,
        "material": done.material.id,
        "medium": done.medium,
        "received": done.received,
        "replaced": list(done.replaced),
        "to_see": [demand.value for demand in done.to_see],
        "files": [
            {
                "name": copy.name,
                "format": copy.format,
                "size": copy.size,
                "pages": copy.pages,
                "characters": copy.characters and copy.characters[done.material.counting],
                "seconds": copy.seconds,
            }
            for copy in done.copies
        ],
    }
