"""`linxuan doctor`: whether all is well, and what to do where it is not."""

from datetime import datetime

import click

from cli.desk import settings_of
from cli.face import FAILED_OUTSIDE, LANGUAGE, REFUSED, Face, Spoken, command_face, say
from deadlines.zone import SHANGHAI
from operations.checks import Check, State
from operations.doctor import examine

_MARKS = {State.WELL: "✓", State.WARNING: "△", State.WRONG: "✗"}


@click.command(
    cls=Spoken,
    help=say(
        "逐项检查运行状况，不正常的说明怎么办。只有提醒时退出码为 0，有错误为 1，连不上数据库为 3。",
        "Check that all is well, and say what to do where it is not. "
        "Exit code 0 with warnings at most, 1 where something is wrong, 3 where the database cannot be reached.",
    ),
)
@command_face
def command(face: Face) -> None:
    """Check everything."""
    found = examine(settings_of(face), face.now, lambda: datetime.now(SHANGHAI))
    face.answer([_document(one) for one in found], [_line(one) for one in found])
    if any(one.unreachable for one in found):
        raise SystemExit(FAILED_OUTSIDE)
    if any(one.state is State.WRONG for one in found):
        raise SystemExit(REFUSED)


def _document(one: Check) -> dict[str, str | None]:
    return {
        "check": one.check,
        "state": one.state.value,
        "message": one.message.in_language(LANGUAGE),
        "remedy": one.remedy.in_language(LANGUAGE) if one.remedy else None,
    }


def _line(one: Check) -> str:
    remedy = say("　→ ", " → ") + one.remedy.in_language(LANGUAGE) if one.remedy else ""
    return f"{_MARKS[one.state]} {one.message.in_language(LANGUAGE)}{remedy}"
