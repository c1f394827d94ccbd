"""`linxuan user sessions|sign-out`: who is signed in to the console, and ending that."""

from dataclasses import asdict
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, LineType, Spoken, command_face, say
from cli.sources import reading_desk
from deadlines.zone import SHANGHAI
from operations.results import Denied
from operations.sessions import Session, list_sessions, revoke_sessions


@click.command("sessions", cls=Spoken, help=say("列出控制台上的登录", "list who is signed in to the console"))
@click.argument("name", metavar="[NAME]", type=LineType(), required=False)
@command_face
def sessions(face: Face, name: str | None) -> None:
    """List sessions."""
    found = list_sessions(reading_desk(face), face.now, name=name)
    face.answer(
        [_json(one) for one in found],
        [_line(one) for one in found] or [say("没有人登录", "nobody is signed in")],
    )


@click.command(
    "sign-out",
    cls=Spoken,
    help=say("结束一个人在控制台上的登录，立即生效", "end somebody's sessions in the console, at once"),
)
@click.argument("name", metavar="NAME", type=LineType())
@click.option("--session", type=int, help=say("只结束这一次登录（编号见 sessions）", "only this one, by its number"))
@actor_option("办理人，默认为本人", "who does it; default: they themselves", required=False)
@click.option("--reason", default="", help=say("理由；结束他人登录的必填", "why; must be said of somebody else's"))
@command_face
def sign_out(face: Face, name: str, session: int | None, actor: str | None, reason: str) -> None:
    """End sessions."""
    desk, act = acting(face, actor or name, reason, any_role=actor is None)
    ended = revoke_sessions(desk, name, act, only=session)
    if isinstance(ended, Denied):
        face.refuse(ended.refusals, name=name)
    face.answer({"name": name, "ended": ended}, say(f"已结束 {name} 的 {ended} 次登录", f"{ended} sessions ended"))


def _json(one: Session) -> dict[str, Any]:
    times = {name: getattr(one, name).isoformat() for name in ("begun_at", "seen_at", "ends_at")}
    roles = [{"role": role.value, "organization": place} for role, place in one.roles]
    return asdict(one) | times | {"role": one.role.value, "roles": roles}


def _line(one: Session) -> str:
    begun, seen = (f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (one.begun_at, one.seen_at))
    return say(
        f"{one.id}　{one.name}　{one.role.label.in_language(LANGUAGE)}　{begun} 登录，{seen} 还在　{one.address}",
        f"{one.id}: {one.name}, {one.role.label.in_language(LANGUAGE)}, since {begun}, seen {seen}, {one.address}",
    )
