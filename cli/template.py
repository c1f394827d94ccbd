"""`linxuan template`: take out the Word templates, and check an office's own."""

from pathlib import Path

import click

from cli.export import templates_of
from cli.face import LANGUAGE, REFUSED, Face, Group, command_face, say
from documents.filling import SHIPPED
from documents.samples import check


@click.group(cls=Group, help=say("Word 模板：导出后可用 Word 修改。", "Word templates: take them out and edit them."))
def command() -> None:
    """Everything about templates."""


@command.command(help=say("把自带的模板和说明写入文件夹", "write the shipped templates and their guide into a folder"))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=say("覆盖已有的模板", "write over those that are there"))
@command_face
def export(face: Face, folder: Path, force: bool) -> None:
    """Write the shipped templates."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = sorted(file for file in SHIPPED.iterdir() if file.suffix in (".docx", ".md"))
    kept = [file.name for file in shipped if (folder / file.name).exists() and not force]
    for file in shipped:
        if file.name not in kept:
            (folder / file.name).write_bytes(file.read_bytes())
    written = [file.name for file in shipped if file.name not in kept]
    lines = [*(str(folder / name) for name in written)]
    if kept:
        lines.append(
            say(
                f"已有，未覆盖（要覆盖请加 --force）：{'、'.join(kept)}",
                f"there already, and kept (--force writes over them): {', '.join(kept)}",
            )
        )
    face.answer({"folder": str(folder), "written": written, "kept": kept}, lines)


@command.command(
    "check", help=say("用样例填一遍，检查模板是否写对", "fill each with an example to see whether it works")
)
@click.argument("folder", metavar="DIR", required=False, type=click.Path(file_okay=False, path_type=Path))
@command_face
def check_them(face: Face, folder: Path | None) -> None:
    """Check the templates in a folder, or those in use."""
    found = check(templates_of(face, folder))
    wrong = {name: words for name, words in found.items() if words is not None}
    face.answer(
        {name: words.in_language(LANGUAGE) if words else None for name, words in found.items()},
        [f"{'✗' if words else '✓'} {words.in_language(LANGUAGE) if words else name}" for name, words in found.items()],
    )
    if wrong:
        raise SystemExit(REFUSED)
