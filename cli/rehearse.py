"""`linxuan rehearse`: a whole program on a virtual clock."""

from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.dates import key_date_line, span_of
from cli.desk import settings_of
from cli.face import LANGUAGE, DayType, Face, InstantType, Number, Spoken, command_face, say
from cli.sources import program_of
from deadlines.keydates import KeyDate, KeyDateKind, KeyDates
from deadlines.zone import SHANGHAI
from notifications.channels import FileChannel, MemoryChannel
from operations.dates import dates_so_far
from operations.desk import Desk
from operations.rehearse import Case, Rehearsal, Scene, Watch, rehearse
from operations.results import Denied
from operations.settings import open_desk
from programs import Program, Severity, check_program, date_program
from states import Move, compile_pipeline

#: Refusals printed for one scene; --json has them all.
_SHOWN = 5


@click.command(
    cls=Spoken,
    help=say(
        "在虚拟时钟上演练整个项目：从印发到聘期届满，申报人均为虚构。用 --database 保存的演练中断后可以接着进行。",
        "Run a whole program on a virtual clock, with made-up nominees. A rehearsal kept with --database goes on "
        "after it was interrupted.",
    ),
)
@click.argument("program", metavar="ID|FILE")
@click.option(
    "--nominations", type=click.IntRange(1, 5000), default=40, show_default=True, help=say("申报件数", "how many")
)
@click.option(
    "--seed", type=Number, default=1, show_default=True, help=say("虚构数据的种子", "seed of the made-up data")
)
@click.option(
    "--issued",
    type=DayType(),
    help=say("印发日期，用于没有写明日期的通知", "the issue date, where the notice has none"),
)
@click.option("--until", type=InstantType(), help=say("只演练到这个时刻", "rehearse only up to this instant"))
@click.option(
    "--outbox",
    type=click.Path(file_okay=False, path_type=Path),
    help=say("把提醒存为这个文件夹里的 .eml 文件", "keep the reminders as .eml files in this folder"),
)
@command_face
def command(
    face: Face,
    program: str,
    nominations: int,
    seed: int,
    issued: date | None,
    until: datetime | None,
    outbox: Path | None,
) -> None:
    """Rehearse a program."""
    found = program_of(face, program)
    if issued:
        found = date_program(found, issued)
    if outbox:
        outbox.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        desk = _desk(face, held)
        done = rehearse(
            desk,
            found,
            FileChannel(outbox) if outbox else MemoryChannel(),
            nominations=nominations,
            seed=seed,
            until=until,
            watch=_progress(face, held),
        )
        if isinstance(done, Denied):
            face.refuse(done.refusals, program=found.id)
        dates = dates_so_far(desk, found)
        document = _document(found, dates, done)
        face.answer(document, _lines(found, dates, document))


def _desk(face: Face, held: ExitStack) -> Desk:
    settings = settings_of(face)
    if face.database is None:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="linxuan-rehearsal-")))
        settings = settings.model_copy(update={"database": f"sqlite:///{folder / 'rehearsal.db'}", "key_file": None})
    desk = open_desk(settings)
    held.callback(desk.store.close)
    return desk


def _progress(face: Face, held: ExitStack) -> Watch | None:
    console = Console(stderr=True)
    if face.as_json or not console.is_terminal:
        return None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = held.enter_context(Progress(*columns, console=console, transient=True))
    task = progress.add_task("")

    def watch(place: int, scenes: int, scene: Scene) -> None:
        title = f"{scene.at:%Y-%m-%d} {scene.title.in_language(LANGUAGE)}"
        progress.update(task, completed=place, total=scenes, description=title)

    return watch


def _document(program: Program, dates: KeyDates, done: Rehearsal) -> dict[str, Any]:
    pipeline = compile_pipeline(program)
    side = 1 if LANGUAGE == "en" else 0
    return {
        "program": program.id,
        "dates": dates.to_json(LANGUAGE)["dates"],
        "timeline": [
            {
                "at": scene["at"],
                "title": scene["title"][side],
                "moved": scene["moved"],
                "refused": [
                    {
                        "number": one["number"],
                        "refusals": [
                            {**why, "reason": why["reason"][side], "remedy": why["remedy"][side]}
                            for why in one["refusals"]
                        ],
                    }
                    for one in scene["refused"]
                ],
                "notes": scene["notes"],
            }
            for scene in done.scenes
        ],
        "standings": {
            pipeline.standings[key].name.in_language(LANGUAGE): count for key, count in done.standings.items()
        },
        "cases": {case.value: times for case, times in done.cases.items()},
        "moves": sum(sum(scene["moved"].values()) for scene in done.scenes),
        "reminders": done.reminders,
        "messages": done.messages,
        "findings": [
            *({"place": place, **finding.to_json(LANGUAGE)} for place, finding in dates.findings),
            *(
                {"place": fault.place, "code": fault.severity.value, "message": fault.words.in_language(LANGUAGE)}
                for fault in check_program(program)
                if fault.severity is not Severity.NOTE
            ),
        ],
    }


def _lines(program: Program, dates: KeyDates, document: dict[str, Any]) -> list[str]:
    lines = [
        say(f"演练：{program.award}（{program.edition}）", f"Rehearsal of {program.id}"),
        "",
        say("期限", "Key dates"),
    ]
    lines += [f"  {span_of(one):<38}{key_date_line(one.name, one.phrase, one.clause)}{_too_late(one)}" for one in dates]
    lines += ["", say("经过", "Timeline")]
    for scene in document["timeline"]:
        if not (scene["moved"] or scene["refused"] or scene["notes"]):
            continue
        moved = "，".join(f"{Move(move).label.in_language(LANGUAGE)} {count}" for move, count in scene["moved"].items())
        told = "；".join(part for part in (moved, *scene["notes"]) if part)
        lines.append(f"  {_clock(scene['at'])}　{scene['title']}　{told}")
        lines += _refusals(scene["refused"])
    lines += ["", say("结果", "In the end")]
    lines += [f"  {name}　{count}" for name, count in document["standings"].items()]
    lines += _cases(document["cases"])
    lines.append(
        say(
            f"共办理 {document['moves']} 次，发出提醒 {document['reminders']} 条（{document['messages']} 封）",
            f"{document['moves']} moves, {document['reminders']} reminders in {document['messages']} messages",
        )
    )
    if document["findings"]:
        lines += ["", say("提示", "Findings")]
        lines += [f"  ※ {finding['place']}：{finding['message']}" for finding in document["findings"]]
    return lines


def _cases(played: dict[str, int]) -> list[str]:
    """Tell which contested ends and turns were played, and which not, for want of a rule or of nominees."""
    told = [f"{case.label.in_language(LANGUAGE)} {played[case]}" for case in Case if case in played]
    others = [case.label.in_language(LANGUAGE) for case in Case if case not in played]
    comma = say("、", ", ")
    return [
        say("演练到的情形：", "Played: ") + (comma.join(told) or "—"),
        *([say("没有演练到：", "Not played: ") + comma.join(others)] if others else []),
    ]


def _refusals(refused: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"      ✗ {one['number'] or ''} {why['reason']}" + (f"（{why['clause']}）" if why["clause"] else "")
        for one in refused
        for why in one["refusals"]
    ]
    if len(lines) > _SHOWN:
        more = len(lines) - _SHOWN
        lines[_SHOWN:] = [say(f"      ✗ 另有 {more} 件", f"      ✗ and {more} more")]
    return lines


def _too_late(one: KeyDate) -> str:
    """Write the first instant too late as programs take it, where a deadline has one."""
    return f"　{one.closes.isoformat()}" if one.kind is KeyDateKind.DEADLINE and one.closes else ""


def _clock(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
