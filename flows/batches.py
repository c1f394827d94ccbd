"""One move of many nominations, started by an operator from Prefect's form: first looked at, then made."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from prefect import State
from pydantic import Field

from flows.account import Account, Table, carry_out, moved_table, program_of, programs_of, refused_table
from flows.clock import instant
from flows.forms import form
from flows.progress import Progress
from operations.acts import Act
from operations.authority import identify
from operations.desk import Desk
from operations.many import move_each, numbers_at
from operations.results import Batch, Denied, UnknownError
from programs import Words
from states import Endorsement, Move

#: Said of a disqualification that names no ground of the program's.
WITHOUT_GROUND: Final = "；没有写明情形，不留禁报"

#: More than these are better swept, taken in or decided than named one by one.
MOST: Final = 5000

_LIMIT: Final = 1800


def _name(asked: Mapping[str, Any]) -> str:
    numbers = _named(asked["numbers"])
    which = f"{len(set(numbers))} 件" if numbers else f"{asked['program'] or ''} {asked['stage'] or ''}".strip()
    return f"{'预览' if asked['dry_run'] else '批量'} {asked['move'].label.zh} {which}".strip()


@form("批量办理", _name, timeout_seconds=_LIMIT)
async def move_batch(  # noqa: PLR0913 - the fields of the form, each by name
    move: Move,
    actor: str,
    *,
    numbers: Annotated[list[str], Field(max_length=MOST)] | None = None,
    program: str | None = None,
    stage: str | None = None,
    dry_run: bool = True,
    reason: str = "",
    ground: str | None = None,
    grade: str | None = None,
    document_number: str | None = None,
    sealed: bool = False,
    opinion: dict[str, str] | None = None,
    form_numbers: dict[str, str] | None = None,
    now: datetime | None = None,
) -> State[Mapping[str, Any]]:
    """Make one move with many nominations. What is refused is told with its reasons, and the rest goes on."""
    at = instant(now)
    endorsement = Endorsement(opinion or {}, sealed)
    progress = Progress(limit=_LIMIT)

    def moved(desk: Desk) -> Account:
        asked, grades = with_grades(chosen(desk, numbers, program, stage), grade)
        who = identify(desk, actor)
        if isinstance(who, Denied):
            return _nobody(who)
        done = move_each(
            desk,
            asked,
            move,
            Act(who, at, reason),
            grades=grades,
            document_number=document_number,
            endorsement=endorsement if endorsement != Endorsement() else None,
            form_numbers=numbered(form_numbers, asked),
            ground=ground or None,
            dry_run=dry_run,
            watch=lambda place, count: progress.goes_on(100 * place / count, f"第 {place} 件，共 {count} 件"),
        )
        progress.says(100, "完成")
        return account_of(desk, done, move, dry_run=dry_run, ground=ground)

    return await carry_out("batch", moved, progress)


def _named(numbers: Iterable[str] | None) -> list[str]:
    """Return numbers as they were named one by one, or several in one field as they are pasted."""
    return [number for one in numbers or () for number in re.split(r"[\s,，、;；]+", one) if number]


def chosen(desk: Desk, numbers: list[str] | None, program: str | None, stage: str | None) -> list[str]:
    """Return the numbers that are meant: those named, or all at a stage. Raises `UnknownError` where it is not said."""
    named = _named(numbers)
    if bool(named) == bool(program or stage) or bool(program) != bool(stage):
        raise UnknownError(
            Words(
                "请写明编号，或写明项目和环节，二者选一",
                "name the nominations, or a program and a stage: one of the two",
            )
        )
    if program and stage:
        return numbers_at(desk, program, stage)
    return named


def with_grades(asked: Sequence[str], grade: str | None) -> tuple[list[str], dict[str, str]]:
    """Return the numbers, and the grade of each: what stands behind it, as in `NUMBER=GRADE`, else that of all.

    Raises `UnknownError` where a number is named with two grades.
    """
    grades: dict[str, str] = {}
    for one in asked:
        number, _, own = one.partition("=")
        given = own or grade or ""
        if grades.setdefault(number, given) != given:
            raise UnknownError(
                Words(
                    f"{number} 写了两种授予项目，一件也没有办理",
                    f"{number} is named with two grades; nothing was moved",
                )
            )
    return list(grades), {number: given for number, given in grades.items() if given}


def numbered(form_numbers: Mapping[str, str] | None, asked: Sequence[str]) -> dict[str, str]:
    """Return what is written on each form as its number, by the number of the nomination.

    Raises `UnknownError` for one of a nomination that is not asked for.
    """
    found = {number.strip(): said.strip() for number, said in (form_numbers or {}).items() if said.strip()}
    if others := sorted(found.keys() - set(asked)):
        raise UnknownError(
            Words(
                f"“表上编号”里的 {others[0]} 不在这次办理的申报之中，一件也没有办理",
                f"{others[0]} has a number on its form and is not among those to be moved; nothing was moved",
            )
        )
    return found


def account_of(desk: Desk, done: Batch, move: Move, *, dry_run: bool, ground: str | None = None) -> Account:
    """Give account of a batch: what went on, or would; and what is refused, with every reason."""
    moved = moved_table(desk, done.moved)
    would = "可以" if dry_run else "已"
    summary = f"{would}{move.label.zh} {len(done.moved)} 件，不予办理 {len(done.denied)} 件"
    if not done.moved and not done.denied:
        summary = "那里没有申报"
    if done.moved and move is Move.DISQUALIFY and not ground:
        summary += WITHOUT_GROUND
    if dry_run:
        summary += "（预览，没有办理）"
    return Account(
        summary=summary,
        facts={
            "moved": [one.number for one in done.moved],
            "refused": [one.number for one in done.denied],
            "dry_run": dry_run,
        },
        programs=frozenset(program_of(one.number) for one in done.moved) | programs_of(done.denied),
        stages=frozenset(one.source.partition(".")[0] for one in done.moved),
        tables=(
            Table("moved", "可以办理" if dry_run else "已办理", moved.rows, len(done.moved)),
            refused_table(done.denied),
            Table("remarks", "提示", [{"提示": one.reason.zh, "依据": one.clause or "—"} for one in done.remarks]),
        ),
    )


def _nobody(who: Denied) -> Account:
    return Account(
        summary="不予办理：" + "；".join(refusal.reason.zh for refusal in who.refusals),
        facts={"refused": [refusal.to_json() for refusal in who.refusals]},
        tables=(refused_table([who]),),
    )
