"""`linxuan vote`: the votes of the public, platform by platform."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import REFUSED, Face, Group, InstantType, LineType, command_face, say
from cli.score import finding_documents, finding_lines
from cli.viewing import looking, viewer_option
from operations.results import Denied
from operations.tally_tables import LABELS
from operations.tallying import Import, Tallied, import_tally, imports_of
from states.explaining import shown
from states.jumps import Jumped
from store.files import write_whole


@click.group(cls=Group, help=say("公众投票的票数。", "The votes of the public."))
def command() -> None:
    """Everything about votes."""


@command.command(
    "import",
    help=say(
        "导入一个平台的票数表（.xlsx、.xls、.csv）：逐格核对，全部无误才记录；同一平台再次导入须加 --replace",
        "import the votes of one platform (.xlsx, .xls, .csv), every cell checked, all of it or nothing; "
        "a second import of a platform needs --replace",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--stage", metavar="STAGE", help=say("投票环节，只有一个时可不写", "the vote, where there are several"))
@click.option("--platform", type=LineType(), help=say("平台", "the platform"))
@click.option("--as-of", type=InstantType(), help=say("统计时刻，默认现在", "when it was counted; default: now"))
@click.option("--replace", is_flag=True, help=say("取代该平台已导入的票数", "in the place of what was imported"))
@click.option("--dry-run", is_flag=True, help=say("只核对，不记录", "only check, and keep nothing"))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("把核对结果存为 .xlsx，有问题的格子带批注", "write the table with a note on each faulty cell, as .xlsx"),
)
@actor_option("导入人", "who imports it")
@command_face
def take_in(
    face: Face,
    program: str,
    file: Path,
    stage: str | None,
    platform: str | None,
    as_of: datetime | None,
    replace: bool,
    dry_run: bool,
    out: Path | None,
    actor: str,
) -> None:
    """Import votes."""
    desk, act = acting(face, actor)
    done = import_tally(
        desk,
        program,
        file.read_bytes(),
        file.name,
        act,
        stage_id=stage,
        platform=platform,
        as_of=as_of,
        replace=replace,
        dry_run=dry_run,
    )
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, file=file.name)
    if out:
        write_whole(out, done.workbook)
    document = {
        "program": program,
        "stage": done.stage,
        "platform": done.platform,
        "digest": done.digest,
        "replaced": done.replaced,
        "votes": dict(done.votes),
        "total": sum(done.votes.values()),
        "jumped": [_jumped(one) for one in done.jumped],
        "kept": done.kept,
        "findings": finding_documents(done.findings),
    }
    face.answer(document, [*finding_lines(done.findings, LABELS), *map(_jumped_line, done.jumped), _summary(done)])
    if done.is_blocked:
        raise SystemExit(REFUSED)


def _summary(done: Tallied) -> str:
    if done.is_blocked:
        return say("有问题须改正，票数没有记录", "something must be mended, and no votes are recorded")
    total = sum(done.votes.values())
    told = say(
        f"{done.platform}：{len(done.votes)} 件，共 {total} 票", f"{done.platform}: {len(done.votes)}, {total} votes"
    )
    return told if done.kept else told + say("（只核对，没有记录）", "; this was only a check")


@command.command(help=say("查看各平台的票数、来源文件和异常", "show the votes of each platform, files and jumps"))
@click.argument("program", metavar="ID")
@click.option("--stage", metavar="STAGE", help=say("投票环节，只有一个时可不写", "the vote, where there are several"))
@viewer_option
@command_face
def show(face: Face, program: str, stage: str | None, actor: str | None) -> None:
    """Show votes."""
    desk, act = looking(face, actor)
    done = imports_of(desk, program, stage, act=act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    vote, found = done
    platforms = [one.platform for one in found if not one.superseded]
    lines: list[str] = []
    for one in found:
        lines.append(_import_line(one))
        lines += [f"　{_jumped_line(jumped)}" for jumped in one.jumped]
    missing = [one for one in vote.platforms if one not in platforms]
    if missing:
        named = say("、", ", ").join(missing)
        lines.append(say(f"尚未导入：{named}", f"not imported yet: {named}"))
    document = {
        "program": program,
        "stage": vote.id,
        "imports": [_import(one) for one in found],
        "missing": missing,
    }
    face.answer(document, lines or [say("还没有导入票数", "no votes are imported yet")])


def _import(one: Import) -> dict[str, Any]:
    return {
        "platform": one.platform,
        "file": one.file,
        "size": one.size,
        "digest": one.digest,
        "as_of": one.as_of.isoformat(),
        "imported_by": one.imported_by,
        "superseded": one.superseded,
        "votes": dict(one.votes),
        "total": sum(one.votes.values()),
        "jumped": [_jumped(jumped) for jumped in one.jumped],
    }


def _import_line(one: Import) -> str:
    total = sum(one.votes.values())
    source = f"{one.file}　SHA-256 {one.digest[:16]}…"
    superseded = say("（已被取代）", " (superseded)") if one.superseded else ""
    return say(
        f"{one.platform}　截至 {one.as_of:%Y-%m-%d %H:%M}　{total} 票　{source}{superseded}",
        f"{one.platform}  as of {one.as_of:%Y-%m-%d %H:%M}  {total} votes  {source}{superseded}",
    )


def _jumped(one: Jumped) -> dict[str, Any]:
    return {"number": one.number, "before": one.before, "after": one.after, "median": shown(one.median)}


def _jumped_line(one: Jumped) -> str:
    return say(
        f"※ {one.number}：由 {one.before} 票到 {one.after} 票，同期增加的中位数为 {shown(one.median)}，请核查",
        f"※ {one.number}: from {one.before} votes to {one.after}; the median gain is {shown(one.median)}; look into it",
    )
