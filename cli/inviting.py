"""`linxuan nomination invite|release`: letting whoever was nominated look after their own nomination."""

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import Face, LineType, Spoken, command_face, say
from deadlines.zone import SHANGHAI
from operations.channels import open_channel
from operations.inviting import invite, release
from operations.results import Denied


@click.command(
    "invite",
    cls=Spoken,
    help=say(
        "邀请候选人查看本人的申报：链接发到邮箱，验证码只显示一次，请当面或以电话告知本人。",
        "Invite whoever was nominated to look after their nomination: the link goes to their mailbox, the code is "
        "shown once, for you to tell them by phone or in person.",
    ),
)
@click.argument("number", metavar="NUMBER")
@click.option("--mail", required=True, type=LineType(), help=say("候选人的邮箱", "the nominee's mailbox"))
@actor_option()
@command_face
def invite_nominee(face: Face, number: str, mail: str, actor: str) -> None:
    """Invite a nominee."""
    desk, act = acting(face, actor)
    done = invite(desk, number, mail, act, open_channel(settings_of(face)))
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    until = f"{done.ends_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    face.answer(
        {"number": number, "mail": done.mail, "code": done.code, "ends_at": done.ends_at.isoformat()},
        [
            say(f"邀请已发到 {done.mail}，{until} 前有效", f"invited at {done.mail}, until {until}"),
            say(
                f"验证码 {done.code}，请当面或以电话告知本人；只显示这一次",
                f"tell them the code {done.code}; it is shown once",
            ),
        ],
    )


@click.command("release", cls=Spoken, help=say("取消一个人以候选人身份查看这件申报", "let a nominee see it no more"))
@click.argument("number", metavar="NUMBER")
@click.argument("name", metavar="NAME", type=LineType())
@actor_option()
@command_face
def release_nominee(face: Face, number: str, name: str, actor: str) -> None:
    """Release a nominee."""
    desk, act = acting(face, actor)
    refused = release(desk, number, name, act)
    if refused:
        face.refuse(refused.refusals, number=number)
    face.answer({"number": number, "name": name}, say(f"{name} 不再查看此件", f"{name} sees it no more"))
