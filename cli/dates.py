"""How key dates are printed."""

from collections.abc import Iterator
from datetime import datetime

from cli.face import LANGUAGE, say
from deadlines.keydates import KeyDate, KeyDates


def dates_lines(result: KeyDates) -> Iterator[str]:
    """Write the key dates of a program, each with its findings."""
    yield result.title
    for one in result.dates:
        yield f"  {_span(one):<38}{key_date_line(one.name, one.phrase, one.clause)}"
        for finding in one.findings:
            yield f"      ※ {finding.words.in_language(LANGUAGE)}"


def due_words(due_at: datetime | None, *, provisional: bool) -> str:
    """Write when time moves something on, to stand behind what it is about; nothing where time moves nothing."""
    if due_at is None:
        return ""
    mark = say("（暂定）", " (provisional)") if provisional else ""
    return say(f"　{due_at:%Y-%m-%d %H:%M} 到期", f"  due {due_at:%Y-%m-%d %H:%M}") + mark


def key_date_line(name: str, phrase: str | None, clause: str | None) -> str:
    """Write what a key date is: its name, the notice's phrase and the clause."""
    return name + (f"：{phrase}" if phrase else "") + (f"（{clause}）" if clause else "")


def _span(one: KeyDate) -> str:
    opens = f"{one.opens:%Y-%m-%d}" if one.opens else ""
    closes = f"{one.closes:%Y-%m-%d %H:%M}" if one.closes else say("待定", "open")
    mark = say("（暂定）", " (provisional)") if one.provisional else ""
    return f"{opens} → {closes}{mark}" if opens else f"→ {closes}{mark}"
