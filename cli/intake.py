"""`linxuan intake`: draw up the nominations of a nominator's table, all of them or none."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, REFUSED, Face, LineType, Spoken, command_face, say
from operations.annexes import take_in_annex
from operations.archives import Unpacked, take_in_archive
from operations.columns import HEADINGS
from operations.comparing import compare_table
from operations.results import Denied
from operations.rows import NO_ROWS, CellFinding
from operations.sheets import TakenIn
from operations.taking_in import take_in
from store.files import write_whole

_SHOWN = 20


@click.command(
    cls=Spoken,
    help=say(
        "导入推荐单位的汇总表（.xlsx、.xls、.csv、.txt）：逐格核对，全部无误才登记，否则一件也不登记；"
        "导入电子件的压缩包（.zip）：按通知规定的文件名登记收件；--annex 导入随申报提交的附表",
        "draw up the nominations of a table (.xlsx, .xls, .csv, .txt), every cell checked, all of them or none; "
        "or record the electronic copies in a .zip as received; with --annex, take in a table that comes with them",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--compare",
    is_flag=True,
    help=say("与已登记的申报逐格核对，列出不一致之处", "hold the table against nominations that are there"),
)
@click.option(
    "--annex",
    metavar="ANNEX",
    help=say(
        "这是哪张附表（id 见 linxuan program show），如一览表、带徒情况汇总表：留存并与申报核对",
        "which annex it is (see linxuan program show): it is kept, and held against what the nominations say",
    ),
)
@click.option(
    "--nomination", metavar="NUMBER", help=say("附表随哪件申报提交", "the nomination that the annex comes with")
)
@click.option("--dry-run", is_flag=True, help=say("只核对，不登记", "only check, and keep nothing"))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("把核对结果存为 .xlsx，有问题的格子带批注", "write the table with a note on each faulty cell, as .xlsx"),
)
@click.option("--nominator", type=LineType(), help=say("表中没有的推荐单位", "the nominator, where the table has none"))
@click.option(
    "--nominator-kind", type=LineType(), help=say("表中没有的推荐单位类型", "its kind, where the table has none")
)
@click.option("--host", type=LineType(), help=say("表中没有的属地", "whose quota it uses, where the table has none"))
@click.option("--category", type=LineType(), help=say("表中没有的类别", "the category, where the table has none"))
@click.option("--route", type=LineType(), help=say("表中没有的推荐渠道", "the route, where the table has none"))
@actor_option()
@command_face
def command(
    face: Face,
    program: str,
    file: Path,
    compare: bool,
    annex: str | None,
    nomination: str | None,
    dry_run: bool,
    out: Path | None,
    actor: str,
    **told: str | None,
) -> None:
    """Take in a table, or hold one against what was taken in."""
    if nomination and not annex:
        raise click.UsageError(say("--nomination 须与 --annex 同用", "--nomination goes with --annex"))
    if annex and compare:
        raise click.UsageError(say("--annex 和 --compare 不能同用", "give either --annex or --compare"))
    desk, act = acting(face, actor)
    defaults = {meaning: value for meaning, value in told.items() if value}
    if file.suffix.lower() == ".zip" and not annex:
        _answer_archive(face, take_in_archive(desk, program, file, act, dry_run=dry_run), program)
        return
    content = file.read_bytes()
    done: TakenIn | Denied
    summarize: Callable[[TakenIn], str] = partial(_summary, dry_run=dry_run)
    if annex:
        done = take_in_annex(desk, program, annex, content, file.name, act, number=nomination, dry_run=dry_run)
        summarize = partial(_annexed, dry_run=dry_run)
    elif compare:
        done, summarize = compare_table(desk, program, content, file.name, act, defaults=defaults), _compared
    else:
        done = take_in(desk, program, content, file.name, act, defaults=defaults, dry_run=dry_run)
    _answer_table(face, done, program, out, summarize)


def _answer_table(
    face: Face, done: TakenIn | Denied, program: str, out: Path | None, summarize: Callable[[TakenIn], str]
) -> None:
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program)
    if out:
        write_whole(out, done.workbook)
    document = {
        "program": program,
        "rows": done.rows,
        "nominations": list(done.numbers),
        "findings": [_document(one) for one in done.findings],
        "passed_over": list(done.passed_over),
        "unheard_of": list(done.unheard_of),
    }
    lines = [_line(one) for one in done.findings[:_SHOWN]]
    if len(done.findings) > _SHOWN:
        more = len(done.findings) - _SHOWN
        lines.append(say(f"……另有 {more} 处，请用 --out 存出查看", f"… and {more} more; see them all with --out"))
    if done.passed_over:
        named = say("、", ", ").join(
            " ".join(heading.split()) + _meant(done.near.get(heading)) for heading in done.passed_over
        )
        lines.append(say(f"未读的栏目：{named}", f"columns that were not read: {named}"))
    if done.missing:
        asked = say("、", ", ").join(done.missing)
        lines.append(
            say(
                f"条件要用、表中没有的栏目：{asked}",
                f"columns that rules ask for and the table has not: {asked}",
            )
        )
    if done.unheard_of:
        named = say("、", ", ").join(done.unheard_of)
        lines.append(
            say(
                f"没有登记过的推荐单位，请核对是否写错：{named}",
                f"nominators that nobody had registered, look for slips: {named}",
            )
        )
    lines.append(summarize(done))
    face.answer(document, lines)
    if done.is_blocked:
        raise SystemExit(REFUSED)


def _meant(near: str | None) -> str:
    return say(f"（是否想写“{near}”？）", f" (did you mean {near}?)") if near else ""


def _answer_archive(face: Face, done: Unpacked, program: str) -> None:
    count, waiting = (sum(map(len, some.values())) for some in (done.received, done.to_see))
    face.answer(
        {
            "program": program,
            "received": {number: list(some) for number, some in done.received.items()},
            "to_see": {number: list(some) for number, some in done.to_see.items()},
            "findings": [{"file": one.file, "words": one.words.in_language(LANGUAGE)} for one in done.findings],
        },
        [
            *(f"✗ {one.file}：{one.words.in_language(LANGUAGE)}" for one in done.findings),
            *(
                say(
                    f"　{number}：{'、'.join(some)} 须由人核对，核对后：{_receiving(number, some)}",
                    f"  {number}: somebody must look at {', '.join(some)}; then: {_receiving(number, some)}",
                )
                for number, some in done.to_see.items()
            ),
            say(
                f"{len({*done.received, *done.to_see})} 件申报，电子件收件 {count} 项，待核对 {waiting} 项；"
                f"{len(done.findings)} 处没有收",
                f"{count} electronic copies received for {len({*done.received, *done.to_see})} nominations, {waiting} "
                f"to be looked at; {len(done.findings)} findings",
            ),
        ],
    )
    if done.findings:
        raise SystemExit(REFUSED)


def _receiving(number: str, materials: Iterable[str]) -> str:
    return f"linxuan nomination receive {number} {' '.join(f'{one}:electronic' for one in materials)} --seen"


def _compared(done: TakenIn) -> str:
    found = len(done.findings)
    if found:
        return say(f"{done.rows} 行，{found} 处不一致", f"{done.rows} rows, {found} differences")
    return say(f"{done.rows} 行，与申报一致", f"{done.rows} rows that agree with the nominations")


def _summary(done: TakenIn, *, dry_run: bool) -> str:
    rows, drawn_up = done.rows, len(done.numbers)
    if not rows:
        return say(
            f"※ {NO_ROWS.zh}；什么也没有登记",
            f"※ {NO_ROWS.en}; nothing is drawn up",
        )
    if done.is_blocked:
        return say(
            f"{rows} 行，有问题须改正，一件也没有登记", f"{rows} rows; something must be mended, and none is drawn up"
        )
    if dry_run:
        return say(f"{rows} 行，可以登记（只核对，没有登记）", f"{rows} rows can be drawn up; this was only a check")
    return say(f"{rows} 行，已登记 {drawn_up} 件", f"{rows} rows, {drawn_up} nominations drawn up")


def _annexed(done: TakenIn, *, dry_run: bool) -> str:
    rows, noticed = done.rows, sum(not finding.blocks for finding in done.findings)
    if done.is_blocked:
        return say(f"{rows} 行，有问题须改正，没有导入", f"{rows} rows; something must be mended, and nothing is kept")
    found = (
        say(f"{noticed} 处须核对", f"{noticed} to look at")
        if noticed
        else say("与申报一致", "agreeing with the nominations")
    )
    if dry_run:
        return say(
            f"{rows} 行，可以导入（只核对，没有导入），{found}", f"{rows} rows can be taken in, {found}; not kept"
        )
    return say(f"{rows} 行，已随 {len(done.numbers)} 件申报留存，{found}", f"{rows} rows kept, {found}")


def _document(one: CellFinding) -> dict[str, object]:
    return {
        "row": one.row,
        "column": one.column,
        "words": one.words.in_language(LANGUAGE),
        "blocks": one.blocks,
    }


def _line(one: CellFinding) -> str:
    mark = "✗" if one.blocks else "※"
    # Findings in other columns name them.
    named = HEADINGS.get(one.column or "", ("",))[0]
    where = say(f"第 {one.row} 行{named}", f"row {one.row} {one.column or ''}".rstrip())
    return f"{mark} {where}：{one.words.in_language(LANGUAGE)}"
