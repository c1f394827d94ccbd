"""`linxuan program new|new-edition`: writing a program's file, from a few answers or from an earlier edition."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from typing_extensions import override

from cli.checking import fault_lines
from cli.face import LANGUAGE, DayType, Face, LineType, Mistake, Number, Spoken, command_face, explain_usage, say, tell
from cli.sources import calendar_of, text_of
from deadlines.phrases import parse_phrase
from operations.checking import check_whole
from programs import Fault, Program, Words
from programs.drafting import Answers, NextEdition, first_draft, next_edition
from programs.loader import parse_program
from store.files import write_whole

F = TypeVar("F", bound=Callable[..., Any])


class Asked(click.Option):
    """An option that is asked for where it is not given, again and again until it can be."""

    @override
    def prompt_for_value(self, ctx: click.Context) -> Any:
        while True:
            answer = click.prompt(self.prompt or "", type=str, err=True)
            try:
                return self.type_cast_value(ctx, answer)
            except click.BadParameter as error:
                tell(explain_usage(error), err=True)


class IdType(LineType):
    """The id of a program."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        line = super().convert(value, param, ctx)
        if not _ID.fullmatch(line):
            self.fail(
                say(
                    f"“{line}”只能用小写字母、数字和连字符，如 mingshi-craftsman-2026",
                    f"{line!r} may have lower-case letters, digits and hyphens only: mingshi-craftsman-2026",
                ),
                param,
                ctx,
            )
        return line


class LinesType(LineType):
    """Several names, apart by 、 or commas."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        line = super().convert(value, param, ctx)
        names = tuple(dict.fromkeys(name.strip() for name in re.split(r"[、，,]", line) if name.strip()))
        return names or self.fail(say("请写明名称", "write a name"), param, ctx)


class DeadlineType(LineType):
    """A deadline in the notice's words, which names a day. The issue date gives the year, once that is known."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        line = super().convert(value, param, ctx)
        issued = ctx.params.get("issued") if ctx else None
        if issued and (unread := _unread(line, issued)):
            self.fail(unread.in_language(LANGUAGE), param, ctx)
        return line


#: As `programs.base.Slug`.
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _asked(option: str, name: str, kind: click.ParamType[Any], zh: str, en: str) -> Callable[[F], F]:
    """Give a command an option that is asked for where it is not given."""
    return click.option(option, name, cls=Asked, type=kind, prompt=say(zh, en), help=say(zh, en))


_OUT = click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say(
        "写入的文件，默认为当前文件夹下的 id.toml；已有的不会覆盖",
        "the file to write, by default id.toml in this folder; one that is there is left alone",
    ),
)


@click.command(
    "new-edition",
    cls=Spoken,
    help=say("按旧一届的文件起草新一届，并列出须按新通知核对的各行", "draft the next edition, and list what to check"),
)
@click.argument("program", metavar="ID|FILE")
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help=say("新一届的年份", "its year"))
@_OUT
@command_face
def new_edition(face: Face, program: str, year: int, out: Path | None) -> None:
    """Draft the next edition of a program."""
    edition = next_edition(text_of(face, program), year)
    drafted, out = _written(edition.text, out)
    findings = _findings(face, drafted, edition.text, out)
    document = {
        "program": drafted.id,
        "file": str(out),
        "changes": [{"line": number, "from": before, "to": after} for number, before, after in edition.changes],
        "left": [{"line": number, "text": text} for number, text in edition.left],
        "rulings": [ruling.id for ruling in drafted.rulings],
        "findings": [fault.to_json(LANGUAGE) for fault in findings],
    }
    face.answer(
        document,
        [
            say(f"已起草 {drafted.id}：{out}", f"{drafted.id} is drafted: {out}"),
            say("以下各行由旧一届推来，请按新通知核对：", "these lines follow from the earlier edition; check them:"),
            *(f"　{number}　{before} → {after}" for number, before, after in edition.changes),
            *_still(edition),
            say("以下裁定须重新确认：", "these rulings are to be confirmed again: ")
            + "、".join(f"{ruling.id}（{ruling.question}）" for ruling in drafted.rulings)
            if drafted.rulings
            else say("没有裁定", "there are no rulings"),
            *_lines(findings),
        ],
    )


@click.command("new", cls=Spoken, help=say("问几个问题，起草一个新项目的文件", "draft a program from a few answers"))
@_asked("--id", "program_id", IdType(), "项目 id，如 mingshi-craftsman-2026", "its id, such as mingshi-craftsman-2026")
@_asked("--award", "award", LineType(), "奖项名称", "the award")
@_asked("--edition", "edition", LineType(), "届次，如“2026年”", "the edition")
@_asked("--title", "title", LineType(), "通知标题", "the notice's title")
@_asked("--issuer", "issuers", LinesType(), "发文机关，几家联合的用顿号分开", "who issues it; several apart by commas")
@_asked("--office", "office", LineType(), "承办处室", "the office that runs it")
@_asked("--issued", "issued", DayType(), "印发日期，如 2026-03-02", "the issue date, such as 2026-03-02")
@_asked("--seats", "seats", Number, "名额", "how many are honored")
@_asked("--deadline", "deadline", DeadlineType(), "截止日期，照通知原话", "the deadline, in the notice's words")
@_asked("--publicity-days", "publicity_days", Number, "公示几个工作日", "working days of publicity")
@click.option("--term-years", type=Number, help=say("聘期年数，没有聘期的不写", "years of the term, if there is one"))
@_OUT
@command_face
def new(
    face: Face,
    program_id: str,
    award: str,
    edition: str,
    title: str,
    issuers: tuple[str, ...],
    office: str,
    issued: date,
    seats: int,
    deadline: str,
    publicity_days: int,
    term_years: int | None,
    out: Path | None,
) -> None:
    """Draft a program."""
    answers = Answers(
        program_id, award, edition, title, issuers, office, issued, seats, deadline, publicity_days, term_years
    )
    # Asked once more: whoever writes it before the issue date on the line is not told by its type.
    if unread := _unread(deadline, issued):
        raise Mistake(unread)
    text = first_draft(answers)
    drafted, out = _written(text, out)
    findings = _findings(face, drafted, text, out)
    document = {
        "program": drafted.id,
        "file": str(out),
        "findings": [fault.to_json(LANGUAGE) for fault in findings],
    }
    face.answer(
        document,
        [
            say(f"已起草 {drafted.id}：{out}", f"{drafted.id} is drafted: {out}"),
            *_lines(findings),
            say(
                "请对照通知改写各条的 clause、条件和材料，再用 linxuan program check 核对",
                "go through clauses, rules and materials with the notice, then: linxuan program check",
            ),
        ],
    )


def _unread(deadline: str, issued: date) -> Words | None:
    """Say why a deadline names no day; none where it does."""
    reading = parse_phrase(deadline, issued=issued)
    if reading.resolved:
        return None
    why = Words(
        "；".join(one.words.zh for one in reading.findings), "; ".join(one.words.en for one in reading.findings)
    )
    return Words(
        "读不出期限“{deadline}”是哪一天：{why}；请写明日期，如 4月30日",
        "the deadline “{deadline}” names no day: {why}; write a date, such as 4月30日",
    ).format(deadline=deadline, why=why)


def _written(text: str, out: Path | None) -> tuple[Program, Path]:
    """Write a file that makes a program; what makes none, or would replace another file, is a mistake."""
    program = parse_program(text, str(out or "?"))
    out = out or Path(f"{program.id}.toml")
    if out.exists():
        raise Mistake(
            Words(f"已有文件 {out}，请用 --out 换一个名字", f"{out} is there already; name another file with --out")
        )
    write_whole(out, text.encode())
    return program, out


def _findings(face: Face, program: Program, text: str, file: Path) -> tuple[Fault, ...]:
    """Return what is wrong with a draft, or remarkable about its dates; rulings that wait are told by themselves."""
    checked = check_whole(program, calendar_of(face), text, str(file))
    return tuple(fault for fault in checked.everything if fault.code != "ruling_open")


def _lines(findings: tuple[Fault, ...]) -> list[str]:
    return [line for fault in findings for line in fault_lines(fault)]


def _still(edition: NextEdition) -> list[str]:
    """Tell the lines that speak of a time and stayed."""
    if not edition.left:
        return []
    told = say("以下各行写到年份或日期，没有改动，也请核对：", "these speak of a year or a day and stayed; check them:")
    return [told, *(f"　{number}　{text}" for number, text in edition.left)]
