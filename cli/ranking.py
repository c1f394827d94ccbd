"""The part of `linxuan review` that is about a stage's ranking: explained line by line, settled, and opened again."""

from typing import Any

import click

from cli.describe import actor_option
from cli.desk import acting
from cli.face import LANGUAGE, Face, Mistake, Number, Spoken, command_face, once, say
from cli.viewing import looking, viewer_option
from operations.ranked import Ranked
from operations.rankings import ranking_at, reopen_ranking, resolve_tie, settle_ranking
from operations.results import Denied
from programs import Words
from states.explaining import explain, line_json, shown
from states.ranking import Line

_MOST = 2**31 - 1


@click.command(
    "rank",
    cls=Spoken,
    help=say(
        "查看排序：未确定的按现有评分和票数计算；--explain 逐步说明一件或全部（all）的来历",
        "show a ranking, computed from what there is until it is settled; --explain tells every step, of one or of all",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@click.option("--explain", "explained", metavar="NUMBER|all", help=say("逐步说明这一件", "tell every step of this one"))
@click.option("--round", "round_", type=Number, help=say("看已确定的第几轮", "a settled round"))
@viewer_option
@command_face
def show(face: Face, program: str, stage: str, explained: str | None, round_: int | None, actor: str | None) -> None:
    """Show a ranking."""
    desk, act = looking(face, actor)
    found = ranking_at(desk, program, stage, act=act, round_=round_)
    if isinstance(found, Denied):
        face.refuse(found.refusals, program=program, stage=stage)
    lines = found.ranking.lines
    if explained not in (None, "all"):
        lines = tuple(line for line in lines if line.number == explained)
        if not lines:
            raise Mistake(Words(f"排序里没有 {explained}", f"{explained} is not in the ranking"))
    told = [_line(found, line) for line in lines] if explained is None else list(_explained(found, lines))
    document = _document(found)
    document["lines"] = [_line_document(found, line, explained=explained is not None) for line in lines]
    face.answer(document, [_heading(found), *told, *_remarks(found)])


@click.command(
    "settle",
    cls=Spoken,
    help=say(
        "确定一个环节的排序：评分须齐，入围处的并列须已处理；确定后评分和票数不能再改",
        "settle the ranking of a stage: everybody scored, no tie open at the cut; scores and votes are closed then",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@actor_option()
@click.option("--reason", default="", help=say("依据，如会议纪要", "on what, such as minutes"))
@command_face
def settle(face: Face, program: str, stage: str, actor: str, reason: str) -> None:
    """Settle a ranking."""
    desk, act = acting(face, actor, reason)
    _answer(face, settle_ranking(desk, program, stage, act), program, stage)


@click.command(
    "resolve",
    cls=Spoken,
    help=say(
        "处理并列：再次评议的按先后写编号；再次投票的写 编号=票数。正好写出并列的几件",
        "tell those who are level apart: their numbers in order, or NUMBER=VOTES after a second vote",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@click.argument("level", nargs=-1, required=True, metavar="NUMBER[=VOTES]...")
@actor_option()
@click.option("--reason", default="", help=say("理由，如会议纪要", "why, such as minutes"))
@command_face
def resolve(face: Face, program: str, stage: str, level: tuple[str, ...], actor: str, reason: str) -> None:
    """Tell those who are level apart."""
    desk, act = acting(face, actor, reason)
    _answer(face, resolve_tie(desk, program, stage, _points(level), act), program, stage)


@click.command(
    "reopen",
    cls=Spoken,
    help=say(
        "重开最后一次确定的排序，评分和票数可再改；已有人按它办理的不能重开",
        "open the last settled ranking again, unless somebody has been moved by it",
    ),
)
@click.argument("program", metavar="ID")
@click.argument("stage", metavar="STAGE")
@actor_option()
@click.option("--reason", default="", help=say("理由", "why"))
@command_face
def reopen(face: Face, program: str, stage: str, actor: str, reason: str) -> None:
    """Open a ranking again."""
    desk, act = acting(face, actor, reason)
    done = reopen_ranking(desk, program, stage, act)
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    face.answer({"program": program, "stage": stage, "reopened": done}, say("已重开", "open again"))


COMMANDS = (show, settle, resolve, reopen)


def _answer(face: Face, done: Ranked | Denied, program: str, stage: str) -> None:
    if isinstance(done, Denied):
        face.refuse(done.refusals, program=program, stage=stage)
    document = _document(done)
    document["lines"] = [_line_document(done, line, explained=False) for line in done.ranking.lines]
    face.answer(document, [_heading(done), *(_line(done, line) for line in done.ranking.lines), *_remarks(done)])


def _points(level: tuple[str, ...]) -> dict[str, int]:
    """Read an order as points that fall from the first to the last, and votes as they are."""
    parted = [text.partition("=") for text in level]
    if not any(equals for _, equals, _ in parted):
        if len(set(level)) != len(level):
            raise Mistake(Words("编号写重了", "a number stands twice"))
        return {number: len(level) - place for place, number in enumerate(level)}
    read = []
    for number, _, votes in parted:
        if not (votes.isascii() and votes.isdigit() and len(votes) <= 10 and int(votes) <= _MOST):
            raise Mistake(Words(f"“{number}={votes}”应写成 编号=票数", f"write {number}={votes} as NUMBER=VOTES"))
        read.append((number, int(votes)))
    return dict(once(read))


def _document(found: Ranked) -> dict[str, Any]:
    return {
        "program": found.program,
        "stage": found.stage.id,
        "round": found.round,
        "settled_by": found.settled_by,
        "settled_at": found.settled_at.isoformat() if found.settled_at else None,
        "agrees": found.agrees,
        "places": found.ranking.rules.left,
        "open_ties": [list(level) for level in found.ranking.open_ties],
    }


def _line_document(found: Ranked, line: Line, *, explained: bool) -> dict[str, Any]:
    named = found.nominees[line.number]
    document = {**line_json(line), "nominee": named.nominee, "unit": named.unit}
    if not explained:
        for name in ("tracks", "vote"):
            document.pop(name)
        return document
    return {**document, "explanation": [one.in_language(LANGUAGE) for one in explain(line, found.ranking)]}


def _heading(found: Ranked) -> str:
    if found.round is None:
        return say(f"“{found.stage.name}”的排序（尚未确定）", f"ranking of “{found.stage.name}”, not settled")
    at = f"{found.settled_at:%Y-%m-%d %H:%M}" if found.settled_at else ""
    return say(
        f"“{found.stage.name}”的排序（第 {found.round} 轮，{at} 由{found.settled_by}确定）",
        f"ranking {found.round} of “{found.stage.name}”, settled at {at} by {found.settled_by}",
    )


def _line(found: Ranked, line: Line) -> str:
    named = found.nominees[line.number]
    place = "—" if line.place is None else str(line.place)
    total = "；".join(one.in_language(LANGUAGE) for one in line.missing) if line.total is None else shown(line.total)
    marks = {True: say("入围", "goes on"), False: say("未入围", "does not go on"), None: ""}
    open_tie = any(line.number in level for level in found.ranking.open_ties)
    mark = say("并列待处理", "level, to be decided") if open_tie else marks[line.goes_on]
    return "　".join(part for part in (place, line.number, named.nominee, named.unit, total, mark) if part)


def _explained(found: Ranked, lines: tuple[Line, ...]) -> list[str]:
    told = []
    for line in lines:
        named = found.nominees[line.number]
        told.append(f"{line.number}　{named.nominee}　{named.unit}")
        told += [f"　{one.in_language(LANGUAGE)}" for one in explain(line, found.ranking)]
    return told


def _remarks(found: Ranked) -> list[str]:
    if found.agrees:
        return []
    return [say("※ 按现有数据重新计算，与确定时不一致", "※ computed again, it is not what was settled")]
