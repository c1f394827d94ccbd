"""`linxuan user token|tokens|revoke-token`: tokens for programs that ask the API as somebody."""

from datetime import datetime, timedelta
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, LineType, Spoken, command_face, say
from cli.sources import reading_desk
from deadlines.zone import SHANGHAI
from operations.actors import OF_PEOPLE, Role
from operations.results import Denied
from operations.tokens import LONGEST, TokenListed, give_token, list_tokens, revoke_token

_own = actor_option("办理人，默认为本人", "who does it; default: they themselves", required=False)


@click.command(
    "token",
    cls=Spoken,
    help=say(
        "给一个人发放接口令牌，只显示一次；持有令牌的程序以这个人的这个角色办理。",
        "Give a person a token for the API, shown once; whatever program holds it acts as them in that role.",
    ),
)
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--label", required=True, type=LineType(), help=say("用途，如 区人社局业务系统", "what it is for"))
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST.days),
    default=90,
    show_default=True,
    help=say("有效天数", "how many days it lasts"),
)
@click.option(
    "--role",
    type=click.Choice([one.value for one in OF_PEOPLE]),
    help=say("以哪个角色，只有一个角色的不必写", "in which role; for those who have several"),
)
@click.option("--organization", metavar="ORGANIZATION", type=LineType(), help=say("角色所在单位", "of which role"))
@_own
@command_face
def token(
    face: Face, name: str, label: str, days: int, role: str | None, organization: str | None, actor: str | None
) -> None:
    """Give a token."""
    desk, act = acting(face, actor or name, any_role=actor is None)
    given = give_token(
        desk, name, label, timedelta(days=days), act, role=Role(role) if role else None, place=organization
    )
    if isinstance(given, Denied):
        face.refuse(given.refusals, name=name)
    until = f"{given.ends_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    face.answer(
        {"id": given.id, "token": given.token, "actor": str(given.actor), "ends_at": given.ends_at.isoformat()},
        [
            given.token,
            say(
                f"第 {given.id} 号令牌，以 {given.actor} 办理，{until} 到期；只显示这一次，请妥善保管",
                f"token {given.id}, acts as {given.actor}, ends {until}; it is shown this once, keep it safe",
            ),
        ],
    )


@click.command("tokens", cls=Spoken, help=say("列出接口令牌", "list the tokens of the API"))
@click.argument("name", metavar="[NAME]", type=LineType(), required=False)
@command_face
def tokens(face: Face, name: str | None) -> None:
    """List tokens."""
    found = list_tokens(reading_desk(face), name=name)
    face.answer(
        [_json(one) for one in found], [_line(one, face) for one in found] or [say("没有令牌", "there are no tokens")]
    )


@click.command("revoke-token", cls=Spoken, help=say("撤销一个接口令牌，立即生效", "revoke a token of the API, at once"))
@click.argument("token_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@actor_option()
@command_face
def revoke(face: Face, token_id: int, actor: str) -> None:
    """Revoke a token."""
    desk, act = acting(face, actor)
    done = revoke_token(desk, token_id, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, id=token_id)
    face.answer(
        {"id": done.id, "name": done.name, "label": done.label},
        say(f"已撤销 {done.name} 的第 {done.id} 号令牌（{done.label}）", f"token {done.id} of {done.name} is revoked"),
    )


def _json(one: TokenListed) -> dict[str, Any]:
    times = ("created_at", "ends_at", "used_at", "revoked_at")
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role.value,
        "organization": one.organization,
        "label": one.label,
        **{name: at.isoformat() if (at := getattr(one, name)) else None for name in times},
    }


def _line(one: TokenListed, face: Face) -> str:
    def told(at: datetime) -> str:
        return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    where = f"（{one.organization}）" if one.organization else ""
    if one.revoked_at:
        state = say(f"{told(one.revoked_at)} 撤销", f"revoked {told(one.revoked_at)}")
    elif one.ends_at <= face.now:
        state = say(f"{told(one.ends_at)} 已到期", f"ended {told(one.ends_at)}")
    else:
        state = say(f"{told(one.ends_at)} 到期", f"ends {told(one.ends_at)}")
    used = say(f"最近使用 {told(one.used_at)}", f"used {told(one.used_at)}") if one.used_at else say("未用过", "unused")
    role = one.role.label.in_language(LANGUAGE)
    return "　".join([str(one.id), one.name, f"{role}{where}", one.label, state, used])
