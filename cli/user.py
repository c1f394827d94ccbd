"""`linxuan user`: the people who work with the database, and what each of them is."""

import sys
from typing import Any

import click
from typing_extensions import override

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import LANGUAGE, Face, Group, LineType, Mistake, command_face, say
from cli.held_secrets import calendar, calendars, revoke_calendar, revoke_token, token, tokens
from cli.sessions import sessions, sign_out
from cli.sources import reading_desk
from operations.actors import OF_PEOPLE, Role
from operations.identities import SUBJECT, bind_identity, unbind_identity
from operations.people import (
    add_person,
    disable_person,
    enable_person,
    grant_role,
    list_people,
    revoke_role,
    set_password,
)
from operations.providers import provided_by
from operations.results import Denied
from operations.second_factor import remove_second_factor
from programs import Words

_ROLES = [role.value for role in OF_PEOPLE]


class _RoleType(click.Choice[str]):
    """A role by its id, or as people call it."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        called = next((role.value for role in OF_PEOPLE if role.label.zh == value), value)
        return super().convert(called, param, ctx)


_name = click.argument("name", metavar="NAME", type=LineType())
_role = click.option(
    "--role",
    type=_RoleType(_ROLES),
    required=True,
    help=say(
        "角色：" + "、".join(f"{role} {role.label.zh}" for role in OF_PEOPLE),
        "the role: " + ", ".join(_ROLES),
    ),
)
_organization = click.option(
    "--organization",
    metavar="ORGANIZATION",
    type=LineType(),
    help=say(
        "所在单位；不写表示不限单位，只有管理员和监督人员可以",
        "where; left out, for all of them, which only administrators and supervisors can be",
    ),
)


@click.group(cls=Group, help=say("人员和角色。", "People and their roles."))
def command() -> None:
    """Everything about people."""


@command.command(
    "add",
    help=say(
        "登记一个人。还没有人登记时，任何人都可以登记第一个人，须是不限单位的管理员；此后 --actor 须是已登记的人员。",
        "Register a person. While nobody is registered anybody may register the first one, who must be an "
        "administrator of all organizations; from then on --actor must be somebody who is registered.",
    ),
)
@_name
@_role
@_organization
@actor_option("办理人，登记第一个人时可不写", "who does it; may be left out for the first one", required=False)
@command_face
def add(face: Face, name: str, role: str, organization: str | None, actor: str | None) -> None:
    """Register a person."""
    desk, act = acting(face, actor)
    _go_on(face, name, add_person(desk, name, Role(role), organization, act))
    face.answer(
        {"name": name, "role": role, "organization": organization},
        say(
            f"已登记 {name}：{_held(role, organization)}；用 linxuan user password {name} 设置密码",
            f"{name} is registered: {_held(role, organization)}; set a password with: linxuan user password {name}",
        ),
    )


@command.command("list", help=say("列出人员和他们的角色", "list the people and their roles"))
@command_face
def list_them(face: Face) -> None:
    """List the people."""
    found = list_people(reading_desk(face))
    face.answer(
        [one | {name: one[name] and one[name].isoformat() for name in ("created_at", "disabled_at")} for one in found],
        [_line(one) for one in found] or [say("还没有登记任何人", "nobody is registered yet")],
    )


@command.command(help=say("停用一个人，其记录保留", "let a person do nothing more; their records stay"))
@_name
@actor_option()
@command_face
def disable(face: Face, name: str, actor: str) -> None:
    """Disable a person."""
    desk, act = acting(face, actor)
    _go_on(face, name, disable_person(desk, name, act))
    face.answer({"name": name, "disabled": True}, say(f"{name} 已停用", f"{name} is disabled"))


@command.command(help=say("重新启用一个人", "let a disabled person act again"))
@_name
@actor_option()
@command_face
def enable(face: Face, name: str, actor: str) -> None:
    """Enable a person."""
    desk, act = acting(face, actor)
    _go_on(face, name, enable_person(desk, name, act))
    face.answer({"name": name, "disabled": False}, say(f"{name} 已启用", f"{name} is enabled"))


@command.command(help=say("再授予一个角色", "give a person one more role"))
@_name
@_role
@_organization
@actor_option()
@command_face
def grant(face: Face, name: str, role: str, organization: str | None, actor: str) -> None:
    """Grant a role."""
    desk, act = acting(face, actor)
    _go_on(face, name, grant_role(desk, name, Role(role), organization, act))
    face.answer(
        {"name": name, "role": role, "organization": organization},
        say(f"{name} 现为 {_held(role, organization)}", f"{name} is {_held(role, organization)} now"),
    )


@command.command(help=say("收回一个角色", "take a role back"))
@_name
@_role
@_organization
@actor_option()
@command_face
def revoke(face: Face, name: str, role: str, organization: str | None, actor: str) -> None:
    """Revoke a role."""
    desk, act = acting(face, actor)
    _go_on(face, name, revoke_role(desk, name, Role(role), organization, act))
    face.answer(
        {"name": name, "role": role, "organization": organization},
        say(f"{name} 不再是 {_held(role, organization)}", f"{name} is no longer {_held(role, organization)}"),
    )


@command.command(
    help=say(
        "设置密码：在终端输入两次，或用 --stdin 从标准输入读取一行。",
        "Set a password: typed twice at the terminal, or one line of the standard input with --stdin.",
    )
)
@_name
@click.option("--stdin", is_flag=True, help=say("从标准输入读取一行", "read one line of the standard input"))
@actor_option("办理人，默认为本人", "who does it; default: they themselves", required=False)
@command_face
def password(face: Face, name: str, stdin: bool, actor: str | None) -> None:
    """Set a password. It is never an argument, where other users of the machine could read it."""
    desk, act = acting(face, actor or name, any_role=actor is None)
    chosen = _one_line() if stdin else _typed_twice()
    _go_on(face, name, set_password(desk, name, chosen, act))
    face.answer({"name": name}, say(f"已设置 {name} 的密码", f"the password of {name} is set"))


@command.command(
    "remove-factor",
    help=say(
        "停用一个人的第二验证（手机和恢复码都丢失时），其登录随即结束",
        "take the second factor from somebody who has lost it; their sessions end",
    ),
)
@_name
@actor_option()
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def remove_factor(face: Face, name: str, actor: str, reason: str) -> None:
    """Remove a second factor."""
    desk, act = acting(face, actor, reason)
    _go_on(face, name, remove_second_factor(desk, name, act))
    face.answer({"name": name}, say(f"已停用 {name} 的第二验证", f"{name} has no second factor any more"))


@command.command(
    help=say(
        "把一个人与统一身份认证中的标识绑定：--subject 标识，或 --claim 值（LINXUAN_OIDC_CLAIM 所指，如邮箱、工号）",
        "bind a person to what the identity provider knows them by: a subject, or the claim of LINXUAN_OIDC_CLAIM",
    )
)
@_name
@click.option("--subject", type=LineType(), help=say("统一身份标识（sub）", "the subject (sub)"))
@click.option("--claim", type=LineType(), help=say("邮箱、工号等", "the value of the claim"))
@actor_option()
@command_face
def bind(face: Face, name: str, subject: str | None, claim: str | None, actor: str) -> None:
    """Bind a person."""
    provided = provided_by(settings_of(face))
    if provided is None:
        raise Mistake(Words("没有配置统一身份认证：LINXUAN_OIDC_ISSUER", "there is no provider: LINXUAN_OIDC_ISSUER"))
    if (subject is None) == (claim is None):
        raise Mistake(Words("请写 --subject 或 --claim 中的一个", "give one of --subject and --claim"))
    if claim is not None and provided.claim is None:
        raise Mistake(Words("没有设置 LINXUAN_OIDC_CLAIM，只能用 --subject", "LINXUAN_OIDC_CLAIM is not set"))
    by = provided.claim if claim is not None and provided.claim else SUBJECT
    desk, act = acting(face, actor)
    _go_on(face, name, bind_identity(desk, name, provided.issuer, by, claim or subject or "", act))
    face.answer(
        {"name": name, "issuer": provided.issuer, "claim": by},
        say(f"{name} 已绑定统一身份（{by}）", f"{name} is bound by {by}"),
    )


@command.command(
    help=say("解除一个人的统一身份绑定，其登录随即结束", "let no provider know a person any more; their sessions end")
)
@_name
@actor_option()
@command_face
def unbind(face: Face, name: str, actor: str) -> None:
    """Unbind a person."""
    desk, act = acting(face, actor)
    _go_on(face, name, unbind_identity(desk, name, act))
    face.answer({"name": name}, say(f"{name} 的统一身份绑定已解除", f"{name} is bound no more"))


command.add_command(sessions)
command.add_command(sign_out)
command.add_command(token)
command.add_command(tokens)
command.add_command(revoke_token)
command.add_command(calendar)
command.add_command(calendars)
command.add_command(revoke_calendar)


def _go_on(face: Face, name: str, refused: Denied | None) -> None:
    """Stop with what was refused about a person, if anything was."""
    if refused:
        face.refuse(refused.refusals, name=name)


def _one_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _typed_twice() -> str:
    if not sys.stdin.isatty():
        raise Mistake(
            Words(
                "没有终端可以输入密码；从标准输入读取请用 --stdin",
                "there is no terminal to type a password at; to read the standard input, use --stdin",
            )
        )
    chosen: str = click.prompt(say("密码", "Password"), hide_input=True, err=True)
    if chosen != click.prompt(say("再输入一次", "Again"), hide_input=True, err=True):
        raise Mistake(Words("两次输入的密码不一致", "the two passwords are not the same"))
    return chosen


def _held(role: str, organization: str | None) -> str:
    where = organization or say("不限单位", "all organizations")
    return f"{Role(role).label.in_language(LANGUAGE)}（{where}）"


def _line(one: dict[str, Any]) -> str:
    held = say("、", ", ").join(_held(role["role"], role["organization"]) for role in one["roles"])
    remarks = [
        say("没有密码", "no password") if not one["has_password"] else "",
        say("已绑定统一身份", "bound to an identity") if one["bound"] else "",
        say(f"{one['disabled_at']:%Y-%m-%d} 停用", f"disabled {one['disabled_at']:%Y-%m-%d}")
        if one["disabled_at"]
        else "",
    ]
    return "　".join(part for part in (one["name"], held or say("没有角色", "no role"), *remarks) if part)
