"""A whole program on a virtual clock, in a database of its own that is gone afterwards."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

from prefect import State
from pydantic import Field

from flows.account import Account, Row, Table, carry_out, refused_table
from flows.clock import instant
from flows.forms import form
from flows.progress import Progress
from notifications.channels import MemoryChannel
from operations.desk import Desk
from operations.rehearse import rehearse_apart
from operations.results import Denied, UnknownError
from programs import Program, Words, date_program, load_program, shipped_programs
from states import Move

#: Made-up nominations beyond these would outlast the run.
MOST: Final = 5000

_LIMIT: Final = 3600


def _name(asked: Mapping[str, Any]) -> str:
    return f"演练 {asked['program']}（{asked['nominations']} 件）"


@form("项目演练", _name, timeout_seconds=_LIMIT)
async def rehearse(
    program: str,
    nominations: Annotated[int, Field(ge=1, le=MOST)] = 30,
    seed: int = 1,
    *,
    issued: date | None = None,
    until: datetime | None = None,
) -> State[Mapping[str, Any]]:
    """Rehearse a program with made-up nominees; the product's own nominations are neither read nor changed."""
    progress = Progress(limit=_LIMIT)
    return await carry_out(
        "rehearse",
        lambda desk: rehearsed(
            desk,
            find(desk, program, issued),
            nominations=nominations,
            seed=seed,
            until=instant(until) if until else None,
            progress=progress,
        ),
        progress,
    )


def find(desk: Desk, program_id: str, issued: date | None) -> Program:
    """Return the program as the store has it, else as it ships; raises `UnknownError` where there is neither."""
    try:
        with desk.store.read() as connection:
            program = desk.running(connection, program_id).program
    except UnknownError:
        if program_id not in shipped_programs():
            raise UnknownError(
                Words("没有项目 {id}；可用：{known}", "there is no program {id}; use one of: {known}").format(
                    id=program_id, known="、".join(shipped_programs())
                )
            ) from None
        program = load_program(program_id)
    return date_program(program, issued) if issued else program


def rehearsed(
    desk: Desk, program: Program, *, nominations: int, seed: int, until: datetime | None, progress: Progress
) -> Account:
    """Rehearse with this desk's calendar, and give account of it."""
    done = rehearse_apart(
        desk,
        program,
        MemoryChannel(),
        nominations=nominations,
        seed=seed,
        until=until,
        watch=lambda place, count, scene: progress.goes_on(100 * place / count, scene.title.zh),
    )
    progress.says(100, "完成")
    programs = frozenset({program.id})
    if isinstance(done, Denied):
        return Account(
            summary="不予演练：" + "；".join(refusal.reason.zh for refusal in done.refusals),
            facts={"refused": [refusal.to_json() for refusal in done.refusals]},
            programs=programs,
            tables=(refused_table([done]),),
        )
    moves = sum(sum(scene["moved"].values()) for scene in done.scenes)
    refused = sum(len(scene["refused"]) for scene in done.scenes)
    return Account(
        summary=f"{len(done.scenes)} 幕，办理 {moves} 次，提醒 {done.reminders} 条，信函 {done.messages} 封",
        facts={
            "scenes": len(done.scenes),
            "moves": moves,
            "standings": done.standings,
            "cases": done.cases,
            "messages": done.messages,
        },
        programs=programs,
        tables=(
            Table("scenes", "经过", [_scene(scene) for scene in done.scenes]),
            Table("refused", "未能办理", [row for scene in done.scenes for row in _refusals(scene)], refused=refused),
        ),
    )


def _scene(scene: Mapping[str, Any]) -> Row:
    moved = "，".join(f"{Move(move).label.zh} {count}" for move, count in scene["moved"].items())
    return {
        "时刻": _clock(scene),
        "场景": scene["title"][0],
        "办理": moved or "—",
        "未能办理": len(scene["refused"]),
        "说明": "；".join(scene["notes"]) or "—",
    }


def _refusals(scene: Mapping[str, Any]) -> list[Row]:
    return [
        {
            "时刻": _clock(scene),
            "编号": one["number"] or "—",
            "关口": why["gate"],
            "原因": why["reason"][0],
            "怎么办": why["remedy"][0],
            "依据": why["clause"] or "—",
        }
        for one in scene["refused"]
        for why in one["refusals"]
    ]


def _clock(scene: Mapping[str, Any]) -> str:
    return f"{instant(datetime.fromisoformat(scene['at'])):%Y-%m-%d %H:%M}"
