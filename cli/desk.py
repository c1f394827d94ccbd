"""Opening the desk for a command that needs the database."""

import click
from pydantic import ValidationError

from cli.face import Face, Mistake
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.settings import Settings, open_desk
from programs import Words


def settings_of(face: Face) -> Settings:
    """Return the settings of this run: the environment's, with `--database` over them."""
    if face.database == "":
        raise Mistake(Words("--database 没有写明地址", "--database names no address"))
    try:
        settings = Settings()
    except ValidationError as error:
        raise Mistake(_wrong_settings(error)) from error
    return settings.model_copy(update={"database": face.database}) if face.database else settings


def desk_of(face: Face) -> Desk:
    """Open the desk, until the command ends. A database that is missing is made."""
    return until_the_end(open_desk(settings_of(face)))


def until_the_end(desk: Desk) -> Desk:
    """Let go of a desk's database when the command ends."""
    click.get_current_context().call_on_close(desk.store.close)
    return desk


def act_of(face: Face, actor: str, reason: str = "") -> Act:
    """Return who acts when; `actor` is `NAME`, `NAME:ROLE` or `NAME:ROLE@ORGANIZATION`."""
    roles = "、".join(role.value for role in Role)
    malformed = Mistake(
        Words(
            f"--actor 写成 姓名、姓名:角色 或 姓名:角色@单位；角色：{roles}",
            f"write --actor as NAME, NAME:ROLE or NAME:ROLE@ORGANIZATION; roles: {roles}",
        )
    )
    if not actor.isprintable():
        raise malformed
    try:
        return Act(Actor.parse(actor), face.now, reason)
    except ValueError as error:
        raise malformed from error


def _wrong_settings(error: ValidationError) -> Words:
    named = "、".join(
        f"LINXUAN_{'_'.join(str(step) for step in fault['loc']).upper()}={fault['input']}" for fault in error.errors()
    )
    return Words(f"设置有误，请改正：{named}", f"wrong settings, mend them: {named}")
