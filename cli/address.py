"""`linxuan address`: where organizations and experts are reached, in the order in which letters try it."""

from dataclasses import asdict

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import LANGUAGE, Face, Group, LineType, command_face, say
from cli.sources import reading_desk
from notifications.kinds import ChannelKind
from operations.addresses import add_address, address_as_kept, list_addresses, prefer_address, remove_address
from operations.channels import beside
from operations.results import Denied

_KINDS = [one.value for one in ChannelKind]
_recipient = click.argument("recipient", metavar="NAME", type=LineType())
_number = click.argument("number", metavar="NUMBER", type=click.IntRange(0, 2**31 - 1))


@click.group(
    cls=Group,
    help=say(
        "单位和专家的收件地址：邮箱之外的企业微信、钉钉、飞书和短信，按先后试投。",
        "Where organizations and experts are reached beside mail, in the order in which letters try it.",
    ),
)
def command() -> None:
    """Everything about addresses."""


@command.command("list", help=say("列出收件地址，先投的在前", "list addresses, the first one first"))
@click.argument("recipients", metavar="[NAME]...", type=LineType(), nargs=-1)
@command_face
def list_them(face: Face, recipients: tuple[str, ...]) -> None:
    """List addresses, masked."""
    found = list_addresses(reading_desk(face), recipients or None)
    face.answer(
        {name: [asdict(one) | {"channel": one.channel.value} for one in some] for name, some in found.items()},
        [
            f"{name}　{at}. {one.channel.label.in_language(LANGUAGE)}　{one.shown}　"
            + say(f"（{one.number} 号）", f"({one.number})")
            for name, some in found.items()
            for at, one in enumerate(some, start=1)
        ]
        or [say("没有收件地址", "there are no addresses")],
    )


@command.command("add", help=say("登记一个收件地址", "give somebody one more address"))
@_recipient
@click.option(
    "--by",
    "channel",
    required=True,
    type=click.Choice(_KINDS),
    help=say(*("；".join(f"{one.value} {one.label[at]}" for one in ChannelKind) for at in (0, 1))),
)
@click.argument("value", metavar="ADDRESS")
@click.option("--first", is_flag=True, help=say("最先试投；默认排在最后", "try it first; default: last"))
@actor_option()
@command_face
def add(face: Face, recipient: str, channel: str, value: str, first: bool, actor: str) -> None:
    """Add an address."""
    kind = ChannelKind(channel)
    usable = beside(settings_of(face)).reaches(kind, address_as_kept(kind, value))
    desk, act = acting(face, actor)
    done = add_address(desk, recipient, kind, value, act, first=first)
    if isinstance(done, Denied):
        face.refuse(done.refusals, name=recipient)
    lines = [say(f"{recipient} 的收件地址 {done} 号已登记", f"address {done} of {recipient} is kept")]
    if not usable:
        lines.append(
            say(
                "※ 通知方式的配置文件中还没有它（docs/channels.md），在此之前投不出去",
                "※ the file of channels does not have it yet (docs/channels.md); nothing goes there before",
            )
        )
    face.answer({"name": recipient, "number": done, "channel": channel, "usable": usable}, lines)


@command.command("prefer", help=say("最先试投这个地址；0 号是邮箱", "try this address first; 0 is the mailbox"))
@_recipient
@_number
@actor_option()
@command_face
def prefer(face: Face, recipient: str, number: int, actor: str) -> None:
    """Prefer an address."""
    desk, act = acting(face, actor)
    if refused := prefer_address(desk, recipient, number, act):
        face.refuse(refused.refusals, name=recipient)
    face.answer(
        {"name": recipient, "number": number},
        say(f"{recipient} 先投 {number} 号地址", f"address {number} of {recipient} is tried first"),
    )


@command.command("remove", help=say("删去一个收件地址", "take an address back"))
@_recipient
@_number
@actor_option()
@command_face
def remove(face: Face, recipient: str, number: int, actor: str) -> None:
    """Remove an address."""
    desk, act = acting(face, actor)
    if refused := remove_address(desk, recipient, number, act):
        face.refuse(refused.refusals, name=recipient)
    face.answer(
        {"name": recipient, "number": number},
        say(f"已删去 {recipient} 的 {number} 号地址", f"address {number} of {recipient} is gone"),
    )
