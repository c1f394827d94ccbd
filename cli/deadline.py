"""`linxuan deadline`: reads what a deadline says.

Kept light, as `cli.face` is.
"""

from datetime import date, datetime

import click

from cli.days import calendar_at_hand
from cli.face import LANGUAGE, REFUSED, DayType, Face, Group, command_face, say, tell
from cli.findings import told
from deadlines.phrases import Reading, parse_phrase
from programs.words import Words, closing_clock

_KINDS = {
    "instant": Words("时刻", "instant"),
    "date": Words("日期", "date"),
    "range": Words("起止", "range"),
    "period": Words("期间", "period"),
    "yearly": Words("每年", "yearly"),
    "unresolved": Words("未能确定", "unresolved"),
}


@click.group(cls=Group, help=say("读懂期限的说法。", "Read what a deadline says."))
def command() -> None:
    """Everything about phrases."""


@command.command("parse", help=say("读懂一段话里的期限", "read the deadlines in a text"))
@click.argument("text", metavar="TEXT")
@click.option(
    "--issued", type=DayType(), help=say("发文日期：补足年份，即日所指", "the issue date: gives missing years")
)
@click.option("--event", type=DayType(), help=say("起算事项的日期", "the day that a period counts from"))
@click.option(
    "--office-closes",
    type=click.DateTime(["%H:%M"]),
    metavar="HH:MM",
    help=say("下班时间", "what 下班 means"),
)
@command_face
def parse(face: Face, text: str, issued: date | None, event: date | None, office_closes: datetime | None) -> None:
    """Read a text. What is unresolved ends with exit code 1 and the reason on stderr."""
    reading = parse_phrase(
        text,
        issued=issued,
        event=event,
        calendar=calendar_at_hand(face),
        office_closes=office_closes.time() if office_closes else None,
    )
    first, *others = reading.all or (reading,)
    # Why there is no answer goes to stderr, and there alone.
    lines = [_line(first), *(_remarks(first) if reading.resolved else ())]
    for other in others:
        lines += [_line(other), *_remarks(other)]
    face.answer(reading.to_json(LANGUAGE), lines)
    if not reading.resolved:
        for remark in _remarks(reading):
            tell(remark, err=True)
        raise SystemExit(REFUSED)


def _line(reading: Reading) -> str:
    kind = _KINDS[reading.kind.value].in_language(LANGUAGE)
    opens = f"{reading.opens:%Y-%m-%d %H:%M}" if reading.opens else ""
    closes = closing_clock(reading.closes) if reading.closes else ""
    when = " → ".join(part for part in (opens, closes) if part)
    return say("　", "  ").join(part for part in (reading.text or "—", kind, when) if part)


def _remarks(reading: Reading) -> list[str]:
    return [f"  {told(finding)}" for finding in reading.findings]
