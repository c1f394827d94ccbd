"""`linxuan backup`: a copy of the database, taken while the product runs."""

from pathlib import Path

import click

from cli.desk import settings_of
from cli.face import Face, Spoken, command_face, say
from operations.safekeeping import keep


@click.command(
    cls=Spoken,
    help=say(
        "把数据库备份到文件，不必停止运行。密钥文件不在其中，须另行保管。",
        "Back the database up to a file, while the product runs. The key file is not in it.",
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=say("覆盖已有的文件", "replace a file that exists"))
@command_face
def command(face: Face, *, file: Path, force: bool) -> None:
    """Back the database up."""
    settings = settings_of(face)
    kept = keep(settings, file, replace=force)
    files = settings.files_path
    holds = kept.contents
    face.answer(
        {
            "file": str(kept.file),
            "size": kept.size,
            "programs": holds.programs,
            "events": holds.events,
            "revision": holds.revision,
            "key_file": str(kept.key_file),
            "files_folder": str(files) if files.exists() else None,
        },
        [
            say(
                f"已备份到 {kept.file}：项目 {holds.programs} 个、事件 {holds.events} 条，{_sized(kept.size)}",
                f"backed up to {kept.file}: {holds.programs} programs, {holds.events} events, {_sized(kept.size)}",
            ),
            say(
                f"身份证号码是加密的，备份里没有密钥；请把密钥文件 {kept.key_file} 另存一处，与备份分开",
                "identity numbers are encrypted and the backup holds no key: "
                f"keep a copy of the key file {kept.key_file} apart from it",
            ),
            *_of_files(files),
        ],
    )


def _of_files(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    return [
        say(
            f"材料文件不在备份里；请在备份之后另行复制文件夹 {folder}（其中的文件只增不改）",
            f"files that were handed in are not in it: copy the folder {folder} after it (nothing in it ever changes)",
        )
    ]


def _sized(size: int) -> str:
    """Write a number of bytes as people read it."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} GB"
