"""`linxuan export`: registers, official documents, forms, minutes and certificates, in Word, Excel or PDF."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import Face, Group, LineType, Mistake, Number, command_face, say
from cli.sources import program_of, reading_desk
from documents.filling import Templates
from documents.pdf import to_pdf
from operations.actors import MACHINE
from operations.acts import Act
from operations.blank_tables import blank_of
from operations.forms import Asked, form_of, forms_of
from operations.objection_papers import record_of
from operations.papers import Wording, document_of, notice_of, register_of, replacement_of
from operations.printing import certificates_paper, handing_over, minutes_of
from operations.registry import Wanted
from operations.registry import export as export_registry
from operations.results import Denied
from programs import Words
from programs.forms import Content
from programs.stages import Order
from store.files import write_whole

F = TypeVar("F", bound=Callable[..., object])


@click.group(
    cls=Group,
    help=say(
        "导出名册、公示、发文、异议处理记录、表格、纪要和证书。--out 写成 .pdf 时转成 PDF（需要 LibreOffice）。",
        "Export registers, documents, records, forms, minutes and certificates. With a .pdf as --out they become one "
        "(LibreOffice is needed).",
    ),
)
def command() -> None:
    """Every paper of a program."""


def _out(function: F) -> F:
    out = click.Path(dir_okay=False, path_type=Path)
    return click.option("--out", type=out, required=True, help=say("存到", "where to"))(function)


def _templates(function: F) -> F:
    folder = click.Path(file_okay=False, path_type=Path)
    purpose = say(
        "本单位的模板文件夹，默认用 LINXUAN_TEMPLATES 或自带模板", "the office's own templates; else the shipped ones"
    )
    return click.option("--templates", type=folder, help=purpose)(function)


def _order(function: F) -> F:
    purpose = say(
        "名单次序：number 编号，strokes 姓氏笔画；默认按项目", "the order of the list; default: the program's"
    )
    return click.option("--order", type=click.Choice(["number", "strokes"]), help=purpose)(function)


@command.command(help=say("名册（.xlsx）", "the register of all nominations (.xlsx)"))
@click.argument("program", metavar="ID")
@_out
@command_face
def register(face: Face, program: str, out: Path) -> None:
    """Write the register."""
    _write(face, "register", program, out, register_of(reading_desk(face), program), "xlsx")


@command.command(help=say("空白汇总表（.xlsx），供推荐单位填写", "the empty table for nominators to fill in (.xlsx)"))
@click.argument("program", metavar="ID")
@_out
@command_face
def table(face: Face, program: str, out: Path) -> None:
    """Write the empty table of nominees."""
    _write(face, "table", program, out, blank_of(program_of(face, program)), "xlsx")


@command.command(help=say("公示（.docx）", "the public notice (.docx)"))
@click.argument("program", metavar="ID")
@_out
@_order
@_templates
@command_face
def notice(face: Face, program: str, out: Path, order: Order | None, templates: Path | None) -> None:
    """Write the public notice."""
    content = notice_of(reading_desk(face), program, templates_of(face, templates), order)
    _write(face, "notice", program, out, content, "docx")


@command.command(
    help=say("递补公示（.docx）：最近一次公示的递补人选", "the notice of reserves who take a place (.docx)")
)
@click.argument("program", metavar="ID")
@_out
@_order
@_templates
@command_face
def replacement(face: Face, program: str, out: Path, order: Order | None, templates: Path | None) -> None:
    """Write the notice of a replacement."""
    content = replacement_of(reading_desk(face), program, templates_of(face, templates), order)
    _write(face, "replacement", program, out, content, "docx")


@command.command(
    help=say(
        "异议处理记录（.docx），供存档；不载联系方式，记入办理记录",
        "the record of how an objection was handled (.docx), for the file; it goes into the history",
    )
)
@click.argument("number", type=Number, metavar="OBJECTION")
@_out
@actor_option()
@_templates
@command_face
def objection(face: Face, number: int, out: Path, actor: str, templates: Path | None) -> None:
    """Write the record of an objection."""
    desk, act = acting(face, actor)
    done = record_of(desk, number, act, templates_of(face, templates))
    if isinstance(done, Denied):
        face.refuse(done.refusals, objection=number)
    _write(face, "objection", done.program, out, done.content, "docx")


@command.command(help=say("发文（.docx）", "the document that confers the award (.docx)"))
@click.argument("program", metavar="ID")
@_out
@_order
@click.option("--addressees", type=LineType(), default="各有关单位", help=say("主送机关", "whom it is addressed to"))
@click.option("--copy", "copies", type=LineType(), multiple=True, help=say("抄送，可多次", "who gets a copy"))
@click.option("--printer", type=LineType(), default=None, help=say("印发机关，写了才有版记", "who had it printed"))
@_templates
@command_face
def document(
    face: Face,
    program: str,
    out: Path,
    order: Order | None,
    addressees: str,
    copies: tuple[str, ...],
    printer: str | None,
    templates: Path | None,
) -> None:
    """Write the award document."""
    if copies and not printer:
        raise click.UsageError(say("写了 --copy，还须写 --printer", "--copy needs --printer"))
    wording = Wording(addressees, copies, printer or "")
    content = document_of(reading_desk(face), program, templates_of(face, templates), order, wording)
    _write(face, "document", program, out, content, "docx")


@command.command(
    "forms",
    help=say(
        "给候选人填好的表（申报表、一览表、汇总表等），不写 FORM 和 --out 时列出有哪些，只写 --out 时为第一种；"
        "个人信息须写 --actor 和 --reason 才填，并记入办理记录",
        "a form filled in for nominees: without FORM and --out, which there are; with --out alone, the first one; "
        "personal data only with --actor and --reason, which goes into the history",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("material", metavar="FORM", required=False)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=say("存到", "where to"))
@click.option("--nomination", "nominations", multiple=True, metavar="NUMBER", help=say("编号，可多次", "for whom"))
@click.option("--nominator", type=LineType(), help=say("推荐单位：它的全部候选人", "all of this nominator's"))
@actor_option(required=False)
@click.option("--reason", default="", help=say("查看个人信息的理由", "why personal data is seen"))
@_templates
@command_face
def forms(
    face: Face,
    program: str,
    material: str | None,
    out: Path | None,
    nominations: tuple[str, ...],
    nominator: str | None,
    actor: str | None,
    reason: str,
    templates: Path | None,
) -> None:
    """Write a form, filled in; without one named, the first, or list those that there are."""
    known = _forms(face, program)
    if material is None and (out is None or not known):
        _list_forms(face, known)
        return
    if out is None:
        raise click.UsageError(say("请用 --out 写明存到哪里", "say where to with --out"))
    personal = actor is not None or bool(reason)
    desk, act = acting(face, actor, reason) if personal else (reading_desk(face), Act(MACHINE, face.now))
    asked = Asked(nominations, nominator, personal=personal)
    material = material or known[0][0]
    done = form_of(desk, program, material, asked, act, templates_of(face, templates))
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, number=done.number)
    _write(face, material, program, out, done.content, done.kind)


@command.command(
    help=say(
        "评审会议纪要（.docx）：到会、表决和结果；会议情况用 linxuan review meeting 登记，未登记的留空",
        "minutes of the meeting that chose (.docx): who met (linxuan review meeting), votes, results",
    )
)
@click.argument("program", metavar="ID")
@_out
@click.option("--stage", help=say("环节，默认最后一次评审确定", "the stage; default: the last decision"))
@_templates
@command_face
def minutes(face: Face, program: str, out: Path, stage: str | None, templates: Path | None) -> None:
    """Write the minutes."""
    content = minutes_of(reading_desk(face), program, stage, templates_of(face, templates))
    _write(face, "minutes", program, out, content, "docx")


@command.command(help=say("证书，一人一页（.docx），附核验二维码", "certificates with QR codes, a page each (.docx)"))
@click.argument("program", metavar="ID")
@_out
@click.option("--nomination", "nominations", multiple=True, metavar="NUMBER", help=say("只打印这些", "only these"))
@click.option(
    "--address", help=say("公众打开控制台的网址，默认 LINXUAN_PUBLIC_URL", "where the public reaches the console")
)
@_templates
@command_face
def certificates(
    face: Face, program: str, out: Path, nominations: tuple[str, ...], address: str | None, templates: Path | None
) -> None:
    """Write the certificates that are numbered."""
    reached = address or settings_of(face).public_url or ""
    own = templates_of(face, templates)
    content = certificates_paper(reading_desk(face), program, reached, face.now, own, nominations)
    _write(face, "certificates", program, out, content, "docx")


@command.command(
    "registry",
    help=say(
        "一个项目的人才库（.xlsx）；跨项目查找和身份证号码见 linxuan registry export",
        "the honorees of a program (.xlsx); for all programs, and identity numbers: linxuan registry export",
    ),
)
@click.argument("program", metavar="ID")
@_out
@command_face
def registry(face: Face, program: str, out: Path) -> None:
    """Write the registry of one program."""
    desk = reading_desk(face)
    content = export_registry(desk, Wanted(program=program), Act(MACHINE, face.now))
    if isinstance(content, Denied):
        face.refuse(content.refusals, program=program)
    _write(face, "registry", program, out, content, "xlsx")


@command.command("honors", help=say("证书、奖杯、奖章的颁授登记表（.xlsx）", "the list to hand honors over by (.xlsx)"))
@click.argument("program", metavar="ID")
@_out
@command_face
def honors(face: Face, program: str, out: Path) -> None:
    """Write the list to sign."""
    _write(face, "honors", program, out, handing_over(reading_desk(face), program, face.now), "xlsx")


def templates_of(face: Face, folder: Path | None) -> Templates:
    """Return the templates in use: from the folder that is named, else from the settings', else the shipped ones."""
    return Templates(folder or settings_of(face).templates)


def _forms(face: Face, program: str) -> list[tuple[str, str, Content]]:
    desk = reading_desk(face)
    with desk.store.read() as connection:
        return list(forms_of(desk.running(connection, program).program))


def _list_forms(face: Face, known: Sequence[tuple[str, str, Content]]) -> None:
    lines = [f"{form_id}　{name}" for form_id, name, _ in known] or [say("没有可填的表", "there is no form")]
    face.answer([{"id": form_id, "name": name, "kind": content.kind} for form_id, name, content in known], lines)


def _write(face: Face, paper: str, program: str, out: Path, content: bytes, kind: Literal["docx", "xlsx"]) -> None:
    suffix = out.suffix.lower()
    if suffix not in ("", ".pdf", f".{kind}"):
        raise Mistake(Words(f"--out 应以 .{kind} 或 .pdf 结尾", f"--out must end with .{kind} or .pdf"))
    content = to_pdf(content, kind) if suffix == ".pdf" else content
    write_whole(out, content)
    face.answer({"program": program, "paper": paper, "out": str(out), "bytes": len(content)}, str(out))
