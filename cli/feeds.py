"""`linxuan user calendar|calendars|revoke-calendar`: secret addresses to which calendars subscribe."""

from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, LineType, Spoken, command_face, say
from cli.sources import reading_desk
from deadlines.zone import SHANGHAI
from operations.actors import OF_PEOPLE, Role
from operations.feeds import FeedListed, give_feed, list_feeds, revoke_feed
from operations.results import Denied

_own = actor_option("办理人，默认为本人", "who does it; default: they themselves", required=False)


@click.command(
    "calendar",
    cls=Spoken,
    help=say(
        "给一个人开通日历订阅地址，只显示一次；日历按此地址自动更新各项目的期限。",
        "Make a secret address to which a person's calendar subscribes, shown once; it keeps deadlines up to date.",
    ),
)
@click.argument("name", metavar="NAME", type=LineType())
@click.option(
    "--role",
    type=click.Choice([one.value for one in OF_PEOPLE]),
    help=say("以哪个角色，只有一个角色的不必写", "in which role; for those who have several"),
)
@click.option("--organization", metavar="ORGANIZATION", type=LineType(), help=say("角色所在单位", "of which role"))
@_own
@command_face
def calendar(face: Face, name: str, role: str | None, organization: str | None, actor: str | None) -> None:
    """Make an address."""
    desk, act = acting(face, actor or name, any_role=actor is None)
    given = give_feed(desk, name, act, role=Role(role) if role else None, place=organization)
    if isinstance(given, Denied):
        face.refuse(given.refusals, name=name)
    address = f"{(desk.letterhead.console or '').rstrip('/')}{given.path}"
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


@click.command("calendars", cls=Spoken, help=say("列出日历订阅", "list calendar subscriptions"))
@click.argument("name", metavar="[NAME]", type=LineType(), required=False)
@command_face
def calendars(face: Face, name: str | None) -> None:
    """List subscriptions."""
    found = list_feeds(reading_desk(face), name=name)
    lines = [_line(one) for one in found] or [say("没有日历订阅", "there are no subscriptions")]
    face.answer([_json(one) for one in found], lines)


@click.command(
    "revoke-calendar", cls=Spoken, help=say("撤销一个日历订阅地址，立即生效", "revoke a calendar's address, at once")
)
@click.argument("feed_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@actor_option()
@command_face
def revoke(face: Face, feed_id: int, actor: str) -> None:
    """Revoke an address."""
    desk, act = acting(face, actor)
    done = revoke_feed(desk, feed_id, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, id=feed_id)
    face.answer(
        {"id": done.id, "name": done.name},
        say(f"已撤销 {done.name} 的第 {done.id} 号日历订阅", f"subscription {done.id} of {done.name} is revoked"),
    )


def _json(one: FeedListed) -> dict[str, Any]:
    times = ("created_at", "used_at", "revoked_at")
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role.value,
        "organization": one.organization,
        **{name: at.isoformat() if (at := getattr(one, name)) else None for name in times},
    }


def _line(one: FeedListed) -> str:
    where = f"（{one.organization}）" if one.organization else ""
    at = f"{(one.revoked_at or one.created_at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    state = say(f"{at} 撤销", f"revoked {at}") if one.revoked_at else say(f"{at} 开通", f"made {at}")
    return "　".join([str(one.id), one.name, f"{one.role.label.in_language(LANGUAGE)}{where}", state])
