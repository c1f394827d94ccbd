"""The part of `linxuan review` that is about scores: typed in or on score sheets, and who has given what."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, LineType, Mistake, Spoken, command_face, once, say
from cli.viewing import looking, viewer_option
from operations.reading_results import ShownScore, revisions_of, scores_at
from operations.results import Denied
from operations.rows import CellFinding
from operations.score_sheets import SheetTakenIn, export_sheet, import_sheet
from operations.scores import enter_score
from programs import Words
from states.scales import plain
from store.files import write_whole

_SHOWN = 20


_evaluator_option = click.option(
    "--evaluator", type=LineType(), help=say("评委，默认即办理人", "whose score it is; default: the actor")
)
_panel_option = click.option(
    "--group",
    "panel",
    metavar="ID",
    help=say("评委所在的组，项目分组的才写", "the evaluator's group, where there are some"),
)


@click.command(
    "score",
    cls=Spoken,
    help=say(
        "填写一位评委对一件申报的评分，每个评分项都要写：performance=28 skill=60；改评另记一次，原来的仍留在记录里",
        "enter one evaluator's points for a nominee, on every criterion; a later entry supersedes, and both are kept",
    ),
)
@click.argument("number", metavar="NUMBER")
@click.argument("track", metavar="TRACK")
@click.argument("points", nargs=-1, required=True, metavar="CRITERION=POINTS...")
@click.option("--opinion", default="", help=say("评议意见", "the opinion"))
@_evaluator_option
@_panel_option
@actor_option("填写人", "who enters it")
@command_face
def enter(
    face: Face,
    number: str,
    track: str,
    points: tuple[str, ...],
    opinion: str,
    evaluator: str | None,
    panel: str | None,
    actor: str,
) -> None:
    """Enter a score."""
    given = dict(once(_points(text) for text in points))
    desk, act = acting(face, actor)
    done = enter_score(desk, number, track, given, act, opinion=opinion, evaluator=evaluator, panel=panel)
    if isinstance(done, Denied):
        face.refuse(done.refusals, number=number)
    document = {
        "number": number,
        "track": track,
        "evaluator": done.evaluator,
        "revision": done.revision,
        "points": {key: plain(value) for key, value in done.points.items()},
        "changed": done.changed,
    }
    face.answer(document, say("已填写", "recorded") if done.changed else say("与已填的相同", "the same as before"))


@click.command(
    "sheet",
    cls=Spoken,
    help=say(
        "导出一位评委的评分表（.xlsx），已填的带出，填好后用 review import 导回",
        "give out an evaluator's score sheet (.xlsx), pre-filled; take it back with: review import",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@click.argument("track", metavar="TRACK")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=say("存到", "where to"))
@_evaluator_option
@_panel_option
@actor_option("导出人", "who gives it out")
@command_face
def sheet(
    face: Face,
    program: str,
    stage: str,
    track: str,
    out: Path,
    evaluator: str | None,
    panel: str | None,
    actor: str,
) -> None:
    """Give a score sheet out."""
    desk, act = acting(face, actor)
    content = export_sheet(desk, program, stage, track, act, evaluator=evaluator, panel=panel)
    if isinstance(content, Denied):
        face.refuse(content.refusals, program=program, stage=stage)
    write_whole(out, content)
    face.answer({"program": program, "stage": stage, "track": track, "out": str(out)}, str(out))


@click.command(
    "import",
    cls=Spoken,
    help=say(
        "导入填好的评分表：逐格核对，全部无误才记录，否则一件也不记录；整行留空的跳过",
        "take a filled score sheet in: every cell checked, all of it or nothing; blank rows are passed over",
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=say("只核对，不记录", "only check, and keep nothing"))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("把核对结果存为 .xlsx，有问题的格子带批注", "write the sheet with a note on each faulty cell, as .xlsx"),
)
@actor_option("导入人", "who takes it in")
@command_face
def take_in(face: Face, file: Path, dry_run: bool, out: Path | None, actor: str) -> None:
    """Take a score sheet in."""
    desk, act = acting(face, actor)
    done = import_sheet(desk, file.read_bytes(), file.name, act, dry_run=dry_run)
    if isinstance(done, Denied):
        face.refuse(done.refusals, file=file.name)
    if out:
        write_whole(out, done.workbook)
    document = {
        "program": done.program,
        "stage": done.stage,
        "track": done.track,
        "evaluator": done.evaluator,
        "scored": list(done.numbers),
        "unchanged": done.unchanged,
        "blank": done.blank,
        "kept": done.kept,
        "findings": finding_documents(done.findings),
    }
    face.answer(document, [*finding_lines(done.findings), _summary(done, dry_run=dry_run)])
    if done.is_blocked:
        raise SystemExit(REFUSED)


def _summary(done: SheetTakenIn, *, dry_run: bool) -> str:
    if done.is_blocked:
        return say("有问题须改正，一件也没有记录", "something must be mended, and nothing is recorded")
    counts = say(
        f"{done.evaluator}：评分 {len(done.numbers)} 件，未变 {done.unchanged} 件，留空 {done.blank} 件",
        f"{done.evaluator}: {len(done.numbers)} scored, {done.unchanged} as before, {done.blank} blank",
    )
    return counts + (say("（只核对，没有记录）", "; this was only a check") if dry_run else "")


@click.command("scores", cls=Spoken, help=say("查看评分；--number 查一件，--history 连同已被取代的", "show scores"))
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@click.option("--track", metavar="TRACK", help=say("只看这一项评议", "only this track"))
@click.option("--number", metavar="NUMBER", help=say("只看这一件", "only this nomination"))
@click.option(
    "--history", is_flag=True, help=say("连同已被取代的评分（须写 --number）", "superseded ones too, of one --number")
)
@viewer_option
@command_face
def show(
    face: Face, program: str, stage: str, track: str | None, number: str | None, history: bool, actor: str | None
) -> None:
    """Show scores."""
    desk, act = looking(face, actor)
    if history:
        if number is None:
            raise click.UsageError(say("请用 --number 写明是哪一件", "name one nomination with --number"))
        found = revisions_of(desk, stage, number, act=act)
        if isinstance(found, Denied):
            face.refuse(found.refusals, number=number)
        face.answer(found, [_revision_line(one) for one in found] or [_nothing()])
        return
    scores = scores_at(desk, program, stage, act=act, track_id=track, number=number)
    if isinstance(scores, Denied):
        face.refuse(scores.refusals, program=program, stage=stage)
    face.answer([_document(one) for one in scores], [_line(one) for one in scores] or [_nothing()])


COMMANDS = (enter, sheet, take_in, show)


def finding_documents(findings: tuple[CellFinding, ...]) -> list[dict[str, Any]]:
    """Return findings in cells as JSON."""
    return [
        {"row": one.row, "column": one.column, "words": one.words.in_language(LANGUAGE), "blocks": one.blocks}
        for one in findings
    ]


def finding_lines(findings: tuple[CellFinding, ...], labels: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return findings in cells as lines, the first of many; `labels` are the headings of columns by their meanings."""
    lines = []
    for one in findings[:_SHOWN]:
        column = one.column or ""
        heading = labels.get(column, column)
        where = say(f"第 {one.row} 行 {heading}".rstrip(), f"row {one.row} {column}".rstrip())
        lines.append(f"{'✗' if one.blocks else '※'} {where}：{one.words.in_language(LANGUAGE)}")
    if len(findings) > _SHOWN:
        more = len(findings) - _SHOWN
        lines.append(say(f"……另有 {more} 处，请用 --out 存出查看", f"… and {more} more; see them all with --out"))
    return lines


def _document(one: ShownScore) -> dict[str, Any]:
    score = one.score
    return {
        "number": one.number,
        "nominee": one.nominee,
        "track": score.track,
        "evaluator": score.evaluator,
        "group": score.panel,
        "points": {key: plain(value) for key, value in score.points.items()},
        "total": one.total,
        "opinion": score.opinion,
        "revision": score.revision,
        "entered_by": score.entered_by,
    }


def _line(one: ShownScore) -> str:
    points = " ".join(f"{key}={plain(value)}" for key, value in one.score.points.items())
    parts = (one.number, one.nominee, one.score.track, one.score.evaluator, points, one.total, one.score.opinion)
    return "　".join(part for part in parts if part)


def _revision_line(one: dict[str, Any]) -> str:
    points = " ".join(f"{key}={value}" for key, value in one["points"].items())
    superseded = say("（已被取代）", " (superseded)") if one["superseded"] else ""
    parts = (f"{one['entered_at']:%Y-%m-%d %H:%M}", one["track"], one["evaluator"], points, one["opinion"])
    return "　".join(part for part in parts if part) + superseded


def _nothing() -> str:
    return say("还没有评分", "nothing is scored yet")


def _points(text: str) -> tuple[str, str]:
    criterion, equals, points = text.partition("=")
    if not equals or not criterion.strip():
        raise Mistake(Words(f"“{text}”应写成 评分项=分数，如 performance=28", f"write {text!r} as CRITERION=POINTS"))
    return criterion.strip(), points.strip()
