"""The manners of every command: its language, its common options, how it answers, how it refuses.

Kept light: `linxuan deadline …` must start at once, so nothing here imports the store, the web or Prefect.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import wraps
from typing import Any, NoReturn, ParamSpec, Protocol, TypeVar

import click
from typing_extensions import override

from deadlines.zone import SHANGHAI
from programs.naming import is_one_line
from programs.nearest import meant
from programs.words import Words

LANGUAGE = "en" if os.environ.get("LINXUAN_LANG", "").lower().startswith("en") else "zh"

#: Exit codes; scripts rely on them.
REFUSED, WRONG_USAGE, FAILED_OUTSIDE = 1, 2, 3

#: Years in which no award was given are mistakes of typing, and lie where computing with dates overflows.
_YEARS = range(1900, 3000)

#: Whole numbers that every database holds.
Number = click.IntRange(0, 2**31 - 1)

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


def say(zh: str, en: str) -> str:
    """Return the sentence in the language of this run."""
    return en if LANGUAGE == "en" else zh


class Mistake(Exception):  # noqa: N818 - it is the user's, and ends the command
    """Something the user can mend: printed on stderr in their language, with the exit code."""

    def __init__(self, words: Words, code: int = WRONG_USAGE) -> None:
        super().__init__(words.en)
        self.words = words
        self.code = code


class Explained(Protocol):
    """What a refusal must be able to say."""

    def to_json(self, language: str) -> Mapping[str, Any]:
        """Return `reason`, `remedy` and `clause`."""


@dataclass(frozen=True)
class Face:
    """How this run answers: as one JSON document, or as text. `now` is when (aware), `by_clock` if nobody said."""

    as_json: bool
    now: datetime
    database: str | None = field(repr=False)
    by_clock: bool = False

    def answer(self, document: Any, text: str | Iterable[str]) -> None:  # noqa: ANN401 - any JSON value
        """Print the answer on stdout."""
        if self.as_json:
            tell(_json(document))
        else:
            tell(text if isinstance(text, str) else "\n".join(text))

    def refuse(self, refusals: Iterable[Explained], **more: Any) -> NoReturn:  # noqa: ANN401 - any JSON value
        """Say why nothing was done, on stderr and in JSON, and end with exit code 1."""
        reasons = [dict(refusal.to_json(LANGUAGE)) for refusal in refusals]
        if self.as_json:
            tell(_json({**more, "refusals": reasons}))
        for reason in reasons:
            clause = say(f"（依据：{reason['clause']}）", f" (clause: {reason['clause']})") if reason["clause"] else ""
            tell(say("不予办理：", "Refused: ") + reason["reason"] + clause, err=True)
            tell(say("　怎么办：", "  Remedy: ") + reason["remedy"], err=True)
        raise SystemExit(REFUSED)


def once(said: Iterable[tuple[str, V]]) -> Iterator[tuple[str, V]]:
    """Yield what was said of each name; something else of the same name is a mistake, not the last word."""
    known: dict[str, V] = {}
    for name, value in said:
        if known.setdefault(name, value) != value:
            raise Mistake(Words(f"{name} 写了两次，内容不同，请只留一次", f"{name} is given twice, and otherwise"))
        yield name, value


def tell(text: str, *, err: bool = False) -> None:
    """Print on stdout, or on stderr. Whether somebody still reads changes neither what is done nor the exit code."""
    stream = sys.stderr if err else sys.stdout
    try:
        click.echo(_writable(text, _encoding(stream)), err=err)
    except BrokenPipeError:
        # Python flushes both streams once more at its end; what is left then goes nowhere, quietly.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _writable(text: str, encoding: str) -> str:
    """Escape the letters that this encoding lacks; click writes UTF-8 where the locale says ASCII."""
    if encoding in ("utf-8", "ascii", "us-ascii"):
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=_encoding(sys.stdout) != "utf-8", indent=2, default=_plain)


def _encoding(stream: object) -> str:
    """Return a stream's encoding; a closed one is none, and takes everything."""
    return (getattr(stream, "encoding", None) or "utf-8").lower()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


class InstantType(click.ParamType[datetime]):
    """An ISO 8601 instant, given on in Shanghai time; it is read so where no zone is written."""

    name = "ISO"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                say(
                    f"“{value}”不是时刻，请写成 2023-08-31T18:00（北京时间）",
                    f"{value!r} is not an instant; write 2023-08-31T18:00 (Shanghai time)",
                ),
                param,
                ctx,
            )
        if instant.year not in _YEARS:
            self.fail(_no_such_year(value), param, ctx)
        return instant.astimezone(SHANGHAI) if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


class ClosingType(InstantType):
    """When something closes: an instant, or a day, which closes at 24:00. It is the first instant too late."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, str) and (midnight := _END_OF_DAY.fullmatch(value.strip())) and _is_day(midnight[1]):
            value = midnight[1]
        instant = super().convert(value, param, ctx)
        return instant + timedelta(days=1) if isinstance(value, str) and _is_day(value) else instant


_QUOTED = re.compile(r"'(.*?)' is not ")
_PATH = re.compile(r"""^\w+ (['"])(.*)\1 (.*)$""", re.DOTALL)
_END_OF_DAY = re.compile(r"(.+)[ T]24:00(?::00)?")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class DayType(click.ParamType[date]):
    """A date."""

    name = "DATE"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(
                say(f"“{value}”不是日期，请写成 2021-06-28", f"{value!r} is not a date; write 2021-06-28"), param, ctx
            )
        if day.year not in _YEARS:
            self.fail(_no_such_year(value), param, ctx)
        return day


class LineType(click.ParamType[str]):
    """One line of text, such as a name; what is shown in lists and told in letters must neither be blank nor break."""

    name = "TEXT"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not (line := str(value).strip()):
            self.fail(say("不能为空", "it must not be empty"), param, ctx)
        if not is_one_line(line):
            self.fail(say("不能含有换行或控制字符", "it must have no line breaks or control characters"), param, ctx)
        return line


def _no_such_year(value: object) -> str:
    return say(
        f"“{value}”的年份应在 {_YEARS[0]} 至 {_YEARS[-1]} 之间",
        f"the year of {value!r} must lie from {_YEARS[0]} to {_YEARS[-1]}",
    )


def command_face(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options that every command has, and hand it a `Face` as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help=say("只输出一个 JSON 文档", "print one JSON document only"))
    @click.option(
        "--now", type=InstantType(), help=say("办理时刻，默认当前时间", "the instant to act at; default: now")
    )
    @click.option(
        "--database", metavar="URL", help=say("数据库地址，默认内置库", "database URL; default: the embedded one")
    )
    @wraps(function)
    def spoken(as_json: bool, now: datetime | None, database: str | None, **arguments: object) -> R:
        return function(Face(as_json, now or datetime.now(SHANGHAI), database, by_clock=now is None), **arguments)

    return spoken


class Spoken(click.Command):
    """A command whose help speaks the user's language, and which passes over nothing that was typed."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Of an option that is given twice click takes the last and says nothing.
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        once = [one for one in given if isinstance(one, click.Option) and not one.multiple and not one.is_flag]
        for option in once:
            if once.count(option) > 1:
                name = option.opts[0]
                raise click.UsageError(say(f"{name} 只能写一次", f"{name} is given more than once"), ctx)
        return super().parse_args(ctx, args)

    @override
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        pieces = pieces.replace("[OPTIONS]", say("[选项]", "[OPTIONS]"))
        pieces = pieces.replace("[COMMAND] [ARGS]...", say("[命令 [参数]...]", "[COMMAND [ARGS]...]"))
        pieces = pieces.replace("COMMAND [ARGS]...", say("命令 [参数]...", "COMMAND [ARGS]..."))
        formatter.write_usage(ctx.command_path, pieces, prefix=say("用法：", "Usage: "))

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # An argument stands in the usage line already.
        records = [
            (name, _in_chinese(purpose) if LANGUAGE == "zh" else purpose)
            for param in self.get_params(ctx)
            if isinstance(param, click.Option)
            for name, purpose in [param.get_help_record(ctx) or ("", "")]
        ]
        if records:
            with formatter.section(say("选项", "Options")):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    @override
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("显示这份说明", "Show this message and exit.")
        return option


class Group(Spoken, click.Group):
    """A group of commands."""

    command_class = Spoken
    group_class = type

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = "、".join(get_close_matches(args[0], self.list_commands(ctx)))
            raise click.UsageError(
                say(
                    f"没有命令“{args[0]}”" + (f"；是否想用：{near}" if near else ""),
                    f"no such command: {args[0]}" + (f"; did you mean {near}?" if near else ""),
                ),
                ctx,
            )
        return super().resolve_command(ctx, args)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, command.get_short_help_str(60))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        if rows:
            with formatter.section(say("命令", "Commands")):
                formatter.write_dl(rows)


def _in_chinese(purpose: str) -> str:
    """Put what click adds to an option's purpose, in brackets at its end, into Chinese."""
    text, bracket, extras = purpose.rpartition("  [")
    return text + bracket + extras.replace("default: ", "默认：").replace("required]", "必填]").replace("; ", "；")


def explain_usage(error: click.ClickException) -> str:
    """Say what is wrong with a command line, and where its help is."""
    if LANGUAGE == "en":
        return error.format_message() + (_meant(error) if isinstance(error, click.BadParameter) else "")
    match error:
        case click.NoSuchOption():
            possible = f"；是否想用：{'、'.join(error.possibilities)}" if error.possibilities else ""
            return f"没有选项 {error.option_name}{possible}"
        case click.MissingParameter():
            what = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
            return f"缺少 {what}"
        case click.BadParameter():
            what = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
            return f"{what} 的值不对：{_expected(error.param, error.message) or error.message}{_meant(error)}"
        case _:
            return _explain_syntax(error)


def _meant(error: click.BadParameter) -> str:
    """Say which of the choices was meant; click tells what was typed in its message only."""
    kind = error.param.type if error.param else None
    typed = _QUOTED.match(error.message)
    if not isinstance(kind, click.Choice) or not typed:
        return ""
    return meant(typed[1], map(str, kind.choices)).in_language(LANGUAGE)


def _explain_syntax(error: click.ClickException) -> str:
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} {'后面要写上值' if 'requires' in error.message else '不带值'}"
    if error.message.startswith("Got unexpected extra argument"):
        return f"多余的参数：{error.message.partition('(')[2].rpartition(')')[0]}"
    return error.format_message()


def _expected(param: click.Parameter | None, message: str) -> str | None:
    """Say what a value should have been, where click would say it in English."""
    match param.type if param else None:
        case click.Choice() as kind:
            return f"应为 {'、'.join(kind.choices)} 之一"
        case click.types.IntParamType() | click.types.FloatParamType() as kind:
            lowest, highest = getattr(kind, "min", None), getattr(kind, "max", None)
            least = f"，不小于 {lowest}" if lowest is not None else ""
            most = f"，不大于 {highest}" if highest is not None else ""
            return f"应为{'整数' if isinstance(kind, click.types.IntParamType) else '数'}{least}{most}"
        case click.DateTime() as kind:
            return f"应写成 {'、'.join(_spelled(form) for form in kind.formats)}"
        case click.Path() as kind:
            return _unfit_path(kind, message)
        case _:
            return None


def _unfit_path(kind: click.Path, message: str) -> str:
    """Say which file or folder does not do, and why; click tells both in its message only."""
    named = _PATH.search(message)
    name, what = named[2] if named else "", "文件" if kind.file_okay else "文件夹"
    match named[3].split() if named else []:
        case ["does", "not", "exist."]:
            return f"没有{what}“{name}”，请核对路径"
        case ["is", "a", "directory."]:
            return f"“{name}”是文件夹，应为文件"
        case ["is", "a", "file."]:
            return f"“{name}”是文件，应为文件夹"
        case _:
            return f"“{name}”不能用，请核对权限"


def _spelled(form: str) -> str:
    """Write a format as people do: HH:MM."""
    for code, letters in {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "HH", "%M": "MM"}.items():
        form = form.replace(code, letters)
    return form


def fail(words: Words, code: int) -> NoReturn:
    """Print why the command cannot go on, and end with this exit code."""
    tell(words.in_language(LANGUAGE), err=True)
    sys.exit(code)
