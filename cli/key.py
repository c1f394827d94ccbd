"""`linxuan key`: the key that personal data is sealed with."""

from dataclasses import asdict

import click

from cli.describe import actor_option
from cli.desk import acting, settings_of
from cli.face import FAILED_OUTSIDE, Face, Group, Mistake, command_face, say
from operations.keys import rotate_key
from operations.results import Denied
from programs import Words


@click.group(cls=Group, help=say("个人信息的密钥。", "The key that personal data is sealed with."))
def command() -> None:
    """Everything about the key."""


@command.command(
    "rotate",
    help=say(
        "更换密钥：把全部个人信息改用新密钥加密。用 LINXUAN_KEY 的，先把新密钥写在最前。",
        "Exchange the key: seal all personal data with a new one. With LINXUAN_KEY, put the new one first beforehand.",
    ),
)
@actor_option()
@command_face
def rotate(face: Face, actor: str) -> None:
    """Exchange the key."""
    desk, act = acting(face, actor)
    settings = settings_of(face)
    try:
        done = rotate_key(desk, settings, act)
    except OSError as error:
        words = Words("密钥文件写不进去：{error}", "the key file cannot be written: {error}").format(error=error)
        raise Mistake(words, FAILED_OUTSIDE) from error
    if isinstance(done, Denied):
        face.refuse(done.refusals)
    where = "LINXUAN_KEY" if settings.key else str(settings.key_path)
    face.answer(
        asdict(done),
        [
            say(f"已用新密钥加密 {done.values} 项个人信息", f"{done.values} values are sealed with the new key"),
            say(
                f"新旧密钥都在 {where}；旧密钥只用于打开以前的备份，请另存一份",
                f"both keys are in {where}; the old one opens earlier backups only. Keep a copy apart",
            ),
        ],
    )
