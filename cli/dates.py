"""How key dates are printed."""

from collections.abc import Iterator
from datetime import datetime

from cli.face import say
from cli.findings import told
from deadlines.keydates import KeyDate, KeyDateKind, KeyDates
from programs.words import closing_clock


def dates_lines(result: KeyDates) -> Iterator[str]:
    """Write the key dates of a program, each with its findings."""
    yield result.title
    for one in result.dates:
        changed = say(f"　延长或更正依据：{one.authority}", f"  changed by: {one.authority}") if one.authority else ""
        yield f"  {span_of(one):<38}{key_date_line(one.name, one.phrase, one.clause)}{changed}"
        for finding in one.findings:
            yield f"      ※ {told(finding)}"


def due_words(due_at: datetime | None, *, provisional: bool) -> str:
    """Write when time moves something on, to stand behind what it is about; nothing where time moves nothing."""
    if due_at is None:
        return ""
    mark = say("（暂定）", " (provisional)") if provisional else ""
    return say(f"　{closing_clock(due_at)} 到期", f"  due {closing_clock(due_at)}") + mark


def key_date_line(name: str, phrase: str | None, clause: str | None) -> str:
    """Write what a key date is: its name, the notice's phrase and the clause."""
    return name + (f"：{phrase}" if phrase else "") + (f"（{clause}）" if clause else "")


def span_of(one: KeyDate) -> str:
    """Write from when until when a key date is, and whether that may still change."""
    opens = f"{one.opens:%Y-%m-%d}" if one.opens else ""
    if one.kind is KeyDateKind.ISSUED:
        return opens
    closes = closing_clock(one.closes) if one.closes else say("待定", "not known yet")
    mark = say("（暂定）", " (provisional)") if one.provisional else ""
    return f"{opens} → {closes}{mark}" if opens else f"→ {closes}{mark}"
