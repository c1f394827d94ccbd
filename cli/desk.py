"""Opening the desk for a command that needs the database."""

from cli.face import Face, Mistake
from operations.actors import Actor, Role
from operations.acts import Act
from operations.desk import Desk
from operations.settings import Settings, open_desk
from programs import Words


def settings_of(face: Face) -> Settings:
    """Return the settings of this run: the environment's, with `--database` over them."""
    settings = Settings()
    return settings.model_copy(update={"database": face.database}) if face.database else settings


def desk_of(face: Face) -> Desk:
    """Open the desk."""
    return open_desk(settings_of(face))


def act_of(face: Face, actor: str, reason: str = "") -> Act:
    """Return who acts when; `actor` is `NAME`, `NAME:ROLE` or `NAME:ROLE@ORGANIZATION`."""
    try:
        return Act(Actor.parse(actor), face.now, reason)
    except ValueError as error:
        roles = "、".join(role.value for role in Role)
        raise Mistake(
            Words(
                f"--actor 写成 姓名、姓名:角色 或 姓名:角色@单位；角色：{roles}",
                f"write --actor as NAME, NAME:ROLE or NAME:ROLE@ORGANIZATION; roles: {roles}",
            )
        ) from error
