"""`linxuan organization`: the bodies that are written to."""

import click

from cli.describe import actor_option
from cli.desk import act_of, desk_of
from cli.face import Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from operations.organizations import list_organizations, set_mail


@click.group(cls=Group, help=say("单位和通知邮箱。", "Organizations and their addresses."))
def command() -> None:
    """Everything about organizations."""


@command.command("list", help=say("列出单位", "list the organizations"))
@command_face
def list_them(face: Face) -> None:
    """List the organizations."""
    found = list_organizations(reading_desk(face))
    face.answer(
        found,
        [f"{one['name']}　{one['mail'] or say('（没有邮箱）', '(no address)')}" for one in found]
        or [say("还没有单位", "none is known yet")],
    )


@command.command("mail", help=say("设置单位的通知邮箱", "set where an organization's messages go"))
@click.argument("name", metavar="NAME", type=LineType())
@click.argument("mail", metavar="MAIL")
@actor_option()
@command_face
def mail_of(face: Face, name: str, mail: str, actor: str) -> None:
    """Set an address."""
    refused = set_mail(desk_of(face), name, mail, act_of(face, actor))
    if refused:
        face.refuse(refused.refusals, name=name)
    face.answer({"name": name, "mail": mail}, say(f"{name} 的通知将发往 {mail}", f"messages for {name} go to {mail}"))
