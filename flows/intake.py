"""A nominator's table, taken in by an operator from Prefect's form."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from prefect import State

from flows.account import Account, Row, Table, carry_out, refused_table
from flows.clock import instant
from flows.forms import form
from flows.progress import Progress
from operations.acts import Act
from operations.authority import identify
from operations.columns import label_of
from operations.desk import Desk
from operations.results import Denied, UnknownError
from operations.rows import CellFinding
from operations.settings import Settings
from operations.sheets import TakenIn
from operations.taking_in import DRAWING_UP, take_in
from programs import Words
from store import masked
from store.files import write_whole

#: Where the tables lie in their folder that were put back with findings.
RESULTS: Final = "核对结果"

#: Of the whole work, how much is reading and checking; a row is drawn up by a transaction's worth of statements.
_CHECKING: Final = 20

_MOST_NAMED: Final = 10

_LIMIT: Final = 3600

#: What may be somebody's number; a table of a run is read by more people than the table that was sent.
_NUMBER: Final = re.compile(r"\d{7,}[\dXx]?")


def _name(asked: Mapping[str, Any]) -> str:
    return f"{'核对' if asked['dry_run'] else '导入'} {_hidden(asked['file'])}"


@form("导入汇总表", _name, timeout_seconds=_LIMIT)
async def intake(  # noqa: PLR0913 - the fields of the form, each by name
    program: str,
    file: str,
    actor: str,
    *,
    dry_run: bool = True,
    nominator: str | None = None,
    nominator_kind: str | None = None,
    host: str | None = None,
    category: str | None = None,
    route: str | None = None,
    now: datetime | None = None,
) -> State[Mapping[str, Any]]:
    """Draw up a nomination for every row of a table, or none. A table with faults fails the run; a check completes."""
    at = instant(now)
    told = {
        "nominator": nominator,
        "nominator_kind": nominator_kind,
        "host": host,
        "category": category,
        "route": route,
    }
    progress = Progress(limit=_LIMIT)

    def taken(desk: Desk) -> Account:
        sent = table_of(Settings().intake_folder, file)
        who = identify(desk, actor)
        if isinstance(who, Denied):
            reasons = "；".join(refusal.reason.zh for refusal in who.refusals)
            return Account(
                summary=f"不予办理：{reasons}",
                facts={"refused": [refusal.to_json() for refusal in who.refusals]},
                programs=frozenset({program}),
                tables=(refused_table([who]),),
            )
        defaults = {meaning: value.strip() for meaning, value in told.items() if value and value.strip()}
        done = take_in(
            desk,
            program,
            read(sent),
            sent.name,
            Act(who, at),
            defaults=defaults,
            dry_run=dry_run,
            watch=lambda step, place, count: _follow(progress, step, place, count),
        )
        progress.says(100, "完成")
        return account_of(done, program, put_back(done, sent, at), dry_run=dry_run)

    return await carry_out("intake", taken, progress)


def table_of(folder: Path, name: str) -> Path:
    """Return a table in the folder for them, by its name; raises `UnknownError` for one that is not there.

    Nothing outside of the folder is read: whoever reaches Prefect's pages would else read this machine's files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    within = folder.resolve()
    try:
        file = (within / name.strip()).resolve()
        found = file.is_relative_to(within) and file.is_file()
    except (OSError, ValueError):
        found = False
    if found:
        return file
    there = sorted(one.name for one in within.iterdir() if one.is_file() and not one.name.startswith("."))
    shown = "、".join(there[:_MOST_NAMED]) + ("……" if len(there) > _MOST_NAMED else "")
    raise UnknownError(
        Words(
            "收件夹 {folder} 里没有“{name}”；现有：{there}", "there is no {name} in {folder}; it has: {there}"
        ).format(folder=folder, name=_hidden(name), there=_hidden(shown) or Words("无", "nothing"))
    )


def read(file: Path) -> bytes:
    """Return a file's content; raises `UnknownError` for one that cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnknownError(
            Words(
                f"“{_hidden(file.name)}”读不出来，请核对权限",
                f"{_hidden(file.name)} cannot be read; check its permissions",
            )
        ) from error


def put_back(done: TakenIn, sent: Path, at: datetime) -> Path | None:
    """Write the table with its findings where it was taken from, as readable as it was; none where it cannot be."""
    folder = sent.parent / RESULTS
    result = folder / f"{sent.stem[:60]}（{at:%Y%m%d-%H%M%S}）.xlsx"
    try:
        folder.mkdir(exist_ok=True)
        write_whole(result, done.workbook)
        result.chmod(sent.stat().st_mode & 0o666)
    except OSError:
        return None
    return result


def account_of(done: TakenIn, program: str, result: Path | None, *, dry_run: bool) -> Account:
    """Give account of a table: what came of it, and each finding with its cell."""
    faults = sum(finding.blocks for finding in done.findings)
    noticed = len(done.findings) - faults
    if not done.rows:
        summary = "表中没有一行写有姓名，什么也没有登记"
    elif faults:
        summary = f"{done.rows} 行，{faults} 处须改正，一件也没有登记"
    elif dry_run:
        summary = f"{done.rows} 行，可以登记（只核对，没有登记）"
    else:
        summary = f"{done.rows} 行，已登记 {len(done.numbers)} 件"
    if noticed:
        summary += f"；{noticed} 处供审查时留意"
    if done.passed_over:
        summary += f"；未读的栏目：{_hidden('、'.join(' '.join(heading.split()) for heading in done.passed_over))}"
    summary += (
        f"；核对结果：{RESULTS}/{_shown(result)}" if result else f"；核对结果没能存到 {RESULTS}，请核对权限和磁盘"
    )
    return Account(
        summary=summary,
        facts={
            "rows": done.rows,
            "nominations": list(done.numbers),
            "faults": faults,
            "noticed": noticed,
            "result": f"{RESULTS}/{_shown(result)}" if result else None,
        },
        programs=frozenset({program}),
        tables=(Table("findings", "核对发现", [_row(done, finding) for finding in done.findings]),),
        failed=bool(faults or not done.rows) and not dry_run,
    )


def _shown(result: Path) -> str:
    """Return the name of a table that was put back; the instant that ends it is nobody's number."""
    stem, mark, instant_of_it = result.name.rpartition("（")
    return _hidden(stem) + mark + instant_of_it


def _row(done: TakenIn, finding: CellFinding) -> Row:
    usual = "在表中改正后重新导入" if finding.blocks else "不影响登记，请审查时核对"
    told: dict[str, str | int | None] = {
        "申报对象": done.table.value(finding.row, "nominee") or done.table.value(finding.row, "unit") or "—",
        "单元格": done.table.address(finding.row, finding.column),
        "栏目": label_of(finding.column) if finding.column else "—",
        "问题": finding.reason.zh,
        "怎么办": finding.remedy.zh if finding.remedy else usual,
        "须改正": "是" if finding.blocks else "否",
    }
    return {heading: _hidden(str(value)) for heading, value in told.items()}


def _hidden(text: str) -> str:
    """Mask whatever may be somebody's number; those of nominations and documents are shorter."""
    return _NUMBER.sub(lambda found: masked(found[0]), text)


def _follow(progress: Progress, step: Words, place: int, count: int) -> None:
    share = place / max(count, 1)
    percent = _CHECKING + (100 - _CHECKING) * share if step is DRAWING_UP else _CHECKING * share
    progress.goes_on(percent, f"{step.zh}第 {place} 行，共 {count} 行")
