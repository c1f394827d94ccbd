"""`linxuan registry`: who was honored, in whatever program, and what has become of it (人才库)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from operations.actors import MACHINE
from operations.acts import Act
from operations.certify import Validity
from operations.registry import Entered, Wanted, export, search, show
from operations.results import Denied
from operations.tenure.precedence import own_precedences
from store.files import write_whole

F = TypeVar("F", bound=Callable[..., object])


@click.group(cls=Group, help=say("人才库：查询和导出获得者。", "The registry of honorees: search and export."))
def command() -> None:
    """Everything about the registry."""


def _sought(function: F) -> F:
    """Give a command the options that say who is looked for."""
    for option, purpose in (
        ("--name", say("姓名或名称中的字", "part of the name")),
        ("--unit", say("工作单位中的字", "part of the unit")),
        ("--nominator", say("推荐单位中的字", "part of the nominator")),
        ("--award", say("称号中的字", "part of the award")),
        ("--edition", say("届次中的字，如 2019", "part of the edition, such as 2019")),
        ("--category", say("类别中的字", "part of the category")),
        ("--program", say("项目", "the program")),
    ):
        function = click.option(option, type=LineType(), help=purpose)(function)
    # A title has no code that could be void.
    states = click.Choice([one.value for one in Validity if one is not Validity.REPLACED])
    purpose = say(
        "valid 有效，expired 聘期已满，revoked 已取消", "whether the honor is valid, has expired or was revoked"
    )
    return click.option("--state", type=states, help=purpose)(function)


@command.command("search", help=say("查询", "search"))
@_sought
@command_face
def search_them(face: Face, **sought: str | None) -> None:
    """Search the registry."""
    found = list(search(reading_desk(face), _wanted(sought), face.now))
    face.answer(
        [_document(one) for one in found], [_line(one) for one in found] or [say("没有符合的人", "nobody matches")]
    )


@command.command("show", help=say("查看一人", "show somebody"))
@click.argument("number", metavar="NUMBER")
@command_face
def show_it(face: Face, number: str) -> None:
    """Show what the registry has of a nomination."""
    desk = reading_desk(face)
    found, flags = show(desk, number, face.now), own_precedences(desk, number, face.now)
    lines = [line for one in found for line in _lines(one)]
    lines += [say(f"优先：{one.name}", f"precedence: {one.name}") for one in flags]
    face.answer([_document(one) | {"precedences": [flag.name for flag in flags]} for one in found], lines)


@command.command(
    "export",
    help=say(
        "导出 .xlsx；写 --identity 时含身份证号码，须写 --actor 和 --reason，并记入办理记录",
        "export an .xlsx; --identity adds identity numbers, needs --actor and --reason, and goes into the history",
    ),
)
@_sought
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=say("存到", "where to"))
@click.option("--identity", is_flag=True, help=say("含身份证号码", "with identity numbers"))
@actor_option(required=False)
@click.option("--reason", default="", help=say("查看个人信息的理由", "why identity numbers are seen"))
@command_face
def export_them(face: Face, out: Path, identity: bool, actor: str | None, reason: str, **sought: str | None) -> None:
    """Write the registry to a file."""
    desk, act = acting(face, actor, reason) if identity else (reading_desk(face), Act(MACHINE, face.now))
    content = export(desk, _wanted(sought), act, identity=identity)
    if isinstance(content, Denied):
        face.refuse(content.refusals, number=content.number)
    write_whole(out, content)
    face.answer({"out": str(out), "bytes": len(content)}, str(out))


def _wanted(sought: dict[str, str | None]) -> Wanted:
    state = sought.pop("state")
    return Wanted(**sought, validity=Validity(state) if state else None)


def _document(one: Entered) -> dict[str, Any]:
    return {
        "nomination": one.nomination,
        "program": one.program,
        "edition": one.edition,
        "award": one.award,
        "registry": one.registry or None,
        "name": one.name,
        "unit": one.unit,
        "nominator": one.nominator,
        "category": one.category or None,
        "document": one.document,
        "dated": one.dated.isoformat(),
        "last_day": one.last_day.isoformat() if one.last_day else None,
        "state": one.validity.value,
        "certificate": one.certificate,
    }


def _line(one: Entered) -> str:
    state = one.validity.label.in_language(LANGUAGE)
    until = say(f"　至 {one.last_day}", f"  until {one.last_day}") if one.last_day else ""
    return f"{one.nomination}　{one.name}（{one.unit}）　{one.edition}{one.award}　{one.dated}{until}　{state}"


def _lines(one: Entered) -> list[str]:
    lines = [
        _line(one),
        say(f"推荐单位：{one.nominator}", f"nominator: {one.nominator}"),
        say(f"发文字号：{one.document}", f"document: {one.document}"),
        say(f"证书编号：{one.certificate or '未编号'}", f"certificate: {one.certificate or 'not numbered'}"),
        say(f"环节：{one.standing.zh}", f"standing: {one.standing.en}"),
    ]
    return [*lines, say(f"入库：{one.registry}", f"registry: {one.registry}")] if one.registry else lines
