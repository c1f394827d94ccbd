"""`linxuan user token|tokens|revoke-token` and `calendar|calendars|revoke-calendar`: secrets that are shown once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, LineType, Spoken, command_face, say
from cli.sources import reading_desk
from deadlines.zone import SHANGHAI
from operations.actors import OF_PEOPLE, Role
from operations.feeds import FEEDS, path_of_feed
from operations.held_secrets import Given, Held, Kind, give, list_held, revoke
from operations.results import Denied
from operations.tokens import LONGEST, TOKENS, give_token

_own = actor_option("办理人，默认为本人", "who does it; default: they themselves", required=False)
_name = click.argument("name", metavar="NAME", type=LineType())
_role = click.option(
    "--role",
    type=click.Choice([one.value for one in OF_PEOPLE]),
    help=say("以哪个角色，只有一个角色的不必写", "in which role; for those who have several"),
)
_organization = click.option(
    "--organization", metavar="ORGANIZATION", type=LineType(), help=say("角色所在单位", "of which role")
)


@click.command(
    "token",
    cls=Spoken,
    help=say(
        "给一个人发放接口令牌，只显示一次；持有令牌的程序以这个人的这个角色办理。",
        "Give a person a token for the API, shown once; whatever program holds it acts as them in that role.",
    ),
)
@_name
@click.option("--label", required=True, type=LineType(), help=say("用途，如 区人社局业务系统", "what it is for"))
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST.days),
    default=90,
    show_default=True,
    help=say("有效天数", "how many days it lasts"),
)
@_role
@_organization
@_own
@command_face
def token(
    face: Face, name: str, label: str, days: int, role: str | None, organization: str | None, actor: str | None
) -> None:
    """Give a token."""
    desk, act = acting(face, actor or name, any_role=actor is None)
    chosen = Role(role) if role else None
    given = _given(
        face, name, give_token(desk, name, label, timedelta(days=days), act, role=chosen, place=organization)
    )
    ends_at = given.ends_at or face.now
    until = _minute(ends_at)
    face.answer(
        {"id": given.id, "token": given.secret, "actor": str(given.actor), "ends_at": ends_at.isoformat()},
        [
            given.secret,
            say(
                f"第 {given.id} 号令牌，以 {given.actor} 办理，{until} 到期；只显示这一次，请妥善保管",
                f"token {given.id}, acts as {given.actor}, ends {until}; it is shown this once, keep it safe",
            ),
        ],
    )


@click.command(
    "calendar",
    cls=Spoken,
    help=say(
        "给一个人开通日历订阅地址，只显示一次；日历按此地址自动更新各项目的期限。",
        "Make a secret address to which a person's calendar subscribes, shown once; it keeps deadlines up to date.",
    ),
)
@_name
@_role
@_organization
@_own
@command_face
def calendar(face: Face, name: str, role: str | None, organization: str | None, actor: str | None) -> None:
    """Make an address."""
    desk, act = acting(face, actor or name, any_role=actor is None)
    given = _given(face, name, give(desk, FEEDS, name, act, role=Role(role) if role else None, place=organization))
    address = f"{(desk.letterhead.console or '').rstrip('/')}{path_of_feed(given.secret)}"
    face.answer(
        {"id": given.id, "address": address, "actor": str(given.actor)},
        [
            address,
            say(
                f"第 {given.id} 号订阅，以 {given.actor} 查看；只显示这一次，拿到地址的人都能看到这些日程",
                f"subscription {given.id}, sees what {given.actor} does; it is shown this once, and open to who has it",
            ),
        ],
    )


def _given(face: Face, name: str, done: Given | Denied) -> Given:
    if isinstance(done, Denied):
        face.refuse(done.refusals, name=name)
    return done


def _listing(kind: Kind, command: str, told: str, none: str) -> click.Command:
    """Return the command that lists the secrets of a kind."""

    @click.command(command, cls=Spoken, help=told)
    @click.argument("name", metavar="[NAME]", type=LineType(), required=False)
    @command_face
    def list_them(face: Face, name: str | None) -> None:
        found = list_held(reading_desk(face), kind, name=name)
        face.answer([_json(one) for one in found], [_line(one, face.now) for one in found] or [none])

    return list_them


def _revoking(kind: Kind, command: str, told: str, done_as: Callable[[Held], str]) -> click.Command:
    """Return the command that revokes a secret of a kind."""

    @click.command(command, cls=Spoken, help=told)
    @click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
    @actor_option()
    @command_face
    def revoke_it(face: Face, number: int, actor: str) -> None:
        desk, act = acting(face, actor)
        done = revoke(desk, kind, number, act)
        if isinstance(done, Denied):
            face.refuse(done.refusals, id=number)
        label = {"label": done.label} if done.label is not None else {}
        face.answer({"id": done.id, "name": done.name} | label, done_as(done))

    return revoke_it


tokens = _listing(
    TOKENS,
    "tokens",
    say("列出接口令牌", "list the tokens of the API"),
    say("没有令牌", "there are no tokens"),
)
revoke_token = _revoking(
    TOKENS,
    "revoke-token",
    say("撤销一个接口令牌，立即生效", "revoke a token of the API, at once"),
    lambda one: say(
        f"已撤销 {one.name} 的第 {one.id} 号令牌（{one.label}）", f"token {one.id} of {one.name} is revoked"
    ),
)
calendars = _listing(
    FEEDS,
    "calendars",
    say("列出日历订阅", "list calendar subscriptions"),
    say("没有日历订阅", "there are no subscriptions"),
)
revoke_calendar = _revoking(
    FEEDS,
    "revoke-calendar",
    say("撤销一个日历订阅地址，立即生效", "revoke a calendar's address, at once"),
    lambda one: say(f"已撤销 {one.name} 的第 {one.id} 号日历订阅", f"subscription {one.id} of {one.name} is revoked"),
)


def _json(one: Held) -> dict[str, Any]:
    times = ("created_at", "ends_at", "used_at", "revoked_at")
    own = {"label": one.label} if one.label is not None else {}
    told = {name: at.isoformat() if (at := getattr(one, name)) else None for name in times}
    if one.ends_at is None:
        del told["ends_at"]
    return {"id": one.id, "name": one.name, "role": one.role.value, "organization": one.organization, **own, **told}


def _line(one: Held, now: datetime) -> str:
    where = f"（{one.organization}）" if one.organization else ""
    if one.revoked_at:
        state = say(f"{_minute(one.revoked_at)} 撤销", f"revoked {_minute(one.revoked_at)}")
    elif one.ends_at is None:
        state = say(f"{_minute(one.created_at)} 开通", f"made {_minute(one.created_at)}")
    elif one.ends_at <= now:
        state = say(f"{_minute(one.ends_at)} 已到期", f"ended {_minute(one.ends_at)}")
    else:
        state = say(f"{_minute(one.ends_at)} 到期", f"ends {_minute(one.ends_at)}")
    used = say(f"最近使用 {_minute(one.used_at)}", f"used {_minute(one.used_at)}") if one.used_at else ""
    told = [str(one.id), one.name, f"{one.role.label.in_language(LANGUAGE)}{where}", one.label or "", state]
    return "　".join(part for part in (*told, used or say("未用过", "unused")) if part)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
