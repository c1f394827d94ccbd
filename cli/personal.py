"""`linxuan nomination detail|reveal|find`: what concerns nobody but the nominee, kept sealed and shown on record."""

import sys

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Spoken, command_face, say
from operations.personal import PersonalKind, Told, find_by, keep_details, reveal
from operations.results import Denied


@click.command("detail", cls=Spoken, help=say("登记联系电话或银行账号", "record a phone or a bank account"))
@click.argument("number", metavar="NUMBER")
@click.option("--phone", help=say("联系电话", "a phone number"))
@click.option("--bank-account", help=say("银行账号", "a bank account"))
@actor_option()
@command_face
def keep_detail(face: Face, number: str, phone: str | None, bank_account: str | None, actor: str) -> None:
    """Record what concerns nobody but the nominee."""
    given = {PersonalKind.PHONE: phone, PersonalKind.BANK_ACCOUNT: bank_account}
    details = {kind: value for kind, value in given.items() if value is not None}
    if not details:
        raise click.UsageError(say("请写 --phone 或 --bank-account", "give --phone or --bank-account"))
    desk, act = acting(face, actor)
    refused = keep_details(desk, number, details, act)
    if refused:
        face.refuse(refused.refusals, number=number)
    face.answer({"number": number, "kept": [kind.value for kind in details]}, say("已登记", "recorded"))


@click.command(
    "reveal",
    cls=Spoken,
    help=say("查看完整的个人信息；记入办理记录", "see personal data in full, which goes into the history"),
)
@click.argument("number", metavar="NUMBER")
@actor_option()
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def reveal_it(face: Face, number: str, actor: str, reason: str) -> None:
    """Show personal data to who may see it."""
    desk, act = acting(face, actor, reason)
    told = reveal(desk, number, act)
    if isinstance(told, Denied):
        face.refuse(told.refusals, number=number)
    face.answer(
        {"number": number, "personal": {one.kind.value: one.value for one in told}},
        [detail_line(one) for one in told] or [say("没有登记个人信息", "nothing is recorded")],
    )


@click.command(
    "find",
    cls=Spoken,
    help=say(
        "按身份证号码、电话或银行账号查找，记入办理记录；值写 - 则从标准输入读取",
        "find by an identity number, a phone or a bank account, on record; a value of - is read from standard input",
    ),
)
@click.argument("kind", metavar="KIND", type=click.Choice([kind.value for kind in PersonalKind]))
@click.argument("value", metavar="VALUE")
@actor_option("查找人", "who asks")
@command_face
def find_them(face: Face, kind: str, value: str, actor: str) -> None:
    """Find nominations by a value that the database holds only sealed."""
    text = sys.stdin.readline().strip() if value == "-" else value
    desk, act = acting(face, actor)
    found = find_by(desk, PersonalKind(kind), text, act)
    if isinstance(found, Denied):
        face.refuse(found.refusals, kind=kind)
    face.answer(found, found or [say("没有符合的申报", "nothing matches")])


def detail_line(one: Told) -> str:
    """Return one line of what is told of a nominee."""
    label = one.kind.label.in_language(LANGUAGE)
    return say(f"{label}：{one.value}", f"{label}: {one.value}")
