"""`linxuan restore`: put a backup back."""

from pathlib import Path

import click

from cli.desk import settings_of
from cli.face import LANGUAGE, REFUSED, Face, Spoken, command_face, say
from operations.safekeeping import KeyState, Restored, bring_back
from programs import Words

_KEYS = {
    KeyState.AGREES: Words("密钥文件 {file} 相符", "the key file {file} agrees"),
    KeyState.UNNEEDED: Words(
        "还没有登记过身份证号码，不需要密钥文件", "no identity number was kept, so no key is needed"
    ),
    KeyState.MISSING: Words(
        "△ 缺少密钥文件 {file}，请放回，否则身份证号码无法解读和查重",
        "△ the key file {file} is missing; put it back, or identity numbers can be neither read nor found",
    ),
    KeyState.DAMAGED: Words("△ 密钥文件 {file} 已损坏，请换回完好的", "△ the key file {file} is damaged; replace it"),
    KeyState.DIFFERS: Words(
        "△ 密钥文件 {file} 与恢复的数据不符，请换回原来的密钥",
        "△ the key file {file} is not that of the restored data; put its own back",
    ),
}


@click.command(
    cls=Spoken,
    help=say(
        "把备份恢复到空的数据库，并核验办理记录。恢复前请停止运行。",
        "Restore a backup into an empty database and verify its history. Stop the product first.",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help=say("替换现有的数据，替换前先另存一份", "replace what the database holds, after keeping a copy of it"),
)
@command_face
def command(face: Face, *, file: Path, force: bool) -> None:
    """Restore; exit code 1 where the restored history is broken."""
    done = bring_back(settings_of(face), file, face.now, replace=force)
    face.answer(
        {
            "file": str(file),
            "programs": done.contents.programs,
            "events": done.contents.events,
            "before": done.revision,
            "after": done.contents.revision,
            "breaks": done.verified.breaks,
            "kept": str(done.kept) if done.kept else None,
            "key_file": str(done.key_file),
            "key": done.key.value,
        },
        list(_lines(file, done)),
    )
    if done.verified.breaks:
        raise SystemExit(REFUSED)


def _lines(file: Path, done: Restored) -> list[str]:
    contents, verified = done.contents, done.verified
    lines = [
        say(
            f"已从 {file} 恢复：项目 {contents.programs} 个、事件 {contents.events} 条",
            f"restored from {file}: {contents.programs} programs, {contents.events} events",
        )
    ]
    if done.revision != contents.revision:
        lines.append(
            say(
                f"备份来自较早的版本，数据库已从 {done.revision} 升级到 {contents.revision}",
                f"the backup is of an earlier version; upgraded from {done.revision} to {contents.revision}",
            )
        )
    lines.append(
        say(
            f"✗ 核验办理记录，发现 {verified.breaks} 处不符；详见 linxuan audit verify",
            f"✗ the history is broken in {verified.breaks} places; see linxuan audit verify",
        )
        if verified.breaks
        else say(
            f"✓ 已核验 {len(verified.heads)} 条链，全部相符",
            f"✓ {len(verified.heads)} chains verified, all of them whole",
        )
    )
    if done.kept:
        lines.append(say(f"原来的数据另存在 {done.kept}", f"what was there before is kept in {done.kept}"))
    lines.append(_KEYS[done.key].format(file=done.key_file).in_language(LANGUAGE))
    lines.append(say("若遴选正在运行，请重新启动", "restart the product if it is running"))
    return lines
