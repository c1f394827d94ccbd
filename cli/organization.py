"""`linxuan organization`: the bodies that are written to, and which lies below which."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from operations.organizations import add_organization, list_organizations, place_organization, set_mail
from operations.removing import remove_organization
from programs.nearest import meant


@click.group(
    cls=Group, help=say("单位、隶属关系和通知邮箱。", "Organizations, who is above whom, and their addresses.")
)
def command() -> None:
    """Everything about organizations."""


@command.command("list", help=say("列出单位，下属单位缩进在上级之下", "list the organizations, each below its parent"))
@command_face
def list_them(face: Face) -> None:
    """List the organizations."""
    found = list_organizations(reading_desk(face))
    below: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for one in found:
        below[one["parent"]].append(one)
    face.answer(found, list(_tree_lines(below, None)) or [say("还没有单位", "none is known yet")])


@command.command("add", help=say("登记一个单位", "make an organization known"))
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--under", metavar="PARENT", type=LineType(), help=say("上级单位", "the organization above it"))
@actor_option()
@command_face
def add(face: Face, name: str, under: str | None, actor: str) -> None:
    """Make an organization known."""
    desk, act = acting(face, actor)
    known = [one["name"] for one in list_organizations(desk)]
    refused = add_organization(desk, name, act, parent=under)
    if refused:
        face.refuse(refused.refusals, name=name)
    face.answer(
        {"name": name, "parent": under},
        [say(f"已登记单位 {name}", f"{name} is known now"), *_new_parent(under, known)],
    )


@command.command("place", help=say("调整单位的隶属", "place an organization below another"))
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--under", metavar="PARENT", type=LineType(), help=say("上级单位", "the organization above it"))
@click.option("--top", is_flag=True, help=say("不再隶属于任何单位", "below none"))
@actor_option()
@command_face
def place(face: Face, name: str, under: str | None, top: bool, actor: str) -> None:
    """Place an organization below another, or below none."""
    if (under is None) != top:
        raise click.UsageError(say("--under 和 --top 须二选一", "give either --under or --top"))
    desk, act = acting(face, actor)
    refused = place_organization(desk, name, under, act)
    if refused:
        face.refuse(refused.refusals, name=name, parent=under)
    face.answer(
        {"name": name, "parent": under},
        say(f"{name} 现隶属于 {under}", f"{name} lies below {under} now")
        if under
        else say(f"{name} 不再隶属于任何单位", f"{name} lies below none now"),
    )


@command.command("mail", help=say("设置单位的通知邮箱", "set where an organization's messages go"))
@click.argument("name", metavar="NAME", type=LineType())
@click.argument("mail", metavar="MAIL")
@actor_option()
@command_face
def mail_of(face: Face, name: str, mail: str, actor: str) -> None:
    """Set an address."""
    desk, act = acting(face, actor)
    refused = set_mail(desk, name, mail, act)
    if refused:
        face.refuse(refused.refusals, name=name)
    face.answer({"name": name, "mail": mail}, say(f"{name} 的通知将发往 {mail}", f"messages for {name} go to {mail}"))


@command.command(
    "remove",
    help=say(
        "删除登记有误的单位；与申报、人员、项目或信函有关的不能删除",
        "remove an organization that was made known by mistake, and that nothing refers to",
    ),
)
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--reason", default="", help=say("理由", "why"))
@actor_option()
@command_face
def remove(face: Face, name: str, reason: str, actor: str) -> None:
    """Remove an organization."""
    desk, act = acting(face, actor, reason)
    if refused := remove_organization(desk, name, act):
        face.refuse(refused.refusals, name=name)
    face.answer({"name": name, "removed": True}, say(f"已删除单位 {name}", f"{name} is removed"))


def _tree_lines(below: Mapping[str | None, list[Mapping[str, Any]]], parent: str | None) -> Iterator[str]:
    """Yield each organization with all below it; the stack keeps deep trees from the limits of recursion."""
    waiting = [(one, 0) for one in reversed(below.get(parent, ()))]
    while waiting:
        one, depth = waiting.pop()
        yield "　" * depth + f"{one['name']}　{one['mail'] or say('（没有邮箱）', '(no address)')}"
        waiting += [(child, depth + 1) for child in reversed(below.get(one["name"], ()))]


def _new_parent(under: str | None, known: Sequence[str]) -> list[str]:
    """Say that an organization above was not known before either: it may be one that is, misspelt."""
    if under is None or under in known:
        return []
    near = meant(under, known)
    return [
        say(
            f"※ 上级单位 {under} 之前没有登记，已一并登记{near.zh}",
            f"※ {under} above it was not known before, and is now{near.en}",
        )
    ]
