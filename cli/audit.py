"""`linxuan audit`: hold the history against itself."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.desk import settings_of
from cli.face import LANGUAGE, REFUSED, Face, Group, Mistake, command_face, say, tell
from cli.sources import existing_desk, reading_desk
from operations.audit import Finding, audit, heads, heads_to_json, read_heads
from operations.desk import Desk
from programs import Words
from store import Watch
from store.files import write_whole

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: How long people wait without a sign, in seconds.
_PATIENCE = 1.0


@click.group(cls=Group, help=say("核验办理记录。", "Verify the history."))
def command() -> None:
    """Everything about the history."""


@command.command(
    help=say(
        "重新计算全部摘要和链环，并用办理记录核对数据表",
        "recompute every digest and link, and hold the tables against the history",
    )
)
@click.option("--program", metavar="ID", help=say("只核验这个项目", "only this program"))
@click.option(
    "--heads",
    "noted",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say("与 linxuan audit export 导出的链首比对", "compare with heads that linxuan audit export has written"),
)
@click.option(
    "--files",
    is_flag=True,
    help=say("并读取全部材料文件，逐个核对摘要", "also read every file that was handed in, and hold it to its digest"),
)
@command_face
def verify(face: Face, program: str | None, noted: Path | None, files: bool) -> None:
    """Verify the chains and the tables; exit code 1 where something does not agree."""
    known = read_heads(noted.read_bytes()) if noted else []
    with _watching(face) as watch:
        found = audit(_desk_to_verify(face), program, noted=known, watch=watch, files=files)
    document: dict[str, Any] = {"events": found.events, "chains": len(found.heads)}
    if noted:
        document["heads"] = found.compared
    if files:
        document["files"] = found.files
    document |= {"breaks": found.breaks, "broken": [_told(one) for one in found.broken]}
    lines = [f"✗ {one.where}　{one.words.in_language(LANGUAGE)}" for one in found.broken]
    if found.breaks > len(found.broken):
        more = found.breaks - len(found.broken)
        lines.append(say(f"……另有 {more} 处不符", f"… and {more} more"))
    compared = say(f"、存证链首 {found.compared} 个", f", {found.compared} noted heads") if noted else ""
    compared += say(f"、材料文件 {found.files} 个", f", {found.files} files") if files else ""
    lines.append(
        say(
            f"核验事件 {found.events} 条、链 {len(found.heads)} 条{compared}，"
            + (f"发现 {found.breaks} 处不符" if found.breaks else "全部相符"),
            f"{found.events} events in {len(found.heads)} chains{compared}, "
            + (f"{found.breaks} breaks" if found.breaks else "all of them whole"),
        )
    )
    face.answer(document, lines)
    if found.breaks:
        raise SystemExit(REFUSED)


@command.command(
    "export",
    help=say(
        "核验后导出各链链首（JSON），供异地存证",
        "verify, and export the heads of the chains as JSON, to be kept elsewhere",
    ),
)
@click.option("--program", metavar="ID", help=say("只导出这个项目", "only this program"))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("写入文件，默认输出到屏幕", "write them to a file; default: print them"),
)
@command_face
def export_heads(face: Face, program: str | None, out: Path | None) -> None:
    """Print the heads, or write them to a file; a broken history has none that are worth keeping."""
    with _watching(face) as watch:
        found = heads(_desk_to_verify(face), program, watch=watch)
    if found.breaks:
        first = found.broken[0]
        tell(
            say(
                f"办理记录有 {found.breaks} 处不符，不导出链首；首处：{first.where}　{first.words.zh}",
                f"the history is broken in {found.breaks} places, so no heads are exported; "
                f"the first: {first.where} {first.words.en}",
            ),
            err=True,
        )
        raise SystemExit(REFUSED)
    document = heads_to_json(found.heads, face.now)
    if out is None:
        face.answer(document, json.dumps(document, ensure_ascii=False, indent=2))
        return
    write_whole(out, json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n")
    face.answer(
        document,
        say(
            f"已导出 {len(document)} 条链的链首到 {out}；请存放在数据库之外",
            f"the heads of {len(document)} chains are in {out}; keep them apart from the database",
        ),
    )


def _told(one: Finding) -> dict[str, Any]:
    more = asdict(one.disagreement) if one.disagreement else {}
    return {"program": one.program, "where": one.where, "message": one.words.in_language(LANGUAGE), **more}


def _desk_to_verify(face: Face) -> Desk:
    """Open the database, which must be there: to verify nothing must not say that all is well."""
    desk = existing_desk(face) or (reading_desk(face) if settings_of(face).database else None)
    if desk is None:
        raise Mistake(Words("没有数据库，无可核验；请核对 LINXUAN_DATA", "there is no database; check LINXUAN_DATA"))
    return desk


@contextmanager
def _watching(face: Face) -> Iterator[Watch | None]:
    """Show people how far a verification is, once it takes longer than they wait without a sign."""
    if face.as_json or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar.watch
    finally:
        bar.close()


class _Bar:
    """A bar on stderr that appears when it is needed and goes when it is done."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None

    def watch(self, done: int, events: int) -> None:
        """Show how many events are verified."""
        if self._shown is None and time.monotonic() - self._since > _PATIENCE:
            self._shown = _bar(events)
        if self._shown:
            progress, task = self._shown
            progress.update(task, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._shown[0].stop()


def _bar(events: int) -> "tuple[Progress, TaskID]":
    from rich.console import Console  # noqa: PLC0415 - only for who waits
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.start()
    return progress, progress.add_task(say("核验办理记录", "verifying the history"), total=events)
